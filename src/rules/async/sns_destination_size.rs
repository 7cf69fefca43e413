//! `sns-destination-size`: see `rules/async/sns-destination-size.md`.

use crate::data::destinations::SNS_KILOBYTES;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::wiring::arn::Arn;

pub(super) fn check(world: &World, out: &mut Findings) {
    for config in world.of_kind("AWS::Lambda::EventInvokeConfig") {
        for side in ["OnFailure", "OnSuccess"] {
            let destination = config.get(&format!("DestinationConfig.{side}.Destination")).text();
            for (text, span, when) in destination.set() {
                let is_topic = Arn::parse(text).is_some_and(|arn| arn.service.as_literal() == Some("sns"));
                let when = when.and(&config.when);
                if is_topic && when.is_possible() {
                    let (targets, _) = world.targets(&config.get("FunctionName").text());
                    let function = targets.first().and_then(|target| world.function(target.function));
                    let name = function.map_or_else(|| config.called(), |function| function.address());
                    let message = format!(
                        "the record of a large event of `{name}` comes without the event: SNS takes {SNS_KILOBYTES} KB, \
                         request and response together"
                    );
                    out.push(Finding::new(Grade::NOTE, span, message).when(&when).related(name).help(
                        "send it to an SQS queue, or to a bucket, which takes records of any size (on failure alone)",
                    ));
                }
            }
        }
    }
}
