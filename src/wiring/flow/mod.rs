//! `EventFlow`: what runs what, and what writes where, as one graph.
//!
//! Nodes are functions and channels (queues, topics, tables …); edges are deliveries, relays and writes, each with the place that
//! says so. [`EventFlow::cycle`] gives the strongest, then shortest way from a trigger back to itself.

mod build;
mod cycle;

pub use cycle::BUDGET;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A function, whatever its qualifier.
    Function(FunctionId),
    /// Something that events wait in or pass through.
    Channel(Channel),
}

/// The kinds of channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
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
    /// A log group.
    LogGroup,
}

/// A function or a channel.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its name in the user's words.
    pub name: String,
    /// Its canonical ARN; a log group's name.
    pub arn: Text,
    /// Where it is declared, if the world declares it.
    pub span: Option<Span>,
}

/// How sure an edge is; the order is from the surest on.
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
    /// How sure it is.
    pub sureness: Sureness,
    /// Whether it takes only some of the events of its channel.
    pub filtered: bool,
    /// Whether it takes only events that `PutEvents` cannot make (`source: aws.s3`).
    pub foreign: bool,
    /// Whether it runs a function by polling, so that the run is synchronous.
    pub polled: bool,
    /// In which deployments.
    pub when: Guard,
    /// Where it is written.
    pub span: Span,
    /// What a label says of it.
    pub words: String,
}

/// The graph of a world.
#[derive(Debug, Default)]
pub struct EventFlow {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// The edges that leave each node.
    leaving: Vec<Vec<EdgeId>>,
    /// The strongly connected component of each node.
    component: Vec<usize>,
    by_arn: FxHashMap<Text, NodeId>,
}

/// A way from a trigger back to it.
#[derive(Clone, Debug)]
pub struct Cycle {
    /// The edges in order; the first is the trigger.
    pub edges: Vec<EdgeId>,
    /// The least sure of its steps.
    pub sureness: Sureness,
    /// The deployments in which it is closed.
    pub when: Guard,
}

impl EventFlow {
    /// Builds the graph.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let mut flow = Self::default();
        build::build(world, &mut flow);
        flow.leaving = vec![Vec::new(); flow.nodes.len()];
        for (index, edge) in flow.edges.iter().enumerate() {
            if let Some(leaving) = flow.leaving.get_mut(edge.from.0) {
                leaving.push(EdgeId(index));
            }
        }
        flow.component = cycle::components(&flow);
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

    /// The edges that leave a node.
    #[must_use]
    pub fn leaving(&self, id: NodeId) -> &[EdgeId] {
        self.leaving.get(id.0).map(Vec::as_slice).unwrap_or_default()
    }

    /// How sure it is that what came by one edge goes on by another; `None`: it cannot.
    #[must_use]
    pub fn joined(&self, first: &Edge, next: &Edge) -> Option<Sureness> {
        if first.to != next.from {
            return None;
        }
        let channel = matches!(self.node(next.from)?.kind, NodeKind::Channel(_));
        // A polled function is run synchronously: its destinations and its dead-letter queue get nothing.
        // Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>.
        if !channel && first.polled && matches!(next.kind, EdgeKind::Success | EdgeKind::Failure) {
            return None;
        }
        if channel && first.kind == EdgeKind::Write && next.foreign {
            return None;
        }
        let worst = first.sureness.max(next.sureness);
        Some(match (channel && next.filtered, worst) {
            (false, worst) => worst,
            (true, Sureness::Wildcard | Sureness::WildcardUnproven) => Sureness::WildcardUnproven,
            (true, _) => Sureness::Unproven,
        })
    }
}
