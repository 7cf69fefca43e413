//! `recursive-trigger`: see `rules/trigger/recursive-trigger.md`.
//!
//! What runs a function is fed by what the function writes, at once or by way of others: each run may cause the next.

use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::model::{Function, TriggerKind, World};
use crate::source::Span;
use crate::value::{Data, Value};
use crate::wiring::flow::{Channel, Cycle, Edge, EdgeKind, EventFlow, Node, NodeKind, Sureness, Takes};
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    let flow = EventFlow::of(world);
    let loops = flow.loops();
    let logs: Vec<&Edge> =
        flow.edges.iter().filter(|edge| edge.kind == EdgeKind::Relay && edge.from == edge.to).collect();
    let mut told: FxHashSet<Span> = FxHashSet::default();
    for (id, cycle) in &loops.found {
        let Some(edge) = flow.edge(*id) else { continue };
        // A log that feeds itself is the graver loop, unless the configuration closes this one too.
        if cycle.sureness == Sureness::Configured || logs_to_itself(&logs, edge).is_none() {
            told.insert(edge.span);
            report(world, &flow, edge, cycle, out);
        }
    }
    for trigger in flow.edges.iter().filter(|edge| matches!(edge.kind, EdgeKind::Trigger(_))) {
        if let Some(log) = logs_to_itself(&logs, trigger).filter(|_| told.insert(trigger.span)) {
            report_log(&flow, trigger, log, out);
        }
    }
    if loops.cut {
        say_where_it_was_cut(world, &flow, out);
    }
}

/// The edge by which the bucket of a trigger delivers its access log to itself, where the trigger certainly takes the log's objects.
/// Delivering a log is a request that the next log tells of, whatever the function does.
fn logs_to_itself<'a>(logs: &[&'a Edge], trigger: &Edge) -> Option<&'a Edge> {
    logs.iter().copied().find(|edge| {
        edge.from == trigger.from
            && edge.gives.contains(&(trigger.takes, Sureness::Configured))
            && edge.when.and(&trigger.when).is_possible()
    })
}

fn report_log(flow: &EventFlow, trigger: &Edge, log: &Edge, out: &mut Findings) {
    let (Some(bucket), Some(function)) = (flow.node(trigger.from), flow.node(trigger.to)) else { return };
    let message = format!(
        "`{}` delivers its access log to itself, and every part of the log runs `{}`",
        bucket.name, function.name
    );
    out.push(
        Finding::new(Grade::ERROR, trigger.span, message)
            .here(trigger.words.clone())
            .when(&trigger.when.and(&log.when))
            .label(log.span, log.words.clone())
            .related(&(&*function.name).into())
            .related(&(&*bucket.name).into())
            .help("deliver the log to a bucket of its own. Lambda does not detect such a loop: it runs until somebody notices."),
    );
}

/// How many steps of a loop are told.
const TOLD: usize = 16;

/// A search that was given up must not look like one that found nothing.
fn say_where_it_was_cut(world: &World, flow: &EventFlow, out: &mut Findings) {
    let Some(function) = world.application.functions.first() else { return };
    let message = format!(
        "the search for loops was cut short: {} functions, {} channels and {} steps between them are too much to look through",
        world.application.functions.len(),
        flow.nodes.len().saturating_sub(world.application.functions.len()),
        flow.edges.len(),
    );
    out.push(
        Finding::new(Grade::ADVICE, function.resource.span, message)
            .help("limit roles that may write to everything: each of their rights is a step to everything"),
    );
}

/// The grade of a loop, how sure we are, and what its function does to the channel.
fn grade(sureness: Sureness) -> (Grade, Confidence, &'static str) {
    match sureness {
        Sureness::Configured => (Grade::ERROR, Confidence::High, "feeds"),
        Sureness::Named => (Grade::WARNING, Confidence::High, "writes to"),
        Sureness::Unproven => (Grade::NOTE, Confidence::Medium, "may write to"),
        Sureness::Wildcard => (Grade::ADVICE, Confidence::Low, "may, through a wildcard, write to"),
        Sureness::WildcardUnproven => (Grade::NOTE, Confidence::Low, "may, through a wildcard, write to"),
    }
}

fn report(world: &World, flow: &EventFlow, trigger: &Edge, cycle: &Cycle, out: &mut Findings) {
    let (Some(from), Some(to)) = (flow.node(trigger.from), flow.node(trigger.to)) else { return };
    if matches!(to.kind, NodeKind::Channel(_)) {
        return report_executions(flow, trigger, cycle, out);
    }
    // Where a function runs another, or itself, the loop is told of the first.
    let (subject, other) = if matches!(from.kind, NodeKind::Function(_)) { (from, to) } else { (to, from) };
    let NodeKind::Function(function) = subject.kind else { return };
    let Some(function) = world.function(function) else { return };
    let edges: Vec<&Edge> = cycle.steps.iter().filter_map(|step| flow.edge(step.edge)).collect();
    let write = edges.get(1).filter(|edge| edges.len() == 2 && edge.kind == EdgeKind::Write);
    let write = write.filter(|_| matches!(from.kind, NodeKind::Channel(_)));
    let (grade, mut confidence, verb) = grade(cycle.sureness);
    let message = match (write, edges.len()) {
        (_, 1) => by_itself(subject, trigger, cycle.sureness),
        (Some(_), _) if is_call(flow, trigger) => {
            format!("`{}` may make the very call that triggers it", subject.name)
        }
        (Some(write), _) => at_once(other, subject, write, cycle.sureness),
        (None, 2) if matches!(from.kind, NodeKind::Channel(_)) => {
            format!("`{}` {verb} `{}`, which triggers it", subject.name, other.name)
        }
        _ if cycle.sureness <= Sureness::Named => {
            format!("`{}` runs itself by way of others, through `{}`", subject.name, other.name)
        }
        _ => format!("`{}` may run itself by way of others, through `{}`", subject.name, other.name),
    };
    let mentioned = mention(world, function, other);
    if cycle.sureness.is_wildcard() && mentioned.is_some() {
        confidence = Confidence::Medium;
    }
    let mut finding = Finding::new(grade, trigger.span, message)
        .here(trigger.words.clone())
        .when(&cycle.when)
        .confidence(confidence)
        .related(function.address());
    if let Some(event) = event(world, trigger) {
        finding = finding.label(event, "on this event");
    }
    if let Some(write) = write {
        finding = finding.label(function.resource.span, "this function");
        finding = finding.label(write.span, write.words.clone());
        if let (Some(span), NodeKind::Channel(channel)) = (from.span, from.kind) {
            finding = finding.label(span, format!("to this {}", channel.word()));
        }
    } else {
        for edge in edges.iter().take(TOLD).skip(1).filter(|edge| edge.span != trigger.span) {
            finding = finding.label(edge.span, edge.words.clone());
        }
        if let (Some(last), more @ 1..) = (edges.last(), edges.len().saturating_sub(TOLD)) {
            finding = finding.label(last.span, format!("and, {more} steps later, {}", last.words));
        }
    }
    if let Some(span) = mentioned.filter(|_| cycle.sureness.is_wildcard()) {
        finding = finding.label(span, "and knows its name");
    }
    for edge in edges.iter().take(TOLD) {
        for name in flow.node(edge.from).map(|node| (&*node.name).into()).iter().chain(&edge.by) {
            finding = finding.related(name);
        }
    }
    let (mend, stops) = (mend(flow, trigger, cycle), stops(world, flow, &edges));
    out.push(finding.help(format!("{mend}. {stops}")));
}

/// State machines that start themselves, with no function between. Where a choice leads to the start it is how work that is too long
/// for one execution is gone on with in the next:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/tutorial-continue-new.html>, retrieved 2026-11-23.
fn report_executions(flow: &EventFlow, start: &Edge, cycle: &Cycle, out: &mut Findings) {
    let edges: Vec<&Edge> = cycle.steps.iter().filter_map(|step| flow.edge(step.edge)).collect();
    let names: Vec<&str> =
        edges.iter().filter_map(|edge| flow.node(edge.from)).map(|node| node.name.as_str()).collect();
    let Some(name) = names.first().filter(|_| cycle.sureness == Sureness::Configured) else { return };
    let way = match names.as_slice() {
        [_] => String::new(),
        [_, other] => format!(" by way of `{other}`"),
        _ => " by way of other state machines".to_owned(),
    };
    let message = format!("`{name}` starts itself{way}: each execution causes the next");
    let mut finding = Finding::new(Grade::ERROR, start.span, message)
        .here(start.words.clone())
        .when(&cycle.when)
        .help("lead to the start by a choice that ends the work at some time. Nothing stops such a loop: it runs until somebody notices.");
    for edge in edges.iter().take(TOLD).skip(1) {
        finding = finding.label(edge.span, edge.words.clone());
    }
    for name in names.iter().take(TOLD) {
        finding = finding.related(&(*name).into());
    }
    out.push(finding);
}

/// What happens where a function runs itself and nothing stands between.
fn by_itself(function: &Node, edge: &Edge, sureness: Sureness) -> String {
    let name = &function.name;
    match edge.kind {
        EdgeKind::Success => format!("`{name}` sends its results to itself: each run causes the next"),
        EdgeKind::Failure => format!("`{name}` sends its failed events to itself"),
        _ if sureness > Sureness::Named => {
            format!("`{name}` may invoke itself, with the role that it shares with others")
        }
        _ => format!("`{name}` may invoke itself"),
    }
}

/// What happens in a loop of one function and one channel.
fn at_once(channel: &Node, function: &Node, write: &Edge, sureness: Sureness) -> String {
    let (_, _, verb) = grade(sureness);
    let (function, name) = (&function.name, &channel.name);
    match (channel.kind, sureness) {
        (NodeKind::Channel(Channel::Bucket), Sureness::Wildcard | Sureness::WildcardUnproven) => {
            format!("`{function}` may write to every bucket, the bucket `{name}` that triggers it included")
        }
        (NodeKind::Channel(Channel::Bucket), Sureness::Unproven) => {
            format!(
                "`{function}` may write to the bucket `{name}` that triggers it; only its code keeps the keys apart"
            )
        }
        (NodeKind::Channel(Channel::Bucket), _) => {
            format!("`{function}` {} the bucket `{name}` that triggers it", write.verb)
        }
        _ => {
            let verb = match channel.kind {
                NodeKind::Channel(Channel::StateMachine) => {
                    verb.replace("writes to", "starts").replace("write to", "start")
                }
                NodeKind::Channel(Channel::Api) => verb.replace("write to", "call"),
                _ => verb.to_owned(),
            };
            format!("`{function}` {verb} `{name}`, which triggers it")
        }
    }
}

/// Whether what runs the function is a call that CloudTrail tells of.
fn is_call(flow: &EventFlow, trigger: &Edge) -> bool {
    flow.port(trigger.takes).is_some_and(|port| matches!(port.takes, Takes::Calls(_)))
}

/// Where the event of a bucket's notification is written, if not at the trigger itself.
fn event(world: &World, edge: &Edge) -> Option<Span> {
    let EdgeKind::Trigger(index) = edge.kind else { return None };
    let trigger = world.application.triggers.get(index)?;
    let (_, span, _) = trigger.events.set().next()?;
    (trigger.kind == TriggerKind::S3 && span != trigger.span).then_some(span)
}

/// Where the function's environment names the channel.
fn mention(world: &World, function: &Function, channel: &Node) -> Option<Span> {
    let resource = world.resource_with_arn(&channel.arn)?;
    let (entries, _) = function.resource.get("Environment.Variables").entries();
    entries.into_iter().find_map(|(_, value): (_, Value<&Data>)| {
        let names = [Some(&resource.names.name), Some(&resource.names.reference), resource.names.arn.as_ref()];
        value
            .text()
            .set()
            .find(|(text, ..)| names.iter().flatten().any(|name| text.equals(name).is_yes()))
            .map(|(_, span, _)| span)
    })
}

/// The smallest change that opens the loop.
fn mend(flow: &EventFlow, trigger: &Edge, cycle: &Cycle) -> &'static str {
    let kind = flow.node(trigger.from).map(|node| node.kind);
    let bucket = kind == Some(NodeKind::Channel(Channel::Bucket)) && cycle.steps.len() == 2;
    let filtered = match flow.port(trigger.takes).map(|port| &port.takes) {
        Some(Takes::Objects { keys, .. }) => !keys.is_none(),
        _ => false,
    };
    match (cycle.sureness, bucket) {
        _ if trigger.kind == EdgeKind::Write => "grant the invocation of other functions alone",
        _ if is_call(flow, trigger) => {
            "let the rule leave out what the function's own role does, by `detail.userIdentity.sessionContext.sessionIssuer.userName`"
        }
        (Sureness::Wildcard | Sureness::WildcardUnproven, _) => "grant the write only on what the function writes to",
        (Sureness::Configured, _) => "send these events to something that does not run the function",
        (_, true) if filtered => "limit the write right to keys that the trigger's filter excludes",
        (_, true) => "write to another bucket, or limit the trigger to a prefix and the write right to another one",
        (_, false) => "write to something else, or filter out what the function writes itself",
    }
}

/// Whether Lambda's own detection would stop it.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html>, retrieved 2026-11-22.
fn stops(world: &World, flow: &EventFlow, edges: &[&Edge]) -> &'static str {
    let (mut detected, mut allowed) = (true, false);
    for node in edges.iter().filter_map(|edge| flow.node(edge.from)) {
        match node.kind {
            NodeKind::Function(id) => {
                allowed |= world.function(id).is_some_and(|function| {
                    let setting = function.resource.get("RecursiveLoop").literals();
                    setting.some(|value| value.is_some_and(|value| value == "Allow"))
                });
            }
            NodeKind::Channel(channel) => detected &= channel.is_detected(),
        }
    }
    match (detected, allowed) {
        (true, false) => {
            "Lambda stops such a loop after about 16 rounds, if the functions' AWS SDKs pass on its trace header."
        }
        (true, true) => "Nothing stops the loop: `RecursiveLoop` is `Allow`.",
        (false, _) => "Lambda does not detect such a loop: it runs until somebody notices.",
    }
}
