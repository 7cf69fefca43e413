//! `async-failure-unhandled`: see `rules/async/async-failure-unhandled.md`.

use crate::engine::{Finding, Findings, Grade, Level};
use crate::model::{Function, Trigger, TriggerKind, World};
use crate::rules::asynchronous::{Asynchrony, InvokeConfigs, in_prose, is_all_seen, is_set};
use crate::rules::permissions::certainly;
use crate::value::Guard;
use std::collections::BTreeMap;

/// How many triggers of a function are pointed at.
const MAX_LABELS: usize = 3;

/// What is lost when an invocation fails for good.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// An event that nobody sends again.
    Event,
    /// One run of many.
    Run,
}

pub(super) fn check(world: &World, out: &mut Findings) {
    let all_seen = is_all_seen(world);
    let configs = InvokeConfigs::of(world);
    let mut lost: BTreeMap<usize, Vec<(&Trigger, Loss, Guard)>> = BTreeMap::new();
    for trigger in &world.application.triggers {
        let Some(loss) = loss(trigger) else { continue };
        let Some(function) = world.function(trigger.target.function) else { continue };
        let called = trigger.target.qualifier.as_ref();
        let mut when = Asynchrony::of(trigger).sure.and(&function.resource.when).and(&trigger.holder.when);
        if !all_seen {
            // The configuration itself must be there to say that it keeps nothing.
            let own = configs.for_function(function.id).iter();
            when = when.and(&own.fold(Guard::never(), |guard, config| guard.or(&config.is_for(called).sure)));
        }
        if let Some(left) = certainly(&when, &configs.kept(function, called)) {
            lost.entry(function.id.0).or_default().push((trigger, loss, left));
        }
    }
    let forgotten = !lost.is_empty() && keeps_elsewhere(world);
    for (_, mut triggers) in lost {
        triggers.sort_by_key(|(_, loss, _)| *loss == Loss::Run);
        let first = triggers.first().and_then(|(trigger, ..)| world.function(trigger.target.function));
        if let Some(function) = first {
            report(function, &triggers, forgotten, out);
        }
    }
}

/// Whether the author keeps what other functions fail at, so that this one was forgotten.
fn keeps_elsewhere(world: &World) -> bool {
    let dead = |function: &Function| is_set(&function.resource.get("DeadLetterConfig.TargetArn")).is_possible();
    let failed = "DestinationConfig.OnFailure.Destination";
    world.application.functions.iter().any(dead)
        || world.of_kind("AWS::Lambda::EventInvokeConfig").any(|config| is_set(&config.get(failed)).is_possible())
}

fn report(function: &Function, triggers: &[(&Trigger, Loss, Guard)], forgotten: bool, out: &mut Findings) {
    let gravest = if triggers.iter().any(|(_, loss, _)| *loss == Loss::Event) { Loss::Event } else { Loss::Run };
    let told = || triggers.iter().filter(|(_, loss, _)| *loss == gravest);
    let mut services: Vec<&str> = Vec::new();
    for (trigger, ..) in told() {
        let name = trigger.kind.caller().name;
        if !services.contains(&name) {
            services.push(name);
        }
    }
    let name = function.address();
    let does = if services.len() == 1 { "does" } else { "do" };
    let services = in_prose(&services);
    // Where results of others go, it is not forgotten: it is what keeps them.
    let relayed = told().all(|(trigger, ..)| trigger.kind == TriggerKind::Destination);
    let (grade, what) = match gravest {
        Loss::Event if forgotten && !relayed => (Grade::WARNING, "events"),
        Loss::Event => (Grade { level: Level::Strict, ..Grade::WARNING }, "events"),
        Loss::Run => (Grade::NOTE, "runs"),
    };
    let message = format!(
        "{what} that `{name}` fails at are dropped after three attempts: {services} {does} not wait for it, and it has \
         neither a dead-letter queue nor an on-failure destination"
    );
    let when = told().fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
    let mut finding = Finding::new(grade, function.resource.span, message).when(&when).related(name).help(format!(
        "give `{name}` an on-failure destination (`AWS::Lambda::EventInvokeConfig`; `EventInvokeConfig` in SAM)"
    ));
    for (trigger, ..) in told().take(MAX_LABELS) {
        finding = finding
            .label(trigger.span, format!("{} invokes it asynchronously", trigger.kind.caller().name))
            .related(trigger.holder.called());
    }
    out.push(finding);
}

/// What is lost when an invocation by a trigger fails for good. `None` for one that waits, that tries again by itself (a
/// rotation), or that sees by itself that nothing came of it (a stack that waits for its custom resource, a pipeline).
fn loss(trigger: &Trigger) -> Option<Loss> {
    match trigger.kind {
        // The next run comes on time, and mostly does what this one left.
        TriggerKind::EventsRule if trigger.holder.get("EventPattern").is_unset() => Some(Loss::Run),
        TriggerKind::Scheduler | TriggerKind::Config => Some(Loss::Run),
        TriggerKind::S3
        | TriggerKind::Sns
        | TriggerKind::EventsRule
        | TriggerKind::Logs
        | TriggerKind::LogsAccount
        | TriggerKind::IotRule
        | TriggerKind::Ses
        | TriggerKind::MailManager
        | TriggerKind::CodeCommit
        | TriggerKind::Alarm
        | TriggerKind::Pipe
        | TriggerKind::StateMachine
        | TriggerKind::Destination => Some(Loss::Event),
        _ => None,
    }
}
