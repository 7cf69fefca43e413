//! `role-credential-exposure`: see `rules/role/role-credential-exposure.md`.

use super::exposure::{self, Kind, Words};
use crate::data::action_tags::{self, Tag};
use crate::data::iam_actions;
use crate::engine::Findings;
use crate::iam::words;
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    let matching =
        |pattern: &str| action_tags::matching(pattern, Tag::Credentials).filter_map(iam_actions::action).collect();
    let kind = Kind { matching: &matching, made_for_functions: true };
    let say = |actions: &[&str]| Words {
        may: format!("may get whatever credentials there are, by {}", words::list(actions)),
        help: "name the secrets, roles or users that it works with, by their ARNs",
    };
    exposure::report(world, &kind, say, out);
}
