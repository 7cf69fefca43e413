//! `esm-state`: see `rules/source/esm-state.md`.
//!
//! Source: `EventSourceMappingConfiguration`, botocore 1.44.5, `lambda` 2015-03-31, read on 2026-11-23.

use super::mappings::{Mapping, Polls, mappings};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;

/// How a result begins that is a failure.
const PROBLEM: &str = "PROBLEM";

/// How the reason of a change begins that nobody of the account made: `Lambda initiated`, `LAMBDA_INITIATED`.
const BY_LAMBDA: &str = "lambda";

/// So many characters of what Lambda says are shown in a message.
const MAX_SHOWN: usize = 120;

pub(super) fn check(world: &World, out: &mut Findings) {
    for mapping in mappings(world) {
        result(world, &mapping, out);
        filters(world, &mapping, out);
        switched_off(world, &mapping, out);
    }
}

/// What it last read could not be worked on.
fn result(world: &World, mapping: &Mapping, out: &mut Findings) {
    for (result, span, when) in mapping.resource.get("LastProcessingResult").literals().set() {
        let Some(rest) = result.strip_prefix(PROBLEM) else { continue };
        let said = shown(rest.trim_start_matches([':', ' ']));
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        let function = mapping.function(world);
        let message = format!("Lambda has trouble with {} for {function}{said}", source(mapping));
        out.push(
            Finding::new(Grade::WARNING, span, message)
                .here("the last result")
                .when(when)
                .related(mapping.resource.called())
                .help("look at the function's errors and at whether its role and network let it reach the source; what waits is tried again until it is too old"),
        );
    }
}

/// The filters cannot be encrypted or decrypted.
fn filters(world: &World, mapping: &Mapping, out: &mut Findings) {
    let error = mapping.resource.get("FilterCriteriaError");
    let codes = mapping.resource.get("FilterCriteriaError.ErrorCode").literals();
    let code = codes.only().map(|code| format!(": {}", shown(code))).unwrap_or_default();
    for (_, span, when) in error.set() {
        let message =
            format!("Lambda cannot read what the events of {} are filtered by{code}", mapping.function(world));
        out.push(
            Finding::new(Grade::WARNING, span, message)
                .when(when)
                .related(mapping.resource.called())
                .help("see that the key exists and is enabled, and that its policy allows `kms:Decrypt` to `lambda.amazonaws.com`"),
        );
    }
}

/// Lambda switched it off by itself.
fn switched_off(world: &World, mapping: &Mapping, out: &mut Findings) {
    let reasons = mapping.resource.get("StateTransitionReason").literals();
    let Some(reason) = reasons.only() else { return };
    let by_lambda = reason.get(..BY_LAMBDA.len()).is_some_and(|start| start.eq_ignore_ascii_case(BY_LAMBDA));
    if !by_lambda {
        return;
    }
    for (state, span, when) in mapping.resource.get("State").literals().set() {
        if !matches!(state.as_str(), "Disabled" | "Disabling") {
            continue;
        }
        let message = format!(
            "{} gets nothing from {}: Lambda switched the mapping off",
            mapping.function(world),
            source(mapping)
        );
        out.push(
            Finding::new(Grade::WARNING, span, message)
                .label(reasons.span(), "by itself")
                .when(when)
                .related(mapping.resource.called())
                .help("see whether the source still exists and lets the function's role in, and switch the mapping on again"),
        );
    }
}

fn source(mapping: &Mapping) -> String {
    mapping.polls.first().map_or_else(|| "its source".to_owned(), Polls::name)
}

/// What Lambda says, as it can be shown.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
