//! `tenancy`: see `rules/limits/tenancy.md`.

use super::modes::{about, provisioned, when_set};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Function, TriggerKind, World};
use crate::source::Span;
use crate::value::Guard;

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in &world.application.functions {
        if let Some(when) = when_set(&function.resource.get("TenancyConfig")) {
            Tenancy { world, function, when, out }.check();
        }
    }
}

struct Tenancy<'a, 'w> {
    world: &'a World<'w>,
    function: &'a Function<'w>,
    when: Guard,
    out: &'a mut Findings,
}

impl Tenancy<'_, '_> {
    fn say(&mut self, span: Span, when: &Guard, what: &str, help: &str) {
        let name = self.function.address();
        let message = format!("`{name}` keeps its tenants apart and {what}");
        let finding = Finding::new(Grade::ERROR, span, message)
            .when(when)
            .related(name)
            .label(self.function.resource.key_span("TenancyConfig"), "tenants are kept apart")
            .help(help);
        self.out.push(finding);
    }

    fn check(&mut self) {
        let snapshots = self.function.resource.get("SnapStart.ApplyOn").literals();
        for (mode, span, when) in snapshots.set() {
            let both = when.and(&self.when);
            if mode == "PublishedVersions" && both.is_possible() {
                self.say(span, &both, "has snapshots, which Lambda does not do together", "remove `SnapStart`");
            }
        }
        for (found, span) in provisioned(self.world, self.function, &self.when) {
            let what = "has provisioned concurrency, which Lambda does not do together";
            self.say(span, &found.when, what, "remove `ProvisionedConcurrencyConfig`");
        }
        for url in about(self.world, "AWS::Lambda::Url", "TargetFunctionArn", self.function, &self.when) {
            let what = "has a function URL, which Lambda does not do together";
            self.say(url.resource.span, &url.when, what, "let an API of API Gateway run it");
        }
        for trigger in &self.world.application.triggers {
            if trigger.target.function != self.function.id || !is_without_tenant(trigger.kind) {
                continue;
            }
            let both = self.when.and(&trigger.target.when).and(&trigger.holder.when);
            if both.is_possible() && !both.is_rounded() {
                let by = match trigger.kind {
                    TriggerKind::Poll => "an event source mapping",
                    kind => kind.caller().name,
                };
                let what = format!("cannot be run by {by}, which names no tenant");
                let help = "run it from another function, which knows the tenant, or let an API of API Gateway run it";
                self.say(trigger.span, &both, &what, help);
            }
        }
    }
}

/// Whether a call of this kind certainly comes without a tenant. Callers that choose the parameters of the call
/// (schedules, state machines, pipes) may name one.
fn is_without_tenant(kind: TriggerKind) -> bool {
    matches!(
        kind,
        TriggerKind::S3
            | TriggerKind::Sns
            | TriggerKind::EventsRule
            | TriggerKind::Logs
            | TriggerKind::Poll
            | TriggerKind::IotRule
            | TriggerKind::LoadBalancer
            | TriggerKind::Cognito
    )
}
