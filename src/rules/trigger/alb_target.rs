//! `alb-target`: see `rules/trigger/alb-target.md`.

use super::channels::is_no_arn;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::value::{Guard, Text};
use crate::wiring::arn::Arn;

/// Properties that a group of a function does not have.
///
/// Source: the service's answer, "Port cannot be specified for target groups with target type 'lambda'".
const NOT_FOR_FUNCTIONS: &[&str] = &["Port", "Protocol", "VpcId", "HealthCheckPort", "HealthCheckProtocol"];

pub(super) fn check(world: &World, out: &mut Findings) {
    for group in world.of_kind("AWS::ElasticLoadBalancingV2::TargetGroup") {
        let kind = group.get("TargetType").literals();
        let of_kind = |wanted: bool| {
            let cases = kind.set().filter(|(kind, ..)| (*kind == "lambda") == wanted);
            cases.fold(Guard::never(), |all, (_, _, when)| all.or(when))
        };
        let lambda = of_kind(true);
        let other = of_kind(false).or(&group.get("TargetType").unset_when());
        if lambda.is_possible() {
            properties(group, &lambda, out);
            several(group, &lambda, out);
        }
        targets(group, &lambda, &other, out);
    }
}

fn properties(group: &Resource, lambda: &Guard, out: &mut Findings) {
    let name = &group.address;
    for property in NOT_FOR_FUNCTIONS {
        let value = group.get(property);
        let Some((_, _, when)) = value.set().next() else { continue };
        let when = when.and(lambda);
        if !when.is_possible() {
            continue;
        }
        let message = format!("the load balancer refuses `{name}`: a group of a function has no `{property}`");
        out.push(
            Finding::new(Grade::ERROR, group.key_span(property), message)
                .label(group.get("TargetType").span(), "a group of a function")
                .when(&when)
                .related(name)
                .help(format!("leave out `{property}`")),
        );
    }
}

fn several(group: &Resource, lambda: &Guard, out: &mut Findings) {
    let (targets, _) = group.get("Targets").items(false);
    let certain: Vec<_> = targets.iter().filter(|target| target.every(|target| target.is_some())).collect();
    let Some(second) = certain.get(1) else { return };
    let name = &group.address;
    let message = format!("the load balancer refuses `{name}`: a group takes one function, not {}", certain.len());
    out.push(
        Finding::new(Grade::ERROR, second.span(), message)
            .when(lambda)
            .related(name)
            .help("make a group for each function, and let the listener's rules choose among them"),
    );
}

fn targets(group: &Resource, lambda: &Guard, other: &Guard, out: &mut Findings) {
    let name = &group.address;
    let (targets, _) = group.get("Targets").items(false);
    for target in targets {
        for (text, span, when) in target.get("Id").text().set() {
            let in_lambda = when.and(lambda);
            if in_lambda.is_possible() && is_no_arn(text) {
                let help = match text.as_symbol() {
                    Some(symbol) => format!("`Ref` gives a name here: write `!GetAtt {}.Arn`", symbol.name),
                    None => "write the function's ARN".to_owned(),
                };
                let message = format!("the load balancer refuses `{name}`: `{text}` is no ARN of a function");
                out.push(Finding::new(Grade::ERROR, span, message).when(&in_lambda).related(name).help(help));
            }
            let in_other = when.and(other);
            if in_other.is_possible() && is_function(text) {
                let message = format!("the load balancer refuses `{name}`: a function is no target of this type");
                out.push(
                    Finding::new(Grade::ERROR, span, message)
                        .when(&in_other)
                        .related(name)
                        .help("set `TargetType: lambda`, and leave out `Port`, `Protocol` and `VpcId`"),
                );
            }
        }
    }
}

fn is_function(text: &Text) -> bool {
    Arn::parse(text).is_some_and(|arn| arn.service.as_literal() == Some("lambda"))
}
