//! `managed-instances`: see `rules/limits/managed-instances.md`.

use super::modes::{beside, provisioned, when_set};
use super::settings::settings;
use crate::data::function_modes::{MANAGED_MEMORY_MB, runs_on_managed_instances};
use crate::data::runtimes::runtime;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Function, World};
use crate::source::Span;
use crate::value::Guard;

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in &world.application.functions {
        if let Some(when) = when_set(&function.resource.get("CapacityProviderConfig")) {
            Managed { world, function, when, out }.check();
        }
        scaling(function, out);
    }
}

/// Environments are counted on instances only.
fn scaling(function: &Function, out: &mut Findings) {
    let resource = function.resource;
    let provider = resource.get("CapacityProviderConfig");
    let without = provider.unset_when();
    let Some((span, when)) = beside(resource, "FunctionScalingConfig", &without) else { return };
    let name = function.address();
    let message = format!("`{name}` has a `FunctionScalingConfig` and runs on no instances of its own");
    let help = "add a `CapacityProviderConfig`, or use `ProvisionedConcurrencyConfig` of an alias";
    out.push(Finding::new(Grade::ERROR, span, message).when(&when).related(name).help(help));
}

struct Managed<'a, 'w> {
    world: &'a World<'w>,
    function: &'a Function<'w>,
    when: Guard,
    out: &'a mut Findings,
}

impl Managed<'_, '_> {
    fn say(&mut self, span: Span, when: &Guard, message: String, help: &str) {
        let finding = Finding::new(Grade::ERROR, span, message)
            .when(when)
            .related(self.function.address())
            .label(self.function.resource.key_span("CapacityProviderConfig"), "it runs on managed instances")
            .help(help);
        self.out.push(finding);
    }

    fn check(&mut self) {
        let resource = self.function.resource;
        let name = self.function.address();
        if let Some((span, when)) = beside(resource, "VpcConfig", &self.when) {
            let message = format!("`{name}` has a `VpcConfig` of its own; its capacity provider has the network");
            self.say(span, &when, message, "remove `VpcConfig`, and see to the one of the capacity provider");
        }
        for (found, span) in provisioned(self.world, self.function, &self.when) {
            let message = format!("`{name}` runs on managed instances, which have no provisioned concurrency");
            self.say(span, &found.when, message, "remove it, and set `FunctionScalingConfig` instead");
        }
        for memory in settings(resource, "MemorySize", None) {
            let both = memory.when.and(&self.when);
            let Some(span) = memory.written.filter(|_| memory.value < MANAGED_MEMORY_MB && both.is_possible()) else {
                continue;
            };
            let message = format!(
                "`{name}` asks for {} MB of memory; on managed instances it is at least {MANAGED_MEMORY_MB} MB",
                memory.value
            );
            self.say(span, &both, message, &format!("set `MemorySize` to {MANAGED_MEMORY_MB} or more"));
        }
        if resource.get("PackageType").literals().some(|kind| kind.is_some_and(|kind| kind == "Image")) {
            return;
        }
        for (id, span, when) in resource.get("Runtime").literals().set() {
            let both = when.and(&self.when);
            let is_old = runtime(id).is_some_and(|known| known.family != "custom" && !runs_on_managed_instances(known));
            if is_old && both.is_possible() {
                let message = format!("`{name}` cannot run on managed instances with the runtime `{id}`");
                self.say(
                    span,
                    &both,
                    message,
                    "use Python 3.13, Node.js 22, Java 21, .NET 8 or `provided.al2023`, or a newer one",
                );
            }
        }
    }
}
