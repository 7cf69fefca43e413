//! `permission-principal-mismatch`: see `rules/permission/permission-principal-mismatch.md`.

use super::permissions::{function_name, service, with_parties};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::wiring::arn::Arn;

/// The service in the ARNs of what invokes functions, and the principals that call for these.
///
/// Source: `facts/triggers.yaml`, which names a source for each.
const CALLERS: &[(&str, &[&str])] = &[
    ("appconfig", &["appconfig"]),
    ("appsync", &["appsync"]),
    ("bedrock", &["bedrock"]),
    ("cloudfront", &["cloudfront", "edgelambda"]),
    ("cloudwatch", &["lambda.alarms.cloudwatch", "cloudwatch.datasource"]),
    ("codecommit", &["codecommit"]),
    ("cognito-identity", &["cognito-sync"]),
    ("cognito-idp", &["cognito-idp"]),
    ("config", &["config"]),
    ("connect", &["connect"]),
    ("elasticloadbalancing", &["elasticloadbalancing"]),
    ("events", &["events"]),
    ("execute-api", &["apigateway"]),
    ("iot", &["iot"]),
    ("lex", &["lex", "lexv2"]),
    ("logs", &["logs"]),
    ("mobiletargeting", &["pinpoint"]),
    ("s3", &["s3"]),
    ("secretsmanager", &["secretsmanager"]),
    ("ses", &["ses"]),
    ("sns", &["sns"]),
    ("transfer", &["transfer"]),
    ("vpc-lattice", &["vpc-lattice"]),
];

pub(super) fn check(world: &World, out: &mut Findings) {
    let is_caller = |name: &str| CALLERS.iter().any(|(_, callers)| callers.contains(&name));
    for permission in &world.application.permissions {
        if !permission.resource.origin.is_written() {
            continue;
        }
        for (principal, span, principal_when) in permission.principal.set() {
            let Some(name) = service(principal).filter(|name| is_caller(name)) else { continue };
            for (source, source_span, source_when) in permission.source_arn.set() {
                let when = principal_when.and(source_when);
                let Some(owner) = Arn::parse(source).and_then(|arn| Some(arn.service.as_literal()?.to_owned())) else {
                    continue;
                };
                if !when.is_possible() {
                    continue;
                }
                let function = function_name(world, permission);
                let callers = CALLERS.iter().find(|(service, _)| *service == owner).map(|(_, callers)| *callers);
                let (reason, help) = match callers {
                    Some(callers) if callers.contains(&&*name) => continue,
                    Some(callers) => {
                        let right = callers.first().copied().unwrap_or_default();
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
