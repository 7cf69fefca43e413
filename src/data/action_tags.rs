//! What some actions hand out: credentials, or the data of others.
//!
//! Source: `facts/action-tags.tsv`.

use super::Date;
use super::iam_actions::glob_matches;

include!(concat!(env!("OUT_DIR"), "/action_tags.rs"));

/// What an action hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tag {
    /// Secrets, tokens, keys: what opens something else.
    Credentials,
    /// What somebody keeps in a table, a bucket, a queue.
    Data,
}

/// The day on which the table was read.
#[must_use]
pub fn table_date() -> Date {
    TABLE_DATE
}

/// The actions with a tag that a pattern of a policy covers, sorted by name. `*` stands for any characters, `?` for one.
pub fn matching(pattern: &str, tag: Tag) -> impl Iterator<Item = &'static str> {
    // The table is sorted: what begins otherwise than the pattern before its first wildcard need not be looked at.
    let fixed = pattern.split(['*', '?']).next().unwrap_or("").to_ascii_lowercase();
    let start =
        TABLE.partition_point(|(action, _)| action.bytes().map(|byte| byte.to_ascii_lowercase()).lt(fixed.bytes()));
    let rest = TABLE.get(start..).unwrap_or_default().iter();
    rest.take_while(move |(action, _)| {
        action.get(..fixed.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(&fixed))
    })
    .filter(move |(action, found)| *found == tag && glob_matches(pattern, action))
    .map(|(action, _)| *action)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str, tag: Tag) -> Vec<&'static str> {
        matching(pattern, tag).collect()
    }

    #[test]
    fn patterns_cover_what_they_say() {
        assert_eq!(of("STS:assumerole", Tag::Credentials), ["sts:AssumeRole"]);
        assert_eq!(of("sts:AssumeRole", Tag::Data), [""; 0]);
        assert_eq!(
            of("dynamodb:*Get*", Tag::Data),
            ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:GetRecords"]
        );
        assert_eq!(of("*:GetSecretValue", Tag::Credentials), ["secretsmanager:GetSecretValue"]);
        assert_eq!(of("ssm:GetParameter?", Tag::Data), ["ssm:GetParameters"]);
        assert_eq!(of("zzz:*", Tag::Data), [""; 0]);
        assert_eq!(of("", Tag::Data), [""; 0]);
    }

    #[test]
    fn every_pattern_finds_what_a_scan_finds() {
        for (action, _) in TABLE {
            let (service, name) = action.split_once(':').unwrap();
            for pattern in [format!("{service}:*"), format!("{service}:{}*", &name[..3]), "*".into(), (*action).into()]
            {
                for tag in [Tag::Credentials, Tag::Data] {
                    let scanned: Vec<&str> = TABLE
                        .iter()
                        .filter(|(action, found)| *found == tag && glob_matches(&pattern, action))
                        .map(|(action, _)| *action)
                        .collect();
                    assert_eq!(of(&pattern, tag), scanned, "{pattern}");
                }
            }
        }
    }
}
