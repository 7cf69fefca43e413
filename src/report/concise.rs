//! One line per finding, for `grep`, editors and eyes in a hurry.

use super::locate::Locator;
use super::{Report, escape, severity_word};
use crate::source::Sources;
use std::io;

/// Writes `file:line:column: severity[rule] message` for each finding.
pub(super) fn write(report: &Report, sources: &Sources, out: &mut dyn io::Write) -> io::Result<()> {
    let mut locator = Locator::new(sources);
    for finding in &report.findings {
        let position = locator.start(finding.primary.span);
        writeln!(
            out,
            "{}:{}:{}: {}[{}] {}",
            escape::file_name(locator.file(finding.primary.span.source)),
            position.line,
            position.column,
            severity_word(finding.grade.severity),
            finding.rule,
            escape::one_line(&finding.message),
        )?;
    }
    Ok(())
}
