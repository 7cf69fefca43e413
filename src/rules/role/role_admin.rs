//! `role-admin`: see `rules/role/role-admin.md`.
//!
//! A function that may do everything, or may give itself every right, is the account to whoever gets into it.

use super::narrow::instead_of_everything;
use crate::data::iam_actions;
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::scope::refuses;
use crate::iam::{Effect, Elements, Reading, Subject, Width, action_matches, readings, subjects, width};
use crate::model::{Role, World};
use crate::source::Span;
use crate::value::{Guard, Text};

/// What lets a role give itself every right. Whoever may do all of these on every role needs nothing else.
const TAKES_ALL: &[&str] = &["iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:CreatePolicyVersion", "iam:PassRole"];

/// Services that govern the account itself. "Everything but these" is `PowerUserAccess`.
const GOVERNANCE: &[&str] =
    &["iam", "organizations", "account", "sso", "aws-portal", "billing", "support", "budgets", "sts", "cloudtrail"];

pub(super) fn check(world: &World, out: &mut Findings) {
    let all = subjects(world);
    // The statements of one managed policy have one place: one finding.
    for group in all.chunk_by(|a, b| a.cause() == b.cause()) {
        if let Some((subject, admin)) = group.iter().find_map(|subject| Some((subject, admin(subject)?))) {
            report(world, subject, &admin, out);
        }
    }
}

/// Whether one of a role's statements makes it an administrator in some deployment.
pub(super) fn is_admin(role: &Role) -> bool {
    let allowed = role.statements().filter(|statement| statement.effect == Effect::Allow);
    let mut subjects = allowed.map(|statement| {
        let when = statement.when.and(&role.resource.when);
        Subject { statement, roles: vec![role], functions: Vec::new(), when }
    });
    subjects.any(|subject| grants_everything(&subject))
}

/// Whether a statement makes whoever has it an administrator.
pub(super) fn grants_everything(subject: &Subject) -> bool {
    admin(subject).is_some()
}

/// How a statement makes its holder an administrator.
struct Admin {
    power: Power,
    /// The action element.
    action: Reading,
    /// The resource element, where it is one.
    resource: Option<Span>,
    when: Guard,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Power {
    /// Every action.
    Everything,
    /// All rights over rights.
    Iam,
    /// Every action but some, with what it takes to get those as well.
    AllButFew,
    /// Every action but those that govern the account.
    AllButGovernance,
}

fn admin(subject: &Subject) -> Option<Admin> {
    let statement = subject.statement;
    let (resource, resource_when) = everything(&statement.resources)?;
    let (power, action) = power(&statement.actions)?;
    let when = subject.when.and(&action.when).and(&resource_when);
    let holds = when.is_possible() && !taken_back(subject, power, &when);
    holds.then_some(Admin { power, action, resource, when })
}

/// Whether the resources are all there are, and when: the wildcard that says so, or exceptions that spare no role.
fn everything(resources: &Elements) -> Option<(Option<Span>, Guard)> {
    if resources.negated {
        let roles = Text::literal("arn:aws:iam::*:role/*").pattern();
        let spares = resources.items.iter().all(|element| element.text.pattern().overlaps(&roles).is_no());
        return (!resources.open && spares).then(|| (None, Guard::always()));
    }
    let mut all = resources.items.iter().flat_map(readings);
    all.find(|reading| width(&reading.text) == Width::Everything).map(|reading| (Some(reading.span), reading.when))
}

fn power(actions: &Elements) -> Option<(Power, Reading)> {
    if actions.negated {
        if actions.open {
            return None;
        }
        let first = actions.items.first()?;
        let spared =
            |action: &&&str| actions.items.iter().any(|element| !action_matches(&element.text, action).is_no());
        let governance = actions.items.iter().all(|element| {
            let literal = element.text.as_literal().and_then(|text| text.split_once(':'));
            literal.is_some_and(|(service, _)| GOVERNANCE.iter().any(|known| service.eq_ignore_ascii_case(known)))
        });
        let power = match TAKES_ALL.iter().filter(spared).count() {
            0 => Power::AllButFew,
            _ if governance => Power::AllButGovernance,
            _ => return None,
        };
        let reading =
            Reading { text: first.text.clone(), span: first.span, when: first.when.clone(), may_differ: false };
        return Some((power, reading));
    }
    let all: Vec<Reading> = actions.items.iter().flat_map(readings).collect();
    let find = |covers: &dyn Fn(&str) -> bool| all.iter().find(|reading| reading.text.as_literal().is_some_and(covers));
    if let Some(reading) = find(&is_everything) {
        return Some((Power::Everything, reading.clone()));
    }
    find(&|pattern| {
        pattern.split_once(':').is_some_and(|(service, name)| service.eq_ignore_ascii_case("iam") && is_stars(name))
    })
    .map(|reading| (Power::Iam, reading.clone()))
}

fn is_stars(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}

/// `*`, `*:*` and their like.
fn is_everything(pattern: &str) -> bool {
    match pattern.split_once(':') {
        None => is_stars(pattern),
        Some((service, name)) => is_stars(service) && is_stars(name),
    }
}

/// Whether every role that has the statement is refused so much that it is no administrator.
fn taken_back(subject: &Subject, power: Power, when: &Guard) -> bool {
    subject.roles.iter().all(|role| {
        let refusals = Subject::refusals(role, when);
        let refused = |action: &str| refusals.iter().any(|refusal| refuses(refusal, action, when));
        if refusals.is_empty() {
            return false;
        }
        if power == Power::Iam {
            return TAKES_ALL.iter().all(|action| refused(action));
        }
        let (mut left, mut all) = (0_usize, 0_usize);
        for action in iam_actions::matching("*:*") {
            all += 1;
            left += usize::from(!refused(&action.full_name()));
        }
        left * 2 < all
    })
}

fn report(world: &World, subject: &Subject, admin: &Admin, out: &mut Findings) {
    let statement = subject.statement;
    let who = subject.who();
    let limited = statement.may_be_narrowed();
    let may = match admin.power {
        Power::Everything => "may do everything to everything in the account",
        Power::Iam => "may give itself every right: it has all of IAM on every resource",
        Power::AllButFew => "may do everything to everything but for a few exceptions, and lift those",
        Power::AllButGovernance => "may do everything to everything but govern the account",
    };
    let grade = match (subject.is_bounded(), limited) {
        (true, _) => Grade::NOTE,
        (false, true) => Grade::WARNING,
        (false, false) => Grade::ERROR,
    };
    let sure = !admin.action.may_differ && !limited && !subject.is_bounded();
    let mut finding = Finding::new(
        grade,
        admin.action.span,
        match subject.managed() {
            Some(name) => format!("{who} {may}, by the policy `{name}`"),
            None => format!("{who} {may}"),
        },
    )
    .when(&admin.when)
    .confidence(if sure { Confidence::High } else { Confidence::Medium });
    finding = finding.here(match (admin.power, subject.managed()) {
        (_, Some(_)) => "this policy",
        (Power::Everything, None) => "every action",
        (Power::Iam, None) => "every right over rights",
        (Power::AllButFew | Power::AllButGovernance, None) => "every action but these",
    });
    if let Some(span) = admin.resource.filter(|span| *span != admin.action.span) {
        finding = finding.label(span, "on every resource");
    }
    for function in subject.functions.iter().take(3) {
        finding = finding.label(function.resource.span, "this function");
    }
    let grant = instead_of_everything(world, subject)
        .unwrap_or_else(|| "grant the actions that the function calls, on the resources that it uses".to_owned());
    let help = match (subject.managed(), subject.is_bounded()) {
        (Some(_), false) => format!("take this policy away and {grant}"),
        (None, false) => grant,
        (_, true) => "only the permissions boundary limits this; grant the actions that the function calls".to_owned(),
    };
    out.push(subject.relate(finding.help(help)));
}
