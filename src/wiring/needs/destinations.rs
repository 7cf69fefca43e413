//! What dead-letter queues and destinations ask of a function's role.

use super::{Wiring, own_key, service_of};
use crate::data::needs;
use crate::model::{Function, Resource, World};
use crate::value::{Data, Guard, Text, Value};

pub(super) fn all<'a>(world: &World<'a>, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    dead_letters(world, function, out);
    for config in world.of_kind("AWS::Lambda::EventInvokeConfig") {
        let (targets, _) = world.targets(&config.get("FunctionName").text());
        for target in targets.iter().filter(|target| target.function == function.id) {
            let exists = target.when.and(&config.when);
            for side in ["OnSuccess", "OnFailure"] {
                let value = config.get(&format!("DestinationConfig.{side}"));
                destination(world, (function.address(), side), config, &value, &exists, out);
            }
        }
    }
}

fn dead_letters<'a>(world: &World<'a>, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    let target = resource.get("DeadLetterConfig.TargetArn").text();
    for (arn, span, when) in target.set() {
        let (need, what) = match service_of(arn).as_deref() {
            Some("sqs") => (&needs::DEAD_LETTER_QUEUE, "queue"),
            Some("sns") => (&needs::DEAD_LETTER_TOPIC, "topic"),
            _ => continue,
        };
        let effect = format!("`{}` cannot send to its dead-letter {what}", resource.address);
        out.push(Wiring::new(need, effect, span, "failed events go here").on(arn).when(when));
        if let Some((key, exists)) = key_of(world, arn) {
            let effect = format!("`{}` cannot encrypt what it sends to its dead-letter {what}", resource.address);
            let wiring = Wiring::new(&needs::ENCRYPT, effect, span, "encrypted").on(&key);
            out.push(wiring.when(&when.and(&exists)));
        }
    }
}

/// The key of ours with which the queue or topic of an ARN encrypts.
fn key_of(world: &World, arn: &Text) -> Option<(Text, Guard)> {
    let target = world.resource_with_arn(arn)?;
    let encrypts = target.is("AWS::SQS::Queue") || target.is("AWS::SNS::Topic");
    own_key(world, target, "KmsMasterKeyId").filter(|_| encrypts)
}

/// A destination of the outcome of invocations; `name` and `side` are the function's and the property's.
pub(super) fn destination<'a>(
    world: &World,
    (name, side): (&str, &str),
    holder: &'a Resource,
    value: &Value<&'a Data>,
    exists: &Guard,
    out: &mut Vec<Wiring<'a>>,
) {
    let arns = value.get("Destination").text();
    // SAM gives no right for a destination without a type.
    let by_sam = !value.get("Type").is_unset() && !holder.origin.is_written();
    for (arn, span, when) in arns.set() {
        let service = service_of(arn);
        let need = needs::DESTINATIONS.iter().find(|(known, _)| service.as_deref() == Some(*known));
        let Some((known, need)) = need else { continue };
        let when = exists.and(when);
        let effect = format!("`{name}` cannot send to its `{side}` destination");
        let on = if *known == "s3" { (*arn).clone().with("/*") } else { (*arn).clone() };
        out.push(Wiring::new(need, effect.clone(), span, "a destination").on(&on).when(&when).held_by(holder, by_sam));
        if *known == "s3" {
            let wiring = Wiring::new(&needs::DESTINATION_BUCKET, effect, span, "a destination").on(arn);
            out.push(wiring.when(&when).held_by(holder, by_sam));
        }
        if let Some((key, exists)) = key_of(world, arn) {
            let effect = format!("`{name}` cannot encrypt what it sends to its `{side}` destination");
            let wiring = Wiring::new(&needs::ENCRYPT, effect, span, "encrypted").on(&key);
            out.push(wiring.when(&when.and(&exists)).held_by(holder, false));
        }
    }
}
