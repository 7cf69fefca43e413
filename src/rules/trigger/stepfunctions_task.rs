//! `stepfunctions-task`: see `rules/trigger/stepfunctions-task.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::iam::Effect;
use crate::iam::grant::action_matches;
use crate::model::{Resource, Trigger, TriggerKind, World};
use crate::value::{Answer, Data, Guard, Text, Value};
use crate::wiring::arn::may_match;
use rustc_hash::FxHashSet;

const INVOKE: &str = "lambda:InvokeFunction";

/// Errors of Lambda that a task should try again after.
///
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html>.
const PASSING: &[&str] = &[
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "States.ALL",
    "States.TaskFailed",
];

/// States within states deeper than this are not looked at.
const MAX_DEPTH: usize = 16;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut refused = FxHashSet::default();
    for trigger in &world.application.triggers {
        if trigger.kind != TriggerKind::StateMachine {
            continue;
        }
        without_right(world, trigger, &mut refused, out);
        gives_up(world, trigger, out);
        without_retry(world, trigger, out);
    }
    for machine in world.of_kind("AWS::StepFunctions::StateMachine") {
        let kind = machine.get("StateMachineType").literals();
        let express = kind.set().filter(|(kind, ..)| *kind == "EXPRESS");
        let express = express.fold(Guard::never(), |all, (_, _, when)| all.or(when));
        for property in ["Definition", "DefinitionString"] {
            let definition = machine.get(property);
            if definition.set().any(|(data, ..)| data.map().is_some()) {
                waiting(machine, &definition.get("States"), &express, 0, out);
            }
        }
    }
}

/// A machine whose role may not invoke the function of a task.
fn without_right(
    world: &World,
    trigger: &Trigger,
    reported: &mut FxHashSet<(crate::source::Span, usize)>,
    out: &mut Findings,
) {
    let Some(function) = world.function(trigger.target.function) else { return };
    let Some(arn) = function.resource.names.arn.as_ref() else { return };
    let asked = match &trigger.target.qualifier {
        Some(qualifier) => {
            let mut asked = arn.clone().with(":");
            asked.append(qualifier);
            asked
        }
        None => arn.clone(),
    };
    for (role_arn, _, role_when) in trigger.holder.get("RoleArn").text().set() {
        let Some(role) = world.role_named(role_arn).and_then(|id| world.role(id)) else { continue };
        let exists = trigger.target.when.and(role_when).and(&role.resource.when);
        if role.open || world.open || !exists.is_possible() {
            continue;
        }
        let mut granted = Guard::never();
        for statement in role.statements().filter(|statement| statement.effect == Effect::Allow) {
            let action = statement.actions.open
                || statement.actions.negated
                || statement.actions.items.iter().any(|item| action_matches(&item.text, INVOKE) != Answer::No);
            let resource = statement.resources.open
                || statement.resources.negated
                || statement.resources.items.iter().any(|item| may_match(&item.text, &asked) != Answer::No);
            if action && resource {
                granted = granted.or(&statement.when);
            }
        }
        let Some(left) = super::permissions::certainly(&exists, &granted) else { continue };
        if !reported.insert((trigger.holder.span, trigger.target.function.0)) {
            continue;
        }
        let (machine, name) = (trigger.holder.called(), function.address());
        let message = format!("the role of `{machine}` may not invoke `{name}`, so {} fails", trigger.route);
        let what = match &trigger.target.qualifier {
            Some(qualifier) => format!("`{INVOKE}` on `{name}` with `:{qualifier}` after its ARN"),
            None => format!("`{INVOKE}` on `{name}`"),
        };
        out.push(
            Finding::new(Grade::ERROR, trigger.span, message)
                .label(role.resource.span, "this role")
                .when(&left)
                .related(machine)
                .related(name)
                .related(role.resource.called())
                .help(format!("allow the role {what}")),
        );
    }
}

/// A state that gives up while the function may still be at work.
fn gives_up(world: &World, trigger: &Trigger, out: &mut Findings) {
    let Some(function) = world.function(trigger.target.function) else { return };
    for (seconds, span, when) in trigger.declaration.get("TimeoutSeconds").integers().set() {
        for (timeout, timeout_span, timeout_when) in function.resource.get("Timeout").integers().set() {
            let when = when.and(timeout_when).and(&trigger.target.when);
            if timeout <= seconds || !when.is_possible() {
                continue;
            }
            let name = function.address();
            let message =
                format!("{} gives `{name}` up after {seconds} seconds, while it may run for {timeout}", trigger.route);
            out.push(
                Finding::new(Grade::NOTE, span, message)
                    .label(timeout_span, "the function's timeout")
                    .when(&when)
                    .related(trigger.holder.called())
                    .related(name)
                    .help(
                        "let the state wait longer than the function runs: what is tried again runs beside the first",
                    ),
            );
        }
    }
}

/// A task that fails when Lambda is busy for a moment.
fn without_retry(world: &World, trigger: &Trigger, out: &mut Findings) {
    let Some(function) = world.function(trigger.target.function) else { return };
    let retry = trigger.declaration.get("Retry");
    let (retriers, closed) = retry.items(false);
    let mut again = Guard::never();
    for retrier in &retriers {
        let (errors, all) = retrier.get("ErrorEquals").items(true);
        if !all || !closed {
            return;
        }
        for error in errors {
            let texts = error.literals();
            if !texts.is_exhaustive() {
                return;
            }
            for (error, _, when) in texts.set() {
                if PASSING.contains(&error.as_str()) {
                    again = again.or(when);
                }
            }
        }
    }
    if !retry.is_unset() && !closed {
        return;
    }
    let Some(left) = super::permissions::certainly(&trigger.target.when, &again) else { return };
    let name = function.address();
    let message = format!("{} fails for good when Lambda is busy for a moment", trigger.route);
    out.push(
        Finding::new(Grade::OPINION, trigger.span, message)
            .when(&left)
            .related(trigger.holder.called())
            .related(name)
            .help(
                "add a `Retry` for `Lambda.ServiceException`, `Lambda.AWSLambdaException`, `Lambda.SdkClientException` \
                 and `Lambda.TooManyRequestsException`",
            ),
    );
}

/// Tasks that wait for a job or an answer, in an express machine, which does not.
fn waiting(machine: &Resource, states: &Value<&Data>, express: &Guard, depth: usize, out: &mut Findings) {
    if depth > MAX_DEPTH {
        return;
    }
    for (entry, state) in states.entries().0 {
        for (text, span, when) in state.get("Resource").text().set() {
            let when = when.and(express);
            let Some(pattern) = pattern_of(text).filter(|_| when.is_possible()) else { continue };
            let name = machine.called();
            let message =
                format!("Step Functions refuses `{name}`: an express machine does not wait (state `{}`)", entry.key);
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .here(format!("`{pattern}` waits"))
                    .label(machine.get("StateMachineType").span(), "express")
                    .when(&when)
                    .related(name)
                    .help("make the machine a standard one, or call the task without waiting"),
            );
        }
        for branch in state.get("Branches").items(false).0 {
            waiting(machine, &branch.get("States"), express, depth + 1, out);
        }
        for inner in ["Iterator", "ItemProcessor"] {
            let processor = state.get(inner);
            let kind = processor.get("ProcessorConfig.ExecutionType").literals();
            let inside = kind.set().filter(|(kind, ..)| *kind == "EXPRESS");
            let inside = inside.fold(express.clone(), |all, (_, _, when)| all.or(when));
            waiting(machine, &processor.get("States"), &inside, depth + 1, out);
        }
    }
}

/// The integration pattern that waits, if the resource has one.
fn pattern_of(text: &Text) -> Option<&'static str> {
    let last = text.literal_parts().last().filter(|_| text.known_prefix().starts_with("arn:"))?;
    let integration = last.rsplit_once(":states:::").map_or(last, |(_, integration)| integration);
    [".waitForTaskToken", ".sync:2", ".sync"].into_iter().find(|pattern| integration.ends_with(pattern))
}
