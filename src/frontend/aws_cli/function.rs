//! Functions and what hangs on them: versions, aliases, URLs, asynchronous invocation, layers.

use super::lower::{
    FunctionArn, Lowering, child, copy, drop_default, drop_empty, is_default, pieces, pseudo, split_function, unknown,
};
use super::tree::{Tree, text};
use super::{PROVISIONED, SETTING, tree};
use crate::model::{LAYER_SIZES, Names};
use crate::source::Span;
use crate::syntax::NodeId;
use crate::value::{Data, Entry, List, Map, Piece, Text, Value};
use std::sync::Arc;

/// What the API prints for a function that was made without saying anything of it, by top-level property.
/// Source: the `lambda` service model of botocore 1.44 and the Lambda API reference, `CreateFunction`.
const DEFAULTS: &[(&str, &str)] = &[
    ("Description", ""),
    ("KMSKeyArn", ""),
    ("Handler", ""),
    ("Timeout", "3"),
    ("MemorySize", "128"),
    ("PackageType", "Zip"),
    ("TracingConfig", "PassThrough"),
    ("EphemeralStorage", "512"),
    ("DeadLetterConfig", ""),
    ("Layers", ""),
    ("FileSystemConfigs", ""),
    ("ImageConfig", ""),
];

/// What the printed configuration does not hold, because other commands print it.
const ELSEWHERE: &[&str] =
    &["CodeSigningConfigArn", "RecursiveLoop", "ReservedConcurrentExecutions", "RuntimeManagementConfig", "Tags"];

/// `get-function`.
pub(super) fn get_function(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let Some(inner) = tree.get(node, "Configuration") else { return };
    let mut properties = printed(&tree, inner);
    if let Some(code) = tree.get(node, "Code") {
        // Where an archive came from is not printed, only a link to the service's copy of it.
        let mut map = Map { open: true, ..copy(&tree, code, &["RepositoryType", "Location", "ResolvedImageUri"]) };
        if map.get("ImageUri").is_none()
            && let Some(resolved) = tree.get(code, "ResolvedImageUri")
        {
            map.insert("ImageUri", tree.key_span(code, "ResolvedImageUri"), tree.value(resolved));
        }
        properties.insert("Code", tree.key_span(node, "Code"), Value::known(Data::Map(map), tree.span(code)));
    }
    if tree.get(node, "TagsError").is_none() {
        let value = tree.get(node, "Tags").map_or_else(|| Value::unset(tree.span(node)), |tags| tag_list(&tree, tags));
        properties.insert("Tags", tree.key_span(node, "Tags"), value);
    }
    let concurrency = tree.get(node, "Concurrency");
    let reserved = concurrency.and_then(|map| Some((map, tree.get(map, "ReservedConcurrentExecutions")?)));
    match reserved {
        Some((map, value)) => {
            let key_span = tree.key_span(map, "ReservedConcurrentExecutions");
            properties.insert("ReservedConcurrentExecutions", key_span, tree.value(value));
        }
        None => {
            let span = tree.span(node);
            properties.insert("ReservedConcurrentExecutions", span, Value::unset(span));
        }
    }
    let address = push(to, inner, node, properties);
    to.region(node, &address, depth);
    to.region(inner, &address, depth + 1);
}

/// A configuration by itself: `get-function-configuration`, an item of `list-functions` or
/// `list-versions-by-function`, the output of `create-function` and `update-function-configuration`.
pub(super) fn configuration(to: &mut Lowering, node: NodeId, depth: usize) {
    let properties = printed(&to.tree, node);
    let address = push(to, node, node, properties);
    to.region(node, &address, depth);
}

/// Adds the function, or the published version, that a printed configuration is of.
fn push(to: &mut Lowering, node: NodeId, body: NodeId, mut properties: Map) -> crate::engine::Address {
    let tree = to.tree;
    let whole = tree.word(node, "FunctionArn").unwrap_or_default();
    let arn = FunctionArn::read(whole);
    let (_, span) = tree.named(node, "FunctionName", arn.name);
    let body = tree.span(body);
    let version = tree.word(node, "Version").filter(|version| *version != "$LATEST");
    unknown(&mut properties, ELSEWHERE, span);
    unknown(&mut properties, &["Code"], span);
    if let Some(version) = version {
        unknown(&mut properties, &["ProvisionedConcurrencyConfig"], span);
        let address: Arc<str> = Arc::from(format!("{}:{version}", arn.name));
        let name = Text::literal(arn.unqualified.to_owned()).with(":").with(version);
        let names = Names { name: Text::literal(version), reference: name.clone(), arn: Some(name) };
        to.push("AWS::Lambda::Version", (address.clone(), span), body, properties, names);
        return address;
    }
    let address: Arc<str> = Arc::from(arn.name);
    let name = Text::literal(arn.name);
    let names = Names { name: name.clone(), reference: name, arn: Some(Text::literal(arn.unqualified)) };
    to.push("AWS::Lambda::Function", (address.clone(), span), body, properties, names);
    address
}

/// The properties of a printed configuration. What the API prints whether or not anybody wrote it is "not set"
/// when it is the default.
fn printed(tree: &Tree, node: NodeId) -> Map {
    let mut map = copy(tree, node, &["FunctionArn", "ImageConfigResponse", "Layers"]);
    if let Some((response, config)) =
        tree.get(node, "ImageConfigResponse").and_then(|map| Some((map, tree.get(map, "ImageConfig")?)))
    {
        map.insert("ImageConfig", tree.key_span(response, "ImageConfig"), tree.value(config));
    }
    layers(tree, node, &mut map);
    if let Some(environment) = child(&mut map, "Environment")
        && let Some(error) = environment.entry("Error").cloned()
    {
        // The variables could not be decrypted, so they are left out of the output.
        environment.insert("Variables", error.key_span, Value::unknown(error.value.span()));
    }
    drop_empty(&mut map, "Environment");
    for (key, default) in DEFAULTS {
        drop_default(&mut map, key, default);
    }
    drop_architecture(&mut map);
    if let Some(vpc) = child(&mut map, "VpcConfig") {
        drop_default(vpc, "Ipv6AllowedForDualStack", "false");
        drop_default(vpc, "VpcId", "");
    }
    drop_default(&mut map, "VpcConfig", "");
    if let Some(snap_start) = child(&mut map, "SnapStart") {
        drop_default(snap_start, "ApplyOn", "None");
        if snap_start.get("ApplyOn").is_none_or(Value::is_unset) {
            drop_default(snap_start, "OptimizationStatus", "Off");
        }
    }
    drop_default(&mut map, "SnapStart", "");
    let group = format!("/aws/lambda/{}", tree.word(node, "FunctionName").unwrap_or_default());
    if let Some(logging) = child(&mut map, "LoggingConfig") {
        drop_default(logging, "LogFormat", "Text");
        drop_default(logging, "ApplicationLogLevel", "INFO");
        drop_default(logging, "SystemLogLevel", "INFO");
        drop_default(logging, "LogGroup", &group);
    }
    drop_default(&mut map, "LoggingConfig", "");
    map
}

/// `[x86_64]` is what a function has of which nobody said anything.
fn drop_architecture(map: &mut Map) {
    let Some(entry) = map.entries.iter_mut().find(|entry| &*entry.key == "Architectures") else { return };
    let default = match entry.value.only() {
        Some(Data::List(list)) => list.items.iter().all(|item| is_default(item, "x86_64")),
        _ => false,
    };
    if default {
        entry.value = Arc::new(Value::unset(entry.value.span()));
    }
}

/// Layers are printed as objects and taken as ARNs.
fn layers(tree: &Tree, node: NodeId, map: &mut Map) {
    let Some(list) = tree.get(node, "Layers") else { return };
    let items = tree.document.items(list).iter().map(|item| {
        let arn = if tree.document.text(*item).is_some() { Some(*item) } else { tree.get(*item, "Arn") };
        Arc::new(arn.map_or_else(|| Value::unknown(tree.span(*item)), |arn| tree.value(arn)))
    });
    let list_value = Data::List(List { items: items.collect(), open: false });
    map.insert("Layers", tree.key_span(node, "Layers"), Value::known(list_value, tree.span(list)));
    let sizes = tree.document.items(list).iter().filter_map(|item| tree.get(*item, "CodeSize"));
    let sizes: Vec<_> = sizes.map(|size| Arc::new(tree.value(size))).collect();
    if !sizes.is_empty() {
        let sizes = Data::List(List { items: sizes, open: false });
        map.insert(LAYER_SIZES, tree.key_span(node, "Layers"), Value::known(sizes, tree.span(list)));
    }
}

/// Tags are a map in the Lambda API and a list in CloudFormation.
fn tag_list(tree: &Tree, node: NodeId) -> Value<Data> {
    let items = tree.entries(node).map(|(key, key_node, value)| {
        let key_span = tree.span(key_node);
        let entry = |name: &str, value| Entry { key: Arc::from(name), key_span, value: Arc::new(value) };
        let entries = vec![entry("Key", text(key, key_span)), entry("Value", tree.value(value))];
        let span = key_span.to(tree.span(value));
        Arc::new(Value::known(Data::Map(Map { entries, open: false }), span))
    });
    let items: Vec<_> = items.collect();
    if items.is_empty() {
        return Value::unset(tree.span(node));
    }
    Value::known(Data::List(List { items, open: false }), tree.span(node))
}

/// `create-function`'s input: all of it is as somebody wrote it.
pub(super) fn create(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut properties = copy(&tree, node, &["FunctionName", "Layers", "Tags"]);
    layers(&tree, node, &mut properties);
    if let Some(tags) = tree.get(node, "Tags") {
        properties.insert("Tags", tree.key_span(node, "Tags"), tag_list(&tree, tags));
    }
    input(to, node, depth, properties);
}

/// `update-function-configuration`'s input: what it does not name stays as it is.
pub(super) fn update(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut properties = Map { open: true, ..copy(&tree, node, &["FunctionName", "Layers", "Tags"]) };
    layers(&tree, node, &mut properties);
    if let Some(tags) = tree.get(node, "Tags") {
        properties.insert("Tags", tree.key_span(node, "Tags"), tag_list(&tree, tags));
    }
    input(to, node, depth, properties);
}

fn input(to: &mut Lowering, node: NodeId, depth: usize, mut properties: Map) {
    let tree = to.tree;
    let whole = tree.word(node, "FunctionName").unwrap_or_default();
    let arn = FunctionArn::read(whole);
    let address: Arc<str> = Arc::from(arn.name);
    let (_, span) = tree.named(node, "FunctionName", "");
    properties.insert("FunctionName", tree.key_span(node, "FunctionName"), text(arn.name, span));
    // Set by other commands.
    unknown(&mut properties, &["RecursiveLoop", "ReservedConcurrentExecutions", "RuntimeManagementConfig"], span);
    to.region(node, &address, depth);
    let names = function_names(&arn);
    to.push("AWS::Lambda::Function", (address, span), tree.span(node), properties, names);
}

fn function_names(arn: &FunctionArn) -> Names {
    let name = Text::literal(arn.name);
    let arn = if arn.is_arn() {
        Text::literal(arn.unqualified)
    } else {
        let mut text = pieces(&["arn:", "AWS::Partition", ":lambda:", "AWS::Region", ":", "AWS::AccountId"]);
        text.push(Piece::Literal(Arc::from(format!(":function:{}", arn.name))));
        text
    };
    Names { name: name.clone(), reference: name, arn: Some(arn) }
}

/// What is a function's property in CloudFormation and a command of its own in the CLI.
pub(super) fn setting(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let key = if tree.get(node, "FunctionArn").is_some() { "FunctionArn" } else { "FunctionName" };
    let mut properties;
    if tree.get(node, "UpdateRuntimeOn").is_some() {
        let management = copy(&tree, node, &["FunctionArn"]);
        let span = tree.span(node);
        properties = Map::default();
        properties.insert("RuntimeManagementConfig", span, Value::known(Data::Map(management), span));
    } else {
        properties = copy(&tree, node, &["FunctionName"]);
    }
    let whole = tree.word(node, key).unwrap_or_default();
    let arn = FunctionArn::read(whole);
    let (_, span) = tree.named(node, key, "");
    let address: Arc<str> = Arc::from(arn.name);
    to.region(node, &address, depth);
    let names = if arn.name.is_empty() { Names::default() } else { function_names(&arn) };
    to.push(SETTING, (address, span), tree.span(node), properties, names);
}

/// The provisioned concurrency of an alias or version, which is a property of it in CloudFormation.
pub(super) fn provisioned(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut config = copy(&tree, node, &["FunctionArn", "RequestedProvisionedConcurrentExecutions"]);
    if let Some(requested) = tree.get(node, "RequestedProvisionedConcurrentExecutions") {
        let key_span = tree.key_span(node, "RequestedProvisionedConcurrentExecutions");
        config.insert("ProvisionedConcurrentExecutions", key_span, tree.value(requested));
    }
    let body = tree.span(node);
    let mut properties = Map::default();
    properties.insert("ProvisionedConcurrencyConfig", body, Value::known(Data::Map(config), body));
    let whole = tree.word(node, "FunctionArn").unwrap_or_default();
    let arn = FunctionArn::read(whole);
    let (_, span) = tree.named(node, "FunctionArn", "");
    let address: Arc<str> = Arc::from(match arn.qualifier {
        Some(qualifier) => format!("{}:{qualifier}", arn.name),
        None => arn.name.to_owned(),
    });
    to.region(node, &address, depth);
    let name = Text::literal(whole);
    let names = Names { name: name.clone(), reference: name.clone(), arn: Some(name) };
    to.push(PROVISIONED, (address, span), body, properties, names);
}

/// A function URL as printed.
pub(super) fn url(to: &mut Lowering, node: NodeId, depth: usize) {
    let mut properties = copy(&to.tree, node, &["FunctionArn"]);
    drop_default(&mut properties, "InvokeMode", "BUFFERED");
    drop_default(&mut properties, "Cors", "");
    hang(to, "AWS::Lambda::Url", node, ("FunctionArn", "TargetFunctionArn"), ("url", "FunctionUrl"), depth, properties);
}

/// `create-function-url-config`'s input.
pub(super) fn create_url(to: &mut Lowering, node: NodeId, depth: usize) {
    let properties = copy(&to.tree, node, &["FunctionName"]);
    hang(to, "AWS::Lambda::Url", node, ("FunctionName", "TargetFunctionArn"), ("url", "AuthType"), depth, properties);
}

/// The configuration of asynchronous invocation as printed.
pub(super) fn invoke_config(to: &mut Lowering, node: NodeId, depth: usize) {
    let mut properties = copy(&to.tree, node, &["FunctionArn"]);
    if let Some(destinations) = child(&mut properties, "DestinationConfig") {
        drop_default(destinations, "OnSuccess", "");
        drop_default(destinations, "OnFailure", "");
    }
    drop_default(&mut properties, "DestinationConfig", "");
    let kind = "AWS::Lambda::EventInvokeConfig";
    hang(to, kind, node, ("FunctionArn", "FunctionName"), ("invoke-config", "FunctionArn"), depth, properties);
}

/// `put-function-event-invoke-config`'s input.
pub(super) fn put_invoke_config(to: &mut Lowering, node: NodeId, depth: usize) {
    let properties = copy(&to.tree, node, &["FunctionName"]);
    let kind = "AWS::Lambda::EventInvokeConfig";
    hang(to, kind, node, ("FunctionName", "FunctionName"), ("invoke-config", "FunctionName"), depth, properties);
}

/// Adds what hangs on a function: `from` is the key that names the function here and in CloudFormation, `what`
/// the last part of the address and the key to point at.
fn hang(
    to: &mut Lowering,
    kind: &str,
    node: NodeId,
    from: (&str, &str),
    what: (&str, &str),
    depth: usize,
    mut properties: Map,
) {
    let tree = to.tree;
    let function = split_function(&tree, &mut properties, node, from.0, from.1).unwrap_or_default();
    let qualifier = match properties.get("Qualifier").and_then(Value::only) {
        Some(Data::Text(text)) => text.as_literal().map(str::to_owned),
        _ => None,
    };
    let on = qualifier.map_or_else(|| function.to_string(), |qualifier| format!("{function}:{qualifier}"));
    let address: Arc<str> = Arc::from(format!("{on}/{}", what.0));
    let (_, span) = tree.named(node, what.1, "");
    to.region(node, &address, depth);
    let name = Text::literal(format!("{}:{on}", what.0));
    let names = Names { name: name.clone(), reference: name, arn: None };
    to.push(kind, (address, span), tree.span(node), properties, names);
}

/// An alias as printed.
pub(super) fn alias(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut properties = copy(&tree, node, &["AliasArn"]);
    split_function(&tree, &mut properties, node, "AliasArn", "FunctionName");
    properties.entries.retain(|entry| &*entry.key != "Qualifier");
    drop_default(&mut properties, "Description", "");
    unknown(&mut properties, &["ProvisionedConcurrencyConfig"], tree.span(node));
    let whole = tree.word(node, "AliasArn").unwrap_or_default();
    push_alias(to, node, depth, whole, FunctionArn::read(whole).name, properties);
}

/// `create-alias`'s input.
pub(super) fn create_alias(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut properties = copy(&tree, node, &[]);
    unknown(&mut properties, &["ProvisionedConcurrencyConfig"], tree.span(node));
    let whole = tree.word(node, "FunctionName").unwrap_or_default();
    push_alias(to, node, depth, "", FunctionArn::read(whole).name, properties);
}

fn push_alias(to: &mut Lowering, node: NodeId, depth: usize, arn: &str, function: &str, mut properties: Map) {
    let tree = to.tree;
    if let Some(weights) =
        child(&mut properties, "RoutingConfig").map(|map| map.get("AdditionalVersionWeights").cloned())
    {
        // CloudFormation has a list where the API has a map.
        let span = weights.as_ref().map_or_else(|| tree.span(node), Value::span);
        let list = weights.map_or_else(|| Value::unset(span), |weights| weight_list(&weights));
        if let Some(routing) = child(&mut properties, "RoutingConfig") {
            routing.insert("AdditionalVersionWeights", span, list);
        }
    }
    let (name, span) = tree.named(node, "Name", "");
    let address: Arc<str> = Arc::from(format!("{function}:{name}"));
    to.region(node, &address, depth);
    let reference = if arn.is_empty() {
        let mut text = pieces(&["arn:", "AWS::Partition", ":lambda:", "AWS::Region", ":"]);
        text.push(pseudo("AWS::AccountId"));
        text.with(&format!(":function:{function}:{name}"))
    } else {
        Text::literal(arn)
    };
    let names = Names { name: Text::literal(&*name), reference: reference.clone(), arn: Some(reference) };
    to.push("AWS::Lambda::Alias", (address, span), tree.span(node), properties, names);
}

fn weight_list(weights: &Value<Data>) -> Value<Data> {
    let Some(Data::Map(map)) = weights.only() else { return Value::unknown(weights.span()) };
    let items = map.entries.iter().map(|entry| {
        let of = |name: &str, value: Arc<Value<Data>>| Entry { key: Arc::from(name), key_span: entry.key_span, value };
        let version = Arc::new(text(&entry.key, entry.key_span));
        let entries = vec![of("FunctionVersion", version), of("FunctionWeight", entry.value.clone())];
        let span: Span = entry.key_span.to(entry.value.span());
        Arc::new(Value::known(Data::Map(Map { entries, open: false }), span))
    });
    Value::known(Data::List(List { items: items.collect(), open: false }), weights.span())
}

/// A layer version as printed.
pub(super) fn layer(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut properties = copy(&tree, node, &["Content", "LayerArn"]);
    drop_default(&mut properties, "Description", "");
    drop_default(&mut properties, "LicenseInfo", "");
    let whole = tree.word(node, "LayerVersionArn").unwrap_or_default();
    let mut parts = whole.rsplitn(3, ':');
    let (version, layer) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let (_, span) = tree.named(node, "LayerVersionArn", "");
    properties.insert("LayerName", tree.key_span(node, "LayerVersionArn"), tree::text(layer, span));
    unknown(&mut properties, &["Content"], span);
    let address: Arc<str> = Arc::from(format!("{layer}:{version}"));
    to.region(node, &address, depth);
    let names = Names { name: Text::literal(layer), reference: Text::literal(whole), arn: Some(Text::literal(whole)) };
    to.push("AWS::Lambda::LayerVersion", (address, span), tree.span(node), properties, names);
}
