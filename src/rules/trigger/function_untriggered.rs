//! `function-untriggered`: see `rules/trigger/function-untriggered.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::frontend::Format;
use crate::model::{Function, Resource, World};
use crate::value::{Data, Symbol, SymbolKind, Text, Value};
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    if is_open(world) {
        return;
    }
    let mut mentions = Mentions::default();
    for resource in &world.resources {
        mentions.resource(resource);
    }
    for unit in &world.units {
        for output in &unit.ties.outputs {
            mentions.value(&output.value, 0);
        }
    }
    if mentions.open {
        return;
    }
    let triggered: FxHashSet<usize> =
        world.application.triggers.iter().map(|trigger| trigger.target.function.0).collect();
    for function in &world.application.functions {
        if !triggered.contains(&function.id.0) && !has_name(function) && !mentions.has(function.resource) {
            let name = function.address();
            out.push(
                Finding::new(Grade::NOTE, function.resource.span, format!("nothing in this template invokes `{name}`"))
                    .when(&function.resource.when)
                    .related(name)
                    .help("give it a trigger, export its name for who calls it, or remove it"),
            );
        }
    }
}

/// Whether something that is not seen may invoke its functions.
fn is_open(world: &World) -> bool {
    world.open || world.has_unseen_stacks() || world.units.iter().any(|unit| unit.format == Format::AwsCli)
}

/// A function with a name of its own is called by it from anywhere.
fn has_name(function: &Function) -> bool {
    !function.resource.get("FunctionName").is_unset()
}

/// What is about a function without invoking it.
const ABOUT: &[&str] = &[
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Version",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::SubscriptionFilter",
];

/// The resources that others name.
#[derive(Default)]
struct Mentions {
    named: FxHashSet<(u32, Box<str>)>,
    literals: FxHashSet<Box<str>>,
    /// Whether something refers to a file that may name any function.
    open: bool,
}

/// Properties that say where the rest of a resource is written.
const ELSEWHERE: &[&str] =
    &["BodyS3Location", "DefinitionS3Location", "DefinitionUri", "RequestMappingTemplateS3Location", "SchemaUri"];

/// How deep values are looked into; templates nest no deeper.
const MAX_DEPTH: usize = 64;

impl Mentions {
    fn resource(&mut self, resource: &Resource) {
        if ABOUT.contains(&&*resource.kind) {
            return;
        }
        for (address, _) in &resource.depends_on {
            self.named.insert((resource.source.0, (**address).into()));
        }
        // What a function says of itself does not count, which its own name in its own properties cannot show: a
        // template that does that waits for itself.
        let before = self.open;
        self.value(&resource.properties, 0);
        self.value(&resource.metadata, 0);
        // Of a function's code not all is known, and none of it invokes the function.
        if resource.is("AWS::Lambda::Function") {
            self.open = before;
        }
    }

    fn value(&mut self, value: &Value<Data>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        for case in value.cases() {
            match &case.value {
                Some(Data::Text(text)) => self.text(text),
                Some(Data::Map(map)) => {
                    self.open |= map.open || map.entries.iter().any(|entry| ELSEWHERE.contains(&&*entry.key));
                    for entry in &map.entries {
                        self.value(&entry.value, depth + 1);
                    }
                }
                Some(Data::List(list)) => {
                    for item in &list.items {
                        self.value(item, depth + 1);
                    }
                }
                None => {}
            }
        }
    }

    fn text(&mut self, text: &Text) {
        for symbol in text.symbols() {
            let Symbol { kind, name, scope } = &**symbol;
            if matches!(kind, SymbolKind::Name | SymbolKind::Attribute | SymbolKind::Other) {
                let id = name.split('.').next().unwrap_or(name);
                self.named.insert((scope.0, id.into()));
            }
        }
        // Inner JSON and code name functions by their ids: `${Resize.Arn}`.
        for part in text.literal_parts() {
            for word in part.split(|character: char| !character.is_ascii_alphanumeric()) {
                if word.len() > 2 && word.starts_with(|first: char| first.is_ascii_alphabetic()) {
                    self.literals.insert(word.into());
                }
            }
        }
    }

    fn has(&self, resource: &Resource) -> bool {
        self.named.contains(&(resource.source.0, (*resource.address).into()))
            || self.literals.contains(&*resource.address)
    }
}
