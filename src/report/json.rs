//! The public contract for programs: `{"version":1,…}`.
//!
//! The types here are the contract; they borrow from the findings and change only with `version`. Keys and their
//! order are part of it. Lines and columns count from 1, columns in Unicode code points; offsets are bytes from 0.

use super::locate::Locator;
use super::{Report, RunError, Skipped, escape, rule_url};
use crate::engine::{Applicability, Confidence, Finding, Label, Level, Severity};
use crate::source::{self, Sources};
use serde::Serialize;
use serde::ser::{SerializeSeq, Serializer};
use std::borrow::Cow;
use std::cell::RefCell;
use std::io;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    files: usize,
    #[serde(serialize_with = "findings")]
    findings: Found<'a>,
    skipped: &'a [Skipped],
    errors: &'a [RunError],
}

/// The findings, converted one at a time while they are written.
struct Found<'a> {
    list: &'a [Finding],
    locator: RefCell<Locator<'a>>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    level: Level,
    severity: Severity,
    confidence: Confidence,
    message: &'a str,
    help: Option<&'a str>,
    file: &'a str,
    address: &'a str,
    related: Vec<&'a str>,
    property: &'a str,
    span: JsonSpan,
    labels: Vec<JsonLabel<'a>>,
    guard: Option<&'a str>,
    url: String,
    fix: Option<JsonFix<'a>>,
}

#[derive(Serialize)]
struct JsonSpan {
    start: JsonPosition,
    end: JsonPosition,
}

#[derive(Serialize)]
struct JsonPosition {
    line: usize,
    column: usize,
    offset: usize,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    message: &'a str,
    file: &'a str,
    address: &'a str,
    span: JsonSpan,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    title: &'a str,
    applicability: Applicability,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    file: &'a str,
    span: JsonSpan,
    text: &'a str,
}

/// Writes the document on one line, finding by finding.
pub(super) fn write(report: &Report, sources: &Sources, out: &mut dyn io::Write) -> io::Result<()> {
    let document = Document {
        version: 1,
        files: report.files,
        findings: Found { list: &report.findings, locator: RefCell::new(Locator::new(sources)) },
        skipped: &report.skipped,
        errors: &report.errors,
    };
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Escaping);
    document.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

fn findings<S: Serializer>(found: &Found<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut sequence = serializer.serialize_seq(Some(found.list.len()))?;
    for finding in found.list {
        let json = convert(finding, &mut found.locator.borrow_mut());
        sequence.serialize_element(&json)?;
    }
    sequence.end()
}

fn convert<'a>(finding: &'a Finding, locator: &mut Locator<'a>) -> JsonFinding<'a> {
    let primary = (!finding.primary.message.is_empty()).then_some(&finding.primary);
    JsonFinding {
        rule: finding.rule,
        level: finding.grade.level,
        severity: finding.grade.severity,
        confidence: finding.confidence,
        message: &finding.message,
        help: finding.help.as_deref(),
        file: locator.file(finding.primary.span.source),
        address: &finding.primary.address,
        related: finding.related.iter().map(AsRef::as_ref).collect(),
        property: &finding.property,
        span: span(finding.primary.span, locator),
        labels: primary.into_iter().chain(&finding.labels).map(|one| label(one, locator)).collect(),
        guard: finding.guard.as_deref(),
        url: rule_url(finding.rule),
        // A fix that writes a secret is made all the same, but not shown.
        fix: finding.fix.as_ref().filter(|fix| fix.edits.iter().all(|edit| is_shown(finding, &edit.text))).map(|fix| {
            JsonFix {
                title: &fix.title,
                applicability: fix.applicability,
                edits: fix
                    .edits
                    .iter()
                    .map(|edit| JsonEdit {
                        file: locator.file(edit.span.source),
                        span: span(edit.span, locator),
                        text: &edit.text,
                    })
                    .collect(),
            }
        }),
    }
}

fn is_shown(finding: &Finding, text: &str) -> bool {
    matches!(finding.hidden.mask(text), Cow::Borrowed(_))
}

fn label<'a>(label: &'a Label, locator: &mut Locator<'a>) -> JsonLabel<'a> {
    JsonLabel {
        message: &label.message,
        file: locator.file(label.span.source),
        address: &label.address,
        span: span(label.span, locator),
    }
}

fn span(span: source::Span, locator: &mut Locator<'_>) -> JsonSpan {
    let mut position = |offset| {
        let source::Position { line, column, offset } = locator.position(span.source, offset);
        JsonPosition { line, column, offset }
    };
    JsonSpan { start: position(span.start), end: position(span.end) }
}

/// Compact JSON in which also the control characters above U+007E are written as `\u009b`: JSON allows them raw,
/// a terminal obeys them.
pub(super) struct Escaping;

impl serde_json::ser::Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((index, c)) = rest.char_indices().find(|(_, c)| escape::is_control(*c)) {
            let (before, after) = rest.split_at(index);
            // Every control character that serde_json leaves to us is below U+10000.
            write!(writer, "{before}\\u{:04x}", u32::from(c))?;
            rest = after.strip_prefix(c).unwrap_or("");
        }
        writer.write_all(rest.as_bytes())
    }
}
