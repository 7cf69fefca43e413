//! `queue-policy-order`: see `rules/trigger/queue-policy-order.md`.

use super::channels::Channel;
use super::permissions::certainly;
use super::senders::{Policies, Sender, senders};
use crate::engine::{Finding, Findings, Grade};
use crate::frontend::Format;
use crate::model::{Resource, Waits, World};
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::FxHashSet;

/// How many steps are followed from all buckets together.
const MAX_STEPS: usize = 200_000;

pub(super) fn check(world: &World, out: &mut Findings) {
    let (mut steps, mut pairs) = (MAX_STEPS, 0);
    let mut reported: FxHashSet<(Span, Span)> = FxHashSet::default();
    for channel in [Channel::Queue, Channel::Topic] {
        let senders = senders(world, channel);
        let mut policies = None;
        // Only S3 tries the queue when it is told of it.
        for sender in senders.iter().filter(|sender| sender.fails && is_template(world, sender.holder)) {
            let policies = policies.get_or_insert_with(|| Policies::of(world, channel));
            let Some(found) = policies.that_let_in(sender, &mut pairs) else { return };
            let waits = Waits::of(world, sender.holder, &mut steps);
            if !waits.is_complete() {
                return;
            }
            let before = |policy: &Resource| {
                waits.get(&policy.address).is_some()
                    || !policy.origin.is_written()
                    || policy.source != sender.holder.source
            };
            let covered = found
                .iter()
                .filter(|(policy, _)| before(policy))
                .fold(Guard::never(), |covered, (_, when)| covered.or(when));
            let late = found.iter().find(|(policy, when)| !before(policy) && when.compatible(&sender.when));
            let Some((policy, when)) = late else { continue };
            if let Some(left) = certainly(&sender.when.and(when), &covered)
                && reported.insert((sender.holder.span, policy.span))
            {
                out.push(finding(sender, policy, &left));
            }
        }
    }
}

/// Whether CloudFormation makes a resource, and decides on the order.
fn is_template(world: &World, resource: &Resource) -> bool {
    world.units.iter().any(|unit| unit.source == resource.source && unit.format != Format::AwsCli)
}

fn finding(sender: &Sender, policy: &Resource, when: &Guard) -> Finding {
    let (holder, name, allows) = (&sender.holder.address, sender.channel.called(), &policy.address);
    let named = policy.references.iter().find(|reference| reference.to == *holder);
    let help = match named {
        Some(_) => format!(
            "take `{holder}` out of `{allows}` (use `aws:SourceAccount`, or the ARN with the bucket's literal name), then \
             add `DependsOn: {allows}` to `{holder}`"
        ),
        None => format!("add `DependsOn: {allows}` to `{holder}`"),
    };
    let message = format!("`{holder}` does not wait for `{allows}`, so its creation may fail: S3 tries `{name}`");
    let mut finding = Finding::new(Grade::WARNING, sender.span, message)
        .here(format!("S3 asks here whether it may send to `{name}`"))
        .label(policy.span, "the policy, made at the same time")
        .when(when)
        .related(holder)
        .related(name)
        .related(allows)
        .help(help);
    if let Some(named) = named {
        finding = finding.label(named.span, format!("this makes the policy wait for `{holder}`"));
    }
    finding
}
