//! `dlq-without-async`: see `rules/async/dlq-without-async.md`.

use crate::data::callers;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Function, Trigger, TriggerKind, World};
use crate::rules::asynchronous::{Asynchrony, in_prose, is_all_seen, is_set};
use crate::wiring::flow::{EdgeKind, EventFlow};
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) fn check(world: &World, out: &mut Findings) {
    let has_queue = |function: &&Function| is_set(&function.resource.get("DeadLetterConfig")).is_possible();
    let candidates: Vec<&Function> = world.application.functions.iter().filter(has_queue).collect();
    if candidates.is_empty() || !is_all_seen(world) {
        return;
    }
    let mut triggers: FxHashMap<usize, Vec<&Trigger>> = FxHashMap::default();
    for trigger in &world.application.triggers {
        triggers.entry(trigger.target.function.0).or_default().push(trigger);
    }
    let elsewhere = called_by_code(world);
    for function in candidates {
        let own = triggers.get(&function.id.0).map(Vec::as_slice).unwrap_or_default();
        let may_be_asynchronous = own.iter().any(|trigger| Asynchrony::of(trigger).maybe.is_possible());
        if own.is_empty() || may_be_asynchronous || elsewhere.contains(&function.id.0) || let_in(world, function) {
            continue;
        }
        report(function, own, out);
    }
}

/// The functions that other functions may invoke, in whatever way.
fn called_by_code(world: &World) -> FxHashSet<usize> {
    let flow = EventFlow::of(world);
    let direct = flow.edges.iter().filter(|edge| !matches!(edge.kind, EdgeKind::Trigger(_)));
    direct.map(|edge| edge.to.0).collect()
}

/// Whether a permission lets somebody call a function who may not wait: a service that does not, an account, everybody.
fn let_in(world: &World, function: &Function) -> bool {
    let about = world.application.permissions.iter().filter(|permission| {
        !permission.functions_known || permission.functions.iter().any(|target| target.function == function.id)
    });
    about.into_iter().any(|permission| {
        !permission.principal.every(|principal| {
            let literal = principal.and_then(|principal| principal.as_literal());
            let service = literal.and_then(|literal| literal.strip_suffix(".amazonaws.com"));
            service.is_some_and(|service| {
                let mut known = callers::ALL.iter().filter(|caller| caller.service() == Some(service)).peekable();
                known.peek().is_some() && known.all(|caller| caller.synchronous)
            })
        }) && !permission.via_url.every(|via| via.is_some())
            && !permission.url_auth_type.every(|kind| kind.is_some())
    })
}

fn report(function: &Function, triggers: &[&Trigger], out: &mut Findings) {
    let config = function.resource.get("DeadLetterConfig");
    let name = function.address();
    let mut services: Vec<&str> = Vec::new();
    for trigger in triggers {
        let service = match trigger.kind {
            TriggerKind::Poll => "an event source mapping",
            TriggerKind::Url => "its URL",
            kind => kind.caller().name,
        };
        if !services.contains(&service) {
            services.push(service);
        }
    }
    let polled = triggers.iter().any(|trigger| trigger.kind == TriggerKind::Poll);
    let verb = if services.len() == 1 { "waits" } else { "wait" };
    let services = in_prose(&services);
    let help = if polled {
        "what a mapping cannot process goes to the redrive policy of its queue, or to the mapping's own \
         `DestinationConfig.OnFailure`"
            .to_owned()
    } else {
        format!("remove it: whoever calls `{name}` gets the error")
    };
    for (_, span, when) in config.set() {
        let when = when.and(&function.resource.when);
        if when.is_possible() {
            let message =
                format!("nothing arrives in the dead-letter queue of `{name}`: {services} {verb} for its answer");
            let mut finding = Finding::new(Grade::NOTE, span, message).when(&when).related(name).help(help.clone());
            for trigger in triggers.iter().take(3) {
                finding = finding.label(trigger.span, "invokes it and waits");
            }
            out.push(finding);
        }
    }
}
