//! Any text, read as YAML: no panic, and every span is where it says.

#![no_main]

#[path = "../../tests/common/well_formed.rs"]
mod well_formed;

use lambda_lint::source::SourceId;
use lambda_lint::syntax::{self, Language};

libfuzzer_sys::fuzz_target!(|text: &str| {
    well_formed::assert_well_formed(text, &syntax::read(SourceId(0), text, Language::Yaml));
});
