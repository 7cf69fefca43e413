//! Sources: the texts of one run, and positions in them.
//!
//! A [`Span`] is born with a value when the text is read and is never looked up again. Lines and columns are
//! worked out from it only when something is printed.

#[cfg(feature = "cli")]
pub mod beside;
#[cfg(feature = "cli")]
pub mod discover;
mod line_table;
#[cfg(feature = "cli")]
pub mod load;
mod name;
mod tree;

pub use line_table::{LineTable, Position};
pub use name::{beside, normal_name};
pub use tree::{Files, Listing, Look, MemoryTree, NoTree, Tree};

use crate::syntax::DecodeError;
use std::sync::OnceLock;

/// Which source of a run. Ids are given in the order in which sources were added to [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A half-open byte range in one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The source that the bytes are in.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span of `start..end` in `source`. Sources are at most 4 GiB (the reader refuses far smaller ones
    /// already), so offsets are kept in 32 bits; larger ones saturate.
    #[must_use]
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { source, start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The byte range, for slicing the source's text.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    #[must_use]
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether the span holds no byte.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies within this span (in the same source).
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.source == other.source && self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that holds both, which must be in the same source (otherwise `self`).
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        if self.source == other.source {
            Self { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
        } else {
            self
        }
    }
}

/// One text that is linted: a file, an editor's buffer, standard input.
#[derive(Debug)]
pub struct Source {
    /// The path as the user gave it or as the walk found it, with `/` between its parts.
    name: String,
    text: String,
    lines: OnceLock<LineTable>,
    damage: Option<Damage>,
    context: bool,
}

/// What is wrong with bytes that are no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Offset in the source's text of the `\u{fffd}` that stands for the first bytes that are no text.
    pub offset: usize,
}

impl Source {
    /// A source called `name` (shown to the user) with its whole text.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), lines: OnceLock::new(), damage: None, context: false }
    }

    /// A source whose bytes are not all text. Its text is what can be shown of them.
    #[must_use]
    pub fn damaged(name: impl Into<String>, bytes: &[u8], error: DecodeError) -> Self {
        let offset = error.valid.len();
        let rest = bytes.get(error.offset..).unwrap_or_default();
        let text = match bytes {
            // UTF-16, of which nothing is to be seen after the bad unit.
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => error.valid + "\u{fffd}",
            _ => error.valid + &String::from_utf8_lossy(rest),
        };
        let damage = Damage { message: error.message, help: error.help, offset };
        Self { damage: Some(damage), ..Self::new(name, text) }
    }

    /// What is wrong with the bytes, if they are not all text.
    #[must_use]
    pub fn damage(&self) -> Option<&Damage> {
        self.damage.as_ref()
    }

    /// The same source as one that nobody named: it is read for what others say of it, and nothing is reported in it.
    #[must_use]
    pub fn as_context(self) -> Self {
        Self { context: true, ..self }
    }

    /// Whether it was read only for what others say of it.
    #[must_use]
    pub fn is_context(&self) -> bool {
        self.context
    }

    /// The name shown to the user, usually a path.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The table of line starts, made on first use.
    pub fn lines(&self) -> &LineTable {
        self.lines.get_or_init(|| LineTable::new(&self.text))
    }

    /// Line and column of a byte offset; an offset past the end gives the end.
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset)
    }

    /// The text of a span, or nothing when the span is not on character boundaries of this text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }
}

/// All sources of a run, by id.
#[derive(Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// An empty collection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a source and says its id.
    pub fn add(&mut self, source: Source) -> SourceId {
        let id = SourceId(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.push(source);
        id
    }

    /// The source with this id, if it is one of this collection's.
    #[must_use]
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.0.get(id.0 as usize)
    }

    /// The text of a span, empty when there is none.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.get(span.source).map_or("", |source| source.slice(span))
    }

    /// All sources with their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.0.iter().enumerate().map(|(index, source)| (SourceId(u32::try_from(index).unwrap_or(u32::MAX)), source))
    }

    /// How many sources there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no source.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
