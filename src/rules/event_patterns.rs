//! Patterns of events: of rules of EventBridge, and of filters of subscriptions. Both are read by one program.
//!
//! Source: <https://github.com/aws/event-ruler>, `RuleCompiler`, and
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>.

use crate::data::nearest;
use crate::source::Span;
use crate::value::{Data, Entry, Guard, List, Map, Text, Value};
use std::sync::Arc;

/// What is wrong with a pattern.
pub(super) struct Flaw {
    /// Where.
    pub(super) span: Span,
    /// A clause: "`source` must be a list of values".
    pub(super) what: String,
    /// What mends it.
    pub(super) help: String,
    /// In which deployments.
    pub(super) when: Guard,
    /// Whether it is refused; otherwise it is taken, and means something else than it seems to.
    pub(super) refused: bool,
}

/// Words that an object in a list of values starts with.
const OPERATORS: &[&str] =
    &["anything-but", "cidr", "equals-ignore-case", "exactly", "exists", "numeric", "prefix", "suffix", "wildcard"];

/// Flaws of one pattern that are told.
const MAX_FLAWS: usize = 8;
/// How deep a pattern is looked into.
const MAX_DEPTH: usize = 32;

/// Who reads a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    /// EventBridge.
    EventBridge,
    /// SNS, for which an empty filter is none, and which has no wildcards.
    Sns,
}

/// The flaws of a pattern, which may be the text of one in JSON.
pub(super) fn flaws(pattern: &Value<&Data>, reader: Reader) -> Vec<Flaw> {
    let mut walk = Walk { out: Vec::new(), reader };
    for (data, span, when) in pattern.set() {
        match data {
            Data::Map(map) => walk.pattern(map, span, when, 0),
            Data::Text(text) => match text.as_literal().map(serde_json::from_str::<serde_json::Value>) {
                None => {}
                Some(Ok(serde_json::Value::Object(entries))) => {
                    walk.pattern(&map_from_json(&entries, span), span, when, 0);
                }
                Some(_) => walk.push(span, "it is no JSON object", "write the pattern as a map", when),
            },
            Data::List(_) => walk.push(span, "it is no JSON object", "write the pattern as a map", when),
        }
    }
    walk.out
}

/// Where a pattern has maps in maps, if it has.
pub(super) fn nested(pattern: &Value<&Data>) -> Option<(Span, Guard)> {
    let (entries, _) = pattern.entries();
    entries.into_iter().find_map(|(entry, value)| {
        let found = value.set().find(|(data, ..)| data.map().is_some()).map(|(_, _, when)| when.clone())?;
        Some((entry.key_span, found))
    })
}

struct Walk {
    out: Vec<Flaw>,
    reader: Reader,
}

impl Walk {
    fn push(&mut self, span: Span, what: impl Into<String>, help: impl Into<String>, when: &Guard) {
        if self.out.len() < MAX_FLAWS {
            self.out.push(Flaw { span, what: what.into(), help: help.into(), when: when.clone(), refused: true });
        }
    }

    /// A map of fields.
    fn pattern(&mut self, map: &Map, span: Span, when: &Guard, depth: usize) {
        let no_filter = depth == 0 && self.reader == Reader::Sns;
        if map.entries.is_empty() && !map.open && !no_filter {
            self.push(span, "an empty map is not allowed", "leave it out, or name a field", when);
        }
        if depth >= MAX_DEPTH {
            return;
        }
        for entry in &map.entries {
            for (data, span, entry_when) in entry.value.set() {
                self.field(&entry.key, data, span, (&when.and(entry_when), depth));
            }
        }
    }

    fn field(&mut self, key: &str, data: &Data, span: Span, (when, depth): (&Guard, usize)) {
        match data {
            Data::Map(map) => self.pattern(map, span, when, depth + 1),
            Data::List(list) if key == "$or" => {
                for (data, span, item_when) in list.items.iter().flat_map(|item| item.set()) {
                    if let Data::Map(map) = data {
                        self.pattern(map, span, &when.and(item_when), depth + 1);
                    }
                }
            }
            Data::List(list) => self.values(list, span, when),
            Data::Text(text) if text.as_literal().is_some() => {
                self.push(span, format!("`{key}` must be a list of values"), format!("write `{key}: [{text}]`"), when);
            }
            Data::Text(_) => {}
        }
    }

    fn values(&mut self, list: &List, span: Span, when: &Guard) {
        if list.items.is_empty() && !list.open {
            self.push(span, "an empty list is not allowed", "name a value, or leave the field out", when);
        }
        for item in &list.items {
            for (data, span, item_when) in item.set() {
                let when = when.and(item_when);
                match data {
                    Data::List(_) => {
                        self.push(span, "a list in a list is not allowed", "write the values in one list", &when);
                    }
                    Data::Map(map) => self.operator(map, &when),
                    Data::Text(text) => self.wildcard(text, span, &when),
                }
            }
        }
    }

    /// An object in a list of values: `{prefix: images/}`.
    fn operator(&mut self, map: &Map, when: &Guard) {
        let Some(entry) = map.entries.first() else { return };
        if OPERATORS.contains(&&*entry.key) {
            if matches!(&*entry.key, "prefix" | "suffix") {
                for (data, span, value_when) in entry.value.set() {
                    if let Data::Text(text) = data {
                        self.wildcard(text, span, &when.and(value_when));
                    }
                }
            }
            return;
        }
        // There may be new ones; a misspelt one is none.
        if let Some(meant) = nearest(&entry.key, OPERATORS.iter().copied()) {
            let what = format!("there is no operator `{}`", entry.key);
            self.push(entry.key_span, what, format!("write `{meant}`"), when);
        }
    }

    /// A `*` that is taken as it is.
    fn wildcard(&mut self, text: &Text, span: Span, when: &Guard) {
        let Some(literal) = text.as_literal().filter(|literal| literal.contains('*')) else { return };
        let help = match self.reader {
            Reader::EventBridge => format!("write `{{wildcard: \"{literal}\"}}`, or a `prefix`"),
            Reader::Sns => "write a `prefix` or a `suffix`".to_owned(),
        };
        if self.out.len() < MAX_FLAWS {
            self.out.push(Flaw {
                span,
                what: format!("`{literal}` matches only itself: `*` is no wildcard here"),
                help,
                when: when.clone(),
                refused: false,
            });
        }
    }
}

/// JSON as data, all of it at one place.
fn from_json(json: &serde_json::Value, span: Span) -> Value<Data> {
    let text = |text: String| Data::Text(Text::literal(text));
    let data = match json {
        serde_json::Value::Null => return Value::unset(span),
        serde_json::Value::Bool(truth) => text(truth.to_string()),
        serde_json::Value::Number(number) => text(number.to_string()),
        serde_json::Value::String(string) => text(string.clone()),
        serde_json::Value::Array(items) => {
            Data::List(List { items: items.iter().map(|item| Arc::new(from_json(item, span))).collect(), open: false })
        }
        serde_json::Value::Object(entries) => Data::Map(map_from_json(entries, span)),
    };
    Value::known(data, span)
}

fn map_from_json(entries: &serde_json::Map<String, serde_json::Value>, span: Span) -> Map {
    let entry = |(key, value): (&String, &serde_json::Value)| Entry {
        key: key.as_str().into(),
        key_span: span,
        value: Arc::new(from_json(value, span)),
    };
    Map { entries: entries.iter().map(entry).collect(), open: false }
}
