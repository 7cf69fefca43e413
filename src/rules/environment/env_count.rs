//! `env-count`: see `rules/environment/env-count.md`.

use super::variables::{functions, variables};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;

/// More variables are too many to keep in mind. Source: the catalogue's survey of peers (Stave).
const MANY: usize = 20;

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in functions(world) {
        let variables = variables(function);
        let always =
            variables.iter().filter(|(entry, when)| when.same(&function.when) && entry.value.set().next().is_some());
        let count = always.count();
        if count > MANY {
            let message = format!("`{}` has {count} environment variables", function.address);
            let span = function.key_span("Environment.Variables");
            out.push(
                Finding::new(Grade::OPINION, span, message)
                    .help("put what belongs together into a parameter of Parameter Store or AppConfig, or split the function")
                    .related(&function.address)
                    .when(&function.when),
            );
        }
    }
}
