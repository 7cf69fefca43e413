//! `role-not-action`: see `rules/role/role-not-action.md`.
//!
//! A statement that allows everything but what it names grants what nobody thought of.

use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::{Elements, Subject, subjects, words};
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    for subject in subjects(world) {
        // The exceptions that AWS wrote are AWS's.
        if subject.is_written() {
            let statement = subject.statement;
            if statement.actions.negated {
                report(&subject, &statement.actions, "NotAction", out);
            } else if statement.resources.negated {
                report(&subject, &statement.resources, "NotResource", out);
            }
        }
    }
}

fn report(subject: &Subject, exceptions: &Elements, key: &str, out: &mut Findings) {
    let Some(first) = exceptions.items.first() else { return };
    let names: Vec<String> = exceptions.items.iter().map(|element| element.text.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (what, mend) = if key == "NotAction" {
        ("every action", "list the actions that the function calls under `Action`")
    } else {
        ("its actions on every resource", "name the resources that the function works with under `Resource`")
    };
    let narrowed = subject.statement.may_be_narrowed() || subject.is_bounded();
    let grade = if narrowed { Grade::NOTE } else { Grade::WARNING };
    let message = format!("{} may do {what} but {}, those that AWS will add too", subject.who(), words::list(&names));
    let mut finding = Finding::new(grade, first.span, message)
        .here(format!("`{key}` in a statement that allows"))
        .when(&subject.when)
        .confidence(if narrowed { Confidence::Medium } else { Confidence::High });
    for function in subject.functions.iter().take(3) {
        finding = finding.label(function.resource.span, "this function");
    }
    out.push(subject.relate(finding.help(format!("{mend}; an exception alone belongs into a statement that denies"))));
}
