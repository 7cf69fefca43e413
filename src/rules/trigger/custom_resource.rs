//! `custom-resource`: see `rules/trigger/custom-resource.md`.

use super::channels::is_no_arn;
use crate::data::limits::{CUSTOM_RESOURCE_SECONDS, limit};
use crate::data::vpc_endpoints;
use crate::engine::{Finding, Findings, Grade};
use crate::model::network::Routes;
use crate::model::{Resource, Target, World};
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut reported = FxHashSet::default();
    let (mut unheard_of, mut routes) = (FxHashSet::default(), None);
    for resource in &world.resources {
        if !resource.kind.starts_with("Custom::") && !resource.is("AWS::CloudFormation::CustomResource") {
            continue;
        }
        let token = resource.get("ServiceToken");
        for (text, span, when) in token.text().set() {
            if is_no_arn(text) {
                let message = format!("CloudFormation refuses `{}`: `{text}` is no ARN", resource.address);
                let help = match text.as_symbol() {
                    Some(symbol) => format!("`Ref` gives a name here: write `!GetAtt {}.Arn`", symbol.name),
                    None => "write the ARN of a function or topic".to_owned(),
                };
                out.push(Finding::new(Grade::ERROR, span, message).when(when).related(&resource.address).help(help));
            }
        }
        waiting_time(resource, out);
        for target in world.targets(&token.text()).0 {
            gives_up(world, resource, &target, out);
            default_timeout(world, resource, &target, &mut reported, out);
            let routes = routes.get_or_insert_with(|| Routes::of(world));
            unheard(world, resource, &target, routes.as_ref(), &mut unheard_of, out);
        }
        shifting_alias(world, resource, out);
    }
}

/// `ServiceTimeout` outside its range.
fn waiting_time(resource: &Resource, out: &mut Findings) {
    for (seconds, span, when) in resource.get("ServiceTimeout").integers().set() {
        if u64::try_from(*seconds).is_ok_and(|seconds| (1..=CUSTOM_RESOURCE_SECONDS).contains(&seconds)) {
            continue;
        }
        let message = format!("CloudFormation refuses `{}`: `ServiceTimeout` is {seconds}", resource.address);
        out.push(
            Finding::new(Grade::ERROR, span, message)
                .when(when)
                .related(&resource.address)
                .help(format!("write 1 to {CUSTOM_RESOURCE_SECONDS} seconds")),
        );
    }
}

/// CloudFormation gives up while the function may still be at work.
fn gives_up(world: &World, resource: &Resource, target: &Target, out: &mut Findings) {
    let Some(function) = world.function(target.function) else { return };
    for (seconds, span, when) in resource.get("ServiceTimeout").integers().set() {
        for (timeout, timeout_span, timeout_when) in function.resource.get("Timeout").integers().set() {
            let when = when.and(timeout_when).and(&target.when);
            if timeout <= seconds || *seconds < 1 || !when.is_possible() {
                continue;
            }
            let message = format!(
                "CloudFormation gives `{}` up after {seconds} seconds, while `{}` may run for {timeout}",
                resource.address,
                function.address()
            );
            out.push(
                Finding::new(Grade::WARNING, span, message)
                    .label(timeout_span, "the function's timeout")
                    .when(&when)
                    .related(&resource.address)
                    .related(function.address())
                    .help("let CloudFormation wait longer than the function runs"),
            );
        }
    }
}

/// A function that Lambda stops before it has answered: CloudFormation waits for an hour.
fn default_timeout(
    world: &World,
    resource: &Resource,
    target: &Target,
    reported: &mut FxHashSet<Span>,
    out: &mut Findings,
) {
    let Some(function) = world.function(target.function) else { return };
    let Some(default) = limit("AWS::Lambda::Function", "Timeout").and_then(|limit| limit.default) else { return };
    let when: Guard = function
        .resource
        .get("Timeout")
        .unset_when()
        .and(&resource.get("ServiceTimeout").unset_when())
        .and(&target.when);
    if !when.is_possible() || !reported.insert(function.resource.span) {
        return;
    }
    let message = format!(
        "`{}` has the default timeout of {default} seconds; if it does not answer in time, CloudFormation waits for an hour",
        function.address()
    );
    out.push(
        Finding::new(Grade::NOTE, function.resource.span, message)
            .label(target.span, format!("`{}` waits for it", resource.address))
            .when(&when)
            .related(&resource.address)
            .related(function.address())
            .help("set a `Timeout` that is long enough, and a `ServiceTimeout` a little longer"),
    );
}

/// A function that cannot reach S3, where the answer must be written.
fn unheard(
    world: &World,
    resource: &Resource,
    target: &Target,
    routes: Option<&Routes>,
    reported: &mut FxHashSet<Span>,
    out: &mut Findings,
) {
    let (Some(routes), Some(function)) = (routes, world.function(target.function)) else { return };
    for end in routes.dead_ends(world, function.resource).into_iter().filter(|end| end.endpoints_seen) {
        let when = end.when.and(&routes.served(&end, &vpc_endpoints::S3).not()).and(&target.when);
        if !when.is_possible() || when.is_rounded() || !reported.insert(end.span) {
            continue;
        }
        let (name, subnet) = (function.address(), end.subnet.called());
        let message = format!(
            "`{name}` cannot answer CloudFormation from `{subnet}`: no way leads to S3, where the answer is written"
        );
        let way = match end.route {
            Some(route) => (route.span, "an internet gateway takes nobody without a public address"),
            None => (end.subnet.span, "nothing leads out of this subnet"),
        };
        out.push(
            Finding::new(Grade::WARNING, end.span, message)
                .label(target.span, format!("`{}` waits for it", resource.address))
                .label(way.0, way.1)
                .when(&when)
                .related(&resource.address)
                .related(name)
                .related(subnet)
                .help("add a gateway endpoint for S3, which costs nothing, or take the function out of the VPC"),
        );
        return;
    }
}

/// An alias that sends some calls to another version.
fn shifting_alias(world: &World, resource: &Resource, out: &mut Findings) {
    for (text, span, when) in resource.get("ServiceToken").text().set() {
        let alias = world.resource_with_arn(text).filter(|alias| alias.is("AWS::Lambda::Alias"));
        let Some(alias) = alias else { continue };
        let weights = alias.get("RoutingConfig.AdditionalVersionWeights");
        let Some((_, weights_span, weights_when)) = weights.set().next() else { continue };
        let when = when.and(weights_when);
        if !when.is_possible() {
            continue;
        }
        let message = format!("one or another version makes `{}`: its alias shifts calls", resource.address);
        out.push(
            Finding::new(Grade::WARNING, span, message)
                .label(weights_span, "to another version, now and then")
                .when(&when)
                .related(&resource.address)
                .related(alias.called())
                .help("name the function, or a version"),
        );
    }
}
