//! `invoke-config-qualifier`: see `rules/async/invoke-config-qualifier.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::{Function, Trigger, World};
use crate::rules::asynchronous::{Asynchrony, InvokeConfig, InvokeConfigs, is_all_seen, is_latest, same_qualifier};
use crate::source::Span;
use crate::value::{Guard, Text};
use rustc_hash::FxHashMap;

pub(super) fn check(world: &World, out: &mut Findings) {
    let configs = InvokeConfigs::of(world);
    let mut triggers: FxHashMap<usize, Vec<&Trigger>> = FxHashMap::default();
    for trigger in &world.application.triggers {
        if Asynchrony::of(trigger).maybe.is_possible() {
            triggers.entry(trigger.target.function.0).or_default().push(trigger);
        }
    }
    let all_seen = is_all_seen(world);
    for function in &world.application.functions {
        let own = configs.for_function(function.id);
        for config in own {
            let calls = triggers.get(&function.id.0).map(Vec::as_slice).unwrap_or_default();
            for (qualifier, span, when) in config.resource.get("Qualifier").text().set() {
                let when = when.and(&config.when()).and(&function.resource.when);
                if when.is_possible()
                    && !without_effect(world, function, own, calls, qualifier, (span, &when), out)
                    && all_seen
                {
                    without_alias(world, function, config, qualifier, (span, &when), out);
                }
            }
        }
    }
}

/// Reports a configuration whose function is invoked asynchronously, but never under its qualifier.
fn without_effect(
    world: &World,
    function: &Function,
    configs: &[InvokeConfig],
    calls: &[&Trigger],
    qualifier: &Text,
    (span, when): (Span, &Guard),
    out: &mut Findings,
) -> bool {
    let called = |trigger: &Trigger| same_qualifier(qualifier, trigger.target.qualifier.as_ref());
    if calls.iter().any(|trigger| !called(trigger).is_no()) || let_in(world, function, qualifier) {
        return false;
    }
    // Calls that another configuration may be for are as they should be.
    let left = |trigger: &&&Trigger| {
        let other = trigger.target.qualifier.as_ref();
        configs.iter().all(|config| !config.is_for(other).maybe.is_possible())
            && when.and(&Asynchrony::of(trigger).sure).is_possible()
    };
    let Some(trigger) = calls.iter().find(left) else { return false };
    let when = when.and(&Asynchrony::of(trigger).sure);
    if when.is_rounded() {
        return false;
    }
    let name = function.address();
    let service = trigger.kind.caller().name;
    let shown = |qualifier: Option<&Text>| match qualifier {
        Some(qualifier) if !is_latest(Some(qualifier)) => format!("`{qualifier}`"),
        _ => "the unpublished version".to_owned(),
    };
    let calls_as = shown(trigger.target.qualifier.as_ref());
    let message = format!(
        "this says nothing of how `{name}` is invoked: it is for {}, and {service} invokes {calls_as}",
        shown(Some(qualifier))
    );
    let right = trigger.target.qualifier.as_ref().map_or_else(|| "$LATEST".to_owned(), ToString::to_string);
    out.push(
        Finding::new(Grade::WARNING, span, message)
            .when(&when)
            .related(name)
            .label(trigger.span, format!("invokes {calls_as}"))
            .help(format!("set `Qualifier: {right}`, or invoke `{qualifier}`")),
    );
    true
}

/// Whether a permission names the function under a qualifier: somebody who is not seen may call it so.
fn let_in(world: &World, function: &Function, qualifier: &Text) -> bool {
    world.application.permissions.iter().any(|permission| {
        permission.functions.iter().any(|target| {
            target.function == function.id
                && target.qualifier.is_some()
                && !same_qualifier(qualifier, target.qualifier.as_ref()).is_no()
        })
    })
}

/// Reports a qualifier that is the name of no alias of the function.
fn without_alias(
    world: &World,
    function: &Function,
    config: &InvokeConfig,
    qualifier: &Text,
    (span, when): (Span, &Guard),
    out: &mut Findings,
) {
    let Some(literal) = qualifier.as_literal() else { return };
    let is_name = !literal.starts_with('$') && literal.chars().any(|c| !c.is_ascii_digit());
    if !is_name || config.resource.source != function.resource.source {
        return;
    }
    let mut aliases = world.of_kind("AWS::Lambda::Alias");
    let exists = aliases.any(|alias| {
        let (targets, known) = world.targets(&alias.get("FunctionName").text());
        let names = alias.get("Name").text();
        let named = !names.is_exhaustive() || names.set().any(|(name, ..)| !name.equals(qualifier).is_no());
        named && (!known || targets.iter().any(|target| target.function == function.id))
    });
    if exists || when.is_rounded() {
        return;
    }
    let name = function.address();
    let message = format!("`{name}` has no alias `{literal}` in this template: Lambda refuses the configuration");
    out.push(
        Finding::new(Grade::ERROR, span, message)
            .when(when)
            .related(name)
            .confidence(crate::engine::Confidence::Medium)
            .help(format!("add an `AWS::Lambda::Alias` with `Name: {literal}`, or set `Qualifier: $LATEST`")),
    );
}
