//! `durable`: see `rules/limits/durable.md`.

use super::modes::{about, when_set};
use super::settings::settings;
use crate::data::function_modes::{DURABLE_MAPPED_SECONDS, DURABLE_MAPPED_SECONDS_MANAGED, DURABLE_RUNTIMES};
use crate::data::runtimes::runtime;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Function, World};
use crate::source::Span;
use crate::value::Guard;

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in &world.application.functions {
        if let Some(when) = when_set(&function.resource.get("DurableConfig")) {
            Durable { world, function, when, out }.check();
        }
    }
}

struct Durable<'a, 'w> {
    world: &'a World<'w>,
    function: &'a Function<'w>,
    when: Guard,
    out: &'a mut Findings,
}

impl Durable<'_, '_> {
    fn say(&mut self, span: Span, when: &Guard, message: String, help: &str) {
        let finding = Finding::new(Grade::ERROR, span, message)
            .when(when)
            .related(self.function.address())
            .label(self.function.resource.key_span("DurableConfig"), "the function is durable")
            .help(help);
        self.out.push(finding);
    }

    fn check(&mut self) {
        self.runtime();
        self.mappings();
        self.destinations();
    }

    fn runtime(&mut self) {
        let resource = self.function.resource;
        if resource.get("PackageType").literals().some(|kind| kind.is_some_and(|kind| kind == "Image")) {
            return;
        }
        for (id, span, when) in resource.get("Runtime").literals().set() {
            let both = when.and(&self.when);
            // What is not known is the matter of another rule, or newer than the list.
            let is_old =
                runtime(id).is_some_and(|known| known.family != "custom") && !DURABLE_RUNTIMES.contains(&id.as_str());
            if is_old && both.is_possible() {
                let message = format!("`{}` cannot be durable with the runtime `{id}`", self.function.address());
                let help = format!("use one of {}, or an image", DURABLE_RUNTIMES.join(", "));
                self.say(span, &both, message, &help);
            }
        }
    }

    fn mappings(&mut self) {
        let resource = self.function.resource;
        let managed = resource.get("CapacityProviderConfig");
        let most = if managed.is_unset() { DURABLE_MAPPED_SECONDS } else { DURABLE_MAPPED_SECONDS_MANAGED };
        let mappings = about(self.world, "AWS::Lambda::EventSourceMapping", "FunctionName", self.function, &self.when);
        for time in settings(resource, "DurableConfig.ExecutionTimeout", None) {
            let Some(span) = time.written.filter(|_| time.value > most) else { continue };
            for mapping in &mappings {
                let both = time.when.and(&mapping.when);
                if !both.is_possible() || both.is_rounded() {
                    continue;
                }
                let (name, seconds) = (self.function.address(), time.value);
                let what = if mapping.resource.origin.is_written() {
                    format!("the mapping `{}`", mapping.name)
                } else {
                    "its event source mapping".to_owned()
                };
                let message = format!("executions of `{name}` may take {seconds} seconds: Lambda refuses {what}");
                let help = format!(
                    "set `ExecutionTimeout` to {most} seconds at most, or let the mapping run a function that starts this one"
                );
                self.say(span, &both, message, &help);
            }
        }
    }

    fn destinations(&mut self) {
        for config in about(self.world, "AWS::Lambda::EventInvokeConfig", "FunctionName", self.function, &self.when) {
            for side in ["OnSuccess", "OnFailure"] {
                let value = config.resource.get("DestinationConfig").get(side);
                let Some(set) = when_set(&value.get("Destination")) else { continue };
                let both = set.and(&config.when);
                if both.is_possible() && !both.is_rounded() {
                    let name = self.function.address();
                    let message = format!(
                        "`{name}` is durable, and durable functions have no destinations: `{side}` gets nothing"
                    );
                    let help = "send the result from the function's code; a `DeadLetterConfig` works";
                    self.say(value.span(), &both, message, help);
                }
            }
        }
    }
}
