//! `Events` of a function: the source's side, the permission or the event source mapping, and what the role needs.

use super::function::{Function, trust};
use super::make::{From, Maker, list, literal, map, owned, set, text};
use super::policies::RolePolicies;
use crate::source::Span;
use crate::value::{Data, Guard, Map, SymbolKind, Text, Value};
use std::sync::Arc;

/// The type of the resource that carries an event's own name (`FnEvent`), for references to it.
pub(super) fn made_kind(event: &str) -> Option<&'static str> {
    Some(match event {
        "SQS" | "Kinesis" | "DynamoDB" | "MSK" | "MQ" | "SelfManagedKafka" | "DocumentDB" => {
            "AWS::Lambda::EventSourceMapping"
        }
        "SNS" => "AWS::SNS::Subscription",
        "Schedule" | "EventBridgeRule" | "CloudWatchEvent" => "AWS::Events::Rule",
        "ScheduleV2" => "AWS::Scheduler::Schedule",
        "CloudWatchLogs" => "AWS::Logs::SubscriptionFilter",
        "IoTRule" => "AWS::IoT::TopicRule",
        _ => return None,
    })
}

/// One event.
struct Event<'v> {
    /// The function's id and the event's name: the stem of all ids that are made from it.
    id: String,
    name: Arc<str>,
    properties: Value<&'v Data>,
    from: From,
}

impl Event<'_> {
    /// Properties of the event under their names in the resource that is made.
    fn copy(&self, out: &mut Map, names: &[(&str, &str)]) {
        for (theirs, ours) in names {
            let value = self.properties.get(theirs);
            if !value.is_unset() {
                set(out, ours, owned(&value));
            }
        }
    }
}

pub(super) fn lower(maker: &mut Maker, function: &mut Function) {
    let Some(events) = function.get("Events") else { return };
    let (entries, closed) = events.borrow().entries();
    function.policies.open |= !closed;
    for (entry, value) in entries {
        for case in value.cases() {
            let Some(data) = case.value else { continue };
            let one = Value::known(data, case.span).within(&case.when);
            let event = Event {
                id: format!("{}{}", function.resource.address, entry.key),
                name: entry.key.clone(),
                properties: one.get("Properties"),
                from: From {
                    span: entry.key_span,
                    body: entry.key_span.to(case.span),
                    when: function.from.when.and(&case.when),
                    ..function.from.clone()
                },
            };
            match one.get("Type").literals().only().map(String::as_str) {
                Some(kind) => event_of(maker, function, &event, kind),
                None => function.policies.open = true,
            }
        }
    }
}

fn event_of(maker: &mut Maker, function: &mut Function, event: &Event, kind: &str) {
    match kind {
        "S3" => s3(maker, function, event),
        "SNS" => sns(maker, function, event),
        "Schedule" | "EventBridgeRule" | "CloudWatchEvent" => rule(maker, function, event),
        "ScheduleV2" => schedule(maker, function, event),
        "CloudWatchLogs" => logs(maker, function, event),
        "IoTRule" => iot(maker, function, event),
        "AlexaSkill" => alexa(maker, function, event),
        "Cognito" => cognito(maker, function, event),
        "Api" => api(maker, function, event, "ServerlessRestApi", "RestApiId", "AWS::ApiGateway::RestApi"),
        "HttpApi" => api(maker, function, event, "ServerlessHttpApi", "ApiId", "AWS::ApiGatewayV2::Api"),
        "SQS" | "Kinesis" | "DynamoDB" | "MSK" | "MQ" | "SelfManagedKafka" | "DocumentDB" => {
            mapping(maker, function, event, kind);
        }
        _ => function.policies.open = true,
    }
}

fn s3(maker: &mut Maker, function: &Function, event: &Event) {
    let account = maker.template.pseudo("AWS::AccountId");
    maker.permission(
        &format!("{}Permission", event.id),
        &function.permission_target,
        "s3.amazonaws.com",
        &[("SourceAccount", text(account, event.from.span))],
        &event.from,
    );
    let Some(bucket) = event.properties.get("Bucket").text().only().map(|text| (*text).clone()) else { return };
    let (kinds, _) = event.properties.get("Events").items(true);
    let filter = event.properties.get("Filter");
    let mut entries: Vec<Arc<Value<Data>>> = Vec::new();
    for kind in kinds {
        let mut entry = Map::default();
        set(&mut entry, "Event", owned(&kind));
        set(&mut entry, "Function", text(function.target.clone(), event.from.span));
        if !filter.is_unset() {
            set(&mut entry, "Filter", owned(&filter));
        }
        entries.push(Arc::new(Value::known(Data::Map(entry), event.from.body).within(&event.from.when)));
    }
    let from = event.from.clone();
    if let Some(resource) = maker.named("AWS::S3::Bucket", &bucket) {
        add_to_list(&mut resource.properties, "NotificationConfiguration", "LambdaConfigurations", entries, from.span);
    }
}

/// Adds items to the list at two keys of a resource's properties, making what is missing on the way.
fn add_to_list(properties: &mut Value<Data>, outer: &str, inner: &str, items: Vec<Arc<Value<Data>>>, span: Span) {
    let Some(Data::Map(map)) = properties.only() else { return };
    let mut map = map.clone();
    let mut configuration = match map.get(outer).map(Value::only) {
        None => Map::default(),
        Some(Some(Data::Map(there))) => there.clone(),
        Some(_) => return,
    };
    let mut all = match configuration.get(inner).map(Value::only) {
        None => Vec::new(),
        Some(Some(Data::List(there))) => there.items.clone(),
        Some(_) => return,
    };
    all.extend(items);
    let place = |map: &Map, key: &str| map.entry(key).map_or(span, |entry| entry.key_span);
    let list = Value::known(Data::List(crate::value::List { items: all, open: false }), span);
    let at = place(&configuration, inner);
    configuration.insert(inner, at, list);
    let at = place(&map, outer);
    map.insert(outer, at, Value::known(Data::Map(configuration), span));
    *properties = Value::known(Data::Map(map), properties.span());
}

fn sns(maker: &mut Maker, function: &mut Function, event: &Event) {
    let topic = event.properties.get("Topic");
    let queue = event.properties.get("SqsSubscription");
    let mut subscription = Map::default();
    event.copy(
        &mut subscription,
        &[
            ("Topic", "TopicArn"),
            ("FilterPolicy", "FilterPolicy"),
            ("FilterPolicyScope", "FilterPolicyScope"),
            ("Region", "Region"),
            ("RedrivePolicy", "RedrivePolicy"),
        ],
    );
    let through_queue = !queue.is_unset() && !queue.booleans().every(|value| value == Some(&false));
    if !through_queue {
        set(&mut subscription, "Protocol", literal("lambda", event.from.span));
        set(&mut subscription, "Endpoint", text(function.target.clone(), event.from.span));
        maker.make(&event.id, "AWS::SNS::Subscription", subscription, &event.from);
        maker.permission(
            &format!("{}Permission", event.id),
            &function.permission_target,
            "sns.amazonaws.com",
            &[("SourceArn", owned(&topic))],
            &event.from,
        );
        return;
    }
    // Topic → queue → event source mapping. A queue of the user's is given by ARN and URL.
    let written = queue.get("QueueArn");
    let own_queue = queue.set().any(|(data, ..)| data.map().is_some());
    let queue_arn = if own_queue && !written.is_unset() {
        owned(&written)
    } else {
        let id = format!("{}Queue", event.id);
        maker.make(&id, "AWS::SQS::Queue", Map::default(), &event.from);
        let mut arn = maker.sub("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:");
        arn.append(&maker.template.symbol(SymbolKind::Name, id));
        text(arn, event.from.span)
    };
    set(&mut subscription, "Protocol", literal("sqs", event.from.span));
    set(&mut subscription, "Endpoint", queue_arn.clone());
    maker.make(&event.id, "AWS::SNS::Subscription", subscription, &event.from);
    maker.make(&format!("{}QueuePolicy", event.id), "AWS::SQS::QueuePolicy", Map::default(), &event.from);
    let mut properties = Map::default();
    set(&mut properties, "EventSourceArn", queue_arn);
    set(&mut properties, "FunctionName", text(function.permission_target.clone(), event.from.span));
    for (theirs, ours) in [("BatchSize", "BatchSize"), ("Enabled", "Enabled")] {
        let value = queue.get(theirs);
        if own_queue && !value.is_unset() {
            set(&mut properties, ours, owned(&value));
        }
    }
    let id = format!("{}EventSourceMapping", event.id);
    maker.make(&id, "AWS::Lambda::EventSourceMapping", properties, &event.from);
    function.policies.managed(maker, "AWSLambdaSQSQueueExecutionRole", event.from.span, &event.from.when);
}

fn rule(maker: &mut Maker, function: &Function, event: &Event) {
    let span = event.from.span;
    let mut properties = Map::default();
    event.copy(
        &mut properties,
        &[
            ("Schedule", "ScheduleExpression"),
            ("Pattern", "EventPattern"),
            ("EventBusName", "EventBusName"),
            ("Name", "Name"),
            ("RuleName", "Name"),
            ("Description", "Description"),
            ("State", "State"),
        ],
    );
    let mut target = Map::default();
    set(&mut target, "Arn", text(function.target.clone(), span));
    event.copy(
        &mut target,
        &[
            ("Input", "Input"),
            ("InputPath", "InputPath"),
            ("InputTransformer", "InputTransformer"),
            ("RetryPolicy", "RetryPolicy"),
            ("Target", "Target"),
        ],
    );
    let letters = event.properties.get("DeadLetterConfig");
    if !letters.is_unset() {
        set(&mut target, "DeadLetterConfig", owned(&letters));
    }
    let targets = list(vec![Value::known(Data::Map(target), event.from.body)], false, span);
    set(&mut properties, "Targets", targets);
    let name = event.properties.get("Name").text().only().map(|text| (*text).clone());
    let name = name.or_else(|| event.properties.get("RuleName").text().only().map(|text| (*text).clone()));
    let arn = match name {
        None => maker.template.attribute(&event.id, "Arn"),
        Some(name) => {
            let mut arn = maker.sub("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/");
            if let Some(bus) =
                event.properties.get("EventBusName").text().only().filter(|bus| bus.as_literal() != Some("default"))
            {
                let bus = bus.split("/").and_then(|parts| parts.last().cloned()).unwrap_or_else(|| (*bus).clone());
                arn.append(&bus.with("/"));
            }
            arn.append(&name);
            arn
        }
    };
    maker.make(&event.id, "AWS::Events::Rule", properties, &event.from);
    if let Some(made) = maker.out.last_mut() {
        made.names.arn = Some(arn.clone());
    }
    maker.permission(
        &format!("{}Permission", event.id),
        &function.permission_target,
        "events.amazonaws.com",
        &[("SourceArn", text(arn, span))],
        &event.from,
    );
}

fn schedule(maker: &mut Maker, function: &Function, event: &Event) {
    let span = event.from.span;
    let mut properties = Map::default();
    event.copy(
        &mut properties,
        &[
            ("ScheduleExpression", "ScheduleExpression"),
            ("ScheduleExpressionTimezone", "ScheduleExpressionTimezone"),
            ("FlexibleTimeWindow", "FlexibleTimeWindow"),
            ("GroupName", "GroupName"),
            ("State", "State"),
            ("Name", "Name"),
            ("StartDate", "StartDate"),
            ("EndDate", "EndDate"),
        ],
    );
    let role_id = format!("{}Role", event.id);
    let mut target = Map::default();
    set(&mut target, "Arn", text(function.target.clone(), span));
    let written = event.properties.get("RoleArn");
    if written.is_unset() {
        set(
            &mut target,
            "RoleArn",
            text(maker.sub(&format!("arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{role_id}")), span),
        );
        let mut role = Map::default();
        set(&mut role, "AssumeRolePolicyDocument", trust("scheduler.amazonaws.com", span));
        let mut policies = RolePolicies::default();
        let invoke = vec![literal("lambda:InvokeFunction", span)];
        policies.statement(&format!("{}LambdaPolicy", event.id), invoke, text(function.target.clone(), span), span);
        policies.into_properties(&mut role, span);
        let boundary = event.properties.get("PermissionsBoundary");
        if !boundary.is_unset() {
            set(&mut role, "PermissionsBoundary", owned(&boundary));
        }
        maker.make(&role_id, "AWS::IAM::Role", role, &event.from);
    } else {
        set(&mut target, "RoleArn", owned(&written));
    }
    event.copy(
        &mut target,
        &[("Input", "Input"), ("RetryPolicy", "RetryPolicy"), ("DeadLetterConfig", "DeadLetterConfig")],
    );
    set(&mut properties, "Target", Value::known(Data::Map(target), event.from.body));
    maker.make(&event.id, "AWS::Scheduler::Schedule", properties, &event.from);
}

fn logs(maker: &mut Maker, function: &Function, event: &Event) {
    let span = event.from.span;
    let mut properties = Map::default();
    event.copy(&mut properties, &[("LogGroupName", "LogGroupName"), ("FilterPattern", "FilterPattern")]);
    set(&mut properties, "DestinationArn", text(function.target.clone(), span));
    maker.make(&event.id, "AWS::Logs::SubscriptionFilter", properties, &event.from);
    let group = event.properties.get("LogGroupName").text().filter_map(|group| {
        let mut arn = maker.sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:");
        arn.append(group);
        Some(Data::Text(arn.with(":*")))
    });
    maker.permission(
        &format!("{}Permission", event.id),
        &function.permission_target,
        "logs.amazonaws.com",
        &[("SourceArn", group)],
        &event.from,
    );
}

fn iot(maker: &mut Maker, function: &Function, event: &Event) {
    let span = event.from.span;
    let mut payload = Map::default();
    event.copy(&mut payload, &[("Sql", "Sql"), ("AwsIotSqlVersion", "AwsIotSqlVersion")]);
    let action = map(vec![("FunctionArn", text(function.target.clone(), span))], span);
    set(&mut payload, "Actions", list(vec![map(vec![("Lambda", action)], span)], false, span));
    let mut properties = Map::default();
    set(&mut properties, "TopicRulePayload", Value::known(Data::Map(payload), event.from.body));
    maker.make(&event.id, "AWS::IoT::TopicRule", properties, &event.from);
    let mut arn = maker.sub("arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/");
    arn.append(&maker.template.symbol(SymbolKind::Name, event.id.as_str()));
    maker.permission(
        &format!("{}Permission", event.id),
        &function.permission_target,
        "iot.amazonaws.com",
        &[("SourceArn", text(arn, span))],
        &event.from,
    );
}

fn alexa(maker: &mut Maker, function: &Function, event: &Event) {
    let skill = event.properties.get("SkillId");
    let token = if skill.is_unset() { Vec::new() } else { vec![("EventSourceToken", owned(&skill))] };
    let id = format!("{}Permission", event.id);
    maker.permission(&id, &function.permission_target, "alexa-appkit.amazon.com", &token, &event.from);
}

fn cognito(maker: &mut Maker, function: &Function, event: &Event) {
    let Some(pool) = event.properties.get("UserPool").text().only().map(|text| (*text).clone()) else { return };
    let span = event.from.span;
    let target = function.target.clone();
    let triggers: Vec<String> = {
        let (items, _) = event.properties.get("Trigger").items(true);
        items.iter().filter_map(|item| item.literals().only().cloned()).collect()
    };
    let mut arn = None;
    if let Some(resource) = maker.named("AWS::Cognito::UserPool", &pool) {
        arn.clone_from(&resource.names.arn);
        if let Some(Data::Map(properties)) = resource.properties.only() {
            let mut properties = properties.clone();
            let mut config = match properties.get("LambdaConfig").and_then(Value::only) {
                Some(Data::Map(there)) => there.clone(),
                _ => Map::default(),
            };
            for trigger in triggers {
                config.insert(trigger, span, text(target.clone(), span));
            }
            properties.insert("LambdaConfig", span, Value::known(Data::Map(config), span));
            resource.properties = Value::known(Data::Map(properties), resource.properties.span());
        }
    }
    let source = arn.map_or_else(Vec::new, |arn| vec![("SourceArn", text(arn, span))]);
    let id = format!("{}CognitoPermission", function.resource.address);
    maker.permission(&id, &function.permission_target, "cognito-idp.amazonaws.com", &source, &event.from);
}

/// A route of an API, of the user's or of the one that SAM makes for all routes without one.
fn api(maker: &mut Maker, function: &Function, event: &Event, implicit: &str, key: &str, kind: &str) {
    let span = event.from.span;
    let written = event.properties.get(key);
    let api = if written.is_unset() {
        if !maker.out.iter().any(|resource| &*resource.address == implicit) {
            let from = From { when: Guard::always(), ..event.from.clone() };
            maker.make(implicit, kind, Map::default(), &from);
        }
        maker.template.reference(implicit)
    } else {
        match written.text().only() {
            Some(api) => (*api).clone(),
            None => return,
        }
    };
    // `/users/{id}` of GET is `GET/users/*`.
    let method = event.properties.get("Method").literals().only().cloned().unwrap_or_else(|| "any".to_owned());
    let method = if method.eq_ignore_ascii_case("any") { "*".to_owned() } else { method.to_ascii_uppercase() };
    let path = event.properties.get("Path").text().only().map(|path| (*path).clone());
    let path = match path.as_ref().map(|path| (path, path.as_literal())) {
        Some((_, Some(literal))) => Text::literal(wildcards(literal)),
        Some((text, None)) => text.clone(),
        None if kind == "AWS::ApiGatewayV2::Api" => Text::literal("/*"),
        None => return,
    };
    let mut arn = maker.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:");
    arn.append(&api);
    arn = arn.with("/*/").with(&method);
    arn.append(&path);
    // SAM names these after the stage (`FnGetPermissionProd`); the stage is `*` in the permission itself.
    let suffix = if kind == "AWS::ApiGateway::RestApi" { "PermissionProd" } else { "Permission" };
    maker.permission(
        &format!("{}{suffix}", event.id),
        &function.permission_target,
        "apigateway.amazonaws.com",
        &[("SourceArn", text(arn, span))],
        &event.from,
    );
    let _ = &event.name;
}

/// A path with `*` for each of its parameters.
fn wildcards(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path.trim_end_matches('/');
    if rest.is_empty() {
        return "/".to_owned();
    }
    while let Some((before, from)) = rest.split_once('{') {
        out.push_str(before);
        out.push('*');
        rest = from.split_once('}').map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    if out == "/$default" { "/*".to_owned() } else { out }
}

fn mapping(maker: &mut Maker, function: &mut Function, event: &Event, kind: &str) {
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
            // Kafka and DocumentDB name their source once more in their own words.
            "KafkaBootstrapServers" => "SelfManagedEventSource",
            "ConsumerGroupId" => continue,
            key => key,
        };
        properties.insert(key, entry.key_span, owned(&value));
    }
    set(&mut properties, "FunctionName", text(function.permission_target.clone(), span));
    let arn = owned(&event.properties.get(source));
    maker.make(&event.id, "AWS::Lambda::EventSourceMapping", properties, &event.from);

    let when = &event.from.when;
    match kind {
        "SQS" => function.policies.managed(maker, "AWSLambdaSQSQueueExecutionRole", span, when),
        "Kinesis" => function.policies.managed(maker, "AWSLambdaKinesisExecutionRole", span, when),
        "DynamoDB" => function.policies.managed(maker, "AWSLambdaDynamoDBExecutionRole", span, when),
        "MSK" => function.policies.managed(maker, "AWSLambdaMSKExecutionRole", span, when),
        "MQ" => {
            let secret = secret(event);
            function.policies.statement(
                "SamAutoGeneratedAMQPolicy",
                vec![literal("secretsmanager:GetSecretValue", span)],
                secret,
                span,
            );
            function.policies.statement(
                "SamAutoGeneratedAMQPolicy",
                vec![literal("mq:DescribeBroker", span)],
                arn,
                span,
            );
        }
        _ => {
            // SAM writes these rights by the authentication that is configured; that they may exist is enough here.
            function.policies.open = true;
        }
    }
}

/// The secret of `BASIC_AUTH`.
fn secret(event: &Event) -> Value<Data> {
    let (items, _) = event.properties.get("SourceAccessConfigurations").items(false);
    let basic = items
        .into_iter()
        .find(|item| item.get("Type").literals().some(|kind| kind.is_some_and(|kind| kind == "BASIC_AUTH")));
    basic.map_or_else(|| Value::unknown(event.from.span), |item| owned(&item.get("URI")))
}
