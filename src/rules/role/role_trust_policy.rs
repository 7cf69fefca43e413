//! `role-trust-policy`: see `rules/role/role-trust-policy.md`.
//!
//! A trust policy is judged by who it certainly lets in and who it certainly keeps out; what cannot be read may be either.

use super::permissions::{certainly, service};
use super::roles::Held;
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::scope::trusts_lambda;
use crate::iam::{Effect, Element, Policy, Principal, Statement, action_matches, words};
use crate::model::{Function, Role, World};
use crate::source::Span;
use crate::value::{Answer, Guard, Text};
use crate::wiring::arn::Arn;

const ASSUME_ROLE: &str = "sts:AssumeRole";
const LAMBDA: &str = "lambda.amazonaws.com";
const EDGE: &str = "edgelambda.amazonaws.com";

pub(super) fn check(world: &World, out: &mut Findings) {
    let at_edge = at_edge(world);
    for role in &world.application.roles {
        let Some(trust) = &role.trust else { continue };
        let held = Held::of(world, role);
        if !trust.open && !cannot_be_assumed(&held, trust, out) {
            cannot_be_replicated(&held, trust, &at_edge, out);
        }
        if held.scope.is_possible() {
            too_many(&held, trust, out);
            shared(&held, trust, out);
            all_but(&held, trust, out);
        }
    }
}

/// Whether a principal is a service.
fn is_service(principal: &Principal, name: &str) -> Answer {
    match (&*principal.kind, principal.text.as_literal()) {
        ("Service", Some(literal)) if literal == name => Answer::Yes,
        // The service by a region's or partition's name, and patterns, may be accepted.
        ("Service", Some(literal)) => {
            let short = service(&principal.text);
            let same = short.is_some_and(|short| name.split('.').next() == Some(&*short));
            if same || literal.contains(['*', '?']) || literal.eq_ignore_ascii_case(name) {
                Answer::Unknown
            } else {
                Answer::No
            }
        }
        ("Service", None) => principal.text.equals(&Text::literal(name)),
        ("AWS" | "*", Some(literal)) if !literal.contains('*') => Answer::No,
        ("AWS" | "*", _) => Answer::Unknown,
        _ => Answer::No,
    }
}

/// The deployments in which a statement names the action, as far as `answer` goes.
fn names_action(statement: &Statement, sure: bool) -> Guard {
    let matches = |element: &Element| action_matches(&element.text, ASSUME_ROLE);
    let actions = &statement.actions;
    if actions.negated {
        let excepted = actions.items.iter().map(matches).max().unwrap_or(Answer::No);
        let yes = if sure { excepted.is_no() && !actions.open } else { !excepted.is_yes() };
        return if yes { Guard::always() } else { Guard::never() };
    }
    if actions.open && !sure {
        return Guard::always();
    }
    let items = || actions.items.iter();
    if sure {
        either(items().filter(|element| matches(element).is_yes()).map(|element| &element.when))
    } else {
        either(items().filter(|element| !matches(element).is_no()).map(|element| &element.when))
            .or(&unsaid(items().map(|element| &element.when)))
    }
}

fn either<'g>(guards: impl Iterator<Item = &'g Guard>) -> Guard {
    guards.fold(Guard::never(), |guard, when| guard.or(when))
}

/// The deployments for which a list that is not empty has nothing (a map without their key), so that nothing is known of them.
fn unsaid<'g>(guards: impl Iterator<Item = &'g Guard>) -> Guard {
    let said = either(guards);
    if said.is_possible() { said.not() } else { Guard::never() }
}

/// The deployments in which a statement may let a service assume the role.
fn may_let(statement: &Statement, name: &str) -> Guard {
    if statement.effect != Effect::Allow {
        return Guard::never();
    }
    let who = if statement.not_principal || statement.principals_open {
        Guard::always()
    } else {
        let named = statement.principals.iter().filter(|principal| !is_service(principal, name).is_no());
        either(named.map(|principal| &principal.when))
            .or(&unsaid(statement.principals.iter().map(|principal| &principal.when)))
    };
    statement.when.and(&who).and(&names_action(statement, false))
}

/// The deployments in which a statement certainly forbids it.
fn forbids(statement: &Statement, name: &str) -> Guard {
    if statement.effect != Effect::Deny || statement.not_principal || !statement.is_unconditional() {
        return Guard::never();
    }
    let named = statement.principals.iter().filter(|principal| is_service(principal, name).is_yes());
    let who = either(named.map(|principal| &principal.when));
    statement.when.and(&who).and(&names_action(statement, true))
}

/// Why a service cannot assume a role: the place, what is there and what mends it.
struct Reason {
    span: Span,
    /// The statement.
    cause: Span,
    why: String,
    here: &'static str,
    help: String,
}

/// The deployments, among those of `exists`, in which a service certainly cannot assume a role, and why.
fn kept_out(role: &Role, trust: &Policy, name: &str, exists: &Guard) -> Option<(Guard, Reason)> {
    let statements = || trust.statements.iter();
    for statement in statements() {
        let forbidden = exists.and(&forbids(statement, name));
        if forbidden.is_possible() && !forbidden.is_rounded() {
            let reason = Reason {
                span: statement.span,
                cause: statement.span,
                why: "its trust policy denies it".to_owned(),
                here: "wins over every `Allow`",
                help: "take the `Deny` out, or limit it with a condition".to_owned(),
            };
            return Some((forbidden, reason));
        }
    }
    let let_in = statements().fold(Guard::never(), |guard, statement| guard.or(&may_let(statement, name)));
    let left = certainly(exists, &let_in)?;
    let allows = |statement: &&Statement| statement.effect == Effect::Allow && statement.when.compatible(&left);
    let named = |statement: &&Statement| {
        statement
            .principals
            .iter()
            .any(|principal| is_service(principal, name).is_yes() && principal.when.compatible(&left))
    };
    if let Some(statement) = statements().filter(allows).find(named) {
        let actions: Vec<String> = statement.actions.items.iter().map(|element| element.text.to_string()).collect();
        let names: Vec<&str> = actions.iter().map(String::as_str).collect();
        let why = match (names.as_slice(), statement.actions.negated) {
            ([], _) => "the statement that names it has no `Action`".to_owned(),
            (names, false) => format!("{} is not `{ASSUME_ROLE}`", words::list(names)),
            (_, true) => format!("`NotAction` leaves `{ASSUME_ROLE}` out"),
        };
        let span = statement.actions.items.first().map_or(statement.span, |element| element.span);
        let help = format!("write `Action: {ASSUME_ROLE}`");
        return Some((
            left,
            Reason { span, cause: statement.span, why, here: "does not let it assume the role", help },
        ));
    }
    let others: Vec<&Principal> = statements()
        .filter(allows)
        .flat_map(|statement| &statement.principals)
        .filter(|principal| principal.when.compatible(&left))
        .collect();
    let spelled: Vec<String> = others.iter().map(|principal| principal.text.to_string()).collect();
    let names: Vec<&str> = spelled.iter().map(String::as_str).collect();
    let help = match crate::data::nearest(spelled.first().map_or("", |name| name), [name]) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add `{name}` to the services that may assume it"),
    };
    let (span, why) = match others.first() {
        Some(first) => (first.span, format!("it trusts only {}", words::list(&names))),
        None => (role.resource.key_span("AssumeRolePolicyDocument"), "it trusts nobody".to_owned()),
    };
    // Whoever is named wrongly is at fault; where nobody is, the statement.
    let cause = if others.is_empty() { statements().find(allows).map(|statement| statement.span) } else { None };
    let cause = cause.unwrap_or(span);
    Some((left, Reason { span, cause, why, here: "may assume it, and Lambda may not", help }))
}

/// Reports a role that Lambda cannot assume for its functions; says whether it did.
fn cannot_be_assumed(held: &Held, trust: &Policy, out: &mut Findings) -> bool {
    let exists = either(held.functions.iter().map(|(_, when)| when));
    let Some((when, reason)) = kept_out(held.role, trust, LAMBDA, &exists) else { return false };
    let message = format!("Lambda cannot assume {}: {}", held.name(), reason.why);
    let finding = Finding::new(Grade::ERROR, reason.span, message)
        .here(reason.here)
        .when(&when)
        .cause(reason.cause)
        .help(reason.help);
    out.push(held.relate(finding));
    true
}

/// The functions that run at CloudFront's edge: which, where that is said, and when.
fn at_edge<'a>(world: &'a World<'_>) -> Vec<(&'a Function<'a>, Span, Guard)> {
    let mut out: Vec<(&'a Function<'a>, Span, Guard)> = Vec::new();
    for distribution in world.of_kind("AWS::CloudFront::Distribution") {
        let config = distribution.get("DistributionConfig");
        let (others, _) = config.get("CacheBehaviors").items(false);
        for behavior in others.into_iter().chain([config.get("DefaultCacheBehavior")]) {
            let (associations, _) = behavior.get("LambdaFunctionAssociations").items(false);
            for association in associations {
                let (targets, _) = world.targets(&association.get("LambdaFunctionARN").text());
                for target in targets {
                    if let Some(function) = world.function(target.function) {
                        out.push((function, target.span, target.when));
                    }
                }
            }
        }
    }
    out
}

fn cannot_be_replicated(held: &Held, trust: &Policy, at_edge: &[(&Function, Span, Guard)], out: &mut Findings) {
    for (function, uses) in &held.functions {
        let Some((_, span, when)) = at_edge.iter().find(|(other, ..)| other.id == function.id) else { continue };
        let Some((when, reason)) = kept_out(held.role, trust, EDGE, &uses.and(when)) else { continue };
        let message = format!(
            "CloudFront cannot run `{}`: its role has to trust `{EDGE}`, and {}",
            function.address(),
            reason.why
        );
        let finding = Finding::new(Grade::ERROR, reason.span, message)
            .here("does not let Lambda@Edge in")
            .label(*span, "runs at the edge from here")
            .when(&when)
            .cause(reason.cause)
            .help(reason.help);
        out.push(held.relate(finding));
    }
}

/// Whether no condition of a statement may say who may assume the role.
fn is_for_anybody(statement: &Statement) -> bool {
    // These ask how and when, not who.
    const HOW: &[&str] = &["aws:securetransport", "aws:multifactorauth", "aws:requestedregion", "aws:currenttime"];
    let says_who = |condition: &crate::iam::Condition| {
        let (key, operator) = (condition.key.to_ascii_lowercase(), condition.operator.to_ascii_lowercase());
        let everything = !condition.values.open && condition.values.star().is_some();
        !everything && operator != "null" && !operator.contains("not") && !HOW.iter().any(|how| key.starts_with(how))
    };
    !statement.conditions_open && !statement.conditions.iter().any(says_who)
}

/// The account that a principal opens the role to as a whole, where it is written and is not certainly the role's own.
fn whole_account<'p>(role: &Role, principal: &'p Principal) -> Option<(&'p str, Confidence)> {
    let literal = principal.text.as_literal()?;
    let account = match literal.strip_prefix("arn:") {
        Some(_) => literal.strip_suffix(":root")?.rsplit(':').next()?,
        None => literal,
    };
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let own = role.resource.names.arn.as_ref().and_then(Arn::parse).map(|arn| arn.account);
    match own.as_ref().and_then(Text::as_literal) {
        Some(own) if own == account => None,
        Some(_) => Some((account, Confidence::High)),
        None => Some((account, Confidence::Medium)),
    }
}

/// Statements that let in everybody, or a whole other account.
fn too_many(held: &Held, trust: &Policy, out: &mut Findings) {
    for statement in trust.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let when = held.scope.and(&statement.when).and(&names_action(statement, true));
        if !when.is_possible() || !is_for_anybody(statement) {
            continue;
        }
        if statement.not_principal {
            let names: Vec<String> = statement.principals.iter().map(|one| one.text.to_string()).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let but = if names.is_empty() { String::new() } else { format!(" but {}", words::list(&names)) };
            let at = statement.principals.first().map_or(statement.span, |principal| principal.span);
            let finding = Finding::new(Grade::WARNING, at, format!("everybody{but} may assume {}", held.name()))
                .here("`NotPrincipal` with `Allow` lets in all others")
                .when(&when)
                .help("name with `Principal` who may assume it");
            out.push(held.relate(finding));
            continue;
        }
        for principal in &statement.principals {
            let when = when.and(&principal.when);
            let everybody = matches!(&*principal.kind, "AWS" | "*") && principal.text.as_literal() == Some("*");
            let (what, here, sure) = match whole_account(held.role, principal).filter(|_| &*principal.kind == "AWS") {
                _ if everybody => ("everybody with an AWS account".to_owned(), "`*` is everybody", Confidence::High),
                Some((account, sure)) => {
                    (format!("whoever the account {account} lets"), "a whole account, without a condition", sure)
                }
                None => continue,
            };
            if !when.is_possible() {
                continue;
            }
            let help = if everybody {
                format!("name who may assume it; a function's role needs `Service: {LAMBDA}` only")
            } else {
                "name a role of that account, or ask for an `sts:ExternalId`; a function needs neither".to_owned()
            };
            let finding = Finding::new(Grade::WARNING, principal.span, format!("{what} may assume {}", held.name()))
                .here(here)
                .when(&when)
                .confidence(sure)
                .help(help);
            out.push(held.relate(finding));
        }
    }
}

/// Services beside Lambda that may assume the same role.
fn shared(held: &Held, trust: &Policy, out: &mut Findings) {
    let lambda = trusts_lambda(trust).and(&held.scope);
    let mut others: Vec<(String, Span, Guard)> = Vec::new();
    for statement in trust.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let when = lambda.and(&statement.when).and(&names_action(statement, true));
        if statement.not_principal || !when.is_possible() {
            continue;
        }
        for principal in statement.principals.iter().filter(|principal| &*principal.kind == "Service") {
            let Some(name) = service(&principal.text) else { continue };
            let when = when.and(&principal.when);
            let ours = matches!(&*name, "lambda" | "edgelambda" | "replicator.lambda");
            if !ours && when.is_possible() && !others.iter().any(|(known, ..)| *known == name) {
                others.push((name, principal.span, when));
            }
        }
    }
    let Some((_, first, _)) = others.first() else { return };
    let when = either(others.iter().map(|(_, _, when)| when));
    let names: Vec<&str> = others.iter().map(|(name, ..)| name.as_str()).collect();
    let message = format!("{} may assume {} too, with all its rights", words::list(&names), held.name());
    let mut finding = Finding::new(Grade::NOTE, *first, message).here("another service").when(&when);
    for (_, span, _) in others.iter().skip(1).take(2) {
        finding = finding.label(*span, "and another");
    }
    out.push(held.relate(finding.help("give each service a role of its own")));
}

/// Statements that allow all actions but some.
fn all_but(held: &Held, trust: &Policy, out: &mut Findings) {
    let allowing = trust.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    for statement in allowing.filter(|statement| statement.actions.negated) {
        let Some(first) = statement.actions.items.first() else { continue };
        let when = held.scope.and(&statement.when).and(&first.when);
        if when.is_possible() {
            let message = format!("the trust policy of {} allows everything but `{}`", held.name(), first.text);
            let finding = Finding::new(Grade::NOTE, first.span, message)
                .here("`NotAction` allows whatever STS gets next")
                .when(&when)
                .help(format!("write `Action: {ASSUME_ROLE}`"));
            out.push(held.relate(finding));
        }
    }
}
