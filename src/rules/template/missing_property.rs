//! `missing-property`: see `rules/template/missing-property.md`.

use super::misfits::{finding, itself, who};
use crate::engine::{Findings, Grade};
use crate::model::{Fault, World};

pub(super) fn check(world: &World, out: &mut Findings) {
    for misfit in world.misfits() {
        let Fault::Missing { name } = &misfit.fault else { continue };
        let message = if misfit.path.is_empty() {
            let kind = &misfit.kind;
            format!("{} has no `{name}`, and {} refuses `{kind}` without it", itself(misfit), who(misfit))
        } else {
            format!("{} has no `{name}`, and {} refuses it", itself(misfit), who(misfit))
        };
        out.push(finding(world, misfit, Grade::ERROR, message).help(format!("add `{name}`")));
    }
}
