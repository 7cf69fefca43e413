//! The environment variables of functions.

use crate::model::{Resource, World};
use crate::value::{Data, Entry, Guard};

/// The variables of a function, each with the deployments that have it.
pub(super) fn variables(function: &Resource) -> Vec<(&Entry, Guard)> {
    let mut out = Vec::new();
    for (data, _, when) in function.properties.get("Environment.Variables").set() {
        let Data::Map(map) = *data else { continue };
        let when = when.and(&function.when);
        for entry in &map.entries {
            let set = entry.value.set().fold(Guard::never(), |set, (_, _, case)| set.or(case));
            let when = if entry.value.is_exhaustive() { when.and(&set) } else { when.clone() };
            if when.is_possible() {
                out.push((entry, when));
            }
        }
    }
    out
}

/// The values that a variable certainly has: written, or the default of a parameter.
pub(super) fn values<'a>(
    entry: &'a Entry,
    when: &'a Guard,
) -> impl Iterator<Item = (String, crate::source::Span, Guard)> + 'a {
    let literals = entry.value.borrow().literals();
    literals.into_cases().into_iter().filter_map(|case| {
        let when = when.and(&case.when);
        case.value.filter(|_| when.is_possible() && !when.is_rounded()).map(|value| (value, case.span, when))
    })
}

/// The functions, with the resource of each.
pub(super) fn functions<'a>(world: &World<'a>) -> impl Iterator<Item = &'a Resource> {
    world.application.functions.iter().map(|function| function.resource)
}
