//! `recursion-detection-disabled`: see `rules/trigger/recursion-detection-disabled.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::wiring::flow::{Cycle, EventFlow, Loops, NodeKind, Sureness};
use std::cell::OnceCell;

pub(super) fn check(world: &World, out: &mut Findings) {
    // The graph is built only where somebody switched the detection off.
    let built: OnceCell<(EventFlow, Loops)> = OnceCell::new();
    for function in &world.application.functions {
        for (setting, span, when) in function.resource.get("RecursiveLoop").literals().set() {
            if setting != "Allow" {
                continue;
            }
            let (flow, loops) = built.get_or_init(|| {
                let flow = EventFlow::of(world);
                let loops = flow.loops();
                (flow, loops)
            });
            let passes =
                |cycle: &&Cycle| {
                    cycle.steps.iter().filter_map(|step| flow.edge(step.edge)).any(|edge| {
                        flow.node(edge.from).is_some_and(|node| node.kind == NodeKind::Function(function.id))
                    })
                };
            let certain = |cycle: &&Cycle| cycle.sureness <= Sureness::Named && cycle.when.and(when).is_possible();
            let cycle = loops.found.iter().map(|(_, cycle)| cycle).filter(certain).find(passes);
            let name = function.address();
            let mut finding = match cycle {
                Some(cycle) => {
                    let message = format!("`{name}` is part of a loop, and Lambda is told not to stop it");
                    let mut finding = Finding::new(Grade::ERROR, span, message).when(&cycle.when.and(when));
                    for edge in cycle.steps.iter().filter_map(|step| flow.edge(step.edge)) {
                        finding = finding.label(edge.span, edge.words.clone());
                    }
                    finding
                }
                None => {
                    let message = format!("Lambda does not stop `{name}` when it runs itself without end");
                    Finding::new(Grade::WARNING, span, message).when(when)
                }
            };
            finding = finding.related(name).here("the detection of loops is off").help(
                "remove `RecursiveLoop`, or set it to `Terminate`; where the loop is meant and ends by itself, say so where you suppress this",
            );
            out.push(finding);
        }
    }
}
