//! `schedule-expression`: see `rules/trigger/schedule-expression.md`.

use super::schedules::{Reader, fault, period};
use crate::data::limits::limit;
use crate::data::time_zones::{is_time_zone, nearest_time_zone};
use crate::engine::{Applicability, Finding, Findings, Fix, Grade};
use crate::fix::{self, Expression};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Guard, Value};
use rustc_hash::FxHashSet;

const RULE: &str = "AWS::Events::Rule";
const SCHEDULE: &str = "AWS::Scheduler::Schedule";

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut reported = FxHashSet::default();
    for resource in &world.resources {
        let (reader, service) = match &*resource.kind {
            RULE => (Reader::Rule, "EventBridge"),
            SCHEDULE => (Reader::Scheduler, "EventBridge Scheduler"),
            _ => continue,
        };
        let name = resource.called();
        for (expression, span, when) in resource.get("ScheduleExpression").literals().set() {
            if is_blank(resource, expression, span) {
                continue;
            }
            if let Some(fault) = fault(expression, reader) {
                if reported.insert(span) {
                    let message = format!("{service} refuses the schedule of `{name}`: {}", fault.what);
                    out.push(Finding::new(Grade::ERROR, span, message).when(when).related(name).help(fault.help));
                }
            } else if let Some(seconds) = period(expression) {
                overlapping_runs(world, resource, (expression, span, when, seconds), &mut reported, out);
            }
        }
        if reader == Reader::Scheduler {
            window(resource, out);
            time_zone(world, resource, out);
        }
    }
}

/// Whether it is left to somebody else to fill in.
fn is_blank(resource: &Resource, expression: &str, span: Span) -> bool {
    let elsewhere = !resource.body.contains(span);
    expression.contains("{{") || elsewhere && !expression.contains('(')
}

/// A function that may still run when the schedule runs it again.
fn overlapping_runs(
    world: &World,
    resource: &Resource,
    (expression, span, when, seconds): (&str, Span, &Guard, u64),
    reported: &mut FxHashSet<Span>,
    out: &mut Findings,
) {
    for target in targets(resource) {
        let (functions, _) = world.targets(&target.text());
        for target in functions {
            let Some(function) = world.function(target.function).map(|function| function.resource) else { continue };
            // With one run at a time the next one waits.
            let reserved = function.get("ReservedConcurrentExecutions").integers();
            if !reserved.is_unset() && !reserved.every(|value| value.is_some_and(|runs| *runs != 1)) {
                continue;
            }
            for (timeout, timeout_span, timeout_when) in function.get("Timeout").integers().set() {
                let when = when.and(&target.when).and(timeout_when);
                let longer = u64::try_from(*timeout).is_ok_and(|timeout| timeout > seconds);
                if !longer || !when.is_possible() || !reported.insert(span) {
                    continue;
                }
                let message = format!(
                    "`{}` may still run when `{expression}` runs it again: its timeout is {timeout} seconds",
                    function.address
                );
                out.push(
                    Finding::new(Grade::NOTE, span, message)
                        .label(timeout_span, "longer than the schedule's interval")
                        .when(&when)
                        .related(resource.called())
                        .related(&function.address)
                        .help(
                            "let it run less often, or set `ReservedConcurrentExecutions: 1` if two runs at once do harm",
                        ),
                );
            }
        }
    }
}

/// The targets of a rule or schedule.
fn targets(resource: &Resource) -> Vec<Value<&Data>> {
    if resource.is(SCHEDULE) {
        return vec![resource.get("Target.Arn")];
    }
    let (items, _) = resource.get("Targets").items(false);
    items.iter().map(|item| item.get("Arn")).collect()
}

fn window(resource: &Resource, out: &mut Findings) {
    const PATH: &str = "FlexibleTimeWindow.MaximumWindowInMinutes";
    let Some((least, most)) = limit(SCHEDULE, PATH).and_then(|limit| limit.min.zip(limit.max)) else { return };
    for (minutes, span, when) in resource.get(PATH).integers().set() {
        if (least..=most).contains(minutes) {
            continue;
        }
        let name = resource.called();
        let message = format!("EventBridge Scheduler refuses the window of `{name}`: {minutes} minutes");
        out.push(
            Finding::new(Grade::ERROR, span, message)
                .when(when)
                .related(name)
                .help(format!("write {least} to {most} minutes")),
        );
    }
}

fn time_zone(world: &World, resource: &Resource, out: &mut Findings) {
    for (zone, span, when) in resource.get("ScheduleExpressionTimezone").literals().set() {
        if is_time_zone(zone) || zone.contains("{{") {
            continue;
        }
        let name = resource.called();
        let shown = if zone.is_empty() { "an empty text".to_owned() } else { format!("`{zone}`") };
        let message = format!("EventBridge Scheduler refuses the time zone of `{name}`: {shown} is none");
        // A zone may be younger than the table; one that is spelled like another is a mistake.
        let (grade, help) = match nearest_time_zone(zone) {
            Some(meant) => (Grade::ERROR, format!("write `{meant}`")),
            None => (Grade::WARNING, "write a name of the IANA time zone database, such as `Europe/Berlin`".to_owned()),
        };
        let mut finding = Finding::new(grade, span, message).when(when).related(name).help(help);
        let edit = nearest_time_zone(zone).and_then(|meant| fix::replace(world, span, &Expression::Word(meant.into())));
        if let Some(edit) = edit {
            let title = "Write the name of the time zone".to_owned();
            finding = finding.fix(Fix { title, applicability: Applicability::Unsafe, edits: vec![edit] });
        }
        out.push(finding);
    }
}
