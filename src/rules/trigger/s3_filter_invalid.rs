//! `s3-filter-invalid`: see `rules/trigger/s3-filter-invalid.md`.

use super::notifications::{Notification, notifications};
use crate::data::nearest;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::source::Span;
use crate::value::{Data, Guard, Value};
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut reported = FxHashSet::default();
    for notification in notifications(world) {
        for case in notification.rules.cases() {
            let Some(list) = case.value.and_then(Data::list) else { continue };
            let mut seen: Vec<(String, Span, Guard)> = Vec::new();
            for rule in &list.items {
                let rule = rule.borrow().within(&case.when);
                let found = one_rule(&notification, &rule, &mut seen);
                out_once(found, &mut reported, out);
            }
        }
    }
}

/// What SAM makes of one filter stands in several notifications.
fn out_once(found: Vec<Finding>, reported: &mut FxHashSet<Span>, out: &mut Findings) {
    for finding in found {
        if reported.insert(finding.primary.span) {
            out.push(finding);
        }
    }
}

/// Names of rules that are compared with one another; a valid filter has two.
const MAX_RULES: usize = 16;

fn one_rule(notification: &Notification, rule: &Value<&Data>, seen: &mut Vec<(String, Span, Guard)>) -> Vec<Finding> {
    let bucket = &notification.holder.address;
    let mut out = Vec::new();
    let names = rule.get("Name").literals();
    for (written, span, when) in names.set() {
        let name = written.to_ascii_lowercase();
        if !matches!(name.as_str(), "prefix" | "suffix") {
            let meant = nearest(&name, ["prefix", "suffix"]);
            let help = match meant {
                Some(meant) => format!("write `{meant}`"),
                None => "a key is matched by its `prefix` and its `suffix`, by nothing else".to_owned(),
            };
            out.push(
                Finding::new(Grade::ERROR, span, format!("S3 refuses the filter: there is no rule `{written}`"))
                    .when(when)
                    .related(bucket)
                    .help(help),
            );
            continue;
        }
        let earlier = seen.iter().find(|(other, _, other_when)| *other == name && other_when.compatible(when));
        if let Some((_, other, other_when)) = earlier {
            let message = format!("S3 refuses the filter: it has two rules for the {name}");
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .label(*other, "the first")
                    .when(&when.and(other_when))
                    .related(bucket)
                    .help(format!("make one notification for each {name}")),
            );
        } else if seen.len() < MAX_RULES {
            seen.push((name, span, when.clone()));
        }
    }
    out.extend(one_value(notification, rule, &names));
    out
}

/// A value that no key matches, or hardly any.
fn one_value(notification: &Notification, rule: &Value<&Data>, names: &Value<String>) -> Option<Finding> {
    let is_prefix = names.only().is_some_and(|name| name.eq_ignore_ascii_case("prefix"));
    let name = names.only().filter(|name| is_prefix || name.eq_ignore_ascii_case("suffix"))?.to_ascii_lowercase();
    let bucket = &notification.holder.address;
    for (value, span, when) in rule.get("Value").text().set() {
        let has = |wanted: char| value.literal_parts().any(|part| part.contains(wanted));
        let (grade, message, help) = if has('*') {
            let message = format!("the notification is only for keys with a `*` in them: {name} `{value}`");
            (Grade::WARNING, message, format!("`*` is no wildcard here; a {name} needs none: leave it out"))
        } else if has(' ') {
            let message = format!("the {name} `{value}` has a space, which S3 takes only as `+`");
            (Grade::NOTE, message, "write `+` for each space, and other special characters URL-encoded".to_owned())
        } else if is_prefix && value.known_prefix().starts_with('/') {
            let message = format!("the notification is only for keys that start with a `/`: prefix `{value}`");
            (Grade::NOTE, message, "keys usually start with a name: leave out the `/` at the start".to_owned())
        } else {
            continue;
        };
        return Some(Finding::new(grade, span, message).when(when).related(bucket).help(help));
    }
    None
}
