//! `reserved-concurrency-missing`: see `rules/concurrency/reserved-concurrency-missing.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::{Trigger, TriggerKind, World};
use crate::rules::concurrency::RESERVED;
use crate::value::Guard;
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut told: FxHashSet<usize> = FxHashSet::default();
    for trigger in world.application.triggers.iter().filter(|trigger| is_public(trigger)) {
        let Some(function) = world.function(trigger.target.function) else { continue };
        let unset = function.resource.get(RESERVED).unset_when();
        let when: Guard = unset.and(&trigger.target.when).and(&function.resource.when).and(&trigger.holder.when);
        if !when.is_possible() || !told.insert(function.id.0) {
            continue;
        }
        let name = function.address();
        let service = match trigger.kind {
            TriggerKind::Url => "its URL",
            kind => kind.caller().name,
        };
        let message = format!(
            "whoever calls {service} often enough takes the concurrency of all other functions of the account: \
             nothing limits `{name}`"
        );
        out.push(
            Finding::new(Grade::OPINION, function.resource.span, message)
                .when(&when)
                .related(name)
                .label(trigger.span, "calls from outside come in here")
                .help(format!("give `{name}` `{RESERVED}`, or throttle what stands before it")),
        );
    }
}

/// Whether people outside decide how often it calls.
fn is_public(trigger: &Trigger) -> bool {
    match trigger.kind {
        TriggerKind::ApiGateway => !trigger.is_authorizer(),
        TriggerKind::LoadBalancer => true,
        TriggerKind::Url => {
            trigger.holder.get("AuthType").literals().every(|kind| kind.is_some_and(|kind| kind == "NONE"))
        }
        _ => false,
    }
}
