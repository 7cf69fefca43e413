//! Conditions as guards.

use super::parameters::intrinsic;
use super::template::Template;
use crate::syntax::NodeId;
use crate::value::{Answer, Guard, SymbolKind, Text};

/// Nesting of conditions beyond this is not followed.
const MAX_DEPTH: usize = 32;

impl Template<'_> {
    /// The deployments in which a named condition is true. A condition that is not declared, or that refers to
    /// itself, is an atom of its own.
    pub(super) fn condition(&self, name: &str) -> Guard {
        match self.guards.borrow().get(name) {
            Some(Some(guard)) => return guard.clone(),
            Some(None) => return Guard::always(),
            None => {}
        }
        self.guards.borrow_mut().insert(name.into(), None);
        let document = self.document;
        let node = document.get(self.root, "Conditions").and_then(|section| document.get(section, name));
        let guard = match node {
            Some(node) => self.truth(node, 0),
            None => self.opaque(name),
        };
        self.guards.borrow_mut().insert(name.into(), Some(guard.clone()));
        guard
    }

    /// The names of all conditions.
    pub(super) fn condition_names(&self) -> Vec<Box<str>> {
        let document = self.document;
        let section = document.get(self.root, "Conditions");
        let entries = section.map(|section| document.entries(section)).unwrap_or_default();
        entries.iter().filter_map(|entry| document.text(entry.key).map(Box::from)).collect()
    }

    fn truth(&self, id: NodeId, depth: usize) -> Guard {
        let document = self.document;
        if depth > MAX_DEPTH {
            return self.opaque(&self.spelled(id));
        }
        if let Some(argument) = document.get(id, "Condition").filter(|_| document.node(id).tag.is_none()) {
            return document.text(argument).map_or_else(Guard::always, |name| self.condition(name));
        }
        let Some((name, argument)) = intrinsic(document, id) else {
            return match document.text(id) {
                Some("true") => Guard::always(),
                Some("false") => Guard::never(),
                _ => self.opaque(&self.spelled(id)),
            };
        };
        let items = document.items(argument);
        match (name, items) {
            ("Condition", _) => document.text(argument).map_or_else(Guard::always, |name| self.condition(name)),
            ("Fn::Not", [item]) => self.truth(*item, depth + 1).not(),
            ("Fn::And", items) => {
                items.iter().fold(Guard::always(), |guard, item| guard.and(&self.truth(*item, depth + 1)))
            }
            ("Fn::Or", items) => {
                items.iter().fold(Guard::never(), |guard, item| guard.or(&self.truth(*item, depth + 1)))
            }
            ("Fn::Equals", [left, right]) => self.equality(*left, *right, id),
            _ => self.opaque(&self.spelled(id)),
        }
    }

    fn equality(&self, left: NodeId, right: NodeId, whole: NodeId) -> Guard {
        let (left, right) = (self.evaluate(left, 0), self.evaluate(right, 0));
        let (left, right) = (left.borrow().text(), right.borrow().text());
        if !left.is_exhaustive() || !right.is_exhaustive() {
            return self.opaque(&self.spelled(whole));
        }
        let mut guard = Guard::never();
        for (a, _, when_a) in left.set() {
            for (b, _, when_b) in right.set() {
                let both = when_a.and(when_b);
                guard = guard.or(&both.and(&self.same_text(a, b, whole)));
            }
        }
        guard
    }

    /// The deployments in which two texts are the same.
    fn same_text(&self, a: &Text, b: &Text, whole: NodeId) -> Guard {
        match a.equals(b) {
            Answer::Yes => return Guard::always(),
            Answer::No => return Guard::never(),
            Answer::Unknown => {}
        }
        for (symbol, other) in [(a, b), (b, a)] {
            let (Some(symbol), Some(literal)) = (symbol.as_symbol(), other.as_literal()) else { continue };
            if let SymbolKind::Parameter(parameter) = &symbol.kind
                && let Some(guard) = parameter.is(literal)
            {
                return guard;
            }
            if let Some(guard) = self.operand_guard(&symbol.name, literal) {
                return guard;
            }
        }
        self.opaque(&self.spelled(whole))
    }

    /// An atom for something that is true or false, who knows when.
    fn opaque(&self, operand: &str) -> Guard {
        let mut atoms = self.atoms.borrow_mut();
        let operand = format!("the condition {operand}");
        let atom = match atoms.get(&operand) {
            Some(known) => Some(known.atom),
            None => atoms.add(self.source, &operand, vec!["true".into(), "false".into()], false),
        };
        atom.map_or_else(Guard::always, |atom| Guard::atom(atom, 1))
    }

    /// A node as an operand: two that are written the same are the same.
    fn spelled(&self, id: NodeId) -> String {
        let mut out = String::new();
        self.document.render(id, &mut out, 0);
        out
    }
}
