//! `url-streaming-in-vpc`: see `rules/network/url-streaming-in-vpc.md`.

use crate::engine::{Applicability, Confidence, Finding, Findings, Fix, Grade};
use crate::fix::{self, Expression};
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
                let plain = url.get("InvokeMode").text().only().is_some_and(|text| text.as_literal().is_some());
                let edit = plain.then(|| fix::replace(world, span, &Expression::Word("BUFFERED".into()))).flatten();
                let fix = edit.map(|edit| Fix {
                    title: "Do not stream".to_owned(),
                    applicability: Applicability::Unsafe,
                    edits: vec![edit],
                });
                let mut finding = Finding::new(Grade::WARNING, span, message)
                    .label(function.resource.key_span("VpcConfig"), "in a VPC")
                    .when(&when)
                    .confidence(Confidence::Medium)
                    .related(name)
                    .related(url.called())
                    .help("take the function out of the VPC, or stream by an API of API Gateway");
                finding.fix = fix;
                out.push(finding);
            }
        }
    }
}
