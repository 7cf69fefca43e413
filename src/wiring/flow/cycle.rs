//! Cycles: components first, then a breadth-first search inside one.

use super::{Channel, Edge, EdgeId, EdgeKind, EventFlow, Node, NodeId, NodeKind, PortId, Sureness, Takes};
use crate::value::Guard;
use rustc_hash::FxHashMap;
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

/// The loops of a graph.
#[derive(Debug)]
pub struct Loops {
    /// Each with the edge that it is told from: what runs a function, or starts a state machine where there is none. The gravest where a trigger has several edges.
    pub found: Vec<(EdgeId, Cycle)>,
    /// Whether there was more to look through than the budget allows, so that some may be missing.
    pub cut: bool,
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
    /// For each port the last search that came to it in every deployment of its trigger.
    settled: Vec<usize>,
    searches: usize,
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
    /// Every trigger that is part of a loop, with its strongest, then shortest one; and where functions invoke each other and nothing
    /// else runs them, one loop for each of them.
    #[must_use]
    pub fn loops(&self) -> Loops {
        self.loops_within(BUDGET)
    }

    /// [`Self::loops`] in so many steps.
    pub(super) fn loops_within(&self, budget: usize) -> Loops {
        let mut search = self.search();
        search.budget = budget;
        let mut found: Vec<(EdgeId, Cycle)> = Vec::new();
        let mut invoked: FxHashMap<NodeId, (EdgeId, Cycle)> = FxHashMap::default();
        let rank = |cycle: &Cycle| (cycle.sureness, cycle.steps.len());
        let mut last = None;
        for (index, edge) in self.edges.iter().enumerate() {
            let id = EdgeId(index);
            if !matches!(self.node(edge.to).map(|node| node.kind), Some(NodeKind::Function(_))) {
                // State machines start one another without a function; that is told once, from the first of the starts.
                if self.is_start(edge)
                    && let Some(cycle) = search.cycle(id)
                    && cycle
                        .steps
                        .iter()
                        .all(|step| step.edge >= id && self.edge(step.edge).is_some_and(|edge| self.is_start(edge)))
                {
                    found.push((id, cycle));
                }
                continue;
            }
            let Some(cycle) = search.cycle(id) else { continue };
            if edge.kind == EdgeKind::Write {
                let invocations = |step: &Step| self.edge(step.edge).is_some_and(|edge| edge.kind == EdgeKind::Write);
                // A loop through a trigger is told from the trigger. That a right on every function is one on its own says nothing.
                if !cycle.sureness.is_wildcard()
                    && cycle.steps.iter().all(invocations)
                    && cycle.steps.len() == self.functions_of(&cycle)
                {
                    let graver = invoked.get(&edge.from).is_none_or(|(_, known)| rank(&cycle) < rank(known));
                    if graver {
                        invoked.insert(edge.from, (id, cycle));
                    }
                }
                continue;
            }
            // One trigger may have several edges: one for each of its events, of its sources.
            match (edge.kind, found.last_mut()) {
                (EdgeKind::Trigger(_), Some(known)) if last == Some(edge.kind) => {
                    if rank(&cycle) < rank(&known.1) {
                        *known = (id, cycle);
                    }
                }
                _ => found.push((id, cycle)),
            }
            last = Some(edge.kind);
        }
        let mut invoked: Vec<_> = invoked.into_values().collect();
        invoked.sort_by_key(|(id, _)| *id);
        found.extend(invoked);
        Loops { found, cut: self.cut || search.ran_out() }
    }

    /// Whether an edge is a state machine's that starts another, or itself.
    fn is_start(&self, edge: &Edge) -> bool {
        let is_machine =
            |id| self.node(id).is_some_and(|node: &Node| node.kind == NodeKind::Channel(Channel::StateMachine));
        edge.kind == EdgeKind::Relay && is_machine(edge.from) && is_machine(edge.to)
    }

    /// How many of a cycle's steps leave a function.
    fn functions_of(&self, cycle: &Cycle) -> usize {
        let from = |step: &&Step| {
            let edge = self.edge(step.edge)?;
            matches!(self.node(edge.from)?.kind, NodeKind::Function(_)).then_some(())
        };
        cycle.steps.iter().filter(|step| from(step).is_some()).count()
    }

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
            settled: vec![0; self.ports.len()],
            searches: 0,
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

    /// The port with this place among those that can be reached from one at once; the flag says whether by an allowed step.
    fn next(&self, port: PortId, place: usize, whole: Sureness) -> Option<(PortId, bool)> {
        let own = self.leaving.get(port.0).map(Vec::as_slice).unwrap_or_default();
        match own.get(place) {
            Some(step) => Some((step.to, self.is_allowed(whole, step))),
            None if place == own.len() => self.also.get(port.0).copied().flatten().map(|also| (also, true)),
            None => None,
        }
    }

    /// Whether what comes to a port can leave by another: it is that one, or its steps are among the other's.
    fn arrives(&self, to: PortId, home: PortId) -> bool {
        to == home || self.also.get(to.0).copied().flatten() == Some(home)
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
        self.searches += 1;
        let search = self.searches;
        let components = self.components.get(slot)?.as_ref()?;
        let mut settled = std::mem::take(&mut self.settled);
        let inside = |port: PortId| components.get(port.0) == components.get(home.0);
        let mut visits: Vec<Visit> = Vec::new();
        let mut arrived: FxHashMap<PortId, Vec<usize>> = FxHashMap::default();
        let mut queue = VecDeque::new();
        let mut budget = self.budget;
        let (mut found, mut ran_out) = (None, false);
        for (to, sureness) in &first.gives {
            let step = Step { edge: start, to: *to, sureness: *sureness };
            if inside(*to) && self.is_allowed(whole, &step) {
                if self.arrives(*to, home) {
                    found = found.or(Some(visits.len()));
                }
                queue.push_back(visits.len());
                visits.push(Visit { step, before: None, when: first.when.clone() });
            }
        }
        'search: while found.is_none()
            && let Some(at) = queue.pop_front()
        {
            let Some((port, when)) = visits.get(at).map(|visit| (visit.step.to, visit.when.clone())) else { break };
            for step in self.steps(port) {
                let Some(left) = budget.checked_sub(1) else {
                    ran_out = true;
                    break 'search;
                };
                budget = left;
                if settled.get(step.to.0) == Some(&search) || !inside(step.to) || !self.is_allowed(whole, step) {
                    continue;
                }
                let Some(edge) = self.flow.edge(step.edge) else { continue };
                let together = when.and(&edge.when);
                if !together.is_possible() {
                    continue;
                }
                if together == first.when {
                    // Nothing that comes later can say more.
                    if let Some(slot) = settled.get_mut(step.to.0) {
                        *slot = search;
                    }
                } else {
                    let earlier = arrived.entry(step.to).or_default();
                    let covered = |at: &usize| visits.get(*at).is_none_or(|visit| together.implies(&visit.when));
                    if earlier.len() >= ARRIVALS || earlier.iter().any(covered) {
                        continue;
                    }
                    earlier.push(visits.len());
                }
                queue.push_back(visits.len());
                visits.push(Visit { step: *step, before: Some(at), when: together });
                if self.arrives(step.to, home) {
                    found = Some(visits.len() - 1);
                    break 'search;
                }
            }
        }
        self.settled = settled;
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
                let Some((PortId(to), allowed)) = self.next(PortId(port), place, whole) else {
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
                if !allowed {
                    continue;
                }
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
