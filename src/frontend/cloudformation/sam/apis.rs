//! APIs: the permissions of their authorizers, and GraphQL's roles.

use super::connectors::{self, End};
use super::function::trust;
use super::make::{From, Maker, literal, owned, set, text};
use super::policies::RolePolicies;
use crate::model::Resource;
use crate::value::{Data, Map, Text, Value};

/// What lets an API run the functions that authorize its calls. REST APIs get it unless it is switched off, HTTP APIs
/// where it is switched on.
pub(super) fn authorizers(maker: &mut Maker, api: &str, auth: &Value<&Data>, rest: bool, from: &From) {
    if auth.is_unset() {
        return;
    }
    let (entries, _) = auth.get("Authorizers").entries();
    for (entry, authorizer) in entries {
        let function = authorizer.get("FunctionArn");
        if function.is_unset() || function.cases().is_empty() {
            continue;
        }
        let switch = if rest { "DisableFunctionDefaultPermissions" } else { "EnableFunctionDefaultPermissions" };
        let switched = authorizer.get(switch).booleans().some(|value| value == Some(&true));
        if switched == rest {
            continue;
        }
        let from = From { span: entry.key_span, body: entry.key_span.to(authorizer.span()), ..from.clone() };
        permission(
            maker,
            &format!("{api}{}AuthorizerPermission", entry.key),
            api,
            owned(&function),
            &Text::literal("authorizers/*"),
            &from,
        );
    }
}

/// Lets an API run a function.
fn permission(maker: &mut Maker, id: &str, api: &str, function: Value<Data>, of: &Text, from: &From) {
    let span = from.span;
    let mut arn = maker.sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:");
    arn.append(&maker.template.reference(api));
    arn = arn.with("/");
    arn.append(of);
    let mut properties = Map::default();
    set(&mut properties, "FunctionName", function);
    set(&mut properties, "Action", literal("lambda:InvokeFunction", span));
    set(&mut properties, "Principal", literal("apigateway.amazonaws.com", span));
    set(&mut properties, "SourceArn", text(arn, span));
    maker.make(id, "AWS::Lambda::Permission", properties, from);
}

/// The permissions of a WebSocket API's routes and authorizer.
pub(super) fn web_socket(maker: &mut Maker, resource: &Resource, from: &From) {
    let stage = resource.get("StageName").text().only().map(|stage| (*stage).clone());
    let routes = resource.get("Routes");
    let (entries, _) = if routes.is_unset() { (Vec::new(), true) } else { routes.entries() };
    for (entry, route) in entries {
        let name = entry.key.strip_prefix('$').unwrap_or(&entry.key);
        let mut letters = name.chars();
        let name: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        let from = From { span: entry.key_span, body: entry.key_span.to(route.span()), ..from.clone() };
        let stage = stage.clone().unwrap_or_else(|| Text::literal("default"));
        let of = stage.with("/").with(&entry.key);
        let id = format!("{}{name}Permission", resource.address);
        permission(maker, &id, &resource.address, owned(&route.get("FunctionArn")), &of, &from);
    }
    let auth = resource.get("Auth");
    let function = auth.get("AuthArn");
    if !auth.is_unset() && !function.is_unset() && !function.cases().is_empty() && auth.get("InvokeRole").is_unset() {
        let id = format!("{}AuthorizerPermission", resource.address);
        permission(maker, &id, &resource.address, owned(&function), &Text::literal("authorizers/*"), from);
    }
}

/// The roles of a GraphQL API: to write logs, and to use its data sources.
pub(super) fn graphql(maker: &mut Maker, resource: &Resource, from: &From) {
    let id = &resource.address;
    let logging = resource.get("Logging");
    // The default authorizer and the additional ones.
    let auth = resource.get("Auth");
    let mut functions = Vec::new();
    if !auth.is_unset() {
        let (more, _) = auth.get("Additional").items(false);
        for auth in std::iter::once(&auth).chain(&more) {
            functions.extend(auth.get("LambdaAuthorizer").get("AuthorizerUri").text().only().map(|uri| (*uri).clone()));
        }
    }
    for (index, arn) in functions.into_iter().enumerate() {
        let api = maker.template.symbol(crate::value::SymbolKind::Attribute, format!("{id}.ApiId"));
        let api = End { kind: "AWS::AppSync::GraphQLApi".to_owned(), id: Some(api), ..End::default() };
        let function = End { kind: "AWS::Lambda::Function".to_owned(), arn: Some(arn), ..End::default() };
        let connector = format!("{id}ToLambdaAuthConnector{}", index + 1);
        connectors::connect(maker, &connector, "", &api, &function, &["Write".to_owned()], from);
    }
    let off = logging.booleans().every(|value| value == Some(&false));
    let given = !logging.is_unset() && logging.set().any(|(data, ..)| data.map().is_some());
    if !(off || given && !logging.get("CloudWatchLogsRoleArn").is_unset()) {
        let mut policies = RolePolicies::default();
        policies.managed_at(maker, "service-role/AWSAppSyncPushToCloudWatchLogs", from.span);
        role(maker, &format!("{id}CloudWatchRole"), policies, from);
    }
    for (section, kind, destination, connector) in [
        ("DynamoDb", "DynamoDB", "AWS::DynamoDB::Table", "ToTableConnector"),
        ("Lambda", "Lambda", "AWS::Lambda::Function", "ToLambdaConnector"),
    ] {
        let sources = resource.get("DataSources");
        if sources.is_unset() {
            continue;
        }
        let (entries, _) = sources.get(section).entries();
        for (entry, source) in entries {
            let source_id = format!("{id}{}{kind}DataSource", entry.key);
            if !source.get("ServiceRoleArn").is_unset() {
                continue;
            }
            let from = From { span: entry.key_span, body: entry.key_span.to(source.span()), ..from.clone() };
            let role_id = format!("{source_id}Role");
            role(maker, &role_id, RolePolicies::default(), &from);
            let field = |name: &str| source.get(name).text().only().map(|text| (*text).clone());
            let arn: Option<Text> = if kind == "Lambda" {
                field("FunctionArn")
            } else {
                field("TableArn").or_else(|| {
                    let mut arn = maker.sub("arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/");
                    arn.append(&field("TableName")?);
                    Some(arn)
                })
            };
            let (listed, _) = source.get("Permissions").items(true);
            let mut permissions: Vec<String> =
                listed.iter().filter_map(|item| item.literals().only().cloned()).collect();
            if permissions.is_empty() {
                permissions = vec!["Read".to_owned(), "Write".to_owned()];
            }
            let name = maker.template.symbol(crate::value::SymbolKind::Name, role_id.as_str());
            let from_end = End { kind: "AWS::AppSync::DataSource".to_owned(), role: Some(name), ..End::default() };
            let to_end = End { kind: destination.to_owned(), arn, ..End::default() };
            connectors::connect(maker, &format!("{source_id}{connector}"), "", &from_end, &to_end, &permissions, &from);
        }
    }
}

/// A role of AppSync's.
fn role(maker: &mut Maker, id: &str, policies: RolePolicies, from: &From) {
    let mut properties = Map::default();
    set(&mut properties, "AssumeRolePolicyDocument", trust("appsync.amazonaws.com", from.span));
    policies.into_properties(&mut properties, from.span);
    maker.make(id, "AWS::IAM::Role", properties, from);
}
