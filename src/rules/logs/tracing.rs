//! `tracing`: see `rules/logs/tracing.md`.

use super::variables::functions;
use crate::data::environment::{TRACERS, TRACING_LAYERS};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::value::Guard;

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in functions(world) {
        let mode = function.get("TracingConfig.Mode").literals();
        let mut when = Guard::never();
        let mut passes = None;
        for case in mode.cases() {
            match case.value.as_deref() {
                None => when = when.or(&case.when),
                Some("PassThrough") => {
                    when = when.or(&case.when);
                    passes = Some(case.span);
                }
                Some(_) => {}
            }
        }
        if !when.is_possible() || when.is_rounded() || traces_otherwise(function) {
            continue;
        }
        let message = format!("no run of `{}` is traced unless its caller is", function.called());
        let finding = Finding::new(Grade::NOTE, passes.unwrap_or(function.span), message)
            .help("set `TracingConfig.Mode` (SAM: `Tracing`) to `Active`")
            .related(function.called())
            .when(&when);
        out.push(finding);
    }
}

/// Whether an agent of somebody else traces it, or may: what is not known may be one.
fn traces_otherwise(function: &Resource) -> bool {
    let (variables, known) = match function.get("Environment.Variables") {
        variables if variables.is_unset() => (Vec::new(), true),
        variables => variables.entries(),
    };
    if !known || variables.iter().any(|(entry, _)| TRACERS.iter().any(|start| entry.key.starts_with(start))) {
        return true;
    }
    let layers = function.get("Layers");
    if layers.is_unset() {
        return false;
    }
    let (layers, known) = layers.items(false);
    let may_trace = |layer: &crate::value::Value<&crate::value::Data>| {
        let mut texts = layer.text();
        texts = texts.within(&function.when);
        !texts.is_exhaustive()
            || texts.some(|text| {
                let spelled = text.map(|text| text.to_string().to_ascii_lowercase()).unwrap_or_default();
                TRACING_LAYERS.iter().any(|name| spelled.contains(name))
            })
    };
    !known || layers.iter().any(may_trace)
}
