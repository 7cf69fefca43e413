//! What statements grant.
//!
//! Evaluation: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>: an explicit
//! `Deny` wins, otherwise one `Allow` is enough.

use super::policy::{Effect, Element, Elements, Statement};
use crate::value::{Answer, Guard, Text};

/// A statement that grants something, and how sure that is.
#[derive(Clone, Debug)]
pub struct Grant<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// The action element that matches.
    pub action: Option<&'a Element>,
    /// The resource element that matches.
    pub resource: Option<&'a Element>,
    /// Yes: certainly grants. Unknown: may (a condition, a part that is not known).
    pub answer: Answer,
    /// The deployments in which it does.
    pub when: Guard,
}

/// Whether an action pattern (`s3:Put*`) matches an action (`s3:PutObject`). Case does not matter.
#[must_use]
pub fn action_matches(pattern: &Text, action: &str) -> Answer {
    match pattern.as_literal() {
        Some(literal) => {
            let (pattern, action) = (literal.to_ascii_lowercase(), action.to_ascii_lowercase());
            Text::literal(pattern).pattern().covers(&Text::literal(action))
        }
        None => pattern.pattern().covers(&Text::literal(action)),
    }
}

/// How the elements of one kind match: the best answer and the element that gives it. `NotAction` and
/// `NotResource` match what none of their elements does.
fn best<'a>(elements: &'a Elements, matches: impl Fn(&Text) -> Answer) -> (Answer, Option<&'a Element>) {
    let mut answer = Answer::No;
    let mut element = None;
    for item in &elements.items {
        let this = matches(&item.text);
        if this > answer || (element.is_none() && this != Answer::No) {
            (answer, element) = (this, Some(item));
        }
    }
    if elements.negated {
        return match answer {
            Answer::Yes => (Answer::No, None),
            Answer::Unknown => (Answer::Unknown, elements.items.first()),
            Answer::No if elements.open => (Answer::Unknown, elements.items.first()),
            Answer::No => (Answer::Yes, elements.items.first()),
        };
    }
    if elements.open && answer == Answer::No {
        answer = Answer::Unknown;
    }
    (answer, element)
}

impl Statement {
    /// Whether the statement's action and resource match. `overlap`: any resource of the pattern is enough;
    /// otherwise it must cover all of it.
    #[must_use]
    pub fn matches(&self, action: &str, resource: &Text, overlap: bool) -> Option<Grant<'_>> {
        let (action_answer, action_element) = best(&self.actions, |pattern| action_matches(pattern, action));
        if action_answer == Answer::No {
            return None;
        }
        let resource = resource.pattern();
        let (resource_answer, resource_element) = best(&self.resources, |pattern| {
            let pattern = pattern.pattern();
            if overlap { pattern.overlaps(&resource) } else { pattern.covers(&resource) }
        });
        let answer = action_answer.and(resource_answer);
        if answer == Answer::No {
            return None;
        }
        let mut when = self.when.clone();
        for element in [action_element, resource_element].into_iter().flatten() {
            when = when.and(&element.when);
        }
        let answer = if self.is_unconditional() { answer } else { answer.and(Answer::Unknown) };
        when.is_possible().then_some(Grant {
            statement: self,
            action: action_element,
            resource: resource_element,
            answer,
            when,
        })
    }
}

/// The statements among `statements` that let `action` be done to some resource of `resource` (with
/// `overlap`) or to all of it, less what is certainly denied. The surest first.
#[must_use]
pub fn grants<'a>(
    statements: impl Iterator<Item = &'a Statement> + Clone,
    action: &str,
    resource: &Text,
    overlap: bool,
) -> Vec<Grant<'a>> {
    let mut denied = Guard::never();
    for statement in statements.clone().filter(|statement| statement.effect == Effect::Deny) {
        if let Some(grant) = statement.matches(action, resource, false)
            && grant.answer.is_yes()
        {
            denied = denied.or(&grant.when);
        }
    }
    let left = denied.not();
    let mut out: Vec<Grant> = statements
        .filter(|statement| statement.effect == Effect::Allow)
        .filter_map(|statement| statement.matches(action, resource, overlap))
        .filter_map(|mut grant| {
            grant.when = grant.when.and(&left);
            grant.when.is_possible().then_some(grant)
        })
        .collect();
    out.sort_by_key(|grant| std::cmp::Reverse(grant.answer));
    out
}
