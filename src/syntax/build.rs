//! Puts a document together from the events of a reader, without recursion.

use std::collections::HashSet;

use super::document::{Entry, Kind, Language, Node, NodeId, Scalar, ScalarStyle, Tag};
use super::{Document, DuplicateKey};
use crate::source::{SourceId, Span};

/// How many entries all merge keys of a file together may bring in. Real templates have dozens; nested merges
/// of large mappings multiply.
pub(super) const MERGED_ENTRIES_LIMIT: usize = 1_000_000;

/// Mappings with more entries than this get a sorted index, so that looking up every key of a mapping is not quadratic.
const INDEX_FROM: usize = 16;

/// A collection that is still open.
#[derive(Debug)]
struct Frame {
    id: NodeId,
    /// Offset of the opening bracket, if it has one.
    bracket: Option<u32>,
    /// Where its first child starts, and its last ends.
    extent: Option<(u32, u32)>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    List(Vec<NodeId>),
    Map { entries: Vec<Entry>, key: Option<NodeId> },
}

/// A document being read.
#[derive(Debug)]
pub(super) struct Builder {
    document: Document,
    duplicates: Vec<DuplicateKey>,
    stack: Vec<Frame>,
    merged: usize,
    /// The first merge key that went over the limit.
    over_limit: Option<Span>,
}

/// What a [`Builder`] made.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) document: Document,
    pub(super) duplicates: Vec<DuplicateKey>,
    /// The merge key that would have brought in too many entries, if one did.
    pub(super) merge_over_limit: Option<Span>,
}

impl Builder {
    pub(super) fn new(source: SourceId, language: Language) -> Self {
        Self {
            document: Document::empty(source, language),
            duplicates: Vec::new(),
            stack: Vec::new(),
            merged: 0,
            over_limit: None,
        }
    }

    /// The document so far; its open collections are still empty.
    pub(super) fn document(&self) -> &Document {
        &self.document
    }

    /// How many collections are open.
    pub(super) fn depth(&self) -> usize {
        self.stack.len()
    }

    /// Whether the innermost open collection is a mapping whose next node is a key.
    pub(super) fn expects_key(&self) -> bool {
        matches!(self.stack.last().map(|frame| &frame.body), Some(Body::Map { key: None, .. }))
    }

    /// The key whose value is being waited for.
    pub(super) fn pending_key(&self) -> Option<NodeId> {
        match self.stack.last().map(|frame| &frame.body) {
            Some(Body::Map { key, .. }) => *key,
            _ => None,
        }
    }

    /// Offset of the innermost open bracket.
    pub(super) fn open_bracket(&self) -> Option<u32> {
        self.stack.iter().rev().find_map(|frame| frame.bracket)
    }

    /// Where the last thing that was read ends, as far as the innermost collection knows.
    fn floor(&self) -> u32 {
        self.stack
            .iter()
            .rev()
            .find_map(|frame| frame.extent.map(|(_, end)| end).or(frame.bracket.map(|at| at + 1)))
            .unwrap_or(0)
    }

    /// Adds a scalar or an alias.
    pub(super) fn leaf(&mut self, kind: Kind, span: Span, tag: Option<Tag>) -> NodeId {
        let start = tag.as_ref().map_or(span.start, |tag| tag.span.start.min(span.start));
        let id = self.document.add(Node { kind, span, tag });
        self.attach(id);
        self.extend(start, span.end);
        id
    }

    /// Opens a list at `at`, which is its bracket if `bracketed`.
    pub(super) fn open_list(&mut self, at: Span, bracketed: bool, tag: Option<Tag>) -> NodeId {
        self.open(at, bracketed, tag, Kind::List(Vec::new()), Body::List(Vec::new()))
    }

    /// Opens a mapping at `at`, which is its bracket if `bracketed`.
    pub(super) fn open_map(&mut self, at: Span, bracketed: bool, tag: Option<Tag>) -> NodeId {
        let body = Body::Map { entries: Vec::new(), key: None };
        self.open(at, bracketed, tag, Kind::Map(Vec::new()), body)
    }

    fn open(&mut self, at: Span, bracketed: bool, tag: Option<Tag>, kind: Kind, body: Body) -> NodeId {
        let id = self.document.add(Node { kind, span: Span { end: at.start, ..at }, tag });
        self.attach(id);
        self.stack.push(Frame { id, bracket: bracketed.then_some(at.start), extent: None, body });
        id
    }

    /// Closes the innermost collection; `end` is the offset after its closing bracket, if it has one.
    pub(super) fn close(&mut self, end: Option<u32>) {
        if let Some(key) = self.pending_key() {
            // The file broke off after a key.
            let at = self.floor();
            let span = Span { start: at, end: at, ..self.document.written(key).span };
            self.leaf(Kind::Scalar(Scalar { text: "".into(), style: ScalarStyle::Plain }), span, None);
        }
        let Some(frame) = self.stack.pop() else { return };
        let Some(node) = self.document.node_mut(frame.id) else { return };
        let start = frame.bracket.or(frame.extent.map(|(start, _)| start)).unwrap_or(node.span.start);
        let end = end
            .or(frame.extent.map(|(_, end)| end))
            .unwrap_or_else(|| frame.bracket.map_or(start, |bracket| bracket + 1))
            .max(start);
        node.span.start = start;
        node.span.end = end;
        let outer_start = node.tag.as_ref().map_or(start, |tag| tag.span.start.min(start));
        match frame.body {
            Body::List(items) => node.kind = Kind::List(items),
            Body::Map { entries, .. } => {
                let effective = self.effective(&entries);
                if let Some(index) = self.document.sorted_keys(effective.as_deref().unwrap_or(&entries), INDEX_FROM) {
                    self.document.indexes.insert(frame.id, index);
                }
                if let Some(effective) = effective {
                    self.document.effective.insert(frame.id, effective);
                }
                if let Some(node) = self.document.node_mut(frame.id) {
                    node.kind = Kind::Map(entries);
                }
            }
        }
        self.extend(outer_start, end);
    }

    /// Closes what is still open.
    pub(super) fn finish(mut self) -> Built {
        while !self.stack.is_empty() {
            self.close(None);
        }
        Built { document: self.document, duplicates: self.duplicates, merge_over_limit: self.over_limit }
    }

    fn attach(&mut self, id: NodeId) {
        match self.stack.last_mut().map(|frame| &mut frame.body) {
            None => self.document.roots.push(id),
            Some(Body::List(items)) => items.push(id),
            Some(Body::Map { entries, key }) => match key.take() {
                None => *key = Some(id),
                Some(key) => entries.push(Entry { key, value: id }),
            },
        }
    }

    fn extend(&mut self, start: u32, end: u32) {
        if let Some(frame) = self.stack.last_mut() {
            let (first, last) = frame.extent.unwrap_or((start, end));
            frame.extent = Some((first.min(start), last.max(end)));
        }
    }

    /// The entries that take effect, where they are not simply all entries; notes repeated keys on the way.
    fn effective(&mut self, entries: &[Entry]) -> Option<Box<[Entry]>> {
        let merges = entries.iter().any(|entry| self.document.is_merge_key(entry.key));
        let repeated = self.repeated(entries);
        if !merges && repeated.is_empty() {
            return None;
        }
        let mut own: Vec<Option<Entry>> = entries.iter().copied().map(Some).collect();
        for (slot, entry) in own.iter_mut().zip(entries) {
            if self.document.is_merge_key(entry.key) {
                *slot = None;
            }
        }
        for (first, again) in repeated {
            if let (Some(before), Some(entry)) = (entries.get(first), entries.get(again)) {
                self.duplicates.push(DuplicateKey {
                    key: self.document.text(entry.key).unwrap_or_default().to_owned(),
                    first: self.document.written(before.key).span,
                    again: self.document.written(entry.key).span,
                });
                // The last one wins, in the place of the first.
                if let Some(slot) = own.get_mut(first) {
                    *slot = Some(*entry);
                }
                if let Some(slot) = own.get_mut(again) {
                    *slot = None;
                }
            }
        }
        let mut own: Vec<Entry> = own.into_iter().flatten().collect();
        if merges {
            self.merge(entries, &mut own);
        }
        Some(own.into_boxed_slice())
    }

    /// Adds what the merge keys bring in: what is not there yet, of several sources the first that has a key, of
    /// several merge keys the last (as PyYAML does).
    fn merge(&mut self, entries: &[Entry], own: &mut Vec<Entry>) {
        let document = &self.document;
        let mut added = Vec::new();
        // The standard hasher: the keys are the file's, and this one cannot be made to collide.
        let mut seen: HashSet<&str> = own.iter().filter_map(|entry| document.text(entry.key)).collect();
        'all: for entry in entries.iter().rev().filter(|entry| document.is_merge_key(entry.key)) {
            let sources = match &document.node(entry.value).kind {
                Kind::List(items) => items.as_slice(),
                _ => std::slice::from_ref(&entry.value),
            };
            for source in sources {
                // Its own merge keys are resolved already: what an alias stands for is closed, or it is a mapping
                // around this one, whose entries are not known yet and which cannot be merged into itself.
                let candidates = document.effective_entries(*source);
                self.merged = self.merged.saturating_add(candidates.len().max(1));
                if self.merged > MERGED_ENTRIES_LIMIT {
                    self.over_limit.get_or_insert(document.written(entry.key).span);
                    break 'all;
                }
                for candidate in candidates {
                    if document.text(candidate.key).is_some_and(|key| seen.insert(key)) {
                        added.push(*candidate);
                    }
                }
            }
        }
        own.extend(added);
    }

    /// Pairs of positions: a key's first, and each place where it stands again, in the order of the text.
    fn repeated(&self, entries: &[Entry]) -> Vec<(usize, usize)> {
        let document = &self.document;
        let key = |entry: &Entry| (!document.is_merge_key(entry.key)).then(|| document.text(entry.key)).flatten();
        let mut pairs = Vec::new();
        if entries.len() <= INDEX_FROM {
            for (again, entry) in entries.iter().enumerate() {
                let Some(text) = key(entry) else { continue };
                if let Some(first) = entries.iter().take(again).position(|before| key(before) == Some(text)) {
                    pairs.push((first, again));
                }
            }
            return pairs;
        }
        let mut keys: Vec<(&str, usize)> =
            entries.iter().enumerate().filter_map(|(at, entry)| key(entry).map(|text| (text, at))).collect();
        keys.sort_unstable();
        for group in keys.chunk_by(|left, right| left.0 == right.0) {
            if let Some(((_, first), rest)) = group.split_first() {
                pairs.extend(rest.iter().map(|(_, again)| (*first, *again)));
            }
        }
        pairs.sort_unstable_by_key(|(_, again)| *again);
        pairs
    }
}
