//! `x86-architecture`: see `rules/runtime/x86-architecture.md`.

use super::layers::{all_of, layers};
use super::packaging::zip;
use super::places::Places;
use crate::data::runtimes::runtime;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, TriggerKind, World};
use crate::source::Span;
use crate::value::Guard;

const ARM: &str = "arm64";

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut places = Places::default();
    let edge: Vec<_> = world.application.triggers.iter().filter(|trigger| trigger.kind == TriggerKind::Edge).collect();
    for function in &world.application.functions {
        if edge.iter().any(|trigger| trigger.target.function == function.id) {
            continue;
        }
        let function = function.resource;
        let could = could_be_arm(world, function);
        if !could.is_possible() {
            continue;
        }
        for (span, when) in x86(function) {
            places.add(span, &when.and(&could), function);
        }
    }
    for place in places.into_vec() {
        let message = format!("{} run{} on x86_64, which costs more than arm64", place.subject(), place.verb("s", ""));
        let finding = Finding::new(Grade::OPINION, place.span, message)
            .help("set `Architectures: [arm64]` where its libraries are built for that, too");
        out.push(place.tell(finding));
    }
}

/// Where it is on x86, and where that is said.
fn x86(function: &Resource) -> Vec<(Span, Guard)> {
    let value = function.get("Architectures");
    let mut out: Vec<(Span, Guard)> = Vec::new();
    for item in value.items(false).0 {
        out.extend(
            item.literals().set().filter(|(it, ..)| *it == "x86_64").map(|(_, span, when)| (span, when.clone())),
        );
    }
    let unset = value.unset_when();
    if unset.is_possible() {
        out.push((function.span, unset));
    }
    out
}

/// Where its runtime and all its layers are known to be made for arm64 as well.
fn could_be_arm(world: &World, function: &Resource) -> Guard {
    let runs = function.get("Runtime").literals();
    let runs = runs
        .set()
        .filter(|(id, ..)| runtime(id).is_some_and(|known| known.arch.contains(&ARM)))
        .fold(Guard::never(), |all, (_, _, when)| all.or(when));
    let list = function.get("Layers");
    if !list.is_unset() {
        let named = layers(world, function);
        let fits = |layer: &Resource| {
            all_of(&layer.get("CompatibleArchitectures")).is_some_and(|made_for| made_for.iter().any(|it| it == ARM))
        };
        let items = list.items(false).0.len();
        if named.len() < items || !named.iter().all(|named| named.declared.is_some_and(fits)) {
            return Guard::never();
        }
    }
    runs.and(&zip(function))
}
