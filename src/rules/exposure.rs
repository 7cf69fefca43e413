//! What the rules about actions of one kind on whatever there is share.

use super::role_admin::grants_everything;
use super::{role_resource_wildcard, role_service_wildcard};
use crate::data::iam_actions::Action;
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::scope::refuses;
use crate::iam::{Reading, Statement, Subject, Width, readings, subjects, width};
use crate::model::World;
use crate::value::Guard;
use crate::wiring::arn::Arn;

/// Different wildcards of one statement that are looked at.
const WIDTHS: usize = 16;

/// An element that grants actions of the kind on whatever there is.
struct Hit<'a> {
    subject: &'a Subject<'a>,
    element: Reading,
    /// The wildcard.
    resource: Reading,
    /// The actions' names.
    actions: Vec<String>,
    when: Guard,
}

/// What a finding says, and what mends it.
pub(super) struct Words {
    /// What is granted, after who has it: "may read every secret".
    pub(super) may: String,
    /// The smallest change.
    pub(super) help: &'static str,
}

/// Which actions a rule looks for.
pub(super) struct Kind<'k> {
    /// Those that a pattern of a policy covers.
    pub(super) matching: &'k dyn Fn(&str) -> Vec<Action>,
    /// Whether the policies count that AWS made for functions.
    pub(super) made_for_functions: bool,
}

/// Reports the actions of a kind that are granted on whatever there is, where no rule says so that everybody sees.
pub(super) fn report(world: &World, kind: &Kind, say: impl Fn(&[&str]) -> Words, out: &mut Findings) {
    let all = subjects(world);
    // The statements of one managed policy have one place: one finding.
    for group in all.chunk_by(|a, b| a.cause() == b.cause()) {
        let looked_at = |subject: &&Subject| match subject.managed() {
            Some(name) => kind.made_for_functions || !name.starts_with("AWSLambda"),
            None => subject.is_written(),
        };
        let found: Vec<Hit> = group.iter().filter(looked_at).flat_map(|subject| hits(subject, kind)).collect();
        if !found.is_empty() {
            add(&unsaid(world, group, found), &say, out);
        }
    }
}

fn hits<'a>(subject: &'a Subject<'a>, kind: &Kind) -> Vec<Hit<'a>> {
    let statement = subject.statement;
    // "Everything but" is a rule of its own.
    let negated = statement.actions.negated || statement.resources.negated;
    if negated || statement.may_be_narrowed() || subject.is_bounded() {
        return Vec::new();
    }
    let resources = statement.resources.items.iter().flat_map(readings);
    let with_width = resources.map(|reading| (width(&reading.text), reading));
    let mut wide: Vec<(Width, Reading)> = with_width.filter(|(width, reading)| is_bare(width, reading)).collect();
    // More of the same say nothing new.
    let mut seen: Vec<Width> = Vec::new();
    wide.retain(|(width, _)| {
        seen.len() < WIDTHS && !seen.contains(width) && {
            seen.push(width.clone());
            true
        }
    });
    let elements = statement.actions.items.iter().flat_map(readings).filter(|_| !wide.is_empty());
    let mut out = Vec::new();
    for element in elements {
        // A whole service is `role-service-wildcard`'s, at one level or another.
        let pattern = element.text.as_literal().filter(|pattern| !pattern.ends_with(":*") && *pattern != "*");
        let covered = pattern.map(kind.matching).unwrap_or_default();
        let is_wide = |action: &Action| wide.iter().find(|(width, _)| width.is_all_of(action));
        let Some((_, resource)) = covered.iter().find_map(is_wide) else { continue };
        let when = subject.when.and(&element.when).and(&resource.when);
        let refusals: Vec<Vec<&Statement>> = subject.roles.iter().map(|role| Subject::refusals(role, &when)).collect();
        let refused = |action: &str| refusals.iter().all(|role| role.iter().any(|it| refuses(it, action, &when)));
        let names = covered.iter().filter(|action| is_wide(action).is_some()).map(Action::full_name);
        let actions: Vec<String> = names.filter(|name| !refused(name)).collect();
        if !actions.is_empty() && when.is_possible() {
            out.push(Hit { subject, element, resource: resource.clone(), actions, when });
        }
    }
    out
}

/// Whether nothing of the resource is named, the path below its name included: `arn:aws:s3:::*/AWSLogs/*` has one.
fn is_bare(width: &Width, reading: &Reading) -> bool {
    let Width::EveryName { kind, .. } = width else { return *width == Width::Everything };
    let letters = |text: &str| text.bytes().filter(u8::is_ascii_alphanumeric).count();
    let resource = Arn::parse(&reading.text.pattern()).map(|arn| arn.resource.literal_parts().map(letters).sum());
    resource.unwrap_or(0) <= kind.as_deref().map_or(0, letters)
}

/// What no other rule says of these statements to everybody.
fn unsaid<'a>(world: &World, group: &'a [Subject<'a>], mut found: Vec<Hit<'a>>) -> Vec<Hit<'a>> {
    if group.iter().any(grants_everything) {
        return Vec::new();
    }
    let services: Vec<_> = group.iter().flat_map(role_service_wildcard::grave_patterns).collect();
    found.retain(|hit| !services.contains(&hit.element.span));
    if let Some(hit) = found.first() {
        let patterns = role_resource_wildcard::grave_patterns(world, hit.subject);
        found
            .retain(|hit| hit.element.text.as_literal().is_none_or(|said| !patterns.iter().any(|known| known == said)));
    }
    found
}

fn add(found: &[Hit], say: impl Fn(&[&str]) -> Words, out: &mut Findings) {
    let Some(first) = found.first() else { return };
    let mut actions: Vec<&str> = Vec::new();
    for action in found.iter().flat_map(|hit| &hit.actions) {
        if !actions.contains(&action.as_str()) {
            actions.push(action);
        }
    }
    let words = say(&actions);
    let by = first.subject.managed().map_or_else(String::new, |name| format!(", by the policy `{name}`"));
    let message = format!("{} {}{by}", first.subject.who(), words.may);
    let when = found.iter().fold(Guard::never(), |guard, hit| guard.or(&hit.when));
    let guessed = first.element.may_differ || first.resource.may_differ;
    let mut finding = Finding::new(Grade::NOTE, first.element.span, message)
        .when(&when)
        .confidence(if guessed { Confidence::Medium } else { Confidence::High })
        .help(words.help);
    if first.resource.span != first.element.span {
        finding = finding.label(first.resource.span, "no resource is named");
    }
    for hit in found.iter().skip(1).filter(|hit| hit.element.span != first.element.span).take(4) {
        finding = finding.label(hit.element.span, "and this");
    }
    for function in first.subject.functions.iter().take(3) {
        finding = finding.label(function.resource.span, "this function");
    }
    out.push(first.subject.relate(finding));
}
