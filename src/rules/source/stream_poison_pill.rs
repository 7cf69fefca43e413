//! `stream-poison-pill`: see `rules/source/stream-poison-pill.md`.

use super::mappings::{Mapping, mappings};
use super::settings::settings;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::Guard;

pub(super) fn check(world: &World, out: &mut Findings) {
    for mapping in mappings(world) {
        let endless = endless(&mapping);
        for polls in mapping.polls.iter().filter(|polls| polls.polled.is_stream()) {
            let when = polls.when.and(&endless);
            if !when.is_possible() || when.is_rounded() {
                continue;
            }
            let (function, source) = (mapping.function(world), polls.name());
            let message = format!(
                "one record that {function} cannot handle stops its shard of {source}: the batch is tried again until it expires"
            );
            out.push(
                Finding::new(Grade::WARNING, polls.span, message)
                    .when(&when)
                    .related(mapping.resource.called())
                    .help(
                        "set `MaximumRetryAttempts` with a destination for what fails, and `BisectBatchOnFunctionError: true` \
                         or `FunctionResponseTypes: [ReportBatchItemFailures]` so that only the record itself fails",
                    ),
            );
            break;
        }
    }
}

/// Where nothing ends the retries of a whole batch.
fn endless(mapping: &Mapping) -> Guard {
    let resource = mapping.resource;
    let forever = |property: &str| {
        let values = settings(resource, property, Some(-1)).into_iter().filter(|setting| setting.value < 0);
        values.fold(Guard::never(), |all, setting| all.or(&setting.when))
    };
    let whole = resource.get("BisectBatchOnFunctionError").booleans();
    let not_bisected = whole.set().filter(|(bisect, ..)| !**bisect);
    let not_bisected = not_bisected.fold(whole.unset_when(), |all, (_, _, when)| all.or(when));
    let reports = resource.get("FunctionResponseTypes").unset_when();
    forever("MaximumRetryAttempts").and(&forever("MaximumRecordAgeInSeconds")).and(&not_bisected).and(&reports)
}
