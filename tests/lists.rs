//! The generated pages of the documentation are current: `docs/rules.md` and `docs/peers.md`.

#![allow(clippy::unwrap_used, reason = "only tests come here")]

use lambda_lint::rules::{catalogue, peers};

/// Holds a page to what the program prints; `LISTS=overwrite` writes it.
fn held(path: &str, text: &str) {
    let file = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("LISTS").is_some_and(|value| value == "overwrite") {
        std::fs::write(&file, text).unwrap();
    }
    let old = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(old == text, "{path} is not current: LISTS=overwrite cargo test --test lists");
}

#[test]
fn the_table_of_rules_is_current() {
    held("docs/rules.md", &catalogue::rules_markdown());
}

#[test]
fn the_table_of_other_linters_checks_is_current() {
    held("docs/peers.md", &catalogue::checks_markdown(&peers::checks()));
}

/// The checks by which the catalogue of this program was measured, a name on each line.
const NAMED: &str = include_str!("data/peer-checks.txt");

#[test]
fn every_check_of_the_catalogue_has_a_rule_or_a_reason() {
    let unknown: Vec<&str> = NAMED.lines().filter(|name| peers::called(name).is_empty()).collect();
    assert!(NAMED.lines().count() > 100 && unknown.is_empty(), "neither a rule nor a reason: {unknown:?}");
}
