//! `resource-policy-overwrites`: see `rules/permission/resource-policy-overwrites.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::{FunctionId, Permission, ResourcePolicy, Target, World};
use crate::value::{Guard, Text};
use rustc_hash::FxHashMap;

/// How many lost permissions a finding points at.
const MAX_LABELS: usize = 5;

/// How many pairs of a policy and another thing are compared at most.
const MAX_PAIRS: usize = 50_000;

pub(super) fn check(world: &World, out: &mut Findings) {
    let policies = &world.application.resource_policies;
    if policies.is_empty() {
        return;
    }
    let mut by_function: FxHashMap<FunctionId, Vec<&Permission>> = FxHashMap::default();
    for permission in world.application.permissions.iter().filter(|permission| permission.is_alone()) {
        for target in &permission.functions {
            by_function.entry(target.function).or_default().push(permission);
        }
    }
    let mut pairs = MAX_PAIRS;
    for policy in policies {
        for target in &policy.functions {
            let beside = by_function.get(&target.function).map_or(&[][..], Vec::as_slice);
            let Some(left) = pairs.checked_sub(beside.len()) else { return };
            pairs = left;
            permissions(world, policy, target, beside, out);
        }
    }
    for (index, policy) in policies.iter().enumerate() {
        for earlier in policies.iter().take(index) {
            let Some(left) = pairs.checked_sub(1) else { return };
            pairs = left;
            second(policy, earlier, out);
        }
    }
}

/// The permissions on the very thing that a policy is about.
fn permissions(world: &World, policy: &ResourcePolicy, target: &Target, beside: &[&Permission], out: &mut Findings) {
    let Some(function) = world.function(target.function) else { return };
    let mut lost: Vec<(&Permission, Guard)> = Vec::new();
    for permission in beside {
        for other in permission.functions.iter().filter(|other| other.function == target.function) {
            let when = target.when.and(&other.when);
            if is_same(target.qualifier.as_ref(), other.qualifier.as_ref()) && when.is_possible() && !when.is_rounded()
            {
                lost.push((permission, when));
            }
        }
    }
    let Some((first, _)) = lost.first() else { return };
    let (name, address) = (function.address(), &policy.resource.address);
    let when = lost.iter().fold(Guard::never(), |guard, (_, when)| guard.or(when));
    let others = match lost.len() {
        1 => String::new(),
        count => format!(" and {} more", count - 1),
    };
    let message = format!(
        "`{address}` replaces the whole policy of `{name}`, so that what `{}`{others} lets in is lost",
        first.resource.address
    );
    let mut finding = Finding::new(Grade::ERROR, target.span, message)
        .here("all that this may be used by is in the one document")
        .related(address)
        .related(name)
        .help(format!("move every permission for `{name}` into `{address}` as a statement, or do without `{address}`"))
        .when(&when);
    for (permission, _) in lost.iter().take(MAX_LABELS) {
        finding = finding.label(permission.resource.span, "lost whenever the policy is written");
        finding = finding.related(&permission.resource.address);
    }
    out.push(finding);
}

fn is_same(left: Option<&Text>, right: Option<&Text>) -> bool {
    match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => left.equals(right).is_yes(),
        _ => false,
    }
}

/// Two policies of one thing, which has room for one.
fn second(policy: &ResourcePolicy, earlier: &ResourcePolicy, out: &mut Findings) {
    let (this, other) = (policy.resource.get("ResourceArn").text(), earlier.resource.get("ResourceArn").text());
    for (arn, span, when) in this.set() {
        for (other_arn, other_span, other_when) in other.set() {
            let both = when.and(other_when);
            if !arn.equals(other_arn).is_yes() || !both.is_possible() || both.is_rounded() {
                continue;
            }
            let (name, replaced) = (&policy.resource.address, &earlier.resource.address);
            let message = format!("`{name}` and `{replaced}` replace each other: `{arn}` has one policy");
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .label(other_span, "the other policy of the same resource")
                    .related(name)
                    .related(replaced)
                    .help(format!("move the statements of `{name}` into `{replaced}`"))
                    .when(&both),
            );
        }
    }
}
