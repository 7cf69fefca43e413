//! Running the rules.

use super::{Address, Finding, Findings, Grade, Selection, elsewhere, link};
use crate::data::Date;
use crate::frontend::{Format, Unit};
use crate::lint::map;
use crate::model::World;
use crate::rules;
use crate::secrets::Hidden;
use crate::source::{Files, Source, Sources, Span};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::sync::Arc;

/// Which units belong together: templates that are linked (see [`super::link`]), whose values then say what each knows of the
/// other; and what the AWS CLI printed into one folder. Everything else is a world of its own.
#[must_use]
pub fn worlds<'a>(units: &'a mut [Unit], sources: &Sources) -> Vec<Vec<&'a Unit>> {
    let linked = link::link(units, sources);
    let mut out: Vec<Vec<&Unit>> = Vec::new();
    let mut templates: FxHashMap<usize, usize> = FxHashMap::default();
    let mut folders: FxHashMap<&str, usize> = FxHashMap::default();
    for (unit, world) in units.iter().zip(linked) {
        let next = out.len();
        let place = if unit.format == Format::AwsCli {
            let name = sources.get(unit.source).map_or("", |source| source.name());
            *folders.entry(name.rsplit_once('/').map_or("", |(folder, _)| folder)).or_insert(next)
        } else {
            *templates.entry(world).or_insert(next)
        };
        match out.get_mut(place) {
            Some(world) => world.push(unit),
            None => out.push(vec![unit]),
        }
    }
    out
}

/// Runs the selected rules over one world alone. What the readers found is part of the result.
#[must_use]
pub fn check(units: Vec<&Unit>, selection: &Selection, today: Date) -> Vec<Finding> {
    let from_readers = from_readers(&units);
    run(&World::new(units, today), from_readers, selection)
}

/// Runs the selected rules over each world of a run, in parallel where that pays.
#[must_use]
pub fn check_all(worlds: &[Vec<&Unit>], files: Files, selection: &Selection, today: Date) -> Vec<Finding> {
    let elsewhere = elsewhere(worlds);
    let places: Vec<usize> = (0..worlds.len()).collect();
    let found = map(&places, |place| {
        let units = worlds.get(*place).cloned().unwrap_or_default();
        let from_readers = from_readers(&units);
        run(&World::new(units, today).with_files(files).among(&elsewhere, *place), from_readers, selection)
    });
    found.into_iter().flatten().collect()
}

fn from_readers(units: &[&Unit]) -> Vec<Finding> {
    units.iter().flat_map(|unit| unit.findings.iter().cloned()).collect()
}

fn run(world: &World, from_readers: Vec<Finding>, selection: &Selection) -> Vec<Finding> {
    let mut findings = Findings::new();
    for (name, check) in rules::CHECKS {
        if rules::meta(name).is_some_and(|meta| selection.runs(meta)) {
            findings.enter(name);
            check(world, &mut findings);
        }
    }
    let mut all: Vec<Finding> = from_readers.into_iter().chain(findings.into_vec()).collect();
    if !all.is_empty() {
        let hidden = Arc::new(Hidden::new(world.secrets()));
        for finding in &mut all {
            fill(world, finding);
            mask(finding, &hidden);
        }
    }
    all
}

/// Takes secrets out of every text of a finding, and says what of its sources may not be shown. Edits are left: they are not
/// read but made, and an output that shows them leaves out those that write a secret.
fn mask(finding: &mut Finding, hidden: &Arc<Hidden>) {
    let address = |address: &mut Address| {
        if let Cow::Owned(masked) = hidden.mask(address) {
            *address = Arc::from(masked);
        }
    };
    hidden.clean(&mut finding.message);
    hidden.clean(&mut finding.property);
    for label in std::iter::once(&mut finding.primary).chain(&mut finding.labels) {
        hidden.clean(&mut label.message);
        address(&mut label.address);
    }
    finding.related.iter_mut().for_each(address);
    let texts = [finding.guard.as_mut(), finding.help.as_mut(), finding.fix.as_mut().map(|fix| &mut fix.title)];
    texts.into_iter().flatten().for_each(|text| hidden.clean(text));
    finding.hidden = hidden.clone();
}

/// Says what the bytes of a finding belong to and puts its guard in words.
fn fill(world: &World, finding: &mut Finding) {
    let (address, property) = world.locate(finding.primary.span);
    finding.primary.address = address;
    finding.property = property;
    for label in &mut finding.labels {
        label.address = world.locate(label.span).0;
    }
    finding.guard = if finding.when.is_always() { None } else { world.words(&finding.when) };
}

/// Drops what another finding supersedes, what was not asked for and what stands twice, and sorts by file and
/// place.
#[must_use]
pub fn finish(findings: Vec<Finding>, selection: &Selection, sources: &Sources) -> Vec<Finding> {
    let mut kept = drop_superseded(findings);
    let is_context = |finding: &Finding| sources.get(finding.primary.span.source).is_some_and(Source::is_context);
    kept.retain(|finding| selection.shows(finding) && !is_context(finding));
    let name = |finding: &Finding| sources.get(finding.primary.span.source).map_or("", |source| source.name());
    kept.sort_by(|a, b| {
        let key = |finding: &Finding| (finding.primary.span.start, finding.primary.span.end, finding.rule);
        name(a).cmp(name(b)).then_with(|| key(a).cmp(&key(b))).then_with(|| a.message.cmp(&b.message))
    });
    kept.dedup_by(|a, b| a.rule == b.rule && a.primary.span == b.primary.span && a.message == b.message);
    kept
}

/// One finding per cause: a finding goes when one of a rule that supersedes its rule has the same cause, unless it
/// is the graver of the two, or the one that more people see.
fn drop_superseded(findings: Vec<Finding>) -> Vec<Finding> {
    let cause = |finding: &Finding| finding.cause.unwrap_or(finding.primary.span);
    let mut winners: FxHashMap<(&'static str, Span), Vec<Grade>> = FxHashMap::default();
    for finding in &findings {
        for loser in rules::meta(finding.rule).map(|meta| meta.supersedes).unwrap_or_default() {
            winners.entry((loser, cause(finding))).or_default().push(finding.grade);
        }
    }
    if winners.is_empty() {
        return findings;
    }
    let loses = |finding: &Finding| {
        let grades = winners.get(&(finding.rule, cause(finding))).map(Vec::as_slice).unwrap_or_default();
        grades.iter().any(|won| won.severity >= finding.grade.severity && won.level <= finding.grade.level)
    };
    findings.into_iter().filter(|finding| !loses(finding)).collect()
}
