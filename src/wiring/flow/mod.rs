//! `EventFlow`: what runs what, and what writes where, as one graph.
//!
//! Nodes are functions and channels (buckets, queues, topics, tables …); edges are deliveries, relays and writes, each with the
//! place that says so. What somebody takes of a channel is a [`Port`]: a notification on `uploads/*` is another port of its
//! bucket than one on everything. An edge leaves its node by one port and reaches those ports of the next node that take
//! what it brings, so that a way through ports is a way that an event can go. [`Search::cycle`] gives the strongest,
//! then shortest way from a trigger back to itself.

mod bucket;
mod build;
mod cycle;
mod machine;
mod pattern;
mod port;
mod write;

#[cfg(test)]
mod tests;

pub use cycle::{Cycle, Loops, Search, Step};
pub use port::{Port, PortId, Takes};

use crate::engine::Address;
use crate::model::{FunctionId, World};
use crate::source::Span;
use crate::value::{Guard, Text};
use rustc_hash::FxHashMap;

/// A node's place in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub usize);

/// An edge's place in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeId(pub usize);

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A function, whatever its qualifier.
    Function(FunctionId),
    /// Something that events wait in or pass through.
    Channel(Channel),
}

/// The kinds of channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// An S3 bucket.
    Bucket,
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
    /// A DynamoDB table, with its stream.
    Table,
    /// A Kinesis stream.
    Stream,
    /// An EventBridge bus.
    Bus,
    /// A log group; all of the account's for a subscription of the account.
    LogGroup,
    /// A state machine of Step Functions.
    StateMachine,
    /// A delivery stream of Firehose.
    Delivery,
    /// Topics of IoT.
    IotTopic,
    /// An API with all its routes.
    Api,
}

impl Channel {
    /// What a person calls it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Table => "table",
            Self::Stream => "stream",
            Self::Bus => "bus",
            Self::LogGroup => "log group",
            Self::StateMachine => "state machine",
            Self::Delivery => "delivery stream",
            Self::IotTopic => "topics",
            Self::Api => "API",
        }
    }

    /// Whether Lambda's own detection of loops sees what passes here.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>, retrieved 2026-11-22: "Amazon SQS, Amazon S3,
    /// and Amazon SNS".
    #[must_use]
    pub fn is_detected(self) -> bool {
        matches!(self, Self::Bucket | Self::Queue | Self::Topic)
    }
}

/// A function or a channel.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its name in the user's words.
    pub name: String,
    /// Its canonical ARN; a log group's name; for topics of IoT the pattern of their ARNs, for an API how those of its routes begin.
    pub arn: Text,
    /// Where it is declared, if the world declares it.
    pub span: Option<Span>,
}

/// How sure an edge is; the order is from the gravest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sureness {
    /// The configuration itself sends the event.
    Configured,
    /// The role names the resource.
    Named,
    /// A filter, a condition or a failure decides.
    Unproven,
    /// Only a wildcard reaches the resource, and what listens there takes everything.
    Wildcard,
    /// Only a wildcard reaches the resource, and a filter decides as well.
    WildcardUnproven,
}

impl Sureness {
    /// All, the gravest first.
    pub const ALL: [Self; 5] = [Self::Configured, Self::Named, Self::Unproven, Self::Wildcard, Self::WildcardUnproven];

    /// How sure a way is of which one step is this sure and another that.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self.max(other), self.min(other)) {
            (Self::Wildcard, Self::Unproven) => Self::WildcardUnproven,
            (worse, _) => worse,
        }
    }

    /// The same where a filter or a failure decides as well.
    #[must_use]
    pub fn unproven(self) -> Self {
        self.and(Self::Unproven)
    }

    /// Whether only a wildcard reaches what is written to.
    #[must_use]
    pub fn is_wildcard(self) -> bool {
        self >= Self::Wildcard
    }
}

/// What an edge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeKind {
    /// The trigger with this place in the application.
    Trigger(usize),
    /// A channel passes events on, by configuration.
    Relay,
    /// What a failed delivery or run becomes.
    Failure,
    /// What an asynchronous run that succeeded becomes.
    Success,
    /// The function's role lets it write.
    Write,
}

/// A step of an event.
#[derive(Clone, Debug)]
pub struct Edge {
    /// From where.
    pub from: NodeId,
    /// To where.
    pub to: NodeId,
    /// What it is.
    pub kind: EdgeKind,
    /// By which port of `from` it leaves: what it takes.
    pub takes: PortId,
    /// Which ports of `to` it reaches, and how surely.
    pub gives: Vec<(PortId, Sureness)>,
    /// In which deployments.
    pub when: Guard,
    /// Where it is written.
    pub span: Span,
    /// What a label says of it.
    pub words: String,
    /// What it does to the channel, in words between the two names: `writes to`, `deletes from`.
    pub verb: &'static str,
    /// What says so beside the two ends: a rule, a role.
    pub by: Option<Address>,
}

/// The graph of a world.
#[derive(Debug, Default)]
pub struct EventFlow {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// Whether there was more to look at than the budget allows, so that edges may be missing.
    pub cut: bool,
    ports: Vec<Port>,
    ports_of: Vec<Vec<PortId>>,
    by_port: FxHashMap<(NodeId, Takes), PortId>,
    by_arn: FxHashMap<Text, NodeId>,
}

impl EventFlow {
    /// Builds the graph.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let mut flow = Self::default();
        build::build(world, &mut flow);
        flow
    }

    /// The node with this place.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0)
    }

    /// The edge with this place.
    #[must_use]
    pub fn edge(&self, id: EdgeId) -> Option<&Edge> {
        self.edges.get(id.0)
    }

    /// The port with this place.
    #[must_use]
    pub fn port(&self, id: PortId) -> Option<&Port> {
        self.ports.get(id.0)
    }

    /// The ports of a node.
    #[must_use]
    pub fn ports_of(&self, node: NodeId) -> &[PortId] {
        self.ports_of.get(node.0).map(Vec::as_slice).unwrap_or_default()
    }

    fn add(&mut self, node: Node) -> NodeId {
        let id = NodeId(self.nodes.len());
        self.by_arn.entry(node.arn.canonical()).or_insert(id);
        self.nodes.push(node);
        self.ports_of.push(Vec::new());
        id
    }

    /// The port of a node that takes this; made where there is none.
    fn port_for(&mut self, node: NodeId, takes: Takes) -> PortId {
        if let Some(id) = self.by_port.get(&(node, takes.clone())) {
            return *id;
        }
        let id = PortId(self.ports.len());
        self.ports.push(Port { node, takes: takes.clone() });
        if let Some(ports) = self.ports_of.get_mut(node.0) {
            ports.push(id);
        }
        self.by_port.insert((node, takes), id);
        id
    }
}
