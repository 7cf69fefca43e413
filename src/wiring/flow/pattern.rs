//! What a rule of EventBridge takes, as far as loops are concerned.

use super::Takes;
use crate::model::Resource;
use crate::value::{Data, Value};

/// What the pattern of a rule says.
#[derive(Debug)]
pub(super) struct Pattern<'a> {
    /// The pattern.
    pub(super) value: Value<&'a Data>,
    /// Whether events that `PutEvents` can make are taken: its sources may not begin with `aws.`.
    puttable: bool,
    /// Whether the source `lambda` is taken: what a destination gets.
    results: bool,
    /// Whether it takes only some events.
    narrow: bool,
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
        let mut pattern = Self {
            puttable: !closed || sources.is_empty(),
            results: !closed || sources.is_empty(),
            narrow: is_narrow(&value),
            buckets: false,
            value,
        };
        if source.is_unset() {
            let (types, _) = pattern.value.get("detail-type").items(true);
            pattern.buckets = types.iter().any(|name| {
                name.literals().set().any(|(name, ..)| name.starts_with("Object ") && !name.contains("API Call"))
            });
        }
        for item in &sources {
            let begins = item.text().only().map(|text| (text.known_prefix(), text.as_literal()));
            let prefix = item.get("prefix").literals();
            match (begins, prefix.only()) {
                (Some((_, Some("aws.s3"))), _) => pattern.buckets = true,
                (Some((known, _)), _) if known.starts_with("aws.") => {}
                (Some((_, Some(source))), _) => {
                    pattern.puttable = true;
                    pattern.results |= source == "lambda";
                }
                (None, Some(prefix)) if prefix.starts_with("aws.") => {
                    pattern.buckets |= "aws.s3".starts_with(prefix.as_str())
                }
                _ => (pattern.puttable, pattern.results) = (true, true),
            }
        }
        Some(pattern)
    }

    /// What is taken of the bus, beside the events of AWS's own services.
    pub(super) fn takes(&self) -> Takes {
        match (self.puttable, self.narrow) {
            (true, false) => Takes::Everything,
            (puttable, narrow) => Takes::Events { puttable, results: self.results, narrow },
        }
    }
}

/// Whether a pattern takes only some of what a bus gets. Account and region are those of nearly every event.
fn is_narrow(pattern: &Value<&Data>) -> bool {
    let (entries, closed) = pattern.entries();
    !closed || entries.iter().any(|(entry, _)| !matches!(&*entry.key, "account" | "region" | "version"))
}
