//! What the rules about resource-based policies share.

use crate::engine::Finding;
use crate::model::{Permission, World};
use crate::value::{Answer, Guard, Text, Value};

/// The deployments in which a permission is limited neither to an account nor to an organization.
pub(super) fn without_owner(permission: &Permission) -> Guard {
    permission.source_account.unset_when().and(&permission.organization.unset_when())
}

/// The deployments in which a value is something for which `test` does not certainly say No; all that it can
/// be beside its known cases counts.
pub(super) fn may_be(value: &Value<&Text>, mut test: impl FnMut(&Text) -> Answer) -> Guard {
    if !value.is_exhaustive() {
        return Guard::always();
    }
    value.set().filter(|(text, ..)| !test(text).is_no()).fold(Guard::never(), |guard, (_, _, when)| guard.or(when))
}

/// Where `guard` holds and `except` does not, if that is sure to be somewhere.
pub(super) fn certainly(guard: &Guard, except: &Guard) -> Option<Guard> {
    let left = guard.and(&except.not());
    (left.is_possible() && !left.is_rounded()).then_some(left)
}

/// How a permission's function is called in a message: `` `Resize` ``, or words where it is none of the template's.
pub(super) fn function_name(world: &World, permission: &Permission) -> String {
    match permission.functions.first().and_then(|target| world.function(target.function)) {
        Some(function) => format!("`{}`", function.address()),
        None => "the function".to_owned(),
    }
}

/// Names the permission and its functions in a finding and points at the function.
pub(super) fn with_parties(world: &World, permission: &Permission, mut finding: Finding) -> Finding {
    finding = finding.related(&permission.resource.address);
    for (index, target) in permission.functions.iter().enumerate() {
        let Some(function) = world.function(target.function) else { continue };
        finding = finding.related(function.address());
        if index == 0 && function.resource.span != finding.primary.span {
            finding = finding.label(function.resource.span, "this function");
        }
    }
    finding
}

/// What a statement's action lets somebody do with the function, in words before its name.
pub(super) fn verb(permission: &Permission) -> String {
    let actions: Vec<&str> = permission.action.set().filter_map(|(action, ..)| action.as_literal()).collect();
    match actions.as_slice() {
        ["lambda:InvokeFunction"] | [] => "invoke".to_owned(),
        ["lambda:InvokeFunctionUrl"] => "call the URL of".to_owned(),
        ["*" | "lambda:*"] => "do anything with".to_owned(),
        [action] => format!("`{action}` on"),
        _ => "invoke".to_owned(),
    }
}
