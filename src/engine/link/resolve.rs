//! What the symbols of linked templates stand for, and the units with that put in.

use super::guards::Atoms;
use super::{Links, Place, Worlds, by_source};
use crate::frontend::{AtomName, Unit};
use crate::model::{Names, Resource};
use crate::source::{SourceId, Span};
use crate::value::{Case, Data, Entry, Guard, List, Map, Piece, Symbol, SymbolKind, Text, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// A symbol whose meaning is found through more templates than this stays a symbol.
const MAX_STEPS: usize = 64;
/// A text with more cases than this is not told apart.
const MAX_CASES: usize = 64;
/// A text that grows longer than this, in pieces or bytes, keeps its symbols.
const MAX_TEXT: usize = 8 * 1024;

/// What is known of a symbol.
#[derive(Clone, Debug)]
pub(super) enum Known {
    /// Nothing that its own template does not know.
    Itself,
    /// That it is something else than its template thinks.
    Hidden,
    /// What it is.
    Value(Arc<Value<Data>>),
}

/// Works out the symbols of linked units.
pub(super) struct Resolver<'a> {
    pub(super) units: &'a [Unit],
    links: &'a Links,
    /// The units of each world of several.
    pub(super) worlds: Vec<Vec<usize>>,
    by_source: FxHashMap<SourceId, usize>,
    /// The unit of each joined stack, by where it is declared.
    children: FxHashMap<(usize, &'a str), usize>,
    known: FxHashMap<Symbol, Known>,
    /// Symbols that are being worked out.
    open: FxHashSet<Symbol>,
    /// Symbols in names of resources: they stand for one text, or for themselves.
    naming: FxHashSet<Symbol>,
    /// What is shared within a unit stays shared: what each value became, beside the value itself.
    shared: FxHashMap<usize, (Arc<Value<Data>>, Option<Arc<Value<Data>>>)>,
    atoms: Atoms,
}

/// What becomes of a unit.
pub(super) struct Change {
    resources: Vec<Resource>,
    conditions: Vec<(Box<str>, Guard)>,
    atoms: Vec<AtomName>,
}

impl Change {
    pub(super) fn apply(self, unit: &mut Unit) {
        unit.resources = self.resources;
        unit.conditions = self.conditions;
        unit.atoms.extend(self.atoms);
    }
}

impl<'a> Resolver<'a> {
    pub(super) fn new(units: &'a [Unit], links: &'a Links, worlds: &mut Worlds) -> Self {
        let mut by_world: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        for unit in 0..units.len() {
            by_world.entry(worlds.of(unit)).or_default().push(unit);
        }
        let mut worlds: Vec<Vec<usize>> = by_world.into_values().filter(|world| world.len() > 1).collect();
        worlds.sort();
        let mut children = FxHashMap::default();
        for (child, place) in &links.parents {
            if let Some(stack) = units.get(place.unit).and_then(|unit| unit.resources.get(place.resource)) {
                children.insert((place.unit, &*stack.address), *child);
            }
        }
        Self {
            units,
            links,
            worlds,
            by_source: by_source(units),
            children,
            known: FxHashMap::default(),
            open: FxHashSet::default(),
            naming: FxHashSet::default(),
            shared: FxHashMap::default(),
            atoms: Atoms::default(),
        }
    }

    /// The units that become something else.
    pub(super) fn changes(mut self) -> Vec<(usize, Change)> {
        let worlds = std::mem::take(&mut self.worlds);
        for unit in worlds.iter().flatten().filter_map(|index| self.units.get(*index)) {
            for names in unit.resources.iter().map(|resource| &resource.names) {
                for text in [&names.name, &names.reference].into_iter().chain(&names.arn) {
                    self.naming.extend(text.symbols().map(|symbol| Symbol::clone(symbol)));
                }
            }
        }
        let mut changes = Vec::new();
        for world in &worlds {
            let mut atoms = std::mem::take(&mut self.atoms);
            atoms.learn(&mut self, world);
            let mut names = atoms.take_names();
            self.atoms = atoms;
            for (place, index) in world.iter().enumerate() {
                let Some(unit) = self.units.get(*index) else { continue };
                let above = self.above(*index);
                let mut change = self.change(unit, &above);
                if place == 0 {
                    change.atoms = std::mem::take(&mut names);
                }
                changes.push((*index, change));
            }
        }
        changes
    }

    /// The deployments that have a unit's stack at all.
    fn above(&self, unit: usize) -> Guard {
        let mut guard = Guard::always();
        let mut at = unit;
        while let Some(place) = self.links.parents.get(&at) {
            if let Some(stack) = self.stack(*place) {
                guard = guard.and(&stack.when);
            }
            at = place.unit;
        }
        guard
    }

    fn stack(&self, place: Place) -> Option<&'a Resource> {
        self.units.get(place.unit)?.resources.get(place.resource)
    }

    fn change(&mut self, unit: &Unit, above: &Guard) -> Change {
        self.shared.clear();
        let mut resources = Vec::with_capacity(unit.resources.len());
        for resource in &unit.resources {
            let mut resource = resource.clone();
            if let Some(properties) = self.value(&resource.properties) {
                resource.properties = properties;
            }
            if let Some(metadata) = self.value(&resource.metadata) {
                resource.metadata = metadata;
            }
            resource.when = self.guard(&resource.when.and(above));
            resource.names = Names {
                name: self.name(&resource.names.name),
                reference: self.name(&resource.names.reference),
                arn: resource.names.arn.as_ref().map(|arn| self.name(arn)),
            };
            resources.push(resource);
        }
        self.shared.clear();
        let conditions = unit.conditions.iter().map(|(name, guard)| (name.clone(), self.guard(guard))).collect();
        Change { resources, conditions, atoms: Vec::new() }
    }

    fn guard(&mut self, guard: &Guard) -> Guard {
        if guard.is_always() { guard.clone() } else { self.atoms.rewrite(guard) }
    }

    /// A name with its symbols replaced; each stands for one text.
    fn name(&mut self, text: &Text) -> Text {
        match self.expanded(text, 0) {
            Some(value) => value.borrow().text().only().map_or_else(|| text.clone(), |text| self.atoms.renewed(text)),
            None => self.atoms.renewed(text),
        }
    }

    /// A value with its symbols and atoms replaced; `None` where nothing changes.
    fn value(&mut self, value: &Value<Data>) -> Option<Value<Data>> {
        let mut changed = false;
        let mut exhaustive = value.is_exhaustive();
        let mut cases = Vec::with_capacity(value.cases().len());
        for case in value.cases() {
            let when = self.guard(&case.when);
            changed |= when != case.when;
            let became = match &case.value {
                None => None,
                Some(Data::Text(text)) => match self.text(text, case.span) {
                    Some(inner) => {
                        changed = true;
                        exhaustive &= inner.is_exhaustive();
                        cases.extend(inner.within(&when).into_cases());
                        continue;
                    }
                    None => None,
                },
                Some(Data::Map(map)) => self.map(map).map(Data::Map),
                Some(Data::List(list)) => self.list(list).map(Data::List),
            };
            changed |= became.is_some();
            cases.push(Case { value: became.or_else(|| case.value.clone()), span: case.span, when });
        }
        changed.then(|| Value::from_cases(cases, exhaustive, value.span()))
    }

    fn child(&mut self, value: &Arc<Value<Data>>) -> Option<Arc<Value<Data>>> {
        let key = Arc::as_ptr(value).addr();
        if let Some((_, became)) = self.shared.get(&key) {
            return became.clone();
        }
        let became = self.value(value).map(Arc::new);
        // Most values stand in one place; only what is shared is worth remembering.
        if Arc::strong_count(value) > 1 {
            self.shared.insert(key, (value.clone(), became.clone()));
        }
        became
    }

    fn map(&mut self, map: &Map) -> Option<Map> {
        let became: Vec<_> = map.entries.iter().map(|entry| self.child(&entry.value)).collect();
        became.iter().any(Option::is_some).then(|| Map {
            entries: map
                .entries
                .iter()
                .zip(became)
                .map(|(entry, became)| Entry { value: became.unwrap_or_else(|| entry.value.clone()), ..entry.clone() })
                .collect(),
            open: map.open,
        })
    }

    fn list(&mut self, list: &List) -> Option<List> {
        let became: Vec<_> = list.items.iter().map(|item| self.child(item)).collect();
        became.iter().any(Option::is_some).then(|| List {
            items: list.items.iter().zip(became).map(|(item, became)| became.unwrap_or_else(|| item.clone())).collect(),
            open: list.open,
        })
    }

    /// What a text that stands at `span` can be, atoms replaced; `None` where nothing changes.
    fn text(&mut self, text: &Text, span: Span) -> Option<Value<Data>> {
        let expanded = self.expanded(text, 0);
        if expanded.is_none() && !self.atoms.renews(text) {
            return None;
        }
        let value = expanded.unwrap_or_else(|| Value::known(Data::Text(text.clone()), span));
        let exhaustive = value.is_exhaustive();
        let cases = value.into_cases().into_iter().map(|case| {
            let literal = case.value.as_ref().and_then(Data::text).is_some_and(|text| text.as_literal().is_some());
            Case {
                // What is written out in another file is pointed at there, as a parameter's default is where it is written.
                span: if literal && case.span != Span::default() { case.span } else { span },
                when: self.guard(&case.when),
                value: case.value.map(|data| match data {
                    Data::Text(text) => Data::Text(self.atoms.renewed(&text)),
                    other => other,
                }),
            }
        });
        let cases: Vec<_> = cases.collect();
        Some(Value::from_cases(cases, exhaustive, span))
    }

    /// The texts that a text is with its symbols replaced, under the guards of where those come from; `None` where none is. A case that
    /// is no longer written in one place has no span.
    fn expanded(&mut self, text: &Text, steps: usize) -> Option<Value<Data>> {
        text.symbols().next()?;
        let known: Vec<(Arc<Symbol>, Known)> = text
            .symbols()
            .cloned()
            .collect::<Vec<_>>()
            .into_iter()
            .map(|symbol| {
                let known = self.known(&symbol, steps);
                (symbol, known)
            })
            .collect();
        if known.iter().all(|(_, known)| matches!(known, Known::Itself)) {
            return None;
        }
        if let ([(symbol, Known::Value(value))], Some(_)) = (known.as_slice(), text.as_symbol()) {
            if self.naming.contains(&**symbol) && single(value).is_none() {
                return Some(Value::known(Data::Text(hidden(symbol)), Span::default()));
            }
            return Some(Value::clone(value));
        }
        self.joined(text, &known).or_else(|| {
            let pieces = text.pieces().iter().map(|piece| match piece {
                Piece::Symbol(symbol)
                    if known.iter().any(|(of, known)| of == symbol && !matches!(known, Known::Itself)) =>
                {
                    Piece::Symbol(Arc::new(hidden_symbol(symbol)))
                }
                other => other.clone(),
            });
            Some(Value::known(Data::Text(Text::from_pieces(pieces)), Span::default()))
        })
    }

    /// Every combination of what the pieces can be; `None` when those are too many or too long.
    fn joined(&self, text: &Text, known: &[(Arc<Symbol>, Known)]) -> Option<Value<Data>> {
        let mut cases = vec![(Text::default(), Guard::always())];
        let mut exhaustive = true;
        for piece in text.pieces() {
            let Piece::Symbol(symbol) = piece else {
                for (text, _) in &mut cases {
                    text.push(piece.clone());
                }
                continue;
            };
            let meaning = known.iter().find(|(of, _)| of == symbol).map(|(_, known)| known);
            let options: Vec<(Text, Guard)> = match meaning {
                Some(Known::Value(value)) if single(value).is_some() || !self.naming.contains(&**symbol) => {
                    exhaustive &= value.is_exhaustive();
                    value.set().filter_map(|(data, _, when)| Some((data.text()?.clone(), when.clone()))).collect()
                }
                Some(Known::Hidden | Known::Value(_)) => vec![(hidden(symbol), Guard::always())],
                Some(Known::Itself) | None => vec![(Text::from_pieces([piece.clone()]), Guard::always())],
            };
            let mut next = Vec::with_capacity(cases.len() * options.len());
            for (before, when_before) in &cases {
                for (option, when) in &options {
                    let when = when_before.and(when);
                    if when.is_possible() {
                        let mut text = before.clone();
                        text.append(option);
                        next.push((text, when));
                    }
                }
            }
            if next.len() > MAX_CASES || next.iter().any(|(text, _)| is_long(text)) {
                return None;
            }
            cases = next;
        }
        let case = |(text, when)| Case { value: Some(Data::Text(text)), span: Span::default(), when };
        Some(Value::from_cases(cases.into_iter().map(case).collect(), exhaustive, Span::default()))
    }

    /// What is known of a symbol, with the guards of where that comes from.
    pub(super) fn known(&mut self, symbol: &Arc<Symbol>, steps: usize) -> Known {
        if let Some(known) = self.known.get(&**symbol) {
            return known.clone();
        }
        let Some(origin) = self.origin(symbol) else { return Known::Itself };
        if steps >= MAX_STEPS || !self.open.insert(Symbol::clone(symbol)) {
            return Known::Hidden;
        }
        let known = match origin {
            Known::Value(value) => self.followed(&value, steps + 1),
            other => other,
        };
        self.open.remove(&**symbol);
        self.known.insert(Symbol::clone(symbol), known.clone());
        known
    }

    /// What another template gives, before what it is made of is followed. `None`: the symbol is nothing of others.
    fn origin(&self, symbol: &Symbol) -> Option<Known> {
        let unit = *self.by_source.get(&symbol.scope)?;
        match &symbol.kind {
            SymbolKind::Parameter(parameter) => {
                let stack = self.stack(*self.links.parents.get(&unit)?)?;
                // Such a parameter is given the name of what holds its value.
                if parameter.kind.starts_with("AWS::SSM::Parameter::Value") {
                    return None;
                }
                let given = stack.properties.get("Parameters");
                let given = if given.is_unset() { return None } else { given.get(&parameter.name) };
                if given.is_unset() { None } else { Some(texts(&given)) }
            }
            SymbolKind::Attribute => {
                let (stack, output) = symbol.name.split_once(".Outputs.")?;
                let child = self.units.get(*self.children.get(&(unit, stack))?)?;
                let output = child.ties.outputs.iter().find(|known| *known.name == *output)?;
                Some(texts(&output.value.borrow()))
            }
            SymbolKind::Other => {
                let (exporter, place) = self.links.imports.get(&(unit, symbol.name.clone()))?;
                let output = self.units.get(*exporter)?.ties.outputs.get(*place)?;
                Some(texts(&output.value.borrow()))
            }
            SymbolKind::Pseudo | SymbolKind::Name => None,
        }
    }

    fn followed(&mut self, value: &Value<Data>, steps: usize) -> Known {
        let mut cases = Vec::new();
        let mut exhaustive = value.is_exhaustive();
        for case in value.cases() {
            let Some(Data::Text(text)) = &case.value else { return Known::Hidden };
            match self.expanded(text, steps) {
                None => cases.push(case.clone()),
                Some(inner) => {
                    exhaustive &= inner.is_exhaustive();
                    let inner = inner.within(&case.when).into_cases().into_iter();
                    let whole = |span: Span| if span == Span::default() { case.span } else { span };
                    cases.extend(inner.map(|inner| Case { span: whole(inner.span), ..inner }));
                }
            }
        }
        if !exhaustive || cases.is_empty() || cases.len() > MAX_CASES {
            return Known::Hidden;
        }
        Known::Value(Arc::new(Value::from_cases(cases, true, value.span())))
    }
}

/// A value that is texts in all its cases; hidden otherwise.
fn texts(value: &Value<&Data>) -> Known {
    if value.every(|data| data.is_some_and(|data| data.text().is_some())) {
        Known::Value(Arc::new(value.filter_map(|data| Some((*data).clone()))))
    } else {
        Known::Hidden
    }
}

/// The one text that a value is in every deployment that has it.
pub(super) fn single(value: &Value<Data>) -> Option<&Text> {
    value.only().and_then(Data::text)
}

fn is_long(text: &Text) -> bool {
    text.pieces().len() + text.literal_parts().map(str::len).sum::<usize>() > MAX_TEXT
}

/// A symbol that is itself wherever it stands, and of which nothing else is known.
fn hidden_symbol(symbol: &Symbol) -> Symbol {
    Symbol { kind: SymbolKind::Other, name: symbol.name.clone(), scope: symbol.scope }
}

fn hidden(symbol: &Symbol) -> Text {
    Text::symbol(hidden_symbol(symbol))
}
