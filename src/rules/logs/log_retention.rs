//! `log-retention`: see `rules/logs/log-retention.md`.

use super::log_groups::{LOG_GROUP, LOG_RETENTION, Unnamed, is_template, logs_of};
use crate::data::log_retention::RETENTION_DAYS;
use crate::engine::{Applicability, Finding, Findings, Fix, Grade};
use crate::fix;
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::FxHashMap;

const PROPERTY: &str = "RetentionInDays";

pub(super) fn check(world: &World, out: &mut Findings) {
    for group in world.of_kind(LOG_GROUP).chain(world.of_kind(LOG_RETENTION)) {
        for (days, span, when) in group.get(PROPERTY).integers().set() {
            if !RETENTION_DAYS.contains(days) {
                out.push(refused(world, group, *days, span, when));
            }
        }
    }
    // The CDK sets it in its own way, for groups whose names are told to its function.
    if world.of_kind(LOG_RETENTION).next().is_some() {
        return;
    }
    let mut unnamed = Unnamed::of(world);
    let mut forever: Vec<(&Resource, Guard, Vec<&Resource>)> = Vec::new();
    let mut places: FxHashMap<Span, usize> = FxHashMap::default();
    for function in &world.application.functions {
        let resource = function.resource;
        if !is_template(world, resource) {
            continue;
        }
        for log in logs_of(world, function) {
            let Some(group) = log.group else {
                let implicit = log.written.is_none() && !world.open && !world.has_unseen_stacks();
                if implicit && log.when.same(&resource.when) && !unnamed.may_be(&log.name) {
                    out.push(implicit_group(resource));
                }
                continue;
            };
            let when = group.get(PROPERTY).unset_when().and(&log.when);
            if !when.is_possible() || when.is_rounded() {
                continue;
            }
            let index = *places.entry(group.span).or_insert(forever.len());
            match forever.get_mut(index) {
                Some((_, known, functions)) => {
                    *known = known.or(&when);
                    functions.push(resource);
                }
                None => forever.push((group, when, vec![resource])),
            }
        }
    }
    for (group, when, functions) in forever {
        out.push(declared(world, group, &when, &functions));
    }
}

/// A number that CloudWatch does not take.
fn refused(world: &World, group: &Resource, days: i64, span: Span, when: &Guard) -> Finding {
    let least = RETENTION_DAYS.iter().find(|known| **known > days);
    let message = format!("CloudWatch keeps no logs for {days} days: `{}` is not created", group.called());
    let help = match least {
        Some(more) => format!("the next longer time is {more} days"),
        None => "3653 days are the longest; without `RetentionInDays` logs are kept for ever".to_owned(),
    };
    let mut finding = Finding::new(Grade::ERROR, span, message).help(help).related(group.called()).when(when);
    let plain = group.get(PROPERTY).text().some(|text| text.is_some_and(|text| text.as_literal().is_some()));
    if let Some(more) = least.filter(|_| plain)
        && let Some(edit) = fix::scalar(world, span, &more.to_string())
    {
        let title = format!("Keep them for {more} days");
        finding = finding.fix(Fix { title, applicability: Applicability::Safe, edits: vec![edit] });
    }
    finding
}

/// A log group of a template that has no end.
fn declared(world: &World, group: &Resource, when: &Guard, functions: &[&Resource]) -> Finding {
    let message = match functions {
        [one] => format!("the logs of `{}` are kept and paid for for ever", one.called()),
        [one, two] => format!("the logs of `{}` and `{}` are kept and paid for for ever", one.called(), two.called()),
        [first, rest @ ..] => {
            format!("the logs of `{}` and {} others are kept and paid for for ever", first.called(), rest.len())
        }
        [] => "logs are kept and paid for for ever".to_owned(),
    };
    let mut finding = Finding::new(Grade::WARNING, group.span, message)
        .here("has no `RetentionInDays`")
        .help("say how long they are needed: `RetentionInDays: 30`")
        .related(group.called())
        .when(when);
    for function in functions {
        finding = finding.related(function.called());
    }
    let sibling = group.properties.only().and_then(|properties| properties.map()).and_then(|map| map.entries.first());
    let absent = group.get(PROPERTY).is_unset() && group.properties.get(PROPERTY).cases().len() == 1;
    if let Some(entry) = sibling.filter(|_| absent && group.origin.is_written())
        && let Some(edit) = fix::insert(world, entry.key_span, PROPERTY, "30")
    {
        // What is older is deleted.
        finding = finding.fix(Fix {
            title: "Keep them for 30 days".to_owned(),
            applicability: Applicability::Unsafe,
            edits: vec![edit],
        });
    }
    finding
}

/// The log group that Lambda makes when the function runs for the first time.
fn implicit_group(function: &Resource) -> Finding {
    let message =
        format!("no log group is declared for `{}`: Lambda makes one that keeps its logs for ever", function.called());
    Finding::new(Grade::NOTE, function.span, message)
        .help("declare an `AWS::Logs::LogGroup` with `RetentionInDays`, and name it in `LoggingConfig.LogGroup`")
        .related(function.called())
        .when(&function.when)
}
