//! The statement that would do instead of a wide one, as far as the template shows what a function works with.

use crate::data::iam_actions::{self, AccessLevel, Action};
use crate::engine::{Applicability, Fix};
use crate::fix::{self, Expression};
use crate::iam::things::{self, Arn, Thing};
use crate::iam::{Element, Subject, words};
use crate::model::{Resource, World};
use crate::value::Guard;
use crate::wiring::{Evidence, Use, works_with};

/// What some actions could be limited to.
pub(super) struct Narrower<'a> {
    /// The patterns that are provided for; those with the same resources together.
    parts: Vec<Part<'a>>,
    /// Whether nothing else of the statement needs a wider resource.
    complete: bool,
}

/// Patterns of actions with what they are about.
struct Part<'a> {
    patterns: Vec<String>,
    /// What the functions work with, each once.
    uses: Vec<Use<'a>>,
    /// How a policy names it.
    resources: Vec<Expression>,
}

/// More names than this are no help.
const NAMES: usize = 4;
/// Nor are more sets of them.
const PARTS: usize = 3;

/// What the template shows the functions of a statement to work with, as far as these patterns of its actions are about
/// it; `None` where it shows nothing.
pub(super) fn narrower<'a>(world: &World<'a>, subject: &Subject<'_>, patterns: &[&str]) -> Option<Narrower<'a>> {
    let mut known: Vec<Use<'a>> = Vec::new();
    for function in &subject.functions {
        let Some(function) = world.function(function.id) else { continue };
        known.extend(works_with(world, function).into_iter().filter(|found| can_be_named(found.resource, subject)));
    }
    let mut out = Narrower { parts: Vec::new(), complete: true };
    let items = &subject.statement.actions.items;
    let whole: Vec<&str> = items.iter().filter_map(|element| element.text.as_literal()).collect();
    for pattern in &whole {
        let part = if patterns.contains(pattern) { provide(pattern, &known) } else { None };
        out.complete &= part.is_some();
        out.parts.extend(part);
    }
    out.complete &= whole.len() == items.len() && !subject.statement.actions.open;
    out.parts.sort_by_key(|part| std::cmp::Reverse(part.resources.len()));
    out.parts.dedup_by(|next, kept| {
        let same = next.resources == kept.resources;
        if same {
            kept.patterns.append(&mut next.patterns);
        }
        same
    });
    let few = out.parts.len() <= PARTS && out.parts.iter().all(|part| part.resources.len() <= NAMES);
    (few && !out.parts.is_empty()).then_some(out)
}

/// What an administrator's functions could be given instead, in words: the usual actions on what their environments name.
pub(super) fn instead_of_everything(world: &World, subject: &Subject) -> Option<String> {
    let mut parts: Vec<String> = Vec::new();
    for function in &subject.functions {
        let function = world.function(function.id)?;
        let known = works_with(world, function).into_iter().filter(|found| can_be_named(found.resource, subject));
        for usage in known {
            let Evidence::Environment(variable) = &usage.shown_by else { continue };
            let Some(thing) = things::all().find(|thing| usage.resource.is(thing.kind)) else { continue };
            let actions = words::usual_actions(thing.service);
            if !actions.is_empty() {
                let name = &usage.resource.address;
                parts.push(format!("{} on `{name}` (`{variable}` of its environment)", words::list(actions)));
            }
        }
    }
    parts.dedup();
    if parts.is_empty() || parts.len() > NAMES {
        return None;
    }
    Some(format!("grant the actions that the function calls, such as {}", parts.join(", and ")))
}

/// Whether a policy can name a resource by what the template gives, wherever the statement is.
fn can_be_named(resource: &Resource, subject: &Subject) -> bool {
    resource.origin.is_written()
        && resource.source == subject.statement.span.source
        && !resource.address.is_empty()
        && resource.address.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && subject.when.implies(&resource.when)
}

/// What the actions of a pattern can be limited to.
fn provide<'a>(pattern: &str, known: &[Use<'a>]) -> Option<Part<'a>> {
    let is_pattern = pattern.contains(['*', '?']);
    let actions: Vec<Action> = iam_actions::matching(pattern).collect();
    let service = actions.first()?.service;
    if !is_pattern && actions.iter().any(|action| !action.takes_resources()) {
        return None;
    }
    let mut part = Part { patterns: vec![pattern.to_owned()], uses: Vec::new(), resources: Vec::new() };
    for thing in things::of_service(service).filter(|thing| thing.arn != Arn::Nothing) {
        let concerned: Vec<&Action> = actions.iter().filter(|action| thing.concerns(action)).collect();
        if concerned.is_empty() {
            continue;
        }
        for usage in known.iter().filter(|usage| usage.resource.is(thing.kind)) {
            if concerned.iter().all(|action| usage.suits(thing, action, is_pattern)) {
                part.add(thing, usage, &concerned);
            }
        }
    }
    (!part.resources.is_empty()).then_some(part)
}

impl<'a> Part<'a> {
    /// Adds the names of one resource.
    fn add(&mut self, thing: &Thing, usage: &Use<'a>, actions: &[&Action]) {
        let needed = thing.types.iter().filter(|(name, _)| {
            actions.iter().any(|action| action.resource_types().any(|own| own == *name)) && has(usage.resource, name)
        });
        let mut found = false;
        for (_, suffix) in needed {
            let Some(expression) = arn_of(thing, usage.resource, suffix) else { continue };
            found = true;
            if !self.resources.contains(&expression) {
                self.resources.push(expression);
            }
        }
        if found && !self.uses.iter().any(|known| std::ptr::eq(known.resource, usage.resource)) {
            self.uses.push(usage.clone());
        }
    }

    /// `Resource: !GetAtt Orders.Arn`
    fn entry(&self, world: &World, subject: &Subject) -> Option<String> {
        fix::entry(world, subject.statement.span, "Resource", &self.resource())
    }

    fn resource(&self) -> Expression {
        match self.resources.as_slice() {
            [one] => one.clone(),
            many => Expression::List(many.to_vec()),
        }
    }

    fn actions(&self) -> String {
        words::list(&self.patterns.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// What is worked with, and what shows it.
    fn what(&self) -> String {
        let said: Vec<String> = self
            .uses
            .iter()
            .map(|usage| {
                let name = &usage.resource.address;
                match &usage.shown_by {
                    Evidence::Environment(variable) => format!("`{name}` (`{variable}` of its environment)"),
                    Evidence::Trigger => format!("`{name}` (which triggers it)"),
                    Evidence::Destination => format!("`{name}` (a destination of its)"),
                }
            })
            .collect();
        match said.as_slice() {
            [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
            _ => said.concat(),
        }
    }
}

impl Narrower<'_> {
    /// The change in words.
    pub(super) fn help(&self, world: &World, subject: &Subject) -> Option<String> {
        let [part] = self.parts.as_slice() else {
            let each: Vec<String> =
                self.parts.iter().map(|part| format!("{} on {}", part.actions(), part.what())).collect();
            return Some(format!("name what it works with: {}", each.join("; ")));
        };
        let (what, resource) = (part.what(), part.entry(world, subject)?);
        Some(if self.complete {
            format!("name what it works with, {what}: `{resource}`")
        } else {
            format!("name what it works with, {what}: `{resource}`, in a statement of its own with {}", part.actions())
        })
    }

    /// `` on `Orders` (`TABLE` of its environment): `Resource: !GetAtt Orders.Arn` ``, for sentences about actions.
    pub(super) fn on(&self, world: &World, subject: &Subject) -> Option<String> {
        let [part] = self.parts.as_slice() else { return None };
        Some(format!(" on {}: `{}`", part.what(), part.entry(world, subject)?))
    }

    /// The change as an edit, where the statement's only resource is a wildcard that stands there as such.
    pub(super) fn fix(&self, world: &World, subject: &Subject) -> Option<Fix> {
        let statement = subject.statement;
        let [Element { text, span, when }] = statement.resources.items.as_slice() else { return None };
        let [part] = self.parts.as_slice() else { return None };
        let stands_there = statement.span.contains(*span) && *span != statement.span;
        let shown = part.uses.iter().fold(Guard::never(), |guard, usage| guard.or(&usage.when));
        // Of one function, so that nothing is taken from another.
        let [function] = subject.functions.as_slice() else { return None };
        if !self.complete
            || !text.as_literal().is_some_and(|text| text.contains('*'))
            || statement.resources.open
            || !stands_there
            || !statement.when.implies(when)
            || !function.resource.when.implies(&shown)
        {
            return None;
        }
        let names: Vec<&str> = part.uses.iter().map(|usage| &*usage.resource.address).collect();
        Some(Fix {
            title: format!("Grant it on {} alone", words::list(&names)),
            applicability: Applicability::Unsafe,
            edits: vec![fix::replace(world, *span, &part.resource())?],
        })
    }
}

impl Use<'_> {
    /// Whether what shows the use speaks for this action: who is triggered by a bucket reads from it.
    fn suits(&self, thing: &Thing, action: &Action, is_pattern: bool) -> bool {
        let reads = matches!(action.level, AccessLevel::Read | AccessLevel::List);
        match (&self.shown_by, thing.service) {
            (Evidence::Environment(_), _) => true,
            (Evidence::Trigger, "sqs") => !is_pattern && action.name != "SendMessage",
            (Evidence::Trigger, "dynamodb") => action.resource_types().any(|name| name == "stream"),
            (Evidence::Trigger, _) => reads,
            (Evidence::Destination, _) => {
                matches!(action.name, "SendMessage" | "Publish" | "PutEvents" | "InvokeFunction" | "PutObject")
            }
        }
    }
}

/// Whether a resource has what a type of the table of actions is about: a table without indexes needs no rights on them.
fn has(resource: &Resource, name: &str) -> bool {
    let any = |paths: &[&str]| paths.iter().any(|path| !resource.get(path).is_unset());
    match name {
        "index" => any(&["GlobalSecondaryIndexes", "LocalSecondaryIndexes"]),
        "stream" if resource.is("AWS::DynamoDB::Table") => any(&["StreamSpecification"]),
        _ => true,
    }
}

/// How a policy names a resource, or what is below it.
fn arn_of(thing: &Thing, resource: &Resource, suffix: &str) -> Option<Expression> {
    let id: &str = &resource.address;
    Some(match (thing.arn, suffix) {
        (Arn::Nothing, _) => return None,
        (Arn::Ref, "") => Expression::Ref(id.into()),
        (Arn::Attribute(attribute), "") => Expression::Attribute(id.into(), attribute.into()),
        (Arn::Ref, suffix) => Expression::Sub(format!("${{{id}}}{suffix}").into()),
        (Arn::Attribute(attribute), suffix) => Expression::Sub(format!("${{{id}.{attribute}}}{suffix}").into()),
    })
}
