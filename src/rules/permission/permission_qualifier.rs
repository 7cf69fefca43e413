//! `permission-qualifier`: see `rules/permission/permission-qualifier.md`.

use super::permissions::{Seen, certainly};
use super::statements::Statements;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Permission, Trigger, World};
use crate::source::Span;
use crate::value::{Guard, Text};
use crate::wiring::{Invocation, coverage, invoke};
use rustc_hash::FxHashSet;

/// How many pairs of a trigger and a permission are compared. Beyond that nothing more is said.
const MAX_PAIRS: usize = 50_000;

pub(super) fn check(world: &World, out: &mut Findings) {
    on_latest(world, out);
    let seen = Seen::of(world);
    let statements = Statements::of(world);
    let mut pairs = MAX_PAIRS;
    let mut reported: FxHashSet<(Span, Option<Text>)> = FxHashSet::default();
    for trigger in &world.application.triggers {
        let Some(invocation) = Invocation::of(trigger).filter(|_| !trigger.made) else { continue };
        if !seen.all_of(&trigger.target) {
            continue;
        }
        let called = trigger.target.qualifier.as_ref();
        let mut named = Vec::new();
        for permission in statements.about(invocation.function) {
            let Some(left) = pairs.checked_sub(1) else { return };
            pairs = left;
            named.push((permission, invoke::names_as(permission, invocation.function, called)));
        }
        // Where all name what is called, there is no need to know which of them let the trigger in.
        if named.iter().all(|(_, named)| named.maybe.is_possible()) {
            continue;
        }
        let (mut right, mut wrong) = (Guard::never(), Guard::never());
        let mut other = None;
        for (permission, named) in named {
            let covers = coverage(permission, &invocation);
            if !covers.maybe.is_possible() {
                continue;
            }
            right = right.or(&covers.maybe.and(&named.maybe));
            if named.maybe.is_possible() {
                continue;
            }
            wrong = wrong.or(&covers.sure);
            if other.is_none() && covers.sure.is_possible() {
                other = Some(permission);
            }
        }
        let Some(other) = other else { continue };
        let Some(function) = world.function(invocation.function) else { continue };
        let when = invocation.when.and(&function.resource.when).and(&wrong);
        if let Some(left) = certainly(&when, &right) {
            report(world, trigger, other, &left, &mut reported, out);
        }
    }
}

fn report(
    world: &World,
    trigger: &Trigger,
    other: &Permission,
    left: &Guard,
    reported: &mut FxHashSet<(Span, Option<Text>)>,
    out: &mut Findings,
) {
    let Some(function) = world.function(trigger.target.function) else { return };
    let Some(given) = other.functions.iter().find(|target| target.function == function.id) else { return };
    let called = trigger.target.qualifier.as_ref();
    let name = function.address();
    let written = other.resource.origin.is_written();
    let (span, label, says) = if written {
        (given.span, trigger.span, "this calls")
    } else {
        (trigger.span, other.resource.span, "this lets in to")
    };
    if !reported.insert((span, called.cloned())) {
        return;
    }
    let holder = &trigger.holder.address;
    let message = format!(
        "this permission is for {}, but `{holder}` calls {}, which has a policy of its own",
        whose(given.qualifier.as_ref(), name),
        whose(called, name),
    );
    let message = if written {
        message
    } else {
        format!("`{holder}` calls {}, but the permission that it has is for {}", whose(called, name), {
            whose(given.qualifier.as_ref(), name)
        })
    };
    let shown = if written { called } else { given.qualifier.as_ref() };
    let help = match called {
        Some(qualifier) if alias_of(world, qualifier, name).is_some() => format!(
            "use `FunctionName: !Ref {}` in the permission, or call the function without an alias",
            alias_of(world, qualifier, name).unwrap_or_default()
        ),
        Some(qualifier) => format!("name the function with `:{qualifier}` in the permission"),
        None => format!("name `{name}` itself in the permission, or call it by the name that the permission has"),
    };
    out.push(
        Finding::new(Grade::ERROR, span, message)
            .label(label, format!("{says} {}", whose(shown, name)))
            .label(function.resource.span, "this function")
            .related(&other.resource.address)
            .related(holder)
            .related(name)
            .help(help)
            .when(left),
    );
}

/// A name of a function in words.
fn whose(qualifier: Option<&Text>, name: &str) -> String {
    match qualifier {
        Some(qualifier) => format!("`{name}:{qualifier}`"),
        None => format!("`{name}` without a qualifier"),
    }
}

/// The alias of this name that the template declares for a function.
fn alias_of(world: &World, qualifier: &Text, function: &str) -> Option<String> {
    let mut aliases = world.of_kind("AWS::Lambda::Alias").filter(|alias| {
        let (targets, _) = world.targets(&alias.get("FunctionName").text());
        let named = alias.get("Name").text().only().is_some_and(|name| name.equals(qualifier).is_yes());
        named
            && targets.iter().any(|target| world.function(target.function).is_some_and(|f| &**f.address() == function))
    });
    aliases.next().map(|alias| alias.address.to_string())
}

/// Permissions on `$LATEST`, which Lambda refuses: `AddPermission` takes every qualifier but that.
fn on_latest(world: &World, out: &mut Findings) {
    for permission in world.application.permissions.iter().filter(|permission| permission.resource.origin.is_written())
    {
        for target in &permission.functions {
            if target.qualifier.as_ref().and_then(Text::as_literal) != Some("$LATEST") {
                continue;
            }
            let Some(function) = world.function(target.function) else { continue };
            let name = function.address();
            out.push(
                Finding::new(Grade::ERROR, target.span, "Lambda refuses permissions on `$LATEST`")
                    .label(function.resource.span, "this function")
                    .related(&permission.resource.address)
                    .related(name)
                    .help(format!("name `{name}` without a qualifier: what is not published is called by that name"))
                    .when(&target.when),
            );
        }
    }
}
