//! What `lambda-lint graph` writes: the same picture as Mermaid, DOT, JSON, SVG or HTML.
//!
//! Every name in it comes from a template and may be anything. Each format escapes all of it: text never becomes markup, an
//! instruction of the format or a control character.

mod dot;
mod html;
mod json;
mod layout;
mod mermaid;
mod svg;

use super::escape;
use super::locate::Locator;
use crate::engine::Severity;
use crate::graph::{Drawing, Kind, Picture};
use crate::source::Sources;
use rustc_hash::FxHashMap;
use std::fmt::Write as _;
use std::io;

/// How a picture is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A Mermaid flowchart: GitHub, GitLab and many editors draw it.
    #[default]
    Mermaid,
    /// Graphviz.
    Dot,
    /// One JSON document, version 1.
    Json,
    /// A picture.
    Svg,
    /// A page with the pictures and the findings, without scripts.
    Html,
}

/// Writes a picture, whose spans are in `sources`, to `out`.
///
/// # Errors
/// Those of `out`, a closed pipe among them.
pub fn write(picture: &Picture, sources: &Sources, format: Format, out: &mut dyn io::Write) -> io::Result<()> {
    let text = match format {
        Format::Json => return json::write(picture, sources, out),
        Format::Mermaid => mermaid::draw(picture, sources),
        Format::Dot => dot::draw(picture, sources),
        Format::Svg => svg::draw(picture, sources),
        Format::Html => html::page(picture, sources),
    };
    out.write_all(text.as_bytes())
}

/// A name longer than this is cut off.
const MAX_NAME: usize = 60;
/// The labels of a line that are written; of more their number is.
const MAX_LABELS: usize = 3;

/// A text on one line, without control characters, and not too long.
fn clean(text: &str) -> String {
    cut(text, MAX_NAME)
}

fn cut(text: &str, characters: usize) -> String {
    let text = escape::one_line(text);
    if text.chars().count() <= characters {
        return text.into_owned();
    }
    text.chars().take(characters - 1).chain(['…']).collect()
}

/// The edges between two nodes that look the same, as one line.
struct Line {
    from: usize,
    to: usize,
    kind: Kind,
    labels: Vec<String>,
    /// The gravest of the loops that it is part of.
    looped: Option<Severity>,
    /// Whether a permission is missing.
    missing: bool,
    /// The findings that are told at it, by their places.
    findings: Vec<usize>,
}

/// The lines of a drawing.
fn lines(drawing: &Drawing) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut more: Vec<usize> = Vec::new();
    let mut known: FxHashMap<(usize, usize, Kind, bool, bool), usize> = FxHashMap::default();
    for edge in &drawing.edges {
        let (looped, missing) = (!edge.loops.is_empty(), edge.missing.is_some());
        let place = *known.entry((edge.from, edge.to, edge.kind, looped, missing)).or_insert_with(|| {
            out.push(Line {
                from: edge.from,
                to: edge.to,
                kind: edge.kind,
                labels: Vec::new(),
                looped: None,
                missing,
                findings: Vec::new(),
            });
            more.push(0);
            out.len() - 1
        });
        let (Some(line), Some(more)) = (out.get_mut(place), more.get_mut(place)) else { continue };
        let label = clean(&edge.label);
        if !label.is_empty() && !line.labels.contains(&label) {
            if line.labels.len() < MAX_LABELS { line.labels.push(label) } else { *more += 1 }
        }
        for finding in edge.loops.iter().chain(&edge.missing) {
            let Some(found) = drawing.findings.get(*finding) else { continue };
            if looped && edge.loops.contains(finding) {
                line.looped = line.looped.max(Some(found.grade.severity));
            }
            // A loop is told at the trigger that the finding points at.
            if found.primary.span == edge.span && !line.findings.contains(finding) {
                line.findings.push(*finding);
            }
        }
    }
    for (line, more) in out.iter_mut().zip(more) {
        if more > 0 {
            line.labels.push(format!("and {more} more"));
        }
    }
    out
}

/// The names of a drawing's files.
fn title(drawing: &Drawing, sources: &Sources) -> String {
    let mut names =
        drawing.sources.iter().filter_map(|id| sources.get(*id)).map(|source| escape::file_name(source.name()));
    let mut title = names.by_ref().take(MAX_LABELS).collect::<Vec<_>>().join(", ");
    let more = names.count();
    if more > 0 {
        let _ = write!(title, " and {more} more");
    }
    title
}

/// A finding as a person reads it: `warning: message (template.yaml:9)`.
fn told(drawing: &Drawing, finding: usize, locator: &mut Locator) -> Option<String> {
    let finding = drawing.findings.get(finding)?;
    let file = escape::file_name(locator.file(finding.primary.span.source)).into_owned();
    let line = locator.start(finding.primary.span).line;
    let severity = super::severity_word(finding.grade.severity);
    Some(format!("{severity}: {} ({file}:{line})", escape::one_line(&finding.message)))
}

/// The mark of a finding, beside its line and its text: `①`.
fn mark(finding: usize) -> String {
    match u32::try_from(finding) {
        Ok(number @ 0..20) => char::from_u32(0x2460 + number).map(String::from).unwrap_or_default(),
        _ => format!("({})", finding + 1),
    }
}

/// Text for XML and HTML.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if escape::is_control(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
