//! What the rules about schemas share: how a place is called, and the finding that a misfit becomes.

use crate::data::schemas::GLOBALS;
use crate::engine::{Finding, Grade};
use crate::model::{Misfit, World};

/// Who holds the property at the end of the path: `Resize`, `VpcConfig` of `Resize`.
pub(super) fn holder(misfit: &Misfit) -> String {
    let (parent, _) = misfit.path.rsplit_once('.').unwrap_or(("", &misfit.path));
    place(misfit, parent)
}

/// What is at the path itself.
pub(super) fn itself(misfit: &Misfit) -> String {
    place(misfit, &misfit.path)
}

fn place(misfit: &Misfit, path: &str) -> String {
    if path.is_empty() {
        return format!("`{}`", misfit.address);
    }
    let name = path.rsplit('.').next().unwrap_or(path);
    let name = name.trim_end_matches("[]").escape_debug();
    let of = if is_globals(misfit) { "in" } else { "of" };
    format!("`{name}` {of} `{}`", misfit.address)
}

/// Whether it is in `Globals`.
pub(super) fn is_globals(misfit: &Misfit) -> bool {
    &*misfit.kind == GLOBALS
}

/// Who refuses it.
pub(super) fn who(misfit: &Misfit) -> &'static str {
    if misfit.kind.starts_with("AWS::Serverless::") || is_globals(misfit) { "SAM" } else { "CloudFormation" }
}

/// The finding of a misfit, with the functions that it concerns.
pub(super) fn finding(world: &World, misfit: &Misfit, grade: Grade, message: String) -> Finding {
    let mut finding = Finding::new(grade, misfit.span, message).when(&misfit.when);
    let is_function = |resource: &&&crate::model::Resource| {
        *resource.address == *misfit.address && resource.source == misfit.span.source
    };
    if world.resources.iter().any(|resource| is_function(&resource)) {
        finding = finding.related(&misfit.address);
    }
    finding
}

/// Words in a row: `A`, `B` or `C`; of many only the first.
pub(super) fn choice<'a>(words: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 8;
    let words: Vec<String> = words.map(|word| format!("`{}`", word.escape_debug())).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        _ if words.len() > SHOWN => {
            let (shown, rest) = words.split_at(SHOWN);
            format!("{} or one of {} others", shown.join(", "), rest.len())
        }
        [others @ .., last] => format!("{} or {last}", others.join(", ")),
    }
}

/// A text as it is shown: not all of a long one.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.is_empty() {
        return "empty".to_owned();
    }
    let cut: String = text.chars().take(LONGEST).collect();
    let dots = if cut.len() < text.len() { "…" } else { "" };
    format!("`{}{dots}`", cut.escape_debug())
}
