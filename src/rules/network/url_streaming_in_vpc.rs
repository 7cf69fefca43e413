//! `url-streaming-in-vpc`: see `rules/network/url-streaming-in-vpc.md`.

use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::model::World;
use crate::model::network::inside;

pub(super) fn check(world: &World, out: &mut Findings) {
    for url in world.of_kind("AWS::Lambda::Url") {
        let modes = url.get("InvokeMode").literals();
        for (_, span, when) in modes.set().filter(|(mode, ..)| *mode == "RESPONSE_STREAM") {
            for target in world.targets(&url.get("TargetFunctionArn").text()).0 {
                let Some(function) = world.function(target.function) else { continue };
                let when = when.and(&target.when).and(&inside(function.resource));
                if !when.is_possible() || when.is_rounded() {
                    continue;
                }
                let name = function.address();
                let message =
                    format!("the URL of `{name}` streams, which Lambda does not support for a function in a VPC");
                out.push(
                    Finding::new(Grade::WARNING, span, message)
                        .label(function.resource.key_span("VpcConfig"), "in a VPC")
                        .when(&when)
                        .confidence(Confidence::Medium)
                        .related(name)
                        .related(url.called())
                        .help("take the function out of the VPC, or stream by an API of API Gateway"),
                );
            }
        }
    }
}
