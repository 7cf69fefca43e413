//! `code-local-path`: see `rules/package/code-local-path.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::frontend::Format;
use crate::model::World;
use crate::value::Data;

/// Properties that CloudFormation takes as maps, and `aws cloudformation package` as paths.
const PATHS: &[(&str, &str)] = &[("AWS::Lambda::Function", "Code"), ("AWS::Lambda::LayerVersion", "Content")];

pub(super) fn check(world: &World, out: &mut Findings) {
    for unit in world.units.iter().filter(|unit| unit.format == Format::CloudFormation) {
        for resource in &unit.resources {
            let Some((_, property)) = PATHS.iter().find(|(kind, _)| resource.is(kind)) else { continue };
            for (data, span, when) in resource.get(property).set() {
                let Data::Text(text) = data else { continue };
                let Some(path) = text.as_literal() else { continue };
                let name = resource.called();
                let message = format!("CloudFormation refuses `{name}` as it is: `{path}` is on your disk");
                out.push(
                    Finding::new(Grade::NOTE, span, message)
                        .when(when)
                        .related(name)
                        .help("deploy what `aws cloudformation package` makes of this template"),
                );
            }
        }
    }
}
