//! The other types of SAM.

use super::function::trust;
use super::make::{From, Maker, set, text};
use super::policies::RolePolicies;
use crate::model::Resource;
use crate::value::{Case, Data, Guard, Map, Value};
use std::sync::Arc;

pub(super) fn lower(maker: &mut Maker, mut resource: Resource) {
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
        // A connector writes policies for what it connects, which makes those roles and permissions open.
        _ => {
            maker.template.open.set(true);
            return maker.out.push(resource);
        }
    };
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
        let mut role = Map::default();
        set(&mut role, "AssumeRolePolicyDocument", trust("states.amazonaws.com", span));
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
    resource.properties = Value::known(Data::Map(out), resource.properties.span());
}
