//! A template's sections and look-ups, shared by all steps of its lowering.

use super::naming::{Naming, naming_of};
use super::parameters::{self, Atoms};
use crate::source::{SourceId, Span};
use crate::syntax::{Document, NodeId};
use crate::value::{Guard, Parameter, Piece, Symbol, SymbolKind, Text};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many nodes are evaluated at most. An honest template of 51,200 bytes (CloudFormation's limit; 1 MB from S3)
/// has a fraction of that; an alias bomb has more.
const NODE_BUDGET: usize = 400_000;

/// A resource of the `Resources` section, `Fn::ForEach` loops unrolled.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// The logical id.
    pub(super) id: Arc<str>,
    /// Where the id is written.
    pub(super) key: NodeId,
    /// The resource's map.
    pub(super) node: NodeId,
    /// Its `Type`.
    pub(super) kind: Arc<str>,
    /// The loop variables in force.
    pub(super) bindings: Vec<(Box<str>, Text)>,
}

/// One template while it is lowered.
pub(super) struct Template<'a> {
    pub(super) source: SourceId,
    /// The source's text.
    pub(super) text: &'a str,
    pub(super) document: &'a Document,
    pub(super) root: NodeId,
    pub(super) parameters: FxHashMap<Box<str>, Arc<Parameter>>,
    pub(super) mappings: Option<NodeId>,
    pub(super) atoms: RefCell<Atoms>,
    pub(super) declared: Vec<Declared>,
    /// By logical id: the place in `declared`.
    by_id: FxHashMap<Arc<str>, usize>,
    /// Logical ids that SAM makes, with their types.
    pub(super) generated: FxHashMap<Box<str>, &'static str>,
    pub(super) guards: RefCell<FxHashMap<Box<str>, Option<Guard>>>,
    names: RefCell<FxHashMap<Box<str>, Text>>,
    naming_now: RefCell<FxHashSet<Box<str>>>,
    pub(super) bindings: RefCell<Vec<(Box<str>, Text)>>,
    /// The names of the symbols that stand for imports.
    pub(super) imports: RefCell<BTreeSet<Box<str>>>,
    /// Nodes that may still be evaluated.
    pub(super) budget: Cell<usize>,
    /// Whether resources may exist that are not seen.
    pub(super) open: Cell<bool>,
}

impl<'a> Template<'a> {
    /// Reads the sections that everything else needs.
    pub(super) fn new(source: SourceId, text: &'a str, document: &'a Document, root: NodeId) -> Self {
        let section = |name: &str| document.get(root, name);
        let mappings = section("Mappings");
        let mut compared = parameters::compared_literals(document, mappings);
        let mut atoms = Atoms::default();
        let mut all = FxHashMap::default();
        for entry in section("Parameters").map(|id| document.entries(id)).unwrap_or_default() {
            let Some(name) = document.text(entry.key) else { continue };
            let literals = compared.remove(name);
            let parameter = parameters::read(document, source, name, entry.key, entry.value, literals, &mut atoms);
            all.insert(Box::from(name), Arc::new(parameter));
        }
        // What is left is compared without being a parameter: pseudo parameters and loop variables.
        let mut rest: Vec<_> = compared.into_iter().filter(|(name, _)| name.starts_with("AWS::")).collect();
        rest.sort();
        for (name, literals) in rest {
            atoms.add(source, &name, literals, true);
        }
        Self {
            source,
            text,
            document,
            root,
            parameters: all,
            mappings,
            atoms: RefCell::new(atoms),
            declared: Vec::new(),
            by_id: FxHashMap::default(),
            generated: FxHashMap::default(),
            guards: RefCell::default(),
            names: RefCell::default(),
            naming_now: RefCell::default(),
            bindings: RefCell::default(),
            imports: RefCell::default(),
            budget: Cell::new(NODE_BUDGET),
            open: Cell::new(false),
        }
    }

    /// Adds a resource; of two with one id the last wins.
    pub(super) fn declare(&mut self, declared: Declared) {
        match self.by_id.get(&declared.id) {
            Some(index) => {
                if let Some(slot) = self.declared.get_mut(*index) {
                    *slot = declared;
                }
            }
            None => {
                self.by_id.insert(declared.id.clone(), self.declared.len());
                self.declared.push(declared);
            }
        }
    }

    /// The declared resource with this logical id.
    pub(super) fn resource(&self, id: &str) -> Option<&Declared> {
        self.by_id.get(id).and_then(|index| self.declared.get(*index))
    }

    /// The type of a declared or generated resource.
    pub(super) fn kind_of(&self, id: &str) -> Option<&str> {
        self.resource(id).map(|declared| &*declared.kind).or_else(|| self.generated.get(id).copied())
    }

    /// The span of a node with its tag.
    pub(super) fn span(&self, id: NodeId) -> Span {
        let node = self.document.node(id);
        node.tag.as_ref().map_or(node.span, |tag| tag.span.to(node.span))
    }

    /// A symbol of this template.
    pub(super) fn symbol(&self, kind: SymbolKind, name: impl Into<Box<str>>) -> Text {
        Text::symbol(Symbol { kind, name: name.into(), scope: self.source })
    }

    /// A pseudo parameter (`AWS::Region`).
    pub(super) fn pseudo(&self, name: &str) -> Text {
        self.symbol(SymbolKind::Pseudo, name)
    }

    /// The physical name of a resource: what its name property says when that is one text, otherwise a symbol.
    pub(super) fn physical_name(&self, id: &str) -> Text {
        if let Some(name) = self.names.borrow().get(id) {
            return name.clone();
        }
        let symbol = || self.symbol(SymbolKind::Name, id);
        // A name that depends on itself (a cycle of references) is a symbol.
        if !self.naming_now.borrow_mut().insert(id.into()) {
            return symbol();
        }
        let name = self.written_name(id).unwrap_or_else(|| match self.kind_of(id) {
            // SAM names a layer after its logical id.
            Some("AWS::Serverless::LayerVersion") => Text::literal(id),
            _ => symbol(),
        });
        self.naming_now.borrow_mut().remove(id);
        self.names.borrow_mut().insert(id.into(), name.clone());
        name
    }

    fn written_name(&self, id: &str) -> Option<Text> {
        let declared = self.resource(id)?;
        let naming = naming_of(&declared.kind).filter(|naming| !naming.name.is_empty())?;
        let properties = self.document.get(declared.node, "Properties")?;
        let node = self.document.get(properties, naming.name)?;
        let before = self.bindings.replace(declared.bindings.clone());
        let value = self.evaluate(node, 0);
        self.bindings.replace(before);
        value.borrow().text().only().map(|text| (*text).clone()).filter(|text| !text.is_empty())
    }

    /// What `Ref` of a resource gives.
    pub(super) fn reference(&self, id: &str) -> Text {
        match self.kind_of(id) {
            Some("AWS::Lambda::Alias") => self.alias_arn(id).unwrap_or_else(|| self.attribute_symbol(id, "Ref")),
            Some("AWS::Lambda::Version") => self.version_arn(id).unwrap_or_else(|| self.attribute_symbol(id, "Ref")),
            Some(kind) => match naming_of(kind) {
                Some(naming) => self.form(id, naming, naming.reference),
                None => self.symbol(SymbolKind::Attribute, id),
            },
            None => self.symbol(SymbolKind::Other, id),
        }
    }

    /// What `GetAtt` of a resource gives.
    pub(super) fn attribute(&self, id: &str, attribute: &str) -> Text {
        let Some(kind) = self.kind_of(id) else {
            return self.symbol(SymbolKind::Other, format!("{id}.{attribute}"));
        };
        // SAM gives a function's alias and version as attributes of the function.
        if kind == "AWS::Serverless::Function" && matches!(attribute, "Alias" | "Version") {
            if attribute == "Alias"
                && let Some(alias) = self.sam_alias(id)
            {
                return alias;
            }
            if attribute == "Version" {
                let mut version = self.attribute(id, "Arn").with(":");
                version.append(&self.attribute_symbol(&format!("{id}Version"), attribute));
                return version;
            }
            return self.attribute_symbol(id, attribute);
        }
        if kind == "AWS::Lambda::Alias"
            && matches!(attribute, "AliasArn" | "Arn")
            && let Some(arn) = self.alias_arn(id)
        {
            return arn;
        }
        if kind == "AWS::Lambda::Version"
            && matches!(attribute, "FunctionArn" | "FunctionArnWithVersion")
            && let Some(arn) = self.version_arn(id)
        {
            return arn;
        }
        let Some(naming) = naming_of(kind) else { return self.attribute_symbol(id, attribute) };
        if attribute == "Arn" && !naming.arn.is_empty() {
            return self.form(id, naming, naming.arn);
        }
        match naming.attributes.iter().find(|(name, _)| *name == attribute) {
            Some((_, form)) => self.form(id, naming, form),
            None => self.attribute_symbol(id, attribute),
        }
    }

    /// The ARN of a resource, where its type has one.
    pub(super) fn arn(&self, id: &str) -> Option<Text> {
        match self.kind_of(id)? {
            "AWS::Lambda::Alias" => self.alias_arn(id),
            "AWS::Lambda::Version" => self.version_arn(id),
            kind => {
                naming_of(kind).filter(|naming| !naming.arn.is_empty()).map(|naming| self.form(id, naming, naming.arn))
            }
        }
    }

    fn attribute_symbol(&self, id: &str, attribute: &str) -> Text {
        self.symbol(SymbolKind::Attribute, format!("{id}.{attribute}"))
    }

    /// The ARN of a function that is named by name or ARN.
    pub(super) fn function_arn(&self, function: &Text) -> Text {
        if function.known_prefix().starts_with("arn:") {
            return function.clone();
        }
        let mut arn = Text::literal("arn:");
        arn.append(&self.pseudo("AWS::Partition"));
        arn = arn.with(":lambda:");
        arn.append(&self.pseudo("AWS::Region"));
        arn = arn.with(":");
        arn.append(&self.pseudo("AWS::AccountId"));
        arn = arn.with(":function:");
        arn.append(function);
        arn
    }

    fn property_text(&self, id: &str, property: &str) -> Option<Text> {
        let declared = self.resource(id)?;
        let properties = self.document.get(declared.node, "Properties")?;
        let node = self.document.get(properties, property)?;
        if !self.naming_now.borrow_mut().insert(id.into()) {
            return None;
        }
        let before = self.bindings.replace(declared.bindings.clone());
        let value = self.evaluate(node, 0);
        self.bindings.replace(before);
        self.naming_now.borrow_mut().remove(id);
        value.borrow().text().only().map(|text| (*text).clone())
    }

    fn alias_arn(&self, id: &str) -> Option<Text> {
        if self.resource(id).is_none() {
            // One that SAM makes: `FnAliaslive`.
            let mut owners = id.match_indices("Alias").filter_map(|(at, _)| id.get(..at));
            let is_function = |owner: &&str| self.kind_of(owner) == Some("AWS::Serverless::Function");
            return owners.find(is_function).and_then(|owner| self.sam_alias(owner));
        }
        let function = self.property_text(id, "FunctionName")?;
        let name = self.property_text(id, "Name")?;
        let mut arn = self.function_arn(&function).with(":");
        arn.append(&name);
        Some(arn)
    }

    fn version_arn(&self, id: &str) -> Option<Text> {
        let function = self.property_text(id, "FunctionName")?;
        let mut arn = self.function_arn(&function).with(":");
        arn.append(&self.attribute_symbol(id, "Version"));
        Some(arn)
    }

    /// The ARN of the alias that SAM makes for `AutoPublishAlias`, from the function or from `Globals`.
    fn sam_alias(&self, id: &str) -> Option<Text> {
        let alias = self.property_text(id, "AutoPublishAlias").or_else(|| {
            let globals = self.document.get(self.root, "Globals")?;
            let node = self.document.get(self.document.get(globals, "Function")?, "AutoPublishAlias")?;
            self.evaluate(node, 0).borrow().text().only().map(|text| (*text).clone())
        })?;
        let mut arn = self.attribute(id, "Arn").with(":");
        arn.append(&alias);
        Some(arn)
    }

    /// Fills a form of the naming table.
    fn form(&self, id: &str, naming: &Naming, form: &str) -> Text {
        let mut out = Text::default();
        let mut rest = form;
        while let Some((before, from)) = rest.split_once('{') {
            let (hole, after) = from.split_once('}').unwrap_or((from, ""));
            out.push(Piece::Literal(Arc::from(before)));
            match hole {
                "name" => out.append(&self.physical_name(id)),
                "arn" => out.append(&self.form(id, naming, naming.arn)),
                "partition" => out.append(&self.pseudo("AWS::Partition")),
                "region" => out.append(&self.pseudo("AWS::Region")),
                "account" => out.append(&self.pseudo("AWS::AccountId")),
                "suffix" => out.append(&self.pseudo("AWS::URLSuffix")),
                "path" => out.append(&self.path_of(id)),
                "bus" => out.append(&self.bus_of(id)),
                "opaque-arn" => out.append(&self.attribute_symbol(id, "Arn")),
                other => out.append(&self.attribute_symbol(id, other)),
            }
            rest = after;
        }
        out.with(rest)
    }

    /// `Path` of a role or policy; `/` by default.
    fn path_of(&self, id: &str) -> Text {
        let made_by_sam = || {
            let owner = id.strip_suffix("Role").filter(|_| self.generated.contains_key(id))?;
            self.property_text(owner, "RolePath").or_else(|| {
                let globals = self.document.get(self.document.get(self.root, "Globals")?, "Function")?;
                let node = self.document.get(globals, "RolePath")?;
                self.evaluate(node, 0).borrow().text().only().map(|text| (*text).clone())
            })
        };
        self.property_text(id, "Path").or_else(made_by_sam).unwrap_or_else(|| Text::literal("/"))
    }

    /// The bus part of a rule's ARN: `name/`, nothing for the default bus.
    fn bus_of(&self, id: &str) -> Text {
        match self.property_text(id, "EventBusName") {
            Some(bus) if bus.as_literal() == Some("default") => Text::default(),
            Some(bus) => {
                // A bus may be given by its ARN, which ends in its name.
                let name = bus.split("/").and_then(|parts| parts.last().cloned()).unwrap_or(bus);
                name.with("/")
            }
            None => Text::default(),
        }
    }

    /// The atom of an operand and its values.
    pub(super) fn operand_guard(&self, operand: &str, value: &str) -> Option<Guard> {
        let atoms = self.atoms.borrow();
        let name = atoms.get(operand)?;
        let bit = name.values.iter().position(|known| &**known == value)?;
        Some(Guard::atom(name.atom, 1 << bit))
    }
}
