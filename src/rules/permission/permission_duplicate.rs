//! `permission-duplicate`: see `rules/permission/permission-duplicate.md`.

use super::permissions::{function_name, with_parties};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{FunctionId, Permission, World};
use crate::value::{Text, Value};
use rustc_hash::FxHashMap;

/// How many equal permissions one is compared with.
const MAX_EQUALS: usize = 16;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut seen: FxHashMap<Key, Vec<&Permission>> = FxHashMap::default();
    for permission in &world.application.permissions {
        let Some(key) = key(permission) else { continue };
        let equals = seen.entry(key).or_default();
        let other = equals.iter().take(MAX_EQUALS).find_map(|other| {
            let written = permission.resource.origin.is_written() || other.resource.origin.is_written();
            let both = permission.resource.when.and(&other.resource.when);
            (written && both.is_possible() && !both.is_rounded() && permission.body != other.body)
                .then_some((*other, both))
        });
        if let Some((other, both)) = other {
            // What the format makes is not the user's to take out.
            let (again, first) =
                if permission.resource.origin.is_written() { (permission, other) } else { (other, permission) };
            let function = function_name(world, again);
            let (name, same) = (&again.resource.address, &first.resource.address);
            let message = if name == same {
                format!("two statements of `{name}` let the same in to {function}")
            } else {
                format!("`{name}` lets nobody in to {function} whom `{same}` does not")
            };
            let span = if again.is_alone() { again.resource.span } else { again.body };
            let finding = Finding::new(Grade::NOTE, span, message)
                .label(if first.is_alone() { first.resource.span } else { first.body }, "says the same")
                .help("remove one of the two: a policy has room for 20 KB")
                .related(same)
                .when(&both);
            out.push(with_parties(world, again, finding));
        }
        equals.push(permission);
    }
}

/// What a permission says, where all of it is known.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    function: Option<FunctionId>,
    /// The qualifier of a function of the world, or the whole name of another.
    name: Option<Text>,
    rest: Vec<Text>,
}

fn key(permission: &Permission) -> Option<Key> {
    let (function, name) = match permission.functions.as_slice() {
        [target] if permission.functions_known => (Some(target.function), target.qualifier.clone()),
        [] => (None, Some(permission.subject().only()?.canonical())),
        _ => return None,
    };
    let rest = [
        &permission.action,
        &permission.principal,
        &permission.source_arn,
        &permission.source_account,
        &permission.organization,
        &permission.url_auth_type,
        &permission.via_url,
        &permission.token,
    ];
    let rest = rest.into_iter().map(|value| known(value)).collect::<Option<Vec<_>>>()?;
    Some(Key { function, name, rest })
}

/// The one thing that a value is. What is not set is the empty text, which none of them may be.
fn known(value: &Value<&Text>) -> Option<Text> {
    match value.cases() {
        [case] if value.is_exhaustive() => Some(case.value.map(Text::canonical).unwrap_or_default()),
        _ => None,
    }
}
