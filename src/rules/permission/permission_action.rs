//! `permission-action`: see `rules/permission/permission-action.md`.

use super::permissions::{function_name, with_parties};
use super::principal::{Who, who};
use crate::data::iam_actions::{self, AccessLevel};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Permission, World};
use crate::source::Span;
use crate::value::Guard;

/// What an action of a resource-based policy lets somebody do.
enum Lets {
    /// A pattern that takes in changes too.
    Everything,
    /// One call that changes the function or who may use it.
    Change,
    /// The call before `Invoke` that nothing makes any more.
    Nothing,
}

pub(super) fn check(world: &World, out: &mut Findings) {
    for permission in &world.application.permissions {
        if !permission.resource.origin.is_written() {
            continue;
        }
        for (action, span, when) in permission.action.set() {
            let Some((action, lets)) = action.as_literal().and_then(|action| Some((action, lets(action)?))) else {
                continue;
            };
            match lets {
                Lets::Nothing => nothing(world, permission, (action, span, when), out),
                Lets::Everything => wide(world, permission, (action, span, when), true, out),
                Lets::Change => wide(world, permission, (action, span, when), false, out),
            }
        }
    }
}

fn lets(action: &str) -> Option<Lets> {
    if action.eq_ignore_ascii_case("lambda:InvokeAsync") {
        return Some(Lets::Nothing);
    }
    let changes = |action: &iam_actions::Action| {
        action.service == "lambda"
            && matches!(action.level, AccessLevel::Write | AccessLevel::Permissions | AccessLevel::Tagging)
            && !action.name.starts_with("Invoke")
    };
    if action.contains(['*', '?']) {
        let pattern = if action == "*" { "lambda:*" } else { action };
        return iam_actions::matching(pattern).any(|action| changes(&action)).then_some(Lets::Everything);
    }
    iam_actions::action(action).is_some_and(|action| changes(&action)).then_some(Lets::Change)
}

fn wide(
    world: &World,
    permission: &Permission,
    (action, span, when): (&str, Span, &Guard),
    everything: bool,
    out: &mut Findings,
) {
    for (principal, principal_span, principal_when) in permission.principal.set() {
        let whom = match who(world, permission, principal) {
            Who::Everybody => "everybody".to_owned(),
            Who::Service if everything => format!("`{principal}`"),
            Who::Other(account) if *principal == &crate::value::Text::literal(account.as_str()) => {
                format!("account {account}")
            }
            Who::Other(_) => format!("`{principal}`"),
            Who::Service | Who::Own | Who::Unknown => continue,
        };
        let both = when.and(principal_when);
        if !both.is_possible() {
            continue;
        }
        let function = function_name(world, permission);
        let message = if everything {
            format!("`{action}` lets {whom} change and delete {function} too, not just invoke it")
        } else {
            format!("`{action}` lets {whom} change {function} or who may use it")
        };
        let finding = Finding::new(Grade::WARNING, span, message)
            .label(principal_span, "who is let in")
            .help("use `Action: lambda:InvokeFunction`, and a role that others assume for what goes beyond")
            .cause(permission.body)
            .when(&both);
        out.push(with_parties(world, permission, finding));
    }
}

fn nothing(world: &World, permission: &Permission, (action, span, when): (&str, Span, &Guard), out: &mut Findings) {
    let function = function_name(world, permission);
    let message = format!("`{action}` is for a call that is deprecated: services and SDKs invoke {function} otherwise");
    let finding = Finding::new(Grade::WARNING, span, message)
        .help("use `Action: lambda:InvokeFunction`, which covers asynchronous invocations too")
        .when(when);
    out.push(with_parties(world, permission, finding));
}
