//! `public-permission`: see `rules/permission/public-permission.md`.

use super::permissions::{certainly, function_name, is_everybody, may_be, verb, with_parties, without_owner};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Permission, World};
use crate::value::{Answer, Guard, Text};
use crate::wiring::arn::Arn;

pub(super) fn check(world: &World, out: &mut Findings) {
    for permission in &world.application.permissions {
        if !permission.resource.origin.is_written() {
            continue;
        }
        let wide = without_owner(permission).and(&unlimited_source(permission));
        let except = public_url(permission);
        let principals = permission.principal.and_then(|text, span| text.literals(span));
        for (principal, span, when) in principals.set().filter(|(principal, ..)| is_everybody(principal)) {
            let Some(left) = certainly(&wide.and(when), &except) else { continue };
            let function = function_name(world, permission);
            let does = verb(permission);
            let finding = Finding::new(
                Grade::ERROR,
                span,
                format!("everybody with an AWS account may {does} {function}"),
            )
            .here(format!("`{principal}` is everybody"))
            .help(
                "name the service, account or role that needs it, or limit it with `SourceAccount` or `PrincipalOrgID`",
            )
            .cause(permission.body)
            .when(&left);
            out.push(with_parties(world, permission, finding));
        }
    }
}

/// Where `SourceArn` is not set or names no account. Buckets' ARNs never do: those are `permission-source-account`'s.
fn unlimited_source(permission: &Permission) -> Guard {
    let certain = |text: &Text| match Arn::parse(text) {
        Some(arn) => !arn.is_bucket() && matches!(arn.account.as_literal(), Some("" | "*")),
        None => text.as_literal().is_some_and(|text| !text.is_empty() && text.chars().all(|c| c == '*')),
    };
    permission
        .source_arn
        .cases()
        .iter()
        .filter(|case| case.value.is_none_or(certain))
        .fold(Guard::never(), |guard, case| guard.or(&case.when))
}

/// Where it is, or may be, one of the two statements that a function URL without authorization needs.
fn public_url(permission: &Permission) -> Guard {
    let literal = |text: &Text, wanted: &str| match text.as_literal() {
        Some(literal) if literal.eq_ignore_ascii_case(wanted) => Answer::Yes,
        Some(_) => Answer::No,
        None => Answer::Unknown,
    };
    let action = |wanted: &str| may_be(&permission.action, |text| literal(text, wanted));
    let url = action("lambda:InvokeFunctionUrl").and(&may_be(&permission.url_auth_type, |text| literal(text, "NONE")));
    let invoke = action("lambda:InvokeFunction").and(&may_be(&permission.via_url, |text| literal(text, "true")));
    url.or(&invoke)
}
