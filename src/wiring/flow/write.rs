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
        Channel::StateMachine => {
            &[("states:StartExecution", 0), ("states:StartSyncExecution", 0), ("states:RedriveExecution", 0)]
        }
        Channel::Delivery => &[("firehose:PutRecord", 0), ("firehose:PutRecordBatch", 0)],
        Channel::IotTopic => &[("iot:Publish", 0), ("iot:RetainPublish", 0)],
        Channel::Api => &[("execute-api:Invoke", 0)],
        // Every function has the right to write to every log group, and writes to its own: that is an edge of its own.
        Channel::LogGroup => &[],
    }
}

/// What can be written to: a kind of channel, or functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Sink {
    Channel(Channel),
    Function,
}

impl Sink {
    fn of(kind: NodeKind) -> Self {
        match kind {
            NodeKind::Channel(channel) => Self::Channel(channel),
            NodeKind::Function(_) => Self::Function,
        }
    }

    /// Whether its ARNs are patterns, of which a right on some is enough.
    fn is_pattern(self) -> bool {
        matches!(self, Self::Channel(Channel::Bucket | Channel::IotTopic | Channel::Api))
    }

    /// Every action that may write to one of its kind.
    fn actions(self) -> Vec<&'static str> {
        match self {
            Self::Function => vec![INVOKE],
            Self::Channel(Channel::Bucket) => bucket::causes(u8::MAX).map(|(action, _)| action).collect(),
            Self::Channel(channel) => writes(channel).iter().map(|(action, _)| *action).collect(),
        }
    }
}

/// The right to run a function, whether its result is waited for or not.
const INVOKE: &str = "lambda:InvokeFunction";

/// The actions that can bring about what a port takes, each with what a message says of it.
fn actions(sink: Sink, takes: &Takes) -> Vec<(&'static str, &'static str)> {
    let Sink::Channel(channel) = sink else { return vec![(INVOKE, "invokes")] };
    match takes {
        Takes::Objects { events, .. } => bucket::causes(*events).collect(),
        // What CloudTrail tells of is looked at apart.
        Takes::Events { puttable: false, .. } | Takes::Calls(_) => Vec::new(),
        _ => writes(channel)
            .iter()
            .filter(|(_, changes)| match takes {
                Takes::Changes(taken) => changes & taken != 0,
                _ => true,
            })
            .map(|(action, _)| (*action, verb(channel)))
            .collect(),
    }
}

/// What a right is called in words between a function and a channel.
fn verb(channel: Channel) -> &'static str {
    match channel {
        Channel::StateMachine => "starts",
        Channel::Api => "calls",
        _ => "writes to",
    }
}

/// The same after "lets".
fn infinitive(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Function(_) => "invoke",
        NodeKind::Channel(Channel::StateMachine) => "start",
        NodeKind::Channel(Channel::Api) => "call",
        NodeKind::Channel(_) => "write to",
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
    let mut kinds: FxHashMap<Sink, Vec<PortId>> = FxHashMap::default();
    for (index, node) in flow.nodes.iter().enumerate() {
        let ports = flow.ports_of(NodeId(index));
        let ports = match node.kind {
            // Runs that are not waited for lead on to more.
            NodeKind::Function(_) => ports.get(ports.len().saturating_sub(1)..).unwrap_or_default(),
            NodeKind::Channel(_) => ports,
        };
        kinds.entry(Sink::of(node.kind)).or_default().extend(ports);
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
        for (sink, ports) in &kinds {
            let Some(rights) = rights(flow, role, *sink, ports, pairs) else {
                flow.cut = true;
                flow.edges.append(&mut edges);
                return;
            };
            for right in rights {
                hand_out(world, flow, role, &right, &destinations, &mut edges);
            }
        }
    }
    calls(world, flow, pairs, &mut edges);
    flow.edges.append(&mut edges);
}

/// What roles may call that CloudTrail tells a rule of. Whether the call is made, and for the same resource, is the code's choice.
fn calls(world: &World, flow: &EventFlow, pairs: &mut usize, edges: &mut Vec<Edge>) {
    let taken: Vec<(PortId, NodeId, &[Box<str>])> = flow
        .ports
        .iter()
        .enumerate()
        .filter_map(|(index, port)| match &port.takes {
            Takes::Calls(actions) => Some((PortId(index), port.node, actions.as_slice())),
            _ => None,
        })
        .collect();
    for (port, to, actions) in taken {
        for role in world.application.roles.iter().filter(|role| !role.functions.is_empty()) {
            let Some(left) = pairs.checked_sub(1 + actions.len()) else { return };
            *pairs = left;
            let Some((statement, action)) = actions.iter().find_map(|action| allowed(role, action)) else { continue };
            for function in role.functions.iter().filter_map(|id| world.function(*id)) {
                let from = NodeId(function.id.0);
                for (_, linked) in function.roles.iter().filter(|(id, _)| *id == role.id) {
                    let when = linked.and(&statement.when);
                    let Some(takes) = flow.ports_of(from).first().copied().filter(|_| when.is_possible()) else {
                        continue;
                    };
                    edges.push(Edge {
                        from,
                        to,
                        kind: EdgeKind::Write,
                        takes,
                        gives: vec![(port, Sureness::Unproven)],
                        when,
                        span: statement.span,
                        words: format!("this lets `{}` call `{action}`, of which CloudTrail tells", function.address()),
                        verb: "calls",
                        by: Some(role.resource.address.clone()),
                    });
                }
            }
        }
    }
}

/// The statement by which a role certainly may call something, whatever the resource.
fn allowed<'r, 'n>(role: &'r Role, action: &'n str) -> Option<(&'r Statement, &'n str)> {
    let speaks = |statement: &&Statement| {
        let elements = &statement.actions;
        !elements.negated && elements.items.iter().any(|element| action_matches(&element.text, action).is_yes())
    };
    if role.statements().filter(|statement| statement.effect == Effect::Deny).any(|statement| speaks(&statement)) {
        return None;
    }
    let statement =
        role.statements().filter(|statement| statement.effect == Effect::Allow).find(|statement| speaks(statement))?;
    Some((statement, action))
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
        // A role that several functions share lets each do what one of them is meant to.
        if matches!(node.kind, NodeKind::Function(_)) && role.functions.len() > 1 {
            sureness = sureness.unproven();
        }
        for (_, linked) in function.roles.iter().filter(|(id, _)| *id == role.id) {
            let when = linked.and(&right.grant.when);
            let Some(takes) = flow.ports_of(from).first().copied().filter(|_| when.is_possible()) else { continue };
            let action = right.grant.action.map_or_else(|| right.action.to_owned(), |element| element.text.to_string());
            let does = infinitive(node.kind);
            let words = format!("`{action}` here lets `{}` {does} `{}`", function.address(), node.name);
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
    sink: Sink,
    ports: &[PortId],
    pairs: &mut usize,
) -> Option<Vec<Right<'a>>> {
    let all = sink.actions();
    let relevant: Vec<&Statement> = role.statements().filter(|statement| touches(&statement.actions, &all)).collect();
    let refusals: Vec<&Statement> =
        relevant.iter().copied().filter(|statement| statement.effect == Effect::Deny).collect();
    // Which statements may grant something on which port; those of wide ones on every port.
    let mut wide: Vec<&Statement> = Vec::new();
    let mut exact: FxHashMap<NodeId, Vec<&Statement>> = FxHashMap::default();
    for statement in relevant.iter().copied().filter(|statement| statement.effect == Effect::Allow) {
        match named(flow, sink, &statement.resources) {
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
        if sink == Sink::Function {
            ports.retain(|port| Some(port) == flow.port(*port).and_then(|found| flow.ports_of(found.node).last()));
        }
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
            _ if sink == Sink::Channel(Channel::Bucket) => node.arn.clone().with("/*"),
            _ if sink == Sink::Channel(Channel::Api) => node.arn.clone().with("*"),
            _ => node.arn.clone(),
        };
        let mut found: Vec<Right> = Vec::new();
        for (action, verb) in actions(sink, &port.takes) {
            let mut granted = grants(statements(), action, &resource, sink.is_pattern());
            if sink == Sink::Function && granted.is_empty() {
                // A right on a version or an alias alone.
                granted = grants(statements(), action, &resource.clone().with(":*"), true);
            }
            for grant in granted {
                let sureness = match (&port.takes, sink) {
                    (Takes::Objects { objects, keys, .. }, _) => bucket::reaches(&grant, &node.arn, objects, keys),
                    (takes, Sink::Channel(Channel::IotTopic)) => {
                        of_topics(&grant, &node.arn).map(|sureness| filtered(sureness, takes))
                    }
                    // What of an API a right on it calls is the code's choice; that a right on every API is one on the own says nothing.
                    (_, Sink::Channel(Channel::Api)) => {
                        sureness(&grant, &node.arn).filter(|sureness| !sureness.is_wildcard()).map(Sureness::unproven)
                    }
                    // A right on every function or state machine is seldom meant for the one that leads back: it may be there to
                    // report on tasks.
                    (takes, Sink::Function | Sink::Channel(Channel::StateMachine)) => sureness(&grant, &node.arn)
                        .map(|found| if found.is_wildcard() { found.unproven() } else { filtered(found, takes) }),
                    (takes, _) => sureness(&grant, &node.arn).map(|sureness| filtered(sureness, takes)),
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

/// The same where a filter decides as well.
fn filtered(sureness: Sureness, takes: &Takes) -> Sureness {
    match takes {
        Takes::Everything | Takes::Asynchronous | Takes::Events { narrow: false, .. } => sureness,
        _ => sureness.unproven(),
    }
}

/// How sure a right on topics of IoT is; the pattern is that of the topics that are listened to.
fn of_topics(grant: &Grant, topics: &Text) -> Option<Sureness> {
    let Some(element) = grant.resource.filter(|_| !grant.statement.resources.negated) else {
        return (grant.answer != Answer::No).then_some(Sureness::WildcardUnproven);
    };
    let (pattern, topics) = (element.text.canonical().pattern(), topics.canonical().pattern());
    if pattern.overlaps(&topics) != Answer::Yes {
        return None;
    }
    let everything = pattern.around(":topic/").is_none_or(|(_, name)| matches!(name.pieces(), [Piece::Any]));
    Some(match (everything, topics.covers(&pattern).is_yes() && grant.answer.is_yes()) {
        (true, true) => Sureness::Wildcard,
        (true, false) => Sureness::WildcardUnproven,
        (false, true) => Sureness::Named,
        (false, false) => Sureness::Unproven,
    })
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
fn named(flow: &EventFlow, sink: Sink, elements: &Elements) -> Option<Vec<NodeId>> {
    if elements.negated || elements.open {
        return None;
    }
    let mut out = Vec::new();
    for element in &elements.items {
        let whole = element.text.canonical();
        let name = match sink {
            Sink::Function => without_qualifier(&whole).unwrap_or(whole),
            Sink::Channel(Channel::Bucket) => whole.around("/").map_or(whole, |(bucket, _)| bucket),
            Sink::Channel(_) => whole,
        };
        let wide = name.literal_parts().any(|part| part.contains(['*', '?', '$']));
        if wide || sink.is_pattern() && sink != Sink::Channel(Channel::Bucket) {
            return None;
        }
        let found = flow.by_arn.get(&name).copied();
        out.extend(found.filter(|id| flow.node(*id).is_some_and(|node| Sink::of(node.kind) == sink)));
    }
    Some(out)
}

/// The ARN of the function that a qualified one is of.
fn without_qualifier(arn: &Text) -> Option<Text> {
    let (mut plain, rest) = arn.around(":function:")?;
    let (name, _) = rest.around(":")?;
    plain = plain.with(":function:");
    plain.append(&name);
    Some(plain)
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
