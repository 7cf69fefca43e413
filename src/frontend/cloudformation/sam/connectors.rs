//! `AWS::Serverless::Connector`, and the `Connectors` of a resource: what lets one resource use another.

use super::super::template::Template;
use super::make::{From, Maker, from_json, list, literal, map, owned, set, text};
use crate::data::sam_policy_templates::{self, Creates};
use crate::model::Resource;
use crate::value::{Data, Map, Text, Value};

/// One end of a connector.
#[derive(Default)]
pub(super) struct End {
    /// CloudFormation's type.
    pub(super) kind: String,
    pub(super) arn: Option<Text>,
    /// The name of the role that it uses.
    pub(super) role: Option<Text>,
    pub(super) id: Option<Text>,
    pub(super) name: Option<Text>,
    pub(super) qualifier: Option<Text>,
    pub(super) url: Option<Text>,
}

/// A connector that is a resource.
pub(super) fn lower(maker: &mut Maker, resource: &Resource) {
    let from = From {
        address: resource.address.clone(),
        span: resource.span,
        body: resource.body,
        when: resource.when.clone(),
    };
    let properties = resource.properties.borrow();
    connect_all(maker, &resource.address, &properties.get("Source"), &properties, &from);
}

/// The connectors that are written in a resource's `Connectors`.
pub(super) fn embedded(maker: &mut Maker, template: &Template) {
    let document = template.document;
    for declared in &template.declared {
        let Some(section) = document.get(declared.node, "Connectors") else { continue };
        for entry in document.entries(section) {
            let Some(name) = document.text(entry.key) else { continue };
            let Some(node) = document.get(entry.value, "Properties") else { continue };
            let value = template.evaluate(node, 0);
            let properties = value.borrow();
            let span = template.span(entry.key);
            let mut source = Map::default();
            set(&mut source, "Id", literal(&declared.id, span));
            let reference = properties.get("SourceReference").get("Qualifier");
            if !properties.get("SourceReference").is_unset() && !reference.is_unset() {
                set(&mut source, "Qualifier", owned(&reference));
            }
            let source = Value::known(Data::Map(source), span);
            let when = document.get(entry.value, "Condition").and_then(|id| document.text(id));
            let from = From {
                address: declared.id.clone(),
                span,
                body: span.to(template.span(entry.value)),
                when: when.map_or_else(Default::default, |name| template.condition(name)),
            };
            connect_all(maker, &format!("{}{name}", declared.id), &source.borrow(), &properties, &from);
        }
    }
}

fn connect_all(maker: &mut Maker, id: &str, source: &Value<&Data>, properties: &Value<&Data>, from: &From) {
    let (permissions, _) = properties.get("Permissions").items(true);
    let permissions: Vec<String> = permissions.iter().filter_map(|item| item.literals().only().cloned()).collect();
    let destinations = properties.get("Destination");
    let several = destinations.only().is_some_and(|data| data.list().is_some());
    let (destinations, closed) = destinations.items(true);
    if !closed {
        maker.template.open.set(true);
    }
    for (index, destination) in destinations.iter().enumerate() {
        let suffix = if several { format!("Destination{index}") } else { String::new() };
        let ends = end(maker, source, destination).zip(end(maker, destination, source));
        match ends {
            Some((source, destination)) => {
                connect(maker, id, &suffix, &source, &destination, &permissions, from);
            }
            // What it connects is not known, so any role may get rights from it.
            None => maker.template.open.set(true),
        }
    }
}

fn end(maker: &Maker, value: &Value<&Data>, other: &Value<&Data>) -> Option<End> {
    let field = |name: &str| value.get(name).text().only().map(|text| (*text).clone());
    let Some(id) = value.get("Id").literals().only().cloned() else {
        let kind = value.get("Type").literals().only().cloned()?;
        let kind = match kind.as_str() {
            "AWS::Serverless::Function" => "AWS::Lambda::Function",
            "AWS::Serverless::StateMachine" => "AWS::StepFunctions::StateMachine",
            "AWS::Serverless::Api" => "AWS::ApiGateway::RestApi",
            "AWS::Serverless::HttpApi" => "AWS::ApiGatewayV2::Api",
            "AWS::Serverless::SimpleTable" => "AWS::DynamoDB::Table",
            other => other,
        };
        return Some(End {
            kind: kind.to_owned(),
            arn: field("Arn"),
            role: field("RoleName"),
            id: field("ResourceId"),
            name: field("Name"),
            qualifier: field("Qualifier"),
            url: field("QueueUrl"),
        });
    };
    let resource = maker.out.iter().find(|resource| *resource.address == *id)?;
    let attribute = |name: &str| Some(maker.template.attribute(&id, name));
    let reference = Some(resource.names.reference.clone());
    let is_api = matches!(&*resource.kind, "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api");
    let other_id = other.get("Id").literals().only().cloned();
    Some(End {
        kind: resource.kind.to_string(),
        arn: match &*resource.kind {
            "AWS::SNS::Topic"
            | "AWS::StepFunctions::StateMachine"
            | "AWS::AppSync::GraphQLApi"
            | "AWS::AppSync::DataSource" => reference.clone(),
            _ => attribute("Arn"),
        },
        role: role_of(maker, resource, other_id.as_deref()),
        id: match &*resource.kind {
            "AWS::AppSync::GraphQLApi" => attribute("ApiId"),
            _ => reference.clone(),
        },
        name: attribute("Name"),
        qualifier: field("Qualifier").or_else(|| is_api.then(|| Text::literal("*"))),
        url: reference,
    })
}

/// The name of the role that a resource uses, where the template has it.
fn role_of(maker: &Maker, resource: &Resource, other: Option<&str>) -> Option<Text> {
    let role = match &*resource.kind {
        "AWS::Lambda::Function" => resource.get("Role"),
        "AWS::StepFunctions::StateMachine" => resource.get("RoleArn"),
        "AWS::AppSync::DataSource" => resource.get("ServiceRoleArn"),
        "AWS::Events::Rule" => {
            let other = maker.out.iter().find(|resource| Some(&*resource.address) == other)?;
            let (targets, _) = resource.get("Targets").items(false);
            let target = targets.into_iter().find(|target| {
                target.get("Arn").text().only().is_some_and(|arn| {
                    other.names.arn.as_ref().is_some_and(|own| own.equals(arn).is_yes())
                        || other.names.reference.equals(arn).is_yes()
                })
            })?;
            target.get("RoleArn")
        }
        _ => return None,
    };
    let arn = (*role.text().only()?).clone();
    let role = maker
        .out
        .iter()
        .find(|role| role.is("AWS::IAM::Role") && role.names.arn.as_ref().is_some_and(|own| own.equals(&arn).is_yes()));
    match role {
        Some(role) => Some(role.names.name.clone()),
        // `GetAtt` of a role that the template lacks; SAM names it all the same.
        None => arn.as_symbol()?.name.strip_suffix(".Arn").map(|id| maker.template.reference(id)),
    }
}

/// Makes what lets `source` use `destination`.
pub(super) fn connect(
    maker: &mut Maker,
    id: &str,
    suffix: &str,
    source: &End,
    destination: &End,
    permissions: &[String],
    from: &From,
) {
    let Some(connector) = sam_policy_templates::connector(&source.kind, &destination.kind) else {
        return maker.template.open.set(true);
    };
    let span = from.span;
    let variable = |name: &str| -> Option<Value<Text>> {
        let (end, field) = name.strip_prefix('%')?.split_once('.')?;
        let end = if end == "Source" { source } else { destination };
        let value = match field {
            "Arn" => &end.arn,
            "ResourceId" => &end.id,
            "Name" => &end.name,
            "Qualifier" => &end.qualifier,
            _ => &None,
        };
        Some(value.clone().map_or_else(|| Value::unknown(span), |text| Value::known(text, span)))
    };
    let mut statements = Vec::new();
    for (access, json) in [("Read", connector.read_json), ("Write", connector.write_json)] {
        let Some(json) = json.filter(|_| permissions.iter().any(|permission| permission == access)) else { continue };
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&json.replace("%{", "${%")) else { continue };
        let value = from_json(&json, span, maker.template, &variable);
        match value.only() {
            Some(Data::List(items)) => statements.extend(items.items.iter().map(|item| (**item).clone())),
            Some(Data::Map(body)) => {
                let mut properties = body.clone();
                let function = destination.arn.clone().map_or_else(|| Value::unknown(span), |arn| text(arn, span));
                set(&mut properties, "FunctionName", function);
                maker.make(
                    &format!("{id}{access}LambdaPermission{suffix}"),
                    "AWS::Lambda::Permission",
                    properties,
                    from,
                );
            }
            _ => {}
        }
    }
    if statements.is_empty() {
        return;
    }
    let document =
        map(vec![("Version", literal("2012-10-17", span)), ("Statement", list(statements, false, span))], span);
    let (made, kind, key, holder) = match connector.creates {
        Creates::SourceRolePolicy => ("Policy", "AWS::IAM::ManagedPolicy", "Roles", &source.role),
        Creates::DestinationRolePolicy => ("Policy", "AWS::IAM::ManagedPolicy", "Roles", &destination.role),
        Creates::QueuePolicy => ("QueuePolicy", "AWS::SQS::QueuePolicy", "Queues", &destination.url),
        Creates::TopicPolicy => ("TopicPolicy", "AWS::SNS::TopicPolicy", "Topics", &destination.arn),
        Creates::LambdaPermission => return,
    };
    let holder = holder.clone().map_or_else(|| Value::unknown(span), |name| text(name, span));
    let mut properties = Map::default();
    set(&mut properties, "PolicyDocument", document);
    set(&mut properties, key, list(vec![holder], false, span));
    maker.make(&format!("{id}{made}{suffix}"), kind, properties, from);
}
