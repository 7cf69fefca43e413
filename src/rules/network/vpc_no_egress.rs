//! `vpc-no-egress`: see `rules/network/vpc-no-egress.md`.

use crate::data::vpc_endpoints::{Service, by_prefix};
use crate::engine::{Finding, Findings, Grade};
use crate::iam::{DocumentKind, Effect, things};
use crate::model::network::{DeadEnd, Routes};
use crate::model::{Function, TriggerKind, World};
use crate::source::Span;
use crate::value::Guard;
use crate::wiring::{Evidence, works_with};

pub(super) fn check(world: &World, out: &mut Findings) {
    let Some(routes) = Routes::of(world) else { return };
    for function in &world.application.functions {
        let ends = routes.dead_ends(world, function.resource);
        if ends.is_empty() {
            continue;
        }
        let calls = calls(world, function);
        if !unanswered(&routes, function, &ends, &calls, out) {
            in_public(&routes, function, &ends, out);
        }
    }
}

/// That a function calls a service.
struct Call {
    service: &'static Service,
    /// Where that is to be seen.
    span: Span,
    here: String,
    when: Guard,
}

/// What cannot be reached: one finding, about the first service and subnet of which that is so. Says whether there is one.
fn unanswered(routes: &Routes, function: &Function, ends: &[DeadEnd], calls: &[Call], out: &mut Findings) -> bool {
    for end in ends {
        let missed = calls.iter().filter_map(|call| {
            let when = end.when.and(&call.when).and(&routes.served(end, call.service).not());
            (when.is_possible() && !when.is_rounded()).then_some((call, when))
        });
        let missed: Vec<(&Call, Guard)> = missed.collect();
        let Some((call, when)) = missed.first() else { continue };
        let mut names: Vec<&str> = missed.iter().map(|(call, _)| call.service.name).collect();
        names.dedup();
        let grade = if end.endpoints_seen { Grade::WARNING } else { Grade::NOTE };
        let (name, list) = (function.address(), list(&names));
        let message = format!("`{name}` cannot call {list} from `{}`: {}", end.subnet.called(), reason(end));
        let endpoint = if call.service.gateway {
            format!("a gateway endpoint for {}, which costs nothing", call.service.name)
        } else {
            format!("a VPC endpoint for {}", call.service.name)
        };
        let help = format!("name subnets that lead to a NAT gateway, or add {endpoint}");
        let finding = Finding::new(grade, end.span, message).label(call.span, call.here.clone()).when(when).help(help);
        out.push(relate(finding, function, end));
        return true;
    }
    false
}

/// A subnet that looks as if the internet could be reached from it.
fn in_public(routes: &Routes, function: &Function, ends: &[DeadEnd], out: &mut Findings) {
    let is_public = |end: &&DeadEnd| end.route.is_some() && !end.leads_elsewhere && !routes.has_endpoints(end);
    let Some(end) = ends.iter().find(is_public) else { return };
    let (name, subnet) = (function.address(), end.subnet.called());
    let message = format!("`{name}` reaches nothing outside of its VPC from `{subnet}`: {}", reason(end));
    let finding = Finding::new(Grade::NOTE, end.span, message)
        .when(&end.when)
        .help("name private subnets, with a route to a NAT gateway where the function calls something outside");
    out.push(relate(finding, function, end));
}

fn reason(end: &DeadEnd) -> &'static str {
    match end.route {
        Some(_) => "a function has no public address, and an internet gateway takes nobody without one",
        None => "nothing leads out of it",
    }
}

fn relate(mut finding: Finding, function: &Function, end: &DeadEnd) -> Finding {
    finding = match end.route {
        Some(route) => finding.label(route.span, "the way to the internet gateway").related(route.called()),
        None => finding.label(end.subnet.span, "a subnet without a route to a NAT gateway"),
    };
    finding.related(function.address()).related(end.subnet.called())
}

fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, two] => format!("{one} and {two}"),
        [one, two, ..] => format!("{one}, {two} and others"),
    }
}

/// The services that a function calls, as far as its environment and its own role show it; each once.
fn calls(world: &World, function: &Function) -> Vec<Call> {
    let mut out: Vec<Call> = Vec::new();
    let mut add = |call: Call| {
        if !out.iter().any(|known| known.service == call.service) {
            out.push(call);
        }
    };
    for usage in works_with(world, function) {
        let Evidence::Environment(variable) = &usage.shown_by else { continue };
        let thing = things::all().find(|thing| usage.resource.is(thing.kind) && !thing.kind.is_empty());
        // A log group or a role in the environment says little about who is called.
        if let Some(service) =
            thing.and_then(|thing| by_prefix(thing.service)).filter(|service| service.prefix != "sts")
        {
            let here = format!("`{variable}` tells the function of `{}`", usage.resource.called());
            add(Call { service, span: usage.span, here, when: usage.when });
        }
    }
    for (role, role_when) in world.roles_of(function) {
        // What several functions share says little about one of them.
        if role.functions.len() != 1 {
            continue;
        }
        for statement in role.statements().filter(|statement| statement.effect == Effect::Allow) {
            if statement.document.kind == DocumentKind::AwsManaged || statement.actions.negated {
                continue;
            }
            for action in &statement.actions.items {
                let Some((prefix, name)) = action.text.as_literal().and_then(|text| text.split_once(':')) else {
                    continue;
                };
                let Some(service) = by_prefix(prefix).filter(|service| is_own_call(world, function, service, name))
                else {
                    continue;
                };
                let when = action.when.and(&statement.when).and(&role_when);
                let here = "its role allows it to".to_owned();
                add(Call { service, span: action.span, here, when });
            }
        }
    }
    out
}

/// Whether an action is one that the function itself takes, and not Lambda for it: reading sources, writing to destinations.
fn is_own_call(world: &World, function: &Function, service: &Service, action: &str) -> bool {
    let mut triggers = world.application.triggers.iter().filter(|trigger| trigger.target.function == function.id);
    match service.prefix {
        "sqs" | "kinesis" | "dynamodb" if triggers.any(|trigger| trigger.kind == TriggerKind::Poll) => {
            let by_poller = ["Receive", "Delete", "ChangeMessage", "Get", "Describe", "List", "Subscribe"];
            service.prefix == "dynamodb"
                && !["GetRecords", "GetShardIterator", "DescribeStream", "ListStreams"].contains(&action)
                || service.prefix != "dynamodb"
                    && !by_poller.iter().any(|start| action.starts_with(start))
                    && action != "*"
        }
        // Destinations and dead letters go the same way.
        "sqs" | "sns" | "events" | "lambda" if sends(world, function) => false,
        _ => true,
    }
}

/// Whether Lambda sends something on in the name of the function's role.
fn sends(world: &World, function: &Function) -> bool {
    !function.resource.get("DeadLetterConfig").is_unset()
        || world.of_kind("AWS::Lambda::EventInvokeConfig").any(|config| {
            let (targets, known) = world.targets(&config.get("FunctionName").text());
            !known || targets.iter().any(|target| target.function == function.id)
        })
}
