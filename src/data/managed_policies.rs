//! The policies that AWS manages, reduced to what their statements allow.
//!
//! Source: `facts/managed-policies.json`. The table is text with a policy a line, searched in place; a policy's
//! statements are parsed only when somebody asks for them.

use super::{Date, sorted_lines};

include!(concat!(env!("OUT_DIR"), "/managed_policies.rs"));

static LINES: &str = include_str!(concat!(env!("OUT_DIR"), "/managed_policies.txt"));

/// A policy that AWS manages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its name, which no other policy of AWS has, whatever their paths.
    pub name: &'static str,
    /// The path before the name in its ARN: `/` or `/service-role/`.
    pub path: &'static str,
    /// The version that was read (`v6`).
    pub version: &'static str,
    /// Whether AWS has withdrawn it: it cannot be attached any more.
    pub withdrawn: bool,
    /// Its statements as a JSON list of objects with Effect, Action or NotAction, Resource or NotResource, and
    /// Condition. A single value is a string, several are a list.
    pub statements_json: &'static str,
}

impl Policy {
    /// What follows `arn:<partition>:iam::aws:` in its ARN: `policy/service-role/AWSLambdaBasicExecutionRole`.
    #[must_use]
    pub fn arn_path(&self) -> String {
        format!("policy{}{}", self.path, self.name)
    }
}

/// The day on which the table was read.
#[must_use]
pub fn table_date() -> Date {
    TABLE_DATE
}

/// The policy of this name, if the table has it. A name that it lacks may exist all the same: the table holds those
/// that matter to functions, not all.
#[must_use]
pub fn policy(name: &str) -> Option<Policy> {
    parse(sorted_lines::find(LINES, |key| key.cmp(name))?)
}

/// The policy of an ARN such as `arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`, in whatever
/// partition. Its path must be right, too.
#[must_use]
pub fn policy_of_arn(arn: &str) -> Option<Policy> {
    let (_, path) = arn.strip_prefix("arn:")?.split_once(":iam::aws:policy/")?;
    let name = path.rsplit('/').next()?;
    policy(name).filter(|policy| policy.arn_path().strip_prefix("policy/") == Some(path))
}

/// The names of all policies of the table, sorted.
pub fn names() -> impl Iterator<Item = &'static str> {
    LINES.lines().map(sorted_lines::key)
}

fn parse(line: &'static str) -> Option<Policy> {
    let mut fields = line.splitn(6, '\t');
    let (name, path, version) = (fields.next()?, fields.next()?, fields.next()?);
    let (_updated, withdrawn, statements_json) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Policy { name, path, version, withdrawn: !withdrawn.is_empty(), statements_json })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_is_found_and_its_statements_are_json() {
        let names: Vec<_> = names().collect();
        assert!(names.len() > 600, "{}", names.len());
        assert!(names.is_sorted_by(|a, b| a < b), "sorted, no name twice");
        for name in names {
            let policy = policy(name).unwrap();
            assert_eq!(policy.name, name);
            assert!(policy.path.starts_with('/') && policy.path.ends_with('/'), "{policy:?}");
            let statements: Vec<serde_json::Map<String, serde_json::Value>> =
                serde_json::from_str(policy.statements_json).unwrap();
            assert!(!statements.is_empty(), "{name}");
            for statement in statements {
                assert!(["Allow", "Deny"].iter().any(|effect| statement.get("Effect").unwrap() == effect), "{name}");
                assert!(statement.contains_key("Action") != statement.contains_key("NotAction"), "{name}");
                assert!(statement.contains_key("Resource") != statement.contains_key("NotResource"), "{name}");
            }
        }
    }

    #[test]
    fn the_basic_policy_lets_a_function_log() {
        let policy = policy("AWSLambdaBasicExecutionRole").unwrap();
        assert_eq!(policy.arn_path(), "policy/service-role/AWSLambdaBasicExecutionRole");
        assert!(policy.statements_json.contains("logs:PutLogEvents") && !policy.withdrawn);
        assert_eq!(super::policy("awslambdabasicexecutionrole"), None);
        assert!(super::policy("AWSLambdaFullAccess").is_some_and(|policy| policy.withdrawn));
    }

    #[test]
    fn an_arn_must_have_the_right_path() {
        let found = |arn| policy_of_arn(arn).map(|policy| policy.name);
        let name = Some("AWSLambdaBasicExecutionRole");
        assert_eq!(found("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"), name);
        assert_eq!(found("arn:aws-cn:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"), name);
        assert_eq!(found("arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"), None);
        assert_eq!(found("arn:aws:iam::123456789012:policy/service-role/AWSLambdaBasicExecutionRole"), None);
        assert_eq!(found("arn:aws:iam::aws:policy/AdministratorAccess"), Some("AdministratorAccess"));
    }
}
