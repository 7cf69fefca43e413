//! What runs the functions of a world, from every resource that can say so.
//!
//! [`declared`] has the types that name a function at one place each; the other modules those that need more than that.

mod api;
mod declared;
mod events;
mod logs;
mod s3;
mod sns;
mod state_machine;

pub(crate) use state_machine::{states, substituted};

use super::application::Target;
use super::world::World;
use super::{Resource, Trigger, TriggerKind};
use crate::source::SourceId;
use crate::value::{Data, Guard, Symbol, SymbolKind, Text, Value};

/// All triggers of a world.
pub(super) fn all<'a>(world: &World<'a>) -> Vec<Trigger<'a>> {
    let mut out = Vec::new();
    let routes = api::Routes::of(world);
    for resource in &world.resources {
        match &*resource.kind {
            "AWS::S3::Bucket" => s3::bucket(world, resource, &mut out),
            "Custom::S3BucketNotifications" => {
                s3::cdk(world, resource, &mut out);
                declared::custom_resource(world, resource, &mut out);
            }
            "AWS::SNS::Subscription" => sns::subscription_resource(world, resource, &mut out),
            "AWS::SNS::Topic" => sns::topic(world, resource, &mut out),
            "AWS::Events::Rule" => events::rule(world, resource, &mut out),
            "AWS::Logs::SubscriptionFilter" => logs::filter(world, resource, &mut out),
            "AWS::Logs::AccountPolicy" => logs::account_policy(world, resource, &mut out),
            "AWS::ApiGateway::Method" => api::rest_method(world, resource, &mut out),
            "AWS::ApiGateway::Authorizer" => api::rest_authorizer(world, resource, &mut out),
            "AWS::ApiGatewayV2::Integration" => api::http_integration(world, resource, &routes, &mut out),
            "AWS::ApiGatewayV2::Authorizer" => api::http_authorizer(world, resource, &mut out),
            "AWS::ApiGateway::RestApi" => api::open_api(world, resource, &mut out),
            "AWS::ApiGatewayV2::Api" => {
                api::http_target(world, resource, &mut out);
                api::open_api(world, resource, &mut out);
            }
            "AWS::Lambda::Permission" => api::sam_permission(world, resource, &mut out),
            "AWS::StepFunctions::StateMachine" => state_machine::tasks(world, resource, &mut out),
            "AWS::Lambda::EventSourceMapping" => mapping(world, resource, &mut out),
            kind if kind == "AWS::CloudFormation::CustomResource" || kind.starts_with("Custom::") => {
                declared::custom_resource(world, resource, &mut out);
            }
            _ => declared::of(world, resource, &mut out),
        }
    }
    out
}

/// What the triggers have in common.
struct Push<'a, 'b> {
    kind: TriggerKind,
    holder: &'a Resource,
    /// The property that names the function.
    target: Value<&'a Data>,
    source_arn: Option<Text>,
    source: Option<&'a Resource>,
    declaration: &'b Value<&'a Data>,
    events: Value<&'a Text>,
    /// Where it has no role of its own.
    without_role: Guard,
    route: String,
    /// The deployments in which it calls a function at all.
    when: Guard,
}

impl<'a, 'b> Push<'a, 'b> {
    /// A trigger of which nothing more is known. It has a role of its own unless its kind needs a permission.
    fn new(kind: TriggerKind, holder: &'a Resource, declaration: &'b Value<&'a Data>, target: Value<&'a Data>) -> Self {
        Self {
            kind,
            holder,
            target,
            source_arn: None,
            source: None,
            declaration,
            events: Value::unset(declaration.span()),
            without_role: if kind.principal().is_some() { Guard::always() } else { Guard::never() },
            route: String::new(),
            when: Guard::always(),
        }
    }
}

fn push<'a>(world: &World<'a>, push: Push<'a, '_>, out: &mut Vec<Trigger<'a>>) {
    let (targets, _) = world.targets(&push.target.text());
    push_all(targets, push, out);
}

/// Adds a trigger for each of some targets, whatever the property says.
fn push_all<'a>(targets: Vec<Target>, push: Push<'a, '_>, out: &mut Vec<Trigger<'a>>) {
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

/// All that a resource says.
fn whole(holder: &Resource) -> Value<&Data> {
    holder.properties.borrow().within(&holder.when)
}

/// The deployments in which a value certainly is this literal.
fn is(value: &Value<&Data>, literal: &str) -> Guard {
    let literals = value.literals();
    let same = literals.set().filter(|(text, ..)| *text == literal);
    same.fold(Guard::never(), |when, (_, _, case)| when.or(case))
}

/// Appends `AWS::Region` or another symbol that every template has.
pub(crate) fn pseudo(text: &mut Text, name: &str) {
    text.append(&Text::symbol(Symbol { kind: SymbolKind::Pseudo, name: name.into(), scope: SourceId::default() }));
}

/// `arn:aws:SERVICE:${AWS::Region}:${AWS::AccountId}:`.
fn own_arn(service: &str) -> Text {
    let mut arn = Text::literal(format!("arn:aws:{service}:"));
    pseudo(&mut arn, "AWS::Region");
    arn = arn.with(":");
    pseudo(&mut arn, "AWS::AccountId");
    arn.with(":")
}

/// `AWS::Lambda::EventSourceMapping`.
fn mapping<'a>(world: &World<'a>, mapping: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let declaration = whole(mapping);
    let arn = mapping.get("EventSourceArn").text().only().copied();
    push(
        world,
        Push {
            source_arn: arn.cloned(),
            source: arn.and_then(|arn| world.resource_with_arn(arn)),
            ..Push::new(TriggerKind::Poll, mapping, &declaration, mapping.get("FunctionName"))
        },
        out,
    );
}
