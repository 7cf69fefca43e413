//! Where a world names runtimes: what the rules about them look at.

use crate::engine::Finding;
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::FxHashMap;
use std::fmt::Write as _;

/// A place where a runtime is named. Several functions can share it: SAM's globals, a parameter, a mapping.
pub(super) struct Use<'a> {
    /// The identifier, as it is written.
    pub(super) id: String,
    /// Where.
    pub(super) span: Span,
    /// In which deployments.
    pub(super) when: Guard,
    /// The functions or layers that have it.
    pub(super) users: Vec<&'a Resource>,
    /// Whether they are layers, which only say that they work with the runtime.
    pub(super) by_layers: bool,
}

impl Use<'_> {
    /// The users in words: "`A`", "`A` and `B`", "`A` and 3 others".
    pub(super) fn subject(&self) -> String {
        let mut out = String::new();
        match self.users.as_slice() {
            [] => {}
            [one] => {
                let _ = write!(out, "`{}`", one.address);
            }
            [one, two] => {
                let _ = write!(out, "`{}` and `{}`", one.address, two.address);
            }
            [first, rest @ ..] => {
                let _ = write!(out, "`{}` and {} others", first.address, rest.len());
            }
        }
        out
    }

    /// The ending of a verb that says what the users do.
    pub(super) fn ending(&self) -> &'static str {
        if self.users.len() == 1 { "s" } else { "" }
    }

    /// Names the users in a finding about this use, and labels the first ones that stand elsewhere.
    pub(super) fn tell(&self, mut finding: Finding) -> Finding {
        const LABELS: usize = 3;
        let mut labels = 0;
        for user in &self.users {
            finding = finding.related(&user.address);
            if labels < LABELS && !user.body.contains(self.span) && user.span != self.span {
                finding = finding.label(user.span, if self.by_layers { "for this layer" } else { "for this function" });
                labels += 1;
            }
        }
        finding.when(&self.when)
    }
}

/// All uses, in the order of the resources.
pub(super) fn uses<'a>(world: &World<'a>) -> Vec<Use<'a>> {
    let mut out = Vec::new();
    let mut known: FxHashMap<(Span, String), usize> = FxHashMap::default();
    let mut add = |resource: &'a Resource, id: &str, span: Span, when: &Guard, by_layers: bool| {
        if let Some(old) = known.get(&(span, id.to_owned())).and_then(|&index: &usize| out.get_mut(index)) {
            let old: &mut Use<'a> = old;
            old.when = old.when.or(when);
            if !old.users.iter().rev().take(1).any(|user| std::ptr::eq(*user, resource)) {
                old.users.push(resource);
            }
        } else {
            known.insert((span, id.to_owned()), out.len());
            out.push(Use { id: id.to_owned(), span, when: when.clone(), users: vec![resource], by_layers });
        }
    };
    for function in world.of_kind("AWS::Lambda::Function") {
        // An image has no runtime; one that is set all the same is another rule's finding.
        if function.get("PackageType").literals().every(|kind| kind.is_some_and(|kind| kind == "Image")) {
            continue;
        }
        for (id, span, when) in function.get("Runtime").literals().set() {
            add(function, id, span, when, false);
        }
    }
    for layer in world.of_kind("AWS::Lambda::LayerVersion") {
        let (items, _) = layer.get("CompatibleRuntimes").items(false);
        for item in items {
            for (id, span, when) in item.literals().set() {
                add(layer, id, span, when, true);
            }
        }
    }
    out
}
