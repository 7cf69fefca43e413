//! `permission-principal-mismatch`: see `rules/permission/permission-principal-mismatch.md`.

use super::permissions::{function_name, service, with_parties};
use crate::data::callers::{callers_for, source_of};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::wiring::arn::Arn;

pub(super) fn check(world: &World, out: &mut Findings) {
    for permission in &world.application.permissions {
        if !permission.resource.origin.is_written() {
            continue;
        }
        for (principal, span, principal_when) in permission.principal.set() {
            let Some(name) = service(principal).filter(|name| source_of(name).is_some()) else { continue };
            for (source, source_span, source_when) in permission.source_arn.set() {
                let when = principal_when.and(source_when);
                let Some(owner) = Arn::parse(source).and_then(|arn| Some(arn.service.as_literal()?.to_owned())) else {
                    continue;
                };
                if !when.is_possible() {
                    continue;
                }
                let function = function_name(world, permission);
                let right = callers_for(&owner).next();
                let (reason, help) = match right {
                    Some(_) if callers_for(&owner).any(|caller| caller == name) => continue,
                    Some(right) => {
                        let reason = format!("`{principal}` never calls for an ARN of `{owner}`");
                        (reason, format!("use `Principal: {right}.amazonaws.com`, or the `SourceArn` of what calls"))
                    }
                    // The ARN of the API as a thing to manage, where the one that it is called by is meant.
                    None if owner == "apigateway" && name == "apigateway" => (
                        "API Gateway calls for `execute-api` ARNs".to_owned(),
                        "use `arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:API-ID/*`".to_owned(),
                    ),
                    None => continue,
                };
                let message = format!("this permission lets nobody invoke {function}: {reason}");
                let finding = Finding::new(Grade::ERROR, span, message)
                    .here("this service")
                    .label(source_span, format!("for a source of `{owner}`"))
                    .help(help)
                    .when(&when);
                out.push(with_parties(world, permission, finding));
            }
        }
    }
}
