//! Any bytes, decoded and read as JSON: no panic, every span is where it says, and exactly what `serde_json` reads is
//! accepted (it stops at a lower depth).

#![no_main]

#[path = "../../tests/common/well_formed.rs"]
mod well_formed;

use lambda_lint::source::SourceId;
use lambda_lint::syntax::{self, Language};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = syntax::decode(bytes) else { return };
    let parsed = syntax::read(SourceId(0), &text, Language::Json);
    well_formed::assert_well_formed(&text, &parsed);
    let body = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let theirs = serde_json::from_str::<serde::de::IgnoredAny>(body);
    match (&parsed.error, theirs) {
        (None, Err(error)) => assert!(error.to_string().contains("recursion limit"), "accepted, but: {error}"),
        (Some(error), Ok(_)) => panic!("refused: {error:?}"),
        _ => {}
    }
});
