//! SAM: `AWS::Serverless::*` lowered to CloudFormation's types.
//!
//! Nothing is expanded and linted: each property keeps the place where the user wrote it (in `Globals` too), and what
//! SAM makes beside it (a role, a permission, an event source mapping) is at what it is made from, with
//! [`Origin::Made`]. What SAM makes is what its translator makes; `tests/oracles/sam.py` compares.
//!
//! [`globals`] merges `Globals`, [`function`] lowers functions, [`policies`] their `Policies`, [`events`] their
//! `Events`, [`pull`] those that Lambda polls for, [`apis`], [`connectors`] and [`others`] the other types.

mod apis;
mod connectors;
mod events;
mod function;
mod globals;
mod make;
mod others;
mod policies;
mod pull;

use super::template::Template;
use crate::data::schemas;
use crate::engine::{Finding, Grade};
use crate::model::{Names, Origin, Resource};
use crate::syntax::NodeId;
use crate::value::{Data, Guard, Map, Value};
use make::Maker;
use std::sync::Arc;

/// Whether the template has SAM resources; registers the logical ids that SAM makes, so that they can be
/// referred to.
pub(super) fn prepare(template: &mut Template) -> bool {
    let document = template.document;
    let sam: Vec<(Arc<str>, Arc<str>, NodeId)> = template
        .declared
        .iter()
        .filter(|declared| declared.kind.starts_with("AWS::Serverless::"))
        .map(|declared| (declared.id.clone(), declared.kind.clone(), declared.node))
        .collect();
    let mut made: Vec<(String, &'static str)> = Vec::new();
    for (id, kind, node) in &sam {
        let properties = document.get(*node, "Properties");
        let field = |name: &str| properties.and_then(|properties| document.get(properties, name));
        match &**kind {
            "AWS::Serverless::Function" => {
                made.push((format!("{id}Role"), "AWS::IAM::Role"));
                made.push((format!("{id}Version"), "AWS::Lambda::Version"));
                made.push((format!("{id}Url"), "AWS::Lambda::Url"));
                let inherited = || {
                    let globals = document.get(document.get(template.root, "Globals")?, "Function")?;
                    document.get(globals, "AutoPublishAlias")
                };
                let alias = field("AutoPublishAlias").or_else(inherited);
                if let Some(alias) = alias.and_then(|alias| document.text(alias)) {
                    made.push((function::alias_id(id, alias), "AWS::Lambda::Alias"));
                }
                for entry in field("Events").map(|events| document.entries(events)).unwrap_or_default() {
                    let Some(name) = document.text(entry.key) else { continue };
                    let kind =
                        document.get(entry.value, "Type").and_then(|kind| document.text(kind)).unwrap_or_default();
                    if let Some(kind) = events::made_kind(kind) {
                        made.push((format!("{id}{name}"), kind));
                    }
                    match kind {
                        "Api" => {
                            made.push(("ServerlessRestApi".to_owned(), "AWS::ApiGateway::RestApi"));
                            made.push(("ServerlessRestApiProdStage".to_owned(), "AWS::ApiGateway::Stage"));
                        }
                        "HttpApi" => {
                            made.push(("ServerlessHttpApi".to_owned(), "AWS::ApiGatewayV2::Api"));
                            let stage = "ServerlessHttpApiApiGatewayDefaultStage".to_owned();
                            made.push((stage, "AWS::ApiGatewayV2::Stage"));
                        }
                        _ => {}
                    }
                }
            }
            "AWS::Serverless::StateMachine" => made.push((format!("{id}Role"), "AWS::IAM::Role")),
            "AWS::Serverless::Api" => made.push((format!("{id}Stage"), "AWS::ApiGateway::Stage")),
            _ => {}
        }
    }
    for (id, kind) in made {
        template.generated.insert(id.into(), kind);
    }
    !sam.is_empty() || template.declared.iter().any(|declared| document.get(declared.node, "Connectors").is_some())
}

/// The resources of SAM's types, and `Globals`, as the user wrote them.
pub(super) fn written(template: &Template, resources: &[Resource]) -> Vec<Resource> {
    let document = template.document;
    let sam = resources.iter().filter(|resource| resource.kind.starts_with("AWS::Serverless::"));
    let mut out: Vec<Resource> = sam.cloned().collect();
    if let Some(entry) = document.entry(template.root, "Globals") {
        let span = document.node(entry.key).span;
        out.push(Resource {
            address: Arc::from("Globals"),
            kind: Arc::from(schemas::GLOBALS),
            properties: template.evaluate(entry.value, 0),
            when: Guard::always(),
            span,
            body: span.to(template.span(entry.value)),
            depends_on: Vec::new(),
            references: Vec::new(),
            origin: Origin::Written,
            names: Names::default(),
            source: template.source,
            update_replace_policy: Value::unset(span),
            metadata: Value::unset(span),
        });
    }
    out
}

/// Replaces SAM's resources by what SAM makes of them.
pub(super) fn lower(template: &Template, written: Vec<Resource>, findings: &mut Vec<Finding>) -> Vec<Resource> {
    if let Some(finding) = missing_transform(template) {
        findings.push(finding);
    }
    let document = template.document;
    let globals = match document.get(template.root, "Globals") {
        Some(node) => template.map(node, 0),
        None => Map::default(),
    };
    let mut maker = Maker::new(template, globals.clone());
    // Events change resources that the user wrote (a bucket's notifications, a user pool's triggers), so those come first.
    let (sam, plain): (Vec<_>, Vec<_>) =
        written.into_iter().partition(|resource| resource.kind.starts_with("AWS::Serverless::"));
    let mut order: Vec<Arc<str>> = template.declared.iter().map(|declared| declared.id.clone()).collect();
    order.dedup();
    maker.out = plain;
    // Connectors name what the others make.
    let (connectors, sam): (Vec<_>, Vec<_>) =
        sam.into_iter().partition(|resource| resource.is("AWS::Serverless::Connector"));
    for mut resource in sam {
        let section = resource.kind.strip_prefix("AWS::Serverless::").unwrap_or_default().to_owned();
        let ignored = ignored_globals(template, &resource);
        if let Some(inherited) = globals.get(&section).and_then(Value::only).and_then(Data::map)
            && !ignored.all
        {
            resource.properties = globals::merge(inherited, &resource.properties, &ignored.keys);
        }
        match &*resource.kind {
            "AWS::Serverless::Function" => function::lower(&mut maker, &resource),
            _ => others::lower(&mut maker, resource),
        }
    }
    for connector in &connectors {
        connectors::lower(&mut maker, connector);
    }
    connectors::embedded(&mut maker, template);
    function::deployment_role(&mut maker);
    // In the order of the template, what is made after what it is made from.
    let place = |resource: &Resource| {
        let from = match &resource.origin {
            Origin::Written => &resource.address,
            Origin::Made { from, .. } => from,
        };
        order.iter().position(|id| id == from).unwrap_or(usize::MAX)
    };
    let mut out = maker.finish();
    out.sort_by_cached_key(|resource| (place(resource), !resource.origin.is_written()));
    out
}

/// What `IgnoreGlobals` of a resource leaves out.
#[derive(Default)]
struct Ignored {
    all: bool,
    keys: Vec<String>,
}

fn ignored_globals(template: &Template, resource: &Resource) -> Ignored {
    let document = template.document;
    let node = template.resource(&resource.address).and_then(|declared| document.get(declared.node, "IgnoreGlobals"));
    let Some(node) = node else { return Ignored::default() };
    if document.text(node) == Some("*") {
        return Ignored { all: true, keys: Vec::new() };
    }
    let keys = document.items(node).iter().filter_map(|item| document.text(*item)).map(str::to_owned).collect();
    Ignored { all: false, keys }
}

/// Without its transform CloudFormation knows no type of SAM.
fn missing_transform(template: &Template) -> Option<Finding> {
    let document = template.document;
    let names = |id: NodeId| {
        let one = document.text(id).into_iter();
        one.chain(document.items(id).iter().filter_map(|item| document.text(*item))).collect::<Vec<_>>()
    };
    let transform = document.get(template.root, "Transform");
    if transform.is_some_and(|id| names(id).iter().any(|name| name.starts_with("AWS::Serverless-"))) {
        return None;
    }
    // A transform that cannot be read may be the one, and a macro may make anything of the template.
    if template.open.get() {
        return None;
    }
    let first = template.declared.iter().find(|declared| declared.kind.starts_with("AWS::Serverless::"))?;
    let kind = document.get(first.node, "Type")?;
    let mut finding = Finding::new(
        Grade::ERROR,
        document.node(kind).span,
        format!("CloudFormation does not know `{}` without SAM's transform", first.kind),
    )
    .help("add `Transform: AWS::Serverless-2016-10-31` at the top of the template");
    finding.rule = "missing-transform";
    Some(finding)
}
