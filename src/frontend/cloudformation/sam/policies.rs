//! `Policies` of a function or state machine, and what SAM adds to them.

use super::function::Facts;
use super::make::{Maker, from_json, list, literal, map, text};
use crate::data::{managed_policies, sam_policy_templates};
use crate::source::Span;
use crate::value::{Data, Guard, Map, Text, Value};
use std::sync::Arc;

/// What the role that SAM makes gets.
#[derive(Default)]
pub(super) struct RolePolicies {
    managed: Vec<Arc<Value<Data>>>,
    inline: Vec<Value<Data>>,
    /// Whether there may be more.
    pub(super) open: bool,
}

impl RolePolicies {
    /// The managed policies that SAM gives every function.
    pub(super) fn basic(&mut self, maker: &Maker, facts: &Facts, span: Span) {
        let basic =
            if facts.durable { "AWSLambdaBasicDurableExecutionRolePolicy" } else { "AWSLambdaBasicExecutionRole" };
        self.managed(maker, basic, span, &Guard::always());
        if let Some(span) = facts.vpc {
            self.managed(maker, "AWSLambdaVPCAccessExecutionRole", span, &Guard::always());
        }
    }

    /// Adds an AWS managed policy by name. One that is there already is not added again.
    pub(super) fn managed(&mut self, maker: &Maker, name: &str, span: Span, when: &Guard) {
        let arn = managed_arn(maker, name);
        let there = self
            .managed
            .iter()
            .any(|value| value.borrow().text().some(|text| text.is_some_and(|text| text.equals(&arn).is_yes())));
        if !there {
            self.managed.push(Arc::new(text(arn, span).within(when)));
        }
    }

    /// Adds an AWS managed policy by its path (`service-role/…`), whether or not the table has it.
    pub(super) fn managed_at(&mut self, maker: &Maker, path: &str, span: Span) {
        let arn = maker.sub(&format!("arn:${{AWS::Partition}}:iam::aws:policy/{path}"));
        self.managed.push(Arc::new(text(arn, span)));
    }

    /// Adds a policy of one statement.
    pub(super) fn statement(&mut self, name: &str, actions: Vec<Value<Data>>, resource: Value<Data>, span: Span) {
        let statement = map(
            vec![("Effect", literal("Allow", span)), ("Action", list(actions, false, span)), ("Resource", resource)],
            span,
        );
        self.document(name, map(vec![("Statement", list(vec![statement], false, span))], span), span, &Guard::always());
    }

    /// Adds a policy of several statements.
    pub(super) fn statements(&mut self, name: &str, statements: Vec<Value<Data>>, span: Span) {
        let document = map(vec![("Statement", list(statements, false, span))], span);
        self.document(name, document, span, &Guard::always());
    }

    fn document(&mut self, name: &str, document: Value<Data>, span: Span, when: &Guard) {
        let policy = map(vec![("PolicyName", literal(name, span)), ("PolicyDocument", document)], span);
        self.inline.push(policy.within(when));
    }

    /// Adds what the user wrote under `Policies`: a name, an ARN, a document, a policy template, or a list of these.
    pub(super) fn written(&mut self, maker: &Maker, role: &str, value: &Value<Data>) {
        self.open |= !value.is_exhaustive();
        for (data, span, when) in value.set() {
            match data {
                Data::List(items) => {
                    self.open |= items.open;
                    for item in &items.items {
                        self.open |= !item.is_exhaustive();
                        for (data, span, inner) in item.set() {
                            self.one(maker, role, data, span, &when.and(inner));
                        }
                    }
                }
                _ => self.one(maker, role, data, span, when),
            }
        }
    }

    fn one(&mut self, maker: &Maker, role: &str, data: &Data, span: Span, when: &Guard) {
        match data {
            Data::Text(name) => {
                let arn = match name.as_literal() {
                    Some(name) => managed_arn(maker, name),
                    None => name.clone(),
                };
                self.managed.push(Arc::new(text(arn, span).within(when)));
            }
            Data::Map(document) if document.entry("Statement").is_some() => {
                let name = format!("{role}Policy{}", self.inline.len());
                self.document(&name, Value::known(data.clone(), span), span, when);
            }
            Data::Map(templates) => {
                self.open |= templates.open;
                for entry in &templates.entries {
                    match sam_policy_templates::template(&entry.key) {
                        Some(template) => self.template(maker, role, template, &entry.value, entry.key_span, when),
                        None => self.open = true,
                    }
                }
            }
            Data::List(_) => self.open = true,
        }
    }

    fn template(
        &mut self,
        maker: &Maker,
        role: &str,
        template: &sam_policy_templates::Template,
        parameters: &Value<Data>,
        key_span: Span,
        when: &Guard,
    ) {
        let Ok(json) = serde_json::from_str::<serde_json::Value>(template.statements_json) else { return };
        let span = key_span.to(parameters.span());
        let variable = |name: &str| -> Option<Value<Text>> {
            if !template.parameters.contains(&name) {
                return None;
            }
            let value = parameters.get(name).text().filter_map(|text| Some((*text).clone()));
            let known = value.is_exhaustive() && !value.cases().is_empty();
            // A parameter that is not known still fills its place in the ARN.
            let unknown = || maker.template.symbol(crate::value::SymbolKind::Other, format!("{role}.{name}"));
            Some(if known { value } else { Value::known(unknown(), span) })
        };
        let statements = from_json(&json, span, maker.template, &variable);
        let name = format!("{role}Policy{}", self.inline.len());
        self.document(&name, map(vec![("Statement", statements)], span), span, when);
    }

    /// Puts all of it into the properties of a role.
    pub(super) fn into_properties(self, properties: &mut Map, span: Span) {
        let managed = crate::value::List { items: self.managed, open: self.open };
        properties.insert("ManagedPolicyArns", span, Value::known(Data::List(managed), span));
        properties.insert("Policies", span, list(self.inline, self.open, span));
    }
}

/// The ARN of an AWS managed policy; a name that is none of theirs is taken as it is.
fn managed_arn(maker: &Maker, name: &str) -> Text {
    match managed_policies::policy(name) {
        Some(policy) => maker.sub(&format!("arn:${{AWS::Partition}}:iam::aws:{}", policy.arn_path())),
        None => Text::literal(name),
    }
}
