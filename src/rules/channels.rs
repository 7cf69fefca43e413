//! What the rules about queues and topics share.

use crate::model::{Resource, World};
use crate::value::{Data, Guard, Piece, Text, Value};

/// A queue or a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// A queue.
    Queue,
    /// A topic.
    Topic,
}

impl Channel {
    /// Its type.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Queue => "AWS::SQS::Queue",
            Self::Topic => "AWS::SNS::Topic",
        }
    }

    /// The property that makes it FIFO.
    pub(super) fn fifo_property(self) -> &'static str {
        match self {
            Self::Queue => "FifoQueue",
            Self::Topic => "FifoTopic",
        }
    }

    /// In a message.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Topic => "topic",
        }
    }
}

/// A queue or topic as some place names it.
pub(super) struct Named<'a> {
    /// Where it is declared.
    pub(super) declared: Option<&'a Resource>,
    /// In a message: `` `Jobs` ``.
    pub(super) name: String,
    /// Where it certainly is FIFO.
    pub(super) fifo: Guard,
    /// Where it certainly is not.
    pub(super) standard: Guard,
}

impl<'a> Named<'a> {
    /// What a text (ARN, name, `Ref`) names.
    pub(super) fn of(world: &World<'a>, channel: Channel, text: &Text) -> Self {
        let declared = world.resource_named(channel.kind(), text);
        let name = declared.map_or_else(|| format!("`{text}`"), |declared| format!("`{}`", declared.called()));
        let (fifo, standard) = match declared {
            Some(declared) => {
                let value = declared.get(channel.fifo_property());
                let is = value.booleans();
                let where_it_is = |wanted: bool| {
                    let cases = is.set().filter(|(fifo, ..)| **fifo == wanted);
                    cases.fold(Guard::never(), |all, (_, _, when)| all.or(when))
                };
                (where_it_is(true), where_it_is(false).or(&value.unset_when()))
            }
            None => match text.pieces().last() {
                // The names of FIFO queues and topics end so, and only theirs can.
                Some(Piece::Literal(end)) if end.ends_with(".fifo") => (Guard::always(), Guard::never()),
                Some(Piece::Literal(end)) if !end.is_empty() && text.known_prefix().starts_with("arn:") => {
                    (Guard::never(), Guard::always())
                }
                _ => (Guard::never(), Guard::never()),
            },
        };
        Self { declared, name, fifo, standard }
    }
}

/// Whether a text is the name of something where an ARN is wanted: a `Ref` that gives the name, a URL, a plain name.
pub(super) fn is_no_arn(text: &Text) -> bool {
    match text.pieces().first() {
        Some(Piece::Symbol(symbol)) => matches!(symbol.kind, crate::value::SymbolKind::Name),
        Some(Piece::Literal(start)) => !start.starts_with("arn:") && !"arn:".starts_with(&**start),
        _ => false,
    }
}

/// The deployments in which a flag is set.
pub(super) fn is_true(flag: &Value<&Data>) -> Guard {
    flag.booleans().set().filter(|(flag, ..)| **flag).fold(Guard::never(), |all, (_, _, when)| all.or(when))
}
