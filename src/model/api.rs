//! What API Gateway runs: methods, routes and authorizers, and the ARN that each calls with.
//!
//! `arn:…:execute-api:region:account:API/stage/METHOD/path` for a method or route, `…:API/authorizers/ID` for an
//! authorizer. Source: "Control access to a REST API with IAM permissions" and "Lambda resource-based policies",
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html>.

use super::Resource;
use super::application::{Trigger, TriggerKind};
use super::triggers::{Push, own_arn, push};
use super::world::World;
use crate::value::{Data, Guard, Piece, Symbol, SymbolKind, Text, Value};

/// A path has at most so many parts here; deeper ones count as any path.
const MAX_PARTS: usize = 32;

/// One call that an API makes.
struct Call<'a> {
    holder: &'a Resource,
    /// The type of the API's resource.
    api_kind: &'static str,
    api: Value<&'a Data>,
    target: Value<&'a Data>,
    role: Value<&'a Data>,
    /// What stands after the API's id and a slash.
    place: Text,
    /// The same in words.
    route: String,
}

fn add<'a>(world: &World<'a>, call: Call<'a>, out: &mut Vec<Trigger<'a>>) {
    let declaration = call.holder.properties.borrow().within(&call.holder.when);
    let api = call.api.text().only().copied();
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
            kind: TriggerKind::ApiGateway,
            holder: call.holder,
            target: call.target,
            source_arn,
            source: api.and_then(|api| world.resource_named(call.api_kind, api)),
            events: Value::unset(call.holder.span),
            declaration: &declaration,
            without_role: call.role.unset_when(),
            route: call.route,
            when: Guard::always(),
        },
        out,
    );
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
    let mut place = stage(method).with("/");
    if verb == "ANY" {
        place.append(&anything());
    } else {
        place = place.with(verb);
    }
    // A permission for the root is written with and without a slash at its end.
    match path.as_ref().filter(|path| !path.is_empty()) {
        Some(path) => {
            place = place.with("/");
            place.append(path);
        }
        None => place.append(&anything()),
    }
    let route = path.map_or_else(|| verb.to_owned(), |path| format!("{verb} /{path}"));
    let call = Call {
        holder: method,
        api_kind: "AWS::ApiGateway::RestApi",
        api: method.get("RestApiId"),
        target: method.get("Integration.Uri"),
        role: method.get("Integration.Credentials"),
        place,
        route,
    };
    add(world, call, out);
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
        api: authorizer.get("RestApiId"),
        target: authorizer.get("AuthorizerUri"),
        role: authorizer.get("AuthorizerCredentials"),
        place: authorizer_place(authorizer),
        route: "an authorizer".to_owned(),
    };
    add(world, call, out);
}

/// `AWS::ApiGatewayV2::Authorizer`.
pub(super) fn http_authorizer<'a>(world: &World<'a>, authorizer: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let call = Call {
        holder: authorizer,
        api_kind: "AWS::ApiGatewayV2::Api",
        api: authorizer.get("ApiId"),
        target: authorizer.get("AuthorizerUri"),
        role: authorizer.get("AuthorizerCredentialsArn"),
        place: authorizer_place(authorizer),
        route: "an authorizer".to_owned(),
    };
    add(world, call, out);
}

/// `AWS::ApiGatewayV2::Integration`, for whatever routes use it.
pub(super) fn http_integration<'a>(world: &World<'a>, integration: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let call = Call {
        holder: integration,
        api_kind: "AWS::ApiGatewayV2::Api",
        api: integration.get("ApiId"),
        target: integration.get("IntegrationUri"),
        role: integration.get("CredentialsArn"),
        place: anything(),
        route: String::new(),
    };
    add(world, call, out);
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
            kind: TriggerKind::ApiGateway,
            holder: api,
            target: api.get("Target"),
            source_arn: Some(arn),
            source: Some(api),
            events: Value::unset(api.span),
            declaration: &declaration,
            without_role: api.get("CredentialsArn").unset_when(),
            route: String::new(),
            when: Guard::always(),
        },
        out,
    );
}
