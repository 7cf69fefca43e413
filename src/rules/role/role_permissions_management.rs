//! `role-permissions-management`: see `rules/role/role-permissions-management.md`.

use super::exposure::{self, Kind, Words};
use super::role_resource_wildcard::NEED_STAR;
use crate::data::action_tags::{self, Tag};
use crate::data::escalation::GAINS;
use crate::data::iam_actions::{self, AccessLevel, Action};
use crate::engine::Findings;
use crate::iam::words;
use crate::model::World;
use std::sync::LazyLock;

/// Beginnings of the names of actions that only read or use something, whatever AWS calls them.
const MERELY_USE: &[&str] = &[
    "Access",
    "Allow",
    "Application",
    "Describe",
    "Generate",
    "Get",
    "Invoke",
    "List",
    "Refresh",
    "Search",
    "Test",
    "Validate",
    "View",
];

/// The actions that change who may do what, with their names: those that other rules are about are not among them.
static MANAGING: LazyLock<Vec<(String, Action)>> = LazyLock::new(|| {
    let manages = |action: &Action| {
        action.level == AccessLevel::Permissions || action.curated_level == Some(AccessLevel::Permissions)
    };
    let named = |action: Action| (action.full_name(), action);
    let others = |(name, action): &(String, Action)| {
        let is = |known: &&str| known.eq_ignore_ascii_case(name);
        let gains = || GAINS.iter().flat_map(|gain| gain.actions);
        !is(&"iam:PassRole")
            && !gains().any(is)
            && !MERELY_USE.iter().any(|verb| action.name.starts_with(verb))
            && !NEED_STAR.iter().any(is)
            && action_tags::matching(name, Tag::Credentials).next().is_none()
    };
    let all = iam_actions::services().flat_map(iam_actions::Service::actions);
    all.filter(|action| manages(action) && action.takes_resources()).map(named).filter(others).collect()
});

pub(super) fn check(world: &World, out: &mut Findings) {
    let matching = |pattern: &str| {
        let covered = MANAGING.iter().filter(|(name, _)| iam_actions::glob_matches(pattern, name));
        covered.map(|(_, action)| *action).collect()
    };
    let kind = Kind { matching: &matching, made_for_functions: true };
    let say = |actions: &[&str]| Words {
        may: format!("may change the permissions of whatever there is, by {}", words::list(actions)),
        help: "name the resources whose policies it manages, by their ARNs, or leave these actions out",
    };
    exposure::report(world, &kind, say, out);
}
