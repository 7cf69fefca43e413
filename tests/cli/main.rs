//! The program as its users see it: sessions in a terminal (`sessions/*.trycmd`), and what needs files, streams or
//! an environment of its own.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "only tests come here")]

mod access;
mod code;
mod discovery;
mod json;
mod project;
mod streams;
mod worlds;

#[test]
fn sessions() {
    trycmd::TestCases::new().case("tests/cli/sessions/*.trycmd").env("CLICOLOR_FORCE", "0").env("NO_COLOR", "1");
}
