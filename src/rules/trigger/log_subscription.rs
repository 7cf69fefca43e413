//! `log-subscription`: see `rules/trigger/log-subscription.md`.

use super::channels::is_no_arn;
use crate::data::limits::SUBSCRIPTION_FILTERS;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Guard, Text};
use crate::wiring::arn::Arn;
use rustc_hash::FxHashMap;

/// The services that logs are sent to, and whether they need a role for it.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html>.
const DESTINATIONS: &[(&str, bool)] = &[("firehose", true), ("kinesis", true), ("lambda", false), ("logs", false)];

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut groups: FxHashMap<Text, Vec<(&Resource, Span, Guard)>> = FxHashMap::default();
    let mut order: Vec<Text> = Vec::new();
    for filter in world.of_kind("AWS::Logs::SubscriptionFilter") {
        destination(filter, out);
        for (group, span, when) in filter.get("LogGroupName").text().set() {
            let key = match world.resource_named("AWS::Logs::LogGroup", group) {
                Some(declared) => declared.names.name.canonical(),
                None => group.canonical(),
            };
            let filters = groups.entry(key.clone()).or_default();
            if filters.is_empty() {
                order.push(key);
            }
            filters.push((filter, span, when.clone()));
        }
    }
    for group in order {
        if let Some(filters) = groups.get(&group) {
            too_many(&group, filters, out);
        }
    }
}

fn too_many(group: &Text, filters: &[(&Resource, Span, Guard)], out: &mut Findings) {
    let most = usize::try_from(SUBSCRIPTION_FILTERS).unwrap_or(usize::MAX);
    let mut together = Guard::always();
    let mut count = 0;
    for (filter, span, when) in filters {
        let both = together.and(when);
        if !both.is_possible() {
            continue;
        }
        together = both;
        count += 1;
        if count > most {
            let message = format!("CloudWatch Logs refuses the filter: `{group}` has more than {most}");
            out.push(
                Finding::new(Grade::ERROR, *span, message)
                    .when(&together)
                    .related(filter.called())
                    .help("send the logs to one function or stream that passes them on"),
            );
            return;
        }
    }
}

fn destination(filter: &Resource, out: &mut Findings) {
    let name = filter.called();
    let without_role = filter.get("RoleArn").unset_when();
    for (text, span, when) in filter.get("DestinationArn").text().set() {
        let refuse = |what: &str, when: &Guard, help: String| {
            let message = format!("CloudWatch Logs refuses the filter of `{name}`: {what}");
            Finding::new(Grade::ERROR, span, message).when(when).related(name).help(help)
        };
        if is_no_arn(text) {
            let help = match text.as_symbol() {
                Some(symbol) => format!("`Ref` gives a name here: write `!GetAtt {}.Arn`", symbol.name),
                None => "write the destination's ARN".to_owned(),
            };
            out.push(refuse(&format!("`{text}` is no ARN"), when, help));
            continue;
        }
        let Some(arn) = Arn::parse(text) else { continue };
        let Some(service) = arn.service.as_literal() else { continue };
        match DESTINATIONS.iter().find(|(known, _)| *known == service) {
            None => {
                let help =
                    "send them to a function, a stream of Kinesis or of Firehose, or a destination of logs".to_owned();
                out.push(refuse(&format!("logs are not sent to `{service}`"), when, help));
            }
            Some((_, true)) => {
                let when = when.and(&without_role);
                if when.is_possible() {
                    let help =
                        "set `RoleArn` to a role that CloudWatch Logs may assume and that may put records".to_owned();
                    out.push(refuse("a stream needs a `RoleArn`", &when, help));
                }
            }
            Some((_, false)) => {}
        }
    }
}
