//! CloudFormation templates, with SAM and CDK.
//!
//! [`read`] takes a parsed document to a [`Unit`] in these steps: parameters and the atoms of the template's
//! guards ([`parameters`]), the declared resources with loops unrolled ([`foreach`]), each resource's properties
//! evaluated to values ([`evaluate`], [`conditions`], names by [`naming`]), and SAM's types lowered to
//! CloudFormation's ([`sam`]).

mod conditions;
pub(crate) mod definitions;
mod embedded;
mod evaluate;
mod foreach;
mod naming;
mod parameters;
mod references;
mod sam;
mod template;

use super::{Format, Output, Region, Ties, Unit};
use crate::engine::{Finding, Grade};
use crate::model::{Names, Origin, Reference, Resource};
use crate::source::SourceId;
use crate::syntax::{DuplicateKey, Parsed};
use crate::value::{Data, Guard, Map, Value};
use std::sync::Arc;
use template::{Declared, Template};

/// Reads a template.
#[must_use]
pub fn read(source: SourceId, text: &str, parsed: Parsed) -> Unit {
    let Parsed { document, duplicates, .. } = parsed;
    let Some(root) = document.root() else {
        return empty(source, document);
    };
    let mut template = Template::new(source, text, &document, root);
    if let Some(section) = document.get(root, "Resources") {
        foreach::declare_all(&mut template, section);
    }
    if has_macro(&template) {
        template.open.set(true);
    }
    let is_sam = sam::prepare(&mut template);
    let mut findings: Vec<Finding> = duplicates.iter().map(duplicate_key).collect();
    let written: Vec<Resource> = template.declared.iter().map(|declared| lower(&template, declared)).collect();
    let kept = if is_sam { sam::written(&template, &written) } else { Vec::new() };
    let resources = if is_sam { sam::lower(&template, written, &mut findings) } else { written };
    let conditions = template
        .condition_names()
        .into_iter()
        .map(|name| {
            let guard = template.condition(&name);
            (name, guard)
        })
        .collect();
    let ties = ties(&template);
    let mentions = mentions(&template);
    let open = template.open.get();
    let regions = regions(&template);
    let atoms = std::mem::take(&mut *template.atoms.borrow_mut()).into_vec();
    drop(template);
    Unit {
        source,
        format: if is_sam { Format::Sam } else { Format::CloudFormation },
        document,
        resources,
        written: kept,
        mentions,
        open,
        regions,
        conditions,
        atoms,
        ties,
        definitions: Vec::new(),
        findings,
    }
}

fn empty(source: SourceId, document: crate::syntax::Document) -> Unit {
    Unit {
        source,
        format: Format::CloudFormation,
        document,
        resources: Vec::new(),
        written: Vec::new(),
        mentions: Vec::new(),
        open: true,
        regions: Vec::new(),
        conditions: Vec::new(),
        atoms: Vec::new(),
        ties: Ties::default(),
        definitions: Vec::new(),
        findings: Vec::new(),
    }
}

/// Whether a transform other than the known ones rewrites the template: then anything may be in it.
fn has_macro(template: &Template) -> bool {
    let document = template.document;
    let Some(transform) = document.get(template.root, "Transform") else {
        return document.get(template.root, "Fn::Transform").is_some();
    };
    let names: Vec<Option<&str>> = match document.text(transform) {
        Some(name) => vec![Some(name)],
        None => document.items(transform).iter().map(|item| document.text(*item)).collect(),
    };
    let known = |name: &str| name.starts_with("AWS::Serverless-") || name == "AWS::LanguageExtensions";
    names.is_empty() || names.iter().any(|name| name.is_none_or(|name| !known(name)))
}

/// A declared resource with its properties evaluated.
fn lower(template: &Template, declared: &Declared) -> Resource {
    let document = template.document;
    template.bindings.replace(declared.bindings.clone());
    let field = |name: &str| document.get(declared.node, name);
    let body = template.span(declared.key).to(template.span(declared.node));
    let span = document.node(declared.key).span;
    let properties = match field("Properties").filter(|id| !document.is_null(*id)) {
        Some(node) => template.evaluate(node, 0),
        None => Value::known(Data::Map(Map::default()), span),
    };
    let when = match field("Condition").and_then(|id| document.text(id)) {
        Some(name) => template.condition(name),
        None => Guard::always(),
    };
    let depends_on = field("DependsOn").map(|id| {
        let one = [id];
        let items = if document.text(id).is_some() { &one[..] } else { document.items(id) };
        items
            .iter()
            .filter_map(|item| Some((Arc::from(template.bound_name(document.text(*item)?)), template.span(*item))))
            .collect()
    });
    let value = |name: &str| field(name).map_or_else(|| Value::unset(span), |id| template.evaluate(id, 0));
    let (metadata, update_replace_policy) = (value("Metadata"), value("UpdateReplacePolicy"));
    let resource = Resource {
        address: declared.id.clone(),
        kind: declared.kind.clone(),
        properties,
        when,
        span,
        body,
        depends_on: depends_on.unwrap_or_default(),
        references: field("Properties").map(|id| references::below(template, id)).unwrap_or_default(),
        origin: Origin::Written,
        names: names(template, &declared.id),
        source: template.source,
        metadata,
        update_replace_policy,
    };
    template.bindings.replace(Vec::new());
    resource
}

/// What is referred to elsewhere than in resources' properties.
fn mentions(template: &Template) -> Vec<Reference> {
    let document = template.document;
    let sections = document.effective_entries(template.root).iter();
    let others = sections.filter(|section| document.text(section.key) != Some("Resources"));
    let mut out: Vec<Reference> = others.flat_map(|section| references::below(template, section.value)).collect();
    for declared in &template.declared {
        let before = template.bindings.replace(declared.bindings.clone());
        for field in document.effective_entries(declared.node) {
            if document.text(field.key) != Some("Properties") {
                out.extend(references::below(template, field.value));
            }
        }
        template.bindings.replace(before);
    }
    out
}

/// How other places name a resource.
fn names(template: &Template, id: &str) -> Names {
    Names { name: template.physical_name(id), reference: template.reference(id), arn: template.arn(id) }
}

/// What the template takes from others and gives to them.
fn ties(template: &Template) -> Ties {
    let document = template.document;
    let mut outputs = Vec::new();
    for entry in document.get(template.root, "Outputs").map(|id| document.entries(id)).unwrap_or_default() {
        let (Some(name), Some(value)) = (document.text(entry.key), document.get(entry.value, "Value")) else {
            continue;
        };
        let when = match document.get(entry.value, "Condition").and_then(|id| document.text(id)) {
            Some(name) => template.condition(name),
            None => Guard::always(),
        };
        let export = document.get(entry.value, "Export").and_then(|export| document.get(export, "Name"));
        outputs.push(Output {
            name: name.into(),
            value: template.evaluate(value, 0).within(&when),
            export: export.map_or_else(|| Value::unset(document.node(entry.key).span), |id| template.evaluate(id, 0)),
        });
    }
    let mut parameters: Vec<_> = template.parameters.values().cloned().collect();
    parameters.sort_by(|a, b| a.name.cmp(&b.name));
    let imports = std::mem::take(&mut *template.imports.borrow_mut()).into_iter().collect();
    Ties { parameters, outputs, imports, joined: Vec::new() }
}

/// Which bytes belong to which logical id: the entries of the sections; what is outside belongs to its section.
fn regions(template: &Template) -> Vec<Region> {
    let document = template.document;
    let mut regions = Vec::new();
    for section in document.entries(template.root) {
        let Some(name) = document.text(section.key) else { continue };
        let span = template.span(section.key).to(template.span(section.value));
        regions.push(Region { span, address: Arc::from(name), depth: 1 });
        if matches!(name, "Resources" | "Parameters" | "Conditions" | "Outputs" | "Mappings" | "Rules") {
            for entry in document.entries(section.value) {
                let Some(id) = document.text(entry.key) else { continue };
                let span = template.span(entry.key).to(template.span(entry.value));
                regions.push(Region { span, address: Arc::from(id), depth: 2 });
            }
        }
    }
    regions
}

/// A key that stands twice, as a finding.
pub(in crate::frontend) fn duplicate_key(duplicate: &DuplicateKey) -> Finding {
    let mut finding = Finding::new(
        Grade::WARNING,
        duplicate.again,
        format!("`{}` stands twice in this mapping, and only the last one counts", duplicate.key),
    )
    .here("this one takes effect")
    .label(duplicate.first, "this one is ignored")
    .help("remove one of the two, or merge them");
    finding.rule = "duplicate-key";
    finding
}
