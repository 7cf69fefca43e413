//! `env-reserved-name`: see `rules/environment/env-reserved-name.md`.

use super::places::Places;
use super::variables::{functions, variables};
use crate::data::environment::{RESERVED_VARIABLES, is_variable_name};
use crate::engine::{Applicability, Finding, Findings, Fix, Grade};
use crate::fix;
use crate::model::World;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut places = Places::default();
    let mut names: FxHashMap<_, &Arc<str>> = FxHashMap::default();
    let mut taken: FxHashSet<&Arc<str>> = FxHashSet::default();
    for function in functions(world) {
        for (entry, when) in variables(function) {
            taken.insert(&entry.key);
            if RESERVED_VARIABLES.contains(&&*entry.key) || !is_variable_name(&entry.key) {
                places.add(entry.key_span, &when, function);
                names.insert(entry.key_span, &entry.key);
            }
        }
    }
    for place in places.into_vec() {
        let Some(name) = names.get(&place.span).copied() else { continue };
        let subject = place.subject();
        let (message, help) = if RESERVED_VARIABLES.contains(&&**name) {
            let message = format!("Lambda refuses {subject}: `{name}` is a variable that it sets itself");
            (message, "leave it out, or give it another name in the template and in the code")
        } else {
            let message = format!("Lambda refuses {subject}: `{name}` cannot be the name of an environment variable");
            (message, "begin with a letter, and use letters, digits and `_`, two characters at least")
        };
        let mut finding = place.tell(Finding::new(Grade::ERROR, place.span, message).help(help));
        let other = other_name(name);
        if is_variable_name(&other)
            && !taken.contains(&Arc::from(&*other))
            && !RESERVED_VARIABLES.contains(&other.as_str())
            && let Some(edit) = fix::key(world, place.span, &other)
        {
            finding = finding.fix(Fix {
                title: format!("Call it `{other}`; the code has to read that"),
                applicability: Applicability::Unsafe,
                edits: vec![edit],
            });
        }
        out.push(finding);
    }
}

/// A name like it that Lambda takes.
fn other_name(name: &str) -> String {
    let bare: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    format!("APP_{}", bare.trim_matches('_'))
}
