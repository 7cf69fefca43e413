//! `Fn::ForEach` in `Resources`: the loops of the language extensions, unrolled where the list is known.

use super::template::{Declared, Template};
use crate::syntax::NodeId;
use crate::value::{Data, Text, Value};
use std::sync::Arc;

/// Loops may nest this deep.
const MAX_DEPTH: usize = 5;
/// A loop is unrolled to at most so many rounds.
const MAX_ROUNDS: usize = 100;

/// Adds the resources of a section's map, loops unrolled, to the template.
pub(super) fn declare_all(template: &mut Template, section: NodeId) {
    let mut found = Vec::new();
    collect(template, section, 0, &mut found);
    for declared in found {
        template.declare(declared);
    }
}

fn collect(template: &Template, section: NodeId, depth: usize, out: &mut Vec<Declared>) {
    let document = template.document;
    for entry in document.entries(section) {
        let Some(key) = document.text(entry.key) else { continue };
        if key == "Fn::Transform" {
            template.open.set(true);
        } else if key.starts_with("Fn::ForEach::") {
            unroll(template, entry.value, depth, out);
        } else {
            let kind = document.get(entry.value, "Type").and_then(|kind| document.text(kind)).unwrap_or_default();
            out.push(Declared {
                id: Arc::from(template.bound_name(key)),
                key: entry.key,
                node: entry.value,
                kind: Arc::from(kind),
                bindings: template.bindings.borrow().clone(),
            });
        }
    }
}

/// `[variable, collection, {template}]`.
fn unroll(template: &Template, node: NodeId, depth: usize, out: &mut Vec<Declared>) {
    let document = template.document;
    let [variable, collection, body] = document.items(node) else {
        template.open.set(true);
        return;
    };
    let Some(variable) = document.text(*variable) else { return template.open.set(true) };
    let rounds = literal_items(&template.evaluate(*collection, 0));
    // Another deployment may give another list; what is seen is linted, what is missing may be there.
    let (Some(rounds), true) = (rounds, depth < MAX_DEPTH) else { return template.open.set(true) };
    for round in rounds.into_iter().take(MAX_ROUNDS) {
        template.bindings.borrow_mut().push((variable.into(), round));
        collect(template, *body, depth + 1, out);
        template.bindings.borrow_mut().pop();
    }
}

/// The items of a list that is known.
fn literal_items(value: &Value<Data>) -> Option<Vec<Text>> {
    let Some(Data::List(list)) = value.only() else { return None };
    if list.open {
        return None;
    }
    list.items.iter().map(|item| item.borrow().text().only().map(|text| (*text).clone())).collect()
}
