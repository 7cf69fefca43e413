//! `ipv6-dual-stack`: see `rules/network/ipv6-dual-stack.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::network::{declared, lists};
use crate::model::{Resource, World};
use crate::value::Guard;

const SUBNET: &str = "AWS::EC2::Subnet";
/// What gives a subnet addresses of IPv6.
const IPV6: [&str; 4] = ["Ipv6CidrBlock", "Ipv6CidrBlocks", "Ipv6IpamPoolId", "Ipv6NetmaskLength"];

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in &world.application.functions {
        let function = function.resource;
        let allowed = function.get("VpcConfig.Ipv6AllowedForDualStack");
        let allowed = allowed.booleans();
        for (_, span, when) in allowed.set().filter(|(allowed, ..)| **allowed) {
            let Some((subnet, when)) = without_ipv6(world, function, when) else { continue };
            let (name, subnet_name) = (function.called(), subnet.called());
            let message = format!("`{name}` is to speak IPv6, and its subnet `{subnet_name}` has IPv4 alone");
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .label(subnet.span, "without an IPv6 block")
                    .when(&when)
                    .related(name)
                    .related(subnet_name)
                    .help("give all subnets of the function an `Ipv6CidrBlock`, or take `Ipv6AllowedForDualStack` out"),
            );
        }
    }
}

/// A subnet of a function that certainly has no addresses of IPv6.
fn without_ipv6<'a>(world: &World<'a>, function: &Resource, when: &Guard) -> Option<(&'a Resource, Guard)> {
    if world.open {
        return None;
    }
    for list in lists(&function.get("VpcConfig.SubnetIds")) {
        for item in &list.items {
            for (id, _, item_when) in item.text().set() {
                let Some(subnet) = declared(world, function, SUBNET, id) else { continue };
                let unset = IPV6.iter().fold(subnet.when.clone(), |all, path| all.and(&subnet.get(path).unset_when()));
                let when = when.and(item_when).and(&unset);
                if when.is_possible() && !when.is_rounded() && !is_added(world, subnet) {
                    return Some((subnet, when));
                }
            }
        }
    }
    None
}

/// Whether a block may be added to the subnet by a resource of its own.
fn is_added(world: &World, subnet: &Resource) -> bool {
    world.of_kind("AWS::EC2::SubnetCidrBlock").any(|block| {
        let ids = block.get("SubnetId").text();
        ids.only().is_none_or(|id| declared(world, block, SUBNET, id).is_none_or(|found| std::ptr::eq(found, subnet)))
    })
}
