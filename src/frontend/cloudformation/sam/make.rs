//! Making resources and values.

use super::super::template::Template;
use crate::engine::Address;
use crate::model::{Names, Origin, Resource};
use crate::source::Span;
use crate::value::{Case, Data, Guard, List, Map, Piece, Text, Value};
use std::sync::Arc;

/// Collects what SAM makes.
pub(super) struct Maker<'a, 't> {
    pub(super) template: &'a Template<'t>,
    pub(super) out: Vec<Resource>,
    /// `Globals`.
    pub(super) globals: Map,
    /// The functions that CodeDeploy shifts traffic for, with a role that SAM makes.
    pub(super) deployed: Vec<From>,
}

/// What a resource is made from.
#[derive(Clone)]
pub(super) struct From {
    /// The address of the resource that the user wrote.
    pub(super) address: Address,
    /// Where to point: the event's name, the function's id.
    pub(super) span: Span,
    /// All bytes that it is made from.
    pub(super) body: Span,
    /// The deployments in which it is made.
    pub(super) when: Guard,
}

impl<'a, 't> Maker<'a, 't> {
    pub(super) fn new(template: &'a Template<'t>, globals: Map) -> Self {
        Self { template, out: Vec::new(), globals, deployed: Vec::new() }
    }

    pub(super) fn finish(self) -> Vec<Resource> {
        self.out
    }

    /// Adds a resource that SAM makes.
    pub(super) fn make(&mut self, id: &str, kind: &str, properties: Map, from: &From) {
        let names = if self.template.kind_of(id).is_some() {
            super::super::names(self.template, id)
        } else {
            let name = self.template.symbol(crate::value::SymbolKind::Name, id);
            let arn = (kind == "AWS::IAM::Role").then(|| self.role_arn(id));
            Names { reference: name.clone(), name, arn }
        };
        self.out.push(Resource {
            address: Arc::from(id),
            kind: Arc::from(kind),
            properties: Value::known(Data::Map(properties), from.body),
            when: from.when.clone(),
            span: from.span,
            body: from.body,
            depends_on: Vec::new(),
            references: Vec::new(),
            origin: Origin::Made { by: "SAM", from: from.address.clone() },
            names,
            source: self.template.source,
            metadata: Value::unset(from.span),
            update_replace_policy: Value::unset(from.span),
        });
    }

    /// Adds a statement to a function's resource-based policy.
    pub(super) fn permission(
        &mut self,
        id: &str,
        function: &Text,
        principal: &str,
        source: &[(&str, Value<Data>)],
        from: &From,
    ) {
        let mut properties = Map::default();
        set(&mut properties, "FunctionName", text(function.clone(), from.span));
        set(&mut properties, "Action", literal("lambda:InvokeFunction", from.span));
        set(&mut properties, "Principal", literal(principal, from.span));
        for (key, value) in source {
            set(&mut properties, key, value.clone());
        }
        self.make(id, "AWS::Lambda::Permission", properties, from);
    }

    /// The resource of this type that a text names, among those that are there already.
    pub(super) fn named(&mut self, kind: &str, text: &Text) -> Option<&mut Resource> {
        self.out.iter_mut().find(|resource| {
            resource.is(kind)
                && (resource.names.reference.equals(text).is_yes() || resource.names.name.equals(text).is_yes())
        })
    }

    /// The ARN of a role that SAM makes, by its logical id.
    pub(super) fn role_arn(&self, id: &str) -> Text {
        let mut arn = self.sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/");
        arn.append(&self.template.symbol(crate::value::SymbolKind::Name, id));
        arn
    }

    /// A text of `Fn::Sub`, without variables of its own.
    pub(super) fn sub(&self, form: &str) -> Text {
        let span = Span::default();
        self.template.substituted(form, span)
    }
}

/// A text as a value.
pub(super) fn text(text: Text, span: Span) -> Value<Data> {
    Value::known(Data::Text(text), span)
}

/// A literal as a value.
pub(super) fn literal(literal: &str, span: Span) -> Value<Data> {
    text(Text::literal(literal), span)
}

/// A list as a value.
pub(super) fn list(items: Vec<Value<Data>>, open: bool, span: Span) -> Value<Data> {
    Value::known(Data::List(List { items: items.into_iter().map(Arc::new).collect(), open }), span)
}

/// A map as a value.
pub(super) fn map(entries: Vec<(&str, Value<Data>)>, span: Span) -> Value<Data> {
    let mut out = Map::default();
    for (key, value) in entries {
        set(&mut out, key, value);
    }
    Value::known(Data::Map(out), span)
}

/// Sets a key whose place is its value's.
pub(super) fn set(map: &mut Map, key: &str, value: Value<Data>) {
    let span = value.span();
    map.insert(key, span, value);
}

/// A value that is borrowed, as one of its own.
pub(super) fn owned(value: &Value<&Data>) -> Value<Data> {
    value.filter_map(|data| Some((*data).clone()))
}

/// Puts JSON of a table into values, `${…}` in its texts replaced by `variable` (which gives nothing for what is not
/// one of its own) and otherwise as `Fn::Sub` does.
pub(super) fn from_json(
    json: &serde_json::Value,
    span: Span,
    template: &Template,
    variable: &dyn Fn(&str) -> Option<Value<Text>>,
) -> Value<Data> {
    match json {
        serde_json::Value::Null => Value::unset(span),
        serde_json::Value::Array(items) => {
            list(items.iter().map(|item| from_json(item, span, template, variable)).collect(), false, span)
        }
        serde_json::Value::Object(entries) => {
            let mut out = Map::default();
            for (key, value) in entries {
                out.insert(key.as_str(), span, from_json(value, span, template, variable));
            }
            Value::known(Data::Map(out), span)
        }
        serde_json::Value::String(form) => {
            fill(form, span, template, variable).filter_map(|text| Some(Data::Text(text.clone())))
        }
        other => literal(&other.to_string(), span),
    }
}

fn fill(form: &str, span: Span, template: &Template, variable: &dyn Fn(&str) -> Option<Value<Text>>) -> Value<Text> {
    let mut cases = vec![(Text::default(), Guard::always())];
    let mut exhaustive = true;
    let mut rest = form;
    while let Some((before, from)) = rest.split_once("${") {
        let (name, after) = from.split_once('}').unwrap_or((from, ""));
        let part =
            variable(name).unwrap_or_else(|| Value::known(template.substituted(&format!("${{{name}}}"), span), span));
        exhaustive &= part.is_exhaustive() && !part.cases().is_empty();
        let mut next = Vec::new();
        for (text, guard) in &cases {
            for (more, _, when) in part.set() {
                let guard = guard.and(when);
                if guard.is_possible() && next.len() < 64 {
                    let mut text = text.clone();
                    text.push(Piece::Literal(Arc::from(before)));
                    text.append(more);
                    next.push((text, guard));
                }
            }
        }
        cases = next;
        rest = after;
    }
    let cases = cases.into_iter().map(|(text, when)| Case { value: Some(text.with(rest)), span, when }).collect();
    Value::from_cases(cases, exhaustive, span)
}
