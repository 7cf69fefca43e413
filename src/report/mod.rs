//! What a run says: the same findings for a person ([`Format::Text`]), for `grep` and editors
//! ([`Format::Concise`]) and for programs ([`Format::Json`]).
//!
//! Every format treats the input as hostile: a control character of a template, of a message made from it or of
//! a file name never reaches the output raw.

#[cfg(feature = "cli")]
pub mod access;
mod concise;
mod escape;
#[cfg(feature = "cli")]
pub mod graph;
mod json;
mod locate;
#[cfg(feature = "cli")]
mod snippet;
mod summary;
#[cfg(feature = "cli")]
mod text;
#[cfg(feature = "cli")]
mod visible;

pub use summary::{problems, skipped, summary};

use crate::engine::{Finding, Severity};
use crate::source::Sources;
use std::io;

/// Where the pages of the rules are.
const RULES_URL: &str = "https://lambda-lint.dev/rules/";

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The findings that the user asked for, in the order in which they are shown.
    pub findings: Vec<Finding>,
    /// How many files were checked.
    pub files: usize,
    /// Files that are none of ours, or that were left alone for another reason.
    pub skipped: Vec<Skipped>,
    /// What kept something from being checked. A run with one of these is not a clean run.
    pub errors: Vec<RunError>,
}

/// A file that was not checked, on purpose.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Skipped {
    /// Its name as the user would write it.
    pub file: String,
    /// Why, in a few words.
    pub reason: String,
}

/// Something that went wrong with the run itself, not with a template.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RunError {
    /// The file that it is about, if it is about one.
    pub file: Option<String>,
    /// What went wrong.
    pub message: String,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Labelled snippets for a person. Needs the feature `cli`; without it, it is the same as `Concise`.
    #[default]
    Text,
    /// One line per finding: `file:line:column: severity[rule] message`.
    Concise,
    /// One JSON document with everything, version 1.
    Json,
}

/// How [`Format::Text`] and the summary may look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Colours (SGR sequences).
    pub color: bool,
    /// Rule names are links (OSC 8 sequences) instead of a line with the address of the page.
    pub links: bool,
    /// Box drawing and other characters outside ASCII. Text of the input is shown as it is in any case.
    pub unicode: bool,
    /// Columns of the terminal; no line is wider, nor wider than 80 columns. At least 40 are taken.
    pub width: usize,
}

impl Style {
    /// Without colours and links, 80 columns, with box drawing: what goes into a file or a pipe.
    pub const PLAIN: Self = Self { color: false, links: false, unicode: true, width: 80 };
}

impl Default for Style {
    fn default() -> Self {
        Self::PLAIN
    }
}

/// Writes the findings of `report`, whose spans are in `sources`, to `out`.
///
/// JSON is one whole document whatever happened. The other formats write the findings and nothing else: the
/// [`summary`] and the [`problems`] are for the caller to print where they belong.
///
/// # Errors
/// Those of `out`, a closed pipe among them.
pub fn write(
    report: &Report,
    sources: &Sources,
    format: Format,
    style: Style,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        #[cfg(feature = "cli")]
        Format::Text => text::write(report, sources, style, out),
        #[cfg(not(feature = "cli"))]
        Format::Text => {
            let _ = style;
            concise::write(report, sources, out)
        }
        Format::Concise => concise::write(report, sources, out),
        Format::Json => json::write(report, sources, out),
    }
}

/// The address of a rule's page.
#[must_use]
pub fn rule_url(name: &str) -> String {
    format!("{RULES_URL}{name}")
}

/// The word for a severity, the same in every format.
fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Advice => "advice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
