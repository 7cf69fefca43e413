//! `newer-runtime-available`: see `rules/runtime/newer-runtime-available.md`.

use super::runtimes::uses;
use crate::data::runtimes::{Status, runtime};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    for used in uses(world).into_iter().filter(|used| !used.by_layers) {
        let Some(known) = runtime(&used.id).filter(|known| known.zip) else { continue };
        // What is deprecated is another rule's.
        if known.status(world.today) >= Status::Deprecated {
            continue;
        }
        let Some(newest) = known.successor.and_then(runtime) else { continue };
        let newer = known.compare_versions(newest).is_none_or(std::cmp::Ordering::is_lt) || known.os != newest.os;
        if !newer || newest.status(world.today) >= Status::Preview {
            continue;
        }
        let message =
            format!("{} run{} on `{}`; the newest is `{}`", used.subject(), used.ending(), known.id, newest.id);
        out.push(used.tell(Finding::new(Grade::OPINION, used.span, message)).help(format!("move to `{}`", newest.id)));
    }
}
