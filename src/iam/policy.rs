//! Policy documents and their statements.
//!
//! Grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use crate::engine::Address;
use crate::source::Span;
use crate::value::{Data, Guard, Text, Value};
use std::sync::Arc;

/// Where a document comes from, in words for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// Written in the role, or in a SAM function's `Policies`.
    Inline,
    /// A policy resource of its own, attached to the role.
    Attached,
    /// A policy that AWS keeps (`arn:aws:iam::aws:policy/…`).
    AwsManaged,
    /// The permissions boundary of a role, read as what it keeps the role from.
    Boundary,
    /// Who may assume the role.
    Trust,
    /// A policy on a resource.
    Resource,
}

/// A policy document as a whole.
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    /// Where it comes from.
    pub kind: DocumentKind,
    /// Its name: the policy's name, the resource's address, the managed policy's name.
    pub name: Box<str>,
    /// The resource that holds it.
    pub address: Address,
    /// Where it is written; for a managed policy, where its ARN is.
    pub span: Span,
}

/// A document with its statements.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The document.
    pub document: Arc<PolicyDocument>,
    /// What could be read of it.
    pub statements: Vec<Statement>,
    /// Whether it may hold more than was read.
    pub open: bool,
}

/// `Allow` or `Deny`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Refuses, whatever else grants.
    Deny,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Grants or refuses.
    pub effect: Effect,
    /// `Action`, or `NotAction` where `negated`.
    pub actions: Elements,
    /// `Resource`, or `NotResource` where `negated`.
    pub resources: Elements,
    /// `Principal` or `NotPrincipal`, in documents that have one.
    pub principals: Vec<Principal>,
    /// Whether principals may exist that were not read.
    pub principals_open: bool,
    /// Whether the principals are those excepted.
    pub not_principal: bool,
    /// `Condition`.
    pub conditions: Vec<Condition>,
    /// Whether conditions may exist that were not read.
    pub conditions_open: bool,
    /// The whole statement.
    pub span: Span,
    /// The deployments in which it is part of the policy.
    pub when: Guard,
    /// The document that it is part of.
    pub document: Arc<PolicyDocument>,
}

/// The actions or resources of a statement.
#[derive(Clone, Debug, Default)]
pub struct Elements {
    /// Those that are known.
    pub items: Vec<Element>,
    /// Whether there may be others.
    pub open: bool,
    /// `NotAction`, `NotResource`.
    pub negated: bool,
}

/// One action or resource.
#[derive(Clone, Debug)]
pub struct Element {
    /// What is written.
    pub text: Text,
    /// Where.
    pub span: Span,
    /// In which deployments.
    pub when: Guard,
}

/// Somebody who may do something.
#[derive(Clone, Debug)]
pub struct Principal {
    /// `AWS`, `Service`, `Federated`, `CanonicalUser`; `*` when the whole is a star.
    pub kind: Box<str>,
    /// Who.
    pub text: Text,
    /// Where it is written.
    pub span: Span,
    /// In which deployments.
    pub when: Guard,
}

/// One key of a `Condition`.
#[derive(Clone, Debug)]
pub struct Condition {
    /// `StringEquals`, `ArnLike` …
    pub operator: Arc<str>,
    /// `aws:SourceArn` …
    pub key: Arc<str>,
    /// What it is compared with.
    pub values: Elements,
    /// Where the key is written.
    pub span: Span,
}

impl Policy {
    /// Reads a policy document.
    #[must_use]
    pub fn read(document: PolicyDocument, value: &Value<&Data>) -> Self {
        let document = Arc::new(document);
        let statement = value.get("Statement");
        let (items, closed) = statement.items(true);
        let mut policy = Self { document, statements: Vec::new(), open: !closed };
        for item in items {
            policy.open |= !item.is_exhaustive();
            for (data, span, when) in item.set() {
                match Statement::read(&policy.document, data, span, when) {
                    Some(statement) => policy.statements.push(statement),
                    None => policy.open = true,
                }
            }
        }
        policy
    }
}

impl Statement {
    /// Reads one statement; `None` when it is no map or its effect is not known.
    #[must_use]
    pub fn read(document: &Arc<PolicyDocument>, data: &Data, span: Span, when: &Guard) -> Option<Self> {
        data.map()?;
        let value = Value::known(data, span);
        let effect = match value.get("Effect").literals().only().map(String::as_str) {
            Some("Allow") => Effect::Allow,
            Some("Deny") => Effect::Deny,
            _ => return None,
        };
        let (principals, principals_open, not_principal) = principals(&value);
        let (conditions, conditions_open) = conditions(&value);
        Some(Self {
            effect,
            actions: Elements::either(&value, "Action", "NotAction"),
            resources: Elements::either(&value, "Resource", "NotResource"),
            principals,
            principals_open,
            not_principal,
            conditions,
            conditions_open,
            span,
            when: when.clone(),
            document: document.clone(),
        })
    }

    /// Whether it certainly has no condition.
    #[must_use]
    pub fn is_unconditional(&self) -> bool {
        self.conditions.is_empty() && !self.conditions_open
    }

    /// Whether a condition limits what it can be used on, or one that could not be read may do so.
    #[must_use]
    pub fn may_be_narrowed(&self) -> bool {
        self.conditions_open || self.conditions.iter().any(Condition::narrows)
    }
}

/// Keys that say who asks, from where or how, but not for what: they do not narrow what can be reached.
const ABOUT_THE_CALLER: &[&str] = &[
    "aws:principal",
    "aws:user",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:source",
    "aws:vpcsourceip",
    "aws:currenttime",
    "aws:epochtime",
    "aws:token",
    "aws:multifactor",
    "aws:federatedprovider",
    "aws:referer",
    "aws:viaawsservice",
    "aws:ec2instance",
];

impl Condition {
    /// Whether it limits what the statement can be used on (`cloudwatch:namespace`, `aws:ResourceTag/…`), as far as can be seen.
    /// A refusal of some values, or a comparison with everything, does not.
    #[must_use]
    pub fn narrows(&self) -> bool {
        let operator = self.operator.to_ascii_lowercase();
        let key = self.key.to_ascii_lowercase();
        let everything = !self.values.open && self.values.star().is_some();
        !operator.contains("not")
            && operator != "null"
            && !operator.contains("ifexists")
            && !everything
            && !ABOUT_THE_CALLER.iter().any(|known| key.starts_with(known))
    }
}

impl Elements {
    fn either(statement: &Value<&Data>, plain: &str, negated: &str) -> Self {
        let not = statement.get(negated);
        if not.some(|value| value.is_some()) {
            return Self { negated: true, ..Self::read(&not) };
        }
        Self::read(&statement.get(plain))
    }

    /// Reads a text or a list of texts.
    #[must_use]
    pub fn read(value: &Value<&Data>) -> Self {
        let (items, closed) = value.items(true);
        let mut elements = Self { items: Vec::new(), open: !closed, negated: false };
        for item in items {
            let texts = item.text();
            elements.open |= !texts.is_exhaustive();
            for (text, span, when) in texts.set() {
                elements.items.push(Element { text: (*text).clone(), span, when: when.clone() });
            }
        }
        elements
    }

    /// Whether one of them is exactly `*`.
    #[must_use]
    pub fn star(&self) -> Option<&Element> {
        self.items.iter().find(|element| element.text.as_literal() == Some("*"))
    }
}

fn principals(statement: &Value<&Data>) -> (Vec<Principal>, bool, bool) {
    let not = statement.get("NotPrincipal");
    let negated = not.some(|value| value.is_some());
    let value = if negated { not } else { statement.get("Principal") };
    let mut out = Vec::new();
    let mut open = !value.is_exhaustive();
    for (data, span, when) in value.set() {
        match data {
            Data::Text(text) => {
                out.push(Principal { kind: "*".into(), text: text.clone(), span, when: when.clone() });
            }
            Data::Map(map) => {
                open |= map.open;
                for entry in &map.entries {
                    let elements = Elements::read(&entry.value.borrow());
                    open |= elements.open;
                    out.extend(elements.items.into_iter().map(|element| Principal {
                        kind: (*entry.key).into(),
                        text: element.text,
                        span: element.span,
                        when: element.when.and(when),
                    }));
                }
            }
            Data::List(_) => open = true,
        }
    }
    (out, open, negated)
}

fn conditions(statement: &Value<&Data>) -> (Vec<Condition>, bool) {
    let (operators, closed) = statement.get("Condition").entries();
    let mut open = !closed;
    let mut out = Vec::new();
    for (operator, keys) in operators {
        let (keys, closed) = keys.entries();
        open |= !closed;
        for (key, values) in keys {
            out.push(Condition {
                operator: operator.key.clone(),
                key: key.key.clone(),
                values: Elements::read(&values),
                span: key.key_span,
            });
        }
    }
    (out, open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrows(operator: &str, key: &str, value: &str) -> bool {
        let span = Span::default();
        let values = Value::known(Data::Text(Text::literal(value)), span);
        let condition =
            Condition { operator: operator.into(), key: key.into(), values: Elements::read(&values.borrow()), span };
        condition.narrows()
    }

    #[test]
    fn what_is_reached_is_narrowed_by_keys_about_it() {
        assert!(narrows("StringEquals", "cloudwatch:namespace", "Orders"));
        assert!(narrows("StringEquals", "aws:ResourceTag/team", "orders"));
        assert!(narrows("StringLike", "s3:prefix", "uploads/*"));
        assert!(narrows("StringEquals", "kms:ViaService", "s3.eu-west-1.amazonaws.com"));
        assert!(narrows("ForAnyValue:StringEquals", "dynamodb:LeadingKeys", "a"));
        assert!(narrows("StringEquals", "AWS:ResourceOrgID", "o-1"));
    }

    #[test]
    fn who_asks_narrows_nothing_and_neither_does_everything() {
        assert!(!narrows("Bool", "aws:SecureTransport", "true"));
        assert!(!narrows("StringEquals", "aws:RequestedRegion", "eu-west-1"));
        assert!(!narrows("StringEquals", "aws:PrincipalOrgID", "o-1"));
        assert!(!narrows("StringNotEquals", "aws:ResourceTag/team", "orders"));
        assert!(!narrows("StringEqualsIfExists", "aws:ResourceTag/team", "orders"));
        assert!(!narrows("Null", "aws:ResourceTag/team", "false"));
        assert!(!narrows("StringLike", "s3:prefix", "*"));
    }
}
