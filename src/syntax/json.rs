//! being written
use super::{Document, Language, Parsed};
use crate::source::SourceId;
/// Reads JSON.
#[must_use]
pub fn read(source: SourceId, _text: &str) -> Parsed {
    Parsed { document: Document::empty(source, Language::Json), error: None, duplicates: Vec::new() }
}
