//! `Events` of a function: the source's side, the permission or the event source mapping, and what the role needs.

use super::function::{Function, trust};
use super::make::{From, Maker, list, literal, map, owned, set, text};
use super::policies::RolePolicies;
use crate::model::SAM_ROUTE;
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
pub(super) struct Event<'v> {
    /// The function's id and the event's name: the stem of all ids that are made from it.
    pub(super) id: String,
    pub(super) properties: Value<&'v Data>,
    pub(super) from: From,
}

impl Event<'_> {
    /// Properties of the event under their names in the resource that is made.
    pub(super) fn copy(&self, out: &mut Map, names: &[(&str, &str)]) {
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
    let (events, closed) = each(events, &function.from);
    function.policies.open |= !closed;
    for (event, kind) in events {
        match kind {
            Some(kind) => event_of(maker, function, &event, &kind),
            None => function.policies.open = true,
        }
    }
}

/// The events in a map of events, each with its type; whether that is all of them.
pub(super) fn each<'v>(events: &'v Value<Data>, from: &From) -> (Vec<(Event<'v>, Option<String>)>, bool) {
    let (entries, closed) = events.borrow().entries();
    let mut out = Vec::new();
    for (entry, value) in entries {
        for case in value.cases() {
            let Some(data) = case.value else { continue };
            let one = Value::known(data, case.span).within(&case.when);
            let event = Event {
                id: format!("{}{}", from.address, entry.key),
                properties: one.get("Properties"),
                from: From {
                    span: entry.key_span,
                    body: entry.key_span.to(case.span),
                    when: from.when.and(&case.when),
                    ..from.clone()
                },
            };
            out.push((event, one.get("Type").literals().only().cloned()));
        }
    }
    (out, closed)
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
            super::pull::mapping(maker, function, event, kind);
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
    let (queue_arn, url) = if own_queue && !written.is_unset() {
        (owned(&written), owned(&queue.get("QueueUrl")))
    } else {
        make_queue(maker, &format!("{}Queue", event.id), event)
    };
    let span = event.from.span;
    set(&mut subscription, "Protocol", literal("sqs", span));
    set(&mut subscription, "Endpoint", queue_arn.clone());
    maker.make(&event.id, "AWS::SNS::Subscription", subscription, &event.from);
    let policy = queue.get("QueuePolicyLogicalId").literals().only().cloned().filter(|_| own_queue);
    let policy = policy.unwrap_or_else(|| format!("{}QueuePolicy", event.id));
    let sender = Sender { principal: literal("*", span), source: owned(&topic) };
    queue_policy(maker, &policy, event, sender, queue_arn.clone(), url);
    let mut properties = Map::default();
    set(&mut properties, "EventSourceArn", queue_arn);
    set(&mut properties, "FunctionName", text(function.permission_target.clone(), span));
    let batch = queue.get("BatchSize");
    let batch = if own_queue && !batch.is_unset() { owned(&batch) } else { literal("10", span) };
    set(&mut properties, "BatchSize", batch);
    set(&mut properties, "Enabled", literal("true", span));
    let id = format!("{}EventSourceMapping", event.id);
    maker.make(&id, "AWS::Lambda::EventSourceMapping", properties, &event.from);
    function.policies.managed(maker, "AWSLambdaSQSQueueExecutionRole", span, &event.from.when);
}

fn rule(maker: &mut Maker, function: &Function, event: &Event) {
    let target = function.target.clone();
    let arn = make_rule(maker, event, target, "LambdaTarget", None);
    maker.permission(
        &format!("{}Permission", event.id),
        &function.permission_target,
        "events.amazonaws.com",
        &[("SourceArn", text(arn, event.from.span))],
        &event.from,
    );
}

/// Makes the rule of an event, with its queue for dead letters; gives the rule's ARN.
pub(super) fn make_rule(
    maker: &mut Maker,
    event: &Event,
    target_arn: Text,
    suffix: &str,
    role: Option<Value<Data>>,
) -> Text {
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
        ],
    );
    set_state(&mut properties, event);
    let name = event.properties.get("Name").text().only().map(|text| (*text).clone());
    let name = name.or_else(|| event.properties.get("RuleName").text().only().map(|text| (*text).clone()));
    let name = name.unwrap_or_else(|| maker.template.symbol(SymbolKind::Name, event.id.as_str()));
    let mut arn = maker.sub("arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/");
    let bus = event.properties.get("EventBusName");
    if let Some(bus) = bus.text().only().filter(|bus| bus.as_literal() != Some("default")) {
        let bus = bus.split("/").and_then(|parts| parts.last().cloned()).unwrap_or_else(|| (*bus).clone());
        arn.append(&bus.with("/"));
    }
    arn.append(&name);
    let mut target = Map::default();
    set(&mut target, "Arn", text(target_arn, span));
    let id = event.properties.get("Target").get("Id");
    let id = if id.is_unset() || id.cases().is_empty() {
        // At most 64 characters.
        let stem: String = event.id.chars().take(64_usize.saturating_sub(suffix.len())).collect();
        literal(&format!("{stem}{suffix}"), span)
    } else {
        owned(&id)
    };
    set(&mut target, "Id", id);
    if let Some(role) = role {
        set(&mut target, "RoleArn", role);
    }
    event.copy(
        &mut target,
        &[
            ("Input", "Input"),
            ("InputPath", "InputPath"),
            ("InputTransformer", "InputTransformer"),
            ("RetryPolicy", "RetryPolicy"),
        ],
    );
    if let Some((queue, made)) = dead_letter_queue(maker, event) {
        if let Some(url) = made {
            let principal = map(vec![("Service", literal("events.amazonaws.com", span))], span);
            let sender = Sender { principal, source: text(arn.clone(), span) };
            queue_policy(maker, &format!("{}QueuePolicy", event.id), event, sender, queue.clone(), url);
        }
        set(&mut target, "DeadLetterConfig", map(vec![("Arn", queue)], span));
    }
    let targets = list(vec![Value::known(Data::Map(target), event.from.body)], false, span);
    set(&mut properties, "Targets", targets);
    maker.make(&event.id, "AWS::Events::Rule", properties, &event.from);
    if let Some(made) = maker.out.last_mut() {
        made.names.arn = Some(arn.clone());
    }
    arn
}

/// `State`, or `Enabled` in its words.
fn set_state(properties: &mut Map, event: &Event) {
    let enabled = event.properties.get("Enabled");
    if enabled.is_unset() {
        event.copy(properties, &[("State", "State")]);
        return;
    }
    let state = enabled
        .booleans()
        .filter_map(|enabled| Some(Data::Text(Text::literal(if *enabled { "ENABLED" } else { "DISABLED" }))));
    set(properties, "State", state);
}

/// The ARN of the queue of `DeadLetterConfig`: the user's, or one that SAM makes, which has its URL here too.
fn dead_letter_queue(maker: &mut Maker, event: &Event) -> Option<(Value<Data>, Option<Value<Data>>)> {
    let letters = event.properties.get("DeadLetterConfig");
    if letters.is_unset() {
        return None;
    }
    let written = letters.get("Arn");
    if !written.is_unset() {
        return Some((owned(&written), None));
    }
    let id = letters.get("QueueLogicalId").literals().only().cloned().unwrap_or_else(|| format!("{}Queue", event.id));
    let (arn, url) = make_queue(maker, &id, event);
    Some((arn, Some(url)))
}

/// Makes a queue; gives its ARN and its URL.
fn make_queue(maker: &mut Maker, id: &str, event: &Event) -> (Value<Data>, Value<Data>) {
    maker.make(id, "AWS::SQS::Queue", Map::default(), &event.from);
    let mut arn = maker.sub("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:");
    let name = maker.template.symbol(SymbolKind::Name, id);
    arn.append(&name);
    let mut url = maker.sub("https://sqs.${AWS::Region}.${AWS::URLSuffix}/${AWS::AccountId}/");
    url.append(&name);
    (text(arn, event.from.span), text(url, event.from.span))
}

/// Who sends to a queue, and from where.
struct Sender {
    principal: Value<Data>,
    source: Value<Data>,
}

/// Lets a sender send to a queue.
fn queue_policy(maker: &mut Maker, id: &str, event: &Event, sender: Sender, queue: Value<Data>, url: Value<Data>) {
    let span = event.from.span;
    let condition = map(vec![("ArnEquals", map(vec![("aws:SourceArn", sender.source)], span))], span);
    let statement = map(
        vec![
            ("Effect", literal("Allow", span)),
            ("Principal", sender.principal),
            ("Action", literal("sqs:SendMessage", span)),
            ("Resource", queue),
            ("Condition", condition),
        ],
        span,
    );
    let document =
        map(vec![("Version", literal("2012-10-17", span)), ("Statement", list(vec![statement], false, span))], span);
    let mut properties = Map::default();
    set(&mut properties, "PolicyDocument", document);
    set(&mut properties, "Queues", list(vec![url], false, span));
    maker.make(id, "AWS::SQS::QueuePolicy", properties, &event.from);
}

fn schedule(maker: &mut Maker, function: &Function, event: &Event) {
    let target = function.target.clone();
    make_schedule(maker, event, &target, "LambdaPolicy", "lambda:InvokeFunction");
}

/// Makes the schedule of an event and the role that it takes.
pub(super) fn make_schedule(maker: &mut Maker, event: &Event, target_arn: &Text, policy: &str, action: &str) {
    let span = event.from.span;
    let mut properties = Map::default();
    event.copy(
        &mut properties,
        &[
            ("ScheduleExpression", "ScheduleExpression"),
            ("ScheduleExpressionTimezone", "ScheduleExpressionTimezone"),
            ("FlexibleTimeWindow", "FlexibleTimeWindow"),
            ("GroupName", "GroupName"),
            ("KmsKeyArn", "KmsKeyArn"),
            ("Description", "Description"),
            ("State", "State"),
            ("Name", "Name"),
            ("StartDate", "StartDate"),
            ("EndDate", "EndDate"),
        ],
    );
    if properties.get("Name").is_none() && !event.properties.get("OmitName").booleans().some(|omit| omit == Some(&true))
    {
        set(&mut properties, "Name", literal(&event.id, span));
    }
    if properties.get("FlexibleTimeWindow").is_none() {
        set(&mut properties, "FlexibleTimeWindow", map(vec![("Mode", literal("OFF", span))], span));
    }
    let letters = dead_letter_queue(maker, event).map(|(queue, _)| queue);
    let role_id = format!("{}Role", event.id);
    let mut target = Map::default();
    set(&mut target, "Arn", text(target_arn.clone(), span));
    let written = event.properties.get("RoleArn");
    if written.is_unset() {
        let arn = maker.role_arn(&role_id);
        set(&mut target, "RoleArn", text(arn, span));
        let mut role = Map::default();
        set(&mut role, "AssumeRolePolicyDocument", trust("scheduler.amazonaws.com", span));
        let mut policies = RolePolicies::default();
        let actions = vec![literal(action, span)];
        policies.statement(&format!("{}{policy}", event.id), actions, text(target_arn.clone(), span), span);
        if let Some(queue) = &letters {
            let send = vec![literal("sqs:SendMessage", span)];
            policies.statement(&format!("{}SQSPolicy", event.id), send, queue.clone(), span);
        }
        policies.into_properties(&mut role, span);
        let own = event.properties.get("PermissionsBoundary");
        if !own.is_unset() {
            set(&mut role, "PermissionsBoundary", owned(&own));
        }
        maker.make(&role_id, "AWS::IAM::Role", role, &event.from);
    } else {
        set(&mut target, "RoleArn", owned(&written));
    }
    event.copy(&mut target, &[("Input", "Input"), ("RetryPolicy", "RetryPolicy")]);
    if let Some(queue) = letters {
        set(&mut target, "DeadLetterConfig", map(vec![("Arn", queue)], span));
    }
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
    set(&mut payload, "RuleDisabled", literal("false", span));
    set(&mut payload, "Actions", list(vec![map(vec![("Lambda", action)], span)], false, span));
    let mut properties = Map::default();
    set(&mut properties, "TopicRulePayload", Value::known(Data::Map(payload), event.from.body));
    maker.make(&event.id, "AWS::IoT::TopicRule", properties, &event.from);
    let mut arn = maker.sub("arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/");
    arn.append(&maker.template.symbol(SymbolKind::Name, event.id.as_str()));
    let account = maker.template.pseudo("AWS::AccountId");
    maker.permission(
        &format!("{}Permission", event.id),
        &function.permission_target,
        "iot.amazonaws.com",
        &[("SourceArn", text(arn, span)), ("SourceAccount", text(account, span))],
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
    if maker.out.iter().any(|resource| *resource.address == *id) {
        return;
    }
    maker.permission(&id, &function.permission_target, "cognito-idp.amazonaws.com", &source, &event.from);
}

/// A route of an API, of the user's or of the one that SAM makes for all routes without one.
fn api(maker: &mut Maker, function: &Function, event: &Event, implicit: &str, key: &str, kind: &str) {
    let span = event.from.span;
    let written = event.properties.get(key);
    let api = if written.is_unset() {
        implicit_api(maker, event, implicit, kind);
        maker.template.reference(implicit)
    } else {
        match written.text().only() {
            Some(api) => (*api).clone(),
            None => return,
        }
    };
    let mut route = Map::default();
    set(&mut route, "Api", text(api.clone(), span));
    set(&mut route, "Function", text(function.target.clone(), span));
    event.copy(&mut route, &[("Path", "Path"), ("Method", "Method"), ("Auth", "Auth")]);
    maker.make(&format!("{}/Route", event.id), SAM_ROUTE, route, &event.from);
    let is_rest = kind == "AWS::ApiGateway::RestApi";
    let method = event.properties.get("Method").literals().only().cloned().unwrap_or_else(|| "any".to_owned());
    let any = method.eq_ignore_ascii_case("any") || method.eq_ignore_ascii_case(ANY_METHOD);
    let path = event.properties.get("Path").text().only().map(|path| (*path).clone());
    if path.is_none() && is_rest {
        return;
    }
    let is_default = path.as_ref().is_none_or(|path| path.as_literal() == Some("$default"));
    // The permission of the function's own `$default` route covers its other routes.
    if !is_rest && !is_default && has_default_route(function, &owned(&written)) {
        return;
    }
    let path = match path.as_ref().map(|path| (path, path.as_literal())) {
        None => Text::default(),
        Some(_) if is_default && !is_rest => Text::default(),
        Some((_, Some(literal))) => Text::literal(wildcards(literal)),
        Some((text, None)) => text.clone(),
    };
    let mut arn = maker.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:");
    arn.append(&api);
    // `/users/{id}` of GET is `GET/users/*`.
    if any && !is_rest && path.as_literal() == Some("/$default") {
        arn = arn.with("/*");
    } else {
        let method = if any { "*".to_owned() } else { method.to_ascii_uppercase() };
        arn = arn.with("/*/").with(&method);
    }
    arn.append(&path);
    // SAM names these after the stage (`FnGetPermissionProd`); the stage is `*` in the permission itself.
    let suffix = if is_rest { stage_suffix(maker, &written) } else { String::new() };
    maker.permission(
        &format!("{}Permission{suffix}", event.id),
        &function.permission_target,
        "apigateway.amazonaws.com",
        &[("SourceArn", text(arn, span))],
        &event.from,
    );
}

/// Makes the API of all routes that name none.
pub(super) fn implicit_api(maker: &mut Maker, event: &Event, id: &str, kind: &str) {
    if maker.out.iter().any(|resource| &*resource.address == id) {
        return;
    }
    let from = From { when: Guard::always(), ..event.from.clone() };
    let rest = kind == "AWS::ApiGateway::RestApi";
    let section = if rest { "Api" } else { "HttpApi" };
    let globals = maker.globals.get(section).cloned();
    // What says who may call it is inherited.
    let mut properties = Map::default();
    if let Some(Data::Map(globals)) = globals.as_ref().and_then(Value::only) {
        for entry in &globals.entries {
            if matches!(&*entry.key, "Auth" | "Domain" | "EndpointConfiguration") {
                properties.entries.push(entry.clone());
            }
        }
    }
    maker.make(id, kind, properties, &from);
    if let Some(globals) = globals {
        super::apis::authorizers(maker, id, &globals.get("Auth"), rest, &from);
    }
}

/// `ANY` in the words of a definition.
const ANY_METHOD: &str = "x-amazon-apigateway-any-method";

/// Whether the function has a `$default` route of the same API.
fn has_default_route(function: &Function, api: &Value<Data>) -> bool {
    let Some(events) = function.get("Events") else { return false };
    let (entries, _) = events.borrow().entries();
    entries.iter().any(|(_, event)| {
        let properties = event.get("Properties");
        let path = properties.get("Path").text();
        let method = properties.get("Method").literals();
        event.get("Type").literals().only().is_some_and(|kind| kind == "HttpApi")
            && (path.is_unset()
                || properties.is_unset()
                || path.only().is_some_and(|path| path.as_literal() == Some("$default")))
            && (method.is_unset()
                || method.only().is_some_and(|method| {
                    method.eq_ignore_ascii_case("any") || method.eq_ignore_ascii_case(ANY_METHOD)
                }))
            && properties.get("ApiId").text().only() == api.borrow().text().only()
    })
}

/// What SAM puts after `Permission`: the stage of the API in the same template.
fn stage_suffix(maker: &Maker, api: &Value<&Data>) -> String {
    if api.is_unset() {
        return "Prod".to_owned();
    }
    let Some(api) = api.text().only().map(|text| (*text).clone()) else { return "AllStages".to_owned() };
    let template = maker.template;
    let declared = template.declared.iter().find(|declared| {
        &*declared.kind == "AWS::Serverless::Api"
            && (template.reference(&declared.id) == api || api.as_literal() == Some(&declared.id))
    });
    let Some(declared) = declared else { return "AllStages".to_owned() };
    let document = template.document;
    let stage = document.get(declared.node, "Properties").and_then(|properties| document.get(properties, "StageName"));
    match stage.filter(|stage| super::super::parameters::intrinsic(document, *stage).is_none()) {
        Some(stage) => document.text(stage).unwrap_or("Stage").chars().filter(char::is_ascii_alphanumeric).collect(),
        None => "Stage".to_owned(),
    }
}

/// A path with `*` for each of its parameters (`{id}`, `{proxy+}`), without a slash at its end.
fn wildcards(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = match path.strip_suffix('/') {
        Some("") | None => path,
        Some(before) => before,
    };
    while let Some((before, from)) = rest.split_once('{') {
        out.push_str(before);
        let parameter = from.split_once('}').filter(|(name, _)| {
            let name = name.strip_suffix('+').unwrap_or(name);
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        });
        if let Some((_, after)) = parameter {
            out.push('*');
            rest = after;
        } else {
            out.push('{');
            rest = from;
        }
    }
    out.push_str(rest);
    out
}
