//! The network as a template declares it: subnets, security groups, route tables and what serves a VPC.
//!
//! What is not declared beside the function is not known. A template sees all of a network only where the VPC itself
//! is its own and nobody else can add to it; the questions here that ask whether something is missing say so.

mod firewall;
mod routes;

pub use firewall::Firewall;
pub use routes::{DeadEnd, Routes};

use super::{Resource, World};
use crate::source::SourceId;
use crate::value::{Data, Guard, SymbolKind, Text, Value};
use rustc_hash::FxHashSet;

/// The resource of a type that a text names: by `Ref`, ARN, physical name or any of its attributes
/// (`!GetAtt Vpc.VpcId`). `beside` is the resource that holds the text.
#[must_use]
pub fn declared<'a>(world: &World<'a>, beside: &Resource, kind: &str, text: &Text) -> Option<&'a Resource> {
    if let Some(found) = world.resource_named(kind, text) {
        return Some(found);
    }
    let symbol = text.as_symbol().filter(|symbol| symbol.scope == beside.source)?;
    if !matches!(symbol.kind, SymbolKind::Name | SymbolKind::Attribute) {
        return None;
    }
    let name = symbol.name.split('.').next()?;
    world.resource(beside, name).filter(|found| found.is(kind))
}

/// The items of a list that is written in the template, and in which deployments each is there. A list that comes from
/// a parameter has none: a deployment can give any other.
#[derive(Debug)]
pub struct Listed<'a> {
    /// The items, each case under its own guard.
    pub items: Vec<Value<&'a Data>>,
    /// Whether there may be other items.
    pub open: bool,
    /// The deployments in which it is this list.
    pub when: Guard,
}

/// The lists that a property can be, one for each case; empty where that is not known for certain.
#[must_use]
pub fn lists<'a>(value: &Value<&'a Data>) -> Vec<Listed<'a>> {
    if !value.is_exhaustive() {
        return Vec::new();
    }
    let cases = value.set().filter_map(|(data, _, when)| data.list().map(|list| (list, when)));
    cases
        .map(|(list, when)| Listed {
            items: list.items.iter().map(|item| item.borrow().within(when)).collect(),
            open: list.open,
            when: when.clone(),
        })
        .collect()
}

/// The deployments in which a list certainly has something in it.
#[must_use]
pub fn filled(value: &Value<&Data>) -> Guard {
    let mut out = Guard::never();
    for list in lists(value) {
        for item in &list.items {
            for (text, _, when) in item.text().set() {
                if !text.is_empty() {
                    out = out.or(when);
                }
            }
        }
    }
    out
}

/// The deployments in which a function is in a VPC, as far as its `VpcConfig` shows it. A list that comes from a parameter or from
/// another stack has something in it, unless its default is empty.
#[must_use]
pub fn inside(function: &Resource) -> Guard {
    let subnets = function.get("VpcConfig.SubnetIds");
    if subnets.is_exhaustive() {
        return filled(&subnets);
    }
    let config = function.get("VpcConfig");
    let has_list = |data: &&Data| data.map().is_some_and(|map| map.get("SubnetIds").is_some());
    let written =
        config.set().filter(|(data, ..)| has_list(data)).fold(Guard::never(), |all, (_, _, when)| all.or(when));
    let is_empty = |data: &&Data| {
        data.list().is_some_and(|list| {
            let blank = |text: Option<&&Text>| text.is_none_or(|text| text.is_empty());
            !list.open && list.items.iter().all(|item| item.borrow().text().every(blank))
        })
    };
    let nothing =
        subnets.set().filter(|(data, ..)| is_empty(data)).fold(subnets.unset_when(), |all, (_, _, when)| all.or(when));
    written.and(&nothing.not())
}

/// The deployments in which a list is certainly not set, or has nothing in it.
#[must_use]
pub fn empty(value: &Value<&Data>) -> Guard {
    let mut out = value.unset_when();
    for list in lists(value).into_iter().filter(|list| !list.open) {
        out = list.items.iter().fold(list.when, |when, item| when.and(&item.unset_when())).or(&out);
    }
    out
}

/// What the outputs of the templates name: another stack may use it, and add to it.
#[must_use]
pub fn given_out<'a>(world: &World<'a>) -> FxHashSet<(SourceId, &'a str)> {
    let mut out = FxHashSet::default();
    for unit in &world.units {
        for output in &unit.ties.outputs {
            collect_names(unit.source, &output.value, &mut out, 0);
        }
    }
    out
}

/// Outputs are texts, or lists that are joined.
const OUTPUT_DEPTH: usize = 4;

fn collect_names<'a>(source: SourceId, value: &'a Value<Data>, out: &mut FxHashSet<(SourceId, &'a str)>, depth: usize) {
    for (data, _, _) in value.set() {
        match data {
            Data::Text(text) => {
                let names = text.symbols().filter_map(|symbol| symbol.name.split('.').next());
                out.extend(names.map(|name| (source, name)));
            }
            Data::List(list) if depth < OUTPUT_DEPTH => {
                for item in &list.items {
                    collect_names(source, item, out, depth + 1);
                }
            }
            Data::List(_) | Data::Map(_) => {}
        }
    }
}
