//! `function-url-dual-permission`: see `rules/url/function-url-dual-permission.md`.

use super::permissions::{Seen, certainly, function_name, is_everybody, service, with_parties};
use crate::engine::{Finding, Findings, Grade};
use crate::iam::grant::action_matches;
use crate::model::{FunctionId, Permission, World};
use crate::value::{Answer, Guard, Text};
use rustc_hash::FxHashSet;

const URL: &str = "lambda:InvokeFunctionUrl";
const INVOKE: &str = "lambda:InvokeFunction";

pub(super) fn check(world: &World, out: &mut Findings) {
    let seen = Seen::of(world);
    halves(world, &seen, out);
    without_any(world, &seen, out);
}

/// Statements for a URL that lack the one for the invocation behind it.
fn halves(world: &World, seen: &Seen, out: &mut Findings) {
    for half in &world.application.permissions {
        if !half.resource.origin.is_written() {
            continue;
        }
        if !seen.all_among(&half.functions) {
            continue;
        }
        let action = half.action.set().find(|(action, ..)| literal_is(action, URL) == Answer::Yes);
        let Some((_, span, action_when)) = action else { continue };
        for (principal, principal_span, principal_when) in half.principal.set() {
            // An account's own policies may hold the other right.
            if !principal.as_literal().is_some_and(is_everybody) && service(principal).is_none() {
                continue;
            }
            let exists = action_when.and(principal_when);
            let other = world
                .application
                .permissions
                .iter()
                .map(|other| lets_in(other, half, principal))
                .fold(Guard::never(), |all, when| all.or(&when));
            let Some(left) = certainly(&exists, &other) else { continue };
            let function = function_name(world, half);
            let who =
                if principal.as_literal() == Some("*") { "everybody".to_owned() } else { format!("`{principal}`") };
            let message =
                format!("the URL of {function} answers {who} with status 403: half of the permission is missing");
            let finding = Finding::new(Grade::ERROR, span, message)
                .here("this is the half for the URL")
                .label(principal_span, "who may not invoke what is behind it")
                .help(format!(
                    "add an `AWS::Lambda::Permission` with `Action: {INVOKE}`, `Principal: {principal}` and \
                     `InvokedViaFunctionUrl: true`"
                ))
                .when(&left);
            out.push(with_parties(world, half, finding));
        }
    }
}

/// Where `other` lets a principal invoke the function that `half` is about.
fn lets_in(other: &Permission, half: &Permission, principal: &Text) -> Guard {
    let action = super::permissions::may_be(&other.action, |action| action_matches(action, INVOKE));
    if !action.is_possible() {
        return Guard::never();
    }
    let who = super::permissions::may_be(&other.principal, |who| {
        if who.as_literal() == Some("*") { Answer::Yes } else { who.equals(principal) }
    });
    action.and(&who).and(&same_function(other, half)).and(&other.resource.when)
}

/// Where two permissions may be about one function.
fn same_function(one: &Permission, two: &Permission) -> Guard {
    let mut same = Guard::never();
    for a in &one.functions {
        for b in two.functions.iter().filter(|b| b.function == a.function) {
            same = same.or(&a.when.and(&b.when));
        }
    }
    if one.functions_known && two.functions_known && !(one.functions.is_empty() && two.functions.is_empty()) {
        return same;
    }
    let (left, right) = (one.subject(), two.subject());
    let maybe = !left.is_exhaustive()
        || !right.is_exhaustive()
        || left.set().any(|(a, ..)| right.set().any(|(b, ..)| !a.equals(b).is_no()));
    if maybe { Guard::always() } else { same }
}

/// URLs for everybody whose function has no statement for the URL at all.
fn without_any(world: &World, seen: &Seen, out: &mut Findings) {
    let mut about: FxHashSet<FunctionId> = FxHashSet::default();
    for permission in &world.application.permissions {
        if !permission.functions_known {
            return;
        }
        let may_be_for_url = super::permissions::may_be(&permission.action, |action| action_matches(action, URL));
        if may_be_for_url.is_possible() {
            about.extend(permission.functions.iter().map(|target| target.function));
        }
    }
    for url in world.of_kind("AWS::Lambda::Url").filter(|url| url.origin.is_written()) {
        let auth = url.get("AuthType").literals();
        let (targets, known) = world.targets(&url.get("TargetFunctionArn").text());
        let (Some((_, span, when)), [target], true) = (auth.set().find(|(auth, ..)| *auth == "NONE"), &*targets, known)
        else {
            continue;
        };
        if !seen.all_of(target) {
            continue;
        }
        let Some(function) = world.function(target.function).filter(|function| !about.contains(&function.id)) else {
            continue;
        };
        let name = function.address();
        let message = format!("the URL of `{name}` answers everybody with status 403: no permission lets them in");
        out.push(
            Finding::new(Grade::ERROR, span, message)
                .here("open to everybody, as far as the URL goes")
                .label(function.resource.span, "this function lets nobody in")
                .related(name)
                .related(&url.address)
                .help(format!(
                    "add two `AWS::Lambda::Permission`s for `Principal: \"*\"`: `Action: {URL}` with \
                     `FunctionUrlAuthType: NONE`, and `Action: {INVOKE}` with `InvokedViaFunctionUrl: true`"
                ))
                .when(&when.and(&target.when)),
        );
    }
}

fn literal_is(text: &Text, wanted: &str) -> Answer {
    match text.as_literal() {
        Some(literal) if literal.eq_ignore_ascii_case(wanted) => Answer::Yes,
        Some(_) => Answer::No,
        None => Answer::Unknown,
    }
}
