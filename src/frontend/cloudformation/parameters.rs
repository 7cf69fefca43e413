//! Parameters, and the atoms of a template's guards.

use crate::frontend::unit::AtomName;
use crate::source::SourceId;
use crate::syntax::{Document, Entry, Kind, NodeId};
use crate::value::{Atom, Parameter, parse_boolean};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// An operand with more values than this is not told apart.
const MAX_VALUES: usize = 62;

/// The atoms of a template by operand (`Env`, `AWS::Region`).
#[derive(Debug, Default)]
pub(super) struct Atoms {
    list: Vec<AtomName>,
    by_operand: FxHashMap<Box<str>, usize>,
}

impl Atoms {
    pub(super) fn get(&self, operand: &str) -> Option<&AtomName> {
        self.by_operand.get(operand).and_then(|index| self.list.get(*index))
    }

    /// Adds an operand with these values; `open` when it may have others.
    pub(super) fn add(&mut self, source: SourceId, operand: &str, values: Vec<Box<str>>, open: bool) -> Option<Atom> {
        let size = values.len() + usize::from(open);
        if !(2..=MAX_VALUES).contains(&size) {
            return None;
        }
        let atom =
            Atom { id: (u64::from(source.0) << 32) | self.list.len() as u64, size: u8::try_from(size).unwrap_or(64) };
        self.by_operand.insert(operand.into(), self.list.len());
        self.list.push(AtomName { atom, operand: operand.into(), values });
        Some(atom)
    }

    pub(super) fn into_vec(self) -> Vec<AtomName> {
        self.list
    }
}

/// The literals that each operand is compared with or looked up by, anywhere in the template.
pub(super) fn compared_literals(document: &Document, mappings: Option<NodeId>) -> FxHashMap<String, Vec<Box<str>>> {
    let mut found: FxHashMap<String, Vec<Box<str>>> = FxHashMap::default();
    let mut add = |operand: Option<String>, literals: &mut dyn Iterator<Item = &str>| {
        let Some(operand) = operand else { return };
        let list = found.entry(operand).or_default();
        for literal in literals {
            if list.len() <= MAX_VALUES && !list.iter().any(|known| &**known == literal) {
                list.push(literal.into());
            }
        }
    };
    for id in document.ids() {
        let Some((name, argument)) = intrinsic(document, id) else { continue };
        let items = document.items(argument);
        match (name, items) {
            ("Fn::Equals", [left, right]) => {
                add(operand(document, *left), &mut plain(document, *right).into_iter());
                add(operand(document, *right), &mut plain(document, *left).into_iter());
            }
            ("Fn::FindInMap", [map, top, second, ..]) => {
                let Some(mappings) = mappings else { continue };
                let table = plain(document, *map).and_then(|map| document.get(mappings, map));
                let Some(table) = table else { continue };
                if let Some(operand) = operand(document, *top) {
                    let entries = document.entries(table);
                    add(Some(operand), &mut entries.iter().filter_map(|entry| document.text(entry.key)));
                }
                if let Some(operand) = operand(document, *second) {
                    for row in document.entries(table).iter().take(MAX_VALUES) {
                        let entries = document.entries(row.value);
                        add(Some(operand.clone()), &mut entries.iter().filter_map(|entry| document.text(entry.key)));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// The intrinsic that a node is: its long name and its argument.
pub(super) fn intrinsic(document: &Document, id: NodeId) -> Option<(&str, NodeId)> {
    let node = document.written(id);
    if let Some(tag) = &node.tag {
        return long_name(&tag.name).map(|name| (name, id));
    }
    let Kind::Map(entries) = &node.kind else { return None };
    long_form(document, entries)
}

/// The intrinsic that a map's entries are: `Ref` or `Fn::…` as the only key.
pub(super) fn long_form<'d>(document: &'d Document, entries: &[Entry]) -> Option<(&'d str, NodeId)> {
    let [entry] = entries else { return None };
    let key = document.text(entry.key)?;
    (key == "Ref" || (key.starts_with("Fn::") && !key.starts_with("Fn::ForEach::"))).then_some((key, entry.value))
}

/// The long form of a short tag's name.
fn long_name(tag: &str) -> Option<&'static str> {
    Some(match tag {
        "Ref" => "Ref",
        "Condition" => "Condition",
        "GetAtt" => "Fn::GetAtt",
        "Sub" => "Fn::Sub",
        "Join" => "Fn::Join",
        "If" => "Fn::If",
        "Select" => "Fn::Select",
        "Split" => "Fn::Split",
        "FindInMap" => "Fn::FindInMap",
        "ImportValue" => "Fn::ImportValue",
        "Base64" => "Fn::Base64",
        "Cidr" => "Fn::Cidr",
        "GetAZs" => "Fn::GetAZs",
        "Equals" => "Fn::Equals",
        "And" => "Fn::And",
        "Or" => "Fn::Or",
        "Not" => "Fn::Not",
        "Transform" => "Fn::Transform",
        "Length" => "Fn::Length",
        "ToJsonString" => "Fn::ToJsonString",
        _ => "Fn::Unknown",
    })
    .filter(|_| !tag.is_empty())
}

/// The operand that a `Ref` compares.
fn operand(document: &Document, id: NodeId) -> Option<String> {
    match intrinsic(document, id)? {
        ("Ref", name) => document.text(name).map(str::to_owned),
        _ => None,
    }
}

/// A scalar without a tag.
fn plain(document: &Document, id: NodeId) -> Option<&str> {
    if document.node(id).tag.is_some() { None } else { document.text(id) }
}

/// Reads one parameter; `compared` are the literals that it is compared with.
pub(super) fn read(
    document: &Document,
    source: SourceId,
    name: &str,
    key: NodeId,
    node: NodeId,
    compared: Option<Vec<Box<str>>>,
    atoms: &mut Atoms,
) -> Parameter {
    let field = |field: &str| document.get(node, field).filter(|id| !document.is_null(*id));
    let kind = field("Type").and_then(|id| document.text(id)).unwrap_or("String");
    // The text of an SSM parameter type is the name to look up, not the value.
    let looked_up = kind.starts_with("AWS::SSM::Parameter::Value");
    let spelled = |id: NodeId| document.text(id).map(|text| (Box::from(text), document.node(id).span));
    let default = field("Default").and_then(spelled).filter(|_| !looked_up);
    let written = field("AllowedValues").map(|id| document.items(id)).unwrap_or_default();
    let allowed: Vec<(Box<str>, _)> = written.iter().filter_map(|id| spelled(*id)).filter(|_| !looked_up).collect();
    let closed = !allowed.is_empty() && allowed.len() == written.len();
    let no_echo = field("NoEcho").and_then(|id| document.text(id)).and_then(parse_boolean).unwrap_or(false);

    let mut values: Vec<Box<str>> = Vec::new();
    let known = allowed.iter().chain(default.iter().filter(|_| !closed)).map(|(value, _)| value.clone());
    for value in known.chain(compared.clone().into_iter().flatten().filter(|_| !closed)) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    // A parameter that nothing compares and that has no choice needs no atom.
    let needed = closed || compared.is_some();
    let atom = needed.then(|| atoms.add(source, name, values.clone(), !closed)).flatten();
    Parameter {
        name: name.into(),
        kind: kind.into(),
        default,
        allowed,
        closed,
        no_echo,
        atom: atom.map(|atom| (atom, Arc::from(values))),
        span: document.node(key).span,
    }
}
