//! `esm-property-unsupported`: see `rules/source/esm-property-unsupported.md`.

use super::mappings::mappings;
use crate::data::event_sources::{Polled, limited_properties};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::{Data, Guard, Value};

pub(super) fn check(world: &World, out: &mut Findings) {
    for mapping in mappings(world) {
        for polls in &mapping.polls {
            for (path, polled) in limited_properties().filter(|(_, polled)| !polled.contains(&polls.polled)) {
                // What belongs to the part of a property is told where the property itself is allowed.
                let value = mapping.resource.get(path);
                let parent = path.split_once('.').map(|(parent, _)| parent);
                let told = parent.is_some_and(|parent| {
                    limited_properties().any(|(path, polled)| path == parent && !polled.contains(&polls.polled))
                });
                let when = acts(&value).and(&polls.when);
                if told || !when.is_possible() || when.is_rounded() {
                    continue;
                }
                let (function, source) = (mapping.function(world), polls.name());
                let property = path.rsplit('.').next().unwrap_or(path);
                let message =
                    format!("Lambda refuses `{property}` for {function}: {source} is {}", polls.polled.words());
                let message = match polls.source {
                    Some(_) => message,
                    None => format!("Lambda refuses `{property}` for {function}: it reads {}", polls.polled.words()),
                };
                let mut finding = Finding::new(Grade::ERROR, mapping.resource.key_span(path), message)
                    .when(&when)
                    .related(mapping.resource.called())
                    .help(help(path, polls.polled, polled));
                if let Some(source) = polls.source {
                    finding = finding.label(polls.span, "what it reads").related(source.called());
                }
                out.push(finding);
            }
        }
    }
}

/// Where a value does something: `false`, 0 and what is empty are as if nothing was written.
fn acts(value: &Value<&Data>) -> Guard {
    let acting = value.set().filter(|(data, ..)| match data {
        Data::Text(text) => match text.as_literal() {
            Some(literal) => !matches!(literal, "" | "0" | "-1") && !literal.eq_ignore_ascii_case("false"),
            None => false,
        },
        Data::List(list) => !list.items.is_empty(),
        Data::Map(map) => !map.entries.is_empty(),
    });
    acting.fold(Guard::never(), |all, (_, _, when)| all.or(when))
}

/// What to write instead.
fn help(path: &str, polled: Polled, allowed: &[Polled]) -> String {
    match (path, polled) {
        ("DestinationConfig" | "MaximumRetryAttempts" | "MaximumRecordAgeInSeconds", Polled::Queue) => {
            "remove it: what fails stays in the queue, whose `RedrivePolicy` says after how many times it goes where".to_owned()
        }
        ("BisectBatchOnFunctionError", Polled::Queue) => {
            "remove it; `FunctionResponseTypes: [ReportBatchItemFailures]` lets a function name the messages that failed".to_owned()
        }
        ("ParallelizationFactor", Polled::Queue) => {
            "remove it; `ScalingConfig` limits how many run at once".to_owned()
        }
        ("StartingPosition", _) => "remove it: a queue has no position to begin at".to_owned(),
        _ => {
            let words: Vec<&str> = allowed.iter().map(|polled| polled.words()).collect();
            format!("remove it: it is for {}", list(&words))
        }
    }
}

fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
