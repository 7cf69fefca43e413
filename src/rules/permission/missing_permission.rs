//! `missing-permission`: see `rules/permission/missing-permission.md`.

use super::permissions::{Seen, certainly};
use super::statements::Statements;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{About, FunctionId, Permission, Target, Trigger, TriggerKind, World};
use crate::value::{Guard, SymbolKind, Text};
use crate::wiring::arn::may_match;
use crate::wiring::{Invocation, coverage, invoke};
use rustc_hash::FxHashSet;
use std::fmt::Write as _;

pub(super) fn check(world: &World, out: &mut Findings) {
    let seen = Seen::of(world);
    let statements = Statements::of(world);
    let mut pairs = MAX_PAIRS;
    let mut reported: FxHashSet<(FunctionId, TriggerKind, Text)> = FxHashSet::default();
    for trigger in &world.application.triggers {
        let Some(invocation) = Invocation::of(trigger).filter(|_| !trigger.made) else { continue };
        if !seen.all_of(&trigger.target) {
            continue;
        }
        let function = world.function(invocation.function);
        if function.is_some_and(|function| world.is_said_elsewhere(About::Permissions, function.resource)) {
            continue;
        }
        let Some(left) = uncovered(world, &statements, &invocation, &mut pairs) else { continue };
        if reported.insert((invocation.function, trigger.kind, source_key(trigger))) {
            report(world, &statements, trigger, &invocation, (&left, seen.is_live()), out);
        }
    }
}

/// How many pairs of a trigger and a permission are compared; real templates have a few hundred. Beyond that nothing more
/// is said to be missing.
const MAX_PAIRS: usize = 50_000;

/// How many permissions are searched for one that was meant for a trigger.
const MAX_MEANT: usize = 64;

/// The deployments that have the trigger and no permission for it.
fn uncovered(world: &World, statements: &Statements, invocation: &Invocation, pairs: &mut usize) -> Option<Guard> {
    let function = world.function(invocation.function)?;
    let exists = invocation.when.and(&function.resource.when);
    let mut covered = Guard::never();
    for permission in statements.exact(invocation).chain(statements.about(invocation.function)) {
        if *pairs == 0 {
            return None;
        }
        *pairs -= 1;
        covered = covered.or(&coverage(permission, invocation).maybe);
        if !exists.and(&covered.not()).is_possible() {
            return None;
        }
    }
    certainly(&exists, &covered)
}

/// What counts as one source: all routes of an API are, its authorizers are each one.
fn source_key(trigger: &Trigger) -> Text {
    let source = trigger.source_arn.clone().unwrap_or_else(|| Text::literal(trigger.holder.address.clone()));
    match trigger.kind {
        TriggerKind::ApiGateway if !trigger.is_authorizer() => api_of(&source),
        _ => source,
    }
}

/// The part of an `execute-api` ARN before the stage.
fn api_of(source: &Text) -> Text {
    source.around("/").map_or_else(|| source.clone(), |(api, _)| api)
}

fn report(
    world: &World,
    statements: &Statements,
    trigger: &Trigger,
    invocation: &Invocation,
    (left, live): (&Guard, bool),
    out: &mut Findings,
) {
    let Some(function) = world.function(invocation.function) else { return };
    let name = function.address();
    let holder = &trigger.holder.address;
    let Some((grade, effect)) = effect(trigger, live) else { return };
    let service = trigger.kind.caller().name;
    let route = if trigger.route.is_empty() { String::new() } else { format!(" ({})", trigger.route) };
    let message = format!("no permission lets {service} invoke `{name}` for `{holder}`{route}, so {effect}");
    let mut finding = Finding::new(grade, trigger.span, message)
        .here(format!("`{holder}` invokes `{name}`"))
        .when(left)
        .related(name)
        .related(holder)
        .label(function.resource.span, "this function lets nobody in for it");
    if let Some(source) = trigger.source.filter(|source| source.address != *holder) {
        finding = finding.related(&source.address);
    }
    if let Some(near) = nearest(statements, invocation) {
        let says = if coverage(near, invocation).maybe.is_possible() {
            "this permission is not there in every deployment".to_owned()
        } else {
            "this permission is for another source".to_owned()
        };
        let span = if near.source_arn.is_unset() { near.resource.span } else { near.source_arn.span() };
        finding = finding.label(span, says).related(&near.resource.address);
    }
    // `permission-principal-mismatch` says the same of the permission that was meant for this.
    if let Some(wrong) = meant(statements, invocation) {
        finding = finding.cause(wrong.principal.span());
    }
    let policy = world.application.resource_policies.iter().find(|policy| {
        let same = |target: &Target| target.function == function.id && target.qualifier == trigger.target.qualifier;
        policy.functions.iter().any(same)
    });
    let add = match policy {
        Some(policy) => format!("add a statement to `{}`", policy.resource.address),
        None => format!("add an `AWS::Lambda::Permission` for `{name}`"),
    };
    out.push(finding.help(help(trigger, invocation.principal, add)));
}

/// A permission that lets the same service in, but for something else or not always.
fn nearest<'a>(statements: &Statements<'a>, invocation: &Invocation) -> Option<&'a Permission<'a>> {
    let candidates = statements.certainly_about(invocation.function).take(MAX_MEANT);
    let mut candidates: Vec<_> = candidates
        .filter(|permission| permission.resource.origin.is_written())
        .filter(|permission| invoke::principal_coverage(permission, invocation.principal).maybe.is_possible())
        .collect();
    candidates.sort_by_key(|permission| !coverage(permission, invocation).maybe.is_possible());
    candidates.first().copied()
}

/// A permission that names this source and another service.
fn meant<'a>(statements: &Statements<'a>, invocation: &Invocation) -> Option<&'a Permission<'a>> {
    let source = invocation.source?;
    let candidates = statements.certainly_about(invocation.function).take(MAX_MEANT);
    candidates.into_iter().find(|permission| {
        permission.source_arn.set().any(|(pattern, ..)| may_match(pattern, source).is_yes())
            && !invoke::principal_coverage(permission, invocation.principal).maybe.is_possible()
    })
}

/// What comes of a trigger without a permission. `None`: it is not known whether the service needs one.
fn effect(trigger: &Trigger, live: bool) -> Option<(Grade, &'static str)> {
    use TriggerKind as Kind;
    Some(match trigger.kind {
        Kind::S3 if live => (Grade::ERROR, "its notifications are lost"),
        Kind::Logs | Kind::LogsAccount if live => (Grade::ERROR, "its events are lost"),
        Kind::S3 | Kind::Logs | Kind::LogsAccount | Kind::LoadBalancer | Kind::Config | Kind::SecretRotation => {
            (Grade::ERROR, "the deployment fails")
        }
        Kind::Sns => (Grade::ERROR, "the topic's messages never reach it"),
        Kind::EventsRule => (Grade::ERROR, "the rule never runs it"),
        Kind::ApiGateway => (Grade::ERROR, "the API answers with status 500"),
        Kind::Cognito => (Grade::ERROR, cognito(&trigger.route)),
        Kind::IotRule => (Grade::ERROR, "the rule's messages never reach it"),
        Kind::Ses => (Grade::WARNING, "the deployment fails"),
        Kind::Alarm => (Grade::WARNING, "the alarm's action fails"),
        Kind::CodeCommit => (Grade::WARNING, "the repository's events never reach it"),
        Kind::BedrockAgent => (Grade::WARNING, "what the agent asks of it fails"),
        Kind::AppSyncAuthorizer => (Grade::WARNING, "the API refuses every request that it should authorize"),
        Kind::Iot if trigger.is_authorizer() => (Grade::WARNING, "nobody that it should authorize can connect"),
        Kind::Iot if trigger.source_arn.is_some() => (Grade::WARNING, "what waits for its answer fails"),
        Kind::Lex => (Grade::WARNING, "the bot's turns that it should answer fail"),
        Kind::Transfer => (Grade::WARNING, "nobody can log in"),
        Kind::AppConfig => (Grade::WARNING, "no configuration can be validated"),
        Kind::CognitoSync => (Grade::WARNING, "the synchronization fails"),
        _ => return None,
    })
}

/// What fails when Cognito may not run this trigger of a user pool.
fn cognito(trigger: &str) -> &'static str {
    match trigger {
        "PreSignUp" | "PostConfirmation" => "nobody can sign up",
        "CustomMessage" | "CustomEmailSender" | "CustomSMSSender" => "its messages are not sent",
        _ => "nobody can sign in",
    }
}

/// The smallest permission that is missing.
fn help(trigger: &Trigger, principal: &str, add: String) -> String {
    let mut text = add;
    let _ = write!(text, " with `Action: lambda:InvokeFunction`, `Principal: {principal}`");
    let source = trigger.source_arn.as_ref().map(|source| match trigger.kind {
        TriggerKind::ApiGateway if !trigger.is_authorizer() => api_of(source).with("/*"),
        _ => source.clone(),
    });
    let holder = &trigger.holder.address;
    match (trigger.kind, source) {
        (TriggerKind::S3, source) => {
            // A bucket that waits for a permission that names the bucket waits for itself.
            let own = source.as_ref().is_none_or(|source| {
                source.symbols().any(|symbol| matches!(symbol.kind, SymbolKind::Name | SymbolKind::Attribute))
            });
            if let Some(source) = source.filter(|_| !own) {
                let _ = write!(text, ", `SourceArn: {source}`");
            }
            text += " and `SourceAccount: ${AWS::AccountId}`, and let the bucket wait for it with `DependsOn`";
        }
        // The same: what the permission should name waits for the permission.
        (TriggerKind::LoadBalancer, _) => {
            let _ = write!(
                text,
                " and `SourceArn: arn:aws:elasticloadbalancing:${{AWS::Region}}:${{AWS::AccountId}}:targetgroup/*`, and \
                 let `{holder}` wait for it with `DependsOn`"
            );
        }
        (TriggerKind::Config | TriggerKind::CodeCommit | TriggerKind::Ses, _) => {
            let _ = write!(
                text,
                " and `SourceAccount: ${{AWS::AccountId}}`, and let `{holder}` wait for it with `DependsOn`"
            );
        }
        (_, Some(source)) => {
            let _ = write!(text, " and `SourceArn: {source}`");
        }
        (_, None) => text += " and the `SourceArn` of what invokes it",
    }
    text
}
