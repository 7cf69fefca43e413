//! `key-policy-missing`: see `rules/trigger/key-policy-missing.md`.
//!
//! Source: "Configure KMS permissions for AWS services",
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html>, and "Enable compatibility
//! between event sources from AWS services and encrypted topics",
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html>, retrieved 2026-11-23.

use super::channels::Channel;
use super::permissions::certainly;
use super::senders::{Sender, may, may_be_service, senders};
use crate::engine::{Finding, Findings, Grade};
use crate::iam::{DocumentKind, Effect, Policy, PolicyDocument, action_matches};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Guard, Text};
use rustc_hash::{FxHashMap, FxHashSet};

const KEY: &str = "AWS::KMS::Key";
const PROPERTY: &str = "KmsMasterKeyId";

/// What whoever sends to an encrypted queue or topic must be allowed; it decrypts the data key as well.
const ACTION: &str = "kms:GenerateDataKey";

/// Pairs of a sender and a statement that are compared; beyond that nothing more is said to be missing.
const MAX_PAIRS: usize = 20_000;

/// The key that a queue or topic is encrypted with.
enum Key<'a> {
    /// AWS's own for the service. Its policy lets no other service in, and nobody can change it.
    Aws(&'static str),
    /// One of the world's.
    Declared(&'a Resource),
}

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut reported: FxHashSet<(Span, &'static str)> = FxHashSet::default();
    let mut policies: FxHashMap<Span, Policy> = FxHashMap::default();
    let mut pairs = 0;
    for channel in [Channel::Queue, Channel::Topic] {
        for sender in senders(world, channel) {
            for (text, span, when) in sender.channel.get(PROPERTY).text().set() {
                let Some(key) = key(world, channel, text) else { continue };
                let exists = sender.when.and(when);
                let missing = match key {
                    Key::Aws(_) => Some(exists.clone()),
                    Key::Declared(key) => {
                        let policy = policies.entry(key.span).or_insert_with(|| read(key));
                        pairs += 1 + policy.statements.len();
                        if pairs > MAX_PAIRS {
                            return;
                        }
                        let exists = exists.and(&key.when);
                        certainly(&exists, &lets_in(policy, sender.service, ACTION))
                    }
                };
                if let Some(when) = missing.filter(Guard::is_possible)
                    && reported.insert((sender.channel.span, sender.service))
                {
                    out.push(finding(channel, &sender, &key, span, &when));
                }
            }
        }
    }
}

/// What an identifier of a key stands for. `None`: a key of elsewhere.
fn key<'a>(world: &World<'a>, channel: Channel, text: &Text) -> Option<Key<'a>> {
    let own = match channel {
        Channel::Queue => "alias/aws/sqs",
        Channel::Topic => "alias/aws/sns",
    };
    if text.as_literal().is_some_and(|text| text == own || text.ends_with(&format!(":{own}"))) {
        return Some(Key::Aws(own));
    }
    if let Some(key) = world.resource_named(KEY, text) {
        return Some(Key::Declared(key));
    }
    let is_called = |alias: &&Resource| {
        alias.names.reference.equals(text).is_yes()
            || alias.get("AliasName").text().only().is_some_and(|name| name.equals(text).is_yes())
    };
    let alias = world.of_kind("AWS::KMS::Alias").find(is_called)?;
    let target = alias.get("TargetKeyId");
    target.text().only().and_then(|target| world.resource_named(KEY, target)).map(Key::Declared)
}

/// The policy of a key.
pub(super) fn read(key: &Resource) -> Policy {
    let document = PolicyDocument {
        kind: DocumentKind::Resource,
        name: (*key.address).into(),
        address: key.address.clone(),
        span: key.span,
    };
    Policy::read(document, &key.get("KeyPolicy"))
}

/// The deployments in which a key's policy may allow an action to a service.
pub(super) fn lets_in(policy: &Policy, service: &str, action: &str) -> Guard {
    if policy.open {
        return Guard::always();
    }
    let statements = policy.statements.iter().filter(|statement| {
        statement.effect == Effect::Allow
            && may(&statement.actions, |pattern| action_matches(pattern, action))
            && (statement.principals_open
                || statement.not_principal
                || statement.principals.iter().any(|principal| may_be_service(principal, service)))
    });
    statements.fold(Guard::never(), |all, statement| all.or(&statement.when))
}

fn finding(channel: Channel, sender: &Sender, key: &Key, span: Span, when: &Guard) -> Finding {
    let (name, word, service) = (sender.channel.called(), channel.word(), sender.name);
    let finding = match key {
        Key::Aws(alias) => {
            let message = format!("{service} cannot send to `{name}`: it may not use `{alias}`, so {}", sender.effect);
            Finding::new(Grade::NOTE, span, message).here("AWS's own key lets no other service in").help(format!(
                "encrypt the {word} with a key of your own whose policy allows `{ACTION}` and `kms:Decrypt` to \
                     `Service: {}`{}",
                sender.service,
                match channel {
                    Channel::Queue => ", or with `SqsManagedSseEnabled: true` and no key",
                    Channel::Topic => "",
                }
            ))
        }
        Key::Declared(key) => {
            let message = format!(
                "{service} cannot send to `{name}`: it may not use the key `{}`, so {}",
                key.called(),
                sender.effect
            );
            Finding::new(Grade::NOTE, span, message)
                .here(format!("encrypts the {word}"))
                .label(key.span, format!("no statement of its policy lets {service} in"))
                .related(key.called())
                .help(format!(
                    "allow `{ACTION}` and `kms:Decrypt` on `*` to `Service: {}` in `KeyPolicy`, with `aws:SourceAccount`",
                    sender.service
                ))
        }
    };
    finding.label(sender.span, "sends here").when(when).related(name).related(sender.holder.called())
}
