//! `role-service-wildcard`: see `rules/role/role-service-wildcard.md`.
//!
//! A wildcard in an action that takes in a whole service, or a good part of what changes things in it.

use super::narrow::narrower;
use crate::data::iam_actions::{self, Counts};
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::scope::refuses;
use crate::iam::{Reading, Subject, Width, readings, subjects, things, width, words};
use crate::model::World;
use crate::source::Span;
use crate::value::Guard;

/// Services of which everything does little harm: they take in what is observed and give it out again.
const TAME: &[&str] = &["logs", "xray", "cloudwatch"];

/// A whole service with fewer actions than this that change something, none of them permissions, is tame too.
const FEW: u32 = 10;

/// A pattern that is no whole service is wide when it takes in so many actions that change something.
const WIDE: u32 = 8;

/// Patterns that AWS itself tells people to use.
const IDIOMS: &[&str] = &["kms:generatedatakey*", "kms:reencrypt*", "kafka-cluster:*topic*"];

pub(super) fn check(world: &World, out: &mut Findings) {
    let all = subjects(world);
    // The statements of one managed policy have one place: one finding.
    for group in all.chunk_by(|a, b| a.cause() == b.cause()) {
        let mut wide: Vec<(&Subject, Wide)> =
            group.iter().flat_map(|subject| patterns(subject).map(move |wide| (subject, wide))).collect();
        // The widest first; among equals the first that is written.
        wide.sort_by_key(|(_, wide)| (!wide.grave, std::cmp::Reverse(changes(wide.counts)), wide.reading.span));
        report(world, &wide, out);
    }
}

/// Where the patterns stand that a statement is reported for to everybody.
pub(super) fn grave_patterns(subject: &Subject) -> Vec<Span> {
    if subject.is_bounded() {
        return Vec::new();
    }
    patterns(subject).filter(|wide| wide.grave).map(|wide| wide.reading.span).collect()
}

/// A pattern of actions that takes in too much.
struct Wide {
    reading: Reading,
    /// The pattern as it is written.
    pattern: String,
    service: String,
    /// Whether it is the whole service.
    whole: bool,
    counts: Counts,
    grave: bool,
    when: Guard,
}

/// How many of the actions change something.
fn changes(counts: Counts) -> u32 {
    counts.write + counts.permissions + counts.tagging
}

fn patterns<'a>(subject: &'a Subject<'a>) -> impl Iterator<Item = Wide> + 'a {
    let actions = &subject.statement.actions;
    let looked_at = !actions.negated && (subject.managed().is_some() || subject.is_written());
    let items = if looked_at { actions.items.as_slice() } else { &[] };
    items.iter().flat_map(readings).filter_map(move |reading| wide(subject, reading))
}

fn wide(subject: &Subject, reading: Reading) -> Option<Wide> {
    let pattern = reading.text.as_literal()?.to_owned();
    let (service, name) = match pattern.split_once(':') {
        Some((service, name)) => (service, name),
        // Every action there is, on resources of one service, is all of that service; on all there is, it is `role-admin`'s.
        None if is_stars(&pattern) && !on_everything(subject) => ("*", "*"),
        None => return None,
    };
    if !name.contains(['*', '?']) || IDIOMS.iter().any(|idiom| pattern.eq_ignore_ascii_case(idiom)) {
        return None;
    }
    let when = subject.when.and(&reading.when);
    if !when.is_possible() {
        return None;
    }
    let counts = allowed(subject, &pattern, &when);
    let whole = is_stars(name);
    let (changing, permissions) = (changes(counts), counts.permissions);
    if changing == 0 {
        return None;
    }
    let service = service.to_ascii_lowercase();
    let grave = if whole {
        !TAME.contains(&service.as_str()) && (permissions > 0 || changing >= FEW)
    } else {
        // What is left of the name when the wildcards go says how much it was meant to say.
        let fixed = name.bytes().filter(|byte| !matches!(byte, b'*' | b'?')).count();
        !TAME.contains(&service.as_str()) && (counts.write + permissions >= WIDE || fixed <= 2)
    };
    if !whole && !grave && permissions == 0 && changing < FEW / 2 && !(name.starts_with('*') && changing > 2) {
        return None;
    }
    // Nobody chose the narrower patterns of a policy that AWS wrote, or the logs of one that it made for functions.
    if subject.managed().is_some_and(|name| !whole || !grave && name.starts_with("AWSLambda")) {
        return None;
    }
    Some(Wide { reading, pattern, service, whole, counts, grave, when })
}

fn is_stars(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}

/// How many actions the pattern grants to the role that is refused least.
fn allowed(subject: &Subject, pattern: &str, when: &Guard) -> Counts {
    let pattern = if is_stars(pattern) { "*:*" } else { pattern };
    let mut most = Counts::default();
    for role in &subject.roles {
        let refusals = Subject::refusals(role, when);
        let counts = if refusals.is_empty() {
            iam_actions::count(pattern)
        } else {
            Counts::of(iam_actions::matching(pattern).filter(|action| {
                let name = action.full_name();
                !refusals.iter().any(|refusal| refuses(refusal, &name, when))
            }))
        };
        if counts.total() > most.total() {
            most = counts;
        }
    }
    most
}

/// `135 actions, 68 of which change things and 8 who may do what`.
fn say(counts: Counts) -> String {
    let total = counts.total();
    let actions = if total == 1 { "action" } else { "actions" };
    let (changing, permissions) = (counts.write + counts.tagging, counts.permissions);
    let mut parts = Vec::new();
    if changing > 0 {
        parts.push(format!("{changing} of which {}", if changing == 1 { "writes" } else { "write" }));
    }
    if permissions > 0 {
        let verb = if permissions == 1 { "changes" } else { "change" };
        let of_which = if parts.is_empty() { " of which" } else { "" };
        parts.push(format!("{permissions}{of_which} {verb} permissions"));
    }
    format!("{total} {actions}, {}", parts.join(" and "))
}

fn report(world: &World, wide: &[(&Subject, Wide)], out: &mut Findings) {
    let Some((subject, first)) = wide.first() else { return };
    let who = subject.who();
    let may = match (first.service.as_str(), first.whole) {
        ("*", _) => {
            format!("{who} may do everything to its resources, deleting them and changing their policies included")
        }
        // Since 2026 the prefix holds far more than functions.
        ("lambda", true) => {
            format!("{who} may do everything in `lambda`, from replacing any function's code to shells in MicroVMs")
        }
        (service, true) => format!("{who} may do everything in `{service}`"),
        (_, false) => format!("{who} may do all of `{}`", first.pattern),
    };
    let on = every_resource(subject, &first.pattern);
    let by = subject.managed().map_or_else(String::new, |name| format!(", by the policy `{name}`"));
    let mut patterns: Vec<&str> = wide.iter().map(|(_, wide)| wide.pattern.as_str()).collect();
    patterns.dedup();
    let others: Vec<&str> = patterns.iter().skip(1).copied().collect();
    let also = match (others.is_empty(), subject.managed()) {
        (false, None) => format!("; also {}", words::list(&others)),
        _ => String::new(),
    };
    let bounded = subject.is_bounded();
    let grade = if first.grave && !bounded { Grade::WARNING } else { Grade::NOTE };
    let when = wide.iter().fold(Guard::never(), |guard, (_, wide)| guard.or(&wide.when));
    // How many actions there are in all of AWS says nothing about the resources that are named.
    let how_many = |wide: &Wide| if wide.service == "*" { "every action".to_owned() } else { say(wide.counts) };
    let message = match first.service.as_str() {
        "*" => format!("{may}{by}{also}"),
        _ => format!("{may}{on}: {}{by}{also}", say(first.counts)),
    };
    let sure = !first.reading.may_differ && !bounded;
    let mut finding = Finding::new(grade, first.reading.span, message).when(&when).confidence(if sure {
        Confidence::High
    } else {
        Confidence::Medium
    });
    finding =
        finding.here(if subject.managed().is_some() { format!("grants `{}`", first.pattern) } else { how_many(first) });
    for (_, other) in wide.iter().skip(1).filter(|(_, other)| other.reading.span != first.reading.span).take(4) {
        finding = finding.label(other.reading.span, how_many(other));
    }
    for function in subject.functions.iter().take(3) {
        finding = finding.label(function.resource.span, "this function");
    }
    let usual = words::usual_actions(&first.service);
    let such = if usual.is_empty() { String::new() } else { format!(", such as {}", words::list(usual)) };
    let help = match subject.managed() {
        Some(_) => format!("take this policy away and grant the actions that the function calls{such}"),
        None => {
            let on = resources(world, subject, &patterns).unwrap_or_default();
            format!("list the actions that the function calls{such}{on}")
        }
    };
    let finding = subject.relate(finding.help(help));
    // Where the statement has more than whole services, `role-resource-wildcard` has something of its own to say.
    let mut actions = subject.statement.actions.items.iter().flat_map(readings);
    let is_whole = |pattern: &str| pattern.split_once(':').map_or(is_stars(pattern), |(_, name)| is_stars(name));
    let whole = actions.all(|reading| reading.text.as_literal().is_some_and(is_whole));
    out.push(if whole { finding } else { finding.cause(first.reading.span) });
}

/// Whether one of the statement's resources is all there is.
fn on_everything(subject: &Subject) -> bool {
    let mut resources = subject.statement.resources.items.iter().flat_map(readings);
    resources.any(|reading| width(&reading.text) == Width::Everything)
}

/// What the statement lets it be done to, in words, where that is all there is: `` on every bucket``.
fn every_resource(subject: &Subject, pattern: &str) -> String {
    let resources = &subject.statement.resources;
    let all = |reading: &Reading| width(&reading.text) == Width::Everything;
    if resources.negated || subject.managed().is_some() || !resources.items.iter().flat_map(readings).any(|r| all(&r)) {
        return String::new();
    }
    things::noun(pattern).map_or_else(String::new, |noun| format!(", on every {noun}"))
}

/// The resources of the service that the function works with, where the statement names none.
fn resources(world: &World, subject: &Subject, patterns: &[&str]) -> Option<String> {
    let mut elements = subject.statement.resources.items.iter().flat_map(readings);
    let wide = !subject.statement.resources.negated && elements.any(|reading| width(&reading.text) != Width::Named);
    if wide { narrower(world, subject, patterns)?.on(world, subject) } else { None }
}
