//! Files that hold a part of a resource: the definition of a state machine or of an API that a template names by its path, or takes
//! in with `AWS::Include`.
//!
//! What a template names so is uploaded as it is; what it takes in may hold the short list of intrinsic functions that are
//! worked out here. The values keep the spans of the file that they stand in.

use super::parameters::intrinsic;
use crate::engine::Address;
use crate::frontend::{Region, Unit};
use crate::model::{Resource, pseudo};
use crate::source::{SourceId, Span, beside};
use crate::syntax::{self, Document, Kind, Language, NodeId};
use crate::value::{Data, Entry, List, Map, Symbol, SymbolKind, Text, Value};
use std::sync::Arc;

/// Nesting beyond this is not followed.
const MAX_DEPTH: usize = 120;

/// How many values a definition may hold. YAML's aliases can make many of few bytes.
const MAX_VALUES: usize = 200_000;

/// Where types name their definition: the property that names the file, and the one that holds what is in it.
///
/// Source: what `aws cloudformation package` uploads,
/// <https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html>, and SAM's `DefinitionUri`; 2026-11-23.
const PLACES: &[(&str, &str, &str)] = &[
    ("AWS::StepFunctions::StateMachine", "DefinitionUri", "Definition"),
    ("AWS::StepFunctions::StateMachine", "DefinitionS3Location", "Definition"),
    ("AWS::ApiGateway::RestApi", "DefinitionUri", "DefinitionBody"),
    ("AWS::ApiGateway::RestApi", "BodyS3Location", "Body"),
    ("AWS::ApiGatewayV2::Api", "DefinitionUri", "DefinitionBody"),
    ("AWS::ApiGatewayV2::Api", "BodyS3Location", "Body"),
];

/// Properties that may take their value in with `AWS::Include`.
const INCLUDING: &[&str] = &["DefinitionBody", "Body", "Definition"];

/// A definition that is in a file of its own.
#[derive(Debug)]
pub(crate) struct Named {
    /// The file, as a source would be called.
    pub(crate) file: String,
    /// The resource's place in its unit.
    resource: usize,
    /// The property that names the file.
    property: &'static str,
    /// The property that holds what is in it.
    holds: &'static str,
    /// Whether intrinsic functions in it are worked out.
    is_included: bool,
}

/// The definitions that a unit names by a path beside it; `name` is that of the unit's source.
pub(crate) fn named(unit: &Unit, name: &str) -> Vec<Named> {
    let mut out = Vec::new();
    for (resource, declared) in unit.resources.iter().enumerate() {
        for (_, property, holds) in PLACES.iter().filter(|(kind, ..)| declared.is(kind)) {
            let written = declared.properties.get(property);
            if let Some(file) = written.literals().only().and_then(|path| beside(name, path)) {
                out.push(Named { file, resource, property, holds, is_included: false });
            }
        }
        if PLACES.iter().any(|(kind, ..)| declared.is(kind)) {
            for holds in INCLUDING.iter().copied() {
                if let Some(file) = included(unit, declared, holds).and_then(|path| beside(name, path)) {
                    out.push(Named { file, resource, property: holds, holds, is_included: true });
                }
            }
        }
    }
    out
}

/// The path of the file that a property takes in.
fn included<'u>(unit: &'u Unit, resource: &Resource, property: &str) -> Option<&'u str> {
    let document = &unit.document;
    let step = |at: NodeId, key: &str| document.get(at, key);
    let properties = step(step(step(document.root()?, "Resources")?, &resource.address)?, "Properties")?;
    let ("Fn::Transform", transform) = intrinsic(document, step(properties, property)?)? else { return None };
    let name = document.text(step(transform, "Name")?)?;
    let location = step(step(transform, "Parameters")?, "Location")?;
    document.text(location).filter(|_| name == "AWS::Include" && document.written(location).tag.is_none())
}

/// Puts what is in the file where the template names it. Nothing happens where the file is no YAML or JSON.
pub(crate) fn put(unit: &mut Unit, named: &Named, source: SourceId, text: &str) {
    // JSON is read as such; whatever else begins with a brace is YAML's flow style.
    let is_json = named.file.to_ascii_lowercase().ends_with(".json");
    let parsed = syntax::read(source, text, if is_json { Language::Json } else { Language::Yaml });
    let document = parsed.document;
    let Some(root) = document.root().filter(|_| parsed.error.is_none()) else { return };
    let mut reading = Reading { unit, document: &document, is_included: named.is_included, left: MAX_VALUES };
    let value = reading.value(root, 0);
    if value.only().is_none_or(|data| data.map().is_none()) {
        return;
    }
    let span = document.node(root).span;
    let Some(resource) = unit.resources.get_mut(named.resource) else { return };
    let address: Address = resource.address.clone();
    let Some(Data::Map(properties)) = resource.properties.only_mut() else { return };
    let Some(entry) = properties.entries.iter_mut().find(|entry| &*entry.key == named.property) else { return };
    entry.key = Arc::from(named.holds);
    entry.value = Arc::new(value);
    unit.regions.push(Region { span, address, depth: 0 });
    unit.definitions.push(document);
}

/// A definition as it is read.
struct Reading<'u> {
    unit: &'u Unit,
    document: &'u Document,
    is_included: bool,
    left: usize,
}

impl Reading<'_> {
    fn value(&mut self, id: NodeId, depth: usize) -> Value<Data> {
        let document = self.document;
        let node = document.node(id);
        let span = node.span;
        let Some(left) = self.left.checked_sub(1).filter(|_| depth <= MAX_DEPTH) else { return Value::unknown(span) };
        self.left = left;
        if document.is_null(id) {
            return Value::unset(span);
        }
        if let Some((name, argument)) = intrinsic(document, document.resolve(id)).filter(|_| self.is_included) {
            return self.worked_out(name, argument, span);
        }
        match &node.kind {
            Kind::Scalar(scalar) => Value::known(Data::Text(Text::literal(&*scalar.text)), span),
            Kind::List(items) => {
                let items = items.iter().map(|item| Arc::new(self.value(*item, depth + 1))).collect();
                Value::known(Data::List(List { items, open: false }), span)
            }
            Kind::Map(_) => {
                let mut map = Map::default();
                for entry in document.effective_entries(id) {
                    let Some(key) = document.text(entry.key) else { continue };
                    // A transform within may add anything.
                    map.open |= key == "Fn::Transform";
                    let key_span = document.node(entry.key).span;
                    let value = Arc::new(self.value(entry.value, depth + 1));
                    map.entries.push(Entry { key: Arc::from(key), key_span, value });
                }
                Value::known(Data::Map(map), span)
            }
            Kind::Alias(_) => Value::unknown(span),
        }
    }

    /// What an intrinsic function yields: of those that name resources and put texts together. Others are not known.
    fn worked_out(&self, name: &str, argument: NodeId, span: Span) -> Value<Data> {
        let document = self.document;
        let text = match name {
            "Ref" => document.text(argument).map(|name| self.named(name)),
            "Fn::GetAtt" => match document.items(argument) {
                [] => document.text(argument).map(|name| self.named(name)),
                [id, attribute] => document
                    .text(*id)
                    .zip(document.text(*attribute))
                    .map(|(id, attribute)| self.named(&format!("{id}.{attribute}"))),
                _ => None,
            },
            "Fn::Sub" => document.text(argument).map(|text| self.substituted(text)),
            _ => None,
        };
        text.map_or_else(|| Value::unknown(span), |text| Value::known(Data::Text(text), span))
    }

    fn substituted(&self, text: &str) -> Text {
        let mut out = Text::default();
        let mut rest = text;
        while let Some((before, from)) = rest.split_once("${") {
            let Some((name, after)) = from.split_once('}') else { break };
            out = out.with(before);
            match name.strip_prefix('!') {
                Some(literal) => out = out.with("${").with(literal).with("}"),
                None => out.append(&self.named(name.trim())),
            }
            rest = after;
        }
        out.with(rest)
    }

    /// What `${name}` stands for in the template that takes the file in.
    fn named(&self, name: &str) -> Text {
        if name.starts_with("AWS::") {
            let mut text = Text::default();
            pseudo(&mut text, name);
            return text;
        }
        let (id, attribute) = name.split_once('.').unwrap_or((name, ""));
        let resource = self.unit.resources.iter().find(|resource| &*resource.address == id);
        let known = resource.and_then(|resource| match attribute {
            "" => Some(resource.names.reference.clone()),
            "Arn" => resource.names.arn.clone(),
            _ => None,
        });
        let parameter = || self.unit.ties.parameters.iter().find(|parameter| &*parameter.name == name);
        known.unwrap_or_else(|| {
            let kind = parameter().map_or(SymbolKind::Attribute, |known| SymbolKind::Parameter(known.clone()));
            Text::symbol(Symbol { kind, name: name.into(), scope: self.unit.source })
        })
    }
}
