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

/// How the elements of one kind match: every element that does, in the deployments in which it is there. One
/// that certainly matches, always, stands for all. `NotAction` and `NotResource` match what none of their elements does; then
/// the element is the first of the exceptions.
fn matching<'a>(elements: &'a Elements, matches: impl Fn(&Text) -> Answer) -> Vec<(Answer, Option<&'a Element>)> {
    if elements.negated {
        let excepted = elements.items.iter().map(|element| match matches(&element.text) {
            // The exception is not made in every deployment.
            Answer::Yes if !element.when.is_always() => Answer::Unknown,
            answer => answer,
        });
        let answer = match excepted.max().unwrap_or(Answer::No) {
            Answer::Yes => return Vec::new(),
            Answer::No if !elements.open => Answer::Yes,
            Answer::Unknown | Answer::No => Answer::Unknown,
        };
        return vec![(answer, elements.items.first())];
    }
    let mut found: Vec<(Answer, Option<&Element>)> = Vec::new();
    for element in &elements.items {
        let answer = matches(&element.text);
        if answer.is_yes() && element.when.is_always() {
            return vec![(answer, Some(element))];
        }
        let known = found
            .iter()
            .any(|(known, other)| *known >= answer && other.is_some_and(|other| other.when == element.when));
        if answer != Answer::No && !known {
            found.push((answer, Some(element)));
        }
    }
    if elements.open && found.is_empty() {
        found.push((Answer::Unknown, None));
    }
    found
}

impl Statement {
    /// How the statement's action and resource match. `overlap`: any resource of the pattern is enough;
    /// otherwise all of it must be meant. Where elements are there only in some deployments, there is a grant for each.
    #[must_use]
    pub fn matches(&self, action: &str, resource: &Text, overlap: bool) -> Vec<Grant<'_>> {
        let actions = matching(&self.actions, |pattern| action_matches(pattern, action));
        if actions.is_empty() {
            return Vec::new();
        }
        let resource = resource.pattern();
        let negated = self.resources.negated;
        let resources = matching(&self.resources, |pattern| {
            let pattern = pattern.pattern();
            // Something of the resource is left by an exception that does not take in all of it.
            if overlap == negated { pattern.covers(&resource) } else { pattern.overlaps(&resource) }
        });
        let mut grants = Vec::new();
        for (action_answer, action_element) in actions {
            for (resource_answer, resource_element) in &resources {
                let elements = [action_element, *resource_element].into_iter().flatten();
                let when = elements.fold(self.when.clone(), |when, element| when.and(&element.when));
                let sure = if self.is_unconditional() { Answer::Yes } else { Answer::Unknown };
                let grant = Grant {
                    statement: self,
                    action: action_element,
                    resource: *resource_element,
                    answer: action_answer.and(*resource_answer).and(sure),
                    when,
                };
                if grant.when.is_possible() {
                    grants.push(grant);
                }
            }
        }
        grants
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
        for grant in statement.matches(action, resource, false).iter().filter(|grant| grant.answer.is_yes()) {
            denied = denied.or(&grant.when);
        }
    }
    let left = denied.not();
    let mut out: Vec<Grant> = statements
        .filter(|statement| statement.effect == Effect::Allow)
        .flat_map(|statement| statement.matches(action, resource, overlap))
        .filter_map(|mut grant| {
            grant.when = grant.when.and(&left);
            grant.when.is_possible().then_some(grant)
        })
        .collect();
    out.sort_by_key(|grant| std::cmp::Reverse(grant.answer));
    out
}

#[cfg(test)]
mod tests {
    use super::super::{DocumentKind, Policy, PolicyDocument, managed};
    use super::*;
    use crate::source::Span;
    use crate::value::{Atom, Data, Map, Value};

    /// A policy of these statements (JSON).
    fn policy(statements: &str) -> Policy {
        let span = Span::default();
        let mut body = Map::default();
        body.insert("Statement", span, managed::from_json(statements, span).unwrap());
        let document = PolicyDocument { kind: DocumentKind::Inline, name: "test".into(), address: "Role".into(), span };
        Policy::read(document, &Value::known(Data::Map(body), span).borrow())
    }

    /// Whether the statements let the action be done to all of the resource.
    fn allows(statements: &str, action: &str, resource: &str) -> Answer {
        let policy = policy(statements);
        let found = grants(policy.statements.iter(), action, &Text::literal(resource), false);
        found.first().map_or(Answer::No, |grant| grant.answer)
    }

    const OBJECT: &str = "arn:aws:s3:::uploads/a.png";

    #[test]
    fn actions_match_without_regard_to_case() {
        let statement = r#"[{"Effect":"Allow","Action":"S3:putobject","Resource":"*"}]"#;
        assert_eq!(allows(statement, "s3:PutObject", OBJECT), Answer::Yes);
        assert_eq!(allows(statement, "s3:PutObjectAcl", OBJECT), Answer::No);
        let pattern = r#"[{"Effect":"Allow","Action":["s3:G?t*"],"Resource":["*"]}]"#;
        assert_eq!(allows(pattern, "s3:GetObject", OBJECT), Answer::Yes);
        assert_eq!(allows(pattern, "s3:GtObject", OBJECT), Answer::No, "`?` is one character");
    }

    #[test]
    fn resources_match_with_regard_to_case() {
        let statement = r#"[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::Uploads/*"}]"#;
        assert_eq!(allows(statement, "s3:PutObject", OBJECT), Answer::No);
    }

    #[test]
    fn a_refusal_wins_wherever_it_stands() {
        let statements = r#"[
            {"Effect":"Deny","Action":"s3:Put*","Resource":"arn:aws:s3:::uploads/*"},
            {"Effect":"Allow","Action":"*","Resource":"*"}]"#;
        assert_eq!(allows(statements, "s3:PutObject", OBJECT), Answer::No);
        assert_eq!(allows(statements, "s3:GetObject", OBJECT), Answer::Yes);
        assert_eq!(allows(statements, "s3:PutObject", "arn:aws:s3:::other/a.png"), Answer::Yes);
        let conditional = statements.replacen("\"Deny\",", "\"Deny\",\"Condition\":{\"Bool\":{\"a:b\":\"true\"}},", 1);
        assert_eq!(allows(&conditional, "s3:PutObject", OBJECT), Answer::Yes, "the refusal may not hold");
    }

    #[test]
    fn a_refusal_of_a_part_leaves_the_rest() {
        let statements = r#"[
            {"Effect":"Deny","Action":"s3:PutObject","Resource":"arn:aws:s3:::uploads/private/*"},
            {"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::uploads/*"}]"#;
        assert_eq!(allows(statements, "s3:PutObject", "arn:aws:s3:::uploads/*"), Answer::Yes);
        assert_eq!(allows(statements, "s3:PutObject", "arn:aws:s3:::uploads/private/a.png"), Answer::No);
    }

    #[test]
    fn not_action_is_all_but() {
        let statement = r#"[{"Effect":"Allow","NotAction":["IAM:*","s3:Delete*"],"Resource":"*"}]"#;
        assert_eq!(allows(statement, "s3:PutObject", OBJECT), Answer::Yes);
        assert_eq!(allows(statement, "s3:DeleteObject", OBJECT), Answer::No);
        assert_eq!(allows(statement, "iam:PassRole", "arn:aws:iam::123456789012:role/x"), Answer::No);
    }

    #[test]
    fn not_resource_is_all_but() {
        let statement =
            r#"[{"Effect":"Allow","Action":"s3:PutObject","NotResource":"arn:aws:s3:::uploads/private/*"}]"#;
        assert_eq!(allows(statement, "s3:PutObject", OBJECT), Answer::Yes);
        assert_eq!(allows(statement, "s3:PutObject", "arn:aws:s3:::uploads/private/a.png"), Answer::No);
        assert_eq!(allows(statement, "s3:PutObject", "arn:aws:s3:::uploads/*"), Answer::No, "not on all of it");
        let policy = policy(statement);
        let some = |resource: &str| grants(policy.statements.iter(), "s3:PutObject", &Text::literal(resource), true);
        assert_eq!(some("arn:aws:s3:::uploads/*").len(), 1, "but on some of it");
        assert_eq!(some("arn:aws:s3:::uploads/private/2026/*").len(), 0, "and on nothing of the exception");
    }

    #[test]
    fn a_condition_may_not_hold() {
        let statement = r#"[{"Effect":"Allow","Action":"s3:*","Resource":"*",
            "Condition":{"StringEquals":{"aws:PrincipalTag/a":"b"}}}]"#;
        assert_eq!(allows(statement, "s3:PutObject", OBJECT), Answer::Unknown);
    }

    #[test]
    fn what_cannot_be_read_grants_nothing_and_is_said() {
        for statements in [
            r#""everything""#,
            r#"["everything"]"#,
            "[7]",
            "[[]]",
            r#"[{"Action":"*","Resource":"*"}]"#,
            r#"[{"Effect":"allow","Action":"*","Resource":"*"}]"#,
            r#"[{"Effect":["Allow"],"Action":"*","Resource":"*"}]"#,
        ] {
            assert_eq!(allows(statements, "s3:PutObject", OBJECT), Answer::No, "{statements}");
            assert!(policy(statements).open, "{statements}");
        }
        for statements in [
            r#"[{"Effect":"Allow","Action":5,"Resource":"*"}]"#,
            r#"[{"Effect":"Allow","Resource":"*"}]"#,
            r#"[{"Effect":"Allow","Action":"*"}]"#,
            r#"[{"Effect":"Allow","Action":[],"Resource":"*"}]"#,
        ] {
            assert_eq!(allows(statements, "s3:PutObject", OBJECT), Answer::No, "{statements}");
        }
        let map = r#"[{"Effect":"Allow","Action":{"a":"b"},"Resource":"*"}]"#;
        assert_eq!(allows(map, "s3:PutObject", OBJECT), Answer::Unknown, "an action that is a map");
        let no_condition = r#"[{"Effect":"Allow","Action":"*","Resource":"*","Condition":"x"}]"#;
        assert_eq!(allows(no_condition, "s3:PutObject", OBJECT), Answer::Unknown, "a condition that is none");
    }

    #[test]
    fn each_deployment_has_its_own_grant() {
        let mut policy = policy(r#"[{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::uploads/*","*"]}]"#);
        let prod = Guard::atom(Atom { id: 1, size: 2 }, 1);
        let elements = &mut policy.statements[0].resources.items;
        elements[0].when = prod.clone();
        elements[1].when = prod.not();
        let found = grants(policy.statements.iter(), "s3:PutObject", &Text::literal(OBJECT), false);
        let when = found.iter().fold(Guard::never(), |guard, grant| guard.or(&grant.when));
        assert!(found.len() == 2 && when.is_always(), "{found:?}");
    }

    #[test]
    fn a_refusal_of_one_deployment_leaves_the_others() {
        let mut policy = policy(
            r#"[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Deny","Action":"s3:*","Resource":"*"}]"#,
        );
        let prod = Guard::atom(Atom { id: 1, size: 2 }, 1);
        policy.statements[1].when = prod.clone();
        let found = grants(policy.statements.iter(), "s3:PutObject", &Text::literal(OBJECT), false);
        assert!(found.len() == 1 && found[0].when.same(&prod.not()), "{found:?}");
    }

    #[test]
    fn an_exception_of_one_deployment_is_not_certain() {
        let mut policy = policy(r#"[{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}]"#);
        policy.statements[0].actions.items[0].when = Guard::atom(Atom { id: 1, size: 2 }, 1);
        let found = grants(policy.statements.iter(), "s3:PutObject", &Text::literal(OBJECT), false);
        assert!(found.len() == 1 && found[0].answer == Answer::Unknown, "{found:?}");
    }
}
