//! Events of objects: what causes them, and which keys a notification is limited to.

use super::Sureness;
use crate::iam::Grant;
use crate::model::{Resource, World};
use crate::value::{Answer, Data, Guard, Piece, Text, Value};
use std::sync::Arc;

/// Objects are made.
pub(super) const CREATED: u8 = 1;
/// Objects are deleted.
pub(super) const REMOVED: u8 = 2;
/// Tags of objects are changed.
pub(super) const TAGGED: u8 = 4;
/// Access lists of objects are changed.
pub(super) const ACL: u8 = 8;
/// Archived objects are restored.
pub(super) const RESTORED: u8 = 16;

/// How the names of a notification's events begin.
const EVENTS: &[(&str, u8)] = &[
    ("s3:ObjectCreated", CREATED),
    ("s3:ObjectRemoved", REMOVED),
    ("s3:ObjectTagging", TAGGED),
    ("s3:ObjectAcl", ACL),
    ("s3:ObjectRestore", RESTORED),
];

/// The detail types under which a bucket tells EventBridge of the same.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html>, retrieved 2026-11-22.
const DETAIL_TYPES: &[(&str, u8)] = &[
    ("Object Created", CREATED),
    ("Object Deleted", REMOVED),
    ("Object Tags Added", TAGGED),
    ("Object Tags Deleted", TAGGED),
    ("Object ACL Updated", ACL),
    ("Object Restore Initiated", RESTORED),
    ("Object Restore Completed", RESTORED),
];

/// Which rights on objects cause which events, and what they are called.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html>.
/// Copying and multipart uploads need `s3:PutObject` too.
const CAUSES: &[(u8, &str, &str)] = &[
    (CREATED, "s3:PutObject", "writes to"),
    (REMOVED, "s3:DeleteObject", "deletes from"),
    (REMOVED, "s3:DeleteObjectVersion", "deletes from"),
    (TAGGED, "s3:PutObjectTagging", "tags objects of"),
    (TAGGED, "s3:DeleteObjectTagging", "tags objects of"),
    (TAGGED, "s3:PutObjectVersionTagging", "tags objects of"),
    (TAGGED, "s3:DeleteObjectVersionTagging", "tags objects of"),
    (ACL, "s3:PutObjectAcl", "changes access lists in"),
    (ACL, "s3:PutObjectVersionAcl", "changes access lists in"),
    (RESTORED, "s3:RestoreObject", "restores objects of"),
];

/// The rights that cause some of these events, with what they are called.
pub(super) fn causes(events: u8) -> impl Iterator<Item = (&'static str, &'static str)> {
    CAUSES.iter().filter(move |(event, ..)| events & event != 0).map(|(_, action, verb)| (*action, *verb))
}

/// What the events of a notification are; 0 for those that nobody causes by a call (a lifecycle rule, a replication).
pub(super) fn event(name: &str) -> u8 {
    EVENTS.iter().filter(|(start, _)| name.starts_with(start)).fold(0, |events, (_, event)| events | event)
}

/// The keys that a notification is limited to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeyFilter {
    prefix: Option<Text>,
    suffix: Option<Text>,
    /// Whether the filter could not be read; then anything may separate the keys.
    unclear: bool,
}

impl KeyFilter {
    /// Keys that begin with this.
    pub(super) fn prefixed(prefix: Option<Text>) -> Self {
        Self { prefix: prefix.filter(|prefix| !prefix.is_empty()), ..Self::default() }
    }

    /// `Filter.S3Key.Rules[]` of a notification (`Filter.Key.FilterRules[]` in the API's own words, which the CDK uses), each with
    /// `Name` (in any case) and `Value`.
    pub(super) fn of(declaration: &Value<&Data>) -> Self {
        let mut rules = declaration.get("Filter.S3Key.Rules");
        if rules.is_unset() {
            rules = declaration.get("Filter.Key.FilterRules");
        }
        let (items, closed) = rules.items(false);
        let mut filter = Self { prefix: None, suffix: None, unclear: !closed && !rules.is_unset() };
        for item in items {
            let value = item.get("Value").text().only().map(|text| (*text).clone());
            let name = item.get("Name").literals().only().map(|name| name.to_ascii_lowercase());
            match (name.as_deref(), value) {
                (Some("prefix"), Some(value)) => filter.prefix = Some(value).filter(|value| !value.is_empty()),
                (Some("suffix"), Some(value)) => filter.suffix = Some(value).filter(|value| !value.is_empty()),
                _ => filter.unclear = true,
            }
        }
        filter
    }

    /// `detail.object.key[]` of a rule's pattern: any one of these is enough.
    fn alternatives(key: &Value<&Data>) -> Vec<Self> {
        if key.is_unset() {
            return vec![Self::default()];
        }
        let (items, closed) = key.items(true);
        let unclear = || Self { unclear: true, ..Self::default() };
        let mut out: Vec<Self> = if closed && !items.is_empty() { Vec::new() } else { vec![unclear()] };
        for item in items {
            let text = |name: &str| item.get(name).text().only().map(|text| (*text).clone());
            out.push(if let Some(key) = item.text().only() {
                Self { prefix: Some((*key).clone()), suffix: None, unclear: true }
            } else if let Some(prefix) = text("prefix") {
                Self { prefix: Some(prefix), ..Self::default() }
            } else if let Some(suffix) = text("suffix") {
                Self { suffix: Some(suffix), ..Self::default() }
            } else {
                unclear()
            });
        }
        out
    }

    /// Whether every key passes.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.prefix.is_none() && self.suffix.is_none() && !self.unclear
    }

    /// The ARNs of the objects that pass the filter.
    pub(super) fn objects(&self, bucket: &Text) -> Text {
        let mut arn = bucket.clone().with("/");
        if let Some(prefix) = &self.prefix {
            arn.append(prefix);
        }
        arn.push(Piece::Literal(Arc::from("*")));
        if let Some(suffix) = &self.suffix {
            arn.append(suffix);
        }
        arn
    }
}

/// Whether objects that are written as the pattern says are among those that a notification takes. `None`: certainly not;
/// otherwise whether that is certain.
pub(super) fn lands(written: &Text, objects: &Text, keys: &KeyFilter) -> Option<bool> {
    let (written, objects) = (written.canonical().pattern(), objects.canonical().pattern());
    match written.overlaps(&objects) {
        Answer::No => None,
        _ => Some(!keys.unclear && objects.covers(&written).is_yes()),
    }
}

/// How sure it is that a right on objects reaches those that a notification takes. `None`: it does not.
pub(super) fn reaches(grant: &Grant, bucket: &Text, objects: &Text, keys: &KeyFilter) -> Option<Sureness> {
    let wildcard = if keys.is_none() { Sureness::Wildcard } else { Sureness::WildcardUnproven };
    let Some(element) = grant.resource.filter(|_| !grant.statement.resources.negated) else {
        // `NotResource`: everything but what it names.
        return (grant.answer != Answer::No).then_some(wildcard);
    };
    let pattern = element.text.canonical().pattern();
    let objects = objects.canonical().pattern();
    let own = pattern.strip_prefix(&bucket.canonical().with("/")).is_some();
    // Two names that are not known are two buckets until shown otherwise.
    if !own && pattern.overlaps(&objects) != Answer::Yes {
        return None;
    }
    if !own && has_wildcard_in_bucket(&pattern) {
        return Some(wildcard);
    }
    // The write names the bucket: does anything separate the keys that are written from those that trigger?
    let inside = objects.covers(&pattern) == Answer::Yes && !keys.unclear;
    let certain = grant.answer == Answer::Yes;
    Some(if inside && certain { Sureness::Named } else { Sureness::Unproven })
}

/// Whether the bucket part of an object pattern holds a wildcard.
fn has_wildcard_in_bucket(pattern: &Text) -> bool {
    for piece in pattern.pieces() {
        match piece {
            Piece::Any | Piece::One => return true,
            Piece::Literal(text) if text.trim_start_matches("arn:").contains('/') => return false,
            _ => {}
        }
    }
    false
}

/// What a rule of EventBridge takes of buckets.
#[derive(Debug)]
pub(super) struct BucketRule<'a> {
    /// The buckets whose events it takes: those that the world declares, or ARNs of others.
    pub(super) buckets: Vec<(Text, Option<&'a Resource>, Guard)>,
    /// What happens: bits as in [`Takes::Objects`](super::Takes::Objects).
    pub(super) events: u8,
    /// To which keys; any one of these is enough.
    pub(super) keys: Vec<KeyFilter>,
}

/// Reads the pattern of a rule that takes `aws.s3`. A bucket that the world declares sends events only where it has
/// `EventBridgeConfiguration`.
pub(super) fn rule<'a>(world: &World<'a>, pattern: &Value<&Data>) -> BucketRule<'a> {
    let (types, closed) = pattern.get("detail-type").items(true);
    let mut events = 0;
    for item in &types {
        for name in item.literals().set().map(|(name, ..)| name.as_str()) {
            events |= DETAIL_TYPES.iter().filter(|(known, _)| *known == name).fold(0, |bits, (_, bit)| bits | bit);
        }
    }
    if pattern.get("detail-type").is_unset() && closed {
        events = CREATED | REMOVED | TAGGED | ACL | RESTORED;
    }
    // What a lifecycle rule deletes is not the function's doing.
    let reasons = pattern.get("detail.reason").items(true).0;
    if !reasons.is_empty() && reasons.iter().all(|reason| is(reason, "Lifecycle Expiration")) {
        events &= !REMOVED;
    }
    let mut keys = KeyFilter::alternatives(&pattern.get("detail.object.key"));
    let further = pattern.get("detail").entries().0;
    if further.iter().any(|(entry, _)| !matches!(&*entry.key, "bucket" | "object" | "reason"))
        || pattern.get("detail.object").entries().0.iter().any(|(entry, _)| &*entry.key != "key")
    {
        for filter in &mut keys {
            filter.unclear = true;
        }
    }
    let names = pattern.get("detail.bucket.name");
    let mut buckets = Vec::new();
    if names.is_unset() {
        buckets.extend(world.of_kind("AWS::S3::Bucket").filter_map(|bucket| {
            Some((bucket.names.arn.clone()?, Some(bucket), sends(bucket))).filter(|(.., when)| when.is_possible())
        }));
    } else {
        for item in names.items(true).0 {
            for (name, _, when) in item.text().set() {
                match world.resource_named("AWS::S3::Bucket", name) {
                    Some(bucket) => {
                        let when = when.and(&sends(bucket));
                        if let Some(arn) = bucket.names.arn.clone().filter(|_| when.is_possible()) {
                            buckets.push((arn, Some(bucket), when));
                        }
                    }
                    None => {
                        let mut arn = Text::literal("arn:aws:s3:::");
                        arn.append(name);
                        buckets.push((arn, None, when.clone()));
                    }
                }
            }
        }
    }
    BucketRule { buckets, events, keys }
}

fn is(value: &Value<&Data>, literal: &str) -> bool {
    value.literals().every(|value| value.is_some_and(|value| value == literal))
}

/// The deployments in which a bucket sends its events to EventBridge.
fn sends(bucket: &Resource) -> Guard {
    let configuration = bucket.get("NotificationConfiguration.EventBridgeConfiguration");
    let off = configuration.get("EventBridgeEnabled").booleans();
    let on = configuration.set().fold(Guard::never(), |on, (_, _, when)| on.or(when));
    let off = off.set().filter(|(on, ..)| !**on).fold(Guard::never(), |off, (_, _, when)| off.or(when));
    on.and(&off.not())
}
