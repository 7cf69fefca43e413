//! `permission-multiple-principals`: see `rules/permission/permission-multiple-principals.md`.

use super::permissions::service;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{FunctionId, World};
use crate::source::Span;
use std::collections::BTreeMap;

/// How many of the services a finding points at.
const MAX_LABELS: usize = 5;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut services: BTreeMap<FunctionId, BTreeMap<String, Span>> = BTreeMap::new();
    for permission in &world.application.permissions {
        // Deployments that differ in who calls have one caller each.
        let Some(name) = permission.principal.only().and_then(|principal| service(principal)) else { continue };
        if !permission.resource.when.is_always() {
            continue;
        }
        for target in permission.functions.iter().filter(|target| target.when.is_always()) {
            let of = services.entry(target.function).or_default();
            of.entry(name.clone()).or_insert_with(|| permission.principal.span());
        }
    }
    for (function, services) in services.into_iter().filter(|(_, services)| services.len() > 1) {
        let Some(function) = world.function(function) else { continue };
        let names: Vec<String> = services.keys().map(|name| format!("`{name}`")).collect();
        let (last, first) = names.split_last().map_or(("", &[][..]), |(last, first)| (last.as_str(), first));
        let message =
            format!("`{}` is invoked by {} services: {} and {last}", function.address(), names.len(), first.join(", "));
        let mut finding = Finding::new(Grade::OPINION, function.resource.span, message)
            .related(function.address())
            .help("split it into one function for each kind of event, each with the rights that it needs");
        for (name, span) in services.iter().take(MAX_LABELS) {
            finding = finding.label(*span, format!("for `{name}`"));
        }
        out.push(finding);
    }
}
