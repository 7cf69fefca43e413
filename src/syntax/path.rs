//! The way from a document's root to a place in it.

use std::fmt;

use super::document::{Document, Kind, NodeId};
use crate::source::Span;

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PathStep {
    /// Into the entry of a mapping with this key (empty if the key is no scalar).
    Key(Box<str>),
    /// Into the item of a list, counted from 0.
    Index(usize),
}

/// The steps from the root to a node, as written: neither aliases nor merge keys are followed. Displays as
/// `Properties.Policies[0].Statement[1].Action`; a key that holds anything but ASCII letters, digits, `_`, `:` and `-` stands
/// as `["a.b"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TreePath(Vec<PathStep>);

impl TreePath {
    /// The steps, from the root down.
    #[must_use]
    pub fn steps(&self) -> &[PathStep] {
        &self.0
    }

    /// Whether this is the root itself.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path without its first `count` steps, to be shown below something that has a name already.
    #[must_use]
    pub fn below(&self, count: usize) -> Self {
        Self(self.0.iter().skip(count).cloned().collect())
    }
}

impl From<Vec<PathStep>> for TreePath {
    fn from(steps: Vec<PathStep>) -> Self {
        Self(steps)
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Index(index) => write!(f, "[{index}]")?,
                PathStep::Key(key) if is_word(key) => write!(f, "{}{key}", if at == 0 { "" } else { "." })?,
                PathStep::Key(key) => {
                    f.write_str("[\"")?;
                    for char in key.chars() {
                        match char {
                            '"' | '\\' => write!(f, "\\{char}")?,
                            char if char.is_control() => write!(f, "{}", char.escape_default())?,
                            char => write!(f, "{char}")?,
                        }
                    }
                    f.write_str("\"]")?;
                }
            }
        }
        Ok(())
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-'))
}

impl Document {
    /// The path to the innermost entry or item around a byte offset. An entry reaches from its key to the end of
    /// its value. Takes time in proportion to the path's length and the logarithm of the collections' sizes.
    #[must_use]
    pub fn path_at(&self, offset: u32) -> TreePath {
        let mut steps = Vec::new();
        let root = last_before(self.roots(), offset, |root| self.outer_start(*root));
        let mut current = root.copied();
        while let Some(id) = current.take() {
            match &self.written(id).kind {
                Kind::Map(entries) => {
                    let entry = last_before(entries, offset, |entry| self.outer_start(entry.key));
                    let Some(entry) = entry else { break };
                    let (key, value) = (self.written(entry.key).span, self.written(entry.value).span);
                    let in_key = holds(key, offset);
                    let range = Span { start: self.outer_start(entry.key), ..key.to(value) };
                    if in_key || holds(range, offset) || holds(value, offset) {
                        steps.push(PathStep::Key(self.text(entry.key).unwrap_or_default().into()));
                        current = (!in_key).then_some(entry.value);
                    }
                }
                Kind::List(items) => {
                    let found = items.partition_point(|item| self.outer_start(*item) <= offset).checked_sub(1);
                    let Some((index, item)) = found.and_then(|index| Some((index, items.get(index)?))) else { break };
                    let span = self.written(*item).span;
                    if holds(Span { start: self.outer_start(*item), ..span }, offset) || holds(span, offset) {
                        steps.push(PathStep::Index(index));
                        current = Some(*item);
                    }
                }
                _ => {}
            }
        }
        TreePath(steps)
    }

    /// Where a node starts, its tag included.
    fn outer_start(&self, id: NodeId) -> u32 {
        let node = self.written(id);
        node.tag.as_ref().map_or(node.span.start, |tag| tag.span.start.min(node.span.start))
    }
}

fn holds(span: Span, offset: u32) -> bool {
    span.start <= offset && (offset < span.end || span.is_empty() && offset == span.start)
}

/// The last of `sorted` that starts at or before `offset`.
fn last_before<T>(sorted: &[T], offset: u32, start: impl Fn(&T) -> u32) -> Option<&T> {
    sorted.partition_point(|item| start(item) <= offset).checked_sub(1).and_then(|index| sorted.get(index))
}
