//! The policy documents that rules about their form look at, each once.

use crate::iam::DocumentKind;
use crate::iam::scope::trusts_lambda;
use crate::model::{Resource, Role, World};
use crate::source::Span;
use crate::value::{Data, Value};
use rustc_hash::FxHashSet;

/// A document as it is written.
pub(super) struct Document<'a> {
    /// What kind.
    pub(super) kind: DocumentKind,
    /// The resource whose rights it is about: the role, or the function's policy.
    pub(super) holder: &'a Resource,
    /// The resource that it is written in.
    pub(super) written_in: &'a Resource,
    /// The document.
    pub(super) body: Value<&'a Data>,
}

/// The roles in scope: those that functions use, or that Lambda may assume.
pub(super) fn roles<'w, 'a>(world: &'w World<'a>) -> impl Iterator<Item = &'w Role<'a>> {
    world.application.roles.iter().filter(|role| {
        !role.functions.is_empty() || role.trust.as_ref().is_some_and(|trust| trusts_lambda(trust).is_possible())
    })
}

/// The documents that are written in the roles in scope and in what is attached to them, and the policies of functions.
pub(super) fn documents<'a>(world: &World<'a>) -> Vec<Document<'a>> {
    let mut out = Vec::new();
    let mut seen: FxHashSet<Span> = FxHashSet::default();
    let mut add = |kind, holder: &'a Resource, written_in: &'a Resource, body: Value<&'a Data>| {
        if !body.is_unset() && seen.insert(body.span()) {
            out.push(Document { kind, holder, written_in, body });
        }
    };
    for role in roles(world) {
        let resource = role.resource;
        add(DocumentKind::Trust, resource, resource, resource.get("AssumeRolePolicyDocument"));
        for item in resource.get("Policies").items(false).0 {
            add(DocumentKind::Inline, resource, resource, item.get("PolicyDocument"));
        }
        for policy in role.policies.iter().filter(|policy| policy.document.kind == DocumentKind::Attached) {
            if let Some(attached) = world.resource(resource, &policy.document.address) {
                add(DocumentKind::Attached, resource, attached, attached.get("PolicyDocument"));
            }
        }
    }
    for policy in world.of_kind("AWS::Lambda::ResourcePolicy") {
        add(DocumentKind::Resource, policy, policy, policy.get("PolicyDocument"));
    }
    out
}
