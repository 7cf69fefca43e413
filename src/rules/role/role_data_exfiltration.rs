//! `role-data-exfiltration`: see `rules/role/role-data-exfiltration.md`.

use super::exposure::{self, Kind, Words};
use crate::data::action_tags::{self, Tag};
use crate::data::iam_actions;
use crate::engine::Findings;
use crate::iam::words;
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    let matching = |pattern: &str| action_tags::matching(pattern, Tag::Data).filter_map(iam_actions::action).collect();
    // Those that poll for a function read every queue or stream.
    let kind = Kind { matching: &matching, made_for_functions: false };
    let say = |actions: &[&str]| Words {
        may: format!("may read whatever data there is, by {}", words::list(actions)),
        help: "name the tables, buckets or queues that it reads, by their ARNs",
    };
    exposure::report(world, &kind, say, out);
}
