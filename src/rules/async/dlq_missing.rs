//! `dlq-missing`: see `rules/async/dlq-missing.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::rules::asynchronous::{InvokeConfigs, is_all_seen, may_be_set};
use crate::rules::permissions::certainly;

pub(super) fn check(world: &World, out: &mut Findings) {
    if !is_all_seen(world) {
        return;
    }
    let configs = InvokeConfigs::of(world);
    for function in &world.application.functions {
        let dead = may_be_set(&function.resource.get("DeadLetterConfig.TargetArn"));
        let own = configs.for_function(function.id).iter();
        let kept = own.fold(dead.or(configs.may_be_more()), |kept, config| kept.or(&config.keeps()));
        if let Some(left) = certainly(&function.resource.when, &kept) {
            let name = function.address();
            let message = format!("`{name}` has neither a dead-letter queue nor an on-failure destination");
            out.push(Finding::new(Grade::OPINION, function.resource.span, message).when(&left).related(name));
        }
    }
}
