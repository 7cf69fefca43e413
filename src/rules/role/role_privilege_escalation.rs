//! `role-privilege-escalation`: see `rules/role/role-privilege-escalation.md`.
//!
//! Rights that are harmless one by one, and give all others together.

use super::escalation::{self, Granted, Open, Passed, Step, Way};
use super::role_admin::is_admin;
use super::role_service_wildcard::grave_patterns;
use crate::data::escalation::Gain;
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::{DocumentKind, Subject, subjects_of, words};
use crate::model::{Role, World};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// Statements that a finding points at beside the first.
const SHOWN: usize = 5;

pub(super) fn check(world: &World, out: &mut Findings) {
    let roles: Vec<(&Role, Vec<Subject>)> =
        world.application.roles.iter().map(|role| (role, subjects_of(world, role))).collect();
    let granted: Vec<Vec<Granted>> =
        roles.iter().map(|(_, subjects)| subjects.iter().flat_map(escalation::granted).collect()).collect();
    if granted.iter().all(Vec::is_empty) {
        return;
    }
    let admins: FxHashSet<_> =
        world.application.roles.iter().filter(|role| is_admin(role)).map(|role| role.id).collect();
    let mut found = Ways::default();
    for ((role, subjects), granted) in roles.iter().zip(&granted) {
        // Who may do everything needs no way: `role-admin`.
        if granted.is_empty() || admins.contains(&role.id) {
            continue;
        }
        let mut causes: FxHashSet<Span> = FxHashSet::default();
        let mut passes = false;
        for open in escalation::open(world, role, granted, &admins) {
            let Some(first) = open.steps.first() else { continue };
            let is_pass = matches!(open.way, Way::Pass { .. });
            if is_pass && passes || is_reported(&open, subjects) {
                continue;
            }
            passes |= is_pass;
            if causes.insert(first.subject.cause()) {
                found.add(open);
            }
        }
    }
    for found in &found.list {
        report(found, out);
    }
}

/// Whether everything that the way needs is granted by patterns that `role-service-wildcard` reports.
fn is_reported(open: &Open, subjects: &[Subject]) -> bool {
    let causes: FxHashSet<Span> = open.steps.iter().map(|step| step.subject.cause()).collect();
    let of_causes = subjects.iter().filter(|subject| causes.contains(&subject.cause()));
    let reported: FxHashSet<Span> = of_causes.flat_map(grave_patterns).collect();
    open.steps.iter().all(|step| reported.contains(&step.element.span))
}

/// A way, with everybody for whom it is open.
struct Found<'a> {
    open: Open<'a>,
    /// The statement that comes first in it, with everybody for whom it is.
    holders: Subject<'a>,
}

/// What has been found: the same way by the same policies is one, whoever has them.
#[derive(Default)]
struct Ways<'a> {
    list: Vec<Found<'a>>,
    by_places: FxHashMap<Vec<(Span, &'static str)>, usize>,
}

impl<'a> Ways<'a> {
    fn add(&mut self, open: Open<'a>) {
        let Some(subject) = open.steps.first().map(|step| step.subject) else { return };
        let places = open.steps.iter().map(|step| (step.element.span, step.action)).collect();
        let index = *self.by_places.entry(places).or_insert(self.list.len());
        let Some(known) = self.list.get_mut(index) else {
            let (roles, functions) = (subject.roles.clone(), subject.functions.clone());
            let holders = Subject { statement: subject.statement, roles, functions, when: open.when.clone() };
            self.list.push(Found { open, holders });
            return;
        };
        known.holders.roles.extend(&subject.roles);
        for function in &subject.functions {
            if !known.holders.functions.iter().any(|other| other.id == function.id) {
                known.holders.functions.push(function);
            }
        }
        known.holders.when = known.holders.when.or(&open.when);
        known.open.narrowed &= open.narrowed;
    }
}

/// What the finding says, and what mends it.
fn say(found: &Found) -> (String, String) {
    let who = found.holders.who();
    match &found.open.way {
        Way::Gain(gain) => {
            let mut actions: Vec<&str> = found.open.steps.iter().map(|step| step.action).collect();
            actions.dedup();
            (format!("{who} may {}, by {}", gain.may, words::list(&actions)), gain.help.to_owned())
        }
        Way::Pass { roles, services, takers } => {
            let whose = match (roles, services.as_slice()) {
                (Passed::Admin(role), _) => format!("`{}`, which may do everything,", role.resource.address),
                (Passed::Any, []) => "any role".to_owned(),
                (Passed::Any, services) => {
                    // China has names of its own for some.
                    let mut names: Vec<&str> = services.iter().map(|name| name.trim_end_matches(".cn")).collect();
                    names.dedup();
                    format!("any role that {} may assume", words::list(&names))
                }
            };
            let mut what: Vec<&str> = takers.iter().map(|taker| taker.what).collect();
            what.dedup();
            let what = match what.as_slice() {
                [] => String::new(),
                [one] => (*one).to_owned(),
                [one, other] => format!("{one} or {other}"),
                [one, other, rest @ ..] => format!("{one}, {other} or {} more", rest.len()),
            };
            let reach = match roles {
                Passed::Admin(_) => "do everything",
                Passed::Any => "do what the mightiest of them may",
            };
            let help = match (roles, services.is_empty()) {
                (Passed::Admin(_), _) => "pass a role that may do no more than is needed",
                (Passed::Any, true) => {
                    "name the roles that it passes under `Resource`, and the service with the condition \
                     `iam:PassedToService`"
                }
                (Passed::Any, false) => "name the roles that it passes under `Resource`",
            };
            (format!("{who} may pass {whose} to {what}, and so {reach}"), help.to_owned())
        }
    }
}

fn report(found: &Found, out: &mut Findings) {
    let Found { open, holders } = found;
    let Some(first) = open.steps.first() else { return };
    let bounded = holders.is_bounded();
    // A role that is named was meant.
    let meant = matches!(open.way, Way::Pass { roles: Passed::Admin(_), .. });
    let grade = if open.narrowed || bounded || meant { Grade::NOTE } else { Grade::WARNING };
    let guessed = open.steps.iter().any(|step| step.element.may_differ || step.resource.may_differ);
    let sure = if guessed || open.narrowed || bounded { Confidence::Medium } else { Confidence::High };
    let (message, help) = say(found);
    let mut finding =
        Finding::new(grade, first.element.span, message).here(grants(first)).when(&holders.when).confidence(sure);
    if first.resource.span != first.element.span {
        finding = finding.label(first.resource.span, on(open));
    }
    let mut shown: Vec<(Span, Vec<&str>)> = Vec::new();
    for step in open.steps.iter().skip(1).filter(|step| step.element.span != first.element.span) {
        match shown.iter_mut().find(|(span, _)| *span == step.element.span) {
            Some((_, actions)) if actions.contains(&step.action) => {}
            Some((_, actions)) => actions.push(step.action),
            None => shown.push((step.element.span, vec![step.action])),
        }
    }
    for (span, actions) in shown.iter().take(SHOWN) {
        finding = finding.label(*span, format!("grants {}", words::list(actions)));
    }
    for function in holders.functions.iter().take(3) {
        finding = finding.label(function.resource.span, "this function");
    }
    for step in &open.steps {
        finding = finding.related(&step.subject.statement.document.address);
    }
    finding = holders.relate(finding.help(help));
    // What is limited elsewhere than in its first statement does not stand for what that says.
    if grade == Grade::NOTE && !bounded && !first.narrowed {
        finding = finding.cause(first.element.span);
    }
    out.push(finding);
}

fn grants(step: &Step) -> String {
    let document = &step.subject.statement.document;
    match document.kind {
        DocumentKind::AwsManaged => format!("the policy `{}` grants `{}`", document.name, step.action),
        _ => format!("grants `{}`", step.action),
    }
}

/// What the resource of the first statement is.
fn on(open: &Open) -> String {
    match &open.way {
        Way::Gain(Gain { noun, .. }) => format!("on every {noun}"),
        Way::Pass { roles: Passed::Admin(_), .. } => "this role".to_owned(),
        Way::Pass { roles: Passed::Any, .. } => "on every role".to_owned(),
    }
}
