//! `missing-alarms`: see `rules/logs/missing-alarms.md`.

use super::log_groups::is_template;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{FunctionId, World};
use crate::value::{Data, Value};
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    if world.open || world.has_unseen_stacks() {
        return;
    }
    let mut watched: FxHashSet<FunctionId> = FxHashSet::default();
    for alarm in world.of_kind("AWS::CloudWatch::Alarm") {
        let metric = alarm.get("MetricName");
        let mut dimensions = vec![(metric, alarm.get("Dimensions"), alarm.get("Namespace"))];
        for query in alarm.get("Metrics").items(false).0 {
            let metric = query.get("MetricStat.Metric");
            dimensions.push((metric.get("MetricName"), metric.get("Dimensions"), metric.get("Namespace")));
        }
        for (metric, dimensions, namespace) in dimensions {
            if namespace.literals().never(|namespace| namespace.is_some_and(|name| name == "AWS/Lambda"))
                || metric.literals().never(|metric| metric.is_some_and(|name| name == "Errors"))
            {
                continue;
            }
            // Without a dimension it is about all functions; what cannot be read may be about any.
            if dimensions.is_unset() || !functions(world, &dimensions, &mut watched) {
                return;
            }
        }
    }
    for function in &world.application.functions {
        if watched.contains(&function.id) || !is_template(world, function.resource) {
            continue;
        }
        let message =
            format!("nobody is told when `{}` fails: no alarm watches its `Errors`", function.resource.called());
        let finding = Finding::new(Grade::OPINION, function.resource.span, message)
            .help("add an `AWS::CloudWatch::Alarm` on `AWS/Lambda` `Errors` with the dimension `FunctionName`")
            .related(function.resource.called())
            .when(&function.resource.when);
        out.push(finding);
    }
}

/// The functions that dimensions name; `false` when they cannot be read.
fn functions(world: &World, dimensions: &Value<&Data>, watched: &mut FxHashSet<FunctionId>) -> bool {
    let (items, known) = dimensions.items(false);
    let mut all = known;
    for item in &items {
        let name = item.get("Name").literals();
        if name.never(|name| name.is_some_and(|name| name == "FunctionName" || name == "Resource")) {
            continue;
        }
        let value = item.get("Value");
        let (targets, known) = world.targets(&value.text());
        watched.extend(targets.iter().map(|target| target.function));
        all &= known;
    }
    all
}
