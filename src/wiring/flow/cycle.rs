//! Cycles: components first, then a breadth-first search inside one.

use super::{EdgeId, EdgeKind, EventFlow, PortId, Sureness, Takes};
use crate::value::Guard;
use std::collections::VecDeque;

/// The steps that all searches of a world may take together. Past it, what is left is not searched. A step is some tens of
/// nanoseconds; applications of a thousand functions need a few hundred thousand.
const BUDGET: usize = 10_000_000;

/// In how many ways, each for other deployments, a search comes to one port.
const ARRIVALS: usize = 8;

/// A way from a trigger back to it.
#[derive(Clone, Debug)]
pub struct Cycle {
    /// The steps in order; the first is the trigger.
    pub steps: Vec<Step>,
    /// How sure it is as a whole.
    pub sureness: Sureness,
    /// The deployments in which it is closed.
    pub when: Guard,
}

/// One step of a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The edge.
    pub edge: EdgeId,
    /// The port that it reaches.
    pub to: PortId,
    /// How surely.
    pub sureness: Sureness,
}

/// Looks for cycles in a graph.
#[derive(Debug)]
pub struct Search<'a> {
    flow: &'a EventFlow,
    /// The steps that leave each port.
    leaving: Vec<Vec<Step>>,
    /// The port whose steps can be taken from a port too: every run of a function, for its asynchronous ones.
    also: Vec<Option<PortId>>,
    /// For each sureness the strongly connected component of each port, once asked for.
    components: [Option<Vec<usize>>; Sureness::ALL.len()],
    budget: usize,
    ran_out: bool,
}

/// Whether a step may be part of a way that is this sure as a whole. Where a failure is part of it, the way is certain only if nothing
/// but configuration closes it: otherwise it takes a failure each time round.
fn allows(whole: Sureness, step: Sureness, kind: EdgeKind) -> bool {
    let failure = kind == EdgeKind::Failure;
    match whole {
        Sureness::Configured => step == Sureness::Configured,
        Sureness::Named => step <= Sureness::Named && !failure,
        Sureness::Unproven => step <= Sureness::Unproven,
        Sureness::Wildcard => (step <= Sureness::Named || step == Sureness::Wildcard) && !failure,
        Sureness::WildcardUnproven => true,
    }
}

impl EventFlow {
    /// Prepares a search for cycles.
    #[must_use]
    pub fn search(&self) -> Search<'_> {
        let mut leaving = vec![Vec::new(); self.ports.len()];
        for (index, edge) in self.edges.iter().enumerate() {
            if let Some(steps) = leaving.get_mut(edge.takes.0) {
                let steps: &mut Vec<Step> = steps;
                let edge_id = EdgeId(index);
                steps.extend(edge.gives.iter().map(|(to, sureness)| Step {
                    edge: edge_id,
                    to: *to,
                    sureness: *sureness,
                }));
            }
        }
        let also = self.ports.iter().map(|port| match port.takes {
            Takes::Asynchronous => self.ports_of(port.node).first().copied(),
            _ => None,
        });
        Search {
            flow: self,
            leaving,
            also: also.collect(),
            components: Default::default(),
            budget: BUDGET,
            ran_out: false,
        }
    }
}

/// How one way of a search came to a port.
struct Visit {
    step: Step,
    before: Option<usize>,
    when: Guard,
}

impl Search<'_> {
    /// Whether the budget ran out, so that cycles may be missing.
    #[must_use]
    pub fn ran_out(&self) -> bool {
        self.ran_out
    }

    /// The strongest, then shortest cycle through an edge.
    pub fn cycle(&mut self, start: EdgeId) -> Option<Cycle> {
        Sureness::ALL.into_iter().find_map(|whole| self.within(start, whole))
    }

    /// The steps that can be taken from a port.
    fn steps(&self, port: PortId) -> impl Iterator<Item = &Step> {
        let of = |port: PortId| self.leaving.get(port.0).map(Vec::as_slice).unwrap_or_default();
        let also = self.also.get(port.0).copied().flatten();
        of(port).iter().chain(also.map(of).unwrap_or_default())
    }

    /// The step with this place among those of a port.
    fn step(&self, port: PortId, place: usize) -> Option<Step> {
        let of = |port: PortId| self.leaving.get(port.0).map(Vec::as_slice).unwrap_or_default();
        let own = of(port);
        own.get(place).copied().or_else(|| {
            let also = self.also.get(port.0).copied().flatten()?;
            of(also).get(place - own.len()).copied()
        })
    }

    fn is_allowed(&self, whole: Sureness, step: &Step) -> bool {
        self.flow.edge(step.edge).is_some_and(|edge| allows(whole, step.sureness, edge.kind))
    }

    /// The shortest cycle through an edge that is at least this sure.
    fn within(&mut self, start: EdgeId, whole: Sureness) -> Option<Cycle> {
        let first = self.flow.edge(start)?;
        let home = first.takes;
        let slot = Sureness::ALL.iter().position(|known| *known == whole)?;
        if self.components.get(slot)?.is_none() {
            let components = self.connected(whole);
            *self.components.get_mut(slot)? = Some(components);
        }
        let components = self.components.get(slot)?.as_ref()?;
        let inside = |port: PortId| components.get(port.0) == components.get(home.0);
        let mut visits: Vec<Visit> = Vec::new();
        let mut arrived: rustc_hash::FxHashMap<PortId, Vec<usize>> = rustc_hash::FxHashMap::default();
        let mut queue = VecDeque::new();
        let mut budget = self.budget;
        for (to, sureness) in &first.gives {
            let step = Step { edge: start, to: *to, sureness: *sureness };
            if inside(*to) && self.is_allowed(whole, &step) {
                queue.push_back(visits.len());
                visits.push(Visit { step, before: None, when: first.when.clone() });
            }
        }
        let (mut found, mut ran_out) = (None, false);
        'search: while let Some(at) = queue.pop_front() {
            let Some((port, when)) = visits.get(at).map(|visit| (visit.step.to, visit.when.clone())) else { break };
            for step in self.steps(port) {
                let Some(left) = budget.checked_sub(1) else {
                    ran_out = true;
                    break 'search;
                };
                budget = left;
                if !inside(step.to) || !self.is_allowed(whole, step) {
                    continue;
                }
                let Some(edge) = self.flow.edge(step.edge) else { continue };
                let together = when.and(&edge.when);
                if !together.is_possible() {
                    continue;
                }
                let earlier = arrived.entry(step.to).or_default();
                let covered = |before: &usize| visits.get(*before).is_none_or(|before| together.implies(&before.when));
                if earlier.len() >= ARRIVALS || earlier.iter().any(covered) {
                    continue;
                }
                earlier.push(visits.len());
                queue.push_back(visits.len());
                visits.push(Visit { step: *step, before: Some(at), when: together });
                if step.to == home {
                    found = Some(visits.len() - 1);
                    break 'search;
                }
            }
        }
        self.budget = budget;
        self.ran_out |= ran_out;
        let last = found?;
        let when = visits.get(last)?.when.clone();
        let steps = path(&visits, last);
        Some(Cycle { sureness: self.sureness(&steps), steps, when })
    }

    /// How sure a closed way is as a whole.
    fn sureness(&self, steps: &[Step]) -> Sureness {
        let sureness = steps.iter().fold(Sureness::Configured, |sureness, step| sureness.and(step.sureness));
        let failure = |step: &Step| self.flow.edge(step.edge).is_some_and(|edge| edge.kind == EdgeKind::Failure);
        if sureness > Sureness::Configured && steps.iter().any(failure) { sureness.unproven() } else { sureness }
    }

    /// The strongly connected component of each port over the steps of ways that are at least this sure (Tarjan, without recursion).
    fn connected(&self, whole: Sureness) -> Vec<usize> {
        const NONE: usize = usize::MAX;
        let count = self.leaving.len();
        let (mut index, mut low, mut component) = (vec![NONE; count], vec![NONE; count], vec![NONE; count]);
        let (mut stack, mut next, mut found) = (Vec::new(), 0, 0);
        let at = |list: &[usize], port: usize| list.get(port).copied().unwrap_or(NONE);
        let set = |list: &mut [usize], port: usize, value: usize| {
            if let Some(slot) = list.get_mut(port) {
                *slot = value;
            }
        };
        for root in 0..count {
            if at(&index, root) != NONE {
                continue;
            }
            let mut work = vec![(root, 0)];
            while let Some((port, place)) = work.pop() {
                if place == 0 {
                    set(&mut index, port, next);
                    set(&mut low, port, next);
                    next += 1;
                    stack.push(port);
                }
                let Some(step) = self.step(PortId(port), place) else {
                    if at(&low, port) == at(&index, port) {
                        while let Some(member) = stack.pop() {
                            set(&mut component, member, found);
                            if member == port {
                                break;
                            }
                        }
                        found += 1;
                    }
                    if let Some((parent, _)) = work.last() {
                        let least = at(&low, *parent).min(at(&low, port));
                        set(&mut low, *parent, least);
                    }
                    continue;
                };
                work.push((port, place + 1));
                if !self.is_allowed(whole, &step) {
                    continue;
                }
                let to = step.to.0;
                if at(&index, to) == NONE {
                    work.push((to, 0));
                } else if at(&component, to) == NONE {
                    let least = at(&low, port).min(at(&index, to));
                    set(&mut low, port, least);
                }
            }
        }
        component
    }
}

/// The steps that led to one.
fn path(visits: &[Visit], last: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = Some(last);
    while let Some(visit) = at.and_then(|at| visits.get(at)) {
        steps.push(visit.step);
        at = visit.before;
    }
    steps.reverse();
    steps
}
