//! Which rule answers a check of another linter, and why some checks have none.
//!
//! The pages say what they answer (`covers`); `src/data/facts/peers.tsv` has the checks that no rule answers, with the
//! reason. A page wins over the table, so that a new rule needs no change there.

use super::meta::{RULES, RuleMeta};
use crate::data::nearest;
use std::collections::{BTreeMap, BTreeSet};

/// A check, a tab, and the reason; lines with `#` are about the table.
const WITHOUT_RULE: &str = include_str!("../data/facts/peers.tsv");

/// A check of another linter and what is said of it.
#[derive(Debug)]
pub struct PeerCheck {
    /// The tool and its name of the check (`checkov:CKV_AWS_363`).
    pub check: &'static str,
    /// The rules that answer it, sorted by name; empty when none does.
    pub rules: Vec<&'static RuleMeta>,
    /// Why no rule answers it; empty when one does.
    pub reason: &'static str,
}

impl PeerCheck {
    /// The check's name without its tool (`CKV_AWS_363`).
    #[must_use]
    pub fn id(&self) -> &'static str {
        self.check.split_once(':').map_or(self.check, |(_, id)| id)
    }

    /// Whether this is meant by a name with or without the tool, in any case.
    fn is_called(&self, name: &str) -> bool {
        self.check.eq_ignore_ascii_case(name) || self.id().eq_ignore_ascii_case(name)
    }
}

/// All checks that are known, sorted by tool and name.
#[must_use]
pub fn checks() -> Vec<PeerCheck> {
    let mut known: BTreeMap<&'static str, PeerCheck> = BTreeMap::new();
    for rule in RULES {
        for &check in rule.covers {
            let entry = known.entry(check).or_insert(PeerCheck { check, rules: Vec::new(), reason: "" });
            entry.rules.push(rule);
        }
    }
    for (check, reason) in without_rule() {
        known.entry(check).or_insert(PeerCheck { check, rules: Vec::new(), reason });
    }
    known.into_values().collect()
}

/// The checks of this name: several when several tools have one, none when it is not known.
#[must_use]
pub fn called(name: &str) -> Vec<PeerCheck> {
    checks().into_iter().filter(|check| check.is_called(name.trim())).collect()
}

/// The check that was probably meant by a name that none has, written as the name was: with the tool or without.
#[must_use]
pub fn did_you_mean(name: &str) -> Option<&'static str> {
    let with_tool = name.contains(':');
    let names: BTreeSet<&'static str> =
        checks().iter().map(|check| if with_tool { check.check } else { check.id() }).collect();
    nearest(name.trim(), names)
}

/// The rows of the table.
fn without_rule() -> impl Iterator<Item = (&'static str, &'static str)> {
    WITHOUT_RULE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_understood_with_and_without_the_tool_in_any_case() {
        for name in ["CKV_AWS_363", "ckv_aws_363", "checkov:CKV_AWS_363", "Checkov:ckv_aws_363", " E2531 ", "lambda.2"]
        {
            let found = called(name);
            let rules: Vec<_> = found.iter().flat_map(|check| &check.rules).map(|rule| rule.name).collect();
            assert_eq!(rules, ["deprecated-runtime"], "{name}");
        }
        assert!(called("CKV_AWS_36").is_empty() && called("").is_empty());
    }

    #[test]
    fn a_misspelt_check_is_recognised() {
        assert_eq!(did_you_mean("CKV_AWS_3633"), Some("CKV_AWS_363"));
        assert_eq!(did_you_mean("frobnicate-everything"), None);
    }

    #[test]
    fn every_check_has_a_tool_and_either_a_rule_or_a_reason() {
        for check in checks() {
            assert!(check.check.contains(':') && !check.id().is_empty(), "{}", check.check);
            assert_ne!(check.rules.is_empty(), check.reason.is_empty(), "{}", check.check);
        }
    }

    #[test]
    fn the_table_is_sorted_and_has_no_check_twice() {
        let names: Vec<_> = without_rule().map(|(check, _)| check).collect();
        assert!(names.is_sorted_by(|a, b| a < b), "{names:?}");
        let lines = WITHOUT_RULE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(lines, names.len(), "a line is a check, a tab and a reason");
    }
}
