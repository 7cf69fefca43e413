//! `deprecated-runtime`: see `rules/runtime/deprecated-runtime.md`.

use crate::engine::Findings;
use crate::model::World;

pub(super) fn check(_world: &World, _out: &mut Findings) {}
