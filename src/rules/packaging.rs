//! How functions are packaged, and other questions about settings that either are there or not.

use crate::model::Resource;
use crate::source::Span;
use crate::value::{Data, Guard, Value};

/// The deployments in which a function certainly is a container image.
pub(super) fn image(function: &Resource) -> Guard {
    let kinds = function.get("PackageType").literals();
    kinds.set().filter(|(kind, ..)| *kind == "Image").fold(Guard::never(), |all, (_, _, when)| all.or(when))
}

/// The deployments in which a function certainly is an archive, which it is by default.
pub(super) fn zip(function: &Resource) -> Guard {
    let kinds = function.get("PackageType").literals();
    kinds.set().filter(|(kind, ..)| *kind == "Zip").fold(kinds.unset_when(), |all, (_, _, when)| all.or(when))
}

/// The deployments in which something certainly is set, and where it is. Empty lists and maps are nothing.
pub(super) fn set_where(value: &Value<&Data>) -> Option<(Span, Guard)> {
    let mut span = None;
    let mut guard = Guard::never();
    for (data, at, when) in value.set() {
        let empty = match data {
            Data::Text(text) => text.is_empty(),
            Data::Map(map) => map.entries.is_empty(),
            Data::List(list) => {
                list.items.iter().all(|item| item.unset_when().is_possible() || item.cases().is_empty())
            }
        };
        if !empty {
            span.get_or_insert(at);
            guard = guard.or(when);
        }
    }
    span.map(|span| (span, guard)).filter(|(_, guard)| guard.is_possible() && !guard.is_rounded())
}

/// The deployments in which a property certainly has one of the values that `wanted` knows, with the first place.
pub(super) fn word_where(
    value: &Value<&Data>,
    wanted: impl Fn(&str) -> bool,
) -> impl Iterator<Item = (String, Span, Guard)> {
    let found: Vec<_> = value
        .literals()
        .set()
        .filter(|(word, _, when)| wanted(word) && !when.is_rounded())
        .map(|(word, span, when)| (word.clone(), span, when.clone()))
        .collect();
    found.into_iter()
}
