//! `eventbridge-target`: see `rules/trigger/eventbridge-target.md`.

use super::channels::{Channel, Named, is_no_arn, is_true};
use super::event_patterns::{Reader, flaws};
use crate::data::limits::limit;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::value::{Data, Guard, SymbolKind, Text, Value};

const RULE: &str = "AWS::Events::Rule";
const SCHEDULE: &str = "AWS::Scheduler::Schedule";

pub(super) fn check(world: &World, out: &mut Findings) {
    for rule in world.of_kind(RULE) {
        without_trigger(rule, out);
        schedule_on_own_bus(world, rule, out);
        pattern(world, rule, out);
        let (targets, _) = rule.get("Targets").items(false);
        too_many(rule, &targets, out);
        for target in &targets {
            fifo(world, rule, target, out);
            arn(rule, target, out);
            retries(rule, "Targets[].", target, out);
            without_dead_letters(world, rule, target, out);
        }
    }
    for schedule in world.of_kind(SCHEDULE) {
        retries(schedule, "Target.", &schedule.get("Target"), out);
    }
}

/// A rule that nothing sets off.
fn without_trigger(rule: &Resource, out: &mut Findings) {
    let when = rule.get("EventPattern").unset_when().and(&rule.get("ScheduleExpression").unset_when());
    if !when.is_possible() {
        return;
    }
    let name = rule.called();
    let message = format!("EventBridge refuses the rule `{name}`: it has neither a pattern nor a schedule");
    out.push(
        Finding::new(Grade::ERROR, rule.span, message)
            .when(&when)
            .related(name)
            .help("give it an `EventPattern` or a `ScheduleExpression`"),
    );
}

/// Whether a bus certainly is another one than the account's default bus.
fn is_own_bus(world: &World, bus: &Text) -> bool {
    if world.resource_named("AWS::Events::EventBus", bus).is_some() {
        return true;
    }
    bus.as_literal().is_some_and(|bus| bus != "default" && !bus.ends_with("/default") && !bus.is_empty())
}

fn schedule_on_own_bus(world: &World, rule: &Resource, out: &mut Findings) {
    let schedule = rule.get("ScheduleExpression");
    let scheduled = schedule.set().fold(Guard::never(), |all, (_, _, when)| all.or(when));
    for (bus, span, when) in rule.get("EventBusName").text().set() {
        let when = when.and(&scheduled);
        if !when.is_possible() || !is_own_bus(world, bus) {
            continue;
        }
        let name = rule.called();
        let message = format!("EventBridge refuses the rule `{name}`: only the default bus has schedules");
        out.push(
            Finding::new(Grade::ERROR, span, message)
                .label(schedule.span(), "the schedule")
                .when(&when)
                .related(name)
                .help("leave out `EventBusName`, or use an `AWS::Scheduler::Schedule`"),
        );
        return;
    }
}

fn pattern(world: &World, rule: &Resource, out: &mut Findings) {
    let name = rule.called();
    let pattern = rule.get("EventPattern");
    for flaw in flaws(&pattern, Reader::EventBridge) {
        let (grade, message) = if flaw.refused {
            (Grade::ERROR, format!("EventBridge refuses the pattern of `{name}`: {}", flaw.what))
        } else {
            (Grade::WARNING, format!("the pattern of `{name}` matches too little: {}", flaw.what))
        };
        out.push(Finding::new(grade, flaw.span, message).when(&flaw.when).related(name).help(flaw.help));
    }
    everything(world, rule, &pattern, out);
}

/// A pattern that every event of the default bus matches, for a function.
fn everything(world: &World, rule: &Resource, pattern: &Value<&Data>, out: &mut Findings) {
    let bus = rule.get("EventBusName");
    let default = bus
        .literals()
        .set()
        .filter(|(bus, ..)| *bus == "default")
        .fold(bus.unset_when(), |all, (_, _, when)| all.or(when));
    for (data, span, when) in pattern.set() {
        let when = when.and(&default);
        if !when.is_possible()
            || !data.map().is_some_and(|map| {
                !map.open
                    && !map.entries.is_empty()
                    && map.entries.iter().all(|entry| matches_all(&entry.key, &entry.value))
            })
        {
            continue;
        }
        let mut functions = world.application.triggers.iter().filter(|trigger| {
            trigger.source.is_some_and(|source| std::ptr::eq(source, rule)) && trigger.target.when.compatible(&when)
        });
        let Some(function) = functions.find_map(|trigger| world.function(trigger.target.function)) else { continue };
        let message = format!("`{}` runs for every event of the account", function.address());
        out.push(
            Finding::new(Grade::WARNING, span, message)
                .here("every event on the default bus matches this")
                .label(function.resource.span, "this function")
                .when(&when)
                .related(rule.called())
                .related(function.address())
                .help("name a `source` and a `detail-type`"),
        );
        return;
    }
}

/// Whether a field's value is what every event of the account has.
fn matches_all(key: &str, value: &Value<Data>) -> bool {
    let (items, _) = value.borrow().items(false);
    items.iter().any(|item| {
        item.set().any(|(data, ..)| match data {
            Data::Text(text) => match text.as_symbol().map(|symbol| (&symbol.kind, &*symbol.name)) {
                Some((SymbolKind::Pseudo, name)) => {
                    matches!((key, name), ("account", "AWS::AccountId") | ("region", "AWS::Region"))
                }
                _ => key == "version" && text.as_literal() == Some("0"),
            },
            Data::Map(map) => {
                let present =
                    matches!(key, "source" | "detail-type" | "account" | "region" | "id" | "time" | "version");
                let is = |operator: &str, wanted: &str| {
                    map.get(operator).is_some_and(|value| {
                        value.borrow().text().only().is_some_and(|text| text.as_literal() == Some(wanted))
                    })
                };
                present && (is("prefix", "") || is("suffix", "") || is("wildcard", "*") || is("exists", "true"))
            }
            Data::List(_) => false,
        })
    })
}

fn too_many(rule: &Resource, targets: &[Value<&Data>], out: &mut Findings) {
    let Some(most) = limit(RULE, "Targets").and_then(|limit| limit.max_items) else { return };
    let most = most as usize;
    let certain: Vec<&Value<&Data>> = targets.iter().filter(|target| target.every(|target| target.is_some())).collect();
    let Some(first_over) = certain.get(most) else { return };
    let name = rule.called();
    let message = format!("EventBridge refuses the rule `{name}`: it has {} targets", certain.len());
    out.push(
        Finding::new(Grade::ERROR, first_over.span(), message)
            .here(format!("a rule takes {most} targets"))
            .when(&rule.when)
            .related(name)
            .help("write a second rule with the same pattern, or let one target pass the events on"),
    );
}

/// A FIFO queue as a target or for dead letters.
fn fifo(world: &World, rule: &Resource, target: &Value<&Data>, out: &mut Findings) {
    let name = rule.called();
    for (text, span, when) in target.get("DeadLetterConfig.Arn").text().set() {
        let queue = Named::of(world, Channel::Queue, text);
        let when = when.and(&queue.fifo);
        if when.is_possible() {
            let message = format!("`{name}` cannot send dead letters to {}: it is a FIFO queue", queue.name);
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .when(&when)
                    .related(name)
                    .help("use a standard queue for what could not be delivered"),
            );
        }
    }
    let group = target.get("SqsParameters.MessageGroupId");
    for (text, span, when) in target.get("Arn").text().set() {
        let queue = Named::of(world, Channel::Queue, text);
        let when = when.and(&queue.fifo);
        let without_group = when.and(&group.unset_when());
        if without_group.is_possible() {
            let message = format!(
                "EventBridge refuses the target of `{name}`: {} is a FIFO queue and needs a message group",
                queue.name
            );
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .when(&without_group)
                    .related(name)
                    .help("set `SqsParameters: {MessageGroupId: …}`"),
            );
        }
        let Some(declared) = queue.declared else { continue };
        let deduplicated = declared.get("ContentBasedDeduplication");
        let without_ids = when.and(&deduplicated.unset_when().or(&is_true(&deduplicated).not()));
        if deduplicated.is_exhaustive() && without_ids.is_possible() && !without_ids.is_rounded() {
            let message = format!("{} takes no events of `{name}`: they have no deduplication id", queue.name);
            out.push(
                Finding::new(Grade::WARNING, span, message)
                    .label(declared.span, "this queue wants one with each message")
                    .when(&without_ids)
                    .related(name)
                    .related(&declared.address)
                    .help(format!("set `ContentBasedDeduplication: true` on {}", queue.name)),
            );
        }
    }
}

fn arn(rule: &Resource, target: &Value<&Data>, out: &mut Findings) {
    for (text, span, when) in target.get("Arn").text().set() {
        if !is_no_arn(text) {
            continue;
        }
        let name = rule.called();
        let message = format!("EventBridge refuses the target of `{name}`: `{text}` is no ARN");
        let help = match text.as_symbol() {
            Some(symbol) => format!("`Ref` gives a name here: write `!GetAtt {}.Arn`", symbol.name),
            None => "write the target's ARN".to_owned(),
        };
        out.push(Finding::new(Grade::ERROR, span, message).when(when).related(name).help(help));
    }
}

fn retries(holder: &Resource, table: &str, target: &Value<&Data>, out: &mut Findings) {
    for property in ["RetryPolicy.MaximumEventAgeInSeconds", "RetryPolicy.MaximumRetryAttempts"] {
        let Some(limit) = limit(&holder.kind, &format!("{table}{property}")) else { continue };
        let Some((least, most)) = limit.min.zip(limit.max) else { continue };
        for (number, span, when) in target.get(property).integers().set() {
            if (least..=most).contains(number) {
                continue;
            }
            let name = holder.called();
            let what = property.trim_start_matches("RetryPolicy.");
            let unit = limit.unit.map_or_else(String::new, |unit| format!(" {unit}"));
            let message = format!("EventBridge refuses the target of `{name}`: `{what}` is {number}");
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .when(when)
                    .related(name)
                    .help(format!("write {least} to {most}{unit}")),
            );
        }
    }
}

/// A function whose events are lost when EventBridge cannot run it.
fn without_dead_letters(world: &World, rule: &Resource, target: &Value<&Data>, out: &mut Findings) {
    let lost = target.get("DeadLetterConfig").unset_when();
    let (functions, _) = world.targets(&target.get("Arn").text());
    for found in functions {
        let when = found.when.and(&lost);
        let Some(function) = world.function(found.function).filter(|_| when.is_possible()) else { continue };
        let (name, function) = (rule.called(), function.address());
        let message = format!("events that EventBridge cannot deliver to `{function}` are lost");
        out.push(
            Finding::new(Grade::NOTE, found.span, message)
                .when(&when)
                .related(name)
                .related(function)
                .help("give the target a `DeadLetterConfig` with a standard queue that EventBridge may send to"),
        );
    }
}
