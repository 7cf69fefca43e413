//! `policy-detached`: see `rules/role/policy-detached.md`.

use super::permissions::service;
use crate::engine::{Finding, Findings, Grade};
use crate::iam::{Effect, Policy};
use crate::model::{Resource, Role, World};
use crate::value::{Data, Guard, Value};
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    if world.application.functions.is_empty() {
        return;
    }
    for policy in world.of_kind("AWS::IAM::Policy").filter(|policy| policy.origin.is_written()) {
        of_nobody(policy, out);
    }
    // What cannot be seen may refer to a policy or a role.
    if world.open {
        return;
    }
    let used = used(world);
    let unused = |resource: &Resource, name: &str| {
        // A resource with a name of its own can be used by that name, from anywhere.
        resource.origin.is_written()
            && resource.get(name).is_unset()
            && !used.contains(&(resource.source.0, &*resource.address))
    };
    for policy in world.of_kind("AWS::IAM::ManagedPolicy").filter(|policy| unused(policy, "ManagedPolicyName")) {
        of_nothing(policy, out);
    }
    for role in world.application.roles.iter().filter(|role| unused(role.resource, "RoleName")) {
        of_no_function(role, out);
    }
}

/// The addresses, with their sources, that something refers to. That a policy is attached to a role is no use of the role.
fn used<'a>(world: &'a World<'_>) -> FxHashSet<(u32, &'a str)> {
    let mut used: FxHashSet<(u32, &str)> = FxHashSet::default();
    for unit in &world.units {
        used.extend(unit.mentions.iter().map(|reference| (unit.source.0, &*reference.to)));
    }
    let attached: FxHashSet<(u32, &str, &str)> = world.application.roles.iter().flat_map(attachments).collect();
    for resource in &world.resources {
        let source = resource.source.0;
        let referred = resource.references.iter().map(|reference| &*reference.to);
        let waited_for = resource.depends_on.iter().map(|(address, _)| &**address);
        used.extend(
            referred
                .chain(waited_for)
                .filter(|address| !attached.contains(&(source, &*resource.address, *address)))
                .map(|address| (source, address)),
        );
    }
    used
}

/// The policies that are attached to a role and say nothing else about it: source, policy, role.
fn attachments<'a>(role: &'a Role<'_>) -> impl Iterator<Item = (u32, &'a str, &'a str)> {
    let own: &str = &role.resource.address;
    let speaks_of_it = move |policy: &&Policy| {
        let elements = policy.statements.iter().flat_map(|statement| &statement.resources.items);
        elements.flat_map(|element| element.text.symbols()).any(|symbol| symbol.name.split('.').next() == Some(own))
    };
    let holders = role.policies.iter().filter(move |policy| !speaks_of_it(policy));
    holders.map(move |policy| (role.resource.source.0, &*policy.document.address, own))
}

/// The deployments in which a list is not there or certainly has nothing in it.
fn empty(list: &Value<&Data>) -> Guard {
    let cases = list.cases().iter().map(|case| match case.value {
        None => case.when.clone(),
        Some(Data::List(list)) if !list.open => {
            list.items.iter().fold(case.when.clone(), |guard, item| guard.and(&item.unset_when()))
        }
        Some(_) => Guard::never(),
    });
    cases.fold(Guard::never(), |guard, when| guard.or(&when))
}

/// The deployments in which a policy is attached to nobody.
fn attached_to_nobody(policy: &Resource) -> Option<Guard> {
    let lists = ["Roles", "Users", "Groups"].map(|list| empty(&policy.get(list)));
    let when = lists.iter().fold(policy.when.clone(), |guard, list| guard.and(list));
    (when.is_possible() && !when.is_rounded()).then_some(when)
}

fn of_nobody(policy: &Resource, out: &mut Findings) {
    let Some(when) = attached_to_nobody(policy) else { return };
    let message = format!("the deployment fails: the policy `{}` is attached to nobody", policy.address);
    let finding = Finding::new(Grade::ERROR, policy.span, message)
        .here("no `Roles`, no `Users` and no `Groups`")
        .when(&when)
        .related(&policy.address)
        .help("name the role that it is for, or make it an `AWS::IAM::ManagedPolicy`");
    out.push(finding);
}

fn of_nothing(policy: &Resource, out: &mut Findings) {
    let Some(when) = attached_to_nobody(policy) else { return };
    let message = format!("the managed policy `{}` is attached to nothing, and grants nothing", policy.address);
    let finding = Finding::new(Grade::NOTE, policy.span, message)
        .here("nothing refers to it")
        .when(&when)
        .related(&policy.address)
        .help("name the role that it is for under `Roles`, or remove it");
    out.push(finding);
}

fn of_no_function(role: &Role, out: &mut Findings) {
    let only_lambda = role.trust.as_ref().is_some_and(|trust| !trust.open && trusts_only_lambda(trust));
    if !role.functions.is_empty() || !only_lambda {
        return;
    }
    let resource = role.resource;
    let message = format!("no function uses the role `{}`, which only Lambda may assume", resource.address);
    let finding = Finding::new(Grade::NOTE, resource.span, message)
        .here("nothing refers to it")
        .when(&resource.when)
        .related(&resource.address)
        .help("give it to the function that it is for, or remove it");
    out.push(finding);
}

/// Whether nobody but Lambda may assume a role.
fn trusts_only_lambda(trust: &Policy) -> bool {
    let mut allowing = trust.statements.iter().filter(|statement| statement.effect == Effect::Allow).peekable();
    allowing.peek().is_some()
        && allowing.all(|statement| {
            !statement.not_principal
                && !statement.principals_open
                && !statement.principals.is_empty()
                && statement.principals.iter().all(|principal| {
                    let name = service(&principal.text);
                    &*principal.kind == "Service" && matches!(name.as_deref(), Some("lambda" | "edgelambda"))
                })
        })
}
