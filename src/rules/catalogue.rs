//! The rules and other linters' checks as lists: for a terminal, for programs, and as pages of the documentation.

use super::meta::{RULES, RuleMeta};
use super::pages::{level_text, severity_text};
use super::peers::PeerCheck;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The rules in the order of lists: by group, then by name.
fn sorted() -> Vec<&'static RuleMeta> {
    let mut rules: Vec<_> = RULES.iter().collect();
    rules.sort_by_key(|rule| (rule.group, rule.name));
    rules
}

/// All rules as a JSON array, an object each with every grade it can give.
#[must_use]
pub fn rules_json() -> String {
    lines(sorted().into_iter().map(|rule| {
        let grades: Vec<Value> = rule
            .grades
            .iter()
            .map(|grade| json!({ "severity": severity_text(grade.severity), "level": level_text(grade.level) }))
            .collect();
        json!({
            "name": rule.name, "group": rule.group, "title": rule.title, "grades": grades, "since": rule.since,
            "formats": rule.formats, "covers": rule.covers, "aliases": rule.aliases,
        })
    }))
}

/// All rules as the page `docs/rules.md`, a table for each group.
#[must_use]
pub fn rules_markdown() -> String {
    let mut out =
        String::from("# Rules\n\nMade by `lambda-lint rules --format markdown`; change the pages in `rules`.\n");
    let mut group = "";
    for rule in sorted() {
        if rule.group != group {
            group = rule.group;
            let _ = write!(out, "\n## {group}\n\n| rule | severity (level) | what is wrong |\n|---|---|---|\n");
        }
        let grades: Vec<String> = rule
            .grades
            .iter()
            .map(|grade| format!("{} ({})", severity_text(grade.severity), level_text(grade.level)))
            .collect();
        let _ = writeln!(out, "| {} | {} | {} |", link(rule), grades.join(", "), cell(rule.title));
    }
    out
}

/// What is said of other linters' checks, for a terminal: a paragraph each.
#[must_use]
pub fn checks_text(checks: &[PeerCheck]) -> String {
    let mut out = String::new();
    for check in checks {
        if check.rules.is_empty() {
            let _ = writeln!(out, "{}: no rule. {}", check.check, check.reason);
        }
        for rule in &check.rules {
            let _ = writeln!(out, "{}: {} ({})", check.check, rule.name, rule.title);
        }
    }
    out
}

/// What is said of other linters' checks, as a JSON array.
#[must_use]
pub fn checks_json(checks: &[PeerCheck]) -> String {
    lines(checks.iter().map(|check| {
        let rules: Vec<&str> = check.rules.iter().map(|rule| rule.name).collect();
        let reason = (!check.reason.is_empty()).then_some(check.reason);
        json!({ "check": check.check, "rules": rules, "reason": reason })
    }))
}

/// What is said of other linters' checks, as the page `docs/peers.md`.
#[must_use]
pub fn checks_markdown(checks: &[PeerCheck]) -> String {
    let mut out = String::from(
        "# Other linters' checks\n\nMade by `lambda-lint rules --covers --format markdown`; change `covers` in the pages \
         of the rules,\nor `src/data/facts/peers.tsv` for checks that no rule answers.\n\n\
         | check | rule, or why there is none |\n|---|---|\n",
    );
    for check in checks {
        let rules: Vec<String> = check.rules.iter().map(|rule| link(rule)).collect();
        let answer = if rules.is_empty() { cell(check.reason) } else { rules.join(", ") };
        let _ = writeln!(out, "| `{}` | {answer} |", cell(check.check));
    }
    out
}

/// A link from a page in `docs` to the rule's page.
fn link(rule: &RuleMeta) -> String {
    format!("[`{0}`](../rules/{1}/{0}.md)", rule.name, rule.group)
}

/// Text that stays within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A JSON array with an item on each line.
fn lines(items: impl Iterator<Item = Value>) -> String {
    let items: Vec<String> = items.map(|item| format!("  {item}")).collect();
    format!("[\n{}\n]\n", items.join(",\n"))
}
