//! `queue-policy-missing`: see `rules/trigger/queue-policy-missing.md`.

use super::channels::Channel;
use super::senders::{Policies, Sender, senders};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{About, World};
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) fn check(world: &World, out: &mut Findings) {
    missing(world, Channel::Queue, out);
}

/// Reports the senders that no policy lets in.
pub(super) fn missing(world: &World, channel: Channel, out: &mut Findings) {
    let senders = senders(world, channel);
    if senders.is_empty() {
        return;
    }
    let policies = Policies::of(world, channel);
    let about = match channel {
        Channel::Queue => About::QueuePolicies,
        Channel::Topic => About::TopicPolicies,
    };
    let mut pairs = 0;
    let mut reported: FxHashSet<Span> = FxHashSet::default();
    let mut found: Vec<Missing> = Vec::new();
    // One statement lets a service in for all that it sends here: that is one finding.
    let mut same: FxHashMap<(Span, &str, bool), Vec<usize>> = FxHashMap::default();
    for sender in &senders {
        if world.is_said_elsewhere(about, sender.channel) {
            continue;
        }
        let Some((when, meant)) = policies.refused(sender, &mut pairs).filter(|_| reported.insert(sender.span)) else {
            continue;
        };
        let places = same.entry((sender.channel.span, sender.service, sender.fails)).or_default();
        let known = places.iter().filter_map(|place| Some((place, &found.get(*place)?.when)));
        let known = known.filter(|(_, other)| when.same(other)).map(|(place, _)| *place).next();
        match known.and_then(|place| found.get_mut(place)) {
            Some(missing) => missing.others.push(sender),
            None => {
                places.push(found.len());
                found.push(Missing { sender, others: Vec::new(), when, meant });
            }
        }
    }
    for missing in found {
        out.push(finding(channel, &missing));
    }
}

/// Senders of one service that no policy of the channel lets in.
struct Missing<'a> {
    sender: &'a Sender<'a>,
    others: Vec<&'a Sender<'a>>,
    when: Guard,
    /// A statement that was meant for them.
    meant: Option<Span>,
}

/// How many of the others get a label.
const MAX_LABELS: usize = 8;

fn finding(channel: Channel, missing: &Missing) -> Finding {
    let Missing { sender, others, when, meant } = missing;
    let name = sender.channel.called();
    let grade = if sender.fails { Grade::ERROR } else { Grade::WARNING };
    let message = format!("no policy of `{name}` lets {} send to it, so {}", sender.name, sender.effect);
    let mut finding = Finding::new(grade, sender.span, message)
        .when(when)
        .related(sender.holder.called())
        .related(name)
        .label(sender.channel.span, format!("this {}", channel.word()));
    for other in others.iter().take(MAX_LABELS) {
        finding = finding.label(other.span, "nor is this one let in").related(other.holder.called());
    }
    if let Some(meant) = meant {
        finding = finding.label(*meant, "this statement is for something else");
    }
    let (kind, property, action, reference) = match channel {
        Channel::Queue => ("AWS::SQS::QueuePolicy", "Queues", "sqs:SendMessage", format!("!GetAtt {name}.Arn")),
        Channel::Topic => ("AWS::SNS::TopicPolicy", "Topics", "sns:Publish", format!("!Ref {name}")),
    };
    // A policy that names the bucket is made after it, which is too late.
    let rest = match &sender.source {
        _ if sender.fails => format!(
            "with `${{AWS::AccountId}}` as `aws:SourceAccount`, and let `{}` wait for it with `DependsOn`",
            sender.holder.address
        ),
        Some(source) => format!("with `{source}` as `aws:SourceArn`"),
        None => "with the sender's ARN as `aws:SourceArn`".to_owned(),
    };
    finding.help(format!(
        "add an `{kind}` with `{property}: [!Ref {name}]` that allows `{action}` on `{reference}` to \
         `Service: {}`, {rest}",
        sender.service
    ))
}
