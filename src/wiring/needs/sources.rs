//! What event source mappings ask of a function's role.

use super::destinations::destination;
use super::{Wiring, own_key, service_of};
use crate::data::needs;
use crate::model::{Function, Resource, TriggerKind, World};
use crate::value::{Data, Guard, Value};

pub(super) fn all<'a>(world: &'a World<'_>, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let triggers = world.application.triggers.iter();
    let mine = triggers.filter(|trigger| trigger.kind == TriggerKind::Poll && trigger.target.function == function.id);
    let name = function.address();
    for trigger in mine {
        let exists = trigger.target.when.and(&trigger.holder.when);
        let holder: &'a Resource = trigger.holder;
        let by_sam = !holder.origin.is_written();
        let arns = holder.get("EventSourceArn").text();
        for (arn, span, when) in arns.set() {
            let (need, what) = match service_of(arn).as_deref() {
                Some("sqs") => (&needs::SQS_SOURCE, "queue"),
                // A consumer with a fan-out of its own takes other rights.
                Some("kinesis") if arn.around("/consumer/").is_none() => (&needs::KINESIS_SOURCE, "stream"),
                Some("kinesis") => (&needs::KINESIS_CONSUMER, "stream"),
                Some("dynamodb") => (&needs::DYNAMODB_SOURCE, "stream"),
                Some("kafka") => (&needs::MSK_SOURCE, "cluster"),
                Some("mq") => (&needs::MQ_SOURCE, "broker"),
                Some("rds") => (&needs::DOCUMENTDB_SOURCE, "cluster"),
                _ => continue,
            };
            let effect = format!("`{name}` cannot read the {what} that triggers it");
            let mut wiring =
                Wiring::new(need, effect, span, "triggers it").when(&exists.and(when)).held_by(holder, by_sam);
            // The rights of the others are on network interfaces as well.
            if matches!(what, "queue" | "stream") {
                wiring.resource = (*arn).clone();
            }
            out.push(wiring);
        }
        queue_key(world, name, trigger.source, holder, &exists, out);
        access(name, holder, &trigger.declaration, &exists, out);
        registry(name, holder, &trigger.declaration, &exists, out);
        let failure = trigger.declaration.get("DestinationConfig").get("OnFailure");
        destination(world, (name, "OnFailure"), holder, &failure, &exists, out);
    }
}

/// Messages that a key of ours encrypts are decrypted in the name of the role.
fn queue_key<'a>(
    world: &World,
    name: &str,
    source: Option<&Resource>,
    holder: &'a Resource,
    exists: &Guard,
    out: &mut Vec<Wiring<'a>>,
) {
    let Some(queue) = source.filter(|source| source.is("AWS::SQS::Queue")) else { return };
    if let Some((key, when)) = own_key(world, queue, "KmsMasterKeyId") {
        let effect = format!("`{name}` cannot decrypt what is in the queue `{}`", queue.address);
        let wiring = Wiring::new(&needs::DECRYPT, effect, holder.key_span("EventSourceArn"), "encrypted").on(&key);
        out.push(wiring.when(&exists.and(&when)).held_by(holder, false));
    }
}

/// Secrets to log in with, and the network interfaces that reach brokers in a VPC.
fn access<'a>(
    name: &str,
    holder: &'a Resource,
    declaration: &Value<&'a Data>,
    exists: &Guard,
    out: &mut Vec<Wiring<'a>>,
) {
    let by_sam = !holder.origin.is_written();
    let (items, _) = declaration.get("SourceAccessConfigurations").items(false);
    let mut has_network = false;
    for item in items {
        let uris = item.get("URI").text();
        for (uri, span, when) in uris.set().filter(|(uri, ..)| service_of(uri).as_deref() == Some("secretsmanager")) {
            let effect = format!("`{name}` cannot log in to what triggers it");
            let wiring = Wiring::new(&needs::SOURCE_SECRET, effect, span, "a secret to read").on(uri);
            out.push(wiring.when(&exists.and(when)).held_by(holder, by_sam));
        }
        let kinds = item.get("Type").literals();
        for (_, span, when) in kinds.set().filter(|(kind, ..)| *kind == "VPC_SUBNET") {
            if !std::mem::replace(&mut has_network, true) {
                let effect = format!("`{name}` cannot reach the brokers that trigger it");
                let wiring = Wiring::new(&needs::KAFKA_NETWORK, effect, span, "in a VPC");
                out.push(wiring.when(&exists.and(when)).held_by(holder, by_sam));
            }
        }
    }
}

/// A registry of schemas that is asked in the name of the role.
fn registry<'a>(
    name: &str,
    holder: &'a Resource,
    declaration: &Value<&'a Data>,
    exists: &Guard,
    out: &mut Vec<Wiring<'a>>,
) {
    for kind in ["AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig"] {
        let uris = declaration.get(kind).get("SchemaRegistryConfig.SchemaRegistryURI").text();
        for (_, span, when) in uris.set().filter(|(uri, ..)| service_of(uri).as_deref() == Some("glue")) {
            let effect = format!("`{name}` cannot read the schemas of what triggers it");
            let wiring = Wiring::new(&needs::SCHEMA_REGISTRY, effect, span, "a registry of schemas");
            out.push(wiring.when(&exists.and(when)).held_by(holder, !holder.origin.is_written()));
        }
    }
}
