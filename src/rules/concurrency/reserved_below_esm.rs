//! `reserved-below-esm`: see `rules/concurrency/reserved-below-esm.md`.

use crate::data::concurrency::SQS_POLLERS;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Function, Trigger, TriggerKind, World};
use crate::rules::concurrency::{reserved, sums};
use crate::rules::settings::{Setting, settings};
use crate::value::Guard;
use crate::wiring::arn::Arn;
use rustc_hash::FxHashMap;

const MAXIMUM: &str = "ScalingConfig.MaximumConcurrency";

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut mappings: FxHashMap<usize, Vec<&Trigger>> = FxHashMap::default();
    for trigger in world.application.triggers.iter().filter(|trigger| is_of_queue(trigger)) {
        mappings.entry(trigger.target.function.0).or_default().push(trigger);
    }
    for function in &world.application.functions {
        let Some(own) = mappings.get(&function.id.0) else { continue };
        for reserved in reserved(function).iter().filter(|reserved| reserved.value > 0) {
            let found = over(function, reserved, own).or_else(|| starved(function, reserved, own));
            if let Some(finding) = found {
                out.push(finding);
            }
        }
    }
}

fn is_of_queue(trigger: &Trigger) -> bool {
    let arn = trigger.source_arn.as_ref().and_then(Arn::parse);
    trigger.kind == TriggerKind::Poll && arn.is_some_and(|arn| arn.service.as_literal() == Some("sqs"))
}

/// Mappings that together may run more of the function than it may run.
fn over(function: &Function, reserved: &Setting, mappings: &[&Trigger]) -> Option<Finding> {
    let exists = |trigger: &Trigger| trigger.target.when.and(&trigger.holder.when);
    let all: Vec<Vec<Setting>> = mappings.iter().map(|trigger| settings(trigger.holder, MAXIMUM, None)).collect();
    let parts: Vec<Vec<(i64, Guard)>> = mappings
        .iter()
        .zip(&all)
        .map(|(trigger, maxima)| maxima.iter().map(|max| (max.value, max.when.and(&exists(trigger)))).collect())
        .collect();
    let (sum, when) = sums(&parts)?
        .into_iter()
        .map(|(sum, when)| (sum, when.and(&reserved.when).and(&function.resource.when)))
        .filter(|(sum, when)| *sum > reserved.value && when.is_possible() && !when.is_rounded())
        .max_by_key(|(sum, _)| *sum)?;
    let name = function.address();
    let span = reserved.written?;
    let maxima =
        || mappings.iter().zip(&all).flat_map(|(trigger, maxima)| maxima.iter().map(move |max| (trigger, max)));
    let (verb, whose) = if maxima().count() > 1 { ("run", "its mappings") } else { ("runs", "its mapping") };
    let message = format!(
        "`{name}` may run {} times at once, and {whose} {verb} it {sum} times: messages are throttled, and land in a \
         dead-letter queue that nothing is wrong with",
        reserved.value
    );
    let mut finding = Finding::new(Grade::WARNING, span, message)
        .when(&when)
        .related(name)
        .help(format!("reserve at least {sum}, or lower `MaximumConcurrency`"));
    for (trigger, max) in maxima() {
        finding = finding.label(max.written.unwrap_or(trigger.span), "so many batches at once");
    }
    Some(finding)
}

/// A queue whose readers Lambda starts without asking how many may run.
fn starved(function: &Function, reserved: &Setting, mappings: &[&Trigger]) -> Option<Finding> {
    if reserved.value >= SQS_POLLERS {
        return None;
    }
    let span = reserved.written?;
    mappings.iter().find_map(|trigger| {
        let free = trigger.holder.get(MAXIMUM).unset_when().and(&trigger.holder.get("ProvisionedPollerConfig").unset_when());
        let when = free
            .and(&trigger.target.when)
            .and(&trigger.holder.when)
            .and(&reserved.when)
            .and(&function.resource.when);
        if !when.is_possible() || when.is_rounded() {
            return None;
        }
        let name = function.address();
        let value = reserved.value;
        let times = if value == 1 { "once".to_owned() } else { format!("{value} times") };
        let message = format!(
            "Lambda reads the queue with {SQS_POLLERS} batches at once, and `{name}` may run {times} at a time: what is \
             throttled counts as received"
        );
        // A mapping takes 2 at least.
        let help = format!(
            "limit the mapping instead: `ScalingConfig` with `MaximumConcurrency: {}`, and reserve {SQS_POLLERS} or nothing",
            value.max(2)
        );
        Some(
            Finding::new(Grade::NOTE, span, message)
                .when(&when)
                .related(name)
                .label(trigger.span, "reads the queue")
                .help(help),
        )
    })
}
