//! What the rules about a bucket's notifications share.

use crate::model::{Resource, World};
use crate::value::{Data, Guard, Text, Value};

/// What a notification is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// A function.
    Function,
    /// A queue.
    Queue,
    /// A topic.
    Topic,
}

/// One event of one entry of a bucket's notifications.
pub(super) struct Notification<'a> {
    /// The resource that declares it.
    pub(super) holder: &'a Resource,
    /// What it is sent to.
    pub(super) to: Destination,
    /// The property that names that.
    pub(super) target: Value<&'a Data>,
    /// The event (`s3:ObjectCreated:*`).
    pub(super) event: Value<String>,
    /// The list of rules that limit its keys.
    pub(super) rules: Value<&'a Data>,
    /// The entry.
    pub(super) declaration: Value<&'a Data>,
}

/// How one type of resource spells its notifications.
struct Spelling {
    kind: &'static str,
    lists: [(&'static str, &'static str, Destination); 3],
    event: &'static str,
    rules: &'static str,
}

/// The second is the custom resource that CDK makes in place of the bucket's property; it has the spelling of the API.
const SPELLINGS: [Spelling; 2] = [
    Spelling {
        kind: "AWS::S3::Bucket",
        lists: [
            ("LambdaConfigurations", "Function", Destination::Function),
            ("QueueConfigurations", "Queue", Destination::Queue),
            ("TopicConfigurations", "Topic", Destination::Topic),
        ],
        event: "Event",
        rules: "Filter.S3Key.Rules",
    },
    Spelling {
        kind: "Custom::S3BucketNotifications",
        lists: [
            ("LambdaFunctionConfigurations", "LambdaFunctionArn", Destination::Function),
            ("QueueConfigurations", "QueueArn", Destination::Queue),
            ("TopicConfigurations", "TopicArn", Destination::Topic),
        ],
        event: "Events",
        rules: "Filter.Key.FilterRules",
    },
];

/// All notifications of a world, those of one bucket after one another.
pub(super) fn notifications<'a>(world: &World<'a>) -> Vec<Notification<'a>> {
    let mut out = Vec::new();
    for spelling in &SPELLINGS {
        for holder in world.of_kind(spelling.kind) {
            let configuration = holder.get("NotificationConfiguration");
            for (list, target, to) in spelling.lists {
                let (entries, _) = configuration.get(list).items(false);
                for declaration in entries {
                    let (events, _) = declaration.get(spelling.event).items(true);
                    out.extend(events.into_iter().map(|event| Notification {
                        holder,
                        to,
                        target: declaration.get(target),
                        event: event.literals(),
                        rules: declaration.get(spelling.rules),
                        declaration: declaration.clone(),
                    }));
                }
            }
        }
    }
    out
}

/// The keys that a notification is limited to, in one case.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Keys {
    /// What they start with.
    pub(super) prefix: Text,
    /// What they end with.
    pub(super) suffix: Text,
}

/// How many cases of one filter are looked at.
const MAX_CASES: usize = 16;

impl Notification<'_> {
    /// Whether SAM leaves it out because the bucket has it already: the same event, keys and function as an earlier one.
    pub(super) fn is_merged_into(&self, earlier: &Self) -> bool {
        let made = !self.holder.body.contains(self.declaration.span());
        let same = |one: Option<&&Text>, two: Option<&&Text>| one.is_some() && one == two;
        let (mine, its) = (self.keys(), earlier.keys());
        made && self.event.only().is_some()
            && self.event.only() == earlier.event.only()
            && same(self.target.text().only(), earlier.target.text().only())
            && mine.len() == its.len()
            && mine.iter().zip(&its).all(|(mine, its)| mine.0 == its.0)
    }

    /// The keys that it is for, in every case that is known.
    pub(super) fn keys(&self) -> Vec<(Keys, Guard)> {
        let mut out = Vec::new();
        for case in self.rules.cases() {
            let Some(list) = case.value else {
                out.push((Keys::default(), case.when.clone()));
                continue;
            };
            let Some(list) = list.list().filter(|list| !list.open) else { continue };
            let mut keys = vec![(Keys::default(), case.when.clone())];
            for rule in &list.items {
                keys = keys.iter().flat_map(|(keys, when)| narrowed(keys, &rule.borrow().within(when))).collect();
                keys.truncate(MAX_CASES);
            }
            out.extend(keys);
        }
        out
    }
}

/// Some keys, limited by one more rule; a rule that cannot be read leaves nothing that is known.
fn narrowed(keys: &Keys, rule: &Value<&Data>) -> Vec<(Keys, Guard)> {
    let mut out = Vec::new();
    for case in rule.cases() {
        if case.value.is_none() {
            out.push((keys.clone(), case.when.clone()));
        }
    }
    for (name, _, name_when) in rule.get("Name").literals().set() {
        for (value, _, value_when) in rule.get("Value").text().set() {
            let when = name_when.and(value_when);
            let mut keys = keys.clone();
            match name.to_ascii_lowercase().as_str() {
                "prefix" => keys.prefix = (*value).clone(),
                "suffix" => keys.suffix = (*value).clone(),
                _ => continue,
            }
            if when.is_possible() {
                out.push((keys, when));
            }
        }
    }
    out
}

impl Keys {
    /// Whether some key certainly is among both.
    pub(super) fn overlap(&self, other: &Self) -> bool {
        let starts =
            self.prefix.strip_prefix(&other.prefix).is_some() || other.prefix.strip_prefix(&self.prefix).is_some();
        starts && ends(&self.suffix, &other.suffix)
    }

    /// In words: ``all keys``, ``keys that start with `images/` ``.
    pub(super) fn words(&self) -> String {
        match (self.prefix.is_empty(), self.suffix.is_empty()) {
            (true, true) => "all keys".to_owned(),
            (false, true) => format!("keys that start with `{}`", self.prefix),
            (true, false) => format!("keys that end with `{}`", self.suffix),
            (false, false) => format!("keys that start with `{}` and end with `{}`", self.prefix, self.suffix),
        }
    }
}

/// Whether one of two suffixes certainly ends with the other.
fn ends(one: &Text, two: &Text) -> bool {
    if one == two || one.is_empty() || two.is_empty() {
        return true;
    }
    match (one.as_literal(), two.as_literal()) {
        (Some(one), Some(two)) => one.ends_with(two) || two.ends_with(one),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(prefix: &str, suffix: &str) -> Keys {
        Keys { prefix: Text::literal(prefix), suffix: Text::literal(suffix) }
    }

    #[test]
    fn keys_overlap_when_both_ends_do() {
        let overlap = |a: (&str, &str), b: (&str, &str)| {
            let forth = keys(a.0, a.1).overlap(&keys(b.0, b.1));
            assert_eq!(forth, keys(b.0, b.1).overlap(&keys(a.0, a.1)));
            forth
        };
        assert!(overlap(("", ""), ("images/", ".jpg")));
        assert!(overlap(("images", "jpg"), ("", "pg")));
        assert!(overlap(("images/", ""), ("", ".jpg")));
        assert!(!overlap(("images/", ""), ("logs/", "")));
        assert!(!overlap(("images/", ".jpg"), ("images/", ".png")));
        assert!(!overlap(("images/", ".jpg"), ("logs/", ".jpg")));
    }
}
