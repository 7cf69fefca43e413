//! What is said once per run.

use super::{Report, Style, escape};
use crate::engine::Severity;
use std::fmt::Write as _;
use std::io;

/// One line on the whole run, without a line break: `2 errors, 1 warning in 14 files`.
#[must_use]
pub fn summary(report: &Report, style: Style) -> String {
    let paint = |text: String, sgr: &str| if style.color { format!("\u{1b}[{sgr}m{text}\u{1b}[0m") } else { text };
    let count = |severity| report.findings.iter().filter(|finding| finding.grade.severity == severity).count();
    let counts: Vec<String> = [
        (count(Severity::Error), "error", "errors", "1;31"),
        (count(Severity::Warning), "warning", "warnings", "1;33"),
        (count(Severity::Advice), "piece of advice", "pieces of advice", "1;36"),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, one, many, sgr)| paint(counted(number, one, many), sgr))
    .collect();
    let mut line = if counts.is_empty() { paint("no findings".to_owned(), "1") } else { counts.join(", ") };
    let _ = write!(line, " in {}", counted(report.files, "file", "files"));
    if !report.skipped.is_empty() {
        let _ = write!(line, ", {} skipped", report.skipped.len());
    }
    if !report.errors.is_empty() {
        let unread = format!("{} could not be checked", counted(report.errors.len(), "input", "inputs"));
        let _ = write!(line, ", {}", paint(unread, "1;31"));
    }
    line
}

/// Writes what kept something from being checked, a line each: `error: a.yaml: permission denied`.
///
/// # Errors
/// Those of `out`.
pub fn problems(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let word = if style.color { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
    for error in &report.errors {
        let message = escape::one_line(&error.message);
        match &error.file {
            Some(file) => writeln!(out, "{word}: {}: {message}", escape::file_name(file))?,
            None => writeln!(out, "{word}: {message}")?,
        }
    }
    Ok(())
}

/// Writes what was left alone, and why, a line each: `note: a.png: not checked: neither …`.
///
/// # Errors
/// Those of `out`.
pub fn skipped(report: &Report, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let word = if style.color { "\u{1b}[1;36mnote\u{1b}[0m" } else { "note" };
    for skipped in &report.skipped {
        let reason = escape::one_line(&skipped.reason);
        writeln!(out, "{word}: {}: not checked: {reason}", escape::file_name(&skipped.file))?;
    }
    Ok(())
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
