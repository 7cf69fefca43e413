//! The spanned tree that YAML and JSON share.
//!
//! A file is read once, by [`read`], into a [`Document`]: an arena of nodes, each with the exact bytes it was
//! written with, and the comments. Nothing is expanded: an alias stays an alias (its target's nodes keep the
//! span of where the text stands), a merge key stays a key; [`Document`]'s look-ups see through both.
//!
//! - [`yaml`] builds the document from `granit-parser` events, [`json`] from `jsonc-parser`'s tree.
//! - [`inner`] finds the span of a part of a scalar's decoded text (`${Name}` in a `Fn::Sub`, a policy in a
//!   JSON string).

mod build;
mod decode;
mod document;
pub mod inner;
pub mod json;
mod path;
pub mod yaml;
mod yaml_error;

pub use decode::{DecodeError, decode};
pub use document::{Comment, Document, Entry, Kind, Language, Node, NodeId, Scalar, ScalarStyle, Tag};
pub use path::{PathStep, TreePath};

use crate::source::{SourceId, Span};

/// What reading a text gave: as much of the document as could be read, and what was wrong with it.
#[derive(Debug)]
pub struct Parsed {
    /// The document, up to the first error if there is one.
    pub document: Document,
    /// The error that ended the reading, if any.
    pub error: Option<SyntaxError>,
    /// Keys that stand twice in one mapping. The last one wins, as in CloudFormation.
    pub duplicates: Vec<DuplicateKey>,
}

/// Why a text could not be read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong, in one sentence without a full stop, in words for the person who wrote the file.
    pub message: String,
    /// What to do about it, where that can be said.
    pub help: Option<String>,
    /// Where it is wrong; at least one character unless at the end of the file.
    pub span: Span,
}

/// A key that stands again in the same mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateKey {
    /// The decoded key.
    pub key: String,
    /// Where it stands first.
    pub first: Span,
    /// Where it stands again (and takes effect).
    pub again: Span,
}

/// Reads a text as `language`.
#[must_use]
pub fn read(source: SourceId, text: &str, language: Language) -> Parsed {
    match language {
        Language::Yaml => yaml::read(source, text),
        Language::Json => json::read(source, text),
    }
}

/// Text of the file as a message shows it: at most 40 characters, control characters escaped.
fn shown(text: &str) -> String {
    const LIMIT: usize = 40;
    let mut out = String::new();
    for (index, char) in text.chars().enumerate() {
        if index == LIMIT {
            out.push('…');
            break;
        }
        if char.is_control() {
            out.extend(char.escape_default());
        } else {
            out.push(char);
        }
    }
    out
}
