//! The arena of nodes that a file is read into.

use crate::source::{SourceId, Span};

/// The notation a document was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// YAML, as libyaml reads it (1.1 with the leniencies that real templates rely on).
    Yaml,
    /// Strict JSON.
    Json,
}

/// A node's place in its [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(super) u32);

/// A value as written.
#[derive(Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its bytes: a scalar's token with its quotes (a block scalar: its content), a collection from its first
    /// to its last child or from bracket to bracket. An empty value has an empty span after its key. Neither tag nor anchor
    /// belong to it.
    pub span: Span,
    /// An explicit local tag (`!Ref`), if any.
    pub tag: Option<Tag>,
}

/// An explicit tag of a node.
#[derive(Debug)]
pub struct Tag {
    /// The name without `!` (`Ref`, `GetAtt`, `Sub`).
    pub name: Box<str>,
    /// The bytes of the whole tag token, with its `!`.
    pub span: Span,
}

/// The kinds of node.
#[derive(Debug)]
pub enum Kind {
    /// A single value.
    Scalar(Scalar),
    /// A mapping, its entries in the order of the text; a key may stand more than once, and the last wins.
    Map(Vec<Entry>),
    /// A sequence.
    List(Vec<NodeId>),
    /// `*name`: the node that `&name` marks. `None` when nothing has that name.
    Alias(Option<NodeId>),
}

/// A scalar's decoded text and how it was written.
#[derive(Debug)]
pub struct Scalar {
    /// The text after unescaping and folding.
    pub text: Box<str>,
    /// How it was written.
    pub style: ScalarStyle,
}

/// How a scalar was written. Only a plain one can be a number, a boolean or null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes; in JSON a number, `true`, `false` or `null`.
    Plain,
    /// In single quotes.
    SingleQuoted,
    /// In double quotes; every JSON string.
    DoubleQuoted,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
}

/// One entry of a mapping.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The key's node, in real files a scalar.
    pub key: NodeId,
    /// The value's node.
    pub value: NodeId,
}

/// A comment.
#[derive(Debug)]
pub struct Comment {
    /// Its bytes, with the `#`, without the line break.
    pub span: Span,
    /// Whether something else stands before it on its line.
    pub trailing: bool,
}

/// A file as read. See the module's documentation.
#[derive(Debug)]
pub struct Document {
    pub(super) source: SourceId,
    pub(super) language: Language,
    pub(super) nodes: Vec<Node>,
    pub(super) roots: Vec<NodeId>,
    pub(super) comments: Vec<Comment>,
}

impl Document {
    /// An empty document, for a reader to fill.
    pub(super) fn empty(source: SourceId, language: Language) -> Self {
        Self { source, language, nodes: Vec::new(), roots: Vec::new(), comments: Vec::new() }
    }

    /// Adds a node and says its id.
    pub(super) fn add(&mut self, node: Node) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        id
    }

    /// The source that the document was read from.
    #[must_use]
    pub fn source(&self) -> SourceId {
        self.source
    }

    /// The notation that the document was written in.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The root of the first document of the file, if it holds any.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        self.roots.first().copied()
    }

    /// The roots of all documents of the file (`---`).
    #[must_use]
    pub fn roots(&self) -> &[NodeId] {
        &self.roots
    }

    /// All comments, in the order of the text.
    #[must_use]
    pub fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node as written; an alias is not followed.
    #[must_use]
    pub fn written(&self, id: NodeId) -> &Node {
        // Ids are made by `add` of this very document; the fallback keeps a mixed-up id from ending the run.
        static NOTHING: Node =
            Node { kind: Kind::Alias(None), span: Span { source: SourceId(0), start: 0, end: 0 }, tag: None };
        self.nodes.get(id.0 as usize).unwrap_or(&NOTHING)
    }

    /// The node with aliases followed (at most a few: an alias to an alias cannot be written in YAML).
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        self.written(self.resolve(id))
    }

    /// The id of the node that an alias stands for; any other node's own id.
    #[must_use]
    pub fn resolve(&self, mut id: NodeId) -> NodeId {
        for _ in 0..8 {
            match self.written(id).kind {
                Kind::Alias(Some(target)) => id = target,
                _ => break,
            }
        }
        id
    }

    /// The node's decoded text, if it is a scalar.
    #[must_use]
    pub fn text(&self, id: NodeId) -> Option<&str> {
        match &self.node(id).kind {
            Kind::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// Whether the node is null: a plain empty value, `~`, `null`, `Null` or `NULL`.
    #[must_use]
    pub fn is_null(&self, id: NodeId) -> bool {
        let node = self.node(id);
        node.tag.is_none()
            && matches!(&node.kind, Kind::Scalar(scalar) if scalar.style == ScalarStyle::Plain
                && matches!(&*scalar.text, "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The effective entries of a mapping, in the order of the text: merge keys (`<<`) are seen through, an own
    /// entry wins over a merged one, and of two equal keys the last wins. Empty for anything else.
    #[must_use]
    pub fn entries(&self, id: NodeId) -> Vec<Entry> {
        let mut out = Vec::new();
        self.collect_entries(id, 0, &mut out);
        out
    }

    fn collect_entries(&self, id: NodeId, depth: usize, out: &mut Vec<Entry>) {
        let Kind::Map(entries) = &self.node(id).kind else { return };
        let is_merge = |entry: &&Entry| self.is_merge_key(entry.key);
        let any_merge = entries.iter().any(|entry| is_merge(&entry));
        if out.is_empty() && !any_merge && !self.has_repeated_key(entries) {
            out.extend_from_slice(entries);
            return;
        }
        let mut seen: rustc_hash::FxHashMap<&str, usize> = rustc_hash::FxHashMap::default();
        let mut own: Vec<Entry> = Vec::new();
        for entry in entries.iter().filter(|entry| !is_merge(entry)) {
            match self.text(entry.key).map(|key| (key, seen.get(key).copied())) {
                Some((_, Some(index))) => {
                    if let Some(slot) = own.get_mut(index) {
                        *slot = *entry;
                    }
                }
                Some((key, None)) => {
                    seen.insert(key, own.len());
                    own.push(*entry);
                }
                None => own.push(*entry),
            }
        }
        // Merged mappings hold what the own entries do not; of several, the first that has a key wins.
        if any_merge && depth < 8 {
            for entry in entries.iter().filter(is_merge) {
                let sources = match &self.node(entry.value).kind {
                    Kind::List(items) => items.clone(),
                    _ => vec![entry.value],
                };
                for source in sources.into_iter().take(64) {
                    let mut merged = Vec::new();
                    self.collect_entries(source, depth + 1, &mut merged);
                    for candidate in merged {
                        let Some(key) = self.text(candidate.key) else { continue };
                        if !seen.contains_key(key) {
                            seen.insert(key, own.len());
                            own.push(candidate);
                        }
                    }
                }
            }
        }
        out.extend(own);
    }

    fn is_merge_key(&self, key: NodeId) -> bool {
        matches!(&self.written(key).kind, Kind::Scalar(scalar)
            if scalar.style == ScalarStyle::Plain && &*scalar.text == "<<")
            && self.language == Language::Yaml
    }

    fn has_repeated_key(&self, entries: &[Entry]) -> bool {
        if entries.len() <= 16 {
            return entries.iter().enumerate().any(|(index, entry)| {
                let key = self.text(entry.key);
                entries.iter().take(index).any(|before| key.is_some() && self.text(before.key) == key)
            });
        }
        let mut seen = rustc_hash::FxHashSet::default();
        entries.iter().any(|entry| self.text(entry.key).is_some_and(|key| !seen.insert(key)))
    }

    /// The effective entry of a mapping with this key.
    #[must_use]
    pub fn entry(&self, id: NodeId, key: &str) -> Option<Entry> {
        let Kind::Map(entries) = &self.node(id).kind else { return None };
        let own = entries.iter().rev().find(|entry| self.text(entry.key) == Some(key) && !self.is_merge_key(entry.key));
        if own.is_some() {
            return own.copied();
        }
        entries
            .iter()
            .any(|entry| self.is_merge_key(entry.key))
            .then(|| self.entries(id).into_iter().find(|entry| self.text(entry.key) == Some(key)))
            .flatten()
    }

    /// The effective value of a mapping with this key.
    #[must_use]
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entry(id, key).map(|entry| entry.value)
    }

    /// The items of a sequence; empty for anything else.
    #[must_use]
    pub fn items(&self, id: NodeId) -> &[NodeId] {
        match &self.node(id).kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }
}
