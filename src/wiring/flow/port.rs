//! What somebody takes of a node's events, and whether what an edge brings is among it.

use super::NodeId;
use super::bucket::{self, KeyFilter};
use crate::value::Text;

/// A port's place in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortId(pub usize);

/// One way to take events of a node. Whoever takes the same shares the port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Port {
    /// The node.
    pub node: NodeId,
    /// What is taken.
    pub takes: Takes,
}

/// What is taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Takes {
    /// Every event of a channel; every run of a function.
    Everything,
    /// Some events: a filter decides that cannot be compared with what is written.
    Some,
    /// The asynchronous runs of a function alone: only they have destinations and a dead-letter queue.
    /// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>.
    Asynchronous,
    /// What happens to objects of a bucket.
    Objects {
        /// What happens: bits of [`bucket::Event`].
        events: u8,
        /// To which objects.
        keys: KeyFilter,
        /// The pattern of their ARNs.
        objects: Text,
    },
    /// Events of a bus.
    Events {
        /// Whether `PutEvents` can make one: its sources are not only AWS's own (`aws.*`).
        puttable: bool,
        /// Whether what Lambda sends to a destination is among them.
        results: bool,
        /// Whether it takes only some.
        narrow: bool,
        /// The sources that it takes and the types of events; empty: any, or that is not known.
        sources: Vec<Box<str>>,
        /// The same of `detail-type`.
        kinds: Vec<Box<str>>,
    },
    /// Calls of AWS's services that CloudTrail tells a bus of, by the actions that they need (`s3:PutBucketPolicy`).
    Calls(Vec<Box<str>>),
    /// Changes of a table's items, told apart by `eventName`: bits of [`INSERT`], [`MODIFY`], [`REMOVE`].
    Changes(u8),
}

/// An item is new.
pub(super) const INSERT: u8 = 1;
/// An item is changed.
pub(super) const MODIFY: u8 = 2;
/// An item is deleted.
pub(super) const REMOVE: u8 = 4;

/// What a configured edge brings.
#[derive(Clone, Debug)]
pub(super) enum Brings {
    /// A run of a function; the sender waits for its result or does not.
    Run { waits: bool },
    /// Messages of any content.
    Messages,
    /// New objects whose ARNs match the pattern.
    Objects(Text),
    /// What Lambda sends to the destination of an asynchronous run: to a bus with the source `lambda`.
    Result,
    /// An event that `PutEvents` makes, with its `Source` and `DetailType` where they are known.
    Put { source: Option<Box<str>>, kind: Option<Box<str>> },
}

impl Takes {
    /// Whether what an edge brings is among it. `None`: it is not; otherwise whether that is certain.
    pub(super) fn passes(&self, brings: &Brings) -> Option<bool> {
        match self {
            Self::Everything => Some(true),
            Self::Some | Self::Changes(_) => Some(false),
            Self::Calls(_) => None,
            Self::Asynchronous => matches!(brings, Brings::Run { waits: false }).then_some(true),
            Self::Objects { events, keys, objects } => match brings {
                Brings::Objects(_) if events & bucket::CREATED == 0 => None,
                Brings::Objects(written) => bucket::lands(written, objects, keys),
                _ => Some(false),
            },
            Self::Events { results, narrow, puttable, sources, kinds } => match brings {
                Brings::Result => results.then_some(!narrow),
                Brings::Put { source, kind } => {
                    let fits = |one: &Option<Box<str>>, taken: &[Box<str>]| {
                        taken.is_empty() || one.as_ref().is_none_or(|one| taken.contains(one))
                    };
                    (*puttable && fits(source, sources) && fits(kind, kinds)).then_some(!narrow)
                }
                _ => Some(!narrow),
            },
        }
    }
}
