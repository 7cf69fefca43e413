//! `sqs-redrive`: see `rules/source/sqs-redrive.md`.

use super::mappings::mappings;
use super::settings::settings;
use crate::data::event_sources::{ADVISED_RECEIVES, Polled};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::{FxHashMap, FxHashSet};

const QUEUE: &str = "AWS::SQS::Queue";
const RETENTION: &str = "MessageRetentionPeriod";

pub(super) fn check(world: &World, out: &mut Findings) {
    let mappings = mappings(world);
    let mut queues: FxHashMap<Span, (&Resource, String, Guard)> = FxHashMap::default();
    for mapping in &mappings {
        for polls in mapping.polls.iter().filter(|polls| polls.polled == Polled::Queue) {
            if let Some(queue) = polls.source.filter(|queue| queue.is(QUEUE)) {
                let entry = queues.entry(queue.span);
                let (.., when) = entry.or_insert_with(|| (queue, mapping.function(world), Guard::never()));
                *when = when.or(&polls.when);
            }
        }
    }
    // What failed elsewhere goes no further.
    let targets = dead_letter_queues(world);
    let mut queues: Vec<_> = queues.into_values().collect();
    queues.sort_by_key(|(queue, ..)| queue.span);
    for (queue, function, when) in queues {
        let policy = queue.get("RedrivePolicy");
        let without = policy.unset_when().and(&when).and(&queue.when);
        if without.is_possible() && !without.is_rounded() && !targets.contains(&queue.span) {
            let name = queue.called();
            let message = format!(
                "messages of `{name}` that {function} cannot handle come back until they expire: nothing takes them out"
            );
            out.push(
                Finding::new(Grade::WARNING, queue.span, message)
                    .when(&without)
                    .related(name)
                    .help("add a `RedrivePolicy` with another queue as `deadLetterTargetArn` and `maxReceiveCount: 5`"),
            );
        }
        counts(queue, &function, &when, out);
        dead_letters(world, queue, &function, &when, out);
    }
}

/// The queues that others send their dead letters to.
fn dead_letter_queues(world: &World) -> FxHashSet<Span> {
    let mut out = FxHashSet::default();
    let mut add = |resource: &Resource, path: &str| {
        for (arn, ..) in resource.get(path).text().set() {
            out.extend(world.resource_with_arn(arn).map(|queue| queue.span));
        }
    };
    for resource in &world.resources {
        match &*resource.kind {
            QUEUE | "AWS::SNS::Subscription" => add(resource, "RedrivePolicy.deadLetterTargetArn"),
            "AWS::Lambda::Function" => add(resource, "DeadLetterConfig.TargetArn"),
            "AWS::Lambda::EventInvokeConfig" | "AWS::Lambda::EventSourceMapping" => {
                add(resource, "DestinationConfig.OnFailure.Destination");
            }
            _ => {}
        }
    }
    out
}

/// After how many receives a message is given up.
fn counts(queue: &Resource, function: &str, when: &Guard, out: &mut Findings) {
    for count in settings(queue, "RedrivePolicy.maxReceiveCount", None) {
        let when = count.when.and(when);
        let Some(span) = count.written.filter(|_| when.is_possible() && count.value < ADVISED_RECEIVES) else {
            continue;
        };
        let name = queue.called();
        let (grade, message) = if count.value <= 1 {
            let message = format!(
                "a message of `{name}` has one try: when {function} is throttled it goes to the dead-letter queue unread"
            );
            (Grade::WARNING, message)
        } else {
            let message = format!(
                "a message of `{name}` has {} tries, and those that are throttled count: AWS advises {ADVISED_RECEIVES}",
                count.value
            );
            (Grade::NOTE, message)
        };
        out.push(
            Finding::new(grade, span, message)
                .when(&when)
                .related(name)
                .help(format!("set `maxReceiveCount` to {ADVISED_RECEIVES} or more")),
        );
    }
}

/// What becomes of a message in the dead-letter queue.
fn dead_letters(world: &World, queue: &Resource, function: &str, when: &Guard, out: &mut Findings) {
    for (arn, span, case) in queue.get("RedrivePolicy.deadLetterTargetArn").text().set() {
        let Some(dead) = world.resource_with_arn(arn).filter(|dead| dead.is(QUEUE)) else { continue };
        let when = when.and(case).and(&dead.when);
        let (name, other) = (queue.called(), dead.called());
        if dead.span == queue.span {
            if when.is_possible() {
                let message = format!(
                    "messages of `{name}` that {function} cannot handle stay in it: it is its own dead-letter queue"
                );
                out.push(
                    Finding::new(Grade::WARNING, span, message)
                        .when(&when)
                        .related(name)
                        .help("name another queue, which no function reads"),
                );
            }
            continue;
        }
        let is = |queue: &Resource, wanted: bool| {
            let fifo = queue.get("FifoQueue").booleans();
            let cases = fifo.set().filter(|(fifo, ..)| **fifo == wanted);
            let start = if wanted { Guard::never() } else { fifo.unset_when() };
            cases.fold(start, |all, (_, _, when)| all.or(when))
        };
        let differ = is(queue, true).and(&is(dead, false)).or(&is(queue, false).and(&is(dead, true))).and(&when);
        if differ.is_possible() && !differ.is_rounded() {
            let (this, that) =
                if is(queue, true).is_possible() { ("a FIFO", "a standard") } else { ("a standard", "a FIFO") };
            let message =
                format!("SQS refuses `{other}` as the dead-letter queue of `{name}`: {that} queue for {this} one");
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .label(dead.span, format!("{that} queue"))
                    .when(&differ)
                    .related(name)
                    .related(other)
                    .help("let both be FIFO queues, or none"),
            );
            continue;
        }
        for kept in settings(queue, RETENTION, None) {
            for dead_kept in
                settings(dead, RETENTION, None).into_iter().filter(|dead_kept| dead_kept.value < kept.value)
            {
                // A FIFO queue counts anew.
                let when = when.and(&kept.when).and(&dead_kept.when).and(&is(queue, false));
                if !when.is_possible() || when.is_rounded() {
                    continue;
                }
                let message = format!(
                    "messages of `{name}` may expire before anybody sees them in `{other}`: it keeps them for {} seconds from the day they were sent, `{name}` for {}",
                    dead_kept.show(),
                    kept.show()
                );
                out.push(
                    Finding::new(Grade::NOTE, dead_kept.written.unwrap_or(dead.span), message)
                        .label(kept.written.unwrap_or(queue.span), "kept longer here")
                        .when(&when)
                        .related(name)
                        .related(other)
                        .help(format!("set `{RETENTION}` of `{other}` to more than {}", kept.value)),
                );
            }
        }
    }
}
