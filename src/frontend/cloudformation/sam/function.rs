//! `AWS::Serverless::Function`.

use super::events;
use super::make::{From, Maker, list, literal, map, owned, set, text};
use super::policies::RolePolicies;
use crate::model::Resource;
use crate::source::Span;
use crate::value::{Case, Data, Entry, Guard, Map, Text, Value};
use std::sync::Arc;

/// Properties that SAM consumes; all others are those of `AWS::Lambda::Function`.
const CONSUMED: &[&str] = &[
    "AssumeRolePolicyDocument",
    "AutoPublishAlias",
    "AutoPublishAliasAllProperties",
    "AutoPublishCodeSha256",
    "CapacityProviderConfig",
    "CodeUri",
    "DeadLetterQueue",
    "DeploymentPreference",
    "EventInvokeConfig",
    "Events",
    "FunctionUrlConfig",
    "ImageUri",
    "InlineCode",
    "PermissionsBoundary",
    "Policies",
    "PropagateTags",
    "ProvisionedConcurrencyConfig",
    "Role",
    "RolePath",
    "SourceKMSKeyArn",
    "Tags",
    "Tracing",
    "VersionDeletionPolicy",
    "VersionDescription",
];

/// A function while it is lowered.
pub(super) struct Function<'f> {
    /// The resource that the user wrote, `Globals` merged in.
    pub(super) resource: &'f Resource,
    /// Its properties.
    pub(super) properties: &'f Map,
    /// What SAM makes from it is at the function.
    pub(super) from: From,
    /// What its events run: the alias where there is one, otherwise the function. By ARN.
    pub(super) target: Text,
    /// What its permissions name.
    pub(super) permission_target: Text,
    /// What its role gets.
    pub(super) policies: RolePolicies,
}

impl<'f> Function<'f> {
    /// A property that is set in some case.
    pub(super) fn get(&self, key: &str) -> Option<&'f Value<Data>> {
        self.properties.get(key).filter(|value| !value.is_unset())
    }

    fn entry(&self, key: &str) -> Option<&'f Entry> {
        self.properties.entry(key).filter(|entry| !entry.value.is_unset())
    }
}

pub(super) fn lower(maker: &mut Maker, resource: &Resource) {
    let Some(Data::Map(properties)) = resource.properties.only() else {
        // Properties that depend on a condition as a whole: too little is known to say what is missing.
        let mut lowered = resource.clone();
        lowered.kind = Arc::from("AWS::Lambda::Function");
        lowered.properties = Value::unknown(resource.properties.span());
        maker.out.push(lowered);
        return;
    };
    let from = From {
        address: resource.address.clone(),
        span: resource.span,
        body: resource.body,
        when: resource.when.clone(),
    };
    let arn = resource.names.arn.clone().unwrap_or_default();
    let mut function = Function {
        resource,
        properties,
        from,
        target: arn.clone(),
        permission_target: resource.names.name.clone(),
        policies: RolePolicies::default(),
    };
    publish(maker, &mut function, &arn);
    let mut out = passed_through(&function);
    code(&function, &mut out);
    tracing(maker, &mut function, &mut out);
    capacity_provider(&function, &mut out);
    dead_letters(&mut function, &mut out);
    function.policies.basic(maker, &function_facts(&function), resource.span);
    url(maker, &function);
    invoke_config(maker, &mut function);
    events::lower(maker, &mut function);
    role(maker, &mut function, &mut out);
    deployment(maker, &function);

    let mut lowered = resource.clone();
    lowered.kind = Arc::from("AWS::Lambda::Function");
    lowered.properties = Value::known(Data::Map(out), resource.properties.span());
    maker.out.push(lowered);
}

/// What decides on the managed policies that SAM adds by itself.
pub(super) struct Facts {
    pub(super) vpc: Option<Span>,
    pub(super) durable: bool,
}

fn function_facts(function: &Function) -> Facts {
    Facts { vpc: function.get("VpcConfig").map(Value::span), durable: function.get("DurableConfig").is_some() }
}

fn passed_through(function: &Function) -> Map {
    let mut out = Map { entries: Vec::new(), open: function.properties.open };
    for entry in &function.properties.entries {
        // Without an alias there is nothing that could take it: SAM refuses the function.
        let stays = &*entry.key == "ProvisionedConcurrencyConfig" && function.get("AutoPublishAlias").is_none();
        if stays || !CONSUMED.contains(&&*entry.key) {
            out.entries.push(entry.clone());
        }
    }
    out
}

/// `CodeUri`, `InlineCode`, `ImageUri` → `Code`. A local path stays what it is, a text: it is packed later, and where to is not known.
fn code(function: &Function, out: &mut Map) {
    let mut code = Map::default();
    if let Some(entry) = function.entry("InlineCode") {
        code.insert("ZipFile", entry.key_span, entry.value.clone());
    }
    if let Some(entry) = function.entry("ImageUri") {
        code.insert("ImageUri", entry.key_span, entry.value.clone());
    }
    let uri = function.entry("CodeUri");
    if let (Some(uri), []) = (uri, code.entries.as_slice())
        && function.entry("SourceKMSKeyArn").is_none()
        && uri.value.set().all(|(data, _, _)| matches!(data, Data::Text(_)))
    {
        out.insert("Code", uri.key_span, uri.value.clone());
        return;
    }
    if let Some(entry) = function.entry("SourceKMSKeyArn") {
        code.insert("SourceKMSKeyArn", entry.key_span, entry.value.clone());
    }
    if let Some(entry) = uri {
        match entry.value.only() {
            Some(Data::Map(place)) => {
                for (theirs, ours) in [("Bucket", "S3Bucket"), ("Key", "S3Key"), ("Version", "S3ObjectVersion")] {
                    if let Some(found) = place.entry(theirs) {
                        code.insert(ours, found.key_span, found.value.clone());
                    }
                }
            }
            _ => code.open = true,
        }
    } else if code.get("ZipFile").is_none() && code.get("ImageUri").is_none() {
        code.open = true;
    }
    let span = uri.map_or(function.resource.span, |entry| entry.value.span());
    out.insert("Code", uri.map_or(function.resource.span, |entry| entry.key_span), Value::known(Data::Map(code), span));
}

/// `Tracing` → `TracingConfig.Mode`, and the policy that tracing needs.
fn tracing(maker: &Maker, function: &mut Function, out: &mut Map) {
    let Some(entry) = function.entry("Tracing") else { return };
    let disabled = entry.value.borrow().literals().every(|mode| mode.is_some_and(|mode| mode == "Disabled"));
    if disabled {
        return;
    }
    let span = entry.value.span();
    let mut config = Map::default();
    config.insert("Mode", entry.key_span, entry.value.clone());
    out.insert("TracingConfig", entry.key_span, Value::known(Data::Map(config), span));
    function.policies.managed(maker, "AWSXrayWriteOnlyAccess", span, &Guard::always());
}

/// `CapacityProviderConfig`: Lambda has the same one level deeper.
fn capacity_provider(function: &Function, out: &mut Map) {
    let Some(entry) = function.entry("CapacityProviderConfig") else { return };
    let mut inner = Map::default();
    let (entries, closed) = entry.value.borrow().entries();
    inner.open = !closed;
    for (field, _) in entries {
        let key = if &*field.key == "Arn" { "CapacityProviderArn" } else { &*field.key };
        inner.insert(key, field.key_span, field.value.clone());
    }
    let span = entry.value.span();
    let config =
        map(vec![("LambdaManagedInstancesCapacityProviderConfig", Value::known(Data::Map(inner), span))], span);
    out.insert("CapacityProviderConfig", entry.key_span, config);
}

/// `DeadLetterQueue` → `DeadLetterConfig`, and the right to send there.
fn dead_letters(function: &mut Function, out: &mut Map) {
    let Some(entry) = function.entry("DeadLetterQueue") else { return };
    let queue = entry.value.borrow();
    let span = entry.value.span();
    let target = owned(&queue.get("TargetArn"));
    let mut config = Map::default();
    set(&mut config, "TargetArn", target.clone());
    out.insert("DeadLetterConfig", entry.key_span, Value::known(Data::Map(config), span));
    let kind = queue.get("Type").literals().only().cloned().unwrap_or_default();
    let action = match kind.as_str() {
        "SQS" => "sqs:SendMessage",
        "SNS" => "sns:Publish",
        _ => return function.policies.open = true,
    };
    function.policies.statement("DeadLetterQueuePolicy", vec![literal(action, span)], target, span);
}

/// `AutoPublishAlias` → a version and an alias, which events and permissions then name.
fn publish(maker: &mut Maker, function: &mut Function, arn: &Text) {
    let Some(alias) = function.get("AutoPublishAlias") else { return };
    let span = alias.span();
    let id = &function.resource.address;
    let name = alias.borrow().text().only().map(|text| (*text).clone());
    let mut version = Map::default();
    set(&mut version, "FunctionName", text(function.resource.names.name.clone(), span));
    maker.make(&format!("{id}Version"), "AWS::Lambda::Version", version, &function.from);
    let Some(name) = name else { return };
    let mut properties = Map::default();
    set(&mut properties, "FunctionName", text(function.resource.names.name.clone(), span));
    set(&mut properties, "Name", text(name.clone(), span));
    set(&mut properties, "FunctionVersion", text(maker.sub(&format!("${{{id}.Version}}")), span));
    if let Some(config) = function.get("ProvisionedConcurrencyConfig") {
        set(&mut properties, "ProvisionedConcurrencyConfig", config.clone());
    }
    let address = alias_id(id, name.as_literal().unwrap_or_default());
    maker.make(&address, "AWS::Lambda::Alias", properties, &function.from);
    let mut target = arn.clone().with(":");
    target.append(&name);
    function.target = target.clone();
    function.permission_target = target;
}

/// The logical id of a function's alias, without the characters that a logical id cannot have.
pub(super) fn alias_id(function: &str, alias: &str) -> String {
    format!("{function}Alias{}", alias.replace('-', "D").replace('_', "U"))
}

/// `FunctionUrlConfig` → the URL and, where anybody may call it, both permissions that this takes.
fn url(maker: &mut Maker, function: &Function) {
    let Some(entry) = function.entry("FunctionUrlConfig") else { return };
    let config = entry.value.borrow();
    let span = entry.key_span;
    let id = &function.resource.address;
    let mut properties = Map::default();
    set(&mut properties, "TargetFunctionArn", text(function.permission_target.clone(), span));
    let (entries, _) = config.entries();
    for (inner, _) in entries {
        properties.insert(inner.key.clone(), inner.key_span, inner.value.clone());
    }
    let from = From { span, body: entry.value.span(), ..function.from.clone() };
    maker.make(&format!("{id}Url"), "AWS::Lambda::Url", properties, &from);
    // SAM makes them for a literal `NONE` alone.
    let auth = config.get("AuthType");
    if auth.text().only().is_none_or(|auth| auth.as_literal() != Some("NONE")) {
        return;
    }
    let at = auth.span();
    for (suffix, action, key, value) in [
        ("UrlPublicPermissions", "lambda:InvokeFunctionUrl", "FunctionUrlAuthType", "NONE"),
        ("URLInvokeAllowPublicAccess", "lambda:InvokeFunction", "InvokedViaFunctionUrl", "true"),
    ] {
        let mut properties = Map::default();
        set(&mut properties, "FunctionName", text(function.permission_target.clone(), at));
        set(&mut properties, "Action", literal(action, at));
        set(&mut properties, "Principal", literal("*", at));
        set(&mut properties, key, literal(value, at));
        maker.make(&format!("{id}{suffix}"), "AWS::Lambda::Permission", properties, &from);
    }
}

/// `EventInvokeConfig`: the destinations, and the rights to send there.
fn invoke_config(maker: &mut Maker, function: &mut Function) {
    let Some(entry) = function.entry("EventInvokeConfig") else { return };
    let config = entry.value.borrow();
    let id = function.resource.address.clone();
    let span = entry.key_span;
    let mut properties = Map::default();
    set(&mut properties, "FunctionName", text(function.resource.names.name.clone(), span));
    let qualifier = function.get("AutoPublishAlias").cloned().unwrap_or_else(|| literal("$LATEST", span));
    set(&mut properties, "Qualifier", qualifier);
    for key in ["MaximumEventAgeInSeconds", "MaximumRetryAttempts"] {
        let value = config.get(key);
        if !value.is_unset() {
            set(&mut properties, key, owned(&value));
        }
    }
    let mut destinations = Map::default();
    for side in ["OnSuccess", "OnFailure"] {
        let value = config.get("DestinationConfig").get(side);
        if value.is_unset() {
            continue;
        }
        let at = value.span();
        let kind = value.get("Type").literals().only().cloned();
        let written = value.get("Destination");
        let made_id = format!("{id}EventInvokeConfig{side}");
        let from = From { span: at, body: at, ..function.from.clone() };
        // Without a destination SAM makes a queue or a topic.
        let mut target = owned(&written);
        if !written.every(|value| value.is_some()) {
            let unset = if written.is_unset() { Guard::always() } else { written.unset_when() };
            let (suffix, resource_kind, form) = match kind.as_deref() {
                Some("SQS") => {
                    ("Queue", "AWS::SQS::Queue", "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:")
                }
                Some("SNS") => {
                    ("Topic", "AWS::SNS::Topic", "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:")
                }
                _ => ("", "", ""),
            };
            if !suffix.is_empty() {
                let from = From { when: from.when.and(&unset), ..from.clone() };
                maker.make(&format!("{made_id}{suffix}"), resource_kind, Map::default(), &from);
                let mut arn = maker.sub(form);
                arn.append(&maker.template.symbol(crate::value::SymbolKind::Name, format!("{made_id}{suffix}")));
                let mut cases: Vec<Case<Data>> =
                    target.into_cases().into_iter().filter(|case| case.value.is_some()).collect();
                cases.push(Case { value: Some(Data::Text(arn)), span: at, when: unset });
                target = Value::from_cases(cases, true, at);
            }
        }
        let actions: Option<(&str, &str)> = match kind.as_deref() {
            Some("SQS") => Some(("SQSPolicy", "sqs:SendMessage")),
            Some("SNS") => Some(("SNSPolicy", "sns:publish")),
            Some("EventBridge") => Some(("EventBridgePolicy", "events:PutEvents")),
            Some("Lambda") => Some(("LambdaPolicy", "lambda:InvokeFunction")),
            Some("S3Bucket") => None,
            // Without a type SAM gives no right.
            None if value.get("Type").is_unset() => None,
            _ => {
                function.policies.open = true;
                None
            }
        };
        if let Some((name, action)) = actions {
            function.policies.statement(&format!("{made_id}{name}"), vec![literal(action, at)], target.clone(), at);
        }
        if kind.as_deref() == Some("S3Bucket") {
            let objects = target.filter_map(|data| data.text().map(|text| Data::Text(text.clone().with("/*"))));
            let name = format!("{made_id}S3Policy");
            function.policies.statement(&name, vec![literal("s3:PutObject", at)], objects, at);
            function.policies.statement(&name, vec![literal("s3:ListBucket", at)], target.clone(), at);
        }
        destinations.insert(side, at, map(vec![("Destination", target)], at));
    }
    if !destinations.entries.is_empty() {
        let at = config.get("DestinationConfig").span();
        properties.insert("DestinationConfig", at, Value::known(Data::Map(destinations), at));
    }
    let from = From { span, body: entry.value.span(), ..function.from.clone() };
    maker.make(&format!("{id}EventInvokeConfig"), "AWS::Lambda::EventInvokeConfig", properties, &from);
}

/// `Role`, or the role that SAM makes where it is not set.
fn role(maker: &mut Maker, function: &mut Function, out: &mut Map) {
    let id = format!("{}Role", function.resource.address);
    let span = function.resource.span;
    let generated = maker.template.attribute(&id, "Arn");
    let written = function.properties.entry("Role");
    let value = written.map(|entry| (*entry.value).clone());
    let (needed, role) = match value {
        None => (Guard::always(), text(generated, span)),
        Some(value) => {
            let needed = value.unset_when();
            let exhaustive = value.is_exhaustive();
            let at = value.span();
            let cases = value
                .into_cases()
                .into_iter()
                .map(|case| match case.value {
                    Some(_) => case,
                    None => Case { value: Some(Data::Text(generated.clone())), span: case.span, when: case.when },
                })
                .collect();
            (needed, Value::from_cases(cases, exhaustive, at))
        }
    };
    out.insert("Role", written.map_or(span, |entry| entry.key_span), role);
    if !needed.is_possible() {
        return;
    }
    let mut properties = Map::default();
    let trust = match function.get("AssumeRolePolicyDocument") {
        Some(document) => document.clone(),
        None => trust("lambda.amazonaws.com", span),
    };
    set(&mut properties, "AssumeRolePolicyDocument", trust);
    let policies = function.properties.entry("Policies");
    if let Some(entry) = policies {
        function.policies.written(maker, &id, &entry.value);
    }
    std::mem::take(&mut function.policies).into_properties(&mut properties, span);
    for (theirs, ours) in [("PermissionsBoundary", "PermissionsBoundary"), ("RolePath", "Path")] {
        if let Some(entry) = function.entry(theirs) {
            properties.insert(ours, entry.key_span, entry.value.clone());
        }
    }
    let from = From {
        span: policies.map_or(span, |entry| entry.key_span),
        body: policies.map_or(function.resource.body, |entry| entry.key_span.to(entry.value.span())),
        when: function.from.when.and(&needed),
        ..function.from.clone()
    };
    maker.make(&id, "AWS::IAM::Role", properties, &from);
}

/// A trust policy for a service.
pub(super) fn trust(service: &str, span: Span) -> Value<Data> {
    let statement = map(
        vec![
            ("Effect", literal("Allow", span)),
            ("Principal", map(vec![("Service", list(vec![literal(service, span)], false, span))], span)),
            ("Action", list(vec![literal("sts:AssumeRole", span)], false, span)),
        ],
        span,
    );
    map(vec![("Version", literal("2012-10-17", span)), ("Statement", list(vec![statement], false, span))], span)
}

/// `DeploymentPreference`: CodeDeploy needs a role, one for all functions.
fn deployment(maker: &mut Maker, function: &Function) {
    let Some(entry) = function.entry("DeploymentPreference") else { return };
    let preference = entry.value.borrow();
    let off = preference.get("Enabled").booleans().every(|value| value == Some(&false));
    if off || !preference.get("Role").is_unset() {
        return;
    }
    let conditional = preference.get("PassthroughCondition").booleans().every(|value| value == Some(&true));
    let when = if conditional { function.from.when.clone() } else { Guard::always() };
    let body = entry.key_span.to(entry.value.span());
    maker.deployed.push(From { span: entry.key_span, body, when, ..function.from.clone() });
}

/// The role of CodeDeploy, where a function needs it.
pub(super) fn deployment_role(maker: &mut Maker) {
    let mut deployed = std::mem::take(&mut maker.deployed).into_iter();
    let Some(mut from) = deployed.next() else { return };
    for other in deployed {
        from.when = from.when.or(&other.when);
    }
    let mut policies = RolePolicies::default();
    policies.managed_at(maker, "service-role/AWSCodeDeployRoleForLambda", from.span);
    let mut properties = Map::default();
    set(&mut properties, "AssumeRolePolicyDocument", trust("codedeploy.amazonaws.com", from.span));
    policies.into_properties(&mut properties, from.span);
    maker.make("CodeDeployServiceRole", "AWS::IAM::Role", properties, &from);
}
