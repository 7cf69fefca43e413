//! `role-inline-policy`: see `rules/role/role-inline-policy.md`.

use super::roles::Held;
use crate::engine::{Finding, Findings, Grade};
use crate::iam::{DocumentKind, Policy};
use crate::model::World;
use crate::source::Span;
use crate::value::Guard;

/// How many policies a finding points at.
const SHOWN: usize = 4;

pub(super) fn check(world: &World, out: &mut Findings) {
    for held in Held::all(world) {
        let mut inline: Vec<(Span, Guard)> = Vec::new();
        for policy in held.role.policies.iter().filter(|policy| is_inline(world, &held, policy)) {
            let statements = policy.statements.iter();
            let when = held.scope.and(&statements.fold(Guard::never(), |guard, one| guard.or(&one.when)));
            if when.is_possible() {
                inline.push((policy.document.span, when));
            }
        }
        let Some((first, _)) = inline.first() else { continue };
        let when = inline.iter().fold(Guard::never(), |guard, (_, when)| guard.or(when));
        let what =
            if inline.len() == 1 { "an inline policy".to_owned() } else { format!("{} inline policies", inline.len()) };
        let mut finding = Finding::new(Grade::OPINION, *first, format!("{} has {what}", held.name()))
            .here("is part of the role")
            .when(&when)
            .help("make it an `AWS::IAM::ManagedPolicy`, which has versions and can be attached to others");
        for (span, _) in inline.iter().skip(1).take(SHOWN - 1) {
            finding = finding.label(*span, "and this one");
        }
        out.push(held.relate(finding));
    }
}

/// Whether a policy is part of a role, and the user wrote it as such: what SAM makes of a policy template or an event is not.
fn is_inline(world: &World, held: &Held, policy: &Policy) -> bool {
    let document = &policy.document;
    match document.kind {
        DocumentKind::Inline => {
            held.is_given(document.span)
                && policy.statements.iter().any(|statement| {
                    let mut elements = statement.actions.items.iter().chain(&statement.resources.items);
                    elements.any(|element| element.span != statement.span)
                })
        }
        DocumentKind::Attached => world.resource(held.role.resource, &document.address).is_some_and(|resource| {
            resource.origin.is_written() && (resource.is("AWS::IAM::Policy") || resource.is("AWS::IAM::RolePolicy"))
        }),
        _ => false,
    }
}
