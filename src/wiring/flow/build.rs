//! The nodes and edges of a world.

use super::{Channel, Edge, EdgeKind, EventFlow, Node, NodeId, NodeKind, Sureness};
use crate::iam::{Grant, grant::grants};
use crate::model::{Function, Resource, Trigger, TriggerKind, World};
use crate::value::{Answer, Data, Guard, Piece, Text, Value};

/// How many pairs of role and channel are asked for. Past it no further writes are looked for.
const PAIRS: usize = 50_000;

/// The actions that put something into a channel.
fn writes(channel: Channel) -> &'static [&'static str] {
    match channel {
        Channel::Queue => &["sqs:SendMessage"],
        Channel::Topic => &["sns:Publish"],
        Channel::Table => {
            &["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"]
        }
        Channel::Stream => &["kinesis:PutRecord", "kinesis:PutRecords"],
        Channel::Bus => &["events:PutEvents"],
        Channel::LogGroup => &[],
    }
}

pub(super) fn build(world: &World, flow: &mut EventFlow) {
    for function in &world.application.functions {
        let arn = function.resource.names.arn.clone().unwrap_or_else(|| function.resource.names.name.clone());
        let name = function.address().to_string();
        flow.add(Node { kind: NodeKind::Function(function.id), name, arn, span: Some(function.resource.span) });
    }
    for (index, trigger) in world.application.triggers.iter().enumerate() {
        deliver(world, flow, index, trigger);
    }
    for resource in &world.resources {
        match &*resource.kind {
            "AWS::SNS::Subscription" => {
                let declaration = resource.properties.borrow().within(&resource.when);
                if let Some(topic) = resource.get("TopicArn").text().only() {
                    subscription(world, flow, topic, &declaration);
                }
            }
            "AWS::SNS::Topic" => {
                for item in resource.get("Subscription").items(false).0 {
                    if let Some(topic) = &resource.names.arn {
                        subscription(world, flow, topic, &item);
                    }
                }
            }
            "AWS::SQS::Queue" => {
                if let Some(queue) = &resource.names.arn {
                    let to = resource.get("RedrivePolicy.deadLetterTargetArn");
                    let words = format!("what `{}` cannot deliver goes to this queue", resource.address);
                    if let Some(from) = flow.channel(world, queue) {
                        relay(world, flow, from, &to, EdgeKind::Failure, &words);
                    }
                }
            }
            "AWS::Events::Rule" => rule(world, flow, resource),
            "AWS::Lambda::EventInvokeConfig" => {
                for target in world.targets(&resource.get("FunctionName").text()).0 {
                    let from = NodeId(target.function.0);
                    for (path, kind, words) in [
                        ("DestinationConfig.OnSuccess.Destination", EdgeKind::Success, "its results go here"),
                        ("DestinationConfig.OnFailure.Destination", EdgeKind::Failure, "its failed events go here"),
                    ] {
                        relay(world, flow, from, &resource.get(path).within(&target.when), kind, words);
                    }
                }
            }
            "AWS::Lambda::EventSourceMapping" => {
                if let Some(from) =
                    resource.get("EventSourceArn").text().only().and_then(|arn| flow.channel(world, arn))
                {
                    let to = resource.get("DestinationConfig.OnFailure.Destination");
                    relay(world, flow, from, &to, EdgeKind::Failure, "records that fail go here");
                }
            }
            _ => {}
        }
    }
    for function in &world.application.functions {
        let to = function.resource.get("DeadLetterConfig.TargetArn");
        relay(world, flow, NodeId(function.id.0), &to, EdgeKind::Failure, "its failed events go here");
    }
    let mut pairs = PAIRS;
    for function in &world.application.functions {
        if written(world, flow, function, &mut pairs).is_none() {
            return;
        }
    }
}

impl EventFlow {
    fn add(&mut self, node: Node) -> NodeId {
        let id = NodeId(self.nodes.len());
        self.by_arn.entry(node.arn.canonical()).or_insert(id);
        self.nodes.push(node);
        id
    }

    /// The channel with an ARN.
    fn channel(&mut self, world: &World, arn: &Text) -> Option<NodeId> {
        let arn = arn
            .around("/stream/")
            .filter(|(table, _)| is_service(table, "dynamodb"))
            .map_or_else(|| arn.canonical(), |(table, _)| table.canonical());
        if let Some(id) = self.by_arn.get(&arn) {
            return Some(*id);
        }
        let kind = [
            ("sqs", Channel::Queue),
            ("sns", Channel::Topic),
            ("dynamodb", Channel::Table),
            ("kinesis", Channel::Stream),
        ]
        .into_iter()
        .find(|(service, _)| is_service(&arn, service))
        .map(|(_, kind)| kind)
        .or_else(|| arn.around(":event-bus/").map(|_| Channel::Bus))?;
        let resource = world.resource_with_arn(&arn);
        // What the world does not declare is called by the last part of its ARN.
        let spelled = arn.to_string();
        let name = match resource {
            Some(resource) => resource.address.to_string(),
            None => spelled.rsplit([':', '/']).next().unwrap_or(&spelled).to_owned(),
        };
        let span = resource.map(|resource| resource.span);
        Some(self.add(Node { kind: NodeKind::Channel(kind), name, arn, span }))
    }
}

fn is_service(arn: &Text, service: &str) -> bool {
    arn.canonical().known_prefix().starts_with(&format!("arn:aws:{service}:"))
}

fn deliver(world: &World, flow: &mut EventFlow, index: usize, trigger: &Trigger) {
    let to = NodeId(trigger.target.function.0);
    let (from, filtered, foreign) = match trigger.kind {
        TriggerKind::EventsRule => {
            let Some(from) = bus(world, flow, trigger.holder) else { return };
            let Some((filtered, foreign)) = pattern(trigger.holder) else { return };
            (from, filtered, foreign)
        }
        TriggerKind::Sns | TriggerKind::Poll => {
            let Some(from) = trigger.source_arn.as_ref().and_then(|arn| flow.channel(world, arn)) else { return };
            let filter = if trigger.kind == TriggerKind::Sns { "FilterPolicy" } else { "FilterCriteria" };
            if trigger.declaration.get("Enabled").booleans().every(|enabled| enabled == Some(&false)) {
                return;
            }
            (from, !trigger.declaration.get(filter).is_unset(), false)
        }
        TriggerKind::Logs => {
            let group = trigger.declaration.get("LogGroupName");
            let Some(group) = group.text().only().map(|group| group.canonical()) else { return };
            let Some(function) = world.function(trigger.target.function) else { return };
            let own = function.resource.get("LoggingConfig.LogGroup");
            let mut usual = Text::literal("/aws/lambda/");
            usual.append(&function.resource.names.name);
            let resolved =
                world.resource_named("AWS::Logs::LogGroup", &group).map(|group| group.names.name.canonical());
            let same = |name: &Text| name.canonical() == group || resolved.as_ref() == Some(&name.canonical());
            if !(own.text().only().is_some_and(|own| same(own)) || own.is_unset() && same(&usual)) {
                return;
            }
            let name = trigger
                .source
                .map_or_else(|| format!("/aws/lambda/{}", function.address()), |group| group.address.to_string());
            let kind = NodeKind::Channel(Channel::LogGroup);
            let from = flow.add(Node { kind, name, arn: group, span: trigger.source.map(|group| group.span) });
            flow.edges.push(Edge {
                from: to,
                to: from,
                kind: EdgeKind::Relay,
                sureness: Sureness::Configured,
                filtered: false,
                foreign: false,
                polled: false,
                when: function.resource.when.clone(),
                span: function.resource.span,
                words: "every run writes to its own log group".to_owned(),
            });
            let filter = trigger.declaration.get("FilterPattern").literals();
            (from, !filter.every(|filter| filter.is_none_or(|filter| filter.trim().is_empty())), false)
        }
        TriggerKind::S3 | TriggerKind::ApiGateway => return,
    };
    let words = match (flow.node(from), world.function(trigger.target.function)) {
        (Some(node), Some(function)) => format!("`{}` runs `{}`", node.name, function.address()),
        _ => return,
    };
    flow.edges.push(Edge {
        from,
        to,
        kind: EdgeKind::Trigger(index),
        sureness: Sureness::Configured,
        filtered,
        foreign,
        polled: trigger.kind == TriggerKind::Poll,
        when: trigger.target.when.clone(),
        span: trigger.span,
        words,
    });
}

/// The bus that a rule listens to.
fn bus(world: &World, flow: &mut EventFlow, rule: &Resource) -> Option<NodeId> {
    let named = rule.get("EventBusName");
    let arn = if named.is_unset() {
        own_bus(&Text::literal("default"))
    } else {
        let text = named.text().only().copied()?;
        match world.resource_named("AWS::Events::EventBus", text).and_then(|bus| bus.names.arn.clone()) {
            Some(arn) => arn,
            None if text.known_prefix().starts_with("arn:") => text.clone(),
            None => own_bus(text),
        }
    };
    flow.channel(world, &arn)
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

/// Whether a rule's pattern takes only some events, and whether only those of AWS itself. `None`: it has no pattern (a schedule).
fn pattern(rule: &Resource) -> Option<(bool, bool)> {
    let pattern = rule.get("EventPattern");
    if pattern.is_unset() {
        return None;
    }
    let (sources, _) = pattern.get("source").items(true);
    let foreign = !sources.is_empty()
        && sources
            .iter()
            .all(|source| source.text().only().is_some_and(|source| source.known_prefix().starts_with("aws.")));
    let narrow = !pattern.get("source").is_unset() || !pattern.get("detail-type").is_unset();
    Some((narrow || !pattern.is_exhaustive(), foreign))
}

fn subscription(world: &World, flow: &mut EventFlow, topic: &Text, declaration: &Value<&Data>) {
    if !declaration.get("Protocol").literals().every(|protocol| protocol.is_some_and(|name| name == "sqs")) {
        return;
    }
    let Some(from) = flow.channel(world, topic) else { return };
    let first = flow.edges.len();
    relay(world, flow, from, &declaration.get("Endpoint"), EdgeKind::Relay, "the topic sends to this queue");
    let filtered = !declaration.get("FilterPolicy").is_unset();
    for edge in flow.edges.iter_mut().skip(first) {
        edge.filtered = filtered;
    }
}

fn rule(world: &World, flow: &mut EventFlow, rule: &Resource) {
    let Some(from) = bus(world, flow, rule) else { return };
    let Some((filtered, foreign)) = pattern(rule) else { return };
    let first = flow.edges.len();
    for item in rule.get("Targets").items(false).0 {
        let arn = item.get("Arn");
        if world.targets(&arn.text()).0.is_empty() {
            relay(world, flow, from, &arn, EdgeKind::Relay, &format!("`{}` sends here", rule.address));
        }
    }
    for edge in flow.edges.iter_mut().skip(first) {
        (edge.filtered, edge.foreign) = (filtered, foreign);
    }
}

/// An edge to each function or channel that a value names.
fn relay(world: &World, flow: &mut EventFlow, from: NodeId, to: &Value<&Data>, kind: EdgeKind, words: &str) {
    for (text, span, when) in to.text().set() {
        let to = match world.function_named(text) {
            Some((function, _)) => Some(NodeId(function.0)),
            None => flow.channel(world, text),
        };
        if let Some(to) = to {
            flow.edges.push(Edge {
                from,
                to,
                kind,
                sureness: Sureness::Configured,
                filtered: false,
                foreign: false,
                polled: false,
                when: when.clone(),
                span,
                words: words.to_owned(),
            });
        }
    }
}

/// What the function's role lets it write. `None`: the budget is used up.
fn written(world: &World, flow: &mut EventFlow, function: &Function, pairs: &mut usize) -> Option<()> {
    for (role, when) in world.roles_of(function) {
        for index in 0..flow.nodes.len() {
            let Some(node) = flow.nodes.get(index) else { break };
            let NodeKind::Channel(channel) = node.kind else { continue };
            *pairs = pairs.checked_sub(1)?;
            let arn = node.arn.clone();
            let mut best: Option<(Sureness, Grant, &str, Guard)> = None;
            for action in writes(channel) {
                for grant in grants(role.statements(), action, &arn, false) {
                    let when = when.and(&grant.when);
                    let Some(sureness) = sureness(&grant, &arn).filter(|_| when.is_possible()) else { continue };
                    if best.as_ref().is_none_or(|best| sureness < best.0) {
                        best = Some((sureness, grant, action, when));
                    }
                }
            }
            let Some((sureness, grant, action, when)) = best else { continue };
            flow.edges.push(Edge {
                from: NodeId(function.id.0),
                to: NodeId(index),
                kind: EdgeKind::Write,
                sureness,
                filtered: false,
                foreign: false,
                polled: false,
                when,
                span: grant.resource.map_or(grant.statement.span, |element| element.span),
                words: format!("`{action}` here lets `{}` write to `{}`", function.address(), node.name),
            });
        }
    }
    Some(())
}

/// How sure a right to write is. `None`: too vague to speak of.
fn sureness(grant: &Grant, arn: &Text) -> Option<Sureness> {
    let Some(element) = grant.resource.filter(|_| !grant.statement.resources.negated) else {
        return (grant.answer == Answer::Yes).then_some(Sureness::Wildcard);
    };
    let pattern = element.text.canonical().pattern();
    let own = pattern.strip_prefix(arn).is_some();
    let wild = !own && pattern.pieces().iter().any(|piece| matches!(piece, Piece::Any | Piece::One));
    match (wild, grant.answer) {
        (true, Answer::Yes) => Some(Sureness::Wildcard),
        (false, Answer::Yes) => Some(Sureness::Named),
        (false, Answer::Unknown) if own => Some(Sureness::Unproven),
        _ => None,
    }
}
