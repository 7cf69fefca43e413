//! `recursive-trigger`: see `rules/trigger/recursive-trigger.md`.
//!
//! A bucket runs a function, and the function's role may write to the bucket: each run may cause the next.

use crate::engine::{Confidence, Finding, Findings, Grade, Severity};
use crate::iam::{Grant, grant::grants};
use crate::model::{Function, Role, Trigger, TriggerKind, World};
use crate::source::Span;
use crate::value::{Answer, Data, Guard, Piece, Text, Value};
use crate::wiring::flow::{BUDGET, Channel, Cycle, Edge, EdgeId, EdgeKind, EventFlow, NodeKind, Sureness};
use std::sync::Arc;

/// Which actions on objects cause which events.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html>.
const CAUSES: &[(&str, &str, &str)] = &[
    ("s3:ObjectCreated:", "s3:PutObject", "writes to"),
    ("s3:ObjectRemoved:", "s3:DeleteObject", "deletes from"),
    ("s3:ObjectRemoved:", "s3:DeleteObjectVersion", "deletes from"),
    ("s3:ObjectTagging:", "s3:PutObjectTagging", "tags objects of"),
    ("s3:ObjectTagging:", "s3:DeleteObjectTagging", "tags objects of"),
    ("s3:ObjectTagging:", "s3:PutObjectVersionTagging", "tags objects of"),
    ("s3:ObjectTagging:", "s3:DeleteObjectVersionTagging", "tags objects of"),
    ("s3:ObjectAcl:", "s3:PutObjectAcl", "changes access lists in"),
    ("s3:ObjectAcl:", "s3:PutObjectVersionAcl", "changes access lists in"),
    ("s3:ObjectRestore:", "s3:RestoreObject", "restores objects of"),
];

pub(super) fn check(world: &World, out: &mut Findings) {
    for trigger in world.application.triggers.iter().filter(|trigger| trigger.kind == TriggerKind::S3) {
        let Some(function) = world.function(trigger.target.function) else { continue };
        let Some(bucket) = trigger.source_arn.as_ref() else { continue };
        let filter = KeyFilter::of(trigger);
        if let Some(found) = worst(world, trigger, function, bucket, &filter) {
            report(world, trigger, function, &filter, &found, out);
        }
    }
    through_channels(world, out);
}

/// The loops through queues, topics, tables, streams, buses and log groups: one finding for each trigger in one.
fn through_channels(world: &World, out: &mut Findings) {
    let flow = EventFlow::of(world);
    let mut budget = BUDGET;
    for (index, edge) in flow.edges.iter().enumerate() {
        if !matches!(edge.kind, EdgeKind::Trigger(_)) {
            continue;
        }
        if let Some(cycle) = flow.cycle(EdgeId(index), &mut budget) {
            report_cycle(world, &flow, edge, &cycle, out);
        }
    }
}

fn report_cycle(world: &World, flow: &EventFlow, trigger: &Edge, cycle: &Cycle, out: &mut Findings) {
    let (Some(from), Some(to)) = (flow.node(trigger.from), flow.node(trigger.to)) else { return };
    let (grade, confidence) = match cycle.sureness {
        Sureness::Configured => (Grade::ERROR, Confidence::High),
        Sureness::Named => (Grade::WARNING, Confidence::High),
        Sureness::Unproven => (Grade::NOTE, Confidence::Medium),
        Sureness::Wildcard => (Grade::ADVICE, Confidence::Low),
        Sureness::WildcardUnproven => (Grade::NOTE, Confidence::Low),
    };
    let verb = match cycle.sureness {
        Sureness::Configured => "feeds",
        Sureness::Named => "writes to",
        Sureness::Unproven => "may write to",
        Sureness::Wildcard | Sureness::WildcardUnproven => "may, through a wildcard, write to",
    };
    let message = match (cycle.edges.len() > 2, cycle.sureness) {
        (false, _) => format!("`{}` {verb} `{}`, which triggers it", to.name, from.name),
        (true, Sureness::Configured | Sureness::Named) => {
            format!("`{}` runs itself by way of others, through `{}`", to.name, from.name)
        }
        (true, _) => format!("`{}` may run itself by way of others, through `{}`", to.name, from.name),
    };
    let mut finding =
        Finding::new(grade, trigger.span, message).here(trigger.words.clone()).when(&cycle.when).confidence(confidence);
    let (mut detected, mut allowed) = (true, false);
    for id in &cycle.edges {
        let Some(edge) = flow.edge(*id) else { continue };
        if edge.span != trigger.span {
            finding = finding.label(edge.span, edge.words.clone());
        }
        match flow.node(edge.from).map(|node| (&node.kind, &*node.name)) {
            Some((NodeKind::Function(id), name)) => {
                finding = finding.related(&name.into());
                allowed |= world.function(*id).is_some_and(|function| {
                    let setting = function.resource.get("RecursiveLoop").literals();
                    setting.some(|value| value.is_some_and(|value| value == "Allow"))
                });
            }
            Some((NodeKind::Channel(channel), name)) => {
                finding = finding.related(&name.into());
                detected &= matches!(channel, Channel::Queue | Channel::Topic);
            }
            None => {}
        }
    }
    let stops = match (detected, allowed) {
        (true, false) => {
            "Lambda stops such a loop after about 16 rounds, if the functions' AWS SDKs pass on its trace header."
        }
        (true, true) => "Nothing stops the loop: `RecursiveLoop` is `Allow`.",
        (false, _) => "Lambda does not detect such a loop: it runs until somebody notices.",
    };
    let mend = match cycle.sureness {
        Sureness::Wildcard | Sureness::WildcardUnproven => "grant the write only on what the function writes to",
        Sureness::Configured => "send these events to something that does not run the function",
        Sureness::Named | Sureness::Unproven => {
            "write to something else, or filter out what the function writes itself"
        }
    };
    out.push(finding.help(format!("{mend}. {stops}")));
}

/// The keys that a notification is limited to.
#[derive(Debug)]
struct KeyFilter {
    prefix: Option<Text>,
    suffix: Option<Text>,
    /// Whether the filter could not be read; then anything may separate the keys.
    unclear: bool,
}

impl KeyFilter {
    /// `Filter.S3Key.Rules[]`, each with `Name` (in any case) and `Value`.
    fn of(trigger: &Trigger) -> Self {
        let rules = trigger.declaration.get("Filter.S3Key.Rules");
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

    fn is_none(&self) -> bool {
        self.prefix.is_none() && self.suffix.is_none() && !self.unclear
    }

    /// The ARNs of the objects that pass the filter.
    fn objects(&self, bucket: &Text) -> Text {
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

/// A way in which the function causes its own trigger.
struct Loop<'a> {
    grant: Grant<'a>,
    role: &'a Role<'a>,
    verb: &'static str,
    event: Span,
    grade: Grade,
    /// Whether only a wildcard reaches the bucket.
    by_wildcard: bool,
    when: Guard,
}

/// The gravest loop through a trigger.
fn worst<'a>(
    world: &'a World<'a>,
    trigger: &Trigger,
    function: &'a Function<'a>,
    bucket: &Text,
    filter: &KeyFilter,
) -> Option<Loop<'a>> {
    let objects = filter.objects(bucket);
    let mut best: Option<Loop> = None;
    for (event, event_span, event_when) in trigger.events.set() {
        let Some(event) = event.as_literal() else { continue };
        for (_, action, verb) in CAUSES.iter().filter(|(prefix, ..)| event.starts_with(prefix.trim_end_matches(':'))) {
            for (role, role_when) in world.roles_of(function) {
                let here = trigger.target.when.and(event_when).and(&role_when);
                for grant in grants(role.statements(), action, &objects, true) {
                    let when = here.and(&grant.when);
                    if !when.is_possible() {
                        continue;
                    }
                    let Some((grade, by_wildcard)) = grade(&grant, bucket, &objects, filter) else { continue };
                    let graver = best.as_ref().is_none_or(|best| rank(grade) > rank(best.grade));
                    if graver {
                        best = Some(Loop { grant, role, verb, event: event_span, grade, by_wildcard, when });
                    }
                }
            }
        }
    }
    best
}

fn rank(grade: Grade) -> (Severity, std::cmp::Reverse<crate::engine::Level>) {
    (grade.severity, std::cmp::Reverse(grade.level))
}

/// How grave a write right is, and whether only a wildcard reaches the bucket. `None`: no loop.
fn grade(grant: &Grant, bucket: &Text, objects: &Text, filter: &KeyFilter) -> Option<(Grade, bool)> {
    let by_wildcard = |grade| Some((grade, true));
    let wildcard_grade = if filter.is_none() { Grade::ADVICE } else { Grade::NOTE };
    let Some(element) = grant.resource.filter(|_| !grant.statement.resources.negated) else {
        // `NotResource`: everything but what it names.
        return if grant.answer == Answer::No { None } else { by_wildcard(wildcard_grade) };
    };
    let pattern = element.text.canonical().pattern();
    let objects = objects.canonical().pattern();
    let own = pattern.strip_prefix(&bucket.canonical().with("/")).is_some();
    // Two names that are not known are two buckets until shown otherwise.
    if !own && pattern.overlaps(&objects) != Answer::Yes {
        return None;
    }
    if !own && has_wildcard_in_bucket(&pattern) {
        return by_wildcard(wildcard_grade);
    }
    // The write names the bucket: does anything separate the keys that are written from those that trigger?
    let inside = objects.covers(&pattern) == Answer::Yes && !filter.unclear;
    let certain = grant.answer == Answer::Yes;
    Some((if inside && certain { Grade::WARNING } else { Grade::NOTE }, false))
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

/// Where the function's environment names the bucket.
fn mention(function: &Function, trigger: &Trigger) -> Option<Span> {
    let bucket = trigger.source?;
    let (entries, _) = function.resource.get("Environment.Variables").entries();
    entries.into_iter().find_map(|(_, value): (_, Value<&Data>)| {
        value.text().set().find(|(text, ..)| text.equals(&bucket.names.name).is_yes()).map(|(_, span, _)| span)
    })
}

fn report(world: &World, trigger: &Trigger, function: &Function, filter: &KeyFilter, found: &Loop, out: &mut Findings) {
    let _ = world;
    let name = function.address();
    let holder = &trigger.holder.address;
    let mentioned = mention(function, trigger);
    let message = if found.by_wildcard {
        format!("`{name}` may write to every bucket, the bucket `{holder}` that triggers it included")
    } else if found.grade == Grade::NOTE {
        format!("`{name}` may write to the bucket `{holder}` that triggers it; only its code keeps the keys apart")
    } else {
        format!("`{name}` {} the bucket `{holder}` that triggers it", found.verb)
    };
    let grant = &found.grant;
    let write = grant.resource.map_or(grant.statement.span, |element| element.span);
    let action = grant.action.map_or_else(String::new, |element| format!("`{}`", element.text));
    let confidence = match (found.by_wildcard, mentioned, found.grade.severity) {
        (false, _, Severity::Warning) => Confidence::High,
        (_, Some(_), _) | (false, ..) => Confidence::Medium,
        _ => Confidence::Low,
    };
    let mut finding = Finding::new(found.grade, trigger.span, message)
        .here(format!("`{holder}` runs `{name}`"))
        .when(&found.when)
        .confidence(confidence)
        .related(name)
        .related(holder)
        .related(&found.role.resource.address);
    if found.event != trigger.span {
        finding = finding.label(found.event, "on this event");
    }
    finding = finding
        .label(function.resource.span, "this function")
        .label(write, format!("{action} here lets it write back"))
        .label(trigger.holder.span, "to this bucket");
    if let Some(span) = mentioned.filter(|_| found.by_wildcard) {
        finding = finding.label(span, "and knows its name");
    }
    let terminate = function.resource.get("RecursiveLoop").literals();
    let stops = if terminate.some(|value| value.is_some_and(|value| value == "Allow")) {
        "Nothing stops the loop: `RecursiveLoop` is `Allow`."
    } else {
        "Lambda stops such a loop after about 16 rounds, if the function's AWS SDK passes on its trace header."
    };
    let mend = if found.by_wildcard {
        "grant the write only on the bucket that the function writes to"
    } else if filter.is_none() {
        "write to another bucket, or limit the trigger to a prefix and the write right to another one"
    } else {
        "limit the write right to keys that the trigger's filter excludes"
    };
    out.push(finding.help(format!("{mend}. {stops}")));
}
