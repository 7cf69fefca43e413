//! From bytes to a written report: whatever the bytes are, it ends, and nothing raw reaches the output.

#![no_main]

use lambda_lint::data::Date;
use lambda_lint::engine::Selection;
use lambda_lint::report::{Format, Style, write};
use lambda_lint::source::{Source, Sources};
use lambda_lint::{Settings, lint};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // The first character chooses the notation.
    let name = if text.starts_with(['{', '[']) { "a.json" } else { "a.yaml" };
    let mut sources = Sources::new();
    sources.add(Source::new(name, text));
    let Some(today) = Date::new(2026, 11, 22) else { return };
    let mut settings = Settings::new(today);
    settings.selection = Selection::everything();
    settings.alone = true;
    let report = lint(&sources, &settings);
    for format in [Format::Text, Format::Concise, Format::Json] {
        let mut out = Vec::new();
        assert!(write(&report, &sources, format, Style::PLAIN, &mut out).is_ok());
        let out = String::from_utf8_lossy(&out);
        assert!(!out.chars().any(|c| c.is_control() && c != '\n'), "a raw control character in the output");
    }
});
