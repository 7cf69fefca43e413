//! Subscriptions to topics.

use super::{Push, is, push, whole};
use crate::model::world::World;
use crate::model::{Resource, Trigger, TriggerKind};
use crate::value::{Data, Text, Value};

/// `AWS::SNS::Subscription`.
pub(super) fn subscription_resource<'a>(world: &World<'a>, holder: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    subscription(world, holder, &whole(holder), holder.get("TopicArn").text().only().copied(), out);
}

/// The subscriptions of an `AWS::SNS::Topic`.
pub(super) fn topic<'a>(world: &World<'a>, topic: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let (items, _) = topic.get("Subscription").items(false);
    for item in items {
        subscription(world, topic, &item, topic.names.arn.as_ref(), out);
    }
}

fn subscription<'a>(
    world: &World<'a>,
    holder: &'a Resource,
    declaration: &Value<&'a Data>,
    topic: Option<&Text>,
    out: &mut Vec<Trigger<'a>>,
) {
    let when = is(&declaration.get("Protocol"), "lambda");
    if !when.is_possible() {
        return;
    }
    push(
        world,
        Push {
            source_arn: topic.cloned(),
            source: topic.and_then(|topic| world.resource_named("AWS::SNS::Topic", topic)),
            when,
            ..Push::new(TriggerKind::Sns, holder, declaration, declaration.get("Endpoint"))
        },
        out,
    );
}
