//! `esm-disabled`: see `rules/source/esm-disabled.md`.

use super::mappings::mappings;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    for mapping in mappings(world) {
        let enabled = mapping.resource.get("Enabled").booleans();
        for (_, span, when) in enabled.set().filter(|(enabled, ..)| !**enabled) {
            let when = when.and(&mapping.resource.when);
            // One that is on in some deployments is switched on purpose.
            if !when.same(&mapping.resource.when) || !when.is_possible() {
                continue;
            }
            let function = mapping.function(world);
            let source = mapping.polls.first().map_or_else(|| "its source".to_owned(), super::mappings::Polls::name);
            let message = format!("{function} does not get what is in {source}: the mapping is switched off");
            out.push(
                Finding::new(Grade::NOTE, span, message)
                    .when(&when)
                    .related(mapping.resource.called())
                    .help("remove `Enabled: false`, or the mapping"),
            );
        }
    }
}
