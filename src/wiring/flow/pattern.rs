//! What a rule of EventBridge takes, as far as loops are concerned.

use super::Takes;
use crate::model::Resource;
use crate::value::{Data, Value};

/// What the pattern of a rule says.
#[derive(Debug)]
pub(super) struct Pattern<'a> {
    /// The pattern.
    pub(super) value: Value<&'a Data>,
    /// What is taken of the bus, beside the events of AWS's own services.
    pub(super) takes: Takes,
    /// Whether it takes what buckets send.
    pub(super) buckets: bool,
}

impl<'a> Pattern<'a> {
    /// `None`: the rule has no pattern (it is a schedule), or certainly takes nothing because it is disabled.
    pub(super) fn of(rule: &'a Resource) -> Option<Self> {
        let value = rule.get("EventPattern");
        let disabled = rule.get("State").literals().every(|state| state.is_some_and(|state| state == "DISABLED"));
        if value.is_unset() || disabled {
            return None;
        }
        let source = value.get("source");
        let (sources, closed) = source.items(true);
        let any = !closed || sources.is_empty();
        // Events that `PutEvents` can make: their sources may not begin with `aws.`; what a destination gets.
        let (mut puttable, mut results, mut buckets) = (any, any, false);
        if source.is_unset() {
            let (types, _) = value.get("detail-type").items(true);
            buckets = types.iter().any(|name| {
                name.literals().set().any(|(name, ..)| name.starts_with("Object ") && !name.contains("API Call"))
            });
        }
        for item in &sources {
            let prefix = item.get("prefix").literals();
            match (item.text().only(), prefix.only()) {
                (Some(text), _) if text.known_prefix().starts_with("aws.") => {
                    buckets |= text.as_literal() == Some("aws.s3");
                }
                (Some(text), _) if text.as_literal().is_some() => {
                    puttable = true;
                    results |= text.as_literal() == Some("lambda");
                }
                (None, Some(prefix)) if prefix.starts_with("aws.") => {
                    buckets |= "aws.s3".starts_with(prefix.as_str());
                }
                _ => (puttable, results) = (true, true),
            }
        }
        if let Some(calls) = calls(&value) {
            return Some(Self { value, takes: Takes::Calls(calls), buckets });
        }
        let narrow = is_narrow(&value);
        let takes = if puttable && !narrow {
            Takes::Everything
        } else {
            let (sources, kinds) = (only(&source), only(&value.get("detail-type")));
            Takes::Events { puttable, results, narrow, sources, kinds }
        };
        Some(Self { value, takes, buckets })
    }
}

/// The detail type of what CloudTrail tells of.
const TRAIL: &str = "AWS API Call via CloudTrail";

/// The actions of the calls that a pattern takes, where it takes nothing else, names them and takes them of everybody.
fn calls(pattern: &Value<&Data>) -> Option<Vec<Box<str>>> {
    if only(&pattern.get("detail-type")).iter().any(|kind| &**kind != TRAIL) {
        return None;
    }
    let detail = pattern.get("detail");
    if detail.is_unset() || pattern.get("detail-type").is_unset() || !detail.get("userIdentity").is_unset() {
        return None;
    }
    let services = only(&detail.get("eventSource"));
    let services: Vec<&str> = services.iter().filter_map(|name| name.strip_suffix(".amazonaws.com")).collect();
    let named = only(&pattern.get("source"));
    let of_source: Vec<&str> = named.iter().filter_map(|name| name.strip_prefix("aws.")).collect();
    let services = if services.is_empty() { of_source } else { services };
    let names = only(&detail.get("eventName"));
    let actions: Vec<Box<str>> =
        services.iter().flat_map(|service| names.iter().map(move |name| format!("{service}:{name}").into())).collect();
    Some(actions).filter(|actions| !actions.is_empty() && actions.len() <= MAX_CALLS)
}

/// More calls than this are not told apart.
const MAX_CALLS: usize = 64;

/// The values of a field of a pattern where they are all known and plain; otherwise none.
fn only(field: &Value<&Data>) -> Vec<Box<str>> {
    let (items, closed) = field.items(true);
    let plain: Option<Vec<Box<str>>> =
        items.iter().map(|item| item.literals().only().map(|text| text.as_str().into())).collect();
    plain.filter(|_| closed && !field.is_unset()).unwrap_or_default()
}

/// Whether a pattern takes only some of what a bus gets. Account and region are those of nearly every event.
fn is_narrow(pattern: &Value<&Data>) -> bool {
    let (entries, closed) = pattern.entries();
    !closed || entries.iter().any(|(entry, _)| !matches!(&*entry.key, "account" | "region" | "version"))
}
