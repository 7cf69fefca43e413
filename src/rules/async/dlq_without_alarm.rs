//! `dlq-without-alarm`: see `rules/async/dlq-without-alarm.md`.

use crate::engine::{Address, Finding, Findings, Grade};
use crate::model::{Resource, TriggerKind, World};
use crate::rules::asynchronous::{InvokeConfigs, is_all_seen};
use crate::source::Span;
use crate::value::{Data, Guard, Text, Value};
use rustc_hash::FxHashSet;

const QUEUE: &str = "AWS::SQS::Queue";

pub(super) fn check(world: &World, out: &mut Findings) {
    if !is_all_seen(world) {
        return;
    }
    let configs = InvokeConfigs::of(world);
    let mut watched: Option<Watched> = None;
    let mut told: FxHashSet<Span> = FxHashSet::default();
    for function in &world.application.functions {
        let dead = function.resource.get("DeadLetterConfig.TargetArn").within(&function.resource.when);
        let failed = configs
            .for_function(function.id)
            .iter()
            .map(|config| config.resource.get("DestinationConfig.OnFailure.Destination").within(&config.when()));
        for place in [dead].into_iter().chain(failed) {
            for (queue, span, when) in queues(world, &place) {
                let watched = watched.get_or_insert_with(|| Watched::of(world));
                if !told.contains(&queue.span) && !watched.knows(queue) {
                    told.insert(queue.span);
                    out.push(finding(queue, function.address(), span, &when));
                }
            }
        }
    }
}

fn queues<'a>(world: &World<'a>, place: &Value<&Data>) -> Vec<(&'a Resource, Span, Guard)> {
    let texts = place.text();
    let found = texts.set().filter_map(|(arn, span, when)| {
        let queue = world.resource_with_arn(arn).filter(|queue| queue.is(QUEUE))?;
        let when = when.and(&queue.when);
        when.is_possible().then_some((queue, span, when))
    });
    found.collect()
}

fn finding(queue: &Resource, function: &Address, span: Span, when: &Guard) -> Finding {
    let name = queue.called();
    let message =
        format!("nobody hears of what `{function}` fails at: no alarm watches `{name}`, and nothing reads it");
    Finding::new(Grade::NOTE, queue.span, message)
        .when(when)
        .related(function)
        .related(name)
        .label(span, "failed events go there")
        .help("add an `AWS::CloudWatch::Alarm` on the queue's `ApproximateNumberOfMessagesVisible`")
}

/// The queues that somebody looks at.
struct Watched {
    /// What alarms and dashboards refer to.
    addresses: FxHashSet<Address>,
    /// What alarms name.
    names: FxHashSet<Text>,
    /// What functions and pipes read.
    sources: FxHashSet<Text>,
}

impl Watched {
    fn of(world: &World) -> Self {
        let mut out =
            Self { addresses: FxHashSet::default(), names: FxHashSet::default(), sources: FxHashSet::default() };
        for resource in &world.resources {
            if resource.is("AWS::CloudWatch::Alarm") {
                out.addresses.extend(resource.references.iter().map(|reference| reference.to.clone()));
                let metrics = resource.get("Metrics").items(false).0;
                let further = metrics.iter().map(|metric| metric.get("MetricStat.Metric.Dimensions"));
                for dimensions in [resource.get("Dimensions")].into_iter().chain(further) {
                    for dimension in dimensions.items(false).0 {
                        let values = dimension.get("Value").text();
                        out.names.extend(values.set().map(|(value, ..)| value.canonical()));
                    }
                }
            } else if resource.is("AWS::Pipes::Pipe") {
                let source = resource.get("Source").text();
                out.sources.extend(source.set().map(|(arn, ..)| arn.canonical()));
            }
        }
        let polled = world.application.triggers.iter().filter(|trigger| trigger.kind == TriggerKind::Poll);
        out.sources.extend(polled.filter_map(|trigger| trigger.source_arn.as_ref().map(Text::canonical)));
        out
    }

    fn knows(&self, queue: &Resource) -> bool {
        self.addresses.contains(&queue.address)
            || self.names.contains(&queue.names.name.canonical())
            || queue.names.arn.as_ref().is_some_and(|arn| self.sources.contains(&arn.canonical()))
    }
}
