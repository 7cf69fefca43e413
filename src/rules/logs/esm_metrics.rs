//! `esm-metrics`: see `rules/logs/esm-metrics.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::{TriggerKind, World};
use crate::wiring::arn::Arn;
use rustc_hash::FxHashSet;

/// The services of which Lambda counts events. Source:
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics>.
const COUNTED: [&str; 3] = ["sqs", "kinesis", "dynamodb"];

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut told = FxHashSet::default();
    for trigger in world.application.triggers.iter().filter(|trigger| trigger.kind == TriggerKind::Poll) {
        let mapping = trigger.holder;
        let service = trigger
            .source_arn
            .as_ref()
            .and_then(Arn::parse)
            .and_then(|arn| arn.service.as_literal().map(str::to_owned));
        if !service.is_some_and(|service| COUNTED.contains(&service.as_str())) {
            continue;
        }
        let when = mapping.get("MetricsConfig").unset_when().and(&trigger.target.when);
        let Some(function) = world.function(trigger.target.function) else { continue };
        if when.is_possible() && !when.is_rounded() && told.insert(mapping.span) {
            let message = format!(
                "nothing counts the events that are filtered out, dropped or lost before `{}` sees them",
                function.address()
            );
            let finding = Finding::new(Grade::NOTE, mapping.span, message)
                .help("set `MetricsConfig: {Metrics: [EventCount]}`; each metric is paid for")
                .related(mapping.called())
                .related(function.address())
                .when(&when);
            out.push(finding);
        }
    }
}
