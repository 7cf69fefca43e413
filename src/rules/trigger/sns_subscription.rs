//! `sns-subscription`: see `rules/trigger/sns-subscription.md`.

use super::channels::{Channel, Named, is_no_arn, is_true};
use super::event_patterns::{Reader, flaws, nested};
use crate::data::limits::limit;
use crate::data::nearest;
use crate::engine::{Address, Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Guard, Piece, Text, Value};
use crate::wiring::arn::Arn;

const SUBSCRIPTION: &str = "AWS::SNS::Subscription";
const TOPIC: &str = "AWS::SNS::Topic";

/// What a protocol's endpoint is.
enum Endpoint {
    /// An ARN of this service.
    Arn(&'static str),
    /// A text that starts with this.
    Start(&'static str),
    /// An address of electronic mail.
    Mail,
    /// Anything.
    Any,
}

/// A protocol: its endpoint, and whether a message can be delivered to it as it is.
///
/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>.
const PROTOCOLS: &[(&str, Endpoint, bool)] = &[
    ("application", Endpoint::Arn("sns"), false),
    ("email", Endpoint::Mail, false),
    ("email-json", Endpoint::Mail, false),
    ("firehose", Endpoint::Arn("firehose"), true),
    ("http", Endpoint::Start("http://"), true),
    ("https", Endpoint::Start("https://"), true),
    ("lambda", Endpoint::Arn("lambda"), false),
    ("sms", Endpoint::Any, false),
    ("sqs", Endpoint::Arn("sqs"), true),
];

pub(super) fn check(world: &World, out: &mut Findings) {
    for resource in &world.resources {
        match &*resource.kind {
            SUBSCRIPTION => {
                let declaration = resource.properties.borrow().within(&resource.when);
                let topic = declaration.get("TopicArn").text();
                one(world, resource, &declaration, &topic, out);
                filter(resource, &declaration, out);
                without_dead_letters(resource, &declaration, out);
            }
            TOPIC => {
                let Some(arn) = resource.names.arn.as_ref() else { continue };
                let topic = Value::known(arn, resource.span);
                let (items, _) = resource.get("Subscription").items(false);
                for item in items {
                    one(world, resource, &item, &topic, out);
                }
            }
            _ => {}
        }
    }
}

/// One subscription.
fn one(world: &World, holder: &Resource, declaration: &Value<&Data>, topic: &Value<&Text>, out: &mut Findings) {
    let protocols = declaration.get("Protocol").literals();
    for (protocol, span, when) in protocols.set() {
        let Some((_, endpoint, raw)) = PROTOCOLS.iter().find(|(known, ..)| known == protocol) else {
            unknown_protocol(holder, protocol, span, when, out);
            continue;
        };
        for (text, span, text_when) in declaration.get("Endpoint").text().set() {
            let when = when.and(text_when);
            if when.is_possible()
                && let Some(help) = misfit(text, endpoint)
            {
                let message = format!("SNS refuses the subscription of `{text}`: that is no endpoint of `{protocol}`");
                out.push(Finding::new(Grade::ERROR, span, message).when(&when).related(holder.called()).help(help));
            }
        }
        fifo(world, holder, declaration, topic, (protocol, span, when), out);
        let is_raw = is_true(&declaration.get("RawMessageDelivery")).and(when);
        if !raw && is_raw.is_possible() {
            let place = declaration.get("RawMessageDelivery").span();
            let message = format!("SNS refuses the subscription: `{protocol}` has no raw delivery");
            let help = if protocol == "lambda" {
                "leave out `RawMessageDelivery`: the function finds the message in `Records[0].Sns.Message`"
            } else {
                "leave out `RawMessageDelivery`"
            };
            out.push(Finding::new(Grade::ERROR, place, message).when(&is_raw).related(holder.called()).help(help));
        }
        let without_role = declaration.get("SubscriptionRoleArn").unset_when().and(when);
        if protocol == "firehose" && without_role.is_possible() && holder.is(SUBSCRIPTION) {
            let message = "SNS refuses the subscription: a stream of Firehose needs a `SubscriptionRoleArn`";
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .when(&without_role)
                    .related(holder.called())
                    .help("give it a role that SNS may assume and that may put records into the stream"),
            );
        }
    }
}

fn unknown_protocol(holder: &Resource, protocol: &str, span: Span, when: &Guard, out: &mut Findings) {
    let names = || PROTOCOLS.iter().map(|(name, ..)| *name);
    let help = match nearest(&protocol.to_ascii_lowercase(), names()) {
        Some(meant) => format!("write `{meant}`"),
        None => format!("the protocols are {}", names().collect::<Vec<_>>().join(", ")),
    };
    let message = format!("SNS refuses the subscription: there is no protocol `{protocol}`");
    out.push(Finding::new(Grade::ERROR, span, message).when(when).related(holder.called()).help(help));
}

/// Why a text certainly is not such an endpoint: what to write.
fn misfit(text: &Text, endpoint: &Endpoint) -> Option<String> {
    match endpoint {
        Endpoint::Any => None,
        Endpoint::Mail => text
            .as_literal()
            .filter(|address| !address.is_empty() && !address.contains('@'))
            .map(|_| "write an address of electronic mail".to_owned()),
        Endpoint::Start(start) => {
            let Some(Piece::Literal(first)) = text.pieces().first() else { return None };
            let lower = first.to_ascii_lowercase();
            (!lower.starts_with(start) && !start.starts_with(&lower))
                .then(|| format!("write a URL that starts with `{start}`"))
        }
        Endpoint::Arn(service) => {
            if is_no_arn(text) {
                let holder = text.symbols().find(|symbol| matches!(symbol.kind, crate::value::SymbolKind::Name));
                return Some(match holder {
                    Some(symbol) => format!("`Ref` gives no ARN here: write `!GetAtt {}.Arn`", symbol.name),
                    None => format!("write an ARN of `{service}`"),
                });
            }
            let arn = Arn::parse(text)?;
            arn.service.as_literal().filter(|found| found != service).map(|_| format!("write an ARN of `{service}`"))
        }
    }
}

/// FIFO topics and queues go together; a FIFO topic goes to queues only.
fn fifo(
    world: &World,
    holder: &Resource,
    declaration: &Value<&Data>,
    topic: &Value<&Text>,
    (protocol, span, when): (&str, Span, &Guard),
    out: &mut Findings,
) {
    for (text, _, topic_when) in topic.set() {
        let named = Named::of(world, Channel::Topic, text);
        let when = when.and(topic_when);
        let is_fifo = when.and(&named.fifo);
        if protocol != "sqs" && is_fifo.is_possible() {
            let message = format!("SNS refuses the subscription: the FIFO topic {} goes to queues only", named.name);
            let help = if protocol == "lambda" {
                "subscribe a queue, and let the function read it with an event source mapping"
            } else {
                "subscribe a queue, or use a standard topic"
            };
            let finding = Finding::new(Grade::ERROR, span, message).when(&is_fifo).related(holder.called()).help(help);
            out.push(with_declared(finding, Channel::Topic, &named));
            return;
        }
        if protocol != "sqs" {
            continue;
        }
        for (endpoint, endpoint_span, endpoint_when) in declaration.get("Endpoint").text().set() {
            let queue = Named::of(world, Channel::Queue, endpoint);
            let when = when.and(&named.standard).and(endpoint_when).and(&queue.fifo);
            if !when.is_possible() {
                continue;
            }
            let message = format!(
                "SNS refuses the subscription: {} is a FIFO queue and {} a standard topic",
                queue.name, named.name
            );
            let finding = Finding::new(Grade::ERROR, endpoint_span, message)
                .when(&when)
                .related(holder.called())
                .help("make both FIFO, or the queue a standard one");
            out.push(with_declared(finding, Channel::Queue, &queue));
            return;
        }
    }
}

fn with_declared(finding: Finding, channel: Channel, named: &Named) -> Finding {
    let Some(declared) = named.declared else { return finding };
    finding.label(declared.key_span(channel.fifo_property()), "FIFO here").related(&declared.address)
}

fn filter(holder: &Resource, declaration: &Value<&Data>, out: &mut Findings) {
    let name: &Address = holder.called();
    let policy = declaration.get("FilterPolicy");
    for flaw in flaws(&policy, Reader::Sns) {
        let (grade, message) = if flaw.refused {
            (Grade::ERROR, format!("SNS refuses the filter of `{name}`: {}", flaw.what))
        } else {
            (Grade::WARNING, format!("the filter of `{name}` lets too little through: {}", flaw.what))
        };
        out.push(Finding::new(grade, flaw.span, message).when(&flaw.when).related(name).help(flaw.help));
    }
    let scope = declaration.get("FilterPolicyScope");
    let attributes = scope
        .literals()
        .set()
        .filter(|(scope, ..)| *scope == "MessageAttributes")
        .fold(scope.unset_when(), |all, (_, _, when)| all.or(when));
    if let Some((span, when)) = nested(&policy) {
        let when = when.and(&attributes);
        if when.is_possible() {
            let message = format!("SNS refuses the filter of `{name}`: attributes of messages have no parts");
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .when(&when)
                    .related(name)
                    .help("set `FilterPolicyScope: MessageBody` to match the body"),
            );
        }
    }
    too_many_keys(name, &policy, out);
}

fn too_many_keys(name: &Address, policy: &Value<&Data>, out: &mut Findings) {
    let Some(most) = limit(SUBSCRIPTION, "FilterPolicy").and_then(|limit| limit.max_items) else { return };
    let most = most as usize;
    for (data, _, when) in policy.set() {
        let Some(map) = data.map().filter(|map| map.get("$or").is_none()) else { continue };
        let Some(over) = map.entries.get(most) else { continue };
        let message = format!("SNS refuses the filter of `{name}`: it has {} keys", map.entries.len());
        out.push(
            Finding::new(Grade::ERROR, over.key_span, message)
                .here(format!("a filter takes {most} keys"))
                .when(when)
                .related(name)
                .help("filter on fewer keys, and the rest in the function"),
        );
    }
}

/// Messages that cannot be delivered are lost.
fn without_dead_letters(holder: &Resource, declaration: &Value<&Data>, out: &mut Findings) {
    let lost = declaration.get("RedrivePolicy").unset_when();
    for (protocol, span, when) in declaration.get("Protocol").literals().set() {
        let when = when.and(&lost);
        if matches!(protocol.as_str(), "lambda" | "sqs") && when.is_possible() {
            let name = holder.called();
            let message = format!("messages that SNS cannot deliver for `{name}` are lost");
            out.push(
                Finding::new(Grade::NOTE, span, message)
                    .when(&when)
                    .related(name)
                    .help("give the subscription a `RedrivePolicy` with a queue that SNS may send to"),
            );
        }
    }
}
