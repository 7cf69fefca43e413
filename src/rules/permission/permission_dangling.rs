//! `permission-dangling`: see `rules/permission/permission-dangling.md`.

use super::permissions::{function_name, with_parties};
use crate::engine::{Finding, Findings, Grade};
use crate::frontend::Format;
use crate::model::{FunctionId, Resource, Trigger, World};
use crate::value::{Text, Value};
use crate::wiring::arn::Arn;
use crate::wiring::{grants_invoke, invoke};
use rustc_hash::FxHashMap;

/// How many pairs of a permission and something that may use it are compared.
const MAX_PAIRS: usize = 50_000;

/// Of a kind of source: its type, the service that calls for it, and what it lacks in words.
const SOURCES: &[(&str, &str, &str)] = &[
    ("AWS::ApiGateway::RestApi", "apigateway.amazonaws.com", "no method or authorizer calls it"),
    ("AWS::ApiGatewayV2::Api", "apigateway.amazonaws.com", "no integration or authorizer calls it"),
    ("AWS::Events::Rule", "events.amazonaws.com", "it is none of the rule's targets"),
    ("AWS::Logs::LogGroup", "logs.amazonaws.com", "no subscription filter sends it anything"),
    ("AWS::S3::Bucket", "s3.amazonaws.com", "no notification of the bucket names it"),
    ("AWS::SNS::Topic", "sns.amazonaws.com", "it has no subscription to the topic"),
];

pub(super) fn check(world: &World, out: &mut Findings) {
    let nested = world.of_kind("AWS::CloudFormation::Stack").next().is_some();
    if world.open || nested {
        return;
    }
    let mut triggers: FxHashMap<FunctionId, Vec<&Trigger>> = FxHashMap::default();
    for trigger in &world.application.triggers {
        triggers.entry(trigger.target.function).or_default().push(trigger);
    }
    let mut pairs = MAX_PAIRS;
    for permission in &world.application.permissions {
        if !permission.resource.origin.is_written() || !permission.functions_known || permission.functions.is_empty() {
            continue;
        }
        let (Some(arn), Some(principal)) = (permission.source_arn.only(), permission.principal.only()) else {
            continue;
        };
        let Some((source, (_, service, lacks))) = declared(world, arn) else { continue };
        if !invoke::is_service(principal, service).is_yes() || principal.as_literal() == Some("*") {
            continue;
        }
        let (mut used, mut calls) = (false, false);
        for target in &permission.functions {
            let of = triggers.get(&target.function).map_or(&[][..], Vec::as_slice);
            let Some(left) = pairs.checked_sub(of.len() + 1) else { return };
            pairs = left;
            used |= of.iter().any(|trigger| !grants_invoke(permission, trigger).is_no());
            let same = |trigger: &&Trigger| trigger.source.is_some_and(|of| of.address == source.address);
            calls |= of.iter().any(same);
        }
        let when = permission.resource.when.and(&source.when);
        if used || !when.is_possible() || !edges_known(world, source) {
            continue;
        }
        let function = function_name(world, permission);
        let name = &source.address;
        let message = if calls {
            format!("no call of `{name}` to {function} matches this source, so the permission lets nothing in")
        } else {
            format!("`{name}` is let in to {function} and never calls it: {lacks}")
        };
        let finding = Finding::new(Grade::NOTE, permission.source_arn.span(), message)
            .label(source.span, "let in by this permission")
            .help("remove the permission, or add what was to call the function")
            .related(name)
            .when(&when);
        out.push(with_parties(world, permission, finding));
    }
}

/// The resource of the world that an ARN names, if it is of a kind that calls functions.
fn declared<'a>(world: &World<'a>, arn: &Text) -> Option<(&'a Resource, (&'static str, &'static str, &'static str))> {
    let source = match Arn::parse(arn) {
        Some(parts) if parts.service.as_literal() == Some("execute-api") => {
            let api = parts.resource.around("/").map_or_else(|| parts.resource.clone(), |(api, _)| api);
            let rest = world.resource_named("AWS::ApiGateway::RestApi", &api);
            rest.or_else(|| world.resource_named("AWS::ApiGatewayV2::Api", &api))
        }
        _ => world.resource_with_arn(arn),
    }?;
    let row = SOURCES.iter().find(|(kind, ..)| source.is(kind))?;
    source.origin.is_written().then_some((source, *row))
}

/// Whether all that a source calls is seen.
fn edges_known(world: &World, source: &Resource) -> bool {
    // What is done with it by code of the user cannot be seen.
    let handed_on = world.resources.iter().any(|resource| {
        resource.is_custom() && resource.references.iter().any(|reference| reference.to == source.address)
    });
    if handed_on {
        return false;
    }
    let all =
        |kind: &str, property: &str| world.of_kind(kind).all(|resource| knows(world, &resource.get(property).text()));
    match &*source.kind {
        "AWS::Events::Rule" => list_known(world, source, "Targets", "Arn"),
        "AWS::S3::Bucket" => list_known(world, source, "NotificationConfiguration.LambdaConfigurations", "Function"),
        "AWS::SNS::Topic" => {
            list_known(world, source, "Subscription", "Endpoint") && all("AWS::SNS::Subscription", "Endpoint")
        }
        "AWS::Logs::LogGroup" => {
            world.of_kind("AWS::Logs::AccountPolicy").next().is_none()
                && all("AWS::Logs::SubscriptionFilter", "DestinationArn")
        }
        _ => {
            // SAM writes the methods of its events where they are not seen.
            let sam = world.units.iter().any(|unit| unit.source == source.source && unit.format == Format::Sam);
            !sam && ["Body", "BodyS3Location", "CloneFrom"].iter().all(|property| source.get(property).is_unset())
                && all("AWS::ApiGateway::Method", "Integration.Uri")
                && all("AWS::ApiGateway::Authorizer", "AuthorizerUri")
                && all("AWS::ApiGatewayV2::Integration", "IntegrationUri")
                && all("AWS::ApiGatewayV2::Authorizer", "AuthorizerUri")
        }
    }
}

fn list_known(world: &World, source: &Resource, list: &str, property: &str) -> bool {
    let (items, closed) = source.get(list).items(false);
    closed && items.iter().all(|item| item.is_exhaustive() && knows(world, &item.get(property).text()))
}

/// Whether the functions that a text may name are known; a stage's variable is not.
fn knows<'a>(world: &World<'a>, text: &Value<&'a Text>) -> bool {
    let variable = |text: &Text| text.literal_parts().any(|part| part.contains("stageVariables"));
    world.targets(text).1 && text.set().all(|(text, ..)| !variable(text))
}
