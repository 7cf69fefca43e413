//! `topic-policy-missing`: see `rules/trigger/topic-policy-missing.md`.

use super::channels::Channel;
use crate::engine::Findings;
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    super::queue_policy_missing::missing(world, Channel::Topic, out);
}
