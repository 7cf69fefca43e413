//! `env-cmk`: see `rules/environment/env-cmk.md`.

use super::variables::{functions, variables};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::Guard;

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in functions(world) {
        let without = function.get("KmsKeyArn").unset_when();
        let variables = variables(function);
        let when = variables.iter().fold(Guard::never(), |any, (_, when)| any.or(when)).and(&without);
        if when.is_possible() && !when.is_rounded() {
            let message = format!("the environment of `{}` is encrypted with a key of AWS", function.address);
            let finding = Finding::new(Grade::OPINION, function.key_span("Environment"), message)
                .help("set `KmsKeyArn` to a key of your own, whose use you allow and see in CloudTrail")
                .related(&function.address)
                .when(&when);
            out.push(finding);
        }
    }
}
