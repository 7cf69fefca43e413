//! `role-missing-permission`: see `rules/role/role-missing-permission.md`.

use super::permissions::certainly;
use crate::data::managed_policies;
use crate::data::needs::Need;
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::{DocumentKind, Effect, Policy, PolicyDocument, Statement, action_matches, grant, words};
use crate::model::{About, Function, Resource, Role, RoleId, World};
use crate::value::{Answer, Guard, Text};
use crate::wiring::arn::may_match;
use crate::wiring::needs::{Wiring, wirings};
use rustc_hash::FxHashMap;
use std::fmt::Write as _;

pub(super) fn check(world: &World, out: &mut Findings) {
    // A role gets policies from nested stacks, too.
    if world.has_unseen_stacks() {
        return;
    }
    let mut rights = Rights::of(world);
    for function in world.application.functions.iter().filter(|function| function.roles_known) {
        if function.roles.iter().all(|(id, _)| world.role(*id).is_none_or(|role| role.open)) {
            continue;
        }
        for wiring in wirings(world, function) {
            for (role, when) in world.roles_of(function).filter(|(role, _)| !role.open) {
                if world.is_said_elsewhere(About::RolePolicies, role.resource) {
                    continue;
                }
                let exists = wiring.when.and(&function.resource.when).and(&when).and(&role.resource.when);
                let given = wiring.by_sam && !role.resource.origin.is_written();
                if !given && exists.is_possible() {
                    judge(&wiring, function, role, &exists, &mut rights, out);
                }
            }
        }
    }
}

/// What a role lacks in the same deployments.
struct Lack {
    when: Guard,
    core: bool,
    actions: Vec<&'static str>,
}

fn judge(wiring: &Wiring, function: &Function, role: &Role, exists: &Guard, rights: &mut Rights, out: &mut Findings) {
    let mut lacks: Vec<Lack> = Vec::new();
    let mut add = |action: &'static str, core: bool| {
        if let Some(when) = rights.missing(role, exists, action, &wiring.resource) {
            match lacks.iter_mut().find(|lack| lack.when.same(&when)) {
                Some(lack) => {
                    lack.core |= core;
                    lack.actions.push(action);
                }
                None => lacks.push(Lack { when, core, actions: vec![action] }),
            }
        }
    };
    for action in wiring.need.core {
        add(action, true);
    }
    if !rest_is_given(wiring.need, role) {
        for action in wiring.need.rest {
            add(action, false);
        }
    }
    if !wiring.need.either.is_empty() && !rest_is_given(wiring.need, role) {
        // One of them is enough: where all lack, something does.
        let mut all = exists.clone();
        for action in wiring.need.either {
            let when = rights.missing(role, exists, action, &wiring.resource);
            all = all.and(&when.unwrap_or_else(Guard::never));
        }
        if all.is_possible() {
            lacks.push(Lack { when: all, core: false, actions: wiring.need.either.iter().take(1).copied().collect() });
        }
    }
    for lack in lacks {
        report(wiring, function, role, &lack, out);
    }
}

/// Whether SAM or an AWS managed policy that was made for it gives what the core does not hold.
fn rest_is_given(need: &Need, role: &Role) -> bool {
    let mut managed = role.policies.iter().filter(|policy| policy.document.kind == DocumentKind::AwsManaged);
    let made_for_it = managed.any(|policy| need.managed.contains(&&*policy.document.name));
    made_for_it || !need.core.is_empty() && !role.resource.origin.is_written()
}

/// How many elements of statements are compared with what is needed at most. Past it nothing is missed any more: a
/// template that CloudFormation takes needs a few thousand.
const MAX_COMPARED: usize = 300_000;

/// What roles may do, each question answered once.
struct Rights {
    /// The policies of queues, topics and other resources.
    resource_policies: Vec<Policy>,
    /// The deployments in which a role may have a right on a resource.
    covered: FxHashMap<(RoleId, &'static str, Text), Guard>,
    /// How many elements may still be compared.
    left: usize,
}

impl Rights {
    fn of(world: &World) -> Self {
        Self { resource_policies: resource_policies(world), covered: FxHashMap::default(), left: MAX_COMPARED }
    }

    /// The deployments in which a role certainly lacks a right that it needs where `exists` holds.
    fn missing(&mut self, role: &Role, exists: &Guard, action: &'static str, resource: &Text) -> Option<Guard> {
        let key = (role.id, action, resource.clone());
        if !self.covered.contains_key(&key) {
            let elements: usize = role.statements().map(|statement| 1 + statement.resources.items.len()).sum();
            self.left = self.left.checked_sub(elements)?;
            self.covered.insert(key.clone(), covered(role, action, resource));
        }
        let covered = self.covered.get(&key)?;
        if !exists.and(&covered.not()).is_possible() {
            return None;
        }
        let mut statements = self.resource_policies.iter().flat_map(|policy| &policy.statements);
        if statements.any(|statement| lets_roles(statement, action)) {
            return None;
        }
        certainly(exists, covered)
    }
}

/// The deployments in which a role may do `action` to `resource`.
fn covered(role: &Role, action: &str, resource: &Text) -> Guard {
    let mut covered = Guard::never();
    for found in grant::grants(role.statements(), action, resource, true) {
        let statement = found.statement;
        if found.answer.is_yes() {
            covered = covered.or(&found.when);
        } else if may_be_about(statement, resource) {
            covered = covered.or(&statement.when);
        }
    }
    covered
}

/// Whether one of a statement's resources may be this one. Two resources that the template declares are two.
fn may_be_about(statement: &Statement, resource: &Text) -> bool {
    let resources = &statement.resources;
    resources.negated
        || resources.open
        || resources.items.iter().any(|element| !may_match(&element.text, resource).is_no())
}

/// Whether a statement of a resource's own policy may let a role do this.
fn lets_roles(statement: &Statement, action: &str) -> bool {
    let somebody = statement.principals_open
        || statement.not_principal
        || statement.principals.iter().any(|principal| &*principal.kind != "Service" && !is_account(&principal.text));
    let actions = &statement.actions;
    let matches = actions.open
        || actions.negated
        || actions.items.iter().any(|element| action_matches(&element.text, action) != Answer::No);
    statement.effect == Effect::Allow && somebody && matches
}

/// Whether a principal is an account as a whole: that leaves it to the policies of its roles.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.
fn is_account(principal: &Text) -> bool {
    let spelled = principal.to_string();
    let account = spelled
        .strip_suffix(":root")
        .map_or(spelled.as_str(), |arn| arn.rsplit_once("iam::").map_or(arn, |(_, account)| account));
    account == "${AWS::AccountId}" || account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())
}

/// The policies of queues, topics and other resources: what they grant to a role, the role need not.
fn resource_policies(world: &World) -> Vec<Policy> {
    let property = |resource: &Resource| match &*resource.kind {
        "AWS::SQS::QueuePolicy" | "AWS::SNS::TopicPolicy" | "AWS::S3::BucketPolicy" => Some("PolicyDocument"),
        "AWS::Kinesis::ResourcePolicy" | "AWS::SecretsManager::ResourcePolicy" => Some("ResourcePolicy"),
        "AWS::DynamoDB::Table" => Some("StreamSpecification.ResourcePolicy.PolicyDocument"),
        "AWS::EFS::FileSystem" => Some("FileSystemPolicy"),
        "AWS::KMS::Key" => Some("KeyPolicy"),
        _ => None,
    };
    let written = world.resources.iter().filter_map(|resource| property(resource).map(|path| (resource, path)));
    written
        .map(|(resource, path)| (resource, resource.get(path)))
        .filter(|(_, value)| !value.is_unset())
        .map(|(resource, value)| {
            let document = PolicyDocument {
                kind: DocumentKind::Resource,
                name: (*resource.address).into(),
                address: resource.address.clone(),
                span: resource.span,
            };
            Policy::read(document, &value)
        })
        .collect()
}

fn report(wiring: &Wiring, function: &Function, role: &Role, lack: &Lack, out: &mut Findings) {
    let (grade, before) = if lack.core {
        (Grade::ERROR, "the deployment fails: ")
    } else {
        (if wiring.optional { Grade::OPINION } else { Grade::NOTE }, "")
    };
    let name = function.address();
    let actions = words::list(&lack.actions);
    let mut finding = Finding::new(grade, wiring.span, format!("{before}{}", wiring.effect))
        .here(format!("{}, which takes {actions}", wiring.here))
        .when(&lack.when)
        .related(name)
        .related(&role.resource.address)
        .confidence(if lack.core { Confidence::High } else { Confidence::Medium });
    if let Some(holder) = wiring.holder {
        finding = finding.related(&holder.address);
    }
    let made = !role.resource.origin.is_written();
    if made {
        finding = finding.label(role.resource.span, "the role that SAM makes from this does not allow it");
    } else if role.resource.span == function.resource.span {
        finding = finding.label(role.resource.span, "the role of this function does not allow it");
    } else {
        finding = finding.label(role.resource.span, format!("the role of `{name}` does not allow it"));
    }
    out.push(finding.help(help(wiring, function, role, lack, made)));
}

/// The smallest statement, or the managed policy that holds it.
fn help(wiring: &Wiring, function: &Function, role: &Role, lack: &Lack, made: bool) -> String {
    let place = if made {
        format!("to the `Policies` of `{}`", function.address())
    } else {
        format!("to the role `{}`", role.resource.address)
    };
    let list = lack.actions.join(", ");
    let mut text = format!("add {place} a statement with `Action: [{list}]` and `Resource: \"{}\"`", wiring.resource);
    let managed = wiring.need.managed.first().and_then(|name| managed_policies::policy(name));
    if let Some(policy) = managed {
        let name = if made { policy.name.to_owned() } else { format!("arn:aws:iam::aws:{}", policy.arn_path()) };
        let _ = write!(text, ", or the managed policy `{name}`");
    }
    text
}
