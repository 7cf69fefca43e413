//! `reserved-concurrency-zero`: see `rules/concurrency/reserved-concurrency-zero.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::{TriggerKind, World};
use crate::rules::concurrency::reserved;

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in &world.application.functions {
        for setting in reserved(function) {
            let Some(span) = setting.written.filter(|_| setting.value == 0) else { continue };
            let when = setting.when.and(&function.resource.when);
            if !when.is_possible() {
                continue;
            }
            let name = function.address();
            let mut finding =
                Finding::new(Grade::WARNING, span, format!("`{name}` never runs: every call of it is throttled"))
                    .when(&when)
                    .related(name)
                    .help("remove it to take what the account has left, or reserve at least 1");
            let mut triggers = world.application.triggers.iter();
            if let Some(trigger) = triggers.find(|trigger| trigger.target.function == function.id) {
                let what = match trigger.kind {
                    TriggerKind::Poll => "what waits here is read in vain".to_owned(),
                    kind => format!("calls of {} fail", kind.caller().name),
                };
                finding = finding.label(trigger.span, what);
            }
            out.push(finding);
        }
    }
}
