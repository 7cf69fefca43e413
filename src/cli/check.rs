//! `lambda-lint check`.

use super::args::CheckArgs;
use super::{Status, terminal, usage, written};
use crate::data::Date;
use crate::engine::{Selection, SelectionError};
use crate::frontend::NotOurs;
use crate::report::{self, Format, Report};
use crate::source::beside::Beside;
use crate::source::discover::{self, Discovered};
use crate::source::load;
use crate::{Settings, lint_in};
use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Finds, reads and checks what was named, and writes what came of it.
pub(super) fn run(options: &CheckArgs) -> Status {
    let selection = match selection(options) {
        Ok(selection) => selection,
        Err(error) => return usage::wrong(&error.to_string(), options.format),
    };
    if options.stdin_filename.is_some() && !options.paths.iter().any(|path| path == Path::new("-")) {
        return usage::wrong("--stdin-filename names standard input, which is read for the path `-`", options.format);
    }
    let discovered = discover::discover(&options.paths);
    let mut loaded = load::load(&discovered, options.stdin_filename.as_deref());
    let settings = Settings { selection, today: options.as_of.unwrap_or_else(today), alone: discovered.alone };
    let mut report = lint_in(&mut loaded.sources, &Beside::new(&discovered), &settings);
    // What a template names as its definition was read after all.
    let was_read = |name: &str| loaded.sources.iter().any(|(_, source)| source.name() == name && !source.is_context());
    report.skipped.extend(loaded.skipped.into_iter().filter(|skipped| !was_read(&skipped.file)));
    report.skipped.sort_by(|a, b| a.file.cmp(&b.file));
    report.errors = loaded.errors;

    let style = terminal::stdout_style(options.color);
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let result = report::write(&report, &loaded.sources, options.format, style, &mut out).and_then(|()| out.flush());
    match result {
        Ok(()) => {
            epilogue(&mut report, &discovered, options);
            status(&report, options)
        }
        // A reader that has seen enough, such as `head`, wants no summary either.
        Err(error) => written(Err(error)).err().unwrap_or_else(|| status(&report, options)),
    }
}

fn selection(options: &CheckArgs) -> Result<Selection, SelectionError> {
    Selection::new(&options.select, &options.extend_select, &options.ignore, options.level, options.min_confidence)
}

/// The day on which the run happens, by UTC: the same command gives the same result in every time zone.
pub(super) fn today() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    Date::from_unix_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// What goes to standard error: errors, notes on what was not checked, the summary.
fn epilogue(report: &mut Report, discovered: &Discovered, options: &CheckArgs) {
    let style = terminal::stderr_style(options.color);
    let mut err = io::stderr().lock();
    // Nobody is left to tell when standard error cannot be written to.
    let _ = report::problems(report, style, &mut err);
    if options.quiet {
        return;
    }
    if discovered.alone {
        let _ = report::skipped(report, style, &mut err);
        if report.files == 0 {
            return;
        }
    }
    if options.format != Format::Text {
        return;
    }
    if report.files == 0 && report.errors.is_empty() {
        // A pre-commit hook names every YAML and JSON file of a commit. That none of them is ours is no news.
        if !discovered.only_files {
            let _ = writeln!(err, "{}", nothing(report.skipped.len()));
        }
        return;
    }
    if !report.findings.is_empty() && err.is_terminal() && io::stdout().is_terminal() {
        let _ = writeln!(err);
    }
    // Package manifests and workflows are no news.
    report.skipped.retain(|skipped| skipped.reason != NotOurs::Other.reason());
    let _ = writeln!(err, "{}", report::summary(report, style));
}

/// What to say of a search that found nothing.
fn nothing(others: usize) -> String {
    match others {
        0 => "nothing to check: there is no .yaml, .yml, .json or .template file".to_owned(),
        1 => "nothing to check: the one YAML or JSON file is no template".to_owned(),
        _ => format!("nothing to check: none of the {others} YAML and JSON files is a template"),
    }
}

fn status(report: &Report, options: &CheckArgs) -> Status {
    if !report.errors.is_empty() {
        Status::Failed
    } else if report.findings.iter().any(|finding| options.fail_on.fails(finding.grade.severity)) {
        Status::Findings
    } else {
        Status::Clean
    }
}
