//! The pages of the rules.

use super::{Status, terminal, written};
use crate::rules;
use std::io::{self, Write as _};

/// Prints the page of a rule.
pub(super) fn explain(name: &str) -> Status {
    match rules::pages::explain(name) {
        Some(page) => print(&page),
        None => {
            terminal::error(&unknown(name));
            Status::Failed
        }
    }
}

/// Writes a text to standard output.
pub(super) fn print(text: &str) -> Status {
    written(io::stdout().lock().write_all(text.as_bytes())).err().unwrap_or(Status::Clean)
}

/// What to say of a name that no rule has.
fn unknown(name: &str) -> String {
    let of_group: Vec<&str> = rules::all().iter().filter(|rule| rule.group == name).map(|rule| rule.name).collect();
    if !of_group.is_empty() {
        return format!("`{name}` is a group; its rules are {}", of_group.join(", "));
    }
    let shown = name.escape_debug();
    match rules::pages::did_you_mean(name) {
        Some(nearest) => format!("there is no rule `{shown}`; did you mean `{nearest}`?"),
        None => format!("there is no rule `{shown}`; `lambda-lint rules` lists them"),
    }
}
