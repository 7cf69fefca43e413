//! `vpc-ingress-unused`: see `rules/network/vpc-ingress-unused.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::network::{Firewall, given_out};
use crate::model::{Resource, World};
use crate::source::SourceId;
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    if world.open {
        return;
    }
    let mut groups: Vec<(&Resource, &Resource)> = Vec::new();
    let mut seen = FxHashSet::default();
    for function in &world.application.functions {
        let function = function.resource;
        for group in Firewall::groups(world, function, "VpcConfig.SecurityGroupIds").unwrap_or_default() {
            if seen.insert(group.span) {
                groups.push((group, function));
            }
        }
    }
    if groups.is_empty() {
        return;
    }
    let (firewall, shared) = (Firewall::of(world), shared(world));
    for (group, function) in groups {
        let Some(span) = firewall.everybody(group).first() else { continue };
        if shared.contains(&(group.source, &*group.address)) {
            continue;
        }
        let (name, of) = (group.called(), function.called());
        let message =
            format!("`{name}` lets everybody in, to where nobody can connect: it is the group of functions alone");
        out.push(
            Finding::new(Grade::NOTE, *span, message)
                .label(function.span, format!("`{of}` opens connections and takes none"))
                .when(&group.when)
                .related(name)
                .related(of)
                .help("take the rule out"),
        );
    }
}

/// What something else than functions and the rules of security groups refers to, or an output.
fn shared<'a>(world: &World<'a>) -> FxHashSet<(SourceId, &'a str)> {
    let mut out = given_out(world);
    for resource in &world.resources {
        let kind = &*resource.kind;
        if kind == "AWS::Lambda::Function" || kind.starts_with("AWS::EC2::SecurityGroup") {
            continue;
        }
        out.extend(resource.references.iter().map(|reference| (resource.source, &*reference.to)));
    }
    out
}
