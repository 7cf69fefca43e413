//! What API Gateway runs: methods, routes and authorizers, and the ARN that each calls with.
//!
//! `arn:…:execute-api:region:account:API/stage/METHOD/path` for a method or route, `…:API/authorizers/ID` for an
//! authorizer. Source: "Control access to a REST API with IAM permissions" and "Lambda resource-based policies",
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html>.

use super::{Push, is, own_arn, push, whole};
use crate::model::world::World;
use crate::model::{Resource, Trigger, TriggerKind};
use crate::source::SourceId;
use crate::value::{Data, Guard, Piece, Symbol, SymbolKind, Text, Value};
use rustc_hash::FxHashMap;

/// A path has at most so many parts here; deeper ones count as any path.
const MAX_PARTS: usize = 32;

/// One call that an API makes: from a method, a route or an authorizer.
struct Call<'a> {
    holder: &'a Resource,
    /// The type of the API's resource.
    api_kind: &'static str,
    api: Option<Text>,
    target: Value<&'a Data>,
    role: Value<&'a Data>,
    /// What stands after the API's id and a slash.
    place: Text,
    /// The same in words.
    route: String,
    /// The deployments in which the place exists.
    when: Guard,
    /// The part of the configuration that declares it.
    declaration: Value<&'a Data>,
}

fn add<'a>(world: &World<'a>, call: Call<'a>, out: &mut Vec<Trigger<'a>>) {
    let api = call.api.as_ref();
    let source_arn = api.map(|api| {
        let mut arn = own_arn("execute-api");
        arn.append(api);
        arn = arn.with("/");
        arn.append(&call.place);
        arn
    });
    push(
        world,
        Push {
            source_arn,
            source: api.and_then(|api| world.resource_named(call.api_kind, api)),
            without_role: call.role.unset_when(),
            route: call.route,
            when: call.when,
            ..Push::new(TriggerKind::ApiGateway, call.holder, &call.declaration, call.target)
        },
        out,
    );
}

/// The text that a value certainly is.
fn only(value: Value<&Data>) -> Option<Text> {
    value.text().only().map(|text| (*text).clone())
}

fn anything() -> Text {
    Text::from_pieces([Piece::Any])
}

/// `authorizers/ID`; the id has no slash in it.
fn authorizer_place(holder: &Resource) -> Text {
    let reference = &holder.names.reference;
    let mut place = Text::literal("authorizers/");
    match reference.as_symbol().map(|symbol| &symbol.kind) {
        Some(SymbolKind::Name) => place.append(reference),
        _ => place.append(&Text::symbol(Symbol {
            kind: SymbolKind::Name,
            name: (*holder.address).into(),
            scope: holder.source,
        })),
    }
    place
}

/// `AWS::ApiGateway::Method`.
pub(super) fn rest_method<'a>(world: &World<'a>, method: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let path = path(world, method);
    let verb = method.get("HttpMethod").text().only().and_then(|verb| verb.as_literal()).unwrap_or("ANY");
    let place = method_place(method, verb, path.as_ref());
    let route = path.map_or_else(|| verb.to_owned(), |path| format!("{verb} /{path}"));
    let call = Call {
        holder: method,
        api_kind: "AWS::ApiGateway::RestApi",
        api: only(method.get("RestApiId")),
        target: method.get("Integration.Uri"),
        role: method.get("Integration.Credentials"),
        place,
        route,
        when: Guard::always(),
        declaration: whole(method),
    };
    add(world, call, out);
}

/// `stage/METHOD/path`.
fn method_place(holder: &Resource, verb: &str, path: Option<&Text>) -> Text {
    let mut place = stage(holder).with("/");
    if verb == "ANY" {
        place.append(&anything());
    } else {
        place = place.with(verb);
    }
    // A permission for the root is written with and without a slash at its end.
    match path.filter(|path| !path.is_empty()) {
        Some(path) => {
            place = place.with("/");
            place.append(path);
        }
        None => place.append(&anything()),
    }
    place
}

/// A path as it is written (`/images/{id}`) without its first slash, `*` for the parts in braces.
fn literal_path(path: &str) -> Text {
    let mut out = Text::default();
    for (index, part) in path.trim_start_matches('/').split('/').enumerate() {
        if index > 0 {
            out = out.with("/");
        }
        if part.starts_with('{') { out.append(&anything()) } else { out = out.with(part) }
    }
    out
}

/// Any stage of the holder's API.
fn stage(holder: &Resource) -> Text {
    Text::symbol(Symbol { kind: SymbolKind::Other, name: "stage".into(), scope: holder.source })
}

/// The path of a method without its first slash, `*` for a part in braces; `None` where it is not known.
fn path(world: &World, method: &Resource) -> Option<Text> {
    let mut parts: Vec<Text> = Vec::new();
    let mut at = method.get("ResourceId").text().only().map(|text| (*text).clone())?;
    loop {
        let symbol = at.as_symbol()?.clone();
        if symbol.name.ends_with(".RootResourceId") {
            break;
        }
        let resource = world.resource(method, &symbol.name).filter(|found| found.is("AWS::ApiGateway::Resource"))?;
        let part = resource.get("PathPart").text().only().map(|text| (*text).clone())?;
        parts.push(if part.known_prefix().starts_with('{') { anything() } else { part });
        if parts.len() > MAX_PARTS {
            return None;
        }
        at = resource.get("ParentId").text().only().map(|text| (*text).clone())?;
    }
    let mut path = Text::default();
    for (index, part) in parts.iter().rev().enumerate() {
        if index > 0 {
            path = path.with("/");
        }
        path.append(part);
    }
    Some(path)
}

/// `AWS::ApiGateway::Authorizer`.
pub(super) fn rest_authorizer<'a>(world: &World<'a>, authorizer: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let call = Call {
        holder: authorizer,
        api_kind: "AWS::ApiGateway::RestApi",
        api: only(authorizer.get("RestApiId")),
        target: authorizer.get("AuthorizerUri"),
        role: authorizer.get("AuthorizerCredentials"),
        place: authorizer_place(authorizer),
        route: Trigger::AUTHORIZER.to_owned(),
        when: Guard::always(),
        declaration: whole(authorizer),
    };
    add(world, call, out);
}

/// `AWS::ApiGatewayV2::Authorizer`.
pub(super) fn http_authorizer<'a>(world: &World<'a>, authorizer: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let call = Call {
        holder: authorizer,
        api_kind: "AWS::ApiGatewayV2::Api",
        api: only(authorizer.get("ApiId")),
        target: authorizer.get("AuthorizerUri"),
        role: authorizer.get("AuthorizerCredentialsArn"),
        place: authorizer_place(authorizer),
        route: Trigger::AUTHORIZER.to_owned(),
        when: Guard::always(),
        declaration: whole(authorizer),
    };
    add(world, call, out);
}

/// The routes of HTTP and WebSocket APIs by the integration that they use.
#[derive(Default)]
pub(super) struct Routes<'a>(FxHashMap<(SourceId, Box<str>), Vec<&'a Resource>>);

impl<'a> Routes<'a> {
    pub(super) fn of(world: &World<'a>) -> Self {
        let mut routes = Self::default();
        for route in world.of_kind("AWS::ApiGatewayV2::Route") {
            for (target, ..) in route.get("Target").text().set() {
                let integration = target.strip_prefix(&Text::literal("integrations/"));
                if let Some(symbol) = integration.as_ref().and_then(Text::as_symbol) {
                    routes.0.entry((route.source, symbol.name.clone())).or_default().push(route);
                }
            }
        }
        routes
    }

    fn with(&self, integration: &Resource) -> &[&'a Resource] {
        self.0.get(&(integration.source, Box::from(&*integration.address))).map_or(&[], Vec::as_slice)
    }
}

/// `AWS::ApiGatewayV2::Integration`, for each route that uses it.
pub(super) fn http_integration<'a>(
    world: &World<'a>,
    integration: &'a Resource,
    routes: &Routes<'a>,
    out: &mut Vec<Trigger<'a>>,
) {
    let call = |place: Text, route: String, when: Guard| Call {
        holder: integration,
        api_kind: "AWS::ApiGatewayV2::Api",
        api: only(integration.get("ApiId")),
        target: integration.get("IntegrationUri"),
        role: integration.get("CredentialsArn"),
        place,
        route,
        when,
        declaration: whole(integration),
    };
    let routes = routes.with(integration);
    if routes.is_empty() {
        add(world, call(anything(), String::new(), Guard::always()), out);
    }
    for route in routes {
        let key = route.get("RouteKey").text().only().and_then(|key| key.as_literal().map(str::to_owned));
        let (place, words) = match key {
            None => (anything(), String::new()),
            Some(key) => match key.split_once(' ') {
                Some((verb, path)) => (method_place(integration, verb, Some(&literal_path(path))), key),
                // `$default`, and the keys of WebSocket APIs.
                None => (stage(integration).with("/").with(&key), key),
            },
        };
        add(world, call(place, words, route.when.clone()), out);
    }
}

/// The integrations and authorizers in an API's OpenAPI document: CloudFormation's `Body`, SAM's `DefinitionBody`.
pub(super) fn open_api<'a>(world: &World<'a>, api: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    for body in ["Body", "DefinitionBody"] {
        document(world, api, &api.get(body), out);
    }
    sam_authorizers(world, api, out);
}

/// The authorizers that SAM puts into an API's document.
fn sam_authorizers<'a>(world: &World<'a>, api: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    for (_, authorizer) in api.get("Auth.Authorizers").entries().0 {
        let role = authorizer.get("FunctionInvokeRole");
        let mut place = Text::literal("authorizers/");
        place.append(&anything());
        let call = Call {
            holder: api,
            api_kind: if api.is("AWS::ApiGateway::RestApi") {
                "AWS::ApiGateway::RestApi"
            } else {
                "AWS::ApiGatewayV2::Api"
            },
            api: Some(api.names.reference.clone()),
            target: authorizer.get("FunctionArn"),
            role,
            place,
            route: Trigger::AUTHORIZER.to_owned(),
            when: Guard::always(),
            declaration: authorizer,
        };
        add(world, call, out);
    }
}

/// Where SAM lets an API run a function there is a route that does: SAM writes it into a document of its own.
pub(super) fn sam_permission<'a>(world: &World<'a>, permission: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let principal = permission.get("Principal");
    if permission.origin.is_written() || !is(&principal, "apigateway.amazonaws.com").is_possible() {
        return;
    }
    let arn = permission.get("SourceArn").text().only().map(|arn| arn.pattern());
    let api = arn.as_ref().and_then(|arn| arn.around(":execute-api:")).and_then(|(_, rest)| {
        let (_, rest) = rest.around(":")?;
        let (_, rest) = rest.around(":")?;
        rest.around("/").map(|(api, _)| api)
    });
    let named = |kind| api.as_ref().and_then(|api| world.resource_named(kind, api));
    let authorizer = arn.as_ref().is_some_and(|arn| arn.around("/authorizers/").is_some());
    let source = named("AWS::ApiGateway::RestApi").or_else(|| named("AWS::ApiGatewayV2::Api"));
    // Those that have a place of their own are triggers already.
    if authorizer && source.is_some_and(|api| !api.get("Auth.Authorizers").is_unset()) {
        return;
    }
    let declaration = whole(permission);
    push(
        world,
        Push {
            source,
            source_arn: arn,
            route: if authorizer { Trigger::AUTHORIZER.to_owned() } else { String::new() },
            ..Push::new(TriggerKind::ApiGateway, permission, &declaration, permission.get("FunctionName"))
        },
        out,
    );
}

fn document<'a>(world: &World<'a>, api: &'a Resource, body: &Value<&'a Data>, out: &mut Vec<Trigger<'a>>) {
    if body.cases().is_empty() || body.is_unset() {
        return;
    }
    let call = |declaration: &Value<&'a Data>, target: &str, role: &str, place: Text, route: String| Call {
        holder: api,
        api_kind: if api.is("AWS::ApiGateway::RestApi") {
            "AWS::ApiGateway::RestApi"
        } else {
            "AWS::ApiGatewayV2::Api"
        },
        api: Some(api.names.reference.clone()),
        target: declaration.get(target),
        role: declaration.get(role),
        place,
        route,
        when: Guard::always(),
        declaration: declaration.clone(),
    };
    let (paths, _) = body.get("paths").entries();
    for (path, methods) in paths {
        let (methods, _) = methods.entries();
        for (method, operation) in methods {
            let verb = match &*method.key {
                "x-amazon-apigateway-any-method" => "ANY".to_owned(),
                key if key.starts_with("x-") => continue,
                key => key.to_ascii_uppercase(),
            };
            let integration = operation.get("x-amazon-apigateway-integration");
            if integration.cases().is_empty() || integration.is_unset() {
                continue;
            }
            let place = method_place(api, &verb, Some(&literal_path(&path.key)));
            let route = format!("{verb} {}", path.key);
            add(world, call(&integration, "uri", "credentials", place, route), out);
        }
    }
    for schemes in ["securityDefinitions", "components.securitySchemes"] {
        let (schemes, _) = body.get(schemes).entries();
        for (_, scheme) in schemes {
            let authorizer = scheme.get("x-amazon-apigateway-authorizer");
            if authorizer.cases().is_empty() || authorizer.is_unset() {
                continue;
            }
            let mut place = Text::literal("authorizers/");
            place.append(&anything());
            let route = Trigger::AUTHORIZER.to_owned();
            add(world, call(&authorizer, "authorizerUri", "authorizerCredentials", place, route), out);
        }
    }
}

/// `AWS::ApiGatewayV2::Api` with a `Target`, its only route then.
pub(super) fn http_target<'a>(world: &World<'a>, api: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    if api.get("Target").is_unset() {
        return;
    }
    let declaration = api.properties.borrow().within(&api.when);
    let mut arn = own_arn("execute-api");
    arn.append(&api.names.reference);
    arn = arn.with("/");
    arn.append(&anything());
    push(
        world,
        Push {
            source_arn: Some(arn),
            source: Some(api),
            without_role: api.get("CredentialsArn").unset_when(),
            ..Push::new(TriggerKind::ApiGateway, api, &declaration, api.get("Target"))
        },
        out,
    );
}
