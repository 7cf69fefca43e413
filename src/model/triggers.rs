//! What runs the functions of a world, from every resource that can say so.

use super::Resource;
use super::api;
use super::application::{Trigger, TriggerKind};
use super::world::World;
use crate::source::SourceId;
use crate::value::{Data, Guard, Piece, Symbol, SymbolKind, Text, Value};

/// All triggers of a world.
pub(super) fn all<'a>(world: &World<'a>) -> Vec<Trigger<'a>> {
    let mut out = Vec::new();
    let routes = api::Routes::of(world);
    for resource in &world.resources {
        match &*resource.kind {
            "AWS::S3::Bucket" => bucket(world, resource, &mut out),
            "AWS::SNS::Subscription" => {
                let declaration = resource.properties.borrow().within(&resource.when);
                subscription(world, resource, &declaration, resource.get("TopicArn").text().only().copied(), &mut out);
            }
            "AWS::SNS::Topic" => {
                let (items, _) = resource.get("Subscription").items(false);
                for item in items {
                    subscription(world, resource, &item, resource.names.arn.as_ref(), &mut out);
                }
            }
            "AWS::Events::Rule" => rule(world, resource, &mut out),
            "AWS::Logs::SubscriptionFilter" => subscription_filter(world, resource, &mut out),
            "AWS::ApiGateway::Method" => api::rest_method(world, resource, &mut out),
            "AWS::ApiGateway::Authorizer" => api::rest_authorizer(world, resource, &mut out),
            "AWS::ApiGatewayV2::Integration" => api::http_integration(world, resource, &routes, &mut out),
            "AWS::ApiGatewayV2::Authorizer" => api::http_authorizer(world, resource, &mut out),
            "AWS::ApiGateway::RestApi" => api::open_api(world, resource, &mut out),
            "AWS::ApiGatewayV2::Api" => {
                api::http_target(world, resource, &mut out);
                api::open_api(world, resource, &mut out);
            }
            "AWS::Lambda::EventSourceMapping" => mapping(world, resource, &mut out),
            _ => {}
        }
    }
    out
}

/// What the pushes have in common.
pub(super) struct Push<'a, 'b> {
    pub(super) kind: TriggerKind,
    pub(super) holder: &'a Resource,
    /// The property that names the function.
    pub(super) target: Value<&'a Data>,
    pub(super) source_arn: Option<Text>,
    pub(super) source: Option<&'a Resource>,
    pub(super) declaration: &'b Value<&'a Data>,
    pub(super) events: Value<&'a Text>,
    /// Where it has no role of its own.
    pub(super) without_role: Guard,
    pub(super) route: String,
    /// The deployments in which it calls a function at all.
    pub(super) when: Guard,
}

pub(super) fn push<'a>(world: &World<'a>, push: Push<'a, '_>, out: &mut Vec<Trigger<'a>>) {
    let (targets, _) = world.targets(&push.target.text());
    for mut target in targets {
        target.when = target.when.and(&push.when);
        if !target.when.is_possible() {
            continue;
        }
        out.push(Trigger {
            kind: push.kind,
            span: target.span,
            target,
            holder: push.holder,
            source_arn: push.source_arn.clone(),
            source: push.source,
            events: push.events.clone(),
            declaration: push.declaration.clone(),
            made: !push.holder.origin.is_written(),
            without_role: push.without_role.clone(),
            route: push.route.clone(),
        });
    }
}

/// Appends `AWS::Region` or another symbol that every template has.
pub(crate) fn pseudo(text: &mut Text, name: &str) {
    text.append(&Text::symbol(Symbol { kind: SymbolKind::Pseudo, name: name.into(), scope: SourceId::default() }));
}

/// `arn:aws:SERVICE:${AWS::Region}:${AWS::AccountId}:`.
pub(super) fn own_arn(service: &str) -> Text {
    let mut arn = Text::literal(format!("arn:aws:{service}:"));
    pseudo(&mut arn, "AWS::Region");
    arn = arn.with(":");
    pseudo(&mut arn, "AWS::AccountId");
    arn.with(":")
}

fn bucket<'a>(world: &World<'a>, bucket: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let (items, _) = bucket.get("NotificationConfiguration.LambdaConfigurations").items(false);
    for item in items {
        push(
            world,
            Push {
                kind: TriggerKind::S3,
                holder: bucket,
                target: item.get("Function"),
                source_arn: bucket.names.arn.clone(),
                source: Some(bucket),
                events: item.get("Event").text(),
                declaration: &item,
                without_role: Guard::always(),
                route: String::new(),
                when: Guard::always(),
            },
            out,
        );
    }
}

fn subscription<'a>(
    world: &World<'a>,
    holder: &'a Resource,
    declaration: &Value<&'a Data>,
    topic: Option<&Text>,
    out: &mut Vec<Trigger<'a>>,
) {
    let protocol = declaration.get("Protocol").literals();
    let lambda = protocol.set().filter(|(protocol, ..)| *protocol == "lambda");
    let when = lambda.fold(Guard::never(), |when, (_, _, case)| when.or(case));
    if !when.is_possible() {
        return;
    }
    push(
        world,
        Push {
            kind: TriggerKind::Sns,
            holder,
            target: declaration.get("Endpoint"),
            source_arn: topic.cloned(),
            source: topic.and_then(|topic| world.resource_named("AWS::SNS::Topic", topic)),
            events: Value::unset(declaration.span()),
            declaration,
            without_role: Guard::always(),
            route: String::new(),
            when,
        },
        out,
    );
}

fn rule<'a>(world: &World<'a>, rule: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let source_arn = rule_arn(rule);
    let (items, _) = rule.get("Targets").items(false);
    for item in items {
        push(
            world,
            Push {
                kind: TriggerKind::EventsRule,
                holder: rule,
                target: item.get("Arn"),
                source_arn: source_arn.clone(),
                source: Some(rule),
                events: Value::unset(item.span()),
                declaration: &item,
                without_role: item.get("RoleArn").unset_when(),
                route: String::new(),
                when: Guard::always(),
            },
            out,
        );
    }
}

/// A rule's ARN has its bus in it unless that is the default one; where the bus may be any, anything may stand there.
fn rule_arn(rule: &Resource) -> Option<Text> {
    let bus = rule.get("EventBusName");
    let plain = bus.text().only().is_some_and(|bus| {
        let named = bus.as_symbol().is_some_and(|symbol| matches!(symbol.kind, SymbolKind::Name));
        named || bus.as_literal().is_some_and(|literal| !literal.starts_with("arn:"))
    });
    if plain || bus.is_unset() {
        return rule.names.arn.clone();
    }
    let mut arn = own_arn("events").with("rule/");
    arn.push(Piece::Any);
    arn.append(&rule.names.name);
    Some(arn)
}

fn subscription_filter<'a>(world: &World<'a>, filter: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let declaration = filter.properties.borrow().within(&filter.when);
    let group = filter.get("LogGroupName").text().only().copied();
    let source = group.and_then(|group| world.resource_named("AWS::Logs::LogGroup", group));
    let source_arn = source.and_then(|source| source.names.arn.clone()).or_else(|| {
        group.map(|group| {
            let mut arn = own_arn("logs").with("log-group:");
            arn.append(group);
            arn.with(":*")
        })
    });
    push(
        world,
        Push {
            kind: TriggerKind::Logs,
            holder: filter,
            target: filter.get("DestinationArn"),
            source_arn,
            source,
            events: Value::unset(filter.span),
            declaration: &declaration,
            without_role: filter.get("RoleArn").unset_when(),
            route: String::new(),
            when: Guard::always(),
        },
        out,
    );
}

fn mapping<'a>(world: &World<'a>, mapping: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let declaration = mapping.properties.borrow().within(&mapping.when);
    let arn = mapping.get("EventSourceArn").text().only().copied();
    push(
        world,
        Push {
            kind: TriggerKind::Poll,
            holder: mapping,
            target: mapping.get("FunctionName"),
            source_arn: arn.cloned(),
            source: arn.and_then(|arn| world.resource_with_arn(arn)),
            events: Value::unset(mapping.span),
            declaration: &declaration,
            without_role: Guard::never(),
            route: String::new(),
            when: Guard::always(),
        },
        out,
    );
}
