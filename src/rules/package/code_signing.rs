//! `code-signing`: see `rules/package/code-signing.md`.

use super::packaging::zip;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::Guard;

const CONFIG: &str = "AWS::Lambda::CodeSigningConfig";
const POLICY: &str = "CodeSigningPolicies.UntrustedArtifactOnDeployment";

pub(super) fn check(world: &World, out: &mut Findings) {
    for config in world.of_kind(CONFIG) {
        let policy = config.get(POLICY);
        let policies = policy.literals();
        let unset = policies.unset_when();
        let warns = policies.set().filter(|(value, ..)| *value == "Warn").map(|(_, span, when)| (span, when.clone()));
        let default = unset.is_possible().then_some((config.span, unset));
        for (span, when) in warns.chain(default).filter(|(_, when)| !when.is_rounded()) {
            let name = config.called();
            let message = format!("`{name}` lets in code that nobody signed: it only warns");
            let is_default = span == config.span;
            out.push(
                Finding::new(Grade::WARNING, span, message)
                    .here(if is_default { "`Warn` is the default" } else { "and deploys all the same" })
                    .when(&when.and(&config.when))
                    .related(name)
                    .help("set `CodeSigningPolicies.UntrustedArtifactOnDeployment` to `Enforce`"),
            );
        }
    }
    for function in world.of_kind("AWS::Lambda::Function") {
        let when: Guard = function.get("CodeSigningConfigArn").unset_when().and(&zip(function));
        // Code in the template cannot be signed.
        let inline = function.get("Code.ZipFile").set().next().is_some();
        if !when.is_possible() || when.is_rounded() || inline {
            continue;
        }
        let name = function.called();
        out.push(
            Finding::new(
                Grade::OPINION,
                function.span,
                format!("whoever can update `{name}` can have it run any code"),
            )
            .when(&when)
            .related(name)
            .help("set `CodeSigningConfigArn`, so that only code of your signers is deployed"),
        );
    }
}
