//! `vpc-eni-spread`: see `rules/network/vpc-eni-spread.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::network::lists;
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Guard, Text, Value};
use rustc_hash::FxHashSet;

/// As many different sets of security groups are told.
const SETS: usize = 4;
/// How many functions are pointed at.
const LABELS: usize = 4;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut pairs: FxHashSet<(Text, Vec<Text>)> = FxHashSet::default();
    let mut subnets_of_all: FxHashSet<Text> = FxHashSet::default();
    // The first function with each set.
    let mut sets: Vec<(Vec<Text>, &Resource, Span)> = Vec::new();
    let mut known: FxHashSet<Vec<Text>> = FxHashSet::default();
    let mut functions = 0;
    let mut when = Guard::always();
    for function in &world.application.functions {
        let function = function.resource;
        let groups = function.get("VpcConfig.SecurityGroupIds");
        let Some(subnets) = texts(&function.get("VpcConfig.SubnetIds")) else { continue };
        let Some(mut set) = texts(&groups) else { continue };
        // Functions that are never there together share nothing and need nothing each.
        let both = when.and(&function.when);
        if !both.is_possible() || both.is_rounded() {
            continue;
        }
        when = both;
        set.sort_by_cached_key(ToString::to_string);
        set.dedup();
        functions += 1;
        for subnet in subnets {
            subnets_of_all.insert(subnet.clone());
            pairs.insert((subnet, set.clone()));
        }
        if known.insert(set.clone()) {
            sets.push((set, function, groups.span()));
        }
    }
    let Some((_, first, span)) = sets.first().filter(|_| sets.len() >= SETS) else { return };
    let message = format!(
        "Lambda makes {} network interfaces for {functions} functions with {} sets of security groups, where {} would do",
        pairs.len(),
        sets.len(),
        subnets_of_all.len()
    );
    let mut finding = Finding::new(Grade::OPINION, *span, message)
        .when(&when)
        .related(first.called())
        .help("give functions that may reach the same things the same subnets and security groups");
    for (_, function, span) in sets.iter().skip(1).take(LABELS) {
        finding = finding.label(*span, format!("another set, of `{}`", function.called())).related(function.called());
    }
    out.push(finding);
}

/// The items of a list that is known in full; `None` for other lists and empty ones.
fn texts(value: &Value<&Data>) -> Option<Vec<Text>> {
    value.only()?;
    let lists = lists(value);
    let list = lists.first().filter(|list| !list.open && !list.items.is_empty())?;
    list.items.iter().map(|item| item.text().only().map(|text| (*text).clone())).collect()
}
