//! `alias-provisioned-routing`: see `rules/concurrency/alias-provisioned-routing.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::rules::concurrency::PROVISIONED;

pub(super) fn check(world: &World, out: &mut Findings) {
    for alias in world.of_kind("AWS::Lambda::Alias") {
        let routing = alias.get("RoutingConfig.AdditionalVersionWeights");
        let weights = routing.set().filter(|(data, ..)| data.list().is_some_and(|list| !list.items.is_empty()));
        for (_, span, when) in weights {
            let config = alias.get(PROVISIONED);
            let Some((at, when)) = config.set().find_map(|(_, at, also)| {
                let when = when.and(also).and(&alias.when);
                (when.is_possible() && !when.is_rounded()).then_some((at, when))
            }) else {
                continue;
            };
            let name = alias.called();
            let message =
                format!("Lambda refuses `{name}`: an alias with provisioned concurrency takes no second version");
            out.push(
                Finding::new(Grade::ERROR, at, message)
                    .when(&when)
                    .related(name)
                    .label(span, "the second version")
                    .help(
                        "provision for the versions (`AWS::Lambda::Version`), or shift traffic with \
                         `CodeDeployLambdaAliasUpdate`",
                    ),
            );
        }
    }
}
