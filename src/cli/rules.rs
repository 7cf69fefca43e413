//! The list of the rules, and which of them answer other linters' checks.

use super::args::{RulesArgs, RulesFormat};
use super::{Status, pages, terminal};
use crate::rules::{self, catalogue, peers};

/// Prints the list, or what is said of other linters' checks.
pub(super) fn run(options: &RulesArgs) -> Status {
    let Some(name) = &options.covers else {
        return pages::print(&match options.format {
            RulesFormat::Text => rules::pages::list(),
            RulesFormat::Json => catalogue::rules_json(),
            RulesFormat::Markdown => catalogue::rules_markdown(),
        });
    };
    let checks = if name == "all" { peers::checks() } else { peers::called(name) };
    if checks.is_empty() {
        terminal::error(&unknown(name));
        return Status::Failed;
    }
    pages::print(&match options.format {
        RulesFormat::Text => catalogue::checks_text(&checks),
        RulesFormat::Json => catalogue::checks_json(&checks),
        RulesFormat::Markdown => catalogue::checks_markdown(&checks),
    })
}

/// What to say of a check that is not known.
fn unknown(name: &str) -> String {
    let shown = name.escape_debug();
    match peers::did_you_mean(name) {
        Some(nearest) => format!("no check `{shown}` of another linter is known; did you mean `{nearest}`?"),
        None => {
            format!("no check `{shown}` of another linter is known; `lambda-lint rules --covers` lists those that are")
        }
    }
}
