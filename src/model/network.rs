//! The network as a template declares it: subnets, security groups, route tables and what serves a VPC.
//!
//! What is not declared beside the function is not known. A template sees all of a network only where the VPC itself
//! is its own and nobody else can add to it; the questions here that ask whether something is missing say so.

use super::{Resource, World};
use crate::source::{SourceId, Span};
use crate::value::{Data, Guard, Piece, SymbolKind, Text, Value};
use rustc_hash::{FxHashMap, FxHashSet};

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

/// The deployments in which a list is certainly not set, or has nothing in it.
#[must_use]
pub fn empty(value: &Value<&Data>) -> Guard {
    let mut out = value.unset_when();
    for list in lists(value).into_iter().filter(|list| !list.open) {
        out = list.items.iter().fold(list.when, |when, item| when.and(&item.unset_when())).or(&out);
    }
    out
}

/// The security groups that a template declares, and whom each lets in.
#[derive(Debug)]
pub struct Firewall<'a> {
    groups: FxHashMap<Span, Gate<'a>>,
}

/// Whom a security group lets in.
#[derive(Debug, Default)]
struct Gate<'a> {
    /// Security groups of the template, each where a rule names it.
    groups: Vec<(&'a Resource, Span)>,
    /// Whether somebody else is, or may be, let in too: addresses, groups that are not declared, rules that are not seen.
    others: bool,
}

const GROUP: &str = "AWS::EC2::SecurityGroup";

impl<'a> Firewall<'a> {
    /// Reads the rules of all groups of a world.
    #[must_use]
    pub fn of(world: &World<'a>) -> Self {
        let given_out = given_out(world);
        let hidden = world.open || world.has_unseen_stacks();
        let mut firewall = Self { groups: FxHashMap::default() };
        for group in world.of_kind(GROUP) {
            let mut gate =
                Gate { others: hidden || given_out.contains(&(group.source, &*group.address)), ..Gate::default() };
            let (rules, closed) = group.get("SecurityGroupIngress").items(false);
            gate.others |= !closed;
            for rule in rules {
                gate.add(world, group, &rule);
            }
            firewall.groups.insert(group.span, gate);
        }
        for rule in world.of_kind("AWS::EC2::SecurityGroupIngress") {
            let ids = rule.get("GroupId").text();
            for (id, _, _) in ids.set() {
                let group = declared(world, rule, GROUP, id);
                if let Some(gate) = group.and_then(|group| firewall.groups.get_mut(&group.span)) {
                    gate.add(world, rule, &rule.properties.borrow());
                }
            }
        }
        firewall
    }

    /// Whether traffic from something in the groups `from` may reach something in the groups `to`. What addresses
    /// and ports a rule names is not looked at: any rule that is not about another group may let it in.
    #[must_use]
    pub fn may_reach(&self, from: &[&Resource], to: &[&Resource]) -> bool {
        to.iter().any(|group| {
            self.groups.get(&group.span).is_none_or(|gate| {
                gate.others
                    || gate.groups.iter().any(|(let_in, _)| from.iter().any(|group| std::ptr::eq(*group, *let_in)))
            })
        })
    }

    /// Where a rule of one of the groups `to` names one of the groups `from` as a source.
    #[must_use]
    pub fn lets_in(&self, from: &[&Resource], to: &[&Resource]) -> Option<Span> {
        let gates = to.iter().filter_map(|group| self.groups.get(&group.span));
        let mut rules = gates.flat_map(|gate| &gate.groups);
        rules.find(|(let_in, _)| from.iter().any(|group| std::ptr::eq(*group, *let_in))).map(|(_, span)| *span)
    }

    /// The groups that a list of them names, where all are declared in the template and nothing else can be among them.
    #[must_use]
    pub fn groups(world: &World<'a>, holder: &Resource, path: &str) -> Option<Vec<&'a Resource>> {
        let value = holder.get(path);
        let (items, closed) = value.items(false);
        if !closed || items.is_empty() {
            return None;
        }
        let mut out = Vec::new();
        for item in items {
            let text = item.text();
            if !text.is_exhaustive() {
                return None;
            }
            for (id, _, _) in text.set() {
                out.push(declared(world, holder, GROUP, id)?);
            }
        }
        Some(out)
    }
}

impl<'a> Gate<'a> {
    /// Adds a rule, which `holder` holds.
    fn add(&mut self, world: &World<'a>, holder: &Resource, rule: &Value<&Data>) {
        let source = rule.get("SourceSecurityGroupId");
        let ids = source.text();
        self.others |= !ids.is_exhaustive() || ids.some(|id| id.is_none());
        for (id, span, _) in ids.set() {
            match declared(world, holder, GROUP, id) {
                Some(group) => self.groups.push((group, span)),
                None => self.others = true,
            }
        }
    }
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
                for symbol in text.pieces() {
                    if let Piece::Symbol(symbol) = symbol
                        && let Some(name) = symbol.name.split('.').next()
                    {
                        out.insert((source, name));
                    }
                }
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
