//! `esm-starting-position`: see `rules/source/esm-starting-position.md`.

use super::mappings::{Mapping, Polls, mappings};
use crate::data::event_sources::Polled;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::Guard;

const POSITION: &str = "StartingPosition";
const TIMESTAMP: &str = "StartingPositionTimestamp";
const AT: &str = "AT_TIMESTAMP";

pub(super) fn check(world: &World, out: &mut Findings) {
    for mapping in mappings(world) {
        for polls in &mapping.polls {
            if polls.polled.is_stream() {
                missing(world, &mapping, polls, out);
            }
        }
        if let Some(polls) = mapping.polls.first() {
            by_time(world, &mapping, polls, out);
        }
    }
}

/// A stream whose mapping does not say where to begin.
fn missing(world: &World, mapping: &Mapping, polls: &Polls, out: &mut Findings) {
    let position = mapping.resource.get(POSITION);
    let when = position.unset_when().and(&polls.when);
    if !when.is_possible() || when.is_rounded() {
        return;
    }
    let (function, source) = (mapping.function(world), polls.name());
    let message = format!("Lambda refuses to read {source} for {function}: the mapping does not say where to begin");
    out.push(
        Finding::new(Grade::ERROR, polls.span, message)
            .here(format!("{} has a beginning and an end", polls.polled.words()))
            .when(&when)
            .related(mapping.resource.called())
            .help("set `StartingPosition: TRIM_HORIZON` for all that is in the stream, or `LATEST` for what is new"),
    );
}

/// A beginning at a time, and the time.
fn by_time(world: &World, mapping: &Mapping, polls: &Polls, out: &mut Findings) {
    let (position, timestamp) = (mapping.resource.get(POSITION), mapping.resource.get(TIMESTAMP));
    let (function, literals) = (mapping.function(world), position.literals());
    for (position, span, when) in literals.set() {
        if position == AT {
            for polls in mapping.polls.iter().filter(|polls| polls.polled == Polled::DynamoDb) {
                let when = when.and(&polls.when);
                if when.is_possible() {
                    let message = format!("Lambda refuses to read {} for {function} from a time on", polls.name());
                    out.push(
                        Finding::new(Grade::ERROR, span, message)
                            .when(&when)
                            .related(mapping.resource.called())
                            .help("DynamoDB streams take `TRIM_HORIZON` and `LATEST`"),
                    );
                }
            }
            let without = timestamp.unset_when().and(when).and(&polls.when);
            if without.is_possible() && !without.is_rounded() {
                let message = format!("the mapping for {function} is to begin at a time, and no time is given");
                out.push(
                    Finding::new(Grade::ERROR, span, message)
                        .when(&without)
                        .related(mapping.resource.called())
                        .help(format!("set `{TIMESTAMP}` to the seconds since 1970")),
                );
            }
        }
    }
    let other = literals.set().filter(|(position, ..)| *position != AT);
    let other = other.fold(Guard::never(), |all, (_, _, when)| all.or(when));
    for (_, span, when) in timestamp.text().set() {
        let when = other.and(when).and(&polls.when);
        if when.is_possible() && !when.is_rounded() {
            let message = format!("the mapping for {function} does not begin at this time");
            out.push(
                Finding::new(Grade::WARNING, span, message)
                    .label(position.span(), "this is where it begins")
                    .when(&when)
                    .related(mapping.resource.called())
                    .help(format!("set `{POSITION}: {AT}`, or remove the time")),
            );
        }
    }
}
