//! `esm-batch-size`: see `rules/source/esm-batch-size.md`.

use super::mappings::{Mapping, Polls, fifo, mappings};
use super::settings::settings;
use crate::data::event_sources::{Polled, SMALL_BATCH};
use crate::engine::{Applicability, Edit, Finding, Findings, Fix, Grade};
use crate::model::World;

const SIZE: &str = "BatchSize";
const WINDOW: &str = "MaximumBatchingWindowInSeconds";

pub(super) fn check(world: &World, out: &mut Findings) {
    for mapping in mappings(world) {
        for polls in mapping.polls.iter().filter(|polls| polls.polled == Polled::Queue) {
            let (is_fifo, is_standard) = fifo(polls);
            let is_fifo = is_fifo.and(&polls.when);
            let is_standard = is_standard.and(&polls.when);
            of_fifo(world, &mapping, polls, &is_fifo, out);
            for size in settings(mapping.resource, SIZE, None).into_iter().filter(|size| size.value > SMALL_BATCH) {
                for window in settings(mapping.resource, WINDOW, Some(0)).into_iter().filter(|window| window.value < 1)
                {
                    let when = is_standard.and(&size.when).and(&window.when);
                    let Some(span) = size.written.filter(|_| when.is_possible() && !when.is_rounded()) else {
                        continue;
                    };
                    let function = mapping.function(world);
                    let message = format!(
                        "Lambda refuses batches of {} messages for {function}: more than {SMALL_BATCH} take time to gather",
                        size.value
                    );
                    let mut finding = Finding::new(Grade::ERROR, span, message)
                        .when(&when)
                        .related(mapping.resource.called())
                        .help(format!("set `{WINDOW}` to 1 or more, or `{SIZE}` to {SMALL_BATCH} or less"));
                    if let (Some(written), true) = (window.written, window.plain) {
                        finding = finding.label(written, "no time to wait").fix(Fix {
                            title: "Wait a second for more messages".to_owned(),
                            applicability: Applicability::Unsafe,
                            edits: vec![Edit { span: written, text: "1".to_owned() }],
                        });
                    }
                    out.push(finding);
                }
            }
        }
    }
}

/// A FIFO queue gives small batches, and does not wait for more.
fn of_fifo(world: &World, mapping: &Mapping, polls: &Polls, is_fifo: &crate::value::Guard, out: &mut Findings) {
    for size in settings(mapping.resource, SIZE, None).into_iter().filter(|size| size.value > SMALL_BATCH) {
        let when = is_fifo.and(&size.when);
        let Some(span) = size.written.filter(|_| when.is_possible()) else { continue };
        let message = format!(
            "Lambda refuses batches of {} messages for {}: {} is a FIFO queue",
            size.value,
            mapping.function(world),
            polls.name()
        );
        let mut finding = Finding::new(Grade::ERROR, span, message)
            .label(polls.span, "what it reads")
            .when(&when)
            .related(mapping.resource.called())
            .help(format!("set `{SIZE}` to {SMALL_BATCH} or less"));
        if size.plain {
            finding = finding.fix(Fix {
                title: format!("Read {SMALL_BATCH} messages at a time"),
                applicability: Applicability::Unsafe,
                edits: vec![Edit { span, text: SMALL_BATCH.to_string() }],
            });
        }
        out.push(finding);
    }
    for window in settings(mapping.resource, WINDOW, None).into_iter().filter(|window| window.value > 0) {
        let when = is_fifo.and(&window.when);
        let Some(span) = window.written.filter(|_| when.is_possible()) else { continue };
        let message = format!(
            "Lambda refuses to wait for more messages for {}: {} is a FIFO queue",
            mapping.function(world),
            polls.name()
        );
        out.push(
            Finding::new(Grade::ERROR, span, message)
                .label(polls.span, "what it reads")
                .when(&when)
                .related(mapping.resource.called())
                .help(format!("remove `{WINDOW}`")),
        );
    }
}
