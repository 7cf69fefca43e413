//! `async-silent-loss`: see `rules/async/async-silent-loss.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::rules::asynchronous::{InvokeConfigs, is_all_seen, may_be_set};
use crate::rules::permissions::certainly;
use crate::rules::settings::settings;

const RETRIES: &str = "MaximumRetryAttempts";

pub(super) fn check(world: &World, out: &mut Findings) {
    let configs = InvokeConfigs::of(world);
    let all_seen = is_all_seen(world);
    for function in &world.application.functions {
        for config in configs.for_function(function.id) {
            let resource = config.resource;
            // What an update does not name stays as it is.
            if !all_seen && !resource.get("DestinationConfig").is_exhaustive() {
                continue;
            }
            let dead = may_be_set(&function.resource.get("DeadLetterConfig.TargetArn"));
            let kept = config.keeps().or(&dead);
            for retries in settings(resource, RETRIES, None) {
                let Some(written) = retries.written.filter(|_| retries.value == 0) else { continue };
                let exists = config.when().and(&function.resource.when).and(&retries.when);
                let Some(left) = certainly(&exists, &kept) else { continue };
                let name = function.address();
                let message = format!(
                    "an event that `{name}` fails at is gone at once: it is not tried again, and nothing is told of it"
                );
                let mut finding = Finding::new(Grade::WARNING, written, message)
                    .when(&left)
                    .related(name)
                    .related(resource.called())
                    .cause(function.resource.span)
                    .help(format!("add `DestinationConfig` with `OnFailure`, or a dead-letter queue to `{name}`"));
                if resource.called() != name {
                    finding = finding.label(function.resource.span, "the function");
                }
                out.push(finding);
            }
        }
    }
}
