//! `function-scaling-config`: see `rules/concurrency/function-scaling-config.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::rules::settings::settings;

const CONFIG: &str = "FunctionScalingConfig";

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in &world.application.functions {
        let resource = function.resource;
        let alone = resource.get("CapacityProviderConfig").unset_when();
        for (_, span, when) in resource.get(CONFIG).set() {
            let when = when.and(&alone).and(&resource.when);
            if when.is_possible() && !when.is_rounded() {
                let name = function.address();
                let message = format!("Lambda refuses `{CONFIG}` for `{name}`: it runs on no capacity provider");
                out.push(Finding::new(Grade::ERROR, span, message).when(&when).related(name).help(format!(
                    "add `CapacityProviderConfig`, or take `{CONFIG}` out and limit the function with `ReservedConcurrentExecutions`"
                )));
            }
        }
        range(resource, out);
    }
    for version in world.of_kind("AWS::Lambda::Version") {
        range(version, out);
    }
}

/// A minimum above the maximum.
fn range(resource: &Resource, out: &mut Findings) {
    let least = settings(resource, &format!("{CONFIG}.MinExecutionEnvironments"), None);
    if least.is_empty() {
        return;
    }
    for most in settings(resource, &format!("{CONFIG}.MaxExecutionEnvironments"), None) {
        for least in least.iter().filter(|least| least.value > most.value) {
            let when = least.when.and(&most.when).and(&resource.when);
            let (Some(span), Some(at)) = (least.written, most.written) else { continue };
            if when.is_possible() && !when.is_rounded() {
                let name = resource.called();
                let message =
                    format!("`{name}` asks for at least {} environments and at most {}", least.value, most.value);
                out.push(Finding::new(Grade::ERROR, span, message).when(&when).related(name).label(at, "the most"));
            }
        }
    }
}
