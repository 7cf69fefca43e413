//! The other types of SAM.

use super::apis;
use super::events::{self, Event};
use super::function::trust;
use super::make::{From, Maker, literal, owned, set, text};
use super::policies::RolePolicies;
use crate::model::Resource;
use crate::value::{Case, Data, Guard, Map, SymbolKind, Text, Value};
use std::sync::Arc;

pub(super) fn lower(maker: &mut Maker, mut resource: Resource) {
    let from = From {
        address: resource.address.clone(),
        span: resource.span,
        body: resource.body,
        when: resource.when.clone(),
    };
    match &*resource.kind {
        "AWS::Serverless::Api" => apis::authorizers(maker, &from.address, &resource.get("Auth"), true, &from),
        "AWS::Serverless::HttpApi" => apis::authorizers(maker, &from.address, &resource.get("Auth"), false, &from),
        "AWS::Serverless::WebSocketApi" => apis::web_socket(maker, &resource, &from),
        "AWS::Serverless::GraphQLApi" => apis::graphql(maker, &resource, &from),
        "AWS::Serverless::CapacityProvider" => operator_role(maker, &resource, &from),
        _ => {}
    }
    let kind = match &*resource.kind {
        "AWS::Serverless::Api" => "AWS::ApiGateway::RestApi",
        "AWS::Serverless::HttpApi" | "AWS::Serverless::WebSocketApi" => "AWS::ApiGatewayV2::Api",
        "AWS::Serverless::SimpleTable" => "AWS::DynamoDB::Table",
        "AWS::Serverless::LayerVersion" => "AWS::Lambda::LayerVersion",
        "AWS::Serverless::Application" => "AWS::CloudFormation::Stack",
        "AWS::Serverless::GraphQLApi" => "AWS::AppSync::GraphQLApi",
        "AWS::Serverless::CapacityProvider" => "AWS::Lambda::CapacityProvider",
        "AWS::Serverless::StateMachine" => {
            state_machine(maker, &mut resource);
            "AWS::StepFunctions::StateMachine"
        }
        // What a type that is not known makes is not known either.
        _ => {
            maker.template.open.set(true);
            return maker.out.push(resource);
        }
    };
    if kind == "AWS::Lambda::LayerVersion"
        && let Some(Data::Map(properties)) = resource.properties.only_mut()
    {
        if properties.get("LayerName").is_none() {
            set(properties, "LayerName", literal(&resource.address, resource.span));
        }
        if let Some(entry) = properties.entries.iter_mut().find(|entry| &*entry.key == "ContentUri") {
            entry.key = Arc::from("Content");
        }
        // SAM keeps old versions unless it is told not to.
        resource.update_replace_policy = match properties.get("RetentionPolicy").cloned() {
            Some(retention) => retention,
            None => Value::known(Data::Text(Text::literal("Retain")), resource.span),
        };
    }
    resource.kind = Arc::from(kind);
    maker.out.push(resource);
}

/// The role that SAM makes where none is given, and the properties under their names in Step Functions.
fn state_machine(maker: &mut Maker, resource: &mut Resource) {
    let Some(Data::Map(properties)) = resource.properties.only() else { return };
    let mut out = Map { entries: Vec::new(), open: properties.open };
    for entry in &properties.entries {
        let key = match &*entry.key {
            "Name" => "StateMachineName",
            "Type" => "StateMachineType",
            "Role" => "RoleArn",
            "Logging" => "LoggingConfiguration",
            "Tracing" => "TracingConfiguration",
            "Policies" | "PermissionsBoundary" | "RolePath" | "Events" => continue,
            key => key,
        };
        out.insert(key, entry.key_span, entry.value.clone());
    }
    let id = format!("{}Role", resource.address);
    let role = properties.entry("Role");
    let needed = role.map_or_else(Guard::always, |entry| entry.value.unset_when());
    if needed.is_possible() {
        let span = resource.span;
        let arn = maker.template.attribute(&id, "Arn");
        let made = Case { value: Some(Data::Text(arn.clone())), span, when: needed.clone() };
        let value = match role {
            None => text(arn, span),
            Some(entry) => {
                let exhaustive = entry.value.is_exhaustive();
                let written = entry.value.cases().iter().filter(|case| case.value.is_some()).cloned();
                Value::from_cases(written.chain([made]).collect(), exhaustive, entry.value.span())
            }
        };
        set(&mut out, "RoleArn", value);
        let mut policies = RolePolicies::default();
        let written = properties.entry("Policies");
        if let Some(entry) = written {
            policies.written(maker, &id, &entry.value);
        }
        let tracing = properties.get("Tracing").map(|tracing| tracing.get("Enabled").booleans());
        if tracing.is_some_and(|enabled| enabled.every(|value| value == Some(&true))) {
            policies.managed(maker, "AWSXrayWriteOnlyAccess", span, &Guard::always());
        }
        let mut role = Map::default();
        set(&mut role, "AssumeRolePolicyDocument", trust("states.amazonaws.com", span));
        if let Some(entry) = properties.entry("RolePath") {
            role.insert("Path", entry.key_span, entry.value.clone());
        }
        policies.into_properties(&mut role, span);
        if let Some(entry) = properties.entry("PermissionsBoundary") {
            role.insert("PermissionsBoundary", entry.key_span, entry.value.clone());
        }
        let from = From {
            address: resource.address.clone(),
            span: written.map_or(span, |entry| entry.key_span),
            body: resource.body,
            when: resource.when.and(&needed),
        };
        maker.make(&id, "AWS::IAM::Role", role, &from);
    }
    machine_events(maker, resource, properties);
    resource.properties = Value::known(Data::Map(out), resource.properties.span());
}

/// `Events` of a state machine: each starts it with a role of its own.
fn machine_events(maker: &mut Maker, resource: &Resource, properties: &Map) {
    let Some(events) = properties.get("Events") else { return };
    let from = From {
        address: resource.address.clone(),
        span: resource.span,
        body: resource.body,
        when: resource.when.clone(),
    };
    let alias = properties.get("AutoPublishAlias").and_then(|alias| alias.borrow().literals().only().cloned());
    let through_alias = properties.get("UseAliasAsEventTarget").map(|value| value.borrow().booleans());
    let through_alias = through_alias.is_some_and(|value| value.some(|value| value == Some(&true)));
    let target = match alias.filter(|_| through_alias) {
        Some(alias) => maker.template.symbol(SymbolKind::Attribute, format!("{}Alias{alias}", resource.address)),
        None => resource.names.reference.clone(),
    };
    let boundary = properties.get("PermissionsBoundary");
    for (event, kind) in events::each(events, &from).0 {
        match kind.as_deref() {
            Some("Schedule" | "CloudWatchEvent" | "EventBridgeRule") => {
                let written = event.properties.get("RoleArn");
                let role = if written.is_unset() {
                    event_role(maker, &event, &target, "events.amazonaws.com", boundary)
                } else {
                    owned(&written)
                };
                events::make_rule(maker, &event, target.clone(), "StepFunctionsTarget", Some(role));
            }
            Some("ScheduleV2") => {
                events::make_schedule(maker, &event, &target, "StartExecutionPolicy", "states:StartExecution");
            }
            Some("Api") => {
                event_role(maker, &event, &target, "apigateway.amazonaws.com", boundary);
                if event.properties.get("RestApiId").is_unset() {
                    events::implicit_api(maker, &event, "ServerlessRestApi", "AWS::ApiGateway::RestApi");
                }
            }
            _ => {}
        }
    }
}

/// The role with which an event starts a state machine; gives its ARN.
fn event_role(
    maker: &mut Maker,
    event: &Event,
    machine: &Text,
    service: &str,
    boundary: Option<&Value<Data>>,
) -> Value<Data> {
    let span = event.from.span;
    let id = format!("{}Role", event.id);
    let mut policies = RolePolicies::default();
    let start = vec![literal("states:StartExecution", span)];
    policies.statement(&format!("{id}StartExecutionPolicy"), start, text(machine.clone(), span), span);
    let mut role = Map::default();
    set(&mut role, "AssumeRolePolicyDocument", trust(service, span));
    policies.into_properties(&mut role, span);
    if let Some(boundary) = boundary {
        set(&mut role, "PermissionsBoundary", boundary.clone());
    }
    maker.make(&id, "AWS::IAM::Role", role, &event.from);
    text(maker.role_arn(&id), span)
}

/// The role with which Lambda runs the instances of a capacity provider.
fn operator_role(maker: &mut Maker, resource: &Resource, from: &From) {
    if !resource.get("OperatorRole").is_unset() {
        return;
    }
    let mut policies = RolePolicies::default();
    policies.managed_at(maker, "AWSLambdaManagedEC2ResourceOperator", from.span);
    let mut role = Map::default();
    set(&mut role, "AssumeRolePolicyDocument", trust("lambda.amazonaws.com", from.span));
    policies.into_properties(&mut role, from.span);
    maker.make(&format!("{}OperatorRole", resource.address), "AWS::IAM::Role", role, from);
}
