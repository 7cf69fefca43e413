//! Buckets, of which the CLI tells the notifications.

use super::lower::{Lowering, pieces};
use super::shape::NOTIFICATION;
use super::tree::{Tree, text};
use crate::engine::Address;
use crate::model::Names;
use crate::source::Span;
use crate::syntax::NodeId;
use crate::value::{Data, Entry, List, Map, Symbol, SymbolKind, Text, Value};
use std::sync::Arc;

pub(super) const KIND: &str = "AWS::S3::Bucket";

/// CLI list, CloudFormation list, CLI destination, CloudFormation destination.
const DESTINATIONS: &[(&str, &str, &str, &str)] = &[
    ("LambdaFunctionConfigurations", "LambdaConfigurations", "LambdaFunctionArn", "Function"),
    ("QueueConfigurations", "QueueConfigurations", "QueueArn", "Queue"),
    ("TopicConfigurations", "TopicConfigurations", "TopicArn", "Topic"),
];

/// `get-bucket-notification-configuration`, which does not say of which bucket: until the file's name does, the
/// bucket is a symbol that equals nothing but itself.
pub(super) fn notification(to: &mut Lowering, node: NodeId, depth: usize) {
    let span = to.tree.span(node);
    let source = to.tree.document.source();
    let symbol = Symbol { kind: SymbolKind::Name, name: "bucket".into(), scope: source };
    let name = Text::symbol(symbol);
    let mut arn = arn_start(&to.tree, node);
    arn.append(&name);
    let names = Names { name: name.clone(), reference: name, arn: Some(arn) };
    let address: Address = Arc::from("bucket");
    to.region(node, &address, depth);
    let properties = bucket(&to.tree, node, to.tree.span(node));
    to.push(KIND, (address, span), span, properties, names);
}

/// `put-bucket-notification-configuration`'s input.
pub(super) fn put_notification(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let Some(configuration) = tree.get(node, "NotificationConfiguration") else { return };
    let (name, span) = tree.named(node, "Bucket", "");
    let mut properties = bucket(&tree, configuration, tree.key_span(node, "NotificationConfiguration"));
    properties.insert("BucketName", tree.key_span(node, "Bucket"), text(&name, span));
    to.region(node, &name, depth);
    let names = names(&name, &arn_start(&tree, configuration));
    to.push(KIND, (name, span), tree.span(node), properties, names);
}

/// How other places name a bucket whose ARN starts with this.
pub(super) fn names(name: &str, arn_start: &Text) -> Names {
    let text = Text::literal(name);
    Names { name: text.clone(), reference: text, arn: Some(arn_start.clone().with(name)) }
}

/// The start of a bucket's ARN, in the partition of the first ARN in its configuration.
fn arn_start(tree: &Tree, node: NodeId) -> Text {
    let mut destinations = DESTINATIONS.iter().filter_map(|(list, _, key, _)| {
        let first = tree.document.items(tree.get(node, list)?).first()?;
        tree.word(*first, key)?.strip_prefix("arn:")?.split(':').next()
    });
    match destinations.next() {
        Some(partition) => Text::literal(format!("arn:{partition}:s3:::")),
        None => pieces(&["arn:", "AWS::Partition", ":s3:::"]),
    }
}

/// A bucket's properties, of which only the notifications are known.
fn bucket(tree: &Tree, node: NodeId, key_span: Span) -> Map {
    let mut lists = Map::default();
    for (from, list_to, destination_from, destination_to) in DESTINATIONS {
        let Some(list) = tree.get(node, from) else { continue };
        let mut items = Vec::new();
        for item in tree.document.items(list) {
            configuration(tree, *item, destination_from, destination_to, &mut items);
        }
        if !items.is_empty() {
            let value = Value::known(Data::List(List { items, open: false }), tree.span(list));
            lists.insert(*list_to, tree.key_span(node, from), value);
        }
    }
    if let Some(key) = NOTIFICATION.get(3)
        && let Some(bridge) = tree.get(node, key)
    {
        // What is `{}` in the API is a switch in CloudFormation.
        let mut map = Map::default();
        map.insert("EventBridgeEnabled", tree.key_span(node, key), text("true", tree.span(bridge)));
        lists.insert(*key, tree.key_span(node, key), Value::known(Data::Map(map), tree.span(bridge)));
    }
    let mut properties = Map { entries: Vec::new(), open: true };
    properties.insert("NotificationConfiguration", key_span, Value::known(Data::Map(lists), tree.span(node)));
    properties
}

/// A configuration for several events is, in CloudFormation, one for each.
fn configuration(tree: &Tree, node: NodeId, from: &str, to: &str, out: &mut Vec<Arc<Value<Data>>>) {
    let Some(events) = tree.get(node, "Events") else { return };
    let one = [events];
    let events = if tree.document.text(events).is_some() { &one[..] } else { tree.document.items(events) };
    let mut common = Vec::new();
    let mut add = |key: &str, key_span, value: Value<Data>| {
        common.push(Entry { key: Arc::from(key), key_span, value: Arc::new(value) });
    };
    if let Some(id) = tree.get(node, "Id") {
        add("Id", tree.key_span(node, "Id"), tree.value(id));
    }
    if let Some(destination) = tree.get(node, from) {
        add(to, tree.key_span(node, from), tree.value(destination));
    }
    if let Some(filter) = tree.get(node, "Filter") {
        add("Filter", tree.key_span(node, "Filter"), key_filter(tree, filter));
    }
    for event in events {
        let mut entries = common.clone();
        let key_span = tree.key_span(node, "Events");
        entries.push(Entry { key: Arc::from("Event"), key_span, value: Arc::new(tree.value(*event)) });
        out.push(Arc::new(Value::known(Data::Map(Map { entries, open: false }), tree.span(node))));
    }
}

/// `{Key: {FilterRules: […]}}` is `{S3Key: {Rules: […]}}` in CloudFormation.
fn key_filter(tree: &Tree, filter: NodeId) -> Value<Data> {
    let mut rules = Map::default();
    let mut filters = Map::default();
    if let Some(key) = tree.get(filter, "Key") {
        if let Some(list) = tree.get(key, "FilterRules") {
            rules.insert("Rules", tree.key_span(key, "FilterRules"), tree.value(list));
        }
        filters.insert("S3Key", tree.key_span(filter, "Key"), Value::known(Data::Map(rules), tree.span(key)));
    }
    Value::known(Data::Map(filters), tree.span(filter))
}
