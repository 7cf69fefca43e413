//! What the functions' roles let them write.
//!
//! Asking every role about every port would be slow in a large application, so a role's statements are sorted first: a statement
//! that names resources is asked about those alone, one with a wildcard about all of their kind.

use super::port::{INSERT, MODIFY, REMOVE};
use super::{Channel, Edge, EdgeKind, EventFlow, NodeId, NodeKind, PortId, Sureness, Takes, bucket};
use crate::iam::{Effect, Elements, Grant, Statement, action_matches, grant::grants};
use crate::model::{Role, World};
use crate::source::Span;
use crate::value::{Answer, Piece, Text};
use rustc_hash::FxHashMap;

/// The actions that put something into a channel, and what some of them do to a table's items (0: anything).
///
/// Source: the actions of each service in the service authorization reference, retrieved 2026-11-22. Sending in batches and
/// transactions need the rights for single items.
fn writes(channel: Channel) -> &'static [(&'static str, u8)] {
    match channel {
        Channel::Queue => &[("sqs:SendMessage", 0), ("sqs:StartMessageMoveTask", 0)],
        Channel::Topic => &[("sns:Publish", 0)],
        Channel::Table => &[
            ("dynamodb:PutItem", INSERT | MODIFY),
            ("dynamodb:UpdateItem", INSERT | MODIFY),
            ("dynamodb:DeleteItem", REMOVE),
            ("dynamodb:BatchWriteItem", INSERT | MODIFY | REMOVE),
            ("dynamodb:PartiQLInsert", INSERT),
            ("dynamodb:PartiQLUpdate", MODIFY),
            ("dynamodb:PartiQLDelete", REMOVE),
        ],
        Channel::Stream => &[("kinesis:PutRecord", 0), ("kinesis:PutRecords", 0)],
        Channel::Bus => &[("events:PutEvents", 0)],
        Channel::Bucket => &[("s3:PutObject", 0), ("s3:DeleteObject", 0)],
        Channel::LogGroup => &[],
    }
}

/// The actions that can bring about what a port takes, each with what a message says of it.
fn actions(channel: Channel, takes: &Takes) -> Vec<(&'static str, &'static str)> {
    match takes {
        Takes::Objects { events, .. } => bucket::causes(*events).collect(),
        Takes::Events { puttable: false, .. } => Vec::new(),
        _ => writes(channel)
            .iter()
            .filter(|(_, changes)| match takes {
                Takes::Changes(taken) => changes & taken != 0,
                _ => true,
            })
            .map(|(action, _)| (*action, "writes to"))
            .collect(),
    }
}

/// For each function and channel, where it is written that the function's results or failed events go there.
type Destinations = FxHashMap<(NodeId, NodeId), Vec<Span>>;

/// A right to reach a port.
struct Right<'a> {
    port: PortId,
    grant: Grant<'a>,
    action: &'static str,
    verb: &'static str,
    sureness: Sureness,
}

pub(super) fn writes_of(world: &World, flow: &mut EventFlow, pairs: &mut usize) {
    let mut kinds: FxHashMap<Channel, Vec<PortId>> = FxHashMap::default();
    for (index, node) in flow.nodes.iter().enumerate() {
        if let NodeKind::Channel(channel) = node.kind {
            kinds.entry(channel).or_default().extend(flow.ports_of(NodeId(index)));
        }
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_unstable();
    // What functions send their results and failed events to: the right to send them there serves that.
    let mut destinations: Destinations = FxHashMap::default();
    for edge in flow.edges.iter().filter(|edge| matches!(edge.kind, EdgeKind::Success | EdgeKind::Failure)) {
        destinations.entry((edge.from, edge.to)).or_default().push(edge.span);
    }
    let mut edges = Vec::new();
    for role in world.application.roles.iter().filter(|role| !role.functions.is_empty()) {
        for (channel, ports) in &kinds {
            let Some(rights) = rights(flow, role, *channel, ports, pairs) else {
                flow.cut = true;
                flow.edges.append(&mut edges);
                return;
            };
            for right in rights {
                hand_out(world, flow, role, &right, &destinations, &mut edges);
            }
        }
    }
    flow.edges.append(&mut edges);
}

/// An edge for each function that has the role.
fn hand_out(
    world: &World,
    flow: &EventFlow,
    role: &Role,
    right: &Right,
    destinations: &Destinations,
    edges: &mut Vec<Edge>,
) {
    let Some(port) = flow.port(right.port) else { return };
    let Some(node) = flow.node(port.node) else { return };
    for function in role.functions.iter().filter_map(|id| world.function(*id)) {
        let from = NodeId(function.id.0);
        let span = right.grant.resource.map_or(right.grant.statement.span, |element| element.span);
        let mut sureness = right.sureness;
        if let Some(made_for) = destinations.get(&(from, port.node)) {
            if made_for.contains(&span) {
                continue;
            }
            sureness = sureness.unproven();
        }
        for (_, linked) in function.roles.iter().filter(|(id, _)| *id == role.id) {
            let when = linked.and(&right.grant.when);
            let Some(takes) = flow.ports_of(from).first().copied().filter(|_| when.is_possible()) else { continue };
            let action = right.grant.action.map_or_else(|| right.action.to_owned(), |element| element.text.to_string());
            let words = format!("`{action}` here lets `{}` write to `{}`", function.address(), node.name);
            edges.push(Edge {
                from,
                to: port.node,
                kind: EdgeKind::Write,
                takes,
                gives: vec![(right.port, sureness)],
                when,
                span,
                words,
                verb: right.verb,
                by: Some(role.resource.address.clone()),
            });
        }
    }
}

/// The rights of a role on the ports of one kind of channel. `None`: the budget is used up.
fn rights<'a>(
    flow: &EventFlow,
    role: &'a Role,
    channel: Channel,
    ports: &[PortId],
    pairs: &mut usize,
) -> Option<Vec<Right<'a>>> {
    let all: Vec<&str> = match channel {
        Channel::Bucket => bucket::causes(u8::MAX).map(|(action, _)| action).collect(),
        _ => writes(channel).iter().map(|(action, _)| *action).collect(),
    };
    let relevant: Vec<&Statement> = role.statements().filter(|statement| touches(&statement.actions, &all)).collect();
    let refusals: Vec<&Statement> =
        relevant.iter().copied().filter(|statement| statement.effect == Effect::Deny).collect();
    // Which statements may grant something on which port; those of wide ones on every port.
    let mut wide: Vec<&Statement> = Vec::new();
    let mut exact: FxHashMap<NodeId, Vec<&Statement>> = FxHashMap::default();
    for statement in relevant.iter().copied().filter(|statement| statement.effect == Effect::Allow) {
        match named(flow, channel, &statement.resources) {
            None => wide.push(statement),
            Some(nodes) => {
                for node in nodes {
                    let known = exact.entry(node).or_default();
                    if !known.last().is_some_and(|last| std::ptr::eq(*last, statement)) {
                        known.push(statement);
                    }
                }
            }
        }
    }
    let mut out = Vec::new();
    if wide.is_empty() && exact.is_empty() {
        return Some(out);
    }
    let asked: Vec<PortId> = if wide.is_empty() {
        let mut ports: Vec<_> = exact.keys().flat_map(|node| flow.ports_of(*node)).copied().collect();
        ports.sort_unstable();
        ports
    } else {
        ports.to_vec()
    };
    for id in asked {
        let Some(port) = flow.port(id) else { continue };
        let Some(node) = flow.node(port.node) else { continue };
        let named = exact.get(&port.node).map(Vec::as_slice).unwrap_or_default();
        *pairs = pairs.checked_sub(1 + wide.len() + named.len() + refusals.len())?;
        let statements = || named.iter().chain(&wide).chain(&refusals).copied();
        let resource = match &port.takes {
            Takes::Objects { objects, .. } => objects.clone(),
            _ if channel == Channel::Bucket => node.arn.clone().with("/*"),
            _ => node.arn.clone(),
        };
        let overlap = channel == Channel::Bucket;
        let mut found: Vec<Right> = Vec::new();
        for (action, verb) in actions(channel, &port.takes) {
            for grant in grants(statements(), action, &resource, overlap) {
                let sureness = match &port.takes {
                    Takes::Objects { objects, keys, .. } => bucket::reaches(&grant, &node.arn, objects, keys),
                    takes => sureness(&grant, &node.arn).map(|sureness| match takes {
                        Takes::Everything | Takes::Events { narrow: false, .. } => sureness,
                        _ => sureness.unproven(),
                    }),
                };
                let Some(sureness) = sureness else { continue };
                let known =
                    found.iter().any(|known| known.sureness <= sureness && grant.when.implies(&known.grant.when));
                if !known {
                    found.push(Right { port: id, grant, action, verb, sureness });
                }
            }
        }
        let surest = best(&mut found);
        out.extend(surest);
    }
    Some(out)
}

/// Drops what a surer right makes needless.
fn best<'a>(found: &mut Vec<Right<'a>>) -> Vec<Right<'a>> {
    found.sort_by_key(|right| right.sureness);
    let mut kept: Vec<Right> = Vec::new();
    for right in found.drain(..) {
        if !kept.iter().any(|better| right.grant.when.implies(&better.grant.when)) {
            kept.push(right);
        }
    }
    kept
}

/// Whether a statement speaks of one of the actions.
fn touches(elements: &Elements, actions: &[&str]) -> bool {
    if elements.negated || elements.open {
        return true;
    }
    elements.items.iter().any(|element| actions.iter().any(|action| !action_matches(&element.text, action).is_no()))
}

/// The nodes that the elements name, when they name nothing else; `None`: a wildcard or an exception is among them.
fn named(flow: &EventFlow, channel: Channel, elements: &Elements) -> Option<Vec<NodeId>> {
    if elements.negated || elements.open {
        return None;
    }
    let mut out = Vec::new();
    for element in &elements.items {
        let whole = element.text.canonical();
        let name = match channel {
            Channel::Bucket => whole.around("/").map_or(whole, |(bucket, _)| bucket),
            _ => whole,
        };
        if name.literal_parts().any(|part| part.contains(['*', '?', '$'])) {
            return None;
        }
        out.extend(flow.by_arn.get(&name));
    }
    Some(out)
}

/// How sure a right to write is. `None`: too vague to speak of.
fn sureness(grant: &Grant, arn: &Text) -> Option<Sureness> {
    let Some(element) = grant.resource.filter(|_| !grant.statement.resources.negated) else {
        return (grant.answer == Answer::Yes).then_some(Sureness::Wildcard);
    };
    let pattern = element.text.canonical().pattern();
    let own = pattern.strip_prefix(arn).is_some();
    match (!own && is_wide(&pattern), grant.answer) {
        (true, Answer::Yes) => Some(Sureness::Wildcard),
        (false, Answer::Yes) => Some(Sureness::Named),
        (false, Answer::Unknown) if own => Some(Sureness::Unproven),
        _ => None,
    }
}

/// Whether a wildcard stands for the name: one for the region or the account alone names the resource all the same.
fn is_wide(pattern: &Text) -> bool {
    let mut colons = 0;
    for piece in pattern.pieces() {
        match piece {
            Piece::Any | Piece::One => {
                if !(3..5).contains(&colons) {
                    return true;
                }
            }
            Piece::Literal(text) => colons += text.matches(':').count(),
            Piece::Symbol(_) => {}
        }
    }
    false
}
