//! `partial-batch-response`: see `rules/source/partial-batch-response.md`.

use super::mappings::mappings;
use super::settings::settings;
use crate::data::event_sources::Polled;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    for mapping in mappings(world) {
        let whole = mapping.resource.get("FunctionResponseTypes").unset_when();
        for polls in mapping.polls.iter().filter(|polls| polls.polled == Polled::Queue) {
            let sizes = settings(mapping.resource, "BatchSize", Some(10)).into_iter().filter(|size| size.value > 1);
            for size in sizes {
                let when = whole.and(&size.when).and(&polls.when);
                if !when.is_possible() || when.is_rounded() {
                    continue;
                }
                let (function, source) = (mapping.function(world), polls.name());
                let message = format!(
                    "one message of {source} that {function} cannot handle brings back all {} of its batch",
                    size.show()
                );
                out.push(
                    Finding::new(Grade::NOTE, polls.span, message).when(&when).related(mapping.resource.called()).help(
                        "let the function name the messages that failed, and set \
                             `FunctionResponseTypes: [ReportBatchItemFailures]`; or set `BatchSize: 1`",
                    ),
                );
                break;
            }
        }
    }
}
