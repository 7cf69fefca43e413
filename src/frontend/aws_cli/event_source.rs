//! Event source mappings.

use super::lower::{FunctionArn, Lowering, child, copy, drop_default, drop_empty};
use super::tree::text;
use crate::model::Names;
use crate::syntax::NodeId;
use crate::value::{Map, Text};
use std::sync::Arc;

const KIND: &str = "AWS::Lambda::EventSourceMapping";

/// What the API prints for a mapping that was made without saying anything of it.
/// Source: the `lambda` service model of botocore 1.44, `EventSourceMappingConfiguration`.
const DEFAULTS: &[(&str, &str)] = &[
    ("MaximumBatchingWindowInSeconds", "0"),
    ("ParallelizationFactor", "1"),
    ("MaximumRecordAgeInSeconds", "-1"),
    ("MaximumRetryAttempts", "-1"),
    ("BisectBatchOnFunctionError", "false"),
    ("TumblingWindowInSeconds", "0"),
    ("FunctionResponseTypes", ""),
    ("Topics", ""),
    ("Queues", ""),
    ("SourceAccessConfigurations", ""),
    ("ScalingConfig", ""),
    ("MetricsConfig", ""),
    ("KMSKeyArn", ""),
];

/// A mapping as printed.
pub(super) fn mapping(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut properties = copy(&tree, node, &["FunctionArn"]);
    for (key, default) in DEFAULTS {
        drop_default(&mut properties, key, default);
    }
    drop_empty(&mut properties, "FilterCriteria");
    let queue = tree.word(node, "EventSourceArn").is_some_and(|arn| arn.split(':').nth(2) == Some("sqs"));
    drop_default(&mut properties, "BatchSize", if queue { "10" } else { "100" });
    if let Some(destinations) = child(&mut properties, "DestinationConfig") {
        drop_default(destinations, "OnSuccess", "");
        drop_default(destinations, "OnFailure", "");
    }
    drop_default(&mut properties, "DestinationConfig", "");
    // Enabled unless the state says otherwise, which is the default.
    if let Some(state) = tree.get(node, "State")
        && matches!(tree.document.text(state), Some("Disabled" | "Disabling"))
    {
        properties.insert("Enabled", tree.key_span(node, "State"), text("false", tree.span(state)));
    }
    if let Some(function) = tree.get(node, "FunctionArn") {
        properties.insert("FunctionName", tree.key_span(node, "FunctionArn"), tree.value(function));
    }
    let (id, span) = tree.named(node, "UUID", "");
    to.region(node, &id, depth);
    let name = Text::literal(&*id);
    let arn = tree.word(node, "EventSourceMappingArn").map(Text::literal);
    let names = Names { name: name.clone(), reference: name, arn };
    to.push(KIND, (id, span), tree.span(node), properties, names);
}

/// `create-event-source-mapping`'s input.
pub(super) fn create(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let properties: Map = copy(&tree, node, &[]);
    let function = FunctionArn::read(tree.word(node, "FunctionName").unwrap_or_default());
    let source = tree.word(node, "EventSourceArn").unwrap_or("kafka");
    let source = source.rsplit([':', '/']).next().unwrap_or(source);
    let address: Arc<str> = Arc::from(format!("{}/{source}", function.name));
    let (_, span) = tree.named(
        node,
        if tree.get(node, "EventSourceArn").is_some() { "EventSourceArn" } else { "FunctionName" },
        "",
    );
    to.region(node, &address, depth);
    let name = Text::literal(&*address);
    to.push(
        KIND,
        (address, span),
        tree.span(node),
        properties,
        Names { name: name.clone(), reference: name, arn: None },
    );
}
