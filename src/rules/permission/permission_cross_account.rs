//! `permission-cross-account`: see `rules/permission/permission-cross-account.md`.

use super::permissions::{certainly, function_name, verb, with_parties};
use super::principal::{Who, who};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::Text;

pub(super) fn check(world: &World, out: &mut Findings) {
    for permission in &world.application.permissions {
        if !permission.resource.origin.is_written() {
            continue;
        }
        let in_organization = permission.organization.unset_when().not();
        let principals = permission.principal.and_then(|text, span| {
            // A parameter counts by its default and allowed values.
            if text.as_symbol().is_some() { text.literals(span) } else { text.literals(span).not_exhaustive() }
        });
        for (principal, span, when) in principals.set() {
            let Who::Other(account) = who(world, permission, &Text::literal(principal.as_str())) else { continue };
            let Some(left) = certainly(when, &in_organization) else { continue };
            let function = function_name(world, permission);
            let does = verb(permission);
            let whom = if *principal == account || principal.ends_with(":root") {
                format!("everybody whom account {account} lets")
            } else {
                format!("`{principal}` of account {account}")
            };
            let finding = Finding::new(Grade::NOTE, span, format!("{whom} may {does} {function}"))
                .here(format!("account {account}"))
                .help("make sure that this account is meant, and write `!Ref AWS::AccountId` where it is your own")
                .cause(permission.body)
                .when(&left);
            out.push(with_parties(world, permission, finding));
        }
    }
}
