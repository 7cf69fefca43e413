//! Keys, plain values and entries, in the notation of the file that they are put into.

use crate::engine::Edit;
use crate::model::World;
use crate::source::Span;
use crate::syntax::{Document, Language};

/// The edit that calls the key at `span` otherwise. `name` has to be a plain word.
#[must_use]
pub fn key(world: &World, span: Span, name: &str) -> Option<Edit> {
    scalar(world, span, name)
}

/// The edit that puts a plain word or number where a scalar stands at `span`: what YAML reads the same without quotes. In JSON, what is not
/// a number gets quotes.
#[must_use]
pub fn scalar(world: &World, span: Span, value: &str) -> Option<Edit> {
    let language = super::expression::document(world, span)?.language();
    Some(Edit { span, text: written(value, language) })
}

fn written(value: &str, language: Language) -> String {
    let plain = language == Language::Yaml || value.parse::<i64>().is_ok();
    if plain { value.to_owned() } else { format!("\"{value}\"") }
}

/// The edit that puts the entry `key: value` (plain words or numbers) before the entry whose key is at `sibling`: on a line of its own where the
/// sibling begins a line. `None` where it cannot be told how, and for what the AWS CLI prints.
#[must_use]
pub fn insert(world: &World, sibling: Span, key: &str, value: &str) -> Option<Edit> {
    let document: &Document = super::expression::document(world, sibling)?;
    let text = world.files.text(sibling.source)?;
    let before = text.get(..sibling.start as usize)?;
    let line = before.rsplit('\n').next()?;
    let end = if before.ends_with(&format!("\r\n{line}")) { "\r\n" } else { "\n" };
    let at = Span { end: sibling.start, ..sibling };
    let blank = |line: &str| line.bytes().all(|byte| byte == b' ' || byte == b'\t');
    let text = match document.language() {
        Language::Json => {
            let (key, value) = (written(key, Language::Json), written(value, Language::Json));
            if blank(line) { format!("{key}: {value},{end}{line}") } else { format!("{key}: {value}, ") }
        }
        Language::Yaml if line.bytes().all(|byte| matches!(byte, b' ' | b'-')) => {
            format!("{key}: {value}{end}{}", " ".repeat(line.len()))
        }
        Language::Yaml if line.trim_end().ends_with(['{', ',']) => format!("{key}: {value}, "),
        Language::Yaml => return None,
    };
    Some(Edit { span: at, text })
}
