//! The secrets of a world.

use super::named;
use super::shape::{self, Kind};
use crate::engine::Address;
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Entry, Guard, Parameter, SymbolKind, Text};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A scalar that holds a secret.
#[derive(Debug)]
pub struct Secret {
    /// The scalar.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
    /// The secret itself, decoded; more than one where a scalar holds several.
    pub texts: Vec<Box<str>>,
    /// Who gets it.
    pub holder: Holder,
    /// How many other functions and variables get it too.
    pub others: usize,
    /// The deployments in which it is there.
    pub when: Guard,
}

/// What holds a secret.
#[derive(Debug)]
pub enum Holder {
    /// A variable of a function's environment, and the parameter whose value it takes.
    Variable {
        /// The function.
        function: Address,
        /// The variable's name.
        name: Arc<str>,
        /// Where that stands.
        key: Span,
        /// The name of the parameter in which the secret is written.
        parameter: Option<Box<str>>,
    },
    /// The code of a function that is written in the template.
    Code {
        /// The function.
        function: Address,
        /// The line of the code, from 1.
        line: usize,
    },
    /// A parameter that no environment takes.
    Parameter {
        /// Its name.
        name: Box<str>,
    },
}

/// All secrets of a world, each scalar once.
#[derive(Debug, Default)]
pub struct Secrets {
    /// In the order in which they were met.
    pub list: Vec<Secret>,
}

impl Secrets {
    /// Looks for them in environments, in code that is written in templates, and in parameters. Linear in those.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let mut search = Search { found: Vec::new(), seen: FxHashMap::default() };
        for function in world.application.functions.iter().map(|function| function.resource) {
            search.environment(function);
            search.code(function);
        }
        for parameter in world.units.iter().flat_map(|unit| &unit.ties.parameters) {
            search.parameter(parameter);
        }
        Self { list: search.found }
    }
}

struct Search<'a> {
    found: Vec<Secret>,
    /// What was said of a scalar under a name: its place among what was found.
    seen: FxHashMap<(Span, &'a str), Option<usize>>,
}

/// What a text holds, and what of it.
fn judge(names: &[&str], text: &str) -> Option<(Kind, Vec<Box<str>>)> {
    let found = shape::find(text);
    if let Some(first) = found.first() {
        let parts = found.iter().filter_map(|found| text.get(found.range.clone())).map(Box::from).collect();
        return Some((first.kind, parts));
    }
    let kind = names.iter().find_map(|name| named::judge(name, text))?;
    Some((kind, vec![Box::from(text)]))
}

impl<'a> Search<'a> {
    fn environment(&mut self, function: &'a Resource) {
        let variables = function.properties.get("Environment.Variables");
        for (data, _, when) in variables.set() {
            let Data::Map(map) = *data else { continue };
            let when = when.and(&function.when);
            for entry in &map.entries {
                self.variable(function, entry, &when);
            }
        }
    }

    fn variable(&mut self, function: &'a Resource, entry: &'a Entry, when: &Guard) {
        for (data, span, case) in entry.value.set() {
            let Some(text) = data.text() else { continue };
            let parameter = parameter(text);
            let literals = text.literals(span);
            let spelled: Vec<(String, Span, Guard)> = if literals.cases().is_empty() {
                vec![(text.to_string(), span, Guard::always())]
            } else {
                literals.set().map(|(literal, span, when)| (literal.clone(), span, when.clone())).collect()
            };
            for (literal, at, within) in spelled {
                let key = (at, &*entry.key);
                if let Some(known) = self.seen.get(&key) {
                    if let Some(secret) = known.and_then(|index| self.found.get_mut(index)) {
                        secret.others += 1;
                    }
                    continue;
                }
                // A shared name is written twice in many templates: only what the parameter's own place holds is the parameter's.
                let parameter = parameter.filter(|_| at != span);
                let names = [Some(&*entry.key), parameter.map(|one| &*one.name)];
                let names: Vec<&str> = names.into_iter().flatten().collect();
                let judged = judge(&names, &literal);
                let when = when.and(case).and(&within);
                let judged = judged.filter(|_| when.is_possible());
                self.seen.insert(key, judged.is_some().then_some(self.found.len()));
                let Some((kind, texts)) = judged else { continue };
                let parameter = parameter.map(|one| one.name.clone());
                let holder = Holder::Variable {
                    function: function.address.clone(),
                    name: entry.key.clone(),
                    key: entry.key_span,
                    parameter,
                };
                self.add(at, kind, texts, holder, when);
            }
        }
    }

    /// One finding for one scalar, whatever the names that it goes under.
    fn add(&mut self, span: Span, kind: Kind, texts: Vec<Box<str>>, holder: Holder, when: Guard) {
        match self.seen.get(&(span, "")).copied().flatten().and_then(|index| self.found.get_mut(index)) {
            Some(known) => {
                known.others += 1;
                known.when = known.when.or(&when);
            }
            None => {
                self.seen.insert((span, ""), Some(self.found.len()));
                self.found.push(Secret { span, kind, texts, holder, others: 0, when });
            }
        }
    }

    fn code(&mut self, function: &'a Resource) {
        for (text, span, when) in function.get("Code.ZipFile").text().set() {
            let text = text.to_string();
            let found = shape::find(&text);
            let Some(first) = found.first() else { continue };
            let before = text.get(..first.range.start).unwrap_or_default();
            let line = 1 + before.bytes().filter(|byte| *byte == b'\n').count();
            let parts = found.iter().filter_map(|found| text.get(found.range.clone())).map(Box::from).collect();
            self.add(span, first.kind, parts, Holder::Code { function: function.address.clone(), line }, when.clone());
        }
    }

    fn parameter(&mut self, parameter: &Parameter) {
        for (value, span) in parameter.default.iter().chain(&parameter.allowed) {
            if self.seen.get(&(*span, "")).copied().flatten().is_some() {
                continue;
            }
            let found = shape::find(value);
            let Some(first) = found.first() else { continue };
            let texts = found.iter().filter_map(|found| value.get(found.range.clone())).map(Box::from).collect();
            let name = parameter.name.clone();
            self.add(*span, first.kind, texts, Holder::Parameter { name }, Guard::always());
        }
    }
}

/// The parameter that a text is.
fn parameter(text: &Text) -> Option<&Parameter> {
    match &text.as_symbol()?.kind {
        SymbolKind::Parameter(parameter) => Some(parameter),
        _ => None,
    }
}
