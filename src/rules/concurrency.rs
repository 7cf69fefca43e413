//! Concurrency that is reserved and provisioned.

use super::settings::{Setting, settings};
use crate::model::{Function, FunctionId, Resource, Target, World};
use crate::source::Span;
use crate::value::{Guard, Text};
use rustc_hash::FxHashMap;

/// Sums that are told apart; with more nothing is said.
const MAX_SUMS: usize = 64;

/// The property that reserves concurrency.
pub(super) const RESERVED: &str = "ReservedConcurrentExecutions";

/// The property of an alias or a version that provisions it.
pub(super) const PROVISIONED: &str = "ProvisionedConcurrencyConfig";

/// How much concurrency is reserved for a function.
pub(super) fn reserved(function: &Function) -> Vec<Setting> {
    settings(function.resource, RESERVED, None)
}

/// An alias or a version of a function of the world that has provisioned concurrency.
pub(super) struct Provisioned<'a> {
    /// The alias or version.
    pub resource: &'a Resource,
    /// As what it names the function.
    pub target: Target,
    /// How much.
    pub amounts: Vec<Setting>,
    /// Where it is written.
    pub span: Span,
    /// The deployments in which it has some.
    pub when: Guard,
}

impl Provisioned<'_> {
    /// What the user calls it.
    pub(super) fn called(&self) -> String {
        let name = self.resource.get("Name");
        match name.literals().only() {
            Some(name) if self.resource.is("AWS::Lambda::Alias") => format!("alias `{name}`"),
            _ if self.resource.is("AWS::Lambda::Alias") => format!("alias `{}`", self.resource.called()),
            _ => format!("version `{}`", self.resource.called()),
        }
    }

    /// The versions that it can be about, spelled so that one version is always the same.
    pub(super) fn versions(&self) -> Vec<(String, Guard)> {
        let scoped = |text: &Text| match text.as_literal() {
            Some(literal) => literal.to_owned(),
            None => format!("{}:{text}", self.resource.source.0),
        };
        if self.resource.is("AWS::Lambda::Alias") {
            let versions = self.resource.get("FunctionVersion").text();
            return versions.set().map(|(version, _, when)| (scoped(version), when.clone())).collect();
        }
        let name = &self.resource.names.name;
        let spelled = match name.as_literal() {
            Some(literal) => literal.to_owned(),
            // What `Fn::GetAtt` of its number is.
            None => format!("{}:${{{}.Version}}", self.resource.source.0, self.resource.address),
        };
        vec![(spelled, Guard::always())]
    }
}

/// All provisioned concurrency of the world's functions, by function.
pub(super) fn provisioned<'a>(world: &World<'a>) -> FxHashMap<FunctionId, Vec<Provisioned<'a>>> {
    let mut out: FxHashMap<FunctionId, Vec<Provisioned>> = FxHashMap::default();
    let holders = world.of_kind("AWS::Lambda::Alias").chain(world.of_kind("AWS::Lambda::Version"));
    for resource in holders {
        let config = resource.get(PROVISIONED);
        let when = config.set().fold(Guard::never(), |guard, (_, _, when)| guard.or(when)).and(&resource.when);
        if !when.is_possible() {
            continue;
        }
        let span = config.span();
        let (targets, _) = world.targets(&resource.get("FunctionName").text());
        for target in targets {
            let amounts = settings(resource, &format!("{PROVISIONED}.ProvisionedConcurrentExecutions"), None);
            let when = when.and(&target.when);
            if when.is_possible() {
                out.entry(target.function).or_default().push(Provisioned { resource, target, amounts, span, when });
            }
        }
    }
    out
}

/// What some amounts come to together, each in some deployments. One that is not known counts as nothing there. `None`: there
/// are too many ways.
pub(super) fn sums(parts: &[Vec<(i64, Guard)>]) -> Option<Vec<(i64, Guard)>> {
    let mut sums = vec![(0_i64, Guard::always())];
    for part in parts {
        let known = part.iter().fold(Guard::never(), |guard, (_, when)| guard.or(when));
        let mut next = Vec::new();
        for (sum, when) in &sums {
            for (amount, also) in part.iter().map(|(amount, also)| (*amount, also.clone())).chain([(0, known.not())]) {
                let when = when.and(&also);
                if when.is_possible() {
                    next.push((sum.saturating_add(amount), when));
                }
            }
        }
        if next.len() > MAX_SUMS {
            return None;
        }
        sums = next;
    }
    Some(sums)
}
