//! `permission-without-source`: see `rules/permission/permission-without-source.md`.

use super::permissions::{function_name, service, verb, with_parties, without_owner};
use crate::data::callers::{needs_no_statement, source_of};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    for permission in &world.application.permissions {
        if !permission.resource.origin.is_written() {
            continue;
        }
        let open =
            without_owner(permission).and(&permission.source_arn.unset_when()).and(&permission.token.unset_when());
        if !open.is_possible() || open.is_rounded() {
            continue;
        }
        for (principal, span, when) in permission.principal.set() {
            let Some(service) = service(principal) else { continue };
            if needs_no_statement(&service) {
                continue;
            }
            let left = open.and(when);
            if !left.is_possible() {
                continue;
            }
            let source = source_of(&service).unwrap_or("resource");
            let article = if source.starts_with(['A', 'E', 'I', 'a', 'e', 'i', 'o', 'u']) && !source.starts_with("us") {
                "an"
            } else {
                "a"
            };
            let function = function_name(world, permission);
            let does = verb(permission);
            let help = match &*service {
                "s3" => "add `SourceArn` with the bucket's ARN and `SourceAccount` with your account id".to_owned(),
                "config" | "ses" | "lex" | "connect" | "secretsmanager" => {
                    "add `SourceAccount` with your account id, or `SourceArn`".to_owned()
                }
                // The group cannot be named where it has to wait for the permission.
                "elasticloadbalancing" => "add `SourceArn` with the ARN of the target group, if only as \
                    `arn:aws:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:targetgroup/*`"
                    .to_owned(),
                _ => format!("add `SourceArn` with the ARN of the {source}"),
            };
            let message = format!("{article} {source} of any AWS account may {does} {function}");
            let finding = Finding::new(Grade::WARNING, span, message)
                .here(format!("the service `{principal}`, for whomever it acts"))
                .help(help)
                .cause(permission.body)
                .when(&left);
            out.push(with_parties(world, permission, finding));
        }
    }
}
