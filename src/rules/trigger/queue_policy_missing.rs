//! `queue-policy-missing`: see `rules/trigger/queue-policy-missing.md`.

use super::channels::Channel;
use super::senders::{Policies, Sender, senders};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::FxHashSet;

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
    let mut pairs = 0;
    let mut reported: FxHashSet<Span> = FxHashSet::default();
    for sender in &senders {
        if let Some((when, meant)) = policies.refused(sender, &mut pairs)
            && reported.insert(sender.span)
        {
            out.push(finding(channel, sender, &when, meant));
        }
    }
}

fn finding(channel: Channel, sender: &Sender, when: &Guard, meant: Option<Span>) -> Finding {
    let name = sender.channel.called();
    let grade = if sender.fails { Grade::ERROR } else { Grade::WARNING };
    let message = format!("no policy of `{name}` lets {} send to it, so {}", sender.name, sender.effect);
    let mut finding = Finding::new(grade, sender.span, message)
        .when(when)
        .related(sender.holder.called())
        .related(name)
        .label(sender.channel.span, format!("this {}", channel.word()));
    if let Some(meant) = meant {
        finding = finding.label(meant, "this statement is for something else");
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
