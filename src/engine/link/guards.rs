//! The atoms of linked templates: what is one choice in the deployment becomes one atom.
//!
//! A parameter that a parent passes on to two nested stacks has an atom in each of the three templates. As long as those are three, `prod` in
//! one goes with `dev` in the other, which no deployment has.

use super::resolve::{Known, Resolver};
use crate::frontend::AtomName;
use crate::source::SourceId;
use crate::value::{Answer, Atom, Data, Guard, Parameter, Piece, Symbol, SymbolKind, Text};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// An operand with more values than this is not told apart.
const MAX_VALUES: usize = 62;

/// The atoms made here are numbered as if they were those of a source that no run has.
const SOURCE: u64 = u32::MAX as u64;

/// What the atoms of linked templates become.
#[derive(Debug, Default)]
pub(super) struct Atoms {
    plans: FxHashMap<Atom, Plan>,
    choices: FxHashMap<Text, Choice>,
    /// What was worked out; `None` while it is.
    done: FxHashMap<(Atom, u64), Option<Guard>>,
    made: u64,
    names: Vec<AtomName>,
}

/// What an operand of one template is.
#[derive(Debug)]
struct Plan {
    /// The values by bit; one bit more stands for "anything else".
    values: Arc<[Box<str>]>,
    /// What the operand is, each case in its deployments.
    cases: Vec<(Text, Guard)>,
}

/// A text that several templates compare.
#[derive(Debug, Default)]
struct Choice {
    atom: Option<Atom>,
    values: Vec<Box<str>>,
    /// Whether it may have another value.
    open: bool,
    members: Vec<(Atom, Arc<[Box<str>]>, bool)>,
}

impl Atoms {
    /// Learns what the atoms of a world's units are.
    pub(super) fn learn(&mut self, resolver: &mut Resolver, world: &[usize]) {
        let mut order: Vec<Text> = Vec::new();
        for unit in world.iter().filter_map(|index| resolver.units.get(*index)) {
            for parameter in &unit.ties.parameters {
                let Some((atom, values)) = &parameter.atom else { continue };
                let symbol = Arc::new(Symbol {
                    kind: SymbolKind::Parameter(parameter.clone()),
                    name: parameter.name.clone(),
                    scope: unit.source,
                });
                let cases = match resolver.known(&symbol, 0) {
                    Known::Itself => vec![(Text::from_pieces([Piece::Symbol(symbol)]), Guard::always())],
                    Known::Hidden => continue,
                    Known::Value(value) => {
                        let text = |(data, _, when): (&Data, _, &Guard)| Some((data.text()?.clone(), when.clone()));
                        value.set().filter_map(text).collect()
                    }
                };
                self.member(*atom, values.clone(), cases, &mut order);
            }
            for name in &unit.atoms {
                let symbol =
                    Symbol { kind: SymbolKind::Pseudo, name: name.operand.clone(), scope: SourceId::default() };
                if name.operand.starts_with("AWS::") && symbol.is_shared() {
                    let values = Arc::from(name.values.clone());
                    self.member(name.atom, values, vec![(Text::symbol(symbol), Guard::always())], &mut order);
                }
            }
        }
        for text in order {
            self.choose(&text);
        }
    }

    fn member(&mut self, atom: Atom, values: Arc<[Box<str>]>, cases: Vec<(Text, Guard)>, order: &mut Vec<Text>) {
        let open = usize::from(atom.size) > values.len();
        for (text, _) in &cases {
            if values.iter().all(|value| is(text, value) != Answer::Unknown) {
                continue;
            }
            let choice = self.choices.entry(text.clone()).or_insert_with(|| {
                order.push(text.clone());
                Choice::default()
            });
            choice.members.push((atom, values.clone(), open));
        }
        self.plans.insert(atom, Plan { values, cases });
    }

    /// Makes the atom of a text that is compared in several places.
    fn choose(&mut self, text: &Text) {
        let Some(choice) = self.choices.get_mut(text) else { return };
        let mut closed = choice.members.iter().filter(|(_, _, open)| !open).map(|(_, values, _)| values);
        let values: Vec<Box<str>> = match closed.next() {
            Some(first) => {
                let others: Vec<_> = closed.collect();
                first.iter().filter(|value| others.iter().all(|other| other.contains(value))).cloned().collect()
            }
            None => {
                choice.open = true;
                let mut values: Vec<Box<str>> = Vec::new();
                for value in choice.members.iter().flat_map(|(_, values, _)| values.iter()) {
                    if values.len() <= MAX_VALUES && !values.contains(value) {
                        values.push(value.clone());
                    }
                }
                values
            }
        };
        let own = |symbol: &Arc<Symbol>| match &symbol.kind {
            SymbolKind::Parameter(parameter) => parameter.atom.as_ref().map(|(atom, _)| *atom),
            _ => None,
        };
        match choice.members.as_slice() {
            // Compared in its own template only.
            [(atom, known, _)] if text.as_symbol().and_then(own) == Some(*atom) => {
                choice.atom = Some(*atom);
                choice.values = known.to_vec();
            }
            _ => {
                let size = values.len() + usize::from(choice.open);
                if (1..=MAX_VALUES).contains(&size) {
                    let id = SOURCE << 32 | self.made;
                    self.made += 1;
                    let atom = Atom { id, size: u8::try_from(size).unwrap_or(64) };
                    let operand = text.as_symbol().map_or_else(|| text.to_string(), |symbol| symbol.name.to_string());
                    self.names.push(AtomName { atom, operand: operand.into(), values: values.clone() });
                    choice.atom = Some(atom);
                    choice.values = values;
                }
            }
        }
    }

    /// The atoms that were made, in words.
    pub(super) fn take_names(&mut self) -> Vec<AtomName> {
        std::mem::take(&mut self.names)
    }

    /// A guard in terms of what the atoms are.
    pub(super) fn rewrite(&mut self, guard: &Guard) -> Guard {
        if self.plans.is_empty() {
            return guard.clone();
        }
        guard.rewrite(&mut |atom, values| self.factor(atom, values))
    }

    /// Where an atom takes one of some values. `None`: it stays an atom.
    fn factor(&mut self, atom: Atom, chosen: u64) -> Option<Guard> {
        match self.done.get(&(atom, chosen)) {
            Some(Some(guard)) => return Some(guard.clone()),
            // What depends on itself stays an atom.
            Some(None) => return None,
            None => {}
        }
        let plan = self.plans.get(&atom)?;
        let (values, cases) = (plan.values.clone(), plan.cases.clone());
        self.done.insert((atom, chosen), None);
        let mut sum = Guard::never();
        for (text, when) in &cases {
            let mut chosen_here = Guard::never();
            let mut named = Guard::never();
            for (bit, value) in values.iter().enumerate() {
                let Some(guard) = self.has(text, value) else {
                    self.done.remove(&(atom, chosen));
                    return None;
                };
                if chosen >> bit & 1 == 1 {
                    chosen_here = chosen_here.or(&guard);
                }
                named = named.or(&guard);
            }
            if chosen >> values.len() & 1 == 1 {
                chosen_here = chosen_here.or(&named.not());
            }
            let when = self.rewrite(when);
            sum = sum.or(&when.and(&chosen_here));
        }
        self.done.insert((atom, chosen), Some(sum.clone()));
        Some(sum)
    }

    /// Where a text has a value.
    fn has(&self, text: &Text, value: &str) -> Option<Guard> {
        match is(text, value) {
            Answer::Yes => Some(Guard::always()),
            Answer::No => Some(Guard::never()),
            Answer::Unknown => {
                let choice = self.choices.get(text)?;
                let atom = choice.atom?;
                match choice.values.iter().position(|known| **known == *value) {
                    Some(bit) => Some(Guard::atom(atom, 1 << bit)),
                    // One of the templates refuses it.
                    None => Some(Guard::never()),
                }
            }
        }
    }

    /// Whether a text holds a parameter whose atom became another.
    pub(super) fn renews(&self, text: &Text) -> bool {
        text.symbols().any(|symbol| self.renewal(symbol).is_some())
    }

    /// A text whose parameters speak of the atoms that there are.
    pub(super) fn renewed(&self, text: &Text) -> Text {
        if !self.renews(text) {
            return text.clone();
        }
        Text::from_pieces(text.pieces().iter().map(|piece| match piece {
            Piece::Symbol(symbol) => Piece::Symbol(self.renewal(symbol).unwrap_or_else(|| symbol.clone())),
            other => other.clone(),
        }))
    }

    fn renewal(&self, symbol: &Arc<Symbol>) -> Option<Arc<Symbol>> {
        let SymbolKind::Parameter(parameter) = &symbol.kind else { return None };
        if self.choices.is_empty() {
            return None;
        }
        let choice = self.choices.get(&Text::from_pieces([Piece::Symbol(symbol.clone())]))?;
        let atom = choice.atom?;
        if parameter.atom.as_ref().is_some_and(|(known, _)| *known == atom) {
            return None;
        }
        let parameter =
            Parameter { atom: Some((atom, Arc::from(choice.values.clone()))), ..Parameter::clone(parameter) };
        Some(Arc::new(Symbol { kind: SymbolKind::Parameter(Arc::new(parameter)), ..Symbol::clone(symbol) }))
    }
}

/// Whether a text is a value. The name of a resource, and whatever has characters in it, is not empty.
fn is(text: &Text, value: &str) -> Answer {
    let filled = text.pieces().iter().any(|piece| match piece {
        Piece::Literal(_) => true,
        Piece::Symbol(symbol) => matches!(symbol.kind, SymbolKind::Name | SymbolKind::Attribute | SymbolKind::Pseudo),
        Piece::Any | Piece::One => false,
    });
    if value.is_empty() && filled { Answer::No } else { text.equals(&Text::literal(value)) }
}
