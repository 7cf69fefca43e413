//! `log-group-mismatch`: see `rules/logs/log-group-mismatch.md`.

use super::log_groups::{LOG_GROUP, is_template, logs_of, usual};
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::model::{Function, Resource, World};
use crate::value::{Answer, SymbolKind, Text};
use rustc_hash::{FxHashMap, FxHashSet};

const USUAL: &str = "/aws/lambda/";

pub(super) fn check(world: &World, out: &mut Findings) {
    let groups: Vec<&Resource> = world.of_kind(LOG_GROUP).filter(|group| is_usual(&group.names.name)).collect();
    if groups.is_empty() {
        return;
    }
    let mut used = FxHashSet::default();
    // Functions without a declared group, by logical id.
    let mut without: FxHashMap<String, Vec<&Function>> = FxHashMap::default();
    for function in &world.application.functions {
        for log in logs_of(world, function) {
            match log.group {
                Some(group) => {
                    used.insert(group.span);
                }
                None if log.written.is_none() && is_template(world, function.resource) => {
                    without.entry(plain(function.address())).or_default().push(function);
                }
                None => {}
            }
        }
    }
    for group in groups.into_iter().filter(|group| !used.contains(&group.span)) {
        let Some(said) = said(&group.names.name) else { continue };
        // `orders` is not the name of `Orders`, `${AWS::StackName}-Orders` is not either, but each is meant to be.
        let mut meant = without.get(&said).map(Vec::as_slice).unwrap_or_default().iter();
        let Some(function) = meant.find(|function| function.resource.source == group.source) else { continue };
        if group.names.name.equals(&usual(function)) != Answer::No && has_name(function) {
            continue;
        }
        out.push(finding(group, function));
    }
}

fn is_usual(name: &Text) -> bool {
    name.known_prefix().starts_with(USUAL) && name.known_prefix().len() >= USUAL.len()
}

/// Whether the function's name is written, rather than made by CloudFormation.
fn has_name(function: &Function) -> bool {
    !function.resource.get("FunctionName").is_unset()
}

/// The function that the name of a group means, as `plain` spells it: what follows the last symbol of the name.
fn said(name: &Text) -> Option<String> {
    let known = |kind: &SymbolKind| matches!(kind, SymbolKind::Pseudo | SymbolKind::Parameter(_));
    if !name.symbols().all(|symbol| known(&symbol.kind)) {
        return None;
    }
    let last = name.pieces().last()?;
    let crate::value::Piece::Literal(last) = last else { return None };
    let rest = last.strip_prefix(USUAL).unwrap_or(last);
    let rest = plain(rest);
    (rest.len() > 2).then_some(rest)
}

/// A name in small letters and digits alone.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn finding(group: &Resource, function: &Function) -> Finding {
    let (name, own) = (&group.names.name, usual(function));
    let (group_name, address) = (group.called(), function.address());
    let logs = if has_name(function) { format!("`{own}`") } else { format!("`{USUAL}STACK-{address}-…`") };
    let message = format!("`{address}` does not write to `{group_name}`: its logs go to {logs}, and are kept for ever");
    Finding::new(Grade::WARNING, group.get("LogGroupName").span(), message)
        .here(format!("no function is called `{}`", name.to_string().trim_start_matches(USUAL)))
        .label(function.resource.span, if has_name(function) { "has another name" } else { "has no `FunctionName`: CloudFormation makes one" })
        .help(format!("write `LogGroupName: !Sub {USUAL}${{{address}}}`, or name the group in the function's `LoggingConfig.LogGroup`"))
        .confidence(Confidence::Medium)
        .related(group_name)
        .related(address)
        .when(&group.when.and(&function.resource.when))
}
