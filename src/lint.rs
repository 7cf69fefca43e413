//! From sources to a report.

use crate::data::Date;
use crate::engine::{self, Selection};
use crate::frontend::cloudformation::definitions;
use crate::frontend::{self, Format, Read, Unit};
use crate::report::{Report, Skipped};
use crate::rules;
use crate::source::{Files, Source, SourceId, Sources, Tree, normal_name};
use rustc_hash::{FxHashMap, FxHashSet};

/// A source larger than this is not read. CloudFormation takes at most 1 MB.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Why such a source is not read.
pub(crate) const TOO_LARGE: &str = "larger than 16 MiB; CloudFormation takes no template over 1 MB";

/// What a run is to look at and to show.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which rules, which findings.
    pub selection: Selection,
    /// The day for which dated facts are judged.
    pub today: Date,
    /// Whether the only source is one that the user named, so that whatever is wrong with it is worth saying.
    pub alone: bool,
}

impl Settings {
    /// The default rules on this day.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self { selection: Selection::default(), today, alone: false }
    }
}

/// Reads and checks all sources.
#[must_use]
pub fn lint(sources: &Sources, settings: &Settings) -> Report {
    let mut read = units(sources, settings.alone, asks_for_syntax(settings));
    put_definitions(&mut read.units, sources);
    check(read, sources, Files::only(sources), settings)
}

/// As [`lint`], with the files beside the sources: templates that others nest by their path are read from `tree` and added to
/// `sources`, so that what is said of the others is right. Nothing is reported in them. Code that functions are made from is read there, too.
#[must_use]
pub fn lint_in(sources: &mut Sources, tree: &dyn Tree, settings: &Settings) -> Report {
    let mut read = units(sources, settings.alone, asks_for_syntax(settings));
    add_context(&mut read.units, sources, tree);
    check(read, sources, Files::new(tree, sources), settings)
}

fn asks_for_syntax(settings: &Settings) -> bool {
    rules::meta(SYNTAX).is_some_and(|rule| settings.selection.runs(rule))
}

fn check(mut read: Sorted, sources: &Sources, files: Files, settings: &Settings) -> Report {
    let mut report = Report { files: read.files, skipped: read.skipped, ..Report::default() };
    let broken = read.broken.into_iter().map(|file| Skipped { file, reason: BROKEN.to_owned() });
    report.skipped.extend(broken);
    let worlds = engine::worlds(&mut read.units, sources);
    let found = engine::check_all(&worlds, files, &settings.selection, settings.today);
    report.findings = engine::finish(found, &settings.selection, sources);
    report
}

/// How many files are read beside the sources at most.
const MAX_CONTEXT: usize = 256;
/// How many bytes those may have together.
const MAX_CONTEXT_BYTES: usize = 64 * 1024 * 1024;

/// Puts the definitions that units name by a path into their resources, where the files are among the sources.
fn put_definitions(units: &mut [Unit], sources: &Sources) {
    let mut by_name: FxHashMap<String, SourceId> = FxHashMap::default();
    for unit in units {
        let name = sources.get(unit.source).map_or("", Source::name);
        for named in definitions::named(unit, name) {
            if by_name.is_empty() {
                by_name.extend(sources.iter().map(|(id, source)| (normal_name(source.name()), id)));
            }
            let Some(id) = by_name.get(&named.file).copied() else { continue };
            let text = sources.get(id).filter(|source| source.damage().is_none()).map_or("", Source::text);
            definitions::put(unit, &named, id, text);
        }
    }
}

/// Reads the templates that units nest, and the definitions that they name, where they are not among the sources.
pub(crate) fn add_context(units: &mut Vec<Unit>, sources: &mut Sources, tree: &dyn Tree) {
    read_context(units, sources, tree);
    put_definitions(units, sources);
}

fn read_context(units: &mut Vec<Unit>, sources: &mut Sources, tree: &dyn Tree) {
    let mut seen: FxHashSet<String> = FxHashSet::default();
    let mut next = 0;
    let (mut left, mut bytes) = (MAX_CONTEXT, 0);
    while let Some(unit) = units.get(next) {
        next += 1;
        let name = sources.get(unit.source).map_or("", Source::name);
        let templates = engine::named_templates(unit, name);
        let parts: Vec<String> = definitions::named(unit, name).into_iter().map(|named| named.file).collect();
        let named: Vec<String> = templates.into_iter().chain(parts.iter().cloned()).collect();
        if seen.is_empty() && !named.is_empty() {
            seen.extend(sources.iter().map(|(_, source)| normal_name(source.name())));
        }
        for name in named {
            if left == 0 || bytes > MAX_CONTEXT_BYTES {
                return;
            }
            if !seen.insert(name.clone()) {
                continue;
            }
            left -= 1;
            let Some(source) = tree.read(&name, MAX_BYTES) else { continue };
            bytes += source.text().len();
            // A definition that is to be checked is none of ours by itself, so it has not been read.
            let is_part = parts.contains(&name);
            let is_asked_for = is_part && tree.is_input(&name);
            let id = sources.add(if is_asked_for { source } else { source.as_context() });
            let Some(source) = sources.get(id).filter(|_| !is_part) else { continue };
            // What does not parse says nothing; it is reported when it is checked itself.
            if let Outcome::Unit(unit) = read(id, source, false)
                && unit.format != Format::AwsCli
                && unit.findings.iter().all(|finding| finding.rule != SYNTAX)
            {
                units.push(*unit);
            }
        }
    }
}

/// All sources, by what became of them.
pub(crate) struct Sorted {
    /// What was read.
    pub(crate) units: Vec<Unit>,
    /// How many files that is.
    pub(crate) files: usize,
    /// What is none of ours.
    pub(crate) skipped: Vec<Skipped>,
    /// The names of files that do not parse and that are not among `units`.
    pub(crate) broken: Vec<String>,
}

/// Reads all sources; with `keep_broken` also those that do not parse, of which nothing but that can be said.
pub(crate) fn units(sources: &Sources, alone: bool, keep_broken: bool) -> Sorted {
    let ids: Vec<(SourceId, &Source)> = sources.iter().collect();
    let read = map(&ids, |(id, source)| read(*id, source, alone));
    let mut all = Sorted { units: Vec::new(), files: 0, skipped: Vec::new(), broken: Vec::new() };
    for ((_, source), outcome) in ids.iter().zip(read) {
        match outcome {
            Outcome::Unit(unit) if !keep_broken && unit.findings.iter().any(|finding| finding.rule == SYNTAX) => {
                all.broken.push(source.name().to_owned());
            }
            Outcome::Unit(unit) => all.units.push(*unit),
            Outcome::Skipped(reason) => {
                all.skipped.push(Skipped { file: source.name().to_owned(), reason: reason.to_owned() });
            }
        }
    }
    all.files = all.units.len();
    frontend::aws_cli::join_folders(&mut all.units, sources);
    all
}

/// The rule that reports what does not parse.
const SYNTAX: &str = "template-syntax";
/// Why a file that does not parse is passed over.
const BROKEN: &str = "not valid YAML or JSON, and `template-syntax` is not among the rules of this run";

enum Outcome {
    Unit(Box<Unit>),
    Skipped(&'static str),
}

fn read(id: SourceId, source: &Source, alone: bool) -> Outcome {
    if source.text().len() > MAX_BYTES {
        return Outcome::Skipped(TOO_LARGE);
    }
    let read = match source.damage() {
        None => frontend::read(id, source.name(), source.text(), alone),
        Some(damage) => frontend::read_damaged(id, source.name(), source.text(), damage, alone),
    };
    match read {
        Read::Unit(unit) => Outcome::Unit(unit),
        Read::NotOurs(why) => Outcome::Skipped(why.reason()),
    }
}

/// Applies `work` to every item, in parallel where that pays, results in order.
#[cfg(feature = "cli")]
pub(crate) fn map<T: Sync, U: Send>(items: &[T], work: impl Fn(&T) -> U + Sync + Send) -> Vec<U> {
    use rayon::prelude::*;
    // A thread pool costs more than a handful of templates.
    if items.len() < 8 { items.iter().map(work).collect() } else { items.par_iter().map(work).collect() }
}

/// Applies `work` to every item.
#[cfg(not(feature = "cli"))]
pub(crate) fn map<T, U>(items: &[T], work: impl Fn(&T) -> U) -> Vec<U> {
    items.iter().map(work).collect()
}
