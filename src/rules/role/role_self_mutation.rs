//! `role-self-mutation`: see `rules/role/role-self-mutation.md`.
//!
//! A function that may change itself keeps whoever gets into it.

use super::role_admin::grants_everything;
use crate::data::escalation::{DEPLOYING, SELF_CHANGES, SelfChange};
use crate::data::iam_actions;
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::{Effect, Reading, Statement, Subject, Width, readings, subjects_of, width};
use crate::model::{FunctionId, Role, TriggerKind, World};
use crate::source::Span;
use crate::value::Guard;
use crate::wiring::arn::Arn;
use rustc_hash::{FxHashMap, FxHashSet};

/// A role of more functions than this is not looked at.
const FUNCTIONS: usize = 32;

pub(super) fn check(world: &World, out: &mut Findings) {
    let called_by_stacks: FxHashSet<FunctionId> = world
        .application
        .triggers
        .iter()
        .filter(|trigger| trigger.kind == TriggerKind::CloudFormation)
        .map(|trigger| trigger.target.function)
        .collect();
    let roles: Vec<(&Role, Vec<Subject>)> = world
        .application
        .roles
        .iter()
        .filter(|role| !role.functions.is_empty() && !role.functions.iter().any(|id| called_by_stacks.contains(id)))
        .map(|role| (role, subjects_of(world, role)))
        .collect();
    let mut found: Vec<Change> = Vec::new();
    let mut by_statement: FxHashMap<Span, usize> = FxHashMap::default();
    for (role, subjects) in &roles {
        for change in changes(world, role, subjects) {
            let index = *by_statement.entry(change.holders.cause()).or_insert(found.len());
            match found.get_mut(index) {
                Some(known) => known.add(change),
                None => found.push(change),
            }
        }
    }
    for change in &found {
        report(change, out);
    }
}

/// A change, with the element of a statement that grants it.
type Granted = (&'static SelfChange, Reading);

/// A way in which functions may change themselves.
struct Step {
    change: &'static SelfChange,
    element: Reading,
    when: Guard,
}

/// What a statement lets functions do to themselves.
struct Change<'a> {
    /// The statement, with those who can.
    holders: Subject<'a>,
    steps: Vec<Step>,
    /// The resource that means them.
    resource: Reading,
}

impl<'a> Change<'a> {
    fn add(&mut self, other: Change<'a>) {
        self.holders.when = self.holders.when.or(&other.holders.when);
        self.holders.roles.extend(other.holders.roles);
        self.holders.functions.extend(other.holders.functions);
    }
}

fn changes<'a>(world: &'a World<'a>, role: &'a Role<'a>, subjects: &[Subject<'a>]) -> Vec<Change<'a>> {
    let mut granting: Vec<(&Subject<'a>, Vec<Granted>)> = Vec::new();
    for subject in subjects {
        // "Everything but" is a rule of its own.
        if subject.statement.actions.negated || subject.statement.resources.negated {
            continue;
        }
        let elements: Vec<Reading> = subject.statement.actions.items.iter().flat_map(readings).collect();
        let mut granted = Vec::new();
        for change in SELF_CHANGES {
            granted
                .extend(elements.iter().find(|element| covers(element, change.action)).map(|it| (change, it.clone())));
        }
        if !granted.is_empty() {
            granting.push((subject, granted));
        }
    }
    if granting.is_empty() || deploys(subjects) || subjects.iter().any(grants_everything) {
        return Vec::new();
    }
    let own = Own { world, role };
    let mut resources =
        granting.iter().flat_map(|(subject, _)| subject.statement.resources.items.iter().flat_map(readings));
    // Who looks after other functions changes functions for a living, too.
    if resources.any(|resource| own.reach(&resource) == Reach::Others) {
        return Vec::new();
    }
    let denying = |statement: &&Statement| statement.effect == Effect::Deny && statement.is_unconditional();
    let refusals: Vec<&Statement> = role.statements().filter(denying).collect();
    granting.into_iter().filter_map(|(subject, granted)| own.change(subject, granted, &refusals)).collect()
}

fn covers(element: &Reading, action: &str) -> bool {
    element.text.as_literal().is_some_and(|pattern| iam_actions::glob_matches(pattern, action))
}

/// Whether the statements are those of something that deploys functions.
fn deploys(subjects: &[Subject]) -> bool {
    let allowed = subjects.iter().filter(|subject| !subject.statement.actions.negated);
    let mut elements = allowed.flat_map(|subject| subject.statement.actions.items.iter().flat_map(readings));
    elements.any(|element| DEPLOYING.iter().any(|action| covers(&element, action)))
}

/// The functions of a role, as resources name them.
struct Own<'a> {
    world: &'a World<'a>,
    role: &'a Role<'a>,
}

/// What a resource means.
#[derive(PartialEq, Eq)]
enum Reach {
    /// All functions of the role.
    Itself,
    /// Functions that do not have the role, or may not have it.
    Others,
    /// Every function: what other rules are about.
    Every,
    /// No function.
    Nothing,
}

impl<'a> Own<'a> {
    fn reach(&self, resource: &Reading) -> Reach {
        match width(&resource.text) {
            Width::Everything => return Reach::Every,
            Width::EveryName { service, kind } if service == "lambda" => {
                let of_functions = kind.is_none_or(|kind| kind == "function");
                return if of_functions { Reach::Every } else { Reach::Nothing };
            }
            Width::EveryName { .. } => return Reach::Nothing,
            Width::Named => {}
        }
        let pattern = resource.text.pattern();
        let Some(arn) = Arn::parse(&pattern) else { return Reach::Others };
        if arn.service.as_literal() != Some("lambda") {
            return Reach::Nothing;
        }
        let is_own = |id: &FunctionId| {
            let own = self.world.function(*id).and_then(|function| function.resource.names.arn.as_ref());
            own.is_some_and(|own| pattern.covers(&own.pattern()).is_yes())
        };
        let named = self.world.function_named(&resource.text).map(|(id, _)| id);
        let all = match (named, self.role.functions.as_slice()) {
            (Some(id), [only]) => id == *only,
            (Some(_), _) => false,
            (None, functions) => functions.len() <= FUNCTIONS && functions.iter().all(is_own),
        };
        if all { Reach::Itself } else { Reach::Others }
    }

    /// What a statement lets the functions do to themselves.
    fn change(&self, subject: &Subject<'a>, granted: Vec<Granted>, refusals: &[&Statement]) -> Option<Change<'a>> {
        let mut resources = subject.statement.resources.items.iter().flat_map(readings);
        let resource = resources.find(|resource| self.reach(resource) == Reach::Itself)?;
        let function = subject.functions.first()?;
        let arn = function.resource.names.arn.as_ref()?;
        let mut steps = Vec::new();
        for (change, element) in granted {
            let when = subject.when.and(&element.when).and(&resource.when);
            let refuses = |statement: &&Statement| {
                let mut grants = statement.matches(change.action, arn, false).into_iter();
                grants.any(|grant| grant.answer.is_yes() && when.implies(&grant.when))
            };
            if when.is_possible() && !refusals.iter().any(refuses) {
                steps.push(Step { change, element, when });
            }
        }
        let when = steps.iter().fold(Guard::never(), |guard, step| guard.or(&step.when));
        let (roles, functions) = (subject.roles.clone(), subject.functions.clone());
        let holders = Subject { statement: subject.statement, roles, functions, when };
        (!steps.is_empty()).then_some(Change { holders, steps, resource })
    }
}

fn report(change: &Change, out: &mut Findings) {
    let Change { holders, steps, resource } = change;
    let Some(first) = steps.first() else { return };
    let narrowed = holders.statement.may_be_narrowed() || holders.is_bounded();
    let grade = if narrowed { Grade::NOTE } else { Grade::WARNING };
    let guessed = resource.may_differ || steps.iter().any(|step| step.element.may_differ);
    let mut may: Vec<&str> = steps.iter().map(|step| step.change.may).collect();
    may.dedup();
    let what = match may.as_slice() {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => may.concat(),
    };
    let what = match holders.functions.len() {
        1 => what,
        _ => what.replace("its own", "their own").replace("itself", "themselves"),
    };
    let mut finding = Finding::new(grade, first.element.span, format!("{} may {what}", holders.who()))
        .here(format!("grants `{}`", first.change.action))
        .when(&holders.when)
        .confidence(if guessed || narrowed { Confidence::Medium } else { Confidence::High });
    if resource.span != first.element.span {
        finding = finding.label(resource.span, "on itself");
    }
    let mut seen = vec![first.element.span];
    for step in steps {
        if !seen.contains(&step.element.span) {
            seen.push(step.element.span);
            finding = finding.label(step.element.span, format!("grants `{}`", step.change.action));
        }
    }
    for function in holders.functions.iter().take(3) {
        finding = finding.label(function.resource.span, "this function");
    }
    let help = "leave this to what deploys the function, or name the other functions that it looks after";
    out.push(holders.relate(finding.help(help)));
}
