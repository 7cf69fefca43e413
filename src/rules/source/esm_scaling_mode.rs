//! `esm-scaling-mode`: see `rules/source/esm-scaling-mode.md`.

use super::mappings::mappings;
use super::settings::{Setting, settings};
use crate::data::event_sources::{Polled, QUEUE_POLLERS};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::value::Guard;

const SCALING: &str = "ScalingConfig";
const PROVISIONED: &str = "ProvisionedPollerConfig";
const LEAST: &str = "ProvisionedPollerConfig.MinimumPollers";
const MOST: &str = "ProvisionedPollerConfig.MaximumPollers";

pub(super) fn check(world: &World, out: &mut Findings) {
    for mapping in mappings(world) {
        let resource = mapping.resource;
        let function = mapping.function(world);
        let both = set(resource, SCALING).and(&set(resource, PROVISIONED));
        if both.is_possible() && !both.is_rounded() {
            let message = format!("Lambda refuses the mapping for {function}: it is scaled in two ways at once");
            out.push(
                Finding::new(Grade::ERROR, resource.key_span(PROVISIONED), message)
                    .label(resource.key_span(SCALING), "the other way")
                    .when(&both)
                    .related(resource.called())
                    .help(format!(
                        "keep `{SCALING}` to limit how many run at once, or `{PROVISIONED}` for pollers of its own"
                    )),
            );
        }
        let (least, most) = (settings(resource, LEAST, None), settings(resource, MOST, None));
        for least in &least {
            for most in most.iter().filter(|most| most.value < least.value) {
                let when = least.when.and(&most.when);
                let Some(span) = most.written.filter(|_| when.is_possible()) else { continue };
                let message = format!(
                    "Lambda refuses the mapping for {function}: at most {} pollers and at least {}",
                    most.value, least.value
                );
                let mut finding = Finding::new(Grade::ERROR, span, message)
                    .when(&when)
                    .related(resource.called())
                    .help("let the maximum be no less than the minimum");
                if let Some(span) = least.written {
                    finding = finding.label(span, "the least");
                }
                out.push(finding);
            }
        }
        for polls in mapping.polls.iter().filter(|polls| polls.polled == Polled::Queue) {
            for few in least.iter().chain(&most).filter(|pollers| too_few(pollers)) {
                let when = few.when.and(&polls.when);
                let Some(span) = few.written.filter(|_| when.is_possible()) else { continue };
                let message =
                    format!("Lambda refuses {} poller for {function}: a queue has at least {QUEUE_POLLERS}", few.value);
                out.push(
                    Finding::new(Grade::ERROR, span, message)
                        .when(&when)
                        .related(resource.called())
                        .help(format!("write {QUEUE_POLLERS} or more")),
                );
            }
        }
    }
}

/// Less is refused by the schema for whatever is polled.
fn too_few(pollers: &Setting) -> bool {
    (1..QUEUE_POLLERS).contains(&pollers.value)
}

/// Where a property has something in it.
fn set(resource: &Resource, property: &str) -> Guard {
    let value = resource.get(property);
    let some = value.set().filter(|(data, ..)| data.map().is_some_and(|map| !map.entries.is_empty()));
    some.fold(Guard::never(), |all, (_, _, when)| all.or(when))
}
