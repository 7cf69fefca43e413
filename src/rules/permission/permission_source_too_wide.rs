//! `permission-source-too-wide`: see `rules/permission/permission-source-too-wide.md`.

use super::permissions::{certainly, function_name, is_everybody, verb, with_parties, without_owner};
use crate::data::callers::prefix_of;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::{Answer, Text};
use crate::wiring::arn::Arn;

/// What a source ARN leaves open.
enum Width {
    /// Any account's.
    AnyAccount,
    /// Any of the account's.
    AnyOfService,
}

pub(super) fn check(world: &World, out: &mut Findings) {
    // A subscription of the whole account does call for every log group.
    let filters_whole_account = world.of_kind("AWS::Logs::AccountPolicy").next().is_some();
    for permission in &world.application.permissions {
        if !permission.resource.origin.is_written() {
            continue;
        }
        let everybody = super::permissions::may_be(&permission.principal, |text| match text.as_literal() {
            Some(literal) if is_everybody(literal) => Answer::Yes,
            Some(_) => Answer::No,
            None => Answer::Unknown,
        });
        let unowned = without_owner(permission);
        for (source, span, when) in permission.source_arn.set() {
            // Whom `*` alone is limited by is `public-permission`'s question.
            let (Some(width), Some(when)) = (width(source), certainly(when, &everybody)) else { continue };
            if filters_whole_account && Arn::parse(source).is_some_and(|arn| arn.service.as_literal() == Some("logs")) {
                continue;
            }
            let function = function_name(world, permission);
            let does = verb(permission);
            let open = when.and(&unowned);
            let any_account = matches!(width, Width::AnyAccount) && open.is_possible() && !open.is_rounded();
            let (grade, when, message) = if any_account {
                let message = format!("`{source}` lets a source of any AWS account {does} {function}");
                (Grade::WARNING, open, message)
            } else {
                let message = format!("`{source}` lets every source of its kind in the account {does} {function}");
                (Grade::NOTE, when, message)
            };
            let finding = Finding::new(grade, span, message)
                .here("any source matches this")
                .help("name the one that is to invoke the function")
                .cause(permission.body)
                .when(&when);
            out.push(with_parties(world, permission, finding));
        }
    }
}

/// How wide a source ARN is; `None` where it names something.
fn width(source: &Text) -> Option<Width> {
    let stars = |text: &Text| text.as_literal().is_some_and(|text| !text.is_empty() && text.chars().all(|c| c == '*'));
    if stars(source) {
        return Some(Width::AnyAccount);
    }
    let arn = Arn::parse(source)?;
    let service = arn.service.as_literal()?;
    // A target group waits for the permission, so that the permission cannot name it.
    if service == "elasticloadbalancing" && !stars(&arn.account) {
        return None;
    }
    let name = after(&arn.resource, prefix_of(service));
    // `*`, `*/*/*`, `*:*`: nothing is named before the first separator or after it.
    let open = name.as_literal().is_some_and(|name| {
        let first = name.split(['/', ':']).next().unwrap_or_default();
        !first.is_empty() && first.chars().all(|c| c == '*')
    }) || name.known_prefix().starts_with("*/");
    if !open {
        return None;
    }
    Some(if service == "s3" || stars(&arn.account) { Width::AnyAccount } else { Width::AnyOfService })
}

fn after(resource: &Text, prefix: &str) -> Text {
    resource.strip_prefix(&Text::literal(prefix)).unwrap_or_else(|| resource.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_wide_when_it_names_nothing() {
        let wide = |source: &str| match width(&Text::literal(source)) {
            None => "no",
            Some(Width::AnyAccount) => "account",
            Some(Width::AnyOfService) => "service",
        };
        assert_eq!(wide("*"), "account");
        assert_eq!(wide("arn:aws:s3:::*"), "account");
        assert_eq!(wide("arn:aws:s3:::acme-*"), "no");
        assert_eq!(wide("arn:aws:sns:*:*:*"), "account");
        assert_eq!(wide("arn:aws:execute-api:*:*:*"), "account");
        assert_eq!(wide("arn:aws:execute-api:eu-west-1:123456789012:*/*/GET/images"), "service");
        assert_eq!(wide("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/*/*/*"), "no");
        assert_eq!(wide("arn:aws:events:eu-west-1:123456789012:rule/*"), "service");
        assert_eq!(wide("arn:aws:events:eu-west-1:123456789012:rule/nightly-*"), "no");
        assert_eq!(wide("arn:aws:logs:eu-west-1:123456789012:log-group:*"), "service");
        assert_eq!(wide("arn:aws:logs:eu-west-1:123456789012:log-group:/acme/*:*"), "no");
        assert_eq!(wide("arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/*"), "no");
    }
}
