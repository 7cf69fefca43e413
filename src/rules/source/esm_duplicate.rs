//! `esm-duplicate`: see `rules/source/esm-duplicate.md`.

use super::mappings::{Mapping, Polls, mappings};
use crate::data::event_sources::Polled;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{FunctionId, World};
use crate::value::{Guard, Text};
use rustc_hash::FxHashMap;

/// A reader of a source: the mapping, what it polls and the functions that it runs.
struct Reader<'a> {
    mapping: &'a Mapping<'a>,
    polls: &'a Polls<'a>,
    functions: Vec<(FunctionId, Option<Text>, Guard)>,
}

/// Readers of one source that are compared.
const MAX_READERS: usize = 32;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mappings = mappings(world);
    let mut readers: FxHashMap<Text, Vec<Reader>> = FxHashMap::default();
    for mapping in &mappings {
        let off = mapping.resource.get("Enabled").booleans().every(|enabled| enabled == Some(&false));
        for polls in mapping.polls.iter().filter(|_| !off) {
            let Some(arn) = polls.arn else { continue };
            let (targets, _) = world.targets(&mapping.resource.get("FunctionName").text());
            let functions = targets.into_iter().map(|target| (target.function, target.qualifier, target.when));
            readers.entry(arn.canonical()).or_default().push(Reader { mapping, polls, functions: functions.collect() });
        }
    }
    let mut sources: Vec<Vec<Reader>> = readers.into_values().filter(|readers| readers.len() > 1).collect();
    sources.sort_by_key(|readers| readers.first().map(|reader| reader.polls.span));
    for readers in sources {
        for (index, second) in readers.iter().enumerate().take(MAX_READERS) {
            for first in readers.iter().take(index) {
                if let Some(finding) = pair(world, first, second) {
                    out.push(finding);
                    break;
                }
            }
        }
    }
}

fn pair(world: &World, first: &Reader, second: &Reader) -> Option<Finding> {
    if first.mapping.resource.span == second.mapping.resource.span {
        return None;
    }
    let when = first.polls.when.and(&second.polls.when);
    // With groups of their own two mappings of Kafka each get all records.
    let groups = ["AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig"];
    if groups
        .iter()
        .any(|group| !first.mapping.resource.get(group).is_unset() || !second.mapping.resource.get(group).is_unset())
    {
        return None;
    }
    // Of Kafka and MQ each mapping reads a topic or a queue of its own.
    for part in ["Topics", "Queues"] {
        let (one, two) = (first.mapping.resource.get(part), second.mapping.resource.get(part));
        let literals = |value: &crate::value::Value<&crate::value::Data>| -> Option<Vec<String>> {
            let (items, closed) = value.items(true);
            let known: Option<Vec<String>> = items.iter().map(|item| item.literals().only().cloned()).collect();
            known.filter(|_| closed)
        };
        if !(one.is_unset() && two.is_unset()) && (literals(&one).is_none() || literals(&one) != literals(&two)) {
            return None;
        }
    }
    let same = first.functions.iter().find_map(|(function, qualifier, one)| {
        let found = second.functions.iter().find(|(other, of, _)| other == function && of == qualifier)?;
        Some(one.and(&found.2))
    });
    let (grade, when, message, help) = if let Some(same) = same {
        let message = format!(
            "Lambda refuses the second mapping of {} to {}",
            second.polls.name(),
            second.mapping.function(world)
        );
        (Grade::ERROR, when.and(&same), message, "remove one of the two".to_owned())
    } else {
        let filtered = |reader: &Reader| !reader.mapping.resource.get("FilterCriteria").is_unset();
        let known = !first.functions.is_empty() && !second.functions.is_empty();
        let qualified =
            first.functions.iter().any(|(function, ..)| second.functions.iter().any(|(other, ..)| other == function));
        if second.polls.polled != Polled::Queue || !known || qualified || (filtered(first) && filtered(second)) {
            return None;
        }
        let message = format!(
            "{} and {} take the messages of {} away from each other: each gets some of them",
            first.mapping.function(world),
            second.mapping.function(world),
            second.polls.name()
        );
        let help = "give each function a queue of its own, and let a topic send to both";
        (Grade::WARNING, when, message, help.to_owned())
    };
    if !when.is_possible() || when.is_rounded() {
        return None;
    }
    Some(
        Finding::new(grade, second.polls.span, message)
            .label(first.polls.span, "the first reader")
            .when(&when)
            .related(first.mapping.resource.called())
            .related(second.mapping.resource.called())
            .help(help),
    )
}
