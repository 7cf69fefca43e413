//! AWS managed policies as statements.

use super::policy::{DocumentKind, Policy, PolicyDocument};
use crate::data::managed_policies;
use crate::engine::Address;
use crate::source::Span;
use crate::value::{Data, Entry, List, Map, Text, Value};
use std::sync::Arc;

/// The name of the AWS managed policy that an ARN names (`AmazonS3FullAccess`), in any partition.
#[must_use]
pub fn name_of(arn: &Text) -> Option<String> {
    let spelled = arn.to_string();
    let (_, path) = spelled.split_once(":iam::aws:policy/")?;
    let name = path.rsplit('/').next()?;
    (!name.is_empty() && !name.contains(['$', '{'])).then(|| name.to_owned())
}

/// The statements of an AWS managed policy, all at the place where its ARN is written.
#[must_use]
pub fn policy(name: &str, span: Span, address: &Address) -> Option<Policy> {
    let known = managed_policies::policy(name)?;
    let statements = from_json(known.statements_json, span)?;
    let mut body = Map::default();
    body.insert("Statement", span, statements);
    let value = Value::known(Data::Map(body), span);
    let document = PolicyDocument { kind: DocumentKind::AwsManaged, name: name.into(), address: address.clone(), span };
    Some(Policy::read(document, &value.borrow()))
}

/// JSON text of a table as a value whose every part is at `span`.
#[must_use]
pub fn from_json(text: &str, span: Span) -> Option<Value<Data>> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(convert(&json, span))
}

fn convert(json: &serde_json::Value, span: Span) -> Value<Data> {
    match json {
        serde_json::Value::Null => Value::unset(span),
        serde_json::Value::Bool(value) => Value::known(Data::Text(Text::literal(value.to_string())), span),
        serde_json::Value::Number(value) => Value::known(Data::Text(Text::literal(value.to_string())), span),
        serde_json::Value::String(value) => Value::known(Data::Text(Text::literal(value.as_str())), span),
        serde_json::Value::Array(items) => {
            let items = items.iter().map(|item| Arc::new(convert(item, span))).collect();
            Value::known(Data::List(List { items, open: false }), span)
        }
        serde_json::Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| Entry {
                    key: Arc::from(key.as_str()),
                    key_span: span,
                    value: Arc::new(convert(value, span)),
                })
                .collect();
            Value::known(Data::Map(Map { entries, open: false }), span)
        }
    }
}
