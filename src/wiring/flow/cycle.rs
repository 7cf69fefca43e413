//! Cycles: components first, then a breadth-first search inside one.

use super::{Cycle, EdgeId, EdgeKind, EventFlow, NodeId, Sureness};
use crate::value::Guard;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// The steps that all searches of a world may take together. Past it, what is left is not searched.
pub const BUDGET: usize = 500_000;

/// The strongly connected component of each node (Tarjan, without recursion).
pub(super) fn components(flow: &EventFlow) -> Vec<usize> {
    const NONE: usize = usize::MAX;
    let count = flow.nodes.len();
    let (mut index, mut low, mut component) = (vec![NONE; count], vec![NONE; count], vec![NONE; count]);
    let (mut stack, mut next, mut found) = (Vec::new(), 0, 0);
    let at = |list: &[usize], node: usize| list.get(node).copied().unwrap_or(NONE);
    let set = |list: &mut [usize], node: usize, value: usize| {
        if let Some(slot) = list.get_mut(node) {
            *slot = value;
        }
    };
    for root in 0..count {
        if at(&index, root) != NONE {
            continue;
        }
        let mut work = vec![(root, 0)];
        while let Some((node, step)) = work.pop() {
            if step == 0 {
                set(&mut index, node, next);
                set(&mut low, node, next);
                next += 1;
                stack.push(node);
            }
            let leaving = flow.leaving(NodeId(node)).get(step).and_then(|id| flow.edge(*id));
            let Some(edge) = leaving else {
                if at(&low, node) == at(&index, node) {
                    while let Some(member) = stack.pop() {
                        set(&mut component, member, found);
                        if member == node {
                            break;
                        }
                    }
                    found += 1;
                }
                if let Some((parent, _)) = work.last() {
                    let least = at(&low, *parent).min(at(&low, node));
                    set(&mut low, *parent, least);
                }
                continue;
            };
            work.push((node, step + 1));
            let to = edge.to.0;
            if at(&index, to) == NONE {
                work.push((to, 0));
            } else if at(&component, to) == NONE {
                let least = at(&low, node).min(at(&index, to));
                set(&mut low, node, least);
            }
        }
    }
    component
}

impl EventFlow {
    /// The strongest, then shortest cycle through an edge. Takes its steps from `budget`; with none left there is none.
    #[must_use]
    pub fn cycle(&self, start: EdgeId, budget: &mut usize) -> Option<Cycle> {
        let first = self.edge(start)?;
        let component = |node: NodeId| self.component.get(node.0).copied();
        if component(first.from) != component(first.to) {
            return None;
        }
        let strengths =
            [Sureness::Configured, Sureness::Named, Sureness::Unproven, Sureness::Wildcard, Sureness::WildcardUnproven];
        strengths.into_iter().find_map(|limit| self.within(start, limit, budget))
    }

    /// The shortest cycle through an edge whose steps are all at least this sure.
    fn within(&self, start: EdgeId, limit: Sureness, budget: &mut usize) -> Option<Cycle> {
        let first = self.edge(start)?;
        let home = self.component.get(first.from.0);
        let mut before: FxHashMap<EdgeId, (Option<EdgeId>, Guard)> = FxHashMap::default();
        before.insert(start, (None, first.when.clone()));
        let mut queue = VecDeque::from([start]);
        while let Some(id) = queue.pop_front() {
            let (edge, when) = (self.edge(id)?, before.get(&id)?.1.clone());
            if edge.to == first.from && self.joined(edge, first).is_some_and(|sureness| sureness <= limit) {
                let edges = path(&before, id);
                if let Some(sureness) = self.sureness(&edges).filter(|sureness| *sureness <= limit) {
                    return Some(Cycle { edges, sureness, when });
                }
            }
            for next in self.leaving(edge.to) {
                *budget = budget.checked_sub(1)?;
                let Some(following) = self.edge(*next) else { continue };
                if self.component.get(following.to.0) != home || before.contains_key(next) {
                    continue;
                }
                if self.joined(edge, following).is_none_or(|sureness| sureness > limit) {
                    continue;
                }
                let together = when.and(&following.when);
                if together.is_possible() {
                    before.insert(*next, (Some(id), together));
                    queue.push_back(*next);
                }
            }
        }
        None
    }

    /// How sure a closed way is as a whole. A failure is certain only where nothing but configuration closes the way: otherwise
    /// it takes a failure each time round.
    fn sureness(&self, edges: &[EdgeId]) -> Option<Sureness> {
        let mut worst = Sureness::Configured;
        let mut failure = false;
        for (id, next) in edges.iter().zip(edges.iter().cycle().skip(1)) {
            let edge = self.edge(*id)?;
            worst = worst.max(self.joined(edge, self.edge(*next)?)?);
            failure |= edge.kind == EdgeKind::Failure;
        }
        if failure && worst > Sureness::Configured {
            let wild = worst >= Sureness::Wildcard;
            worst = if wild { Sureness::WildcardUnproven } else { Sureness::Unproven };
        }
        Some(worst)
    }
}

/// The edges that led to one.
fn path(before: &FxHashMap<EdgeId, (Option<EdgeId>, Guard)>, last: EdgeId) -> Vec<EdgeId> {
    let mut edges = vec![last];
    let mut at = last;
    while let Some((Some(previous), _)) = before.get(&at) {
        edges.push(*previous);
        at = *previous;
    }
    edges.reverse();
    edges
}
