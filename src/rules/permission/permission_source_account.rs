//! `permission-source-account`: see `rules/permission/permission-source-account.md`.

use super::permissions::{function_name, verb, with_parties, without_owner};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Permission, World};
use crate::source::Span;
use crate::value::{Guard, Text};
use crate::wiring::arn::Arn;

pub(super) fn check(world: &World, out: &mut Findings) {
    for permission in &world.application.permissions {
        if !permission.resource.origin.is_written() {
            continue;
        }
        let open = without_owner(permission);
        if !open.is_possible() || open.is_rounded() {
            continue;
        }
        for (arn, span, when) in bucket_arns(permission) {
            let left = open.and(&when);
            if !left.is_possible() {
                continue;
            }
            let function = function_name(world, permission);
            let does = verb(permission);
            let message = format!("whoever owns a bucket of this name may {does} {function}, in whatever account");
            let finding = Finding::new(Grade::WARNING, span, message)
                .here(format!("`{arn}` names no account"))
                .help("add `SourceAccount` with your account id (`${AWS::AccountId}`)")
                .cause(permission.body)
                .when(&left);
            out.push(with_parties(world, permission, finding));
        }
    }
}

/// What `SourceArn` can be that certainly is the ARN of a bucket. A parameter counts by its default and allowed
/// values.
fn bucket_arns(permission: &Permission) -> Vec<(Text, Span, Guard)> {
    let is_bucket = |text: &Text| Arn::parse(text).is_some_and(|arn| arn.is_bucket());
    let mut out = Vec::new();
    for (text, span, when) in permission.source_arn.set() {
        if is_bucket(text) {
            out.push(((*text).clone(), span, when.clone()));
        } else if text.as_symbol().is_some() {
            let literals = text.literals(span);
            for (literal, at, case) in literals.set() {
                let literal = Text::literal(literal.as_str());
                if is_bucket(&literal) {
                    out.push((literal, at, when.and(case)));
                }
            }
        }
    }
    out
}
