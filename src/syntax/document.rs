//! The arena of nodes that a file is read into.

use rustc_hash::FxHashMap;

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
    /// The entries that take effect, for the mappings in which those are not all entries as written.
    pub(super) effective: FxHashMap<NodeId, Box<[Entry]>>,
    /// For large mappings, the positions of the effective entries in the order of their keys.
    pub(super) indexes: FxHashMap<NodeId, Box<[u32]>>,
}

impl Document {
    /// An empty document, for a reader to fill.
    pub(super) fn empty(source: SourceId, language: Language) -> Self {
        Self {
            source,
            language,
            nodes: Vec::new(),
            roots: Vec::new(),
            comments: Vec::new(),
            effective: FxHashMap::default(),
            indexes: FxHashMap::default(),
        }
    }

    /// Adds a node and says its id.
    pub(super) fn add(&mut self, node: Node) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        id
    }

    pub(super) fn node_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        self.nodes.get_mut(id.0 as usize)
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

    /// The effective entries of a mapping: its own in the order of the text, then what merge keys (`<<`) bring in.
    /// An own entry wins over a merged one, and of two equal keys the last wins. Empty for anything else.
    #[must_use]
    pub fn entries(&self, id: NodeId) -> Vec<Entry> {
        self.effective_entries(id).to_vec()
    }

    /// As [`Self::entries`], without a copy.
    #[must_use]
    pub fn effective_entries(&self, id: NodeId) -> &[Entry] {
        let id = self.resolve(id);
        match &self.written(id).kind {
            Kind::Map(entries) => self.effective.get(&id).map_or(entries, |effective| effective),
            _ => &[],
        }
    }

    pub(super) fn is_merge_key(&self, key: NodeId) -> bool {
        self.language == Language::Yaml
            && matches!(&self.written(key).kind, Kind::Scalar(scalar)
                if scalar.style == ScalarStyle::Plain && &*scalar.text == "<<")
    }

    /// The positions of `entries` in the order of their keys, if there are more than `from`.
    pub(super) fn sorted_keys(&self, entries: &[Entry], from: usize) -> Option<Box<[u32]>> {
        if entries.len() <= from {
            return None;
        }
        let mut keys: Vec<(Option<&str>, u32)> =
            entries.iter().zip(0u32..).map(|(entry, at)| (self.text(entry.key), at)).collect();
        keys.sort_unstable();
        Some(keys.into_iter().map(|(_, at)| at).collect())
    }

    /// The effective entry of a mapping with this key.
    #[must_use]
    pub fn entry(&self, id: NodeId, key: &str) -> Option<Entry> {
        let id = self.resolve(id);
        let entries = self.effective_entries(id);
        let Some(index) = self.indexes.get(&id) else {
            return entries.iter().find(|entry| self.text(entry.key) == Some(key)).copied();
        };
        let text = |at: &u32| entries.get(*at as usize).and_then(|entry| self.text(entry.key));
        let at = index.binary_search_by(|at| text(at).cmp(&Some(key))).ok()?;
        entries.get(*index.get(at)? as usize).copied()
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

    /// All nodes, in the order in which they were read.
    pub fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)).map(NodeId)
    }

    /// Appends a canonical spelling of a node to `out`: two nodes that mean the same are spelled the same. It is
    /// cut off at some length, for use as a key and in messages about small things.
    pub fn render(&self, id: NodeId, out: &mut String, depth: usize) {
        const MAX_LENGTH: usize = 2_000;
        const MAX_DEPTH: usize = 40;
        if out.len() > MAX_LENGTH || depth > MAX_DEPTH {
            out.push('…');
            return;
        }
        let node = self.node(id);
        // A short form is spelled as its long one, which means the same.
        if let Some(tag) = &node.tag {
            out.push('{');
            if !matches!(&*tag.name, "Ref" | "Condition") {
                out.push_str("Fn::");
            }
            out.push_str(&tag.name);
            out.push_str(": ");
        }
        match &node.kind {
            Kind::Scalar(scalar) => out.push_str(&scalar.text),
            Kind::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    self.render(*item, out, depth + 1);
                }
                out.push(']');
            }
            Kind::Map(entries) => {
                out.push('{');
                for (index, entry) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    self.render(entry.key, out, depth + 1);
                    out.push_str(": ");
                    self.render(entry.value, out, depth + 1);
                }
                out.push('}');
            }
            Kind::Alias(_) => out.push('*'),
        }
        if node.tag.is_some() {
            out.push('}');
        }
    }
}
