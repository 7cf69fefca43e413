//! Resource-based policies: each statement becomes an `AWS::Lambda::Permission`.
//!
//! A permission has one action, one principal and one source, so a statement with lists becomes one permission for each
//! combination: they are alternatives, as in the statement.

use super::WHOLE_POLICY;
use super::lower::{FunctionArn, Lowering, copy};
use super::tree::{Embedded, Tree, text};
use crate::engine::Address;
use crate::iam::conditions;
use crate::model::Names;
use crate::source::Span;
use crate::syntax::{Document, Kind, NodeId};
use crate::value::{Map, Text, Value};
use std::sync::Arc;

/// How many permissions a statement becomes at most; of the rest nothing is said but that the grant is wider.
const MAX_COMBINATIONS: usize = 64;

/// How many resources a file may become before its statements are taken whole. Lambda's policies are at most 20 KB.
const MAX_PERMISSIONS: usize = 10_000;

/// Whether a node is a resource-based policy of Lambda (`whole`) or a statement of one.
pub(super) fn is_about_lambda(document: &Document, root: NodeId, whole: bool) -> bool {
    let one = [root];
    let statements = if whole {
        let Some(list) = document.get(root, "Statement") else { return false };
        match document.node(list).kind {
            Kind::List(_) => document.items(list),
            _ => return false,
        }
    } else {
        &one
    };
    let about = |statement: &NodeId| {
        document
            .get(*statement, "Resource")
            .and_then(|resource| document.text(resource).or_else(|| document.text(*document.items(resource).first()?)))
            .is_some_and(|arn| arn.starts_with("arn:aws") && arn.split(':').nth(2) == Some("lambda"))
    };
    !statements.is_empty() && statements.iter().all(about)
}

/// `get-policy`, or the statement that `add-permission` prints.
pub(super) fn policy(
    to: &mut Lowering,
    node: NodeId,
    holder: NodeId,
    json: Option<&Embedded>,
    whole: bool,
    depth: usize,
) {
    let outer = to.tree;
    let (tree, root) = match json {
        Some(json) => match json.root() {
            Some(root) => (json.tree(&outer), root),
            None => return,
        },
        None => (outer, holder),
    };
    let one = [root];
    let statements =
        if whole { tree.get(root, "Statement").map_or(&[][..], |list| tree.document.items(list)) } else { &one };
    // A statement that takes away what others grant, or grants in a way that a permission cannot say, makes every
    // restriction of the policy unclear.
    let plain = |statement: &NodeId| {
        tree.word(*statement, "Effect") == Some("Allow")
            && ["NotAction", "NotPrincipal", "NotResource"].iter().all(|key| tree.get(*statement, key).is_none())
    };
    let open = !statements.iter().all(plain);
    let mut function: Option<(String, String)> = None;
    for statement in statements.iter().filter(|statement| plain(statement)) {
        if let Some(arn) = lower(to, &tree, *statement, open) {
            function.get_or_insert(arn);
        }
    }
    let Some((arn, name)) = function else { return };
    let address: Address = Arc::from(name.as_str());
    to.region(node, &address, depth);
    if whole {
        let span = outer.span(holder);
        let mut properties = Map::default();
        properties.insert("FunctionName", span, text(&arn, span));
        let names = Names { name: Text::literal(arn.clone()), reference: Text::literal(arn), arn: None };
        to.push(WHOLE_POLICY, (address, span), span, properties, names);
    }
}

/// The values of an element that is one text or a list of texts.
fn texts(tree: &Tree, node: NodeId) -> Vec<(Text, Span)> {
    let of = |item: NodeId| tree.document.text(item).map(|text| (Text::literal(text), tree.span(item)));
    match tree.document.node(node).kind {
        Kind::List(_) => tree.document.items(node).iter().filter_map(|item| of(*item)).collect(),
        _ => of(node).into_iter().collect(),
    }
}

/// A property of a permission: its name, where its key stands, the values that it can have.
type Choice = (&'static str, Span, Vec<(Text, Span)>);

/// Lowers a statement; says the ARN and name of the function, or layer version, that it is about.
fn lower(to: &mut Lowering, tree: &Tree, statement: NodeId, mut open: bool) -> Option<(String, String)> {
    let key_span = |key: &str| tree.key_span(statement, key);
    let resources = texts(tree, tree.get(statement, "Resource")?);
    let (first, _) = resources.first()?;
    let whole = first.as_literal()?.to_owned();
    let is_layer = whole.split(':').nth(5) == Some("layer");
    let arn = FunctionArn::read(&whole);
    let name = if is_layer { whole.splitn(7, ':').nth(6).unwrap_or_default() } else { arn.name };
    let target = if is_layer { "LayerVersionArn" } else { "FunctionName" };
    let mut choices: Vec<Choice> = vec![(target, key_span("Resource"), resources)];
    choices.push(("Action", key_span("Action"), texts(tree, tree.get(statement, "Action")?)));
    choices.push(("Principal", key_span("Principal"), principals(tree, tree.get(statement, "Principal")?)));
    let mut unclear: Vec<(&'static str, Span)> = Vec::new();
    if let Some(condition) = tree.get(statement, "Condition") {
        for (operator, _, keys) in tree.entries(condition) {
            let positive = conditions::is_positive(operator);
            for (key, key_node, values) in tree.entries(keys) {
                let property = conditions::property_of(key);
                let values_known = texts(tree, values);
                match property {
                    Some("PrincipalOrgID") if is_layer && positive => {
                        choices.push(("OrganizationId", tree.span(key_node), values_known));
                    }
                    Some(property)
                        if positive
                            && !values_known.is_empty()
                            && choices.iter().all(|(name, _, _)| *name != property) =>
                    {
                        choices.push((property, tree.span(key_node), values_known));
                    }
                    // `…IfExists`, negated and repeated operators restrict in a way that no property says.
                    Some(property) => unclear.push((property, tree.span(values))),
                    None => open = true,
                }
            }
        }
    }
    let (sid, span) = tree.named(statement, "Sid", "statement");
    let address: Address = Arc::from(format!("{name}/{sid}"));
    to.region_at(tree.span(statement), &address);
    let kind = if is_layer { "AWS::Lambda::LayerVersionPermission" } else { "AWS::Lambda::Permission" };
    let mut combinations: Vec<Map> = vec![Map { entries: Vec::new(), open }];
    for (property, key_span, values) in &choices {
        let most = if to.resources.len() < MAX_PERMISSIONS { MAX_COMBINATIONS } else { 1 };
        let fits = combinations.len().saturating_mul(values.len()) <= most;
        if !fits || values.is_empty() {
            for map in &mut combinations {
                map.insert(*property, *key_span, Value::unknown(*key_span));
            }
            continue;
        }
        combinations = combinations
            .iter()
            .flat_map(|map| {
                values.iter().map(|(value, span)| {
                    let mut map = map.clone();
                    map.insert(*property, *key_span, Value::known(value.clone().into(), *span));
                    map
                })
            })
            .collect();
    }
    for mut map in combinations {
        for (property, span) in &unclear {
            map.insert(*property, *span, Value::unknown(*span));
        }
        let id = Text::literal(&*sid);
        let names = Names { name: id.clone(), reference: id, arn: None };
        to.push(kind, (address.clone(), span), tree.span(statement), map, names);
    }
    let arn = if is_layer { whole.as_str() } else { arn.unqualified };
    Some((arn.to_owned(), name.to_owned()))
}

/// The principals of a statement, as `add-permission` takes them: `*`, an account, an ARN, a service.
fn principals(tree: &Tree, node: NodeId) -> Vec<(Text, Span)> {
    if matches!(tree.document.node(node).kind, Kind::Map(_)) {
        tree.entries(node).flat_map(|(_, _, values)| texts(tree, values)).collect()
    } else {
        texts(tree, node)
    }
}

/// `add-permission`'s input.
pub(super) fn add(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut properties = copy(&tree, node, &["StatementId", "Qualifier", "RevisionId"]);
    let whole = tree.word(node, "FunctionName").unwrap_or_default();
    let arn = FunctionArn::read(whole);
    if let Some(qualifier) = tree.word(node, "Qualifier").filter(|_| arn.qualifier.is_none()) {
        let qualified = format!("{whole}:{qualifier}");
        let span = tree.get(node, "FunctionName").map_or_else(|| tree.span(node), |value| tree.span(value));
        properties.insert("FunctionName", tree.key_span(node, "FunctionName"), text(&qualified, span));
    }
    let (sid, span) = tree.named(node, "StatementId", "statement");
    let address: Address = Arc::from(format!("{}/{sid}", arn.name));
    to.region(node, &address, depth);
    let id = Text::literal(&*sid);
    let names = Names { name: id.clone(), reference: id, arn: None };
    to.push("AWS::Lambda::Permission", (address, span), tree.span(node), properties, names);
}
