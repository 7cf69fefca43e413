//! `queue-policy-public`: see `rules/trigger/queue-policy-public.md`.

use super::channels::Channel;
use super::permissions::is_everybody;
use super::senders::Policies;
use crate::engine::{Finding, Findings, Grade};
use crate::iam::{Effect, Statement};
use crate::model::{Resource, World};

pub(super) fn check(world: &World, out: &mut Findings) {
    for channel in [Channel::Queue, Channel::Topic] {
        for (holder, statement) in Policies::of(world, channel).statements() {
            if holder.origin.is_written() {
                public(channel, holder, statement, out);
            }
        }
    }
}

fn public(channel: Channel, holder: &Resource, statement: &Statement, out: &mut Findings) {
    if statement.effect != Effect::Allow || statement.not_principal || !is_open_to_all(statement) {
        return;
    }
    let everybody = statement.principals.iter().find(|principal| {
        matches!(&*principal.kind, "*" | "AWS") && principal.text.as_literal().is_some_and(is_everybody)
    });
    let Some(everybody) = everybody else { return };
    let when = statement.when.and(&everybody.when).and(&holder.when);
    if !when.is_possible() {
        return;
    }
    let actions: Vec<String> =
        statement.actions.items.iter().take(3).map(|action| format!("`{}`", action.text)).collect();
    let may = if statement.actions.negated || actions.is_empty() { "much".to_owned() } else { actions.join(", ") };
    let message = format!("everybody may do {may} with the {} of `{}`", channel.word(), holder.address);
    let help = match channel {
        Channel::Queue => "name the service or account, or add a condition on `aws:SourceArn` or `aws:PrincipalOrgID`",
        Channel::Topic => "name the service or account, or add a condition on `aws:SourceArn` or `aws:SourceOwner`",
    };
    out.push(
        Finding::new(Grade::WARNING, everybody.span, message)
            .here("anybody with any AWS account")
            .when(&when)
            .related(&holder.address)
            .help(help),
    );
}

/// Whether no condition limits who may: one that asks for encryption, or none at all.
fn is_open_to_all(statement: &Statement) -> bool {
    !statement.conditions_open
        && statement.conditions.iter().all(|condition| condition.key.eq_ignore_ascii_case("aws:SecureTransport"))
}
