//! Which templates are deployed with one another, and what each then knows of the other.
//!
//! Two templates are linked when one nests the other by a local path, or when one imports what exactly one other exports. What was
//! unknown in one is then known from the other: a parameter of a nested stack is what the parent gives it, an output that the parent
//! reads is what the nested stack says, an import is what is exported. [`link`] puts that into the units, so that everything after it
//! reads one world as it would read one template. Names stay apart: every symbol belongs to its template.
//!
//! A template that is nested twice is two stacks. Which of them a name in it means cannot be said, so it is not linked.

mod guards;
mod path;
mod resolve;

use crate::frontend::{Format, Unit};
use crate::source::{SourceId, Sources, normal_name};
use crate::value::{SymbolKind, Text};
use resolve::Resolver;
use rustc_hash::{FxHashMap, FxHashSet};

/// Stacks nested deeper than this are not linked. CloudFormation itself has no limit that matters; people nest two or three.
const MAX_NESTING: usize = 32;

/// Where a nested stack is declared.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The unit.
    unit: usize,
    /// The resource's place in it.
    resource: usize,
}

/// What ties units together, by their places.
#[derive(Debug, Default)]
struct Links {
    /// Where each nested unit is declared.
    parents: FxHashMap<usize, Place>,
    /// The output that an import stands for: by the importing unit and the symbol's name.
    imports: FxHashMap<(usize, Box<str>), (usize, usize)>,
}

/// Links units, and says for each which world it belongs to.
pub(super) fn link(units: &mut [Unit], sources: &Sources) -> Vec<usize> {
    let mut links = nested(units, sources);
    imports(units, &mut links);
    let mut worlds = Worlds((0..units.len()).collect());
    for (child, place) in &links.parents {
        worlds.join(*child, place.unit);
    }
    for ((importer, _), (exporter, _)) in &links.imports {
        worlds.join(*importer, *exporter);
    }
    if !links.parents.is_empty() || !links.imports.is_empty() {
        let changes = Resolver::new(units, &links, &mut worlds).changes();
        for (index, change) in changes {
            if let Some(unit) = units.get_mut(index) {
                change.apply(unit);
            }
        }
        for place in links.parents.values() {
            let Some(unit) = units.get_mut(place.unit) else { continue };
            if let Some(stack) = unit.resources.get(place.resource) {
                unit.ties.joined.push(stack.address.clone());
            }
        }
    }
    (0..units.len()).map(|unit| worlds.of(unit)).collect()
}

/// The sources that a unit's nested stacks are made from, as they would be called.
pub(crate) fn named_templates(unit: &Unit, name: &str) -> Vec<String> {
    unit.resources.iter().filter_map(|resource| path::template_of(name, resource)).collect()
}

/// Finds the nested stacks whose template is among the units and nested once.
fn nested(units: &[Unit], sources: &Sources) -> Links {
    let name = |unit: &Unit| sources.get(unit.source).map_or("", |source| source.name());
    let mut by_name: FxHashMap<String, usize> = FxHashMap::default();
    let mut links = Links::default();
    let mut twice: FxHashSet<usize> = FxHashSet::default();
    for (index, unit) in units.iter().enumerate() {
        for (resource, declared) in unit.resources.iter().enumerate() {
            let Some(path) = path::template_of(name(unit), declared) else { continue };
            if by_name.is_empty() {
                let templates = units.iter().enumerate().filter(|(_, unit)| unit.format != Format::AwsCli);
                by_name.extend(templates.map(|(index, unit)| (normal_name(name(unit)), index)));
            }
            let Some(child) = by_name.get(&path).copied() else { continue };
            if links.parents.insert(child, Place { unit: index, resource }).is_some() {
                twice.insert(child);
            }
        }
    }
    links.parents.retain(|child, _| !twice.contains(child));
    let endless: Vec<usize> = links.parents.keys().copied().filter(|child| is_endless(&links, *child)).collect();
    for child in endless {
        links.parents.remove(&child);
    }
    links
}

/// Whether a unit is nested in itself, or too deep.
fn is_endless(links: &Links, child: usize) -> bool {
    let mut at = child;
    for _ in 0..MAX_NESTING {
        match links.parents.get(&at) {
            Some(place) => at = place.unit,
            None => return false,
        }
    }
    true
}

/// Finds the imports of what exactly one unit exports.
fn imports(units: &[Unit], links: &mut Links) {
    if units.iter().all(|unit| unit.ties.imports.is_empty()) {
        return;
    }
    let mut exports: FxHashMap<String, Option<(usize, usize)>> = FxHashMap::default();
    for (index, unit) in units.iter().enumerate() {
        for (place, output) in unit.ties.outputs.iter().enumerate() {
            let export = output.export.borrow();
            let names = export.text();
            let Some(name) = names.only().filter(|name| can_be_told(name)) else {
                // An export under a name that is not known may have any of them: what it says then is not decided here.
                continue;
            };
            let entry = exports.entry(format!("ImportValue {name}")).or_insert(Some((index, place)));
            if *entry != Some((index, place)) {
                *entry = None;
            }
        }
    }
    for (index, unit) in units.iter().enumerate() {
        for import in &unit.ties.imports {
            let Some(Some((exporter, place))) = exports.get(&**import).copied() else { continue };
            if exporter != index && same_parameters(unit, import) && is_free(links, index, exporter, import) {
                links.imports.insert((index, import.clone()), (exporter, place));
            }
        }
    }
}

/// Whether the name of an export is the same text wherever it is written the same: it holds nothing but what is known, what all
/// stacks of an account share, and parameters.
fn can_be_told(name: &Text) -> bool {
    let shared = |kind: &SymbolKind| matches!(kind, SymbolKind::Parameter(_));
    !name.is_empty() && name.symbols().all(|symbol| symbol.is_shared() || shared(&symbol.kind))
}

/// Whether what stands between `${` and `}` in an import's name are parameters of the unit, or shared by all stacks.
fn same_parameters(unit: &Unit, import: &str) -> bool {
    import.split("${").skip(1).all(|part| {
        let name = part.split_once('}').map_or(part, |(name, _)| name);
        (name.starts_with("AWS::") && !name.starts_with("AWS::Stack"))
            || unit.ties.parameters.iter().any(|parameter| *parameter.name == *name)
    })
}

/// Whether a name with parameters in it is the same text on both sides. The parameters of a nested stack are what its parent says,
/// whatever they are called.
fn is_free(links: &Links, importer: usize, exporter: usize, import: &str) -> bool {
    let parameters = import.split("${").skip(1).any(|part| !part.starts_with("AWS::"));
    !parameters || !(links.parents.contains_key(&importer) || links.parents.contains_key(&exporter))
}

/// Which units belong together: each points at another of its world, the first of it at itself.
#[derive(Debug)]
struct Worlds(Vec<usize>);

impl Worlds {
    fn of(&mut self, unit: usize) -> usize {
        let mut at = unit;
        while let Some(next) = self.0.get(at).copied().filter(|next| *next != at) {
            let after = self.0.get(next).copied().unwrap_or(next);
            if let Some(slot) = self.0.get_mut(at) {
                *slot = after;
            }
            at = next;
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.of(one), self.of(other));
        if let Some(slot) = self.0.get_mut(one.max(other)) {
            *slot = one.min(other);
        }
    }
}

/// The place of each unit by its source.
fn by_source(units: &[Unit]) -> FxHashMap<SourceId, usize> {
    units.iter().enumerate().map(|(index, unit)| (unit.source, index)).collect()
}
