//! `vpc-incomplete`: see `rules/network/vpc-incomplete.md`.

use super::places::{Place, Places};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::model::network::{empty, filled};

const SUBNETS: &str = "VpcConfig.SubnetIds";
const GROUPS: &str = "VpcConfig.SecurityGroupIds";

pub(super) fn check(world: &World, out: &mut Findings) {
    let (mut without_groups, mut without_subnets) = (Places::default(), Places::default());
    for function in &world.application.functions {
        let function = function.resource;
        let (subnets, groups) = (function.get(SUBNETS), function.get(GROUPS));
        without_groups.add(function.key_span(SUBNETS), &filled(&subnets).and(&empty(&groups)), function);
        without_subnets.add(function.key_span(GROUPS), &filled(&groups).and(&empty(&subnets)), function);
    }
    for place in without_groups.into_vec() {
        out.push(refused(&place, "subnets and no security groups", "add `SecurityGroupIds`"));
    }
    for place in without_subnets.into_vec() {
        out.push(refused(&place, "security groups and no subnets", "add `SubnetIds`"));
    }
}

fn refused(place: &Place, what: &str, help: &str) -> Finding {
    let (who, has) = (place.subject(), place.verb("it has", "they have"));
    let message = format!("Lambda refuses {who}: {has} {what}");
    place.tell(Finding::new(Grade::ERROR, place.span, message).help(format!("{help}, or take both out")))
}
