//! Events that Lambda polls for: the event source mapping, and the rights that the role needs.

use super::events::Event;
use super::function::Function;
use super::make::{Maker, list, literal, map, owned, set, text};
use crate::model::SAM_EVENT;
use crate::value::{Data, Entry, Map, Text, Value};
use std::sync::Arc;

/// Properties of the event that are none of the mapping's.
const CONSUMED: &[&str] = &[
    "CollectionName",
    "ConsumerGroupId",
    "DatabaseName",
    "DestinationConfig",
    "DynamicPolicyName",
    "FullDocument",
    "KafkaBootstrapServers",
    "SchemaRegistryConfig",
    "SecretsManagerKmsKeyId",
];

/// What Lambda needs in a VPC of the user's.
const NETWORK: &[&str] = &[
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
];

pub(super) fn mapping(maker: &mut Maker, function: &mut Function, event: &Event, kind: &str) {
    let span = event.from.span;
    let mut properties = Map::default();
    let source = match kind {
        "SQS" => "Queue",
        "MQ" => "Broker",
        "DocumentDB" => "Cluster",
        _ => "Stream",
    };
    let (entries, closed) = event.properties.entries();
    properties.open = !closed;
    for (entry, value) in entries {
        let key = match &*entry.key {
            key if key == source => "EventSourceArn",
            key if CONSUMED.contains(&key) => continue,
            key => key,
        };
        properties.insert(key, entry.key_span, owned(&value));
    }
    kafka(event, kind, &mut properties);
    if kind == "DocumentDB" {
        let mut config = Map::default();
        for key in ["DatabaseName", "CollectionName", "FullDocument"] {
            event.copy(&mut config, &[(key, key)]);
        }
        set(&mut properties, "DocumentDBEventSourceConfig", Value::known(Data::Map(config), span));
    }
    set(&mut properties, "FunctionName", text(function.permission_target.clone(), span));
    rights(maker, function, event, kind, source);
    destination(function, event, &mut properties);
    maker.make(&event.id, "AWS::Lambda::EventSourceMapping", properties, &event.from);
    if let Some(made) = maker.out.last_mut() {
        made.metadata = map(vec![(SAM_EVENT, literal(kind, span))], span);
    }
}

/// What Kafka's events say in words of their own.
fn kafka(event: &Event, kind: &str, properties: &mut Map) {
    let span = event.from.span;
    let servers = event.properties.get("KafkaBootstrapServers");
    if !servers.is_unset() {
        let endpoints = map(vec![("KafkaBootstrapServers", owned(&servers))], servers.span());
        set(properties, "SelfManagedEventSource", map(vec![("Endpoints", endpoints)], servers.span()));
    }
    let mut config = Map::default();
    event
        .copy(&mut config, &[("ConsumerGroupId", "ConsumerGroupId"), ("SchemaRegistryConfig", "SchemaRegistryConfig")]);
    let key = match kind {
        "MSK" => "AmazonManagedKafkaEventSourceConfig",
        _ => "SelfManagedKafkaEventSourceConfig",
    };
    if !config.entries.is_empty() {
        set(properties, key, Value::known(Data::Map(config), span));
    }
}

/// `DestinationConfig`: its `Type` is for SAM, which gives the role the right to send there.
fn destination(function: &mut Function, event: &Event, properties: &mut Map) {
    let config = event.properties.get("DestinationConfig");
    if config.is_unset() {
        return;
    }
    let failure = config.get("OnFailure");
    let target = owned(&failure.get("Destination"));
    let at = failure.span();
    let (entries, closed) = failure.entries();
    let mut inner = Map { entries: Vec::new(), open: !closed };
    for (entry, value) in entries.iter().filter(|(entry, _)| &*entry.key != "Type") {
        let value = Arc::new(owned(value));
        inner.entries.push(Entry { key: entry.key.clone(), key_span: entry.key_span, value });
    }
    set(properties, "DestinationConfig", map(vec![("OnFailure", Value::known(Data::Map(inner), at))], config.span()));
    let policies = &mut function.policies;
    match failure.get("Type").literals().only().map(String::as_str) {
        Some("SQS") => {
            let send = vec![literal("sqs:SendMessage", at)];
            policies.statement(&format!("{}SQSPolicy", event.id), send, target, at);
        }
        Some("SNS") => {
            let publish = vec![literal("sns:publish", at)];
            policies.statement(&format!("{}SNSPolicy", event.id), publish, target, at);
        }
        Some("S3") => {
            let objects = target.filter_map(|data| data.text().map(|text| Data::Text(text.clone().with("/*"))));
            let statements = vec![allow(&["s3:PutObject"], objects, event), allow(&["s3:ListBucket"], target, event)];
            policies.statements(&format!("{}S3Policy", event.id), statements, at);
        }
        // A type that is not known may give a right.
        _ => policies.open |= !failure.get("Type").is_unset(),
    }
}

fn rights(maker: &Maker, function: &mut Function, event: &Event, kind: &str, source: &str) {
    let span = event.from.span;
    let when = &event.from.when;
    let managed = match kind {
        "SQS" => "AWSLambdaSQSQueueExecutionRole",
        "Kinesis" => "AWSLambdaKinesisExecutionRole",
        "DynamoDB" => "AWSLambdaDynamoDBExecutionRole",
        "MSK" => "AWSLambdaMSKExecutionRole",
        _ => "",
    };
    if !managed.is_empty() {
        function.policies.managed(maker, managed, span, when);
    }
    let arn = owned(&event.properties.get(source));
    let (name, statements) = match kind {
        "MSK" => {
            let mut statements = registry(maker, event);
            statements.extend(secrets(event, &["CLIENT_CERTIFICATE_TLS_AUTH"]));
            ("MSKExecutionRolePolicy".to_owned(), statements)
        }
        "MQ" => {
            let mut statements = secrets(event, &["BASIC_AUTH"]);
            statements.push(allow(&["mq:DescribeBroker"], arn, event));
            statements.extend(decrypt(maker, event));
            let dynamic = event.properties.get("DynamicPolicyName").booleans().some(|value| value == Some(&true));
            let name = if dynamic { format!("{}AMQPolicy", event.id) } else { "SamAutoGeneratedAMQPolicy".to_owned() };
            (name, statements)
        }
        "SelfManagedKafka" => {
            let mut statements = secrets(
                event,
                &[
                    "SASL_SCRAM_256_AUTH",
                    "SASL_SCRAM_512_AUTH",
                    "BASIC_AUTH",
                    "CLIENT_CERTIFICATE_TLS_AUTH",
                    "SERVER_ROOT_CA_CERTIFICATE",
                ],
            );
            if !configured(event, &["VPC_SUBNET"]).is_empty() && !configured(event, &["VPC_SECURITY_GROUP"]).is_empty()
            {
                statements.push(allow(NETWORK, literal("*", span), event));
            }
            statements.extend(decrypt(maker, event));
            statements.extend(registry(maker, event));
            ("SelfManagedKafkaExecutionRolePolicy".to_owned(), statements)
        }
        "DocumentDB" => {
            let of = |form: &str| text(maker.sub(form), span);
            let mut statements = secrets(event, &["BASIC_AUTH"]);
            statements.extend([
                allow(
                    &["rds:DescribeDBClusterParameters"],
                    of("arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:cluster-pg:*"),
                    event,
                ),
                allow(
                    &["rds:DescribeDBSubnetGroups"],
                    of("arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:subgrp:*"),
                    event,
                ),
                allow(&["rds:DescribeDBClusters"], arn, event),
                allow(NETWORK, literal("*", span), event),
            ]);
            statements.extend(decrypt(maker, event));
            ("SamAutoGeneratedDocumentDBPolicy".to_owned(), statements)
        }
        _ => return,
    };
    if !statements.is_empty() {
        function.policies.statements(&name, statements, span);
    }
    let (_, closed) = event.properties.get("SourceAccessConfigurations").items(false);
    function.policies.open |= !closed && !event.properties.get("SourceAccessConfigurations").is_unset();
}

fn allow(actions: &[&str], resource: Value<Data>, event: &Event) -> Value<Data> {
    let span = event.from.span;
    let actions = actions.iter().map(|action| literal(action, span)).collect();
    map(vec![("Effect", literal("Allow", span)), ("Action", list(actions, false, span)), ("Resource", resource)], span)
}

/// The `URI`s of the access configurations of these types.
fn configured(event: &Event, kinds: &[&str]) -> Vec<Value<Data>> {
    let (items, _) = event.properties.get("SourceAccessConfigurations").items(false);
    items
        .iter()
        .filter(|item| {
            let kind = item.get("Type").literals();
            kind.some(|kind| kind.is_some_and(|kind| kinds.contains(&kind.as_str())))
        })
        .map(|item| owned(&item.get("URI")))
        .collect()
}

fn secrets(event: &Event, kinds: &[&str]) -> Vec<Value<Data>> {
    let secrets = configured(event, kinds).into_iter();
    secrets.map(|secret| allow(&["secretsmanager:GetSecretValue"], secret, event)).collect()
}

/// The key that the secret is encrypted with.
fn decrypt(maker: &Maker, event: &Event) -> Option<Value<Data>> {
    let key = event.properties.get("SecretsManagerKmsKeyId");
    if key.is_unset() {
        return None;
    }
    let arn = key.text().filter_map(|key| {
        let mut arn = maker.sub("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/");
        arn.append(key);
        Some(Data::Text(arn))
    });
    Some(allow(&["kms:Decrypt"], arn, event))
}

/// What a schema registry takes: its secrets, and Glue's registry where it is one.
fn registry(maker: &Maker, event: &Event) -> Vec<Value<Data>> {
    let config = event.properties.get("SchemaRegistryConfig");
    if config.is_unset() {
        return Vec::new();
    }
    let (access, _) = config.get("AccessConfigs").items(false);
    let mut statements: Vec<Value<Data>> =
        access.iter().map(|item| allow(&["secretsmanager:GetSecretValue"], owned(&item.get("URI")), event)).collect();
    let uri = config.get("SchemaRegistryURI");
    let name: Option<Text> = uri.text().only().and_then(|uri| Some(uri.around(":registry/")?.1));
    if let Some(name) = name {
        let mut schemas = maker.sub("arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:schema/");
        schemas.append(&name.with("/*"));
        statements.push(allow(&["glue:GetRegistry"], owned(&uri), event));
        statements.push(allow(&["glue:GetSchemaVersion"], text(schemas, event.from.span), event));
    }
    statements
}
