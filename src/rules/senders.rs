//! Who sends to queues and topics by a right that only the policy of these can give, and what those policies allow.

use super::channels::{Channel, is_no_arn};
use super::notifications::{Destination, notifications};
use crate::iam::grant::action_matches;
use crate::iam::{DocumentKind, Effect, Elements, Policy, PolicyDocument, Principal, Statement};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Answer, Data, Guard, Text, Value};
use crate::wiring::arn::may_match;
use crate::wiring::invoke::is_service;

/// Something that a service sends to a queue or topic of the world.
pub(super) struct Sender<'a> {
    /// The service's principal.
    pub(super) service: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// The ARN of what it sends for, as conditions know it; `None` when that is not known.
    pub(super) source: Option<Text>,
    /// What declares it.
    pub(super) holder: &'a Resource,
    /// The queue or topic.
    pub(super) channel: &'a Resource,
    /// Where that is named.
    pub(super) span: Span,
    /// In which deployments.
    pub(super) when: Guard,
    /// What is lost, after "so ".
    pub(super) effect: String,
    /// Whether the deployment fails.
    pub(super) fails: bool,
}

/// All senders to queues, or to topics.
pub(super) fn senders<'a>(world: &World<'a>, channel: Channel) -> Vec<Sender<'a>> {
    let mut senders = Senders { world, channel, out: Vec::new() };
    senders.buckets();
    senders.rules();
    if channel == Channel::Queue {
        senders.topics();
    }
    senders.out
}

struct Senders<'a, 'w> {
    world: &'w World<'a>,
    channel: Channel,
    out: Vec<Sender<'a>>,
}

/// What is the same for every place that a sender names.
struct Kind<'a> {
    service: &'static str,
    name: &'static str,
    source: Option<Text>,
    holder: &'a Resource,
    effect: String,
    fails: bool,
}

impl<'a> Senders<'a, '_> {
    /// Adds a sender for each queue or topic of the world that `target` can be.
    fn add(&mut self, target: &Value<&'a Text>, narrow: &Guard, kind: Kind<'a>) {
        let named = target.set().find_map(|(text, span, when)| {
            // A `Ref` of a queue is no ARN, which another rule says.
            if is_no_arn(text) {
                return None;
            }
            let when = when.and(narrow);
            let channel = self.world.resource_named(self.channel.kind(), text)?;
            let exists = when.and(&channel.when);
            exists.is_possible().then_some((channel, span, exists))
        });
        let Some((channel, span, when)) = named else { return };
        let Kind { service, name, source, holder, effect, fails } = kind;
        self.out.push(Sender { service, name, source, holder, channel, span, when, effect, fails });
    }

    fn buckets(&mut self) {
        for notification in notifications(self.world) {
            let wanted = match self.channel {
                Channel::Queue => Destination::Queue,
                Channel::Topic => Destination::Topic,
            };
            if notification.to != wanted {
                continue;
            }
            let bucket = notification.holder;
            let kind = Kind {
                service: "s3.amazonaws.com",
                name: "S3",
                source: bucket.names.arn.clone().filter(|_| bucket.is("AWS::S3::Bucket")),
                holder: bucket,
                effect: format!("the deployment of `{}` fails", bucket.address),
                fails: true,
            };
            self.add(&notification.target.text(), &Guard::always(), kind);
        }
    }

    fn rules(&mut self) {
        for rule in self.world.of_kind("AWS::Events::Rule") {
            let bus = rule.get("EventBusName");
            let plain = bus.is_unset() || bus.text().only().is_some_and(|bus| bus.as_literal().is_some());
            let kind = |effect: String| Kind {
                service: "events.amazonaws.com",
                name: "EventBridge",
                source: rule.names.arn.clone().filter(|_| plain),
                holder: rule,
                effect,
                fails: false,
            };
            let (targets, _) = rule.get("Targets").items(false);
            for target in targets {
                let without_role = target.get("RoleArn").unset_when();
                let effect = format!("the events of `{}` never get there", rule.called());
                self.add(&target.get("Arn").text(), &without_role, kind(effect));
                if self.channel == Channel::Queue {
                    let effect = format!("events of `{}` that cannot be delivered are lost", rule.called());
                    self.add(&target.get("DeadLetterConfig.Arn").text(), &Guard::always(), kind(effect));
                }
            }
        }
    }

    fn topics(&mut self) {
        for subscription in self.world.of_kind("AWS::SNS::Subscription") {
            let topic = subscription.get("TopicArn").text().only().map(|topic| (*topic).clone());
            let declaration = subscription.properties.borrow().within(&subscription.when);
            self.subscription(subscription, &declaration, topic);
        }
        for topic in self.world.of_kind("AWS::SNS::Topic") {
            let (items, _) = topic.get("Subscription").items(false);
            for item in items {
                self.subscription(topic, &item, topic.names.arn.clone());
            }
        }
    }

    fn subscription(&mut self, holder: &'a Resource, declaration: &Value<&'a Data>, topic: Option<Text>) {
        let declared = topic.as_ref().and_then(|topic| self.world.resource_named("AWS::SNS::Topic", topic));
        let of = match (declared, &topic) {
            (Some(declared), _) => format!("of `{}` ", declared.address),
            (None, Some(topic)) if topic.as_literal().is_some() => format!("of `{topic}` "),
            _ => String::new(),
        };
        let kind = |effect: String| Kind {
            service: "sns.amazonaws.com",
            name: "SNS",
            // A topic's name is an ARN by another way.
            source: declared.and_then(|declared| declared.names.arn.clone()).or_else(|| topic.clone()),
            holder,
            effect,
            fails: false,
        };
        let protocol = declaration.get("Protocol").literals();
        let to_queue = protocol.set().filter(|(protocol, ..)| *protocol == "sqs");
        let to_queue = to_queue.fold(Guard::never(), |all, (_, _, when)| all.or(when));
        self.add(&declaration.get("Endpoint").text(), &to_queue, kind(format!("messages {of}never get there")));
        self.add(
            &declaration.get("RedrivePolicy.deadLetterTargetArn").text(),
            &Guard::always(),
            kind(format!("messages {of}that cannot be delivered are lost")),
        );
    }
}

/// The policies of the queues, or of the topics, of a world.
pub(super) struct Policies<'a> {
    channel: Channel,
    list: Vec<Attached<'a>>,
    /// Whether there may be policies that are not seen.
    open: bool,
}

/// A policy and what it is attached to.
struct Attached<'a> {
    resource: &'a Resource,
    policy: Policy,
    to: Vec<(To<'a>, Guard)>,
    to_any: bool,
}

/// What a policy is attached to.
enum To<'a> {
    /// One of the world's.
    Declared(&'a Resource),
    /// Something by this name.
    Named(Text),
}

/// Pairs of a sender and a policy that are compared; beyond that nothing more is said to be missing.
const MAX_PAIRS: usize = 20_000;

impl<'a> Policies<'a> {
    pub(super) fn of(world: &World<'a>, channel: Channel) -> Self {
        let kinds = match channel {
            Channel::Queue => [("AWS::SQS::QueuePolicy", "Queues"), ("AWS::SQS::QueueInlinePolicy", "Queue")],
            Channel::Topic => [("AWS::SNS::TopicPolicy", "Topics"), ("AWS::SNS::TopicInlinePolicy", "TopicArn")],
        };
        let open = world.open || world.has_unseen_stacks();
        let mut list = Vec::new();
        for (kind, property) in kinds {
            for resource in world.of_kind(kind) {
                let (items, closed) = resource.get(property).items(true);
                let mut attached = Attached { resource, policy: read(resource), to: Vec::new(), to_any: !closed };
                for item in items {
                    let texts = item.text();
                    attached.to_any |= !texts.is_exhaustive();
                    for (text, _, when) in texts.set() {
                        let to = match world.resource_named(channel.kind(), text) {
                            Some(declared) => To::Declared(declared),
                            None => To::Named((*text).clone()),
                        };
                        attached.to.push((to, when.clone()));
                    }
                }
                list.push(attached);
            }
        }
        Self { channel, list, open }
    }

    /// The deployments in which `sender` certainly is not let in, and the statement that was meant for it.
    pub(super) fn refused(&self, sender: &Sender, pairs: &mut usize) -> Option<(Guard, Option<Span>)> {
        if self.open {
            return None;
        }
        let mut let_in = Guard::never();
        let mut meant = None;
        for attached in &self.list {
            *pairs += 1 + attached.policy.statements.len();
            if *pairs > MAX_PAIRS {
                return None;
            }
            let is_it = attached.is_for(sender.channel);
            if !is_it.is_possible() {
                continue;
            }
            if attached.policy.open {
                let_in = let_in.or(&is_it);
            }
            for statement in &attached.policy.statements {
                if self.may_let_in(statement, sender) {
                    let_in = let_in.or(&is_it.and(&statement.when));
                } else if statement.effect == Effect::Allow {
                    meant = meant.or(Some(statement.span));
                }
            }
        }
        super::permissions::certainly(&sender.when, &let_in).map(|when| (when, meant))
    }

    /// The policies that may let `sender` in, each with where it may; `None` when there may be others, or too many.
    pub(super) fn that_let_in(&self, sender: &Sender, pairs: &mut usize) -> Option<Vec<(&'a Resource, Guard)>> {
        if self.open {
            return None;
        }
        let mut found = Vec::new();
        for attached in &self.list {
            *pairs += 1 + attached.policy.statements.len();
            if *pairs > MAX_PAIRS {
                return None;
            }
            let mut when = if attached.policy.open { Guard::always() } else { Guard::never() };
            for statement in attached.policy.statements.iter().filter(|statement| self.may_let_in(statement, sender)) {
                when = when.or(&statement.when);
            }
            let when = when.and(&attached.is_for(sender.channel));
            if when.is_possible() {
                found.push((attached.resource, when));
            }
        }
        Some(found)
    }

    /// Every statement of every policy, with the resource that holds it.
    pub(super) fn statements(&self) -> impl Iterator<Item = (&'a Resource, &Statement)> {
        self.list
            .iter()
            .flat_map(|attached| attached.policy.statements.iter().map(|statement| (attached.resource, statement)))
    }

    fn may_let_in(&self, statement: &Statement, sender: &Sender) -> bool {
        let action = match self.channel {
            Channel::Queue => "sqs:SendMessage",
            Channel::Topic => "sns:Publish",
        };
        let target = sender.channel.names.arn.as_ref();
        statement.effect == Effect::Allow
            && may(&statement.actions, |pattern| action_matches(pattern, action))
            && may(&statement.resources, |pattern| match target {
                Some(target) => may_match(pattern, target),
                None => Answer::Unknown,
            })
            && (statement.principals_open
                || statement.not_principal
                || statement.principals.iter().any(|principal| may_be_service(principal, sender.service)))
            && statement.conditions.iter().all(|condition| {
                let operator = condition.operator.to_ascii_lowercase();
                let compares =
                    operator.ends_with("equals") || operator.ends_with("like") || operator.ends_with("ignorecase");
                let about_source = condition.key.eq_ignore_ascii_case("aws:SourceArn");
                match &sender.source {
                    Some(source) if about_source && compares && !operator.contains("not") => {
                        may(&condition.values, |pattern| may_match(pattern, source))
                    }
                    _ => true,
                }
            })
    }
}

fn read(resource: &Resource) -> Policy {
    let document = PolicyDocument {
        kind: DocumentKind::Resource,
        name: (*resource.address).into(),
        address: resource.address.clone(),
        span: resource.span,
    };
    Policy::read(document, &resource.get("PolicyDocument"))
}

impl Attached<'_> {
    /// Where the policy may be that of a queue or topic.
    fn is_for(&self, channel: &Resource) -> Guard {
        if self.to_any {
            return self.resource.when.clone();
        }
        let names = [Some(&channel.names.reference), Some(&channel.names.name), channel.names.arn.as_ref()];
        let mut is_it = Guard::never();
        for (to, when) in &self.to {
            let may_be = match to {
                To::Declared(declared) => std::ptr::eq(*declared, channel),
                To::Named(text) => names.iter().flatten().any(|name| may_match(text, name) != Answer::No),
            };
            if may_be {
                is_it = is_it.or(when);
            }
        }
        is_it.and(&self.resource.when)
    }
}

/// Whether one of some elements may match; none at all may be anything.
pub(super) fn may(elements: &Elements, matches: impl Fn(&Text) -> Answer) -> bool {
    elements.open
        || elements.negated
        || elements.items.is_empty()
        || elements.items.iter().any(|element| matches(&element.text) != Answer::No)
}

pub(super) fn may_be_service(principal: &Principal, service: &str) -> bool {
    match &*principal.kind {
        "*" | "Service" => is_service(&principal.text, service) != Answer::No,
        "AWS" => principal.text.as_literal() == Some("*"),
        _ => false,
    }
}
