//! Roles and their policies.

use super::lower::{Lowering, copy, drop_default, pieces};
use super::tree::{Tree, text};
use super::{ATTACHED_POLICIES, POLICY_NAMES, POLICY_VERSION};
use crate::engine::Address;
use crate::model::Names;
use crate::source::Span;
use crate::syntax::NodeId;
use crate::value::{Data, Entry, List, Map, Text, Value};
use std::sync::Arc;

const ROLE: &str = "AWS::IAM::Role";

/// A list of which more may exist.
fn open_list(span: Span) -> Value<Data> {
    Value::known(Data::List(List { items: Vec::new(), open: true }), span)
}

/// `get-role`.
pub(super) fn get_role(to: &mut Lowering, node: NodeId, depth: usize) {
    let Some(inner) = to.tree.get(node, "Role") else { return };
    role(to, inner, depth + 1);
    let (name, _) = to.tree.named(inner, "RoleName", "");
    to.region(node, &name, depth);
}

/// A role as printed by `get-role`, `list-roles` and `create-role`: its policies are printed by other commands.
pub(super) fn role(to: &mut Lowering, node: NodeId, depth: usize) {
    let mut properties = printed(&to.tree, node);
    let span = to.tree.span(node);
    properties.insert("Policies", span, open_list(span));
    properties.insert("ManagedPolicyArns", span, open_list(span));
    push(to, node, depth, properties);
}

/// A role with all its policies, from `get-account-authorization-details`.
pub(super) fn detail(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut properties = printed(&tree, node);
    let span = tree.span(node);
    let inline = tree.get(node, "RolePolicyList").map_or(&[][..], |list| tree.document.items(list));
    let inline: Vec<_> = inline
        .iter()
        .map(|policy| {
            let mut map = copy(&tree, *policy, &["PolicyDocument"]);
            put_document(&tree, *policy, &mut map);
            Arc::new(Value::known(Data::Map(map), tree.span(*policy)))
        })
        .collect();
    let at = tree.get(node, "RolePolicyList").map_or(span, |list| tree.span(list));
    let inline = Value::known(Data::List(List { items: inline, open: false }), at);
    properties.insert("Policies", tree.key_span(node, "RolePolicyList"), inline);
    let at = tree.get(node, "AttachedManagedPolicies").map_or(span, |list| tree.span(list));
    let attached = tree.get(node, "AttachedManagedPolicies").map_or_else(Vec::new, |list| policy_arns(&tree, list));
    let attached = Value::known(Data::List(List { items: attached, open: false }), at);
    properties.insert("ManagedPolicyArns", tree.key_span(node, "AttachedManagedPolicies"), attached);
    push(to, node, depth, properties);
}

fn printed(tree: &Tree, node: NodeId) -> Map {
    let except = [
        "AssumeRolePolicyDocument",
        "PermissionsBoundary",
        "RolePolicyList",
        "AttachedManagedPolicies",
        "InstanceProfileList",
    ];
    let mut map = copy(tree, node, &except);
    drop_default(&mut map, "Path", "/");
    drop_default(&mut map, "MaxSessionDuration", "3600");
    drop_default(&mut map, "Description", "");
    drop_default(&mut map, "Tags", "");
    if let Some(trust) = tree.get(node, "AssumeRolePolicyDocument") {
        let key_span = tree.key_span(node, "AssumeRolePolicyDocument");
        map.insert("AssumeRolePolicyDocument", key_span, tree.policy(trust));
    }
    if let Some(boundary) = tree.get(node, "PermissionsBoundary") {
        let arn = tree.get(boundary, "PermissionsBoundaryArn").unwrap_or(boundary);
        map.insert("PermissionsBoundary", tree.key_span(node, "PermissionsBoundary"), tree.value(arn));
    }
    map
}

fn push(to: &mut Lowering, node: NodeId, depth: usize, properties: Map) {
    let tree = to.tree;
    let (name, span) = tree.named(node, "RoleName", "");
    to.region(node, &name, depth);
    let arn = tree.word(node, "Arn").map_or_else(|| role_arn(tree.word(node, "Path"), &name), Text::literal);
    let name_text = Text::literal(&*name);
    let names = Names { name: name_text.clone(), reference: name_text, arn: Some(arn) };
    to.push(ROLE, (name, span), tree.span(node), properties, names);
}

fn role_arn(path: Option<&str>, name: &str) -> Text {
    pieces(&["arn:", "AWS::Partition", ":iam::", "AWS::AccountId", ":role"]).with(path.unwrap_or("/")).with(name)
}

/// `create-role`'s input.
pub(super) fn create(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut properties = copy(&tree, node, &["AssumeRolePolicyDocument"]);
    let span = tree.span(node);
    if let Some(trust) = tree.get(node, "AssumeRolePolicyDocument") {
        let key_span = tree.key_span(node, "AssumeRolePolicyDocument");
        properties.insert("AssumeRolePolicyDocument", key_span, tree.policy(trust));
    }
    properties.insert("Policies", span, open_list(span));
    properties.insert("ManagedPolicyArns", span, open_list(span));
    push(to, node, depth, properties);
}

fn put_document(tree: &Tree, node: NodeId, map: &mut Map) {
    if let Some(document) = tree.get(node, "PolicyDocument") {
        map.insert("PolicyDocument", tree.key_span(node, "PolicyDocument"), tree.policy(document));
    }
}

/// `get-role-policy`, and `put-role-policy`'s input.
pub(super) fn policy(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut properties = copy(&tree, node, &["PolicyDocument"]);
    put_document(&tree, node, &mut properties);
    let (name, span) = tree.named(node, "PolicyName", "");
    let role = tree.word(node, "RoleName").unwrap_or_default();
    let address: Address = Arc::from(format!("{role}/{name}"));
    to.region(node, &address, depth);
    let name = Text::literal(&*name);
    let names = Names { name: name.clone(), reference: name, arn: None };
    to.push("AWS::IAM::RolePolicy", (address, span), tree.span(node), properties, names);
}

/// The ARNs in a list of attached policies.
fn policy_arns(tree: &Tree, list: NodeId) -> Vec<Arc<Value<Data>>> {
    let items = tree.document.items(list).iter();
    items
        .map(|item| {
            let arn = tree.get(*item, "PolicyArn");
            Arc::new(arn.map_or_else(|| Value::unknown(tree.span(*item)), |arn| tree.value(arn)))
        })
        .collect()
}

/// `list-attached-role-policies`, which does not say of which role.
pub(super) fn attached(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let Some(list) = tree.get(node, "AttachedPolicies") else { return };
    let open = tree.word(node, "IsTruncated") == Some("true");
    let value = Value::known(Data::List(List { items: policy_arns(&tree, list), open }), tree.span(list));
    let mut properties = Map::default();
    properties.insert("ManagedPolicyArns", tree.key_span(node, "AttachedPolicies"), value);
    fragment(to, ATTACHED_POLICIES, node, depth, properties, Names::default());
}

/// `attach-role-policy`'s input.
pub(super) fn attach(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let (Some(arn), Some(role)) = (tree.get(node, "PolicyArn"), tree.word(node, "RoleName")) else { return };
    let items = vec![Arc::new(tree.value(arn))];
    let value = Value::known(Data::List(List { items, open: true }), tree.span(arn));
    let mut properties = Map::default();
    properties.insert("ManagedPolicyArns", tree.key_span(node, "PolicyArn"), value);
    let name = Text::literal(role);
    let names = Names { name: name.clone(), reference: name, arn: None };
    fragment(to, ATTACHED_POLICIES, node, depth, properties, names);
}

/// `list-role-policies`, which does not say of which role.
pub(super) fn policy_names(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let Some(list) = tree.get(node, "PolicyNames") else { return };
    let open = tree.word(node, "IsTruncated") == Some("true");
    let items = tree.document.items(list).iter().map(|item| Arc::new(tree.value(*item))).collect();
    let mut properties = Map::default();
    let value = Value::known(Data::List(List { items, open }), tree.span(list));
    properties.insert("PolicyNames", tree.key_span(node, "PolicyNames"), value);
    fragment(to, POLICY_NAMES, node, depth, properties, Names::default());
}

/// `get-policy-version`, which does not say of which policy.
pub(super) fn policy_version(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let Some(version) = tree.get(node, "PolicyVersion") else { return };
    let mut properties = copy(&tree, version, &["Document"]);
    if let Some(document) = tree.get(version, "Document") {
        properties.insert("PolicyDocument", tree.key_span(version, "Document"), tree.policy(document));
    }
    fragment(to, POLICY_VERSION, node, depth, properties, Names::default());
}

/// Adds what only the folder or the file's name says whose it is.
fn fragment(to: &mut Lowering, kind: &str, node: NodeId, depth: usize, properties: Map, names: Names) {
    let span = to.tree.span(node);
    let address: Address = Arc::from(names.name.as_literal().unwrap_or_default());
    to.region(node, &address, depth);
    to.push(kind, (address, span), span, properties, names);
}

/// A managed policy with its versions, from `get-account-authorization-details`.
pub(super) fn policy_detail(to: &mut Lowering, node: NodeId, depth: usize) {
    let tree = to.tree;
    let mut properties = copy(&tree, node, &["PolicyVersionList", "PolicyName"]);
    let last = tree.word(node, "Arn").and_then(|arn| arn.rsplit('/').next()).unwrap_or_default();
    let (name, span) = tree.named(node, "PolicyName", last);
    properties.entries.push(Entry {
        key: Arc::from("ManagedPolicyName"),
        key_span: tree.key_span(node, "PolicyName"),
        value: Arc::new(text(&name, span)),
    });
    let versions = tree.get(node, "PolicyVersionList").map_or(&[][..], |list| tree.document.items(list));
    let in_force = versions.iter().find(|version| {
        tree.word(**version, "IsDefaultVersion").is_some_and(|default| default.eq_ignore_ascii_case("true"))
    });
    let document = in_force.and_then(|version| Some((*version, tree.get(*version, "Document")?)));
    match document {
        Some((version, document)) => {
            properties.insert("PolicyDocument", tree.key_span(version, "Document"), tree.policy(document));
        }
        None => properties.insert("PolicyDocument", span, Value::unknown(span)),
    }
    drop_default(&mut properties, "Path", "/");
    to.region(node, &name, depth);
    let arn = tree.word(node, "Arn").map(Text::literal);
    let reference = arn.clone().unwrap_or_default();
    let names = Names { name: Text::literal(&*name), reference, arn };
    to.push("AWS::IAM::ManagedPolicy", (name, span), tree.span(node), properties, names);
}
