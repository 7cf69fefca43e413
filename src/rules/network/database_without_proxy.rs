//! `database-without-proxy`: see `rules/network/database-without-proxy.md`.

use super::databases::{Connection, Databases};
use crate::engine::{Finding, Findings, Grade};
use crate::model::network::inside;
use crate::model::{Function, Trigger, TriggerKind, World};
use crate::value::Guard;

/// What the names of the engines begin with that RDS Proxy knows.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html>, 2026-11-23
const PROXIED: [&str; 6] = ["aurora-mysql", "aurora-postgresql", "mysql", "mariadb", "postgres", "sqlserver-"];

pub(super) fn check(world: &World, out: &mut Findings) {
    // A proxy may be among what is not seen.
    if world.open || world.has_unseen_stacks() || world.of_kind("AWS::RDS::DBProxy").next().is_some() {
        return;
    }
    let Some(databases) = Databases::of(world) else { return };
    for function in &world.application.functions {
        let unbounded = unbounded(world, function);
        if !unbounded.is_possible() {
            continue;
        }
        for connection in databases.connections(world, function) {
            let when = connection.when.and(&unbounded).and(&without_data_api(&connection));
            if when.is_possible() && !when.is_rounded() {
                out.push(finding(function, &connection, &when));
            }
        }
    }
}

/// The deployments in which a function is in a VPC, and nothing keeps it from running many times at once.
fn unbounded(world: &World, function: &Function) -> Guard {
    let triggers = world.application.triggers.iter().filter(|trigger| trigger.target.function == function.id);
    let (mut some, mut all_single) = (false, true);
    for trigger in triggers {
        some = true;
        all_single &= is_single(trigger);
    }
    if some && all_single {
        return Guard::never();
    }
    let reserved = function.resource.get("ReservedConcurrentExecutions");
    inside(function.resource).and(&reserved.unset_when())
}

/// Whether a trigger runs the function once at a time, or as often as somebody has bounded.
fn is_single(trigger: &Trigger) -> bool {
    match trigger.kind {
        TriggerKind::CloudFormation | TriggerKind::SecretRotation | TriggerKind::Scheduler => true,
        TriggerKind::EventsRule => trigger.holder.get("EventPattern").is_unset(),
        TriggerKind::Poll => !trigger.holder.get("ScalingConfig.MaximumConcurrency").is_unset(),
        _ => false,
    }
}

/// The deployments in which the database has no Data API: with that, a function needs no connections.
fn without_data_api(connection: &Connection) -> Guard {
    let api = connection.database.get("EnableHttpEndpoint");
    let off = api.booleans();
    let off = off.set().filter(|(on, ..)| !**on).fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
    api.unset_when().or(&off)
}

fn finding(function: &Function, connection: &Connection, when: &Guard) -> Finding {
    let (name, database) = (function.address(), connection.database.called());
    let message = format!("`{name}` opens connections to `{database}` as often as it runs at once, until none is left");
    let engine = connection.database.get("Engine").literals();
    let is_proxied =
        |engine: Option<&String>| engine.is_some_and(|engine| PROXIED.iter().any(|start| engine.starts_with(start)));
    let bound = "`ReservedConcurrentExecutions`";
    let help = if engine.never(is_proxied) {
        format!("bound how often it runs at once with {bound}")
    } else {
        format!("put an `AWS::RDS::DBProxy` between them, or bound how often it runs at once with {bound}")
    };
    let mut finding = Finding::new(Grade::NOTE, connection.span, message).here(connection.shown_by.words()).help(help);
    if connection.database.span != connection.span {
        finding = finding.label(connection.database.span, "this database");
    }
    if !function.resource.body.contains(connection.span) {
        finding = finding.label(function.resource.span, "this function");
    }
    finding.when(when).related(name).related(database)
}
