//! `log-format-level`: see `rules/logs/log-format-level.md`.

use super::places::Places;
use super::variables::functions;
use crate::engine::{Applicability, Finding, Findings, Fix, Grade};
use crate::fix;
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Guard, Value};
use rustc_hash::FxHashMap;

const LEVELS: [&str; 2] = ["ApplicationLogLevel", "SystemLogLevel"];

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut refused = Places::default();
    let mut about: FxHashMap<Span, (&'static str, Option<Span>)> = FxHashMap::default();
    let mut loud = Places::default();
    for function in functions(world) {
        let format = function.get("LoggingConfig.LogFormat").literals();
        for level in LEVELS {
            let value = function.get(&format!("LoggingConfig.{level}"));
            let set = value.set().fold(Guard::never(), |set, (_, _, when)| set.or(when));
            if !set.is_possible() {
                continue;
            }
            let key = function.key_span(&format!("LoggingConfig.{level}"));
            for (text, when) in plain_text(&format) {
                about.insert(key, (level, text));
                refused.add(key, &when.and(&set), function);
            }
            if level == "ApplicationLogLevel" {
                debug(function, &mut loud);
            }
        }
    }
    for place in refused.into_vec() {
        let Some((level, format)) = about.get(&place.span).copied() else { continue };
        let (subject, verb) = (place.subject(), place.verb("logs", "log"));
        let message =
            format!("Lambda refuses {subject}: `{level}` needs logs in JSON, and {subject} {verb} plain text");
        let mut finding = Finding::new(Grade::ERROR, place.span, message).help("set `LogFormat: JSON`");
        if let Some(format) = format {
            finding = finding.label(format, "plain text");
        }
        let edit = match format {
            Some(format) => fix::scalar(world, format, "JSON"),
            None => fix::insert(world, place.span, "LogFormat", "JSON"),
        };
        if let Some(edit) = edit {
            // Whoever reads the logs reads another form.
            let title = "Log in JSON".to_owned();
            finding = finding.fix(Fix { title, applicability: Applicability::Unsafe, edits: vec![edit] });
        }
        out.push(place.tell(finding));
    }
    for place in loud.into_vec() {
        let message = format!("{}: everything that the code logs is kept, in every stage", place.subject());
        let finding =
            Finding::new(Grade::NOTE, place.span, message).help("make it a parameter, with `INFO` for production");
        out.push(place.tell(finding));
    }
}

/// The cases in which logs are plain text, which is the default, and where that is written.
fn plain_text(format: &Value<String>) -> impl Iterator<Item = (Option<Span>, &Guard)> {
    format.cases().iter().filter_map(|case| match &case.value {
        None => Some((None, &case.when)),
        Some(format) => (format == "Text").then_some((Some(case.span), &case.when)),
    })
}

/// Levels that are written as they are: what a parameter says is another for each stage.
fn debug<'a>(function: &'a Resource, loud: &mut Places<'a>) {
    for (text, span, when) in function.get("LoggingConfig.ApplicationLogLevel").text().set() {
        if matches!(text.as_literal(), Some("DEBUG" | "TRACE")) {
            loud.add(span, when, function);
        }
    }
}
