//! What the rules about kinds of functions share (durable, with tenants, on managed instances).

use crate::engine::Address;
use crate::model::{Function, Resource, World};
use crate::source::Span;
use crate::value::{Data, Guard, Value};

/// The deployments in which a property is certainly set; `None` where there are none, or where too little is known.
pub(super) fn when_set(value: &Value<&Data>) -> Option<Guard> {
    let set = value.set().fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
    (set.is_possible() && !set.is_rounded()).then_some(set)
}

/// Where a property is set that something else excludes, and in which deployments.
pub(super) fn beside(resource: &Resource, property: &str, when: &Guard) -> Option<(Span, Guard)> {
    let both = when_set(&resource.get(property))?.and(when);
    (both.is_possible() && !both.is_rounded()).then(|| (resource.key_span(property), both))
}

/// A resource that is about a function.
pub(super) struct About<'a> {
    /// The resource.
    pub(super) resource: &'a Resource,
    /// In which deployments.
    pub(super) when: Guard,
    /// What the user calls it.
    pub(super) name: &'a Address,
}

/// The resources of a type whose `property` names the function, within some deployments.
pub(super) fn about<'a>(
    world: &World<'a>,
    kind: &str,
    property: &str,
    function: &Function,
    when: &Guard,
) -> Vec<About<'a>> {
    let mut out = Vec::new();
    for resource in world.of_kind(kind) {
        let (targets, _) = world.targets(&resource.get(property).text());
        let meant = targets.iter().filter(|target| target.function == function.id);
        let both = meant.fold(Guard::never(), |guard, target| guard.or(&target.when)).and(when).and(&resource.when);
        if both.is_possible() && !both.is_rounded() {
            out.push(About { resource, when: both, name: resource.called() });
        }
    }
    out
}

/// Where concurrency is provisioned for the function: its aliases and versions.
pub(super) fn provisioned<'a>(world: &World<'a>, function: &Function, when: &Guard) -> Vec<(About<'a>, Span)> {
    let mut out = Vec::new();
    for kind in ["AWS::Lambda::Alias", "AWS::Lambda::Version"] {
        for found in about(world, kind, "FunctionName", function, when) {
            let config = found.resource.get("ProvisionedConcurrencyConfig");
            let Some(set) = when_set(&config) else { continue };
            let both = found.when.and(&set);
            if both.is_possible() && !both.is_rounded() {
                out.push((About { when: both, ..found }, config.span()));
            }
        }
    }
    out
}
