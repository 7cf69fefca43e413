//! `tumbling-window`: see `rules/source/tumbling-window.md`.
//!
//! Source: "Implementing stateful Kinesis Data Streams processing in Lambda",
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-windows.html>, read on 2026-11-23.

use super::mappings::{Mapping, mappings};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Package, Resource, World};
use crate::value::Guard;

const WINDOW: &str = "TumblingWindowInSeconds";

/// What the answer of a run must have.
const STATE: &str = "state";

pub(super) fn check(world: &World, out: &mut Findings) {
    for mapping in mappings(world).iter().filter(|mapping| !mapping.resource.get(WINDOW).is_unset()) {
        let windows = mapping.resource.get(WINDOW);
        for (seconds, span, when) in windows.integers().set() {
            let when = when.and(&mapping.resource.when);
            // 0 is no window; a queue has none, which is another rule's.
            let stream = mapping.polls.iter().filter(|polls| polls.polled.is_stream());
            let when = stream.fold(Guard::never(), |all, polls| all.or(&polls.when)).and(&when);
            if *seconds > 0 && when.is_possible() {
                stateless(world, mapping, span, &when, out);
            }
        }
    }
}

/// Code that cannot answer with a state.
fn stateless(world: &World, mapping: &Mapping, span: crate::source::Span, when: &Guard, out: &mut Findings) {
    let (targets, _) = world.targets(&mapping.resource.get("FunctionName").text());
    for target in targets {
        let Some(function) = world.function(target.function) else { continue };
        let packages = Package::of(function.resource, world.files);
        for (package, _, in_package) in packages.set() {
            let Package::Inline(text) = package else { continue };
            // What is filled in may hold the word as well.
            let Some(written) = text.as_literal() else { continue };
            let when = when.and(in_package).and(&target.when).and(&function.resource.when);
            if written.contains(STATE) || !is_alone(function.resource) || !when.is_possible() || when.is_rounded() {
                continue;
            }
            let name = function.address();
            let message = format!("each run of `{name}` for this window fails: its answer has no `{STATE}`");
            out.push(
                Finding::new(Grade::OPINION, span, message)
                    .label(function.resource.key_span("Code.ZipFile"), format!("the code, which has no `{STATE}`"))
                    .when(&when)
                    .related(mapping.resource.called())
                    .related(name)
                    .help(format!(
                        "answer with `{{\"{STATE}\": …}}`, which the next run of the window gets, or remove `{WINDOW}`"
                    )),
            );
        }
    }
}

/// Whether nothing but the inline code makes the answer: no layer, no wrapper.
fn is_alone(function: &Resource) -> bool {
    function.get("Layers").is_unset() && function.get("Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER").is_unset()
}
