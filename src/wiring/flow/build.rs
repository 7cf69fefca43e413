//! The nodes and the configured edges of a world.

use super::bucket::{self, KeyFilter};
use super::pattern::Pattern;
use super::port::Brings;
use super::{Channel, Edge, EdgeKind, EventFlow, Node, NodeId, NodeKind, Sureness, Takes, write};
use crate::engine::Address;
use crate::model::{Function, Resource, Trigger, TriggerKind, World};
use crate::source::Span;
use crate::value::{Data, Guard, Text, Value};

/// How many pairs of an edge and a port are looked at, and of a role and a port. Past it no further edges are looked for.
const PAIRS: usize = 400_000;

/// An edge before all ports are known.
struct Draft {
    from: NodeId,
    takes: Takes,
    to: NodeId,
    brings: Brings,
    kind: EdgeKind,
    when: Guard,
    span: Span,
    words: String,
    by: Option<Address>,
}

pub(super) fn build(world: &World, flow: &mut EventFlow) {
    for function in &world.application.functions {
        let arn = function.resource.names.arn.clone().unwrap_or_else(|| function.resource.names.name.clone());
        let name = function.address().to_string();
        let node =
            flow.add(Node { kind: NodeKind::Function(function.id), name, arn, span: Some(function.resource.span) });
        flow.port_for(node, Takes::Everything);
    }
    let mut drafts = Drafts { world, flow, list: Vec::new() };
    for (index, trigger) in world.application.triggers.iter().enumerate() {
        drafts.trigger(index, trigger);
    }
    for resource in &world.resources {
        drafts.resource(resource);
    }
    for function in &world.application.functions {
        drafts.function(function);
    }
    let list = drafts.list;
    finish(world, flow, list);
}

/// Gives every draft its ports, then adds the writes.
fn finish(world: &World, flow: &mut EventFlow, drafts: Vec<Draft>) {
    for draft in &drafts {
        flow.port_for(draft.from, draft.takes.clone());
    }
    let mut pairs = PAIRS;
    for draft in drafts {
        let takes = flow.port_for(draft.from, draft.takes);
        let ports = flow.ports_of(draft.to);
        let Some(left) = pairs.checked_sub(ports.len()) else {
            flow.cut = true;
            break;
        };
        pairs = left;
        let mut gives: Vec<_> = ports
            .iter()
            .filter_map(|id| {
                let sure = flow.port(*id)?.takes.passes(&draft.brings)?;
                let sureness = Sureness::Configured;
                Some((*id, if sure { sureness } else { sureness.unproven() }))
            })
            .collect();
        // The port of asynchronous runs leads on to what every run does.
        if matches!(flow.node(draft.to).map(|node| node.kind), Some(NodeKind::Function(_))) {
            gives.drain(..gives.len().saturating_sub(1));
        }
        flow.edges.push(Edge {
            from: draft.from,
            to: draft.to,
            kind: draft.kind,
            takes,
            gives,
            when: draft.when,
            span: draft.span,
            words: draft.words,
            verb: "feeds",
            by: draft.by,
        });
    }
    write::writes_of(world, flow, &mut pairs);
}

struct Drafts<'w, 'a> {
    world: &'w World<'a>,
    flow: &'w mut EventFlow,
    list: Vec<Draft>,
}

impl<'a> Drafts<'_, 'a> {
    fn name(&self, node: NodeId) -> String {
        self.flow.node(node).map(|node| node.name.clone()).unwrap_or_default()
    }

    /// An edge to each function or channel that a value names.
    fn relay(&mut self, from: NodeId, takes: &Takes, to: &Value<&Data>, brings: &Brings, kind: EdgeKind, words: &str) {
        for (text, span, when) in to.text().set() {
            let (to, brings) = match self.world.function_named(text) {
                Some((function, _)) => (Some(NodeId(function.0)), &Brings::Run { waits: false }),
                None => (self.channel(text), brings),
            };
            if let Some(to) = to {
                self.list.push(Draft {
                    from,
                    takes: takes.clone(),
                    to,
                    brings: brings.clone(),
                    kind,
                    when: when.clone(),
                    span,
                    words: words.to_owned(),
                    by: None,
                });
            }
        }
    }

    /// The channel with an ARN.
    fn channel(&mut self, arn: &Text) -> Option<NodeId> {
        let arn = arn
            .around("/stream/")
            .filter(|(table, _)| is_service(table, "dynamodb"))
            .map_or_else(|| arn.canonical(), |(table, _)| table.canonical());
        if let Some(id) = self.flow.by_arn.get(&arn) {
            return Some(*id);
        }
        let kind = [
            ("s3", Channel::Bucket),
            ("sqs", Channel::Queue),
            ("sns", Channel::Topic),
            ("dynamodb", Channel::Table),
            ("kinesis", Channel::Stream),
        ]
        .into_iter()
        .find(|(service, _)| is_service(&arn, service))
        .map(|(_, kind)| kind)
        .or_else(|| arn.around(":event-bus/").map(|_| Channel::Bus))?;
        let resource = self.world.resource_with_arn(&arn);
        // What the world does not declare is called by the last part of its ARN.
        let spelled = arn.to_string();
        let name = match resource {
            Some(resource) => resource.address.to_string(),
            None => spelled.rsplit([':', '/']).next().unwrap_or(&spelled).to_owned(),
        };
        let span = resource.map(|resource| resource.span);
        Some(self.flow.add(Node { kind: NodeKind::Channel(kind), name, arn, span }))
    }

    fn trigger(&mut self, index: usize, trigger: &Trigger) {
        let runs = |waits| Brings::Run { waits };
        let kind = EdgeKind::Trigger(index);
        match trigger.kind {
            TriggerKind::S3 => {
                let Some(bucket) = trigger.source_arn.as_ref() else { return };
                let Some(from) = self.channel(bucket) else { return };
                for (events, _, when) in trigger.events.set() {
                    let takes = objects(bucket, events, KeyFilter::of(&trigger.declaration));
                    self.delivery(trigger, from, takes, runs(false), kind, &when.and(&trigger.target.when));
                }
            }
            TriggerKind::EventsRule => {
                let Some(pattern) = Pattern::of(trigger.holder) else { return };
                for (from, takes, when) in self.rule_sources(trigger.holder, &pattern) {
                    self.delivery(trigger, from, takes, runs(false), kind, &when.and(&trigger.target.when));
                }
            }
            TriggerKind::Sns | TriggerKind::Poll => {
                if trigger.declaration.get("Enabled").booleans().every(|enabled| enabled == Some(&false)) {
                    return;
                }
                let Some(from) = trigger.source_arn.as_ref().and_then(|arn| self.channel(arn)) else { return };
                let polled = trigger.kind == TriggerKind::Poll;
                let filter = trigger.declaration.get(if polled { "FilterCriteria" } else { "FilterPolicy" });
                let takes = if filter.is_unset() { Takes::Everything } else { Takes::Some };
                self.delivery(trigger, from, takes, runs(polled), kind, &trigger.target.when);
            }
            TriggerKind::Logs => self.own_log(trigger, kind),
            _ => {}
        }
    }

    /// A channel runs the function of a trigger.
    fn delivery(
        &mut self,
        trigger: &Trigger,
        from: NodeId,
        takes: Takes,
        brings: Brings,
        kind: EdgeKind,
        when: &Guard,
    ) {
        let Some(function) = self.world.function(trigger.target.function) else { return };
        if !when.is_possible() {
            return;
        }
        self.list.push(Draft {
            from,
            takes,
            to: NodeId(function.id.0),
            brings,
            kind,
            when: when.clone(),
            span: trigger.span,
            words: format!("`{}` runs `{}`", self.name(from), function.address()),
            by: Some(trigger.holder.address.clone()),
        });
    }

    /// A function that is subscribed to its own log.
    fn own_log(&mut self, trigger: &Trigger, kind: EdgeKind) {
        let world = self.world;
        let group = trigger.declaration.get("LogGroupName");
        let Some(group) = group.text().only().map(|group| group.canonical()) else { return };
        let Some(function) = world.function(trigger.target.function) else { return };
        let own = function.resource.get("LoggingConfig.LogGroup");
        let mut usual = Text::literal("/aws/lambda/");
        usual.append(&function.resource.names.name);
        let resolved = world.resource_named("AWS::Logs::LogGroup", &group).map(|group| group.names.name.canonical());
        let same = |name: &Text| name.canonical() == group || resolved.as_ref() == Some(&name.canonical());
        if !(own.text().only().is_some_and(|own| same(own)) || own.is_unset() && same(&usual)) {
            return;
        }
        let name = trigger
            .source
            .map_or_else(|| format!("/aws/lambda/{}", function.address()), |group| group.address.to_string());
        let node = Node {
            kind: NodeKind::Channel(Channel::LogGroup),
            name,
            arn: group,
            span: trigger.source.map(|group| group.span),
        };
        let from = self.flow.add(node);
        self.list.push(Draft {
            from: NodeId(function.id.0),
            takes: Takes::Everything,
            to: from,
            brings: Brings::Messages,
            kind: EdgeKind::Relay,
            when: function.resource.when.clone(),
            span: function.resource.span,
            words: "every run writes to its own log group".to_owned(),
            by: None,
        });
        let filter = trigger.declaration.get("FilterPattern").literals();
        let all = filter.every(|filter| filter.is_none_or(|filter| filter.trim().is_empty()));
        let takes = if all { Takes::Everything } else { Takes::Some };
        self.delivery(trigger, from, takes, Brings::Run { waits: false }, kind, &trigger.target.when);
    }

    /// What a rule listens to: its bus, and the buckets that tell the bus of their events.
    fn rule_sources(&mut self, rule: &Resource, pattern: &Pattern) -> Vec<(NodeId, Takes, Guard)> {
        let mut out = Vec::new();
        if let Some(bus) = self.bus(rule) {
            out.push((bus, pattern.takes.clone(), Guard::always()));
        }
        // Buckets tell the default bus alone.
        if pattern.buckets
            && rule.get("EventBusName").literals().never(|name| name.is_some_and(|name| name != "default"))
        {
            let taken = bucket::rule(self.world, &pattern.value);
            for (arn, _, when) in taken.buckets {
                let Some(from) = self.channel(&arn) else { continue };
                for keys in &taken.keys {
                    let objects = keys.objects(&arn.canonical());
                    let takes = Takes::Objects { events: taken.events, keys: keys.clone(), objects };
                    out.push((from, takes, when.clone()));
                }
            }
        }
        out
    }

    /// The bus that a rule listens to.
    fn bus(&mut self, rule: &Resource) -> Option<NodeId> {
        let named = rule.get("EventBusName");
        let arn = if named.is_unset() {
            own_bus(&Text::literal("default"))
        } else {
            let text = named.text().only().copied()?;
            match self.world.resource_named("AWS::Events::EventBus", text).and_then(|bus| bus.names.arn.clone()) {
                Some(arn) => arn,
                None if text.known_prefix().starts_with("arn:") => text.clone(),
                None => own_bus(text),
            }
        };
        self.channel(&arn)
    }

    fn resource(&mut self, resource: &'a Resource) {
        match &*resource.kind {
            "AWS::S3::Bucket" => self.bucket(resource),
            "AWS::SNS::Subscription" => {
                let declaration = resource.properties.borrow().within(&resource.when);
                if let Some(topic) = resource.get("TopicArn").text().only() {
                    self.subscription(topic, &declaration);
                }
            }
            "AWS::SNS::Topic" => {
                for item in resource.get("Subscription").items(false).0 {
                    if let Some(topic) = &resource.names.arn {
                        self.subscription(topic, &item);
                    }
                }
            }
            "AWS::SQS::Queue" => {
                if let Some(queue) = &resource.names.arn {
                    let to = resource.get("RedrivePolicy.deadLetterTargetArn");
                    let words = format!("what `{}` cannot deliver goes to this queue", resource.address);
                    if let Some(from) = self.channel(queue) {
                        self.relay(from, &Takes::Everything, &to, &Brings::Messages, EdgeKind::Failure, &words);
                    }
                }
            }
            "AWS::Events::Rule" => self.rule(resource),
            "AWS::Lambda::EventInvokeConfig" => {
                for target in self.world.targets(&resource.get("FunctionName").text()).0 {
                    let from = NodeId(target.function.0);
                    for (path, kind, words) in [
                        ("DestinationConfig.OnSuccess.Destination", EdgeKind::Success, "its results go here"),
                        ("DestinationConfig.OnFailure.Destination", EdgeKind::Failure, "its failed events go here"),
                    ] {
                        let to = resource.get(path).within(&target.when);
                        self.relay(from, &Takes::Asynchronous, &to, &Brings::Result, kind, words);
                    }
                }
            }
            "AWS::Lambda::EventSourceMapping" => {
                if let Some(from) = resource.get("EventSourceArn").text().only().and_then(|arn| self.channel(arn)) {
                    let to = resource.get("DestinationConfig.OnFailure.Destination");
                    let words = "records that fail go here";
                    self.relay(from, &Takes::Everything, &to, &Brings::Messages, EdgeKind::Failure, words);
                }
            }
            _ => {}
        }
    }

    /// A bucket tells topics and queues of its events; its access log and its replicas go to other buckets.
    fn bucket(&mut self, resource: &'a Resource) {
        let Some(arn) = &resource.names.arn else { return };
        for (path, target) in [("QueueConfigurations", "Queue"), ("TopicConfigurations", "Topic")] {
            for item in resource.get(&format!("NotificationConfiguration.{path}")).items(false).0 {
                let Some(from) = self.channel(arn) else { continue };
                for (events, _, when) in item.get("Event").text().set() {
                    let takes = objects(arn, events, KeyFilter::of(&item));
                    let words = format!("`{}` sends its events here", resource.address);
                    let to = item.get(target).within(when);
                    self.relay(from, &takes, &to, &Brings::Messages, EdgeKind::Relay, &words);
                }
            }
        }
        let log = resource.get("LoggingConfiguration");
        let prefix = log.get("LogFilePrefix").text().only().map(|prefix| (*prefix).clone());
        self.objects_to(
            resource,
            &Takes::Everything,
            &log.get("DestinationBucketName"),
            prefix,
            "its access log goes here",
        );
        for rule in resource.get("ReplicationConfiguration.Rules").items(false).0 {
            if rule.get("Status").literals().every(|status| status.is_some_and(|status| status == "Disabled")) {
                continue;
            }
            let prefix = [rule.get("Prefix"), rule.get("Filter.Prefix"), rule.get("Filter.And.Prefix")]
                .iter()
                .find_map(|prefix| prefix.text().only().map(|prefix| (*prefix).clone()));
            let keys = KeyFilter::prefixed(prefix.clone());
            let objects = keys.objects(&arn.canonical());
            let takes = Takes::Objects { events: bucket::CREATED, keys, objects };
            self.objects_to(
                resource,
                &takes,
                &rule.get("Destination.Bucket"),
                prefix,
                "its new objects are copied here",
            );
        }
    }

    /// A bucket makes objects in another.
    fn objects_to(&mut self, from: &Resource, takes: &Takes, to: &Value<&Data>, prefix: Option<Text>, words: &str) {
        let Some(from) = from.names.arn.as_ref().and_then(|arn| self.channel(arn)) else { return };
        for (name, span, when) in to.text().set() {
            let Some(arn) = self.bucket_arn(name) else { continue };
            let Some(to) = self.channel(&arn) else { continue };
            let keys = KeyFilter::prefixed(prefix.clone());
            self.list.push(Draft {
                from,
                takes: takes.clone(),
                to,
                brings: Brings::Objects(keys.objects(&arn.canonical())),
                kind: EdgeKind::Relay,
                when: when.clone(),
                span,
                words: words.to_owned(),
                by: None,
            });
        }
    }

    /// The ARN of the bucket that a text names, by its name or its ARN.
    fn bucket_arn(&self, text: &Text) -> Option<Text> {
        match self.world.resource_named("AWS::S3::Bucket", text) {
            Some(bucket) => bucket.names.arn.clone(),
            None if is_service(text, "s3") => Some(text.clone()),
            None if text.known_prefix().starts_with("arn:") => None,
            None => {
                let mut arn = Text::literal("arn:aws:s3:::");
                arn.append(text);
                Some(arn)
            }
        }
    }

    fn function(&mut self, function: &Function) {
        let to = function.resource.get("DeadLetterConfig.TargetArn");
        let from = NodeId(function.id.0);
        let words = "its failed events go here";
        self.relay(from, &Takes::Asynchronous, &to, &Brings::Messages, EdgeKind::Failure, words);
    }

    fn subscription(&mut self, topic: &Text, declaration: &Value<&Data>) {
        if !declaration.get("Protocol").literals().every(|protocol| protocol.is_some_and(|name| name == "sqs")) {
            return;
        }
        let Some(from) = self.channel(topic) else { return };
        let takes = if declaration.get("FilterPolicy").is_unset() { Takes::Everything } else { Takes::Some };
        let to = declaration.get("Endpoint");
        self.relay(from, &takes, &to, &Brings::Messages, EdgeKind::Relay, "the topic sends to this queue");
    }

    fn rule(&mut self, rule: &Resource) {
        let Some(pattern) = Pattern::of(rule) else { return };
        let sources = self.rule_sources(rule, &pattern);
        let words = format!("`{}` sends here", rule.address);
        for item in rule.get("Targets").items(false).0 {
            let arn = item.get("Arn");
            if !self.world.targets(&arn.text()).0.is_empty() {
                continue;
            }
            for (from, takes, when) in &sources {
                self.relay(*from, takes, &arn.clone().within(when), &Brings::Messages, EdgeKind::Relay, &words);
            }
        }
    }
}

/// What a notification of a bucket takes.
fn objects(bucket: &Text, events: &Text, keys: KeyFilter) -> Takes {
    let objects = keys.objects(&bucket.canonical());
    Takes::Objects { events: events.as_literal().map_or(0, bucket::event), keys, objects }
}

pub(super) fn is_service(arn: &Text, service: &str) -> bool {
    arn.canonical()
        .known_prefix()
        .strip_prefix("arn:aws:")
        .and_then(|rest| rest.strip_prefix(service))
        .is_some_and(|rest| rest.starts_with(':'))
}

fn own_bus(name: &Text) -> Text {
    let mut arn = Text::literal("arn:aws:events:");
    crate::model::pseudo(&mut arn, "AWS::Region");
    arn = arn.with(":");
    crate::model::pseudo(&mut arn, "AWS::AccountId");
    arn = arn.with(":event-bus/");
    arn.append(name);
    arn
}
