//! `esm-on-success`: see `rules/source/esm-on-success.md`.

use super::mappings::mappings;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::Guard;

const PATH: &str = "DestinationConfig.OnSuccess";

pub(super) fn check(world: &World, out: &mut Findings) {
    for mapping in mappings(world) {
        let value = mapping.resource.get(PATH);
        let set = value.set().fold(Guard::never(), |all, (_, _, when)| all.or(when)).and(&mapping.resource.when);
        if !set.is_possible() {
            continue;
        }
        let function = mapping.function(world);
        let message = format!("Lambda refuses the mapping for {function}: results of what it polls go nowhere");
        out.push(
            Finding::new(Grade::ERROR, mapping.resource.key_span(PATH), message)
                .when(&set)
                .related(mapping.resource.called())
                .help("remove `OnSuccess`; let the function itself send on what it has done"),
        );
    }
}
