//! `vpc-egress-closed`: see `rules/network/vpc-egress-closed.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::model::network::{Firewall, inside};

const GROUPS: &str = "VpcConfig.SecurityGroupIds";

pub(super) fn check(world: &World, out: &mut Findings) {
    if world.of_kind("AWS::EC2::SecurityGroup").all(|group| group.get("SecurityGroupEgress").is_unset()) {
        return;
    }
    let firewall = Firewall::of(world);
    for function in &world.application.functions {
        let function = function.resource;
        let Some(groups) = Firewall::groups(world, function, GROUPS) else { continue };
        let Some(group) = groups.first().filter(|_| groups.iter().all(|group| firewall.is_shut(group))) else {
            continue;
        };
        let when = inside(function).and(&group.when);
        if !when.is_possible() || when.is_rounded() {
            continue;
        }
        let name = function.called();
        let message = format!("`{name}` can open no connection: its security group lets nothing out");
        out.push(
            Finding::new(Grade::NOTE, function.get(GROUPS).span(), message)
                .label(group.key_span("SecurityGroupEgress"), "addresses that nobody has")
                .when(&when)
                .related(name)
                .related(group.called())
                .help("let out what the function needs, such as port 443, or take the function out of the VPC"),
        );
    }
}
