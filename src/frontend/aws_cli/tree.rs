//! A document as values: what stands in it, where, and JSON that stands in its texts.

use crate::engine::Address;
use crate::source::Span;
use crate::syntax::inner::{self, TextMap};
use crate::syntax::{Document, Kind, NodeId, Parsed, json};
use crate::value::{Data, Entry, List, Map, Text, Value};
use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

/// How deep a document is lowered; the API's own documents have a dozen levels.
const MAX_DEPTH: usize = 64;

/// How many values a file becomes at most, for each of its nodes. Most nodes become one; YAML aliases multiply.
const VALUES_PER_NODE: usize = 8;

/// A document and the way from its positions to the file's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tree<'a> {
    /// The text of the file.
    pub(super) text: &'a str,
    /// The document: the file's own, or one that was read out of a text in it.
    pub(super) document: &'a Document,
    /// Where the document's positions stand, if they are not yet the file's.
    places: Option<&'a Places>,
    /// How many values may still be made.
    budget: &'a Cell<usize>,
}

/// How many values a file may become.
pub(super) fn budget(document: &Document) -> Cell<usize> {
    // A policy inside a text has more values than the one node of the text.
    const LEAST: usize = 50_000;
    Cell::new(document.len().saturating_mul(VALUES_PER_NODE).max(LEAST))
}

/// JSON that was read out of a text.
#[derive(Debug)]
pub(super) struct Embedded {
    parsed: Parsed,
    places: Option<Places>,
}

/// Where the bytes of a percent-decoded text stand in the file.
#[derive(Debug)]
struct Places {
    map: TextMap,
    /// For every decoded byte its offset in the text before decoding, and that text's length at the end.
    offsets: Vec<usize>,
}

impl Places {
    fn span(&self, range: Range<usize>) -> Span {
        let end = self.offsets.last().copied().unwrap_or(0);
        let at = |offset: usize| self.offsets.get(offset).copied().unwrap_or(end);
        self.map.span(at(range.start)..at(range.end))
    }
}

impl Embedded {
    /// Reads the JSON, plain or percent-encoded (as the IAM API sends it), that a scalar of `document` holds. `None`
    /// when it is no complete JSON object.
    pub(super) fn read(text: &str, document: &Document, node: NodeId) -> Option<Self> {
        let scalar = document.text(node)?.trim_start();
        let embedded = if scalar.starts_with('{') {
            Self { parsed: inner::read_json(text, document, node)?, places: None }
        } else if scalar.starts_with("%7B") || scalar.starts_with("%7b") {
            let (decoded, offsets) = percent_decode(document.text(node)?)?;
            let places = Places { map: TextMap::new(text, document.node(node)), offsets };
            Self { parsed: json::read(document.source(), &decoded), places: Some(places) }
        } else {
            return None;
        };
        let root = embedded.parsed.document.root()?;
        let object = matches!(embedded.parsed.document.node(root).kind, Kind::Map(_));
        (embedded.parsed.error.is_none() && object).then_some(embedded)
    }

    /// The root.
    pub(super) fn root(&self) -> Option<NodeId> {
        self.parsed.document.root()
    }

    /// The document that was read; its positions are the file's only for plain JSON.
    pub(super) fn document(&self) -> &Document {
        &self.parsed.document
    }

    /// The tree that was read, in the file that `outer` is of.
    pub(super) fn tree<'a>(&'a self, outer: &Tree<'a>) -> Tree<'a> {
        Tree { document: &self.parsed.document, places: self.places.as_ref(), ..*outer }
    }
}

/// A text with its `%XX` decoded and `+` left alone (IAM encodes as RFC 3986 does), and where each byte was.
fn percent_decode(text: &str) -> Option<(String, Vec<usize>)> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut offsets = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        offsets.push(at);
        if *byte == b'%' {
            let digits = text.get(at + 1..at + 3).filter(|digits| digits.bytes().all(|d| d.is_ascii_hexdigit()))?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            at += 3;
        } else {
            bytes.push(*byte);
            at += 1;
        }
    }
    offsets.push(at);
    Some((String::from_utf8(bytes).ok()?, offsets))
}

impl<'a> Tree<'a> {
    /// The tree of a file.
    pub(super) fn new(text: &'a str, document: &'a Document, budget: &'a Cell<usize>) -> Self {
        Self { text, document, places: None, budget }
    }

    /// Where a node stands in the file.
    pub(super) fn span(&self, node: NodeId) -> Span {
        let span = self.document.node(node).span;
        self.places.map_or(span, |places| places.span(span.range()))
    }

    /// What a mapping has under a key; `None` for null, too.
    pub(super) fn get(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.document.get(node, key).filter(|value| !self.document.is_null(*value))
    }

    /// The text that a mapping has under a key.
    pub(super) fn word(&self, node: NodeId, key: &str) -> Option<&'a str> {
        self.get(node, key).and_then(|value| self.document.text(value))
    }

    /// The text that a mapping has under a key and where, or `fallback`: for addresses.
    pub(super) fn named(&self, node: NodeId, key: &str, fallback: &str) -> (Address, Span) {
        match self.get(node, key) {
            Some(value) => (Arc::from(self.document.text(value).unwrap_or(fallback)), self.span(value)),
            None => (Arc::from(fallback), self.span(node)),
        }
    }

    /// Where a mapping has a key; its own place if it has not.
    pub(super) fn key_span(&self, node: NodeId, key: &str) -> Span {
        self.document.entry(node, key).map_or_else(|| self.span(node), |entry| self.span(entry.key))
    }

    /// The span of a part of a scalar's text.
    pub(super) fn part(&self, node: NodeId, part: Range<usize>) -> Span {
        match self.places {
            Some(_) => self.span(node),
            None => inner::span_of(self.text, self.document.node(node), part),
        }
    }

    /// The entries of a mapping that have a key.
    pub(super) fn entries(&self, node: NodeId) -> impl Iterator<Item = (&'a str, NodeId, NodeId)> {
        let document = self.document;
        document
            .effective_entries(node)
            .iter()
            .filter_map(move |entry| Some((document.text(entry.key)?, entry.key, entry.value)))
    }

    /// A node as it stands.
    pub(super) fn value(&self, node: NodeId) -> Value<Data> {
        self.value_at(node, 0)
    }

    fn value_at(&self, node: NodeId, depth: usize) -> Value<Data> {
        let span = self.span(node);
        let left = self.budget.get();
        if depth > MAX_DEPTH || left == 0 || self.document.node(node).tag.is_some() {
            return Value::unknown(span);
        }
        self.budget.set(left - 1);
        if self.document.is_null(node) {
            return Value::unset(span);
        }
        match &self.document.node(node).kind {
            Kind::Scalar(scalar) => Value::known(Data::Text(Text::literal(&*scalar.text)), span),
            Kind::List(items) => {
                let items = items.iter().map(|item| Arc::new(self.value_at(*item, depth + 1))).collect();
                Value::known(Data::List(List { items, open: false }), span)
            }
            Kind::Map(_) => {
                // The effective entries have no key twice, so they need no look-up on the way in.
                let entries = self.entries(node).map(|(key, key_node, value)| Entry {
                    key: Arc::from(key),
                    key_span: self.span(key_node),
                    value: Arc::new(self.value_at(value, depth + 1)),
                });
                Value::known(Data::Map(Map { entries: entries.collect(), open: false }), span)
            }
            Kind::Alias(_) => Value::unknown(span),
        }
    }

    /// A policy document: written out, or as JSON in a text. A text that is no JSON (`file://…`) is unknown.
    pub(super) fn policy(&self, node: NodeId) -> Value<Data> {
        if self.document.text(node).is_none() || self.document.is_null(node) {
            return self.value(node);
        }
        let embedded = Embedded::read(self.text, self.document, node);
        match embedded.as_ref().and_then(|embedded| Some((embedded, embedded.root()?))) {
            Some((embedded, root)) => embedded.tree(self).value(root),
            None => Value::unknown(self.span(node)),
        }
    }
}

/// A text at a place, as data.
pub(super) fn text(text: &str, span: Span) -> Value<Data> {
    Value::known(Data::Text(Text::literal(text)), span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_decoding_keeps_places() {
        let (text, offsets) = percent_decode("%7Ba%C3%A9+%7D").unwrap();
        assert_eq!(text, "{aé+}");
        assert_eq!(offsets, [0, 3, 4, 7, 10, 11, 14]);
        for broken in ["%", "%7", "%7é", "%zz", "%+1", "%FF"] {
            assert_eq!(percent_decode(broken), None, "{broken}");
        }
    }
}
