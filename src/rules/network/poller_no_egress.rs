//! `poller-no-egress`: see `rules/network/poller-no-egress.md`.

use crate::data::vpc_endpoints::{LAMBDA, STS};
use crate::engine::{Finding, Findings, Grade};
use crate::model::network::{DeadEnd, Routes, declared};
use crate::model::{Trigger, TriggerKind, World};
use crate::value::Text;

/// The sources that Lambda reads from within their VPC, and the property that has their subnets.
static SOURCES: [(&str, &str); 2] =
    [("AWS::MSK::Cluster", "BrokerNodeGroupInfo.ClientSubnets"), ("AWS::AmazonMQ::Broker", "SubnetIds")];

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut pollers = world.application.triggers.iter().filter(|trigger| trigger.kind == TriggerKind::Poll).peekable();
    if pollers.peek().is_none() {
        return;
    }
    let Some(routes) = Routes::of(world) else { return };
    for trigger in pollers {
        // With pollers of its own a mapping reaches Lambda another way.
        if !trigger.holder.get("ProvisionedPollerConfig").is_unset() {
            continue;
        }
        let ends = dead_ends(world, &routes, trigger);
        let missed = ends.iter().filter(|end| end.endpoints_seen).find_map(|end| {
            let services = [&LAMBDA, &STS].map(|service| (service, end.when.and(&routes.served(end, service).not())));
            let missed = services.into_iter().find(|(_, when)| when.is_possible() && !when.is_rounded());
            missed.map(|(service, when)| (end, service, when.and(&trigger.target.when)))
        });
        let Some((end, service, when)) = missed.filter(|(.., when)| when.is_possible()) else { continue };
        let Some(function) = world.function(trigger.target.function) else { continue };
        let (name, subnet) = (function.address(), end.subnet.called());
        let message =
            format!("nothing runs `{name}`: what reads its source cannot reach {} from `{subnet}`", service.name);
        out.push(
            Finding::new(Grade::NOTE, trigger.span, message)
                .label(end.span, "read from this subnet")
                .label(end.route.unwrap_or(end.subnet).span, if end.route.is_some() { "an internet gateway takes nobody without a public address" } else { "nothing leads out of this subnet" })
                .when(&when)
                .related(name)
                .related(subnet)
                .help("lead the subnet to a NAT gateway, or add VPC endpoints for Lambda and STS, and for Secrets Manager where a secret is used"),
        );
    }
}

/// The subnets from which a source is read, and out of which nothing leads.
fn dead_ends<'a>(world: &World<'a>, routes: &Routes<'a>, trigger: &Trigger<'a>) -> Vec<DeadEnd<'a>> {
    let mapping = trigger.holder;
    let arns = mapping.get("EventSourceArn").text();
    for (arn, _, _) in arns.set() {
        for (kind, property) in &SOURCES {
            let source =
                declared(world, mapping, kind, arn).filter(|source| source.get("PubliclyAccessible").is_unset());
            if let Some(source) = source {
                return routes.dead_ends_among(world, source, &source.get(property));
            }
        }
    }
    let mut out = Vec::new();
    for access in mapping.get("SourceAccessConfigurations").items(false).0 {
        let kinds = access.get("Type").literals();
        if !kinds.every(|kind| kind.is_some_and(|kind| kind == "VPC_SUBNET")) {
            continue;
        }
        for (uri, span, when) in access.get("URI").text().set() {
            let id = uri.strip_prefix(&Text::literal("subnet:")).unwrap_or_else(|| (*uri).clone());
            routes.dead_ends_at(world, mapping, &id, span, when, &mut out);
        }
    }
    out
}
