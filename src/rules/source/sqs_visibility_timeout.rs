//! `sqs-visibility-timeout`: see `rules/source/sqs-visibility-timeout.md`.

use crate::data::event_sources::VISIBILITY_TIMEOUTS;
use crate::data::limits::limit;
use crate::engine::{Applicability, Edit, Finding, Findings, Fix, Grade};
use crate::model::{Function, Resource, TriggerKind, World};
use crate::rules::settings::{Setting, settings};
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::FxHashMap;

const QUEUE: &str = "AWS::SQS::Queue";
const PROPERTY: &str = "VisibilityTimeout";

/// A queue whose messages come back too soon for one function.
struct Short<'a> {
    queue: &'a Resource,
    /// Where the visibility timeout is decided.
    span: Span,
    visible: &'a Setting,
    timeout: Setting,
    window: i64,
    function: &'a Function<'a>,
    when: Guard,
}

impl Short<'_> {
    fn refused(&self) -> bool {
        self.visible.value < self.timeout.value
    }

    fn advised(&self) -> i64 {
        self.timeout.value.saturating_mul(VISIBILITY_TIMEOUTS).saturating_add(self.window)
    }
}

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut visible: FxHashMap<Span, (&Resource, Vec<Setting>)> = FxHashMap::default();
    let pairs = pairs(world);
    for (queue, ..) in &pairs {
        visible.entry(queue.span).or_insert_with(|| (queue, settings(queue, PROPERTY, None)));
    }
    let mut found: Vec<Short> = Vec::new();
    for (queue, function, mapping, when) in pairs {
        let Some((_, visible)) = visible.get(&queue.span) else { continue };
        for timeout in settings(function.resource, "Timeout", None) {
            // A window that is not known is none: that asks for less.
            let windows = settings(mapping, "MaximumBatchingWindowInSeconds", Some(0));
            let windows = windows.iter().map(|window| (window.value, window.when.clone()));
            for (window, in_window) in windows.chain([(0, Guard::always())]) {
                for visible in visible {
                    let when = when.and(&visible.when).and(&timeout.when).and(&in_window);
                    let span = visible.written.unwrap_or(queue.span);
                    let timeout = Setting { when: timeout.when.clone(), ..timeout };
                    let short = Short { queue, span, visible, timeout, window, function, when };
                    if short.visible.value < short.advised() && short.when.is_possible() && !short.when.is_rounded() {
                        found.push(short);
                    }
                }
            }
        }
    }
    // The gravest of a queue first; others at the same place add nothing where it holds.
    found.sort_by_key(|short| (short.span, !short.refused(), std::cmp::Reverse(short.advised())));
    let mut told: Option<(Span, Guard)> = None;
    for short in &found {
        let known = match &told {
            Some((span, known)) if *span == short.span => known.clone(),
            _ => Guard::never(),
        };
        if !short.when.implies(&known) {
            out.push(finding(short));
            told = Some((short.span, known.or(&short.when)));
        }
    }
}

/// The queues that feed functions, with the mapping and the deployments in which it certainly is so.
fn pairs<'a>(world: &'a World<'_>) -> Vec<(&'a Resource, &'a Function<'a>, &'a Resource, Guard)> {
    let mut out = Vec::new();
    for trigger in world.application.triggers.iter().filter(|trigger| trigger.kind == TriggerKind::Poll) {
        let Some(function) = world.function(trigger.target.function) else { continue };
        for (arn, _, when) in trigger.holder.get("EventSourceArn").text().set() {
            let Some(queue) = world.resource_with_arn(arn).filter(|queue| queue.is(QUEUE)) else { continue };
            let when = when.and(&trigger.target.when).and(&queue.when).and(&function.resource.when);
            if when.is_possible() {
                out.push((queue, function, trigger.holder, when));
            }
        }
    }
    out
}

fn finding(short: &Short) -> Finding {
    let (queue, name) = (short.queue.called(), short.function.address());
    let (visible, timeout, advised) = (short.visible.show(), short.timeout.show(), short.advised());
    let (grade, message) = if short.refused() {
        let message = format!(
            "Lambda refuses to read `{queue}`: its visibility timeout, {visible} seconds, is shorter than the \
             timeout of `{name}`, {timeout} seconds"
        );
        (Grade::ERROR, message)
    } else {
        let window = if short.window > 0 { format!(" and a window of {}", short.window) } else { String::new() };
        let message = format!(
            "messages of `{queue}` may come back before `{name}` is done with them: they are hidden for {visible} \
             seconds, and a timeout of {timeout}{window} asks for {advised}"
        );
        (Grade::WARNING, message)
    };
    let most = limit(QUEUE, PROPERTY).and_then(|limit| limit.max).unwrap_or(i64::MAX);
    let help = if advised > most {
        format!("shorten the timeout of `{name}`: a queue hides a message for {most} seconds at most")
    } else {
        format!("set `{PROPERTY}: {advised}` on `{queue}`, or shorten the timeout of `{name}`")
    };
    let mut finding = Finding::new(grade, short.span, message)
        .when(&short.when)
        .related(queue)
        .related(name)
        .label(short.timeout.written.unwrap_or(short.function.resource.span), format!("the timeout, {timeout} seconds"))
        .help(help);
    if short.visible.plain && advised <= most {
        finding = finding.fix(Fix {
            title: format!("Hide messages for {advised} seconds"),
            applicability: Applicability::Unsafe,
            edits: vec![Edit { span: short.span, text: advised.to_string() }],
        });
    }
    finding
}
