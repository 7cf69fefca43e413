//! Tasks of state machines.
//!
//! A task names a function as its `Resource`, or as `FunctionName` of one of the integrations that invoke functions.
//! Source: the Amazon States Language, <https://states-language.net/spec.html>, and
//! <https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html>, retrieved 2026-11-22.

use super::{Push, push_all};
use crate::model::world::World;
use crate::model::{Resource, Trigger, TriggerKind};
use crate::value::{Case, Data, Entry, Guard, Piece, Text, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// States within states deeper than this are not looked at.
const MAX_DEPTH: usize = 16;

/// A text with more cases than this is not told apart.
const MAX_CASES: usize = 64;

/// What ends the `Resource` of a task that invokes the function it has as a parameter.
const INTEGRATIONS: &[&str] =
    &[":states:::lambda:invoke", ":states:::lambda:invoke.waitForTaskToken", ":states:::aws-sdk:lambda:invoke"];

/// A state of a state machine.
pub(crate) struct State<'a> {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// What is written of it.
    pub(crate) body: Value<&'a Data>,
    /// Whether every execution comes to it that does not fail before: no choice, no list that may be empty and no error leads there.
    pub(crate) is_certain: bool,
}

/// The states of an `AWS::StepFunctions::StateMachine`, those within others too.
pub(crate) fn states(machine: &Resource) -> Vec<State<'_>> {
    let mut out = Vec::new();
    for property in ["Definition", "DefinitionString"] {
        let definition = machine.get(property);
        if definition.set().any(|(data, ..)| data.map().is_some()) {
            states_of(&definition, true, 0, &mut out);
        }
    }
    out
}

fn states_of<'a>(definition: &Value<&'a Data>, is_certain: bool, depth: usize, out: &mut Vec<State<'a>>) {
    if depth > MAX_DEPTH {
        return;
    }
    let entries = definition.get("States").entries().0;
    let certain = if is_certain { way(definition, &entries) } else { FxHashSet::default() };
    for (entry, state) in entries {
        let is_certain = certain.contains(&*entry.key);
        for branch in state.get("Branches").items(false).0 {
            states_of(&branch, is_certain, depth + 1, out);
        }
        // There may be nothing to iterate over.
        for inner in ["Iterator", "ItemProcessor"] {
            states_of(&state.get(inner), false, depth + 1, out);
        }
        out.push(State { name: entry.key.clone(), body: state, is_certain });
    }
}

/// The states that follow one another from the first on, up to the first choice.
fn way<'a>(definition: &Value<&'a Data>, states: &[(&'a Entry, Value<&'a Data>)]) -> FxHashSet<&'a str> {
    let by_name: FxHashMap<&str, &Value<&Data>> = states.iter().map(|(entry, state)| (&*entry.key, state)).collect();
    let names: FxHashMap<&str, &'a str> = states.iter().map(|(entry, _)| (&*entry.key, &*entry.key)).collect();
    let mut out = FxHashSet::default();
    let mut at = definition.get("StartAt").literals().only().cloned();
    while let Some((name, state)) = at
        .as_deref()
        .and_then(|name| Some((*names.get(name)?, *by_name.get(name)?)))
        .filter(|(name, _)| out.insert(*name))
    {
        let _ = name;
        at = state.get("Next").literals().only().cloned();
    }
    out
}

/// `AWS::StepFunctions::StateMachine`: a trigger for each task that invokes a function, with the state as its route.
pub(super) fn tasks<'a>(world: &World<'a>, machine: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    for state in states(machine) {
        task(world, machine, &state.name, &state.body, out);
    }
}

fn task<'a>(world: &World<'a>, machine: &'a Resource, name: &str, state: &Value<&'a Data>, out: &mut Vec<Trigger<'a>>) {
    let written = state.get("Resource");
    if written.is_unset() || written.cases().is_empty() {
        return;
    }
    let resource = substituted(machine, &written);
    let invokes = |text: &Text| {
        text.literal_parts().last().is_some_and(|last| INTEGRATIONS.iter().any(|end| last.ends_with(end)))
    };
    let mut push_at = |function: &Value<Text>, when: &Guard| {
        let (targets, _) = world.targets(&function.filter_map(Some));
        push_all(
            targets,
            Push {
                source_arn: machine.names.arn.clone(),
                source: Some(machine),
                route: format!("state `{name}`"),
                when: when.clone(),
                ..Push::new(TriggerKind::StateMachine, machine, state, written.clone())
            },
            out,
        );
    };
    push_at(&resource, &Guard::always());
    for (text, _, when) in resource.set() {
        if invokes(text) {
            for arguments in ["Parameters.FunctionName", "Arguments.FunctionName"] {
                push_at(&substituted(machine, &state.get(arguments)), when);
            }
        }
    }
}

/// A text of a definition with the machine's `DefinitionSubstitutions` in the place of each `${Name}`.
pub(crate) fn substituted(machine: &Resource, value: &Value<&Data>) -> Value<Text> {
    let substitutions = machine.get("DefinitionSubstitutions");
    value.text().and_then(|text, span| {
        let mut out = vec![(Text::default(), Guard::always())];
        let mut known = true;
        let mut append = |pieces: Value<Text>| {
            known &= pieces.is_exhaustive();
            if out.len().saturating_mul(pieces.cases().len()) > MAX_CASES {
                (out, known) = (Vec::new(), false);
            }
            let mut next = Vec::new();
            for (before, guard) in &out {
                for (more, _, when) in pieces.set() {
                    let guard = guard.and(when);
                    if guard.is_possible() {
                        let mut text = before.clone();
                        text.append(more);
                        next.push((text, guard));
                    }
                }
            }
            out = next;
        };
        for piece in text.pieces() {
            let Piece::Literal(literal) = piece else {
                append(Value::known(Text::from_pieces([piece.clone()]), span));
                continue;
            };
            let mut rest: &str = literal;
            while let Some((before, from)) = rest.split_once("${") {
                append(Value::known(Text::literal(before), span));
                let Some((name, after)) = from.split_once('}') else {
                    rest = "";
                    append(Value::known(Text::literal(format!("${{{from}")), span));
                    break;
                };
                let given = entry(&substitutions, name.trim());
                append(given.text().filter_map(|text| Some((*text).clone())));
                rest = after;
            }
            append(Value::known(Text::literal(Arc::from(rest)), span));
        }
        let cases = out.into_iter().map(|(text, when)| Case { value: Some(text), span, when }).collect();
        Value::from_cases(cases, known, span)
    })
}

/// What a map has under a key that may have a dot in it.
fn entry<'a>(map: &Value<&'a Data>, key: &str) -> Value<&'a Data> {
    map.and_then(|data, span| match data.map().and_then(|map| map.get(key)) {
        Some(value) => value.borrow(),
        None => Value::unknown(span),
    })
}
