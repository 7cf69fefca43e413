//! `api-integration`: see `rules/api/api-integration.md`.

use crate::engine::{Address, Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Guard, Piece, SymbolKind, Text, Value};
use crate::wiring::arn::Arn;

/// An integration as one place declares it.
struct Integration<'a> {
    /// The method, integration or API that it is part of.
    holder: &'a Resource,
    /// Which one, in words that follow a name: empty where the holder is enough.
    route: String,
    kind: Value<String>,
    /// The HTTP method that it is called with.
    verb: Value<String>,
    uri: Value<&'a Text>,
    /// Where the integration is declared.
    span: Span,
    /// What the two properties are called here.
    verb_name: &'static str,
}

pub(super) fn check(world: &World, out: &mut Findings) {
    for resource in &world.resources {
        match &*resource.kind {
            "AWS::ApiGateway::Method" => {
                let integration = resource.get("Integration");
                let span = resource.key_span("Integration");
                let integration = Integration {
                    holder: resource,
                    route: String::new(),
                    kind: integration.get("Type").literals(),
                    verb: integration.get("IntegrationHttpMethod").literals(),
                    uri: integration.get("Uri").text(),
                    span,
                    verb_name: "IntegrationHttpMethod",
                };
                let calls = calls_lambda(world, &integration);
                verb(&integration, &calls, true, out);
                uri(world, &integration, out);
            }
            "AWS::ApiGateway::RestApi" => open_api(world, resource, out),
            "AWS::ApiGatewayV2::Integration" => second(world, resource, out),
            _ => {}
        }
    }
}

/// The integrations in an API's OpenAPI document.
fn open_api<'a>(world: &World<'a>, api: &'a Resource, out: &mut Findings) {
    // SAM puts the integrations of its events in place of these.
    if !api.get("MergeDefinitions").is_unset() {
        return;
    }
    for body in ["Body", "DefinitionBody"] {
        let body = api.get(body);
        if body.is_unset() || body.cases().is_empty() {
            continue;
        }
        let (paths, _) = body.get("paths").entries();
        for (path, methods) in paths {
            let (methods, _) = methods.entries();
            for (method, operation) in methods {
                let declared = operation.get("x-amazon-apigateway-integration");
                if declared.cases().is_empty() || declared.is_unset() {
                    continue;
                }
                let method = if method.key.starts_with("x-") { "ANY" } else { &*method.key };
                let integration = Integration {
                    holder: api,
                    route: format!(" ({} {})", method.to_ascii_uppercase(), path.key),
                    kind: declared.get("type").literals(),
                    verb: declared.get("httpMethod").literals(),
                    uri: declared.get("uri").text(),
                    span: declared.span(),
                    verb_name: "httpMethod",
                };
                let calls = calls_lambda(world, &integration);
                // What an import makes of a method that is not there is not documented.
                verb(&integration, &calls, false, out);
                uri(world, &integration, out);
            }
        }
    }
}

/// The deployments in which an integration calls a function by way of API Gateway's own URI, and where that is written.
fn calls_lambda(world: &World, integration: &Integration) -> Vec<(Span, Guard, Option<Address>)> {
    let aws = kinds(&integration.kind, &["AWS", "AWS_PROXY"]);
    let mut out = Vec::new();
    for (uri, span, when) in integration.uri.set() {
        let when = when.and(&aws);
        if when.is_possible() && !when.is_rounded() && is_path(uri) {
            let function = world.function_named(uri).and_then(|(id, _)| world.function(id));
            out.push((span, when, function.map(|function| function.address().clone())));
        }
    }
    out
}

/// `arn:aws:apigateway:REGION:lambda:path/…`.
fn is_path(uri: &Text) -> bool {
    Arn::parse(uri).is_some_and(|arn| {
        arn.service.as_literal() == Some("apigateway")
            && arn.account.as_literal() == Some("lambda")
            && arn.resource.known_prefix().starts_with("path/")
    })
}

/// Where a type is one of these; OpenAPI writes them in lower case.
fn kinds(kind: &Value<String>, wanted: &[&str]) -> Guard {
    let is = |kind: &str| wanted.iter().any(|wanted| kind.eq_ignore_ascii_case(wanted));
    kind.set().filter(|(kind, ..)| is(kind)).fold(Guard::never(), |guard, (_, _, when)| guard.or(when))
}

/// Lambda's API takes `POST` and nothing else.
fn verb(integration: &Integration, calls: &[(Span, Guard, Option<Address>)], required: bool, out: &mut Findings) {
    let name = integration.verb_name;
    for (uri, calls_when, function) in calls {
        let whom = function.as_ref().map_or_else(|| "the function".to_owned(), |name| format!("`{name}`"));
        let holder = &integration.holder.address;
        let route = &integration.route;
        let report = |span: Span, message: String, when: &Guard| {
            let mut finding = Finding::new(Grade::ERROR, span, message)
                .label(*uri, "calls a function")
                .help(format!("set `{name}: POST`; the method that clients use is another property"))
                .related(holder)
                .when(when);
            if let Some(function) = function {
                finding = finding.related(function);
            }
            finding
        };
        for (verb, span, when) in integration.verb.set() {
            let both = when.and(calls_when);
            if verb != "POST" && both.is_possible() && !both.is_rounded() {
                let message =
                    format!("`{holder}`{route} calls {whom} with `{verb}`, and Lambda takes `POST` alone: status 500");
                out.push(report(span, message, &both));
            }
        }
        let without = integration.verb.unset_when().and(calls_when);
        if required && without.is_possible() && !without.is_rounded() {
            let message = format!("`{holder}`{route} has no `{name}`, so its creation fails");
            out.push(report(integration.span, message, &without));
        }
    }
}

/// A function's own ARN, or a path that does not end in `invocations`, where API Gateway's URI has to be.
fn uri(world: &World, integration: &Integration, out: &mut Findings) {
    let aws = kinds(&integration.kind, &["AWS", "AWS_PROXY"]);
    for (uri, span, when) in integration.uri.set() {
        let when = when.and(&aws);
        if !when.is_possible() || when.is_rounded() {
            continue;
        }
        let holder = &integration.holder.address;
        let route = &integration.route;
        let own = Arn::parse(uri).is_some_and(|arn| {
            arn.service.as_literal() == Some("lambda") && arn.resource.known_prefix().starts_with("function:")
        });
        let reason = if own {
            "is the function's ARN, and API Gateway wants the path of an action there"
        } else if is_path(uri) && ends_in_arn(uri) {
            "does not end in `/invocations`"
        } else {
            continue;
        };
        let function = world.function_named(uri).and_then(|(id, _)| world.function(id));
        let arn = function.map_or("FUNCTION-ARN".to_owned(), |function| format!("${{{}.Arn}}", function.address()));
        let mut finding =
            Finding::new(Grade::ERROR, span, format!("the URI of `{holder}`{route} {reason}, so its creation fails"))
                .help(format!(
                    "use `arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/{arn}/invocations`"
                ))
                .related(holder)
                .when(&when);
        if let Some(function) = function {
            finding = finding.label(function.resource.span, "this function").related(function.address());
        }
        out.push(finding);
    }
}

/// Whether a path of Lambda certainly ends in the function's ARN (and not in `/invocations`, the older `/invoke-async` or
/// `/response-streaming-invocations`).
fn ends_in_arn(uri: &Text) -> bool {
    let Some((_, name)) = uri.around(":function:") else { return false };
    name.pieces().iter().all(|piece| match piece {
        Piece::Literal(literal) => !literal.contains('/'),
        Piece::Symbol(symbol) => matches!(symbol.kind, SymbolKind::Name),
        Piece::Any | Piece::One => false,
    })
}

/// An integration of an HTTP or WebSocket API.
fn second(world: &World, resource: &Resource, out: &mut Findings) {
    let api = resource.get("ApiId").text();
    let Some(api) = api.only().and_then(|api| world.resource_named("AWS::ApiGatewayV2::Api", api)) else { return };
    let protocol = api.get("ProtocolType").literals();
    let Some(protocol) = protocol.only().filter(|_| api.origin.is_written()) else { return };
    let uri = resource.get("IntegrationUri").text();
    let mut calls = Guard::never();
    let mut function = None;
    for (text, _, when) in uri.set() {
        let named = world.function_named(text).and_then(|(id, _)| world.function(id));
        if named.is_some() || is_path(text) {
            calls = calls.or(when);
            function = function.or(named);
        }
    }
    if !calls.is_possible() || calls.is_rounded() {
        return;
    }
    let holder = &resource.address;
    let whom = function.map_or_else(|| "a function".to_owned(), |function| format!("`{}`", function.address()));
    let report = |span: Span, when: &Guard, message: String, help: &str| {
        let mut finding = Finding::new(Grade::ERROR, span, message)
            .label(api.span, format!("this API is `{protocol}`"))
            .help(help)
            .related(holder)
            .related(&api.address)
            .when(when);
        if let Some(function) = function {
            finding = finding.related(function.address());
        }
        finding
    };
    if protocol == "WEBSOCKET" {
        for (verb, span, when) in resource.get("IntegrationMethod").literals().set() {
            let both = when.and(&calls);
            if verb != "POST" && both.is_possible() && !both.is_rounded() {
                let message = format!("`{holder}` calls {whom} with `{verb}`, and Lambda takes `POST` alone");
                out.push(report(span, &both, message, "set `IntegrationMethod: POST`"));
            }
        }
    } else {
        for (kind, span, when) in resource.get("IntegrationType").literals().set() {
            let both = when.and(&calls);
            if kind == "AWS" && both.is_possible() && !both.is_rounded() {
                let message =
                    format!("`{holder}` calls {whom} by `AWS`, which HTTP APIs do not have: its creation fails");
                out.push(report(span, &both, message, "use `IntegrationType: AWS_PROXY`"));
            }
        }
        for (version, span, when) in payload(resource).set() {
            let both = when.and(&calls);
            if !matches!(&**version, "1.0" | "2.0") && both.is_possible() && !both.is_rounded() {
                let message = format!("there is no payload format `{version}`: the creation of `{holder}` fails");
                out.push(report(span, &both, message, "use `PayloadFormatVersion: \"2.0\"`"));
            }
        }
    }
}

fn payload(resource: &Resource) -> Value<String> {
    let declared: Value<&Data> = resource.get("PayloadFormatVersion");
    declared.literals()
}
