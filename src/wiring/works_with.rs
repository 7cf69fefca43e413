//! What a function works with, as far as its configuration shows it.

use crate::model::{Function, Resource, TriggerKind, World};
use crate::source::Span;
use crate::value::{Data, Guard, SymbolKind, Text, Value};

/// A resource of the world that a function works with.
#[derive(Clone, Debug)]
pub struct Use<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// What shows it.
    pub shown_by: Evidence,
    /// Where that is written.
    pub span: Span,
    /// In which deployments it does.
    pub when: Guard,
}

/// What shows that a function works with something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// An environment variable of this name has its name, its ARN, or a text with one of them in it.
    Environment(Box<str>),
    /// It triggers the function.
    Trigger,
    /// What the function returns, or cannot cope with, goes there.
    Destination,
}

/// How many environment variables of a function are looked at.
const VARIABLES: usize = 200;

/// What `function` works with, each resource and kind of evidence once, in the order of the template.
#[must_use]
pub fn works_with<'a>(world: &World<'a>, function: &Function<'a>) -> Vec<Use<'a>> {
    let mut out: Vec<Use<'a>> = Vec::new();
    let (variables, _) = function.resource.get("Environment.Variables").entries();
    for (entry, value) in variables.into_iter().take(VARIABLES) {
        add(world, function, &value, &Evidence::Environment(entry.key.as_ref().into()), &mut out);
    }
    for trigger in world.application.triggers.iter().filter(|trigger| trigger.target.function == function.id) {
        let is_source = matches!(trigger.kind, TriggerKind::S3 | TriggerKind::Poll);
        if let Some(resource) = trigger.source.filter(|_| is_source) {
            let (span, when) = (trigger.span, trigger.target.when.clone());
            push(Use { resource, shown_by: Evidence::Trigger, span, when }, &mut out);
        }
    }
    add(world, function, &function.resource.get("DeadLetterConfig.TargetArn"), &Evidence::Destination, &mut out);
    for config in world.of_kind("AWS::Lambda::EventInvokeConfig") {
        let (targets, _) = world.targets(&config.get("FunctionName").text());
        if targets.iter().any(|target| target.function == function.id) {
            for side in ["OnSuccess", "OnFailure"] {
                let value = config.get(&format!("DestinationConfig.{side}.Destination"));
                add(world, function, &value, &Evidence::Destination, &mut out);
            }
        }
    }
    out
}

fn add<'a>(
    world: &World<'a>,
    function: &Function<'a>,
    value: &Value<&Data>,
    shown_by: &Evidence,
    out: &mut Vec<Use<'a>>,
) {
    for (text, span, when) in value.text().set() {
        for resource in named(world, function, text) {
            let when = when.and(&function.resource.when);
            push(Use { resource, shown_by: shown_by.clone(), span, when }, out);
        }
    }
}

fn push<'a>(found: Use<'a>, out: &mut Vec<Use<'a>>) {
    let same = |known: &&mut Use<'a>| {
        std::ptr::eq(known.resource, found.resource)
            && std::mem::discriminant(&known.shown_by) == std::mem::discriminant(&found.shown_by)
    };
    match out.iter_mut().find(same) {
        Some(known) => known.when = known.when.or(&found.when),
        None => out.push(found),
    }
}

/// The resources that a text names: one by all of it, or those whose name or attribute stands somewhere in it.
fn named<'a>(world: &World<'a>, function: &Function<'a>, text: &Text) -> Vec<&'a Resource> {
    let exact = world.resources_named(text);
    if !exact.is_empty() {
        return exact;
    }
    let of_resources = text.symbols().filter(|symbol| matches!(symbol.kind, SymbolKind::Name | SymbolKind::Attribute));
    of_resources
        .filter_map(|symbol| symbol.name.split('.').next())
        .filter_map(|name| world.resource(function.resource, name))
        .collect()
}
