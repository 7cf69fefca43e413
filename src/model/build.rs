//! Builds the [`Application`](super::application::Application) of a world from its resources.

use super::Resource;
use super::application::{FunctionId, Permission, Role, RoleId};
use super::resource_policy;
use super::triggers;
use super::world::World;
use crate::frontend::Format;
use crate::iam::boundary::boundary;
use crate::iam::{DocumentKind, Policy, PolicyDocument, managed};
use crate::value::{Data, Guard, SymbolKind, Text, Value};

/// Fills the application: roles with their policies, functions with their roles, permissions, triggers.
pub(super) fn application(world: &mut World) {
    let roles = (0..world.application.roles.len()).map(RoleId);
    let filled: Vec<_> = roles.filter_map(|id| world.role(id).map(|role| policies(world, role.resource))).collect();
    for (role, filled) in world.application.roles.iter_mut().zip(filled) {
        role.policies = filled.policies;
        role.trust = filled.trust;
        role.open = filled.open;
        role.bounded = filled.bounded;
    }
    link_roles(world);
    let (policies, statements) = resource_policy::all(world);
    world.application.permissions = permissions(world);
    world.application.permissions.extend(statements);
    world.application.resource_policies = policies;
    world.application.triggers = triggers::all(world);
}

struct Filled {
    policies: Vec<Policy>,
    trust: Option<Policy>,
    open: bool,
    bounded: bool,
}

/// Whether policies may be attached to a role by resources that are not seen. What the AWS CLI prints about a role
/// says itself whether it is all.
fn may_get_more(world: &World, role: &Resource) -> bool {
    let printed = world.units.iter().any(|unit| unit.source == role.source && unit.format == Format::AwsCli);
    world.open && !printed
}

/// Everything that is attached to a role.
fn policies(world: &World, role: &Resource) -> Filled {
    let mut filled = Filled { policies: Vec::new(), trust: None, open: may_get_more(world, role), bounded: false };
    let document = |kind, name: &str, holder: &Resource, span| PolicyDocument {
        kind,
        name: name.into(),
        address: holder.address.clone(),
        span,
    };

    let trust = role.get("AssumeRolePolicyDocument");
    if trust.some(|value| value.is_some()) {
        let at = document(DocumentKind::Trust, "AssumeRolePolicyDocument", role, trust.span());
        filled.trust = Some(Policy::read(at, &trust));
    }
    filled.bounded = bounds(world, role, &mut filled.policies);

    // Inline.
    let (inline, closed) = role.get("Policies").items(false);
    filled.open |= !closed && !role.get("Policies").is_unset();
    for item in inline {
        filled.open |= !item.is_exhaustive();
        let name = item.get("PolicyName").literals().only().cloned().unwrap_or_default();
        let body = item.get("PolicyDocument");
        if item.some(|value| value.is_some()) {
            filled.policies.push(Policy::read(document(DocumentKind::Inline, &name, role, item.span()), &body));
        }
    }

    // Managed, by ARN: AWS's own, the world's own, or a stranger.
    let (arns, closed) = role.get("ManagedPolicyArns").items(true);
    filled.open |= !closed && !role.get("ManagedPolicyArns").is_unset();
    for item in arns {
        let texts = item.text();
        filled.open |= !texts.is_exhaustive();
        for (arn, span, when) in texts.set() {
            let policy = match managed::name_of(arn) {
                Some(name) => managed::policy(&name, span, &role.address),
                None => world
                    .resource_named("AWS::IAM::ManagedPolicy", arn)
                    .map(|resource| read_attached(resource, &resource.address)),
            };
            match policy {
                Some(mut policy) => {
                    restrict(&mut policy, when);
                    filled.policies.push(policy);
                }
                None => filled.open = true,
            }
        }
    }

    // Policy resources that name the role.
    for resource in &world.resources {
        let list = match &*resource.kind {
            "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" => resource.get("Roles"),
            "AWS::IAM::RolePolicy" => resource.get("RoleName"),
            _ => continue,
        };
        let (items, closed) = list.items(true);
        filled.open |= !closed && !list.is_unset();
        for item in items {
            let names = item.text();
            for (name, _, when) in names.set() {
                if name.equals(&role.names.name).is_yes() {
                    let mut policy = read_attached(resource, &resource.address);
                    restrict(&mut policy, &when.and(&resource.when));
                    filled.policies.push(policy);
                } else if !closed_name(name) {
                    filled.open = true;
                }
            }
        }
    }
    for policy in &filled.policies {
        filled.open |= policy.open;
    }
    filled
}

/// Whether a name cannot turn out to be another resource's: it holds no parameter and no import.
fn closed_name(name: &Text) -> bool {
    name.symbols().all(|symbol| !matches!(symbol.kind, SymbolKind::Parameter(_) | SymbolKind::Other))
}

fn read_attached(resource: &Resource, address: &crate::engine::Address) -> Policy {
    let body = resource.get("PolicyDocument");
    let document = PolicyDocument {
        kind: DocumentKind::Attached,
        name: (**address).into(),
        address: address.clone(),
        span: resource.span,
    };
    Policy::read(document, &body)
}

/// Adds what a role's permissions boundary keeps it from; whether it may keep it from more.
fn bounds(world: &World, role: &Resource, policies: &mut Vec<Policy>) -> bool {
    let arns = role.get("PermissionsBoundary").text();
    let mut may_be_more = !arns.is_exhaustive();
    for (arn, span, when) in arns.set() {
        let policy = match managed::name_of(arn) {
            Some(name) => managed::policy(&name, span, &role.address),
            None => world
                .resource_named("AWS::IAM::ManagedPolicy", arn)
                .filter(|resource| when.and(&role.when).implies(&resource.when))
                .map(|resource| read_attached(resource, &resource.address)),
        };
        match policy {
            Some(policy) => {
                let read = boundary(&policy, span, when);
                may_be_more |= !read.is_exact;
                policies.push(read.refusals);
            }
            None => may_be_more = true,
        }
    }
    may_be_more
}

/// Narrows every statement of a policy to the deployments in which it is attached.
fn restrict(policy: &mut Policy, when: &Guard) {
    if !when.is_always() {
        for statement in &mut policy.statements {
            statement.when = statement.when.and(when);
        }
        policy.statements.retain(|statement| statement.when.is_possible());
    }
}

/// Links functions with their roles, both ways.
fn link_roles(world: &mut World) {
    let mut links: Vec<(FunctionId, Vec<(RoleId, Guard)>, bool)> = Vec::new();
    for function in &world.application.functions {
        let role = function.resource.get("Role");
        let texts = role.text();
        let mut known = texts.is_exhaustive();
        let mut found = Vec::new();
        for (text, _, when) in texts.set() {
            match world.role_named(text) {
                Some(id) => found.push((id, when.clone())),
                None => known = false,
            }
        }
        links.push((function.id, found, known));
    }
    for (id, found, known) in links {
        for (role, _) in &found {
            if let Some(Role { functions, .. }) = world.application.roles.get_mut(role.0)
                && !functions.contains(&id)
            {
                functions.push(id);
            }
        }
        if let Some(function) = world.application.functions.get_mut(id.0) {
            function.roles = found;
            function.roles_known = known;
        }
    }
}

fn permissions<'a>(world: &World<'a>) -> Vec<Permission<'a>> {
    world
        .of_kind("AWS::Lambda::Permission")
        .map(|resource| {
            let (functions, functions_known) = world.targets(&resource.get("FunctionName").text());
            let text = |property: &str| -> Value<&'a Text> {
                resource.get(property).filter_map(|data: &&'a Data| data.text())
            };
            Permission {
                resource,
                body: resource.body,
                functions,
                functions_known,
                action: text("Action"),
                principal: text("Principal"),
                source_arn: text("SourceArn"),
                source_account: text("SourceAccount"),
                organization: text("PrincipalOrgID"),
                url_auth_type: text("FunctionUrlAuthType"),
                via_url: text("InvokedViaFunctionUrl"),
                token: text("EventSourceToken"),
            }
        })
        .collect()
}
