//! `provisioned-latest`: see `rules/concurrency/provisioned-latest.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::rules::concurrency::{PROVISIONED, provisioned};

pub(super) fn check(world: &World, out: &mut Findings) {
    for parts in provisioned(world).values() {
        for part in parts.iter().filter(|part| part.resource.is("AWS::Lambda::Alias")) {
            let Some(function) = world.function(part.target.function) else { continue };
            for (version, span, when) in part.resource.get("FunctionVersion").text().set() {
                let when = when.and(&part.when);
                if version.as_literal() != Some("$LATEST") || !when.is_possible() {
                    continue;
                }
                let name = function.address();
                let message = format!(
                    "Lambda refuses to provision concurrency for {} of `{name}`: it stands for the unpublished version",
                    part.called()
                );
                out.push(
                    Finding::new(Grade::ERROR, part.span, message)
                        .when(&when)
                        .related(name)
                        .related(part.resource.called())
                        .label(span, "not a published version")
                        .help(
                            "let the alias name an `AWS::Lambda::Version` of the function (`AutoPublishAlias` in SAM)",
                        ),
                );
            }
        }
    }
    for function in &world.application.functions {
        for (_, span, when) in function.resource.get(PROVISIONED).set() {
            let name = function.address();
            let message = format!("concurrency can be provisioned for versions and aliases of `{name}` alone");
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .when(&when.and(&function.resource.when))
                    .related(name)
                    .help("give the function an `AutoPublishAlias`: the alias is what takes it"),
            );
        }
    }
}
