//! `api-route-open`: see `rules/api/api-route-open.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, SAM_ROUTE, World};
use crate::source::{SourceId, Span};
use crate::value::{Data, Guard, Text, Value};
use crate::wiring::arn::Arn;
use rustc_hash::FxHashMap;

/// How many open routes a finding points at.
const MAX_LABELS: usize = 5;

/// A route that anybody may call.
struct Open<'a> {
    /// `GET /images`.
    name: String,
    span: Span,
    /// The function that it runs, where the world has it.
    function: Option<&'a Resource>,
    when: Guard,
}

/// That a route runs a function: which, where the world has it.
struct Runs<'a>(Option<&'a Resource>);

/// The open routes of each API, by its place among the resources.
type Routes<'a> = FxHashMap<(SourceId, &'a str), Vec<Open<'a>>>;

pub(super) fn check(world: &World, out: &mut Findings) {
    if world.open {
        return;
    }
    // A client that shows a certificate has said who it is.
    let mutual = ["AWS::ApiGateway::DomainName", "AWS::ApiGatewayV2::DomainName"];
    if mutual.iter().any(|kind| world.of_kind(kind).any(|domain| !domain.get("MutualTlsAuthentication").is_unset())) {
        return;
    }
    let mut routes = Routes::default();
    for resource in &world.resources {
        match &*resource.kind {
            "AWS::ApiGateway::Method" => method(world, resource, &mut routes),
            "AWS::ApiGatewayV2::Route" => route(world, resource, &mut routes),
            "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" => {
                document(world, resource, &mut routes);
                web_socket(world, resource, &mut routes);
            }
            SAM_ROUTE => event(world, resource, &mut routes),
            _ => {}
        }
    }
    for api in &world.resources {
        if let Some(open) = routes.get(&(api.source, &*api.address))
            && !limited(api)
        {
            report(api, open, out);
        }
    }
}

/// Whether an API as a whole is, or may be, for some only.
fn limited(api: &Resource) -> bool {
    let document = |property: &str| {
        let body = api.get(property);
        !body.is_unset() && !body.get("x-amazon-apigateway-policy").is_unset()
    };
    let set = |property: &str| !api.get(property).is_unset();
    let endpoint = api.get("EndpointConfiguration");
    let private = !endpoint.is_unset() && {
        let (kinds, closed) = match endpoint.text().only() {
            Some(_) => (vec![endpoint.clone()], true),
            None if endpoint.get("Types").is_unset() => (vec![endpoint.get("Type")], true),
            None => endpoint.get("Types").items(true),
        };
        let public = |kind: &Value<&Data>| kind.literals().every(|kind| kind.is_none_or(|kind| kind != "PRIVATE"));
        !closed || !kinds.iter().all(public)
    };
    private
        || set("Policy")
        || (set("Auth") && !api.get("Auth.ResourcePolicy").is_unset())
        || (set("Domain") && !api.get("Domain.MutualTlsAuthentication").is_unset())
        || document("Body")
        || document("DefinitionBody")
}

fn report(api: &Resource, open: &[Open], out: &mut Findings) {
    let when = open.iter().fold(Guard::never(), |guard, route| guard.or(&route.when)).and(&api.when);
    let Some(first) = open.first().filter(|_| when.is_possible() && !when.is_rounded()) else { return };
    let others = match open.len() {
        1 => String::new(),
        2 => " and another route".to_owned(),
        count => format!(" and {} more routes", count - 1),
    };
    let runs = first.function.map_or_else(|| "a function".to_owned(), |function| format!("`{}`", function.address));
    let message = format!(
        "everybody may call `{}`{others} of `{}`: no authorization, and it runs {runs}",
        first.name, api.address
    );
    let mut finding = Finding::new(Grade::NOTE, api.span, message)
        .help("ask for authorization where not everybody is meant, and say so with a suppression where everybody is")
        .related(&api.address)
        .when(&when);
    for route in open.iter().take(MAX_LABELS) {
        finding = finding.label(route.span, format!("`{}` asks for nothing", route.name));
    }
    for function in open.iter().filter_map(|route| route.function) {
        finding = finding.related(&function.address);
    }
    out.push(finding);
}

/// The function that a URI runs; `None` where it runs none, as far as can be seen.
fn runs<'a>(world: &World<'a>, uri: &Value<&Data>) -> Option<Runs<'a>> {
    let text = uri.text();
    let text = text.only()?;
    let named = world.function_named(text).and_then(|(id, _)| world.function(id)).map(|function| function.resource);
    let path = Arn::parse(text).is_some_and(|arn| {
        arn.service.as_literal() == Some("apigateway") && arn.account.as_literal() == Some("lambda")
    });
    (named.is_some() || path).then_some(Runs(named))
}

/// Where a switch certainly is off.
fn off(value: &Value<&Data>) -> Guard {
    let literals = value.booleans();
    let no = literals.set().filter(|(value, ..)| !**value);
    no.fold(literals.unset_when(), |guard, (_, _, when)| guard.or(when))
}

/// Where a kind of authorization certainly is none.
fn none(value: &Value<&Data>) -> Guard {
    let literals = value.literals();
    let no = literals.set().filter(|(value, ..)| *value == "NONE");
    no.fold(literals.unset_when(), |guard, (_, _, when)| guard.or(when))
}

fn add<'a>(routes: &mut Routes<'a>, api: &'a Resource, route: Open<'a>) {
    if route.when.is_possible() && !route.when.is_rounded() {
        routes.entry((api.source, &*api.address)).or_default().push(route);
    }
}

fn api_of<'a>(world: &World<'a>, name: &Value<&Text>) -> Option<&'a Resource> {
    let name = name.only()?;
    let rest = world.resource_named("AWS::ApiGateway::RestApi", name);
    rest.or_else(|| world.resource_named("AWS::ApiGatewayV2::Api", name))
}

fn method<'a>(world: &World<'a>, method: &'a Resource, routes: &mut Routes<'a>) {
    let Some(Runs(function)) = runs(world, &method.get("Integration.Uri")) else { return };
    let Some(api) = api_of(world, &method.get("RestApiId").text()) else { return };
    let verb = method.get("HttpMethod").literals().only().cloned().unwrap_or_else(|| "ANY".to_owned());
    if verb == "OPTIONS" {
        return;
    }
    let kind = method.get("AuthorizationType");
    // An authorizer that is not used is `api-authorizer`'s.
    let when = none(&kind).and(&off(&method.get("ApiKeyRequired"))).and(&method.get("AuthorizerId").unset_when());
    let path = path(world, method).unwrap_or_else(|| method.address.to_string());
    add(routes, api, Open { name: format!("{verb} {path}"), span: method.span, function, when });
}

/// A method's path in words.
fn path(world: &World, method: &Resource) -> Option<String> {
    let trigger = world.application.triggers.iter().find(|trigger| std::ptr::eq(trigger.holder, method))?;
    trigger.route.split_once(' ').map(|(_, path)| path.to_owned())
}

fn route<'a>(world: &World<'a>, route: &'a Resource, routes: &mut Routes<'a>) {
    let Some(api) = api_of(world, &route.get("ApiId").text()) else { return };
    let key = route.get("RouteKey").literals().only().cloned();
    let Some(key) = key.filter(|key| !key.starts_with("OPTIONS ")) else { return };
    // On a WebSocket API only the first call can be authorized.
    if api.get("ProtocolType").literals().only().is_none_or(|kind| kind != "HTTP") && key != "$connect" {
        return;
    }
    let target = route.get("Target").text();
    let integration = target.only().and_then(|target| target.strip_prefix(&Text::literal("integrations/")));
    let integration = integration.and_then(|name| world.resource_named("AWS::ApiGatewayV2::Integration", &name));
    let Some(Runs(function)) = integration.and_then(|integration| runs(world, &integration.get("IntegrationUri")))
    else {
        return;
    };
    let when = none(&route.get("AuthorizationType")).and(&off(&route.get("ApiKeyRequired")));
    let when = when.and(&route.get("AuthorizerId").unset_when());
    add(routes, api, Open { name: key, span: route.span, function, when });
}

/// The first call of an `AWS::Serverless::WebSocketApi`, which has its routes as a property.
fn web_socket<'a>(world: &World<'a>, api: &'a Resource, routes: &mut Routes<'a>) {
    let given = api.get("Routes");
    if given.is_unset() || api.is("AWS::ApiGateway::RestApi") {
        return;
    }
    let auth = api.get("Auth");
    let open = if auth.is_unset() { Guard::always() } else { none(&auth.get("AuthType")) };
    for (entry, route) in given.entries().0.into_iter().filter(|(entry, _)| &*entry.key == "$connect") {
        let function = route.get("FunctionArn").text().only().and_then(|arn| world.function_named(arn));
        let function = function.and_then(|(id, _)| world.function(id)).map(|function| function.resource);
        let when = open.and(&off(&route.get("ApiKeyRequired")));
        add(routes, api, Open { name: entry.key.to_string(), span: entry.key_span, function, when });
    }
}

/// The operations of an API's OpenAPI document.
fn document<'a>(world: &World<'a>, api: &'a Resource, routes: &mut Routes<'a>) {
    // SAM puts the integrations and authorizers of its events in.
    if !api.get("MergeDefinitions").is_unset() {
        return;
    }
    let auth = api.get("Auth");
    let default = if auth.is_unset() {
        Guard::always()
    } else {
        none(&auth.get("DefaultAuthorizer")).and(&off(&auth.get("ApiKeyRequired")))
    };
    for body in ["Body", "DefinitionBody"] {
        let body = api.get(body);
        if body.is_unset() || body.cases().is_empty() {
            continue;
        }
        let everywhere = default.and(&unsecured(&body.get("security")));
        let (paths, _) = body.get("paths").entries();
        for (path, methods) in paths {
            let (methods, _) = methods.entries();
            for (method, operation) in methods {
                let integration = operation.get("x-amazon-apigateway-integration");
                if &*method.key == "options" || integration.cases().is_empty() || integration.is_unset() {
                    continue;
                }
                let Some(Runs(function)) = runs(world, &integration.get("uri")) else { continue };
                let own = operation.get("security");
                let by_itself = operation.get("x-amazon-apigateway-auth").unset_when();
                let when = if own.is_unset() { everywhere.clone() } else { unsecured(&own) }.and(&by_itself);
                let verb = if method.key.starts_with("x-") { "ANY" } else { &*method.key };
                let name = format!("{} {}", verb.to_ascii_uppercase(), path.key);
                add(routes, api, Open { name, span: method.key_span, function, when });
            }
        }
    }
}

/// Where a list of schemes certainly is missing or empty.
fn unsecured(security: &Value<&Data>) -> Guard {
    let empty = security.set().filter(|(data, ..)| data.list().is_some_and(|list| !list.open && list.items.is_empty()));
    empty.fold(security.unset_when(), |guard, (_, _, when)| guard.or(when))
}

/// A route that SAM makes of an event.
fn event<'a>(world: &World<'a>, event: &'a Resource, routes: &mut Routes<'a>) {
    let Some(api) = api_of(world, &event.get("Api").text()) else { return };
    // A definition of the user's own has the authorizers itself, also where the events are merged into it.
    if ["DefinitionBody", "DefinitionUri"].iter().any(|property| !api.get(property).is_unset()) {
        return;
    }
    let verb = event.get("Method").literals().only().map_or_else(|| "ANY".to_owned(), |verb| verb.to_ascii_uppercase());
    if verb == "OPTIONS" {
        return;
    }
    let path = event.get("Path").literals().only().cloned().unwrap_or_else(|| "$default".to_owned());
    let (own, all) = (event.get("Auth"), api.get("Auth"));
    let of = |auth: &Value<&'a Data>, property: &str| {
        if auth.is_unset() { Value::unset(auth.span()) } else { auth.get(property) }
    };
    let authorizer = of(&own, "Authorizer");
    let explicit = authorizer.literals();
    let explicit =
        explicit.set().filter(|(name, ..)| *name == "NONE").fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
    let inherited = authorizer.unset_when().and(&of(&all, "DefaultAuthorizer").unset_when());
    let when = explicit
        .or(&inherited)
        .and(&off(&of(&own, "ApiKeyRequired")))
        .and(&of(&own, "ResourcePolicy").unset_when())
        .and(&off(&of(&all, "ApiKeyRequired")))
        .and(&event.when);
    let function = event.get("Function").text();
    let function = function.only().and_then(|name| world.function_named(name)).and_then(|(id, _)| world.function(id));
    let function = function.map(|function| function.resource);
    add(routes, api, Open { name: format!("{verb} {path}"), span: event.span, function, when });
}
