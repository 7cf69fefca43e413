//! Event source mappings, with what they poll.

use crate::data::event_sources::Polled;
use crate::model::{Resource, SAM_EVENT, World};
use crate::source::Span;
use crate::value::{Guard, Text};
use crate::wiring::arn::Arn;

/// The type of an event source mapping.
pub(super) const MAPPING: &str = "AWS::Lambda::EventSourceMapping";

/// An event source mapping.
pub(super) struct Mapping<'a> {
    /// The mapping. Where SAM makes it, its name is that of the event.
    pub resource: &'a Resource,
    /// What it polls, in the deployments in which that is certain.
    pub polls: Vec<Polls<'a>>,
}

/// What a mapping certainly polls in some deployments.
pub(super) struct Polls<'a> {
    /// What it is.
    pub polled: Polled,
    /// Its ARN, where it is known.
    pub arn: Option<&'a Text>,
    /// The resource, where the world declares it.
    pub source: Option<&'a Resource>,
    /// Where it is named.
    pub span: Span,
    /// The deployments.
    pub when: Guard,
}

impl Polls<'_> {
    /// How a message calls it: `` `Orders` ``, or what it is.
    pub(super) fn name(&self) -> String {
        match self.source {
            Some(source) => format!("`{}`", source.called()),
            None => self.polled.words().to_owned(),
        }
    }
}

impl Mapping<'_> {
    /// How a message calls the mapping's function, or the mapping where that is not known.
    pub(super) fn function(&self, world: &World) -> String {
        let (targets, _) = world.targets(&self.resource.get("FunctionName").text());
        let function = targets.first().and_then(|target| world.function(target.function));
        function.map_or_else(|| format!("`{}`", self.resource.called()), |function| format!("`{}`", function.address()))
    }
}

/// The event source mappings of a world.
pub(super) fn mappings<'a>(world: &World<'a>) -> Vec<Mapping<'a>> {
    world.of_kind(MAPPING).map(|resource| Mapping { resource, polls: polls(world, resource) }).collect()
}

fn polls<'a>(world: &World<'a>, resource: &'a Resource) -> Vec<Polls<'a>> {
    let mut out = Vec::new();
    // The type of SAM's event says what it is even where the ARN does not.
    let event = resource.metadata.get(SAM_EVENT).literals().only().and_then(|event| of_event(event));
    let named = resource.get("EventSourceArn");
    for (arn, span, when) in named.text().set() {
        let source = world.resource_with_arn(arn).or_else(|| consumed(world, arn));
        if let Some(polled) = event.or_else(|| of_arn(arn)) {
            let when = when.and(&resource.when);
            out.push(Polls { polled, arn: Some(*arn), source, span, when });
        }
    }
    let own = resource.get("SelfManagedEventSource");
    let polled = if own.is_unset() { None } else { Some(Polled::Kafka) };
    let polled = polled.or_else(|| event.filter(|_| out.is_empty()));
    if let Some(polled) = polled.filter(|_| named.is_unset() || out.is_empty()) {
        let span = if own.is_unset() { resource.span } else { own.span() };
        out.push(Polls { polled, arn: None, source: None, span, when: resource.when.clone() });
    }
    out.retain(|polls| polls.when.is_possible());
    out
}

/// The stream that a consumer with fan-out of its own reads, or the table that a stream is of.
fn consumed<'a>(world: &World<'a>, arn: &Text) -> Option<&'a Resource> {
    let marker = if Arn::parse(arn)?.service.as_literal() == Some("dynamodb") { "/stream/" } else { "/consumer/" };
    world.resource_with_arn(&arn.around(marker)?.0)
}

/// What an ARN is of.
fn of_arn(arn: &Text) -> Option<Polled> {
    Some(match Arn::parse(arn)?.service.as_literal()? {
        "sqs" => Polled::Queue,
        "kinesis" => Polled::Kinesis,
        "dynamodb" => Polled::DynamoDb,
        "kafka" => Polled::Msk,
        "mq" => Polled::Mq,
        "rds" | "docdb" => Polled::DocumentDb,
        _ => return None,
    })
}

/// What a SAM event of this type polls.
fn of_event(event: &str) -> Option<Polled> {
    Some(match event {
        "SQS" => Polled::Queue,
        "Kinesis" => Polled::Kinesis,
        "DynamoDB" => Polled::DynamoDb,
        "MSK" => Polled::Msk,
        "SelfManagedKafka" => Polled::Kafka,
        "MQ" => Polled::Mq,
        "DocumentDB" => Polled::DocumentDb,
        _ => return None,
    })
}

/// Whether a queue certainly is FIFO, and whether it certainly is not: in which deployments.
pub(super) fn fifo(polls: &Polls) -> (Guard, Guard) {
    if let Some(source) = polls.source {
        let value = source.get("FifoQueue").booleans();
        let is = |wanted: bool| {
            let cases = value.set().filter(|(fifo, ..)| **fifo == wanted);
            cases.fold(Guard::never(), |all, (_, _, when)| all.or(when))
        };
        return (is(true), is(false).or(&value.unset_when()));
    }
    // The names of FIFO queues end so, and only theirs can.
    match polls.arn.and_then(|arn| arn.as_literal()).map(|arn| arn.strip_suffix(".fifo").is_some()) {
        Some(true) => (Guard::always(), Guard::never()),
        Some(false) => (Guard::never(), Guard::always()),
        None => (Guard::never(), Guard::never()),
    }
}
