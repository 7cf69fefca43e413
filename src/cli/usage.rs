//! What is said when the arguments make no sense.

use super::{Status, terminal};
use crate::report::{self, Format, Report, RunError, Style};
use crate::source::Sources;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;
use std::io;
use std::path::Path;

/// Prints what `clap` has to say: the help or the version that was asked for, or what is wrong with the arguments.
pub(super) fn refuse(error: &clap::Error, arguments: &[OsString]) -> Status {
    let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if !asked_for && wants_json(arguments) {
        json(&error.to_string());
    }
    let _ = error.print();
    if let Some(path) = meant_to_check(error) {
        terminal::error(&format!("to check a file, write `lambda-lint check {path}`"));
    }
    if asked_for { Status::Clean } else { Status::Failed }
}

/// Says what is wrong with arguments that `clap` saw nothing wrong with.
pub(super) fn wrong(message: &str, format: Format) -> Status {
    if format == Format::Json {
        json(message);
    }
    terminal::error(message);
    Status::Failed
}

/// Writes a document with nothing but this error: with `--format json` standard output is one whole document
/// whatever happened.
fn json(message: &str) {
    let message = message.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let report = Report { errors: vec![RunError { file: None, message }], ..Report::default() };
    // A reader that has gone away has no use for the document.
    let _ = report::write(&report, &Sources::new(), Format::Json, Style::PLAIN, &mut io::stdout().lock());
}

/// Whether `--format json` is among arguments that could not be understood as a whole.
fn wants_json(arguments: &[OsString]) -> bool {
    let before_paths = arguments.iter().take_while(|argument| *argument != "--");
    let words: Vec<&OsString> = before_paths.collect();
    words.iter().any(|word| *word == "--format=json")
        || words.iter().zip(words.iter().skip(1)).any(|(option, value)| *option == "--format" && *value == "json")
}

/// The path that stands where a command should: `lambda-lint template.yaml`.
fn meant_to_check(error: &clap::Error) -> Option<&str> {
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(word)) if Path::new(word).exists() && !word.contains(char::is_control) => Some(word),
        _ => None,
    }
}
