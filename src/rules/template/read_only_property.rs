//! `read-only-property`: see `rules/template/read-only-property.md`.

use super::misfits::{finding, holder};
use crate::engine::{Findings, Grade};
use crate::model::{Fault, World};

pub(super) fn check(world: &World, out: &mut Findings) {
    for misfit in world.misfits() {
        if !matches!(misfit.fault, Fault::ReadOnly) {
            continue;
        }
        let name = misfit.path.rsplit('.').next().unwrap_or_default();
        let message = format!("`{}` of {} is set by AWS alone", name.escape_debug(), holder(misfit));
        let help = format!("remove it; `Fn::GetAtt` reads it (`{}.{}`)", misfit.address, misfit.path.escape_debug());
        out.push(finding(world, misfit, Grade::WARNING, message).help(help));
    }
}
