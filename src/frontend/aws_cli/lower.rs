//! From the elements of a document to resources.

use super::shape::{Element, Shape};
use super::tree::{Tree, text};
use super::{bucket, event_source, function, permission, role};
use crate::engine::Address;
use crate::frontend::Region;
use crate::model::{Names, Origin, Resource};
use crate::source::Span;
use crate::syntax::NodeId;
use crate::value::{Data, Guard, Map, Piece, Symbol, SymbolKind, Text, Value};
use std::sync::Arc;

/// What is being made of a file.
#[derive(Debug)]
pub(super) struct Lowering<'a> {
    /// The file's tree.
    pub(super) tree: Tree<'a>,
    /// The resources so far.
    pub(super) resources: Vec<Resource>,
    /// The regions so far.
    pub(super) regions: Vec<Region>,
}

impl Lowering<'_> {
    /// Lowers an element.
    pub(super) fn element(&mut self, element: &Element) {
        let (node, depth) = (element.node, element.depth);
        match &element.shape {
            Shape::GetFunction => function::get_function(self, node, depth),
            Shape::Function => function::configuration(self, node, depth),
            Shape::CreateFunction => function::create(self, node, depth),
            Shape::UpdateFunction => function::update(self, node, depth),
            Shape::Setting => function::setting(self, node, depth),
            Shape::Provisioned => function::provisioned(self, node, depth),
            Shape::Url => function::url(self, node, depth),
            Shape::CreateUrl => function::create_url(self, node, depth),
            Shape::InvokeConfig => function::invoke_config(self, node, depth),
            Shape::PutInvokeConfig => function::put_invoke_config(self, node, depth),
            Shape::Alias => function::alias(self, node, depth),
            Shape::CreateAlias => function::create_alias(self, node, depth),
            Shape::Layer => function::layer(self, node, depth),
            Shape::Policy { holder, json, whole } => {
                permission::policy(self, node, *holder, json.as_deref(), *whole, depth);
            }
            Shape::AddPermission => permission::add(self, node, depth),
            Shape::Mapping => event_source::mapping(self, node, depth),
            Shape::CreateMapping => event_source::create(self, node, depth),
            Shape::GetRole => role::get_role(self, node, depth),
            Shape::Role => role::role(self, node, depth),
            Shape::RoleDetail => role::detail(self, node, depth),
            Shape::PolicyDetail => role::policy_detail(self, node, depth),
            Shape::CreateRole => role::create(self, node, depth),
            Shape::RolePolicy => role::policy(self, node, depth),
            Shape::AttachedPolicies => role::attached(self, node, depth),
            Shape::AttachPolicy => role::attach(self, node, depth),
            Shape::PolicyNames => role::policy_names(self, node, depth),
            Shape::PolicyVersion => role::policy_version(self, node, depth),
            Shape::Notification => bucket::notification(self, node, depth),
            Shape::PutNotification => bucket::put_notification(self, node, depth),
        }
    }

    /// Adds a resource.
    pub(super) fn push(
        &mut self,
        kind: &str,
        (address, span): (Address, Span),
        body: Span,
        properties: Map,
        names: Names,
    ) {
        self.resources.push(Resource {
            address,
            kind: Arc::from(kind),
            properties: Value::known(Data::Map(properties), body),
            when: Guard::always(),
            span,
            body,
            depends_on: Vec::new(),
            references: Vec::new(),
            origin: Origin::Written,
            names,
            source: self.tree.document.source(),
            metadata: Value::unset(span),
            update_replace_policy: Value::unset(span),
        });
    }

    /// Says that a node's bytes belong to an address.
    pub(super) fn region(&mut self, node: NodeId, address: &Address, depth: usize) {
        let span = self.tree.span(node);
        self.regions.push(Region { span, address: address.clone(), depth });
    }

    /// Says that bytes inside a text belong to an address; the path to them ends at the text.
    pub(super) fn region_at(&mut self, span: Span, address: &Address) {
        self.regions.push(Region { span, address: address.clone(), depth: 0 });
    }
}

/// Copies what a node has, but for `except`, under the names that it has.
pub(super) fn copy(tree: &Tree, node: NodeId, except: &[&str]) -> Map {
    let mut map = Map::default();
    for (key, key_node, value) in tree.entries(node) {
        if !except.contains(&key) && key != "ResponseMetadata" {
            map.entries.push(crate::value::Entry {
                key: Arc::from(key),
                key_span: tree.span(key_node),
                value: Arc::new(tree.value(value)),
            });
        }
    }
    map
}

/// Whether a value is the literal text, or a list or map with nothing set in it (the API prints those for "not
/// configured").
pub(super) fn is_default(value: &Value<Data>, default: &str) -> bool {
    match value.only() {
        Some(Data::Text(text)) => text.as_literal() == Some(default),
        Some(Data::List(list)) => list.items.is_empty(),
        Some(Data::Map(map)) => {
            map.entries.iter().all(|entry| entry.value.is_unset() || is_default(&entry.value, default))
        }
        None => false,
    }
}

/// Makes an entry "not set", at the place where the default is printed, if its value is the default.
pub(super) fn drop_default(map: &mut Map, key: &str, default: &str) {
    if let Some(entry) = map.entries.iter_mut().find(|entry| &*entry.key == key)
        && is_default(&entry.value, default)
    {
        entry.value = Arc::new(Value::unset(entry.value.span()));
    }
}

/// Makes an entry "not set" if there is nothing in it at all.
pub(super) fn drop_empty(map: &mut Map, key: &str) {
    fn is_empty(value: &Value<Data>) -> bool {
        value.is_unset()
            || match value.only() {
                Some(Data::List(list)) => list.items.is_empty(),
                Some(Data::Map(map)) => map.entries.iter().all(|entry| is_empty(&entry.value)),
                _ => false,
            }
    }
    if let Some(entry) = map.entries.iter_mut().find(|entry| &*entry.key == key)
        && is_empty(&entry.value)
    {
        entry.value = Arc::new(Value::unset(entry.value.span()));
    }
}

/// The map that an entry certainly is, for changing it.
pub(super) fn child<'m>(map: &'m mut Map, key: &str) -> Option<&'m mut Map> {
    let entry = map.entries.iter_mut().find(|entry| &*entry.key == key)?;
    Arc::make_mut(&mut entry.value).only_mut().and_then(|data| match data {
        Data::Map(map) => Some(map),
        _ => None,
    })
}

/// Adds entries of which nothing is known: other commands print and set them.
pub(super) fn unknown(map: &mut Map, keys: &[&str], span: Span) {
    for key in keys {
        if map.get(key).is_none() {
            map.insert(*key, span, Value::unknown(span));
        }
    }
}

/// An account's or region's own symbol.
pub(super) fn pseudo(name: &str) -> Piece {
    let scope = crate::source::SourceId::default();
    Piece::Symbol(Arc::new(Symbol { kind: SymbolKind::Pseudo, name: name.into(), scope }))
}

/// A text of literals and pseudo parameters (those start with `AWS::`).
pub(super) fn pieces(parts: &[&str]) -> Text {
    Text::from_pieces(
        parts.iter().map(
            |part| {
                if part.starts_with("AWS::") { pseudo(part) } else { Piece::Literal(Arc::from(*part)) }
            },
        ),
    )
}

/// An ARN of a function, alias or version, cut in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FunctionArn<'a> {
    /// Without the qualifier.
    pub(super) unqualified: &'a str,
    /// The function's name.
    pub(super) name: &'a str,
    /// The alias or version.
    pub(super) qualifier: Option<&'a str>,
}

impl<'a> FunctionArn<'a> {
    /// Reads an ARN, a partial ARN (`123456789012:function:name`) or a name, each with or without a qualifier.
    pub(super) fn read(text: &'a str) -> Self {
        let start = match text.find("function:") {
            Some(at) if at == 0 || text.get(..at).is_some_and(|before| before.ends_with(':')) => at + "function:".len(),
            _ => 0,
        };
        let tail = text.get(start..).unwrap_or(text);
        match tail.split_once(':') {
            Some((name, qualifier)) => Self {
                unqualified: text.get(..start + name.len()).unwrap_or(text),
                name,
                qualifier: Some(qualifier).filter(|qualifier| !qualifier.is_empty()),
            },
            None => Self { unqualified: text, name: tail, qualifier: None },
        }
    }

    /// Whether it is a whole ARN.
    pub(super) fn is_arn(&self) -> bool {
        self.unqualified.starts_with("arn:")
    }
}

/// A function that a key names, as `key` of a property map: its unqualified name or ARN under `function`, the
/// qualifier under `Qualifier`, each with its own part of the text as span.
pub(super) fn split_function(tree: &Tree, map: &mut Map, node: NodeId, key: &str, function: &str) -> Option<Address> {
    let value = tree.get(node, key)?;
    let whole = tree.document.text(value)?;
    let arn = FunctionArn::read(whole);
    let key_span = tree.key_span(node, key);
    map.insert(function, key_span, text(arn.unqualified, tree.part(value, 0..arn.unqualified.len())));
    if let Some(qualifier) = arn.qualifier {
        let start = whole.len() - qualifier.len();
        map.insert("Qualifier", key_span, text(qualifier, tree.part(value, start..whole.len())));
    }
    Some(Arc::from(arn.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_arns_are_cut_at_the_qualifier() {
        fn cut(text: &str) -> (&str, &str, Option<&str>) {
            let arn = FunctionArn::read(text);
            (arn.unqualified, arn.name, arn.qualifier)
        }
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:f";
        assert_eq!(cut(arn), (arn, "f", None));
        let live = format!("{arn}:live");
        assert_eq!(cut(&live), (arn, "f", Some("live")));
        assert_eq!(cut("f"), ("f", "f", None));
        assert_eq!(cut("f:$LATEST"), ("f", "f", Some("$LATEST")));
        assert_eq!(cut("123456789012:function:f:2"), ("123456789012:function:f", "f", Some("2")));
        assert_eq!(cut("my-function:live"), ("my-function", "my-function", Some("live")));
        assert_eq!(cut(""), ("", "", None));
    }
}
