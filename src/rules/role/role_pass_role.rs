//! `role-pass-role`: see `rules/role/role-pass-role.md`.
//!
//! Whoever may pass any role to a service has what the mightiest of those roles has.

use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::scope::refuses;
use crate::iam::{Subject, Width, action_matches, readings, subjects, width};
use crate::model::World;

const PASS_ROLE: &str = "iam:PassRole";

pub(super) fn check(world: &World, out: &mut Findings) {
    for subject in subjects(world) {
        if subject.is_written() && !subject.statement.actions.negated && !subject.statement.resources.negated {
            look_at(&subject, out);
        }
    }
}

fn look_at(subject: &Subject, out: &mut Findings) {
    let statement = subject.statement;
    // The service that takes the role is named: the condition that AWS advises.
    let to_one_service =
        statement.conditions.iter().any(|condition| condition.key.eq_ignore_ascii_case("iam:PassedToService"));
    if to_one_service {
        return;
    }
    let mut actions = statement.actions.items.iter().flat_map(readings);
    let Some(action) = actions.find(|action| action_matches(&action.text, PASS_ROLE).is_yes()) else { return };
    let mut resources = statement.resources.items.iter().flat_map(readings);
    let wide = resources.find(|resource| width(&resource.text).concerns("iam"));
    let Some(resource) = wide else { return };
    let when = subject.when.and(&action.when).and(&resource.when);
    let refused = subject
        .roles
        .iter()
        .all(|role| Subject::refusals(role, &when).iter().any(|refusal| refuses(refusal, PASS_ROLE, &when)));
    if refused || !when.is_possible() {
        return;
    }
    let narrowed = statement.may_be_narrowed() || subject.is_bounded();
    let grade = if narrowed { Grade::NOTE } else { Grade::WARNING };
    let sure = !narrowed && !action.may_differ && !resource.may_differ;
    let role = if width(&resource.text) == Width::Everything { "any role" } else { "every role of the account" };
    let message = format!("{} may hand {role} to any service, and so use what that role may do", subject.who());
    let mut finding = Finding::new(grade, resource.span, message)
        .here("no role is named")
        .when(&when)
        .confidence(if sure { Confidence::High } else { Confidence::Medium });
    if action.span != resource.span {
        finding = finding.label(action.span, "what it may pass");
    }
    for function in subject.functions.iter().take(3) {
        finding = finding.label(function.resource.span, "this function");
    }
    let help = "name the role that is passed, and the service with the condition `iam:PassedToService`";
    out.push(subject.relate(finding.help(help)));
}
