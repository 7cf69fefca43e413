//! `provisioned-idle-cost`: see `rules/concurrency/provisioned-idle-cost.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::rules::asynchronous::is_all_seen;
use crate::rules::concurrency::provisioned;
use std::collections::BTreeMap;

pub(super) fn check(world: &World, out: &mut Findings) {
    // Which function a target is for is mostly told by a text that cannot be compared.
    let mut targets = world.of_kind("AWS::ApplicationAutoScaling::ScalableTarget");
    let scales = targets.any(|target| {
        let service = target.get("ServiceNamespace").literals();
        !service.is_exhaustive() || service.set().any(|(service, ..)| service == "lambda")
    });
    if scales || !is_all_seen(world) {
        return;
    }
    let sorted: BTreeMap<usize, _> = provisioned(world).into_iter().map(|(id, parts)| (id.0, parts)).collect();
    for part in sorted.values().flatten() {
        let Some(function) = world.function(part.target.function) else { continue };
        let name = function.address();
        let message = format!(
            "environments of `{name}` are paid for day and night, whether or not anybody calls {}",
            part.called()
        );
        out.push(
            Finding::new(Grade::NOTE, part.span, message)
                .when(&part.when)
                .related(name)
                .related(part.resource.called())
                .help("let Application Auto Scaling follow the load or a schedule (`AWS::ApplicationAutoScaling::ScalableTarget`)"),
        );
    }
}
