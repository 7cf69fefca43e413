//! `esm-failure-destination`: see `rules/source/esm-failure-destination.md`.

use super::mappings::mappings;
use super::settings::settings;
use crate::data::event_sources::Polled;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::source::Span;

pub(super) fn check(world: &World, out: &mut Findings) {
    for mapping in mappings(world) {
        let resource = mapping.resource;
        let without = resource.get("DestinationConfig").unset_when();
        let without =
            if without.is_possible() { without } else { resource.get("DestinationConfig.OnFailure").unset_when() };
        let polls = mapping
            .polls
            .iter()
            .find(|polls| matches!(polls.polled, Polled::Kinesis | Polled::DynamoDb | Polled::Msk | Polled::Kafka));
        let Some(polls) = polls else { continue };
        // Without an end to the retries a record is not given up: it is tried until it expires.
        let ends: Vec<(Span, String, _)> =
            [("MaximumRetryAttempts", "tries"), ("MaximumRecordAgeInSeconds", "seconds")]
                .into_iter()
                .flat_map(|(property, unit)| {
                    let ends = settings(resource, property, Some(-1)).into_iter().filter(|setting| setting.value >= 0);
                    ends.filter_map(move |end| Some((end.written?, format!("{} {unit}", end.value), end.when)))
                })
                .collect();
        let Some((span, after, when)) = ends.first() else { continue };
        let when = when.and(&without).and(&polls.when);
        if !when.is_possible() || when.is_rounded() {
            continue;
        }
        let (function, source) = (mapping.function(world), polls.name());
        let after = after.replace("1 tries", "1 try");
        let message =
            format!("records of {source} that {function} cannot handle are dropped after {after}, and nobody is told");
        let mut finding = Finding::new(Grade::WARNING, *span, message)
            .when(&when)
            .related(resource.called())
            .help("add `DestinationConfig: {OnFailure: {Destination: …}}` with a queue, a topic or a bucket");
        if let Some((other, ..)) = ends.get(1) {
            finding = finding.label(*other, "this gives records up as well");
        }
        out.push(finding);
    }
}
