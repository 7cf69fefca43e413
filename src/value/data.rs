//! What a property holds.

use super::{Case, Text, Value};
use crate::source::Span;
use std::sync::Arc;

/// A scalar, a map or a list; whatever stands in them is again a [`Value`].
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// A scalar, in the source's spelling.
    Text(Text),
    /// A map.
    Map(Map),
    /// A list.
    List(List),
}

/// A map in the order of the source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// The entries; no key stands twice.
    pub entries: Vec<Entry>,
    /// Whether more entries may exist (a transform, `Fn::ForEach`).
    pub open: bool,
}

/// One entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Arc<str>,
    /// Where the key is written.
    pub key_span: Span,
    /// The value, shared so that inheritance costs nothing.
    pub value: Arc<Value<Data>>,
}

/// A list in the order of the source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// The items. An item of an `Fn::If` has cases, "not set" among them for `AWS::NoValue`.
    pub items: Vec<Arc<Value<Data>>>,
    /// Whether more items may exist.
    pub open: bool,
}

impl Map {
    /// The entry with this key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &*entry.key == key)
    }

    /// The value with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value<Data>> {
        self.entry(key).map(|entry| &*entry.value)
    }

    /// Sets a key, replacing what it had.
    pub fn insert(&mut self, key: impl Into<Arc<str>>, key_span: Span, value: impl Into<Arc<Value<Data>>>) {
        let (key, value) = (key.into(), value.into());
        match self.entries.iter_mut().find(|entry| entry.key == key) {
            Some(entry) => *entry = Entry { key, key_span, value },
            None => self.entries.push(Entry { key, key_span, value }),
        }
    }
}

impl From<Text> for Data {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl Data {
    /// The text, if it is a scalar.
    #[must_use]
    pub fn text(&self) -> Option<&Text> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The map, if it is one.
    #[must_use]
    pub fn map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list, if it is one.
    #[must_use]
    pub fn list(&self) -> Option<&List> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }
}

impl Value<Data> {
    /// The value borrowed, for navigation.
    #[must_use]
    pub fn borrow(&self) -> Value<&Data> {
        self.filter_map(Some)
    }

    /// What is at `path` (keys joined by `.`), over all cases. See [`Value::<&Data>::get`].
    #[must_use]
    pub fn get(&self, path: &str) -> Value<&Data> {
        self.borrow().get(path)
    }
}

impl<'a> Value<&'a Data> {
    /// What is at `path` (keys joined by `.`), over all cases: a key that a closed map does not have is "not
    /// set" (at the map's place), one that an open map does not have, or that is asked of something else than a map, is
    /// unknown.
    #[must_use]
    pub fn get(&self, path: &str) -> Value<&'a Data> {
        let mut at = self.clone();
        for key in path.split('.') {
            at = at.key(key);
        }
        at
    }

    fn key(&self, key: &str) -> Value<&'a Data> {
        self.and_then(|data, span| match data {
            Data::Map(map) => match map.get(key) {
                Some(value) => value.borrow(),
                None if map.open => Value::unknown(span),
                None => Value::unset(span),
            },
            _ => Value::unknown(span),
        })
    }

    /// The items over all cases, each item's own cases under the list's guard; a single value that is no list counts as a list of
    /// one where `lenient` (IAM's habit). The flag says whether the items are all that there can be.
    #[must_use]
    pub fn items(&self, lenient: bool) -> (Vec<Value<&'a Data>>, bool) {
        let mut closed = self.is_exhaustive();
        let mut out = Vec::new();
        for (data, span, when) in self.set() {
            match data {
                Data::List(list) => {
                    closed &= !list.open;
                    out.extend(list.items.iter().map(|item| item.borrow().within(when)));
                }
                _ if lenient => {
                    out.push(Value::from_cases(
                        vec![Case { value: Some(*data), span, when: when.clone() }],
                        true,
                        span,
                    ));
                }
                _ => closed = false,
            }
        }
        (out, closed)
    }

    /// The entries over all maps, each value under its map's guard, and whether they are all that there can be.
    #[must_use]
    pub fn entries(&self) -> (Vec<(&'a Entry, Value<&'a Data>)>, bool) {
        let mut closed = self.is_exhaustive();
        let mut out = Vec::new();
        for (data, _, when) in self.set() {
            match data {
                Data::Map(map) => {
                    closed &= !map.open;
                    out.extend(map.entries.iter().map(|entry| (entry, entry.value.borrow().within(when))));
                }
                _ => closed = false,
            }
        }
        (out, closed)
    }

    /// The scalar's text; a map or list is unknown.
    #[must_use]
    pub fn text(&self) -> Value<&'a Text> {
        self.filter_map(|data| data.text())
    }

    /// The literals that the scalar can be: parameters are expanded to their default and allowed values (each
    /// where it is written, under its guard); what is not literal then is unknown.
    #[must_use]
    pub fn literals(&self) -> Value<String> {
        self.text().and_then(|text, span| text.literals(span))
    }

    /// The whole numbers that it can be, read as CloudFormation does: `300`, `"300"` and `300.0` are the same.
    #[must_use]
    pub fn integers(&self) -> Value<i64> {
        self.literals().filter_map(|literal| parse_integer(literal))
    }

    /// The truth values that it can be: `true`, `"true"`, `True` and `1` are the same.
    #[must_use]
    pub fn booleans(&self) -> Value<bool> {
        self.literals().filter_map(|literal| parse_boolean(literal))
    }
}

/// Reads a whole number as CloudFormation does.
#[must_use]
pub fn parse_integer(literal: &str) -> Option<i64> {
    let literal = literal.trim();
    literal.parse().ok().or_else(|| {
        let (whole, fraction) = literal.split_once('.')?;
        fraction.bytes().all(|byte| byte == b'0').then(|| whole.parse().ok()).flatten()
    })
}

/// Reads a number as CloudFormation does; `None` for what is none.
#[must_use]
pub fn parse_number(literal: &str) -> Option<f64> {
    let literal = literal.trim();
    let is_numeric = literal.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    is_numeric.then(|| literal.parse().ok()).flatten().filter(|number: &f64| number.is_finite())
}

/// Reads a truth value as CloudFormation does.
#[must_use]
pub fn parse_boolean(literal: &str) -> Option<bool> {
    match literal.trim() {
        "true" | "True" | "TRUE" | "yes" | "Yes" | "on" | "1" => Some(true),
        "false" | "False" | "FALSE" | "no" | "No" | "off" | "0" => Some(false),
        _ => None,
    }
}
