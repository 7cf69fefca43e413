//! `role-shared`: see `rules/role/role-shared.md`.

use crate::data::needs::{self, Need};
use crate::engine::{Finding, Findings, Grade};
use crate::iam::{Effect, Statement, words};
use crate::model::{Function, Role, World};
use crate::value::Guard;

/// How many functions a finding points at.
const SHOWN: usize = 10;

/// Services on which every function has rights: its log and its traces.
const BASIC_SERVICES: &[&str] = &["logs", "xray"];

/// Rights that concern nothing but the function itself: its network interfaces, its own state.
static BASIC: &[&Need] = &[&needs::VPC, &needs::KAFKA_NETWORK, &needs::DURABLE];

pub(super) fn check(world: &World, out: &mut Findings) {
    for role in world.application.roles.iter().filter(|role| role.functions.len() > 1) {
        let users = world.users_of(role);
        // The deployments in which somebody uses it, and those in which two do.
        let (mut one, mut two) = (Guard::never(), Guard::never());
        for (_, when) in &users {
            two = two.or(&one.and(when));
            one = one.or(when);
        }
        let Some((when, services)) = rights(role, &two) else { continue };
        let sharing: Vec<&Function> =
            users.iter().filter(|(_, uses)| uses.compatible(&when)).map(|(function, _)| *function).collect();
        if sharing.len() > 1 {
            report(role, &sharing, &services, &when, out);
        }
    }
}

/// The services on which a role grants what not every function has, and when it does; `None` when there is no such right.
fn rights(role: &Role, when: &Guard) -> Option<(Guard, Vec<String>)> {
    let mut granted = Guard::never();
    let mut services: Vec<String> = Vec::new();
    for statement in role.statements().filter(|statement| statement.effect == Effect::Allow) {
        let holds = when.and(&statement.when);
        if !holds.is_possible() {
            continue;
        }
        for (service, when) in beyond(statement) {
            let when = holds.and(&when);
            if when.is_possible() {
                granted = granted.or(&when);
                if !services.contains(&service) {
                    services.push(service);
                }
            }
        }
    }
    (granted.is_possible() && !granted.is_rounded()).then_some((granted, services))
}

/// The services of a statement's actions beyond the basic ones, as far as the actions are known.
fn beyond(statement: &Statement) -> Vec<(String, Guard)> {
    if statement.actions.negated {
        return vec![("*".to_owned(), Guard::always())];
    }
    let mut found: Vec<(String, Guard)> = Vec::new();
    for element in &statement.actions.items {
        let Some(action) = element.text.as_literal() else { continue };
        let service = action.split_once(':').map_or(action, |(service, _)| service).to_ascii_lowercase();
        let of_itself = BASIC
            .iter()
            .flat_map(|need| need.core.iter().chain(need.rest))
            .any(|basic| basic.eq_ignore_ascii_case(action));
        if !of_itself && !BASIC_SERVICES.contains(&service.as_str()) {
            found.push((service, element.when.clone()));
        }
    }
    found
}

fn report(role: &Role, functions: &[&Function], services: &[String], when: &Guard, out: &mut Findings) {
    let names: Vec<&str> = functions.iter().map(|function| &**function.address()).collect();
    let resource = role.resource;
    let message = format!("{} have one role, so that each has the rights of all", words::list(&names));
    let on = match services {
        services if services.iter().any(|service| service == "*") => "every service".to_owned(),
        services => words::list(&services.iter().map(String::as_str).collect::<Vec<_>>()),
    };
    let mut finding = Finding::new(Grade::NOTE, resource.span, message)
        .here(format!("grants rights on {on}"))
        .when(when)
        .related(&resource.address)
        .help("give each function a role of its own, with the rights that it needs");
    for (index, function) in functions.iter().enumerate() {
        finding = finding.related(function.address());
        let at = function.resource.get("Role").span();
        if index < SHOWN && at != resource.span {
            finding = finding.label(at, format!("the role of `{}`", function.address()));
        }
    }
    out.push(finding);
}
