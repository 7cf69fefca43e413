//! What runs the functions of a world, from every resource that can say so.

use super::Resource;
use super::application::{Trigger, TriggerKind};
use super::world::World;
use crate::value::{Data, Piece, Text, Value};

/// All triggers of a world.
pub(super) fn all<'a>(world: &World<'a>) -> Vec<Trigger<'a>> {
    let mut out = Vec::new();
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
            "AWS::ApiGateway::Method" | "AWS::ApiGateway::Authorizer" => rest_api(world, resource, &mut out),
            "AWS::ApiGatewayV2::Integration" | "AWS::ApiGatewayV2::Authorizer" => http_api(world, resource, &mut out),
            "AWS::Lambda::EventSourceMapping" => mapping(world, resource, &mut out),
            _ => {}
        }
    }
    out
}

/// What the pushes have in common.
struct Push<'a, 'b> {
    kind: TriggerKind,
    holder: &'a Resource,
    /// The property that names the function.
    target: Value<&'a Data>,
    source_arn: Option<Text>,
    source: Option<&'a Resource>,
    declaration: &'b Value<&'a Data>,
    events: Value<&'a Text>,
    has_role: bool,
}

fn push<'a>(world: &World<'a>, push: Push<'a, '_>, out: &mut Vec<Trigger<'a>>) {
    let (targets, _) = world.targets(&push.target.text());
    for target in targets {
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
            has_role: push.has_role,
        });
    }
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
                has_role: false,
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
    if !declaration.get("Protocol").literals().some(|protocol| protocol.is_some_and(|protocol| protocol == "lambda")) {
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
            has_role: false,
        },
        out,
    );
}

fn rule<'a>(world: &World<'a>, rule: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let (items, _) = rule.get("Targets").items(false);
    for item in items {
        push(
            world,
            Push {
                kind: TriggerKind::EventsRule,
                holder: rule,
                target: item.get("Arn"),
                source_arn: rule.names.arn.clone(),
                source: Some(rule),
                events: Value::unset(item.span()),
                declaration: &item,
                has_role: !item.get("RoleArn").is_unset(),
            },
            out,
        );
    }
}

fn subscription_filter<'a>(world: &World<'a>, filter: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let declaration = filter.properties.borrow().within(&filter.when);
    let group = filter.get("LogGroupName").text().only().copied();
    let source = group.and_then(|group| world.resource_named("AWS::Logs::LogGroup", group));
    let source_arn = source.and_then(|source| source.names.arn.clone()).or_else(|| {
        group.map(|group| {
            let mut arn = Text::literal("arn:aws:logs:");
            arn.push(Piece::Any);
            arn = arn.with(":");
            arn.push(Piece::Any);
            arn = arn.with(":log-group:");
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
            has_role: !filter.get("RoleArn").is_unset(),
        },
        out,
    );
}

/// `arn:…:execute-api:region:account:API/*`, of which a permission must cover some part.
fn execute_api(api: &Text) -> Text {
    let mut arn = Text::literal("arn:aws:execute-api:");
    for _ in 0..2 {
        arn.push(Piece::Any);
        arn = arn.with(":");
    }
    arn.append(api);
    arn = arn.with("/");
    arn.push(Piece::Any);
    arn
}

fn rest_api<'a>(world: &World<'a>, holder: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let declaration = holder.properties.borrow().within(&holder.when);
    let (target, role) = if holder.is("AWS::ApiGateway::Method") {
        (holder.get("Integration.Uri"), holder.get("Integration.Credentials"))
    } else {
        (holder.get("AuthorizerUri"), holder.get("AuthorizerCredentials"))
    };
    api(world, holder, target, &role, holder.get("RestApiId"), &declaration, "AWS::ApiGateway::RestApi", out);
}

fn http_api<'a>(world: &World<'a>, holder: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let declaration = holder.properties.borrow().within(&holder.when);
    let (target, role) = if holder.is("AWS::ApiGatewayV2::Integration") {
        (holder.get("IntegrationUri"), holder.get("CredentialsArn"))
    } else {
        (holder.get("AuthorizerUri"), holder.get("AuthorizerCredentialsArn"))
    };
    api(world, holder, target, &role, holder.get("ApiId"), &declaration, "AWS::ApiGatewayV2::Api", out);
}

#[expect(clippy::too_many_arguments, reason = "the two API families differ in the names of these alone")]
fn api<'a>(
    world: &World<'a>,
    holder: &'a Resource,
    target: Value<&'a Data>,
    role: &Value<&'a Data>,
    id: Value<&'a Data>,
    declaration: &Value<&'a Data>,
    kind: &str,
    out: &mut Vec<Trigger<'a>>,
) {
    let id = id.text().only().copied();
    push(
        world,
        Push {
            kind: TriggerKind::ApiGateway,
            holder,
            target,
            source_arn: id.map(execute_api),
            source: id.and_then(|id| world.resource_named(kind, id)),
            events: Value::unset(holder.span),
            declaration,
            has_role: !role.is_unset(),
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
            has_role: true,
        },
        out,
    );
}
