//! Notifications of buckets.

use super::{Push, push};
use crate::model::world::World;
use crate::model::{Resource, Trigger, TriggerKind};

/// `AWS::S3::Bucket`.
pub(super) fn bucket<'a>(world: &World<'a>, bucket: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let (items, _) = bucket.get("NotificationConfiguration.LambdaConfigurations").items(false);
    for item in items {
        push(
            world,
            Push {
                source_arn: bucket.names.arn.clone(),
                source: Some(bucket),
                events: item.get("Event").text(),
                ..Push::new(TriggerKind::S3, bucket, &item, item.get("Function"))
            },
            out,
        );
    }
}

/// `Custom::S3BucketNotifications`, which the CDK makes so that a bucket need not wait for its notifications. It takes
/// the API's own words: `LambdaFunctionArn`, `Events`, `Filter.Key.FilterRules`. A trigger for each event.
pub(super) fn cdk<'a>(world: &World<'a>, holder: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let name = holder.get("BucketName").text().only().copied();
    let bucket = name.and_then(|name| world.resource_named("AWS::S3::Bucket", name));
    let arn = bucket.and_then(|bucket| bucket.names.arn.clone()).or_else(|| {
        name.map(|name| {
            let mut arn = crate::value::Text::literal("arn:aws:s3:::");
            arn.append(name);
            arn
        })
    });
    let (items, _) = holder.get("NotificationConfiguration.LambdaFunctionConfigurations").items(false);
    for item in items {
        let (events, _) = item.get("Events").items(true);
        for event in events {
            push(
                world,
                Push {
                    source_arn: arn.clone(),
                    source: bucket,
                    events: event.text(),
                    ..Push::new(TriggerKind::S3, holder, &item, item.get("LambdaFunctionArn"))
                },
                out,
            );
        }
    }
}
