//! `stream-readers`: see `rules/source/stream-readers.md`.

use super::mappings::{Mapping, Polls, mappings};
use crate::data::event_sources::{Polled, STREAM_READERS, TABLE_READERS};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::{Guard, Text};
use rustc_hash::FxHashMap;

/// Readers of one stream that are told.
const MAX_LABELS: usize = 8;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mappings = mappings(world);
    let mut readers: FxHashMap<(Polled, Text), Vec<(&Mapping, &Polls)>> = FxHashMap::default();
    for mapping in &mappings {
        for polls in mapping.polls.iter().filter(|polls| polls.polled.is_stream()) {
            // A consumer of its own has its own throughput.
            let Some(arn) = polls.arn.filter(|arn| arn.around("/consumer/").is_none()) else { continue };
            readers.entry((polls.polled, arn.canonical())).or_default().push((mapping, polls));
        }
    }
    let mut found: Vec<_> = readers.into_iter().collect();
    found.sort_by_key(|(_, readers)| readers.first().map(|(_, polls)| polls.span));
    for ((polled, _), readers) in found {
        let (most, word, help) = match polled {
            Polled::DynamoDb => (
                TABLE_READERS,
                "two",
                "let one function read the stream and pass the records on, or send the table's changes to a Kinesis stream",
            ),
            _ => (STREAM_READERS, "five", "give functions a `AWS::Kinesis::StreamConsumer` each"),
        };
        let Some((mapping, polls)) = readers.get(most) else { continue };
        let when = readers.iter().take(most + 1).fold(Guard::always(), |all, (_, polls)| all.and(&polls.when));
        if !when.is_possible() || when.is_rounded() {
            continue;
        }
        let (function, source) = (mapping.function(world), polls.name());
        let message = format!("{function} is reader {} of {source}: more than {word} slow each other down", most + 1);
        let mut finding =
            Finding::new(Grade::WARNING, polls.span, message).when(&when).related(mapping.resource.called()).help(help);
        for (other, polls) in readers.iter().take(most.min(MAX_LABELS)) {
            finding = finding
                .label(polls.span, format!("{} reads it, too", other.function(world)))
                .related(other.resource.called());
        }
        out.push(finding);
    }
}
