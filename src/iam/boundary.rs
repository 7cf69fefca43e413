//! Permissions boundaries: what a role cannot do, whatever its policies grant.
//!
//! A role has the rights that both its policies and its boundary allow. What a boundary does not allow is read here as if
//! it were refused, so that everything that asks for rights takes it into account.
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>, read 2026-11-22.

use super::policy::{DocumentKind, Effect, Element, Elements, Policy, PolicyDocument, Statement};
use crate::source::Span;
use crate::value::{Guard, Text};
use std::sync::Arc;

/// A boundary as refusals.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// Only what is certainly out of bounds is refused.
    pub refusals: Policy,
    /// Whether everything that is out of bounds is.
    pub is_exact: bool,
}

/// Reads the policy that is the boundary of a role where `when` holds; `span` is where the role names it.
#[must_use]
pub fn boundary(policy: &Policy, span: Span, when: &Guard) -> Boundary {
    let document = Arc::new(PolicyDocument { kind: DocumentKind::Boundary, span, ..(*policy.document).clone() });
    let mut out = Boundary {
        refusals: Policy { document: document.clone(), statements: Vec::new(), open: policy.open },
        is_exact: !policy.open,
    };
    if policy.open {
        return out;
    }
    let (allows, denies): (Vec<&Statement>, Vec<&Statement>) =
        policy.statements.iter().partition(|statement| statement.effect == Effect::Allow);
    let within = |statement: &Statement| Statement {
        when: statement.when.and(when),
        document: document.clone(),
        ..statement.clone()
    };
    out.refusals.statements.extend(denies.into_iter().map(within));
    let refuse = |actions: Elements, resources: Elements| Statement {
        effect: Effect::Deny,
        actions,
        resources,
        principals: Vec::new(),
        principals_open: false,
        not_principal: false,
        conditions: Vec::new(),
        conditions_open: false,
        span,
        when: when.clone(),
        document: document.clone(),
    };
    out.is_exact &= allows.iter().all(|statement| statement.is_unconditional());
    // Out of bounds is what no statement allows: of one statement that is what it does not name.
    if let [one] = allows.as_slice()
        && one.when.is_always()
    {
        out.refusals.statements.push(refuse(complement(&one.actions), everything(span)));
        out.refusals.statements.push(refuse(everything(span), complement(&one.resources)));
        return out;
    }
    // Of several it is at least what none of them names among its actions.
    let named = allows.iter().all(|statement| !statement.actions.negated);
    out.is_exact &= named && allows.iter().all(|statement| is_everything(&statement.resources));
    if named {
        let items = allows.iter().flat_map(|statement| {
            let element = |element: &Element| Element { when: element.when.and(&statement.when), ..element.clone() };
            statement.actions.items.iter().map(element)
        });
        let open = allows.iter().any(|statement| statement.actions.open);
        let actions = Elements { items: items.collect(), open, negated: true };
        out.refusals.statements.push(refuse(actions, everything(span)));
    }
    out
}

fn complement(elements: &Elements) -> Elements {
    Elements { negated: !elements.negated, ..elements.clone() }
}

fn everything(span: Span) -> Elements {
    let star = Element { text: Text::literal("*"), span, when: Guard::always() };
    Elements { items: vec![star], open: false, negated: false }
}

fn is_everything(resources: &Elements) -> bool {
    !resources.negated && resources.star().is_some_and(|star| star.when.is_always())
}

#[cfg(test)]
mod tests {
    use super::super::{grant, managed};
    use super::*;
    use crate::value::{Answer, Data, Map, Value};

    fn policy(kind: DocumentKind, statements: &str) -> Policy {
        let span = Span::default();
        let mut body = Map::default();
        body.insert("Statement", span, managed::from_json(statements, span).unwrap());
        let document = PolicyDocument { kind, name: "test".into(), address: "Role".into(), span };
        Policy::read(document, &Value::known(Data::Map(body), span).borrow())
    }

    /// Whether a role with all rights and this boundary may do something.
    fn may(bounds: &str, action: &str, resource: &str) -> Answer {
        let admin = policy(DocumentKind::Inline, r#"[{"Effect":"Allow","Action":"*","Resource":"*"}]"#);
        let bounds = boundary(&policy(DocumentKind::Attached, bounds), Span::default(), &Guard::always());
        let statements = admin.statements.iter().chain(&bounds.refusals.statements);
        let found = grant::grants(statements, action, &Text::literal(resource), false);
        found.first().map_or(Answer::No, |grant| grant.answer)
    }

    const OBJECT: &str = "arn:aws:s3:::uploads/a.png";

    #[test]
    fn what_one_statement_does_not_name_is_out_of_bounds() {
        let one = r#"[{"Effect":"Allow","Action":["s3:*","logs:*"],"Resource":"arn:aws:s3:::uploads/*"}]"#;
        assert_eq!(may(one, "s3:GetObject", OBJECT), Answer::Yes);
        assert_eq!(may(one, "s3:GetObject", "arn:aws:s3:::other/a.png"), Answer::No);
        assert_eq!(may(one, "sqs:SendMessage", OBJECT), Answer::No);
        let but = r#"[{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}]"#;
        assert_eq!(may(but, "iam:PassRole", "*"), Answer::No);
        assert_eq!(may(but, "s3:GetObject", OBJECT), Answer::Yes);
    }

    #[test]
    fn of_several_statements_only_the_actions_are_certain() {
        let several = r#"[
            {"Effect":"Allow","Action":"s3:*","Resource":"*"},
            {"Effect":"Allow","Action":"sqs:*","Resource":"*"},
            {"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}]"#;
        assert_eq!(may(several, "s3:GetObject", OBJECT), Answer::Yes);
        assert_eq!(may(several, "s3:DeleteObject", OBJECT), Answer::No);
        assert_eq!(may(several, "iam:PassRole", "*"), Answer::No);
        assert_eq!(may("[]", "iam:PassRole", "*"), Answer::No, "a boundary that allows nothing");
    }

    #[test]
    fn whether_that_is_all_is_known() {
        let exact =
            |text: &str| boundary(&policy(DocumentKind::Attached, text), Span::default(), &Guard::always()).is_exact;
        assert!(exact(r#"[{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::uploads/*"}]"#));
        assert!(!exact(
            r#"[{"Effect":"Allow","Action":"s3:*","Resource":"a"},{"Effect":"Allow","Action":"b:c","Resource":"*"}]"#
        ));
        assert!(!exact(r#"[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"a:b":"true"}}}]"#));
        assert!(!exact(r#"["what"]"#));
    }
}
