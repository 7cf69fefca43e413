//! The security groups of a template, and whom each lets in.

use super::{declared, given_out};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Value};
use rustc_hash::FxHashMap;

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
    /// Rules that let in everybody, whatever the address: where they name it.
    everybody: Vec<Span>,
    /// Whether it certainly lets nothing out.
    shut: bool,
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
            gate.shut = !hidden && !given_out.contains(&(group.source, &*group.address)) && lets_nothing_out(group);
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
        for rule in world.of_kind("AWS::EC2::SecurityGroupEgress") {
            let ids = rule.get("GroupId").text();
            for (id, _, _) in ids.set() {
                let group = declared(world, rule, GROUP, id);
                if let Some(gate) = group.and_then(|group| firewall.groups.get_mut(&group.span)) {
                    gate.shut = false;
                }
            }
        }
        firewall
    }

    /// Whether nothing gets out of a group.
    #[must_use]
    pub fn is_shut(&self, group: &Resource) -> bool {
        self.groups.get(&group.span).is_some_and(|gate| gate.shut)
    }

    /// Where rules of a group let in everybody.
    #[must_use]
    pub fn everybody(&self, group: &Resource) -> &[Span] {
        self.groups.get(&group.span).map(|gate| gate.everybody.as_slice()).unwrap_or_default()
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
        for block in ["CidrIp", "CidrIpv6"] {
            let addresses = rule.get(block).literals();
            let all = addresses.set().filter(|(address, ..)| matches!(address.as_str(), "0.0.0.0/0" | "::/0"));
            self.everybody.extend(all.map(|(_, span, _)| span));
        }
        for (id, span, _) in ids.set() {
            match declared(world, holder, GROUP, id) {
                Some(group) => self.groups.push((group, span)),
                None => self.others = true,
            }
        }
    }
}

/// Whether the rules of a group for what goes out are all about addresses that nobody has. Without rules everything goes out;
/// people and the CDK write such a rule to take that away.
fn lets_nothing_out(group: &Resource) -> bool {
    let (rules, closed) = group.get("SecurityGroupEgress").items(false);
    let nowhere = |address: Option<&String>| {
        address.is_some_and(|address| matches!(address.as_str(), "127.0.0.1/32" | "255.255.255.255/32" | "::1/128"))
    };
    closed
        && !rules.is_empty()
        && rules.iter().all(|rule| {
            ["CidrIp", "CidrIpv6"].iter().any(|block| rule.get(block).literals().every(nowhere))
                && rule.get("DestinationSecurityGroupId").is_unset()
        })
}
