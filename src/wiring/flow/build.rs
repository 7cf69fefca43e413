//! The nodes and the configured edges of a world.

use super::bucket::{self, KeyFilter};
use super::pattern::Pattern;
use super::port::{Brings, INSERT, MODIFY, REMOVE};
use super::{Channel, Edge, EdgeKind, EventFlow, Node, NodeId, NodeKind, Sureness, Takes, write};
use crate::engine::Address;
use crate::model::{Function, Resource, Trigger, TriggerKind, World};
use crate::source::Span;
use crate::value::{Data, Guard, Text, Value};

/// How many pairs of an edge and a port are looked at, and of a role and a port. Past it no further edges are looked for.
const PAIRS: usize = 400_000;

/// An edge before all ports are known.
pub(super) struct Draft {
    pub(super) from: NodeId,
    pub(super) takes: Takes,
    pub(super) to: NodeId,
    pub(super) brings: Brings,
    pub(super) kind: EdgeKind,
    pub(super) when: Guard,
    pub(super) span: Span,
    pub(super) words: String,
    pub(super) by: Option<Address>,
    /// Whether it is taken each time; otherwise something decides.
    pub(super) is_certain: bool,
}

impl Draft {
    /// One that is written at a place; its ends and what it brings are still to be said.
    pub(super) fn at(span: Span, when: &Guard, is_certain: bool, words: String) -> Self {
        let (nowhere, when) = (NodeId(0), when.clone());
        let (takes, brings, kind) = (Takes::Everything, Brings::Messages, EdgeKind::Relay);
        Self { from: nowhere, takes, to: nowhere, brings, kind, when, span, words, by: None, is_certain }
    }
}

pub(super) fn build(world: &World, flow: &mut EventFlow) {
    for function in &world.application.functions {
        let arn = function.resource.names.arn.clone().unwrap_or_else(|| function.resource.names.name.clone());
        let name = function.address().to_string();
        let arn = arn.canonical();
        let node =
            flow.add(Node { kind: NodeKind::Function(function.id), name, arn, span: Some(function.resource.span) });
        flow.port_for(node, Takes::Everything);
    }
    let mut drafts = Drafts { world, flow, list: Vec::new(), accounts: Vec::new() };
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
                let sure = draft.is_certain & flow.port(*id)?.takes.passes(&draft.brings)?;
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

pub(super) struct Drafts<'w, 'a> {
    pub(super) world: &'w World<'a>,
    flow: &'w mut EventFlow,
    pub(super) list: Vec<Draft>,
    /// For each policy of the account's log groups which it takes out; `None`: that is not known.
    accounts: Vec<(NodeId, Option<String>)>,
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
            let brings = match to.and_then(|to| self.flow.node(to)) {
                // Lambda names the objects itself: `aws/lambda/…`.
                Some(node) if node.kind == NodeKind::Channel(Channel::Bucket) => {
                    &Brings::Objects(node.arn.clone().with("/aws/lambda/*"))
                }
                _ => brings,
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
                    is_certain: true,
                });
            }
        }
    }

    /// The channel with an ARN.
    pub(super) fn channel(&mut self, arn: &Text) -> Option<NodeId> {
        if is_service(arn, "logs") {
            return self.log_group_with_arn(arn);
        }
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
            ("firehose", Channel::Delivery),
            ("states", Channel::StateMachine),
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
                let takes = if polled {
                    self.filtered(from, &filter)
                } else if filter.is_unset() {
                    Takes::Everything
                } else {
                    Takes::Some
                };
                self.delivery(trigger, from, takes, runs(polled), kind, &trigger.target.when);
            }
            TriggerKind::Logs => {
                let group = trigger.declaration.get("LogGroupName");
                let Some(from) = group.text().only().map(|group| self.log_group(group)) else { return };
                let takes = log_filter(&trigger.declaration);
                self.delivery(trigger, from, takes, runs(false), kind, &trigger.target.when);
            }
            TriggerKind::LogsAccount => {
                let from = self.account_logs(trigger.holder);
                let takes = log_filter(&trigger.declaration);
                self.delivery(trigger, from, takes, runs(false), kind, &trigger.target.when);
            }
            TriggerKind::Pipe | TriggerKind::PipeEnrichment => {
                let Some((from, takes)) = self.pipe_source(trigger.holder) else { return };
                let waits = trigger.kind == TriggerKind::PipeEnrichment
                    || !is(
                        &trigger.holder.get("TargetParameters.LambdaFunctionParameters.InvocationType"),
                        "FIRE_AND_FORGET",
                    );
                self.delivery(trigger, from, takes, runs(waits), kind, &trigger.target.when);
            }
            TriggerKind::StateMachine | TriggerKind::Firehose => {
                let Some(from) = trigger.holder.names.arn.as_ref().and_then(|arn| self.channel(arn)) else { return };
                self.delivery(trigger, from, Takes::Everything, runs(true), kind, &trigger.target.when);
            }
            TriggerKind::IotRule => {
                let Some((from, takes)) = self.iot_topics(trigger.holder) else { return };
                self.delivery(trigger, from, takes, runs(false), kind, &trigger.target.when);
            }
            TriggerKind::ApiGateway if !trigger.is_authorizer() && !is_websocket(trigger) => {
                let Some(api) = trigger.source else { return };
                let mut arn = own_arn("execute-api");
                arn.append(&api.names.reference);
                let arn = arn.canonical().with("/");
                let from = match self.flow.by_arn.get(&arn) {
                    Some(node) => *node,
                    None => self.flow.add(Node {
                        kind: NodeKind::Channel(Channel::Api),
                        name: api.address.to_string(),
                        arn,
                        span: Some(api.span),
                    }),
                };
                self.delivery(trigger, from, Takes::Everything, runs(true), kind, &trigger.target.when);
            }
            // A schedule is fed by nobody; asynchronous destinations are edges of their functions; the rest is run by people, or by
            // what no function is known to feed.
            _ => {}
        }
    }

    /// The log group with an ARN (`…:log-group:NAME`, with or without `:*`).
    fn log_group_with_arn(&mut self, arn: &Text) -> Option<NodeId> {
        let (_, name) = arn.around(":log-group:")?;
        let name = name.around(":").map_or(name, |(name, _)| name);
        Some(self.log_group(&name))
    }

    /// The log group that a text names.
    fn log_group(&mut self, text: &Text) -> NodeId {
        let resource = self.world.resource_named("AWS::Logs::LogGroup", text);
        let arn = resource.map_or(text, |group| &group.names.name).canonical();
        if let Some(id) = self.flow.by_arn.get(&arn) {
            return *id;
        }
        let name = resource.map_or_else(|| text.to_string(), |group| group.address.to_string());
        let span = resource.map(|group| group.span);
        self.flow.add(Node { kind: NodeKind::Channel(Channel::LogGroup), name, arn, span })
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
            is_certain: true,
        });
    }

    /// All log groups of the account, for a policy of it.
    fn account_logs(&mut self, policy: &Resource) -> NodeId {
        let arn = Text::literal(format!("the account's log groups, for {}", policy.address));
        if let Some(node) = self.flow.by_arn.get(&arn) {
            return *node;
        }
        let criteria = policy.get("SelectionCriteria");
        let excepted = match criteria.text().only() {
            Some(criteria) => Some(criteria.to_string()),
            None => criteria.is_unset().then(String::new),
        };
        let name = "every log group".to_owned();
        let kind = NodeKind::Channel(Channel::LogGroup);
        let node = self.flow.add(Node { kind, name, arn, span: Some(policy.span) });
        self.accounts.push((node, excepted));
        node
    }

    /// Every run of a function writes to its log group.
    fn own_log(&mut self, function: &Function) {
        let configured = function.resource.get("LoggingConfig.LogGroup");
        let mut name = Text::literal("/aws/lambda/");
        name.append(&function.resource.names.name);
        if let Some(text) = configured.text().only() {
            name = (*text).clone();
        } else if !configured.is_unset() {
            return;
        }
        let resource = self.world.resource_named("AWS::Logs::LogGroup", &name);
        let arn = resource.map_or(&name, |group| &group.names.name).canonical();
        // A log group that nothing listens to leads nowhere. Criteria of the account that cannot be read take the group out.
        let spelled = arn.to_string();
        let accounts = self.accounts.iter().filter(|(_, excepted)| {
            excepted.as_ref().is_some_and(|excepted| {
                excepted.is_empty()
                    || excepted.contains("LogGroupName NOT IN")
                        && !excepted.contains("${")
                        && !excepted.contains(&format!("\"{spelled}\""))
            })
        });
        let all: Vec<NodeId> = accounts.map(|(node, _)| *node).chain(self.flow.by_arn.get(&arn).copied()).collect();
        for to in all {
            self.list.push(Draft {
                from: NodeId(function.id.0),
                takes: Takes::Everything,
                to,
                brings: Brings::Messages,
                kind: EdgeKind::Relay,
                when: function.resource.when.clone(),
                span: function.resource.span,
                words: format!("every run of `{}` writes to its log group", function.address()),
                by: None,
                is_certain: true,
            });
        }
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
        let arn =
            if named.is_unset() { own_bus(&Text::literal("default")) } else { self.bus_arn(named.text().only()?) };
        self.channel(&arn)
    }

    /// The ARN of the bus that a text names, by its name or its ARN.
    pub(super) fn bus_arn(&self, text: &Text) -> Text {
        match self.world.resource_named("AWS::Events::EventBus", text).and_then(|bus| bus.names.arn.clone()) {
            Some(arn) => arn,
            None if text.known_prefix().starts_with("arn:") => text.clone(),
            None => own_bus(text),
        }
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
            "AWS::DynamoDB::Table" => {
                if let Some(from) = resource.names.arn.as_ref().and_then(|arn| self.channel(arn)) {
                    let to = resource.get("KinesisStreamSpecification.StreamArn");
                    let words = "its changes go to this stream";
                    self.relay(from, &Takes::Everything, &to, &Brings::Messages, EdgeKind::Relay, words);
                }
            }
            "AWS::Logs::SubscriptionFilter" => {
                let to = resource.get("DestinationArn");
                if self.world.targets(&to.text()).0.is_empty()
                    && let Some(from) = resource.get("LogGroupName").text().only().map(|group| self.log_group(group))
                {
                    let takes = log_filter(&resource.properties.borrow());
                    let words = "what is written to the log group goes here";
                    self.relay(from, &takes, &to, &Brings::Messages, EdgeKind::Relay, words);
                }
            }
            "AWS::KinesisFirehose::DeliveryStream" => self.delivery_stream(resource),
            "AWS::Pipes::Pipe" => self.pipe(resource),
            "AWS::StepFunctions::StateMachine" => self.machine(resource),
            "AWS::IoT::TopicRule" => self.topic_rule(resource),
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
            EdgeKind::Relay,
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
                EdgeKind::Relay,
                "its new objects are copied here",
            );
        }
    }

    /// A bucket makes objects in another.
    fn objects_to(
        &mut self,
        from: &Resource,
        takes: &Takes,
        to: &Value<&Data>,
        prefix: Option<Text>,
        kind: EdgeKind,
        words: &str,
    ) {
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
                kind,
                when: when.clone(),
                span,
                words: words.to_owned(),
                by: None,
                is_certain: true,
            });
        }
    }

    /// The ARN of the bucket that a text names, by its name or its ARN.
    pub(super) fn bucket_arn(&self, text: &Text) -> Option<Text> {
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

    /// A delivery stream reads a stream or takes records, and puts them into a bucket: all of them, or those that it cannot deliver
    /// elsewhere.
    fn delivery_stream(&mut self, resource: &'a Resource) {
        let Some(own) = resource.names.arn.as_ref() else { return };
        let source = resource.get("KinesisStreamSourceConfiguration.KinesisStreamARN");
        if let Some(from) = source.text().only().and_then(|arn| self.channel(arn)) {
            let words = format!("`{}` reads this stream", resource.address);
            let Some(to) = self.channel(own) else { return };
            self.list.push(Draft {
                from,
                takes: Takes::Everything,
                to,
                brings: Brings::Messages,
                kind: EdgeKind::Relay,
                when: resource.when.clone(),
                span: source.span(),
                words,
                by: None,
                is_certain: true,
            });
        }
        for (entry, destination) in resource.properties.borrow().within(&resource.when).entries().0 {
            if !entry.key.ends_with("DestinationConfiguration") {
                continue;
            }
            for (target, kind) in [
                (destination.clone(), EdgeKind::Relay),
                (destination.get("S3Configuration"), EdgeKind::Failure),
                (destination.get("S3BackupConfiguration"), EdgeKind::Relay),
            ] {
                // A prefix ends where an expression begins: `year=!{timestamp:yyyy}/`.
                let prefix = target.get("Prefix").text().only().map(|prefix| match prefix.around("!{") {
                    Some((before, _)) => before,
                    None => (*prefix).clone(),
                });
                let words = format!("`{}` puts objects here", resource.address);
                self.objects_to(resource, &Takes::Everything, &target.get("BucketARN"), prefix, kind, &words);
            }
        }
    }

    /// What a pipe reads, and what it takes of it. `None`: it is stopped, or that is not known.
    fn pipe_source(&mut self, pipe: &Resource) -> Option<(NodeId, Takes)> {
        if is(&pipe.get("DesiredState"), "STOPPED") {
            return None;
        }
        let from = pipe.get("Source").text().only().and_then(|arn| self.channel(arn))?;
        let filter = pipe.get("SourceParameters.FilterCriteria");
        Some((from, self.filtered(from, &filter)))
    }

    /// What the filter of what polls a channel takes.
    fn filtered(&self, from: NodeId, filter: &Value<&Data>) -> Takes {
        let table = self.flow.node(from).is_some_and(|node| node.kind == NodeKind::Channel(Channel::Table));
        match filter.is_unset() {
            true => Takes::Everything,
            false if table => changes(filter),
            false => Takes::Some,
        }
    }

    /// A pipe, where its target is not a function: those are triggers.
    fn pipe(&mut self, resource: &'a Resource) {
        let Some((from, takes)) = self.pipe_source(resource) else { return };
        let target = resource.get("Target");
        let words = format!("`{}` sends here", resource.address);
        if self.world.targets(&target.text()).0.is_empty() {
            self.relay(from, &takes, &target, &Brings::Messages, EdgeKind::Relay, &words);
        }
    }

    /// What a rule of IoT sends on, where that is not to a function: those are triggers.
    fn topic_rule(&mut self, rule: &'a Resource) {
        let Some((from, takes)) = self.iot_topics(rule) else { return };
        let words = format!("`{}` sends here", rule.address);
        for action in rule.get("TopicRulePayload.Actions").items(false).0 {
            for path in ["Sns.TargetArn", "Sqs.QueueUrl"] {
                let kind = if path.starts_with("Sns") { "AWS::SNS::Topic" } else { "AWS::SQS::Queue" };
                self.relay_named(from, &takes, kind, &action.get(path), &words);
            }
            for (path, kind) in [
                ("Kinesis.StreamName", "AWS::Kinesis::Stream"),
                ("Firehose.DeliveryStreamName", "AWS::KinesisFirehose::DeliveryStream"),
                ("StepFunctions.StateMachineName", "AWS::StepFunctions::StateMachine"),
                ("DynamoDBv2.PutItem.TableName", "AWS::DynamoDB::Table"),
                ("DynamoDB.TableName", "AWS::DynamoDB::Table"),
            ] {
                self.relay_named(from, &takes, kind, &action.get(path), &words);
            }
            let bucket = action.get("S3.BucketName");
            // The key may be built of the message: `${topic()}/${timestamp()}`.
            let key = action.get("S3.Key").text().only().map(|key| match key.around("${") {
                Some((before, _)) => before,
                None => (*key).clone(),
            });
            for (name, span, when) in bucket.text().set() {
                let Some(arn) = self.bucket_arn(name) else { continue };
                let Some(to) = self.channel(&arn) else { continue };
                let objects = KeyFilter::prefixed(key.clone()).objects(&arn.canonical());
                self.list.push(Draft {
                    from,
                    takes: takes.clone(),
                    to,
                    brings: Brings::Objects(objects),
                    kind: EdgeKind::Relay,
                    when: when.clone(),
                    span,
                    words: words.clone(),
                    by: Some(rule.address.clone()),
                    is_certain: true,
                });
            }
        }
    }

    /// The topics that a rule of IoT listens to, and what it takes of them. `None`: it is off, or they are not known.
    fn iot_topics(&mut self, rule: &Resource) -> Option<(NodeId, Takes)> {
        let payload = rule.get("TopicRulePayload");
        if payload.get("RuleDisabled").booleans().every(|off| off == Some(&true)) {
            return None;
        }
        let sql = payload.get("Sql").literals().only()?.clone();
        let from = sql.to_ascii_lowercase().find("from ").and_then(|at| sql.get(at + 5..))?.trim_start();
        let quote = from.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
        let (topics, rest) = from.get(1..)?.split_once(quote)?;
        let topics: Vec<&str> =
            topics.split('/').map(|part| if matches!(part, "+" | "#") { "*" } else { part }).collect();
        let mut arn = own_arn("iot").with("topic/");
        arn.append(&Text::literal(topics.join("/")));
        let takes = if rest.trim().is_empty() { Takes::Everything } else { Takes::Some };
        let node = match self.flow.by_arn.get(&arn) {
            Some(node) => *node,
            None => self.flow.add(Node {
                kind: NodeKind::Channel(Channel::IotTopic),
                name: topics.join("/"),
                arn,
                span: None,
            }),
        };
        Some((node, takes))
    }

    /// An edge to each resource of a type that a value names.
    fn relay_named(&mut self, from: NodeId, takes: &Takes, kind: &str, to: &Value<&Data>, words: &str) {
        for (text, span, when) in to.text().set() {
            let Some(resource) = self.world.resource_named(kind, text) else { continue };
            let Some(to) = resource.names.arn.as_ref().and_then(|arn| self.channel(arn)) else { continue };
            self.list.push(Draft {
                from,
                takes: takes.clone(),
                to,
                brings: Brings::Messages,
                kind: EdgeKind::Relay,
                when: when.clone(),
                span,
                words: words.to_owned(),
                by: None,
                is_certain: true,
            });
        }
    }

    fn function(&mut self, function: &Function) {
        let to = function.resource.get("DeadLetterConfig.TargetArn");
        let from = NodeId(function.id.0);
        let words = "its failed events go here";
        self.relay(from, &Takes::Asynchronous, &to, &Brings::Messages, EdgeKind::Failure, words);
        self.own_log(function);
    }

    fn subscription(&mut self, topic: &Text, declaration: &Value<&Data>) {
        let Some(from) = self.channel(topic) else { return };
        let takes = if declaration.get("FilterPolicy").is_unset() { Takes::Everything } else { Takes::Some };
        let protocol = declaration.get("Protocol").literals();
        if protocol.every(|protocol| protocol.is_some_and(|name| matches!(name.as_str(), "sqs" | "firehose"))) {
            let to = declaration.get("Endpoint");
            self.relay(from, &takes, &to, &Brings::Messages, EdgeKind::Relay, "the topic sends here");
        }
        let dead = declaration.get("RedrivePolicy.deadLetterTargetArn");
        let words = "what cannot be delivered goes here";
        self.relay(from, &takes, &dead, &Brings::Messages, EdgeKind::Failure, words);
    }

    fn rule(&mut self, rule: &Resource) {
        let Some(pattern) = Pattern::of(rule) else { return };
        let sources = self.rule_sources(rule, &pattern);
        let words = format!("`{}` sends here", rule.address);
        for item in rule.get("Targets").items(false).0 {
            let arn = item.get("Arn");
            let dead = item.get("DeadLetterConfig.Arn");
            let to_function = !self.world.targets(&arn.text()).0.is_empty();
            for (from, takes, when) in &sources {
                let failed = "what cannot be delivered goes here";
                self.relay(*from, takes, &dead.clone().within(when), &Brings::Messages, EdgeKind::Failure, failed);
                if to_function {
                    continue;
                }
                self.relay(*from, takes, &arn.clone().within(when), &Brings::Messages, EdgeKind::Relay, &words);
            }
        }
    }
}

/// Whether what runs the function is a message of a WebSocket, which no function sends by a right of its own.
fn is_websocket(trigger: &Trigger) -> bool {
    trigger.source.is_some_and(|api| is(&api.get("ProtocolType"), "WEBSOCKET"))
}

/// Whether a value certainly is this literal.
fn is(value: &Value<&Data>, literal: &str) -> bool {
    value.literals().every(|value| value.is_some_and(|value| value == literal))
}

/// What a subscription to a log group takes.
fn log_filter(declaration: &Value<&Data>) -> Takes {
    let filter = declaration.get("FilterPattern").literals();
    let all = filter.every(|filter| filter.is_none_or(|filter| filter.trim().is_empty()));
    if all { Takes::Everything } else { Takes::Some }
}

/// What the filter of an event source mapping takes of a table's changes. A pattern without `eventName` takes all.
fn changes(filters: &Value<&Data>) -> Takes {
    let (items, closed) = filters.get("Filters").items(false);
    let mut taken = 0;
    for item in &items {
        let pattern = item.get("Pattern");
        let names: Vec<String> = match pattern.literals().only() {
            Some(text) => written_names(text),
            None => {
                let (names, closed) = pattern.get("eventName").items(true);
                let names: Vec<_> = names.iter().filter_map(|name| name.literals().only().cloned()).collect();
                if closed { names } else { Vec::new() }
            }
        };
        if names.is_empty() {
            return Takes::Some;
        }
        for name in names {
            taken |= match name.as_str() {
                "INSERT" => INSERT,
                "MODIFY" => MODIFY,
                "REMOVE" => REMOVE,
                _ => INSERT | MODIFY | REMOVE,
            };
        }
    }
    if closed && taken != 0 { Takes::Changes(taken) } else { Takes::Some }
}

/// `eventName` of a pattern that is JSON as text; a content filter (`{"prefix": …}`) counts as a name that says nothing.
fn written_names(pattern: &str) -> Vec<String> {
    let parsed = serde_json::from_str::<serde_json::Value>(pattern).ok();
    let names = parsed.as_ref().and_then(|pattern| pattern.get("eventName")).and_then(serde_json::Value::as_array);
    let name = |name: &serde_json::Value| name.as_str().unwrap_or("?").to_owned();
    names.map(|names| names.iter().map(name).collect()).unwrap_or_default()
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

/// `arn:aws:SERVICE:${AWS::Region}:${AWS::AccountId}:`.
fn own_arn(service: &str) -> Text {
    let mut arn = Text::literal(format!("arn:aws:{service}:"));
    crate::model::pseudo(&mut arn, "AWS::Region");
    arn = arn.with(":");
    crate::model::pseudo(&mut arn, "AWS::AccountId");
    arn.with(":")
}

pub(super) fn own_bus(name: &Text) -> Text {
    let mut arn = own_arn("events").with("event-bus/");
    arn.append(name);
    arn
}
