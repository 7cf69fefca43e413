//! `log-group-cmk`: see `rules/logs/log-group-cmk.md`.

use super::log_groups::logs_of;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut told = FxHashSet::default();
    for function in &world.application.functions {
        for log in logs_of(world, function) {
            let Some(group) = log.group else { continue };
            let when = group.get("KmsKeyId").unset_when().and(&log.when);
            if when.is_possible() && !when.is_rounded() && told.insert(group.span) {
                let message = format!("`{}` is encrypted with a key of AWS", group.called());
                let finding = Finding::new(Grade::OPINION, group.span, message)
                    .help("set `KmsKeyId` to a key of your own that lets CloudWatch Logs use it")
                    .related(group.called())
                    .related(function.resource.called())
                    .when(&when);
                out.push(finding);
            }
        }
    }
}
