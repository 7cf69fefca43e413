//! `permission-order`: see `rules/permission/permission-order.md`.

use super::permissions::certainly;
use super::statements::Statements;
use crate::engine::{Address, Finding, Findings, Grade};
use crate::frontend::Format;
use crate::model::{FunctionId, Permission, Resource, Trigger, TriggerKind, Waits, World};
use crate::value::Guard;
use crate::wiring::{Invocation, coverage};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many steps are followed from all triggers together. Real templates have a few thousand; beyond that nothing
/// more is said.
const MAX_STEPS: usize = 500_000;

/// How many pairs of a trigger and a permission are compared.
const MAX_PAIRS: usize = 50_000;

pub(super) fn check(world: &World, out: &mut Findings) {
    let statements = Statements::of(world);
    let (mut steps, mut pairs) = (MAX_STEPS, MAX_PAIRS);
    let mut waits: FxHashMap<(u32, &Address), Waits> = FxHashMap::default();
    let mut reported: FxHashSet<(u32, &Address, FunctionId)> = FxHashSet::default();
    for trigger in &world.application.triggers {
        let Some(service) = validates(trigger.kind) else { continue };
        let holder = trigger.holder;
        let Some(invocation) = Invocation::of(trigger).filter(|_| !trigger.made && is_template(world, holder)) else {
            continue;
        };
        let place = (holder.source.0, &holder.address);
        let waits = waits.entry(place).or_insert_with(|| Waits::of(world, holder, &mut steps));
        if !waits.is_complete() {
            continue;
        }
        let Some(order) = Order::of(&statements, &invocation, holder, waits, &mut pairs) else { return };
        if !reported.insert((place.0, place.1, invocation.function)) {
            continue;
        }
        for permission in &order.cycles {
            cycle(world, trigger, permission, waits, out);
        }
        if let (Some(permission), true) = (order.late, order.cycles.is_empty()) {
            let when = invocation.when.and(&order.covered_late);
            if let Some(left) = certainly(&when, &order.covered) {
                race(world, trigger, permission, (service, &left), out);
            }
        }
    }
}

/// The services that try the function when they are told of it, and refuse what they may not run.
fn validates(kind: TriggerKind) -> Option<&'static str> {
    match kind {
        TriggerKind::S3 => Some("S3"),
        TriggerKind::Logs | TriggerKind::LogsAccount => Some("CloudWatch Logs"),
        TriggerKind::LoadBalancer => Some("Elastic Load Balancing"),
        TriggerKind::Config => Some("AWS Config"),
        TriggerKind::SecretRotation => Some("Secrets Manager"),
        _ => None,
    }
}

/// Whether a resource is made by CloudFormation, which decides on the order.
fn is_template(world: &World, resource: &Resource) -> bool {
    world.units.iter().any(|unit| unit.source == resource.source && unit.format != Format::AwsCli)
}

/// The permissions for a trigger by whether they are there before it.
struct Order<'a> {
    /// Where there may be one before it.
    covered: Guard,
    /// Where there certainly is one that is not sure to be.
    covered_late: Guard,
    /// The first of those.
    late: Option<&'a Permission<'a>>,
    /// Those that wait for what waits for them.
    cycles: Vec<&'a Permission<'a>>,
}

impl<'a> Order<'a> {
    /// `None` when there is too much to compare.
    fn of(
        statements: &Statements<'a>,
        invocation: &Invocation,
        holder: &Resource,
        waits: &Waits,
        pairs: &mut usize,
    ) -> Option<Self> {
        let mut order = Self { covered: Guard::never(), covered_late: Guard::never(), late: None, cycles: Vec::new() };
        for permission in statements.about(invocation.function) {
            *pairs = pairs.checked_sub(1)?;
            let covers = coverage(permission, invocation);
            if !covers.maybe.is_possible() {
                continue;
            }
            let resource = permission.resource;
            let wait = waits.get(&resource.address).filter(|_| resource.source == holder.source);
            // SAM lets the bucket wait, and another stack's permission may be there before this one is made.
            let before = wait.is_some() || !resource.origin.is_written() || resource.source != holder.source;
            if before {
                order.covered = order.covered.or(&covers.maybe);
            } else {
                order.covered_late = order.covered_late.or(&covers.sure);
                if order.late.is_none() && covers.sure.is_possible() {
                    order.late = Some(permission);
                }
            }
            let refers = resource.references.iter().any(|to| to.always && to.to == holder.address);
            if refers && wait.is_some_and(|wait| wait.always) {
                order.cycles.push(permission);
            }
        }
        Some(order)
    }
}

fn race(
    world: &World,
    trigger: &Trigger,
    permission: &Permission,
    (service, left): (&'static str, &Guard),
    out: &mut Findings,
) {
    let Some(function) = world.function(trigger.target.function) else { return };
    let (name, holder, allows) = (function.address(), &trigger.holder.address, &permission.resource.address);
    let message =
        format!("`{holder}` does not wait for `{allows}`, so its creation may fail: {service} tries `{name}`");
    let named = permission.resource.references.iter().find(|reference| reference.to == *holder);
    let help = match named {
        Some(_) => format!(
            "take `{holder}` out of `{allows}` (keep `SourceAccount`, or write the ARN with a literal name), \
             then add `DependsOn: {allows}` to `{holder}`"
        ),
        None => format!("add `DependsOn: {allows}` to `{holder}`"),
    };
    let mut finding = Finding::new(Grade::WARNING, trigger.span, message)
        .here(format!("{service} asks here whether it may invoke `{name}`"))
        .label(permission.resource.span, "the permission, made at the same time")
        .help(help)
        .related(holder)
        .related(allows)
        .related(name)
        .when(left);
    if let Some(named) = named {
        finding = finding.label(named.span, format!("this makes the permission wait for `{holder}`"));
    }
    out.push(finding);
}

fn cycle(world: &World, trigger: &Trigger, permission: &Permission, waits: &Waits, out: &mut Findings) {
    let (holder, resource) = (trigger.holder, permission.resource);
    let Some(back) = resource.references.iter().find(|reference| reference.to == holder.address) else { return };
    let Some(wait) = waits.get(&resource.address) else { return };
    let when = holder.when.and(&resource.when).and(&wait.by.when);
    if !when.is_possible() {
        return;
    }
    let (holder, allows) = (&holder.address, &resource.address);
    let message = format!("`{holder}` and `{allows}` wait for each other, so neither is ever made");
    let mut finding = Finding::new(Grade::ERROR, wait.span, message)
        .here(format!("`{}` waits for the permission", wait.by.address))
        .label(back.span, format!("the permission waits for `{holder}`"))
        .help(format!(
            "take `{holder}` out of `{allows}`: keep `SourceAccount` alone, or write the ARN with a literal name"
        ))
        .related(holder)
        .related(allows)
        .when(&when);
    if let Some(function) = world.function(trigger.target.function) {
        finding = finding.related(function.address());
    }
    out.push(finding);
}
