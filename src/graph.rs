//! What runs what, as a picture: [`picture`] makes of the worlds of a run what [`crate::report::graph`] draws.

use crate::data::Date;
use crate::engine::{self, Finding, Level, Selection};
use crate::frontend::Unit;
use crate::lint;
use crate::model::{Resource, Trigger, TriggerKind, World};
use crate::report::{RunError, Skipped};
use crate::source::{SourceId, Sources, Span, Tree};
use crate::value::{Data, Value};
use crate::wiring::flow::{EdgeId, EdgeKind, EventFlow, NodeKind, Search, Sureness};
use rustc_hash::{FxHashMap, FxHashSet};

/// The rules whose findings are drawn.
const LOOP: &str = "recursive-trigger";
const MISSING: &str = "missing-permission";

/// What to say of a file that does not parse.
const BROKEN: &str = "not valid YAML or JSON; `lambda-lint check` shows where";

/// What is to be drawn.
#[derive(Debug, Default)]
pub struct Picture {
    /// The worlds that have a function, in the order of their files.
    pub drawings: Vec<Drawing>,
    /// How many files were read.
    pub files: usize,
    /// Files that are none of ours.
    pub skipped: Vec<Skipped>,
    /// What could not be read.
    pub errors: Vec<RunError>,
}

/// One world.
#[derive(Debug, Default)]
pub struct Drawing {
    /// Its sources.
    pub sources: Vec<SourceId>,
    /// Functions, and what events pass through.
    pub nodes: Vec<Node>,
    /// What runs and writes what.
    pub edges: Vec<Edge>,
    /// Loops and missing permissions.
    pub findings: Vec<Finding>,
    /// Whether there was more to look at than the budget allows, so that edges may be missing.
    pub cut: bool,
}

/// A function, or what events come from, wait in or pass through.
#[derive(Debug)]
pub struct Node {
    /// What it is, in a word or two: `function`, `queue`, `API`.
    pub kind: String,
    /// Its name in the user's words.
    pub name: String,
    /// Where it is declared, if one of the templates declares it.
    pub span: Option<Span>,
}

/// What an edge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It runs a function.
    Trigger,
    /// It passes events on, by configuration.
    Relay,
    /// What a failed delivery or run becomes.
    Failure,
    /// What an asynchronous run that succeeded becomes.
    Success,
    /// A function's role lets it write.
    Write,
}

impl Kind {
    /// Its name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Relay => "relay",
            Self::Failure => "failure",
            Self::Success => "success",
            Self::Write => "write",
        }
    }
}

/// A step of an event.
#[derive(Debug)]
pub struct Edge {
    /// From which node, by its place.
    pub from: usize,
    /// To which.
    pub to: usize,
    /// What it is.
    pub kind: Kind,
    /// What it takes or does, in a few words: `GET /items`, `s3:ObjectCreated:* uploads/*`. Empty where its ends are enough.
    pub label: String,
    /// The deployments that have it, in words; `None`: all.
    pub when: Option<String>,
    /// Where it is written.
    pub span: Span,
    /// The loops that it is part of, by their places among the findings.
    pub loops: Vec<usize>,
    /// The permission that it lacks, by the finding's place.
    pub missing: Option<usize>,
}

/// Reads all sources and makes the picture of what their functions are run by and write to. Templates that others nest are read from
/// `tree`. Findings up to `level` are drawn.
#[must_use]
pub fn picture(sources: &mut Sources, tree: &dyn Tree, alone: bool, level: Level, today: Date) -> Picture {
    let mut read = lint::units(sources, alone, false);
    lint::add_context(&mut read.units, sources, tree);
    let mut picture = Picture { files: read.files, skipped: read.skipped, ..Picture::default() };
    let broken = read.broken.into_iter();
    picture.errors.extend(broken.map(|file| RunError { file: Some(file), message: BROKEN.to_owned() }));
    for units in engine::worlds(&mut read.units, sources) {
        let drawing = drawing(units, level, today);
        if drawing.nodes.iter().any(|node| node.kind == FUNCTION) {
            picture.drawings.push(drawing);
        }
    }
    picture
}

/// The kind of a function's node.
pub const FUNCTION: &str = "function";

fn drawing(units: Vec<&Unit>, level: Level, today: Date) -> Drawing {
    let rules = [LOOP.to_owned(), MISSING.to_owned()];
    let mut drawing = Drawing { sources: units.iter().map(|unit| unit.source).collect(), ..Drawing::default() };
    if let Ok(selection) = Selection::new(&rules, &[], &[], level, engine::Confidence::Low) {
        let found = engine::check(units.clone(), &selection, today);
        let drawn = |finding: &Finding| rules.iter().any(|rule| rule == finding.rule) && finding.grade.level <= level;
        drawing.findings = found.into_iter().filter(drawn).collect();
    }
    let world = World::new(units, today);
    let flow = EventFlow::of(&world);
    let missing = drawing.findings.iter().enumerate().filter(|(_, finding)| finding.rule == MISSING);
    let missing = missing.map(|(place, finding)| (finding.primary.span, place)).collect();
    let mut painter = Painter { world: &world, drawing, missing, places: FxHashMap::default() };
    painter.flow(&flow);
    painter.other_triggers(&flow);
    painter.drawing
}

/// Puts nodes and edges into a drawing.
struct Painter<'a, 'w> {
    world: &'a World<'w>,
    drawing: Drawing,
    /// The finding that says that a trigger lacks its permission, by where the trigger is declared.
    missing: FxHashMap<Span, usize>,
    /// Nodes that are no part of the flow, by where they are declared.
    places: FxHashMap<(SourceId, &'a str), usize>,
}

impl<'a, 'w> Painter<'a, 'w> {
    /// The nodes and edges of the flow that are worth drawing: what roles may reach through a wildcard only where it closes a loop.
    fn flow(&mut self, flow: &EventFlow) {
        let loops = loops(flow, &self.drawing.findings);
        self.drawing.cut = flow.cut;
        let mut drawn = vec![false; flow.nodes.len()];
        for (node, drawn) in flow.nodes.iter().zip(&mut drawn) {
            *drawn = matches!(node.kind, NodeKind::Function(_));
        }
        let shown = |index: usize| {
            let edge = flow.edges.get(index)?;
            let sureness = edge.gives.iter().map(|(_, sureness)| *sureness).min().unwrap_or(Sureness::Configured);
            let worth = edge.kind != EdgeKind::Write || !sureness.is_wildcard() || loops.contains_key(&index);
            worth.then_some(edge)
        };
        for edge in (0..flow.edges.len()).filter_map(shown) {
            for end in [edge.from, edge.to] {
                if let Some(drawn) = drawn.get_mut(end.0) {
                    *drawn = true;
                }
            }
        }
        let mut places: Vec<Option<usize>> = Vec::with_capacity(drawn.len());
        for (node, drawn) in flow.nodes.iter().zip(drawn) {
            places.push(drawn.then_some(self.drawing.nodes.len()));
            if drawn {
                let kind = match node.kind {
                    NodeKind::Function(_) => FUNCTION,
                    NodeKind::Channel(channel) => channel.word(),
                };
                self.drawing.nodes.push(Node { kind: kind.to_owned(), name: node.name.clone(), span: node.span });
            }
        }
        let mut known: FxHashMap<(usize, usize, Kind, String), usize> = FxHashMap::default();
        for index in 0..flow.edges.len() {
            let Some(edge) = shown(index) else { continue };
            let place = |id: usize| places.get(id).copied().flatten();
            let (Some(from), Some(to)) = (place(edge.from.0), place(edge.to.0)) else { continue };
            let trigger = match edge.kind {
                EdgeKind::Trigger(trigger) => self.world.application.triggers.get(trigger),
                _ => None,
            };
            let (kind, label) = match edge.kind {
                EdgeKind::Trigger(_) => (Kind::Trigger, trigger.map(label_of).unwrap_or_default()),
                EdgeKind::Relay => (Kind::Relay, edge.by.as_ref().map(ToString::to_string).unwrap_or_default()),
                EdgeKind::Failure => (Kind::Failure, "on failure".to_owned()),
                EdgeKind::Success => (Kind::Success, "on success".to_owned()),
                EdgeKind::Write if edge.verb == "writes to" => (Kind::Write, String::new()),
                EdgeKind::Write => (Kind::Write, edge.verb.trim_end_matches(" to").to_owned()),
            };
            // One trigger has an edge for each of its events, one role one for each of its rights.
            let known = *known.entry((from, to, kind, label.clone())).or_insert_with(|| {
                self.drawing.edges.push(Edge {
                    from,
                    to,
                    kind,
                    label,
                    when: self.world.words(&edge.when),
                    span: edge.span,
                    loops: Vec::new(),
                    missing: trigger.and_then(|trigger| self.missing.get(&trigger.span).copied()),
                });
                self.drawing.edges.len() - 1
            });
            if let (Some(drawn), Some(loops)) = (self.drawing.edges.get_mut(known), loops.get(&index)) {
                for found in loops {
                    if !drawn.loops.contains(found) {
                        drawn.loops.push(*found);
                    }
                }
            }
        }
    }

    /// What runs functions without being part of the flow: APIs, schedules, what is declared elsewhere.
    fn other_triggers(&mut self, flow: &EventFlow) {
        let mut seen = vec![false; self.world.application.triggers.len()];
        for edge in &flow.edges {
            if let EdgeKind::Trigger(trigger) = edge.kind
                && let Some(seen) = seen.get_mut(trigger)
            {
                *seen = true;
            }
        }
        // Functions are the first nodes of every flow, in their order.
        let mut functions = self.drawing.nodes.iter().enumerate().filter(|(_, node)| node.kind == FUNCTION);
        let functions: Vec<usize> = functions.by_ref().map(|(index, _)| index).collect();
        let world = self.world;
        let mut drawn: FxHashSet<(usize, usize, String)> = FxHashSet::default();
        for (trigger, seen) in world.application.triggers.iter().zip(seen) {
            let Some(to) = functions.get(trigger.target.function.0).copied().filter(|_| !seen) else { continue };
            let from = self.source(trigger);
            let label = label_of(trigger);
            if drawn.insert((from, to, label.clone())) {
                let missing = self.missing.get(&trigger.span).copied();
                let when = world.words(&trigger.target.when);
                let loops = Vec::new();
                let span = trigger.span;
                self.drawing.edges.push(Edge { from, to, kind: Kind::Trigger, label, when, span, loops, missing });
            }
        }
    }

    /// The node of what a trigger comes from.
    fn source(&mut self, trigger: &'a Trigger<'w>) -> usize {
        let resource: &'a Resource = match trigger.kind {
            TriggerKind::EventsRule => trigger.holder,
            _ => trigger.source.unwrap_or(trigger.holder),
        };
        *self.places.entry((resource.source, &resource.address)).or_insert_with(|| {
            self.drawing.nodes.push(Node {
                kind: kind_of(resource),
                name: resource.address.to_string(),
                span: Some(resource.span),
            });
            self.drawing.nodes.len() - 1
        })
    }
}

/// The loops that each edge is part of, by the edge's place: the loop that each finding tells of.
fn loops(flow: &EventFlow, findings: &[Finding]) -> FxHashMap<usize, Vec<usize>> {
    let mut out: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
    let mut search: Option<Search> = None;
    let mut starts: FxHashMap<Span, Vec<EdgeId>> = FxHashMap::default();
    for (index, edge) in flow.edges.iter().enumerate() {
        if matches!(edge.kind, EdgeKind::Trigger(_)) {
            starts.entry(edge.span).or_default().push(EdgeId(index));
        }
    }
    for (place, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.rule == LOOP) {
        let search = search.get_or_insert_with(|| flow.search());
        let starts = starts.get(&finding.primary.span).map(Vec::as_slice).unwrap_or_default();
        let cycles = starts.iter().filter_map(|edge| search.cycle(*edge));
        let Some(worst) = cycles.min_by_key(|cycle| (cycle.sureness, cycle.steps.len())) else { continue };
        for step in &worst.steps {
            let of = out.entry(step.edge.0).or_default();
            if !of.contains(&place) {
                of.push(place);
            }
        }
    }
    out
}

/// What a trigger takes, in a few words.
fn label_of(trigger: &Trigger) -> String {
    if !trigger.route.is_empty() {
        return trigger.route.clone();
    }
    let mut words: Vec<String> = trigger.events.set().map(|(event, ..)| event.to_string()).take(3).collect();
    let text = |value: &Value<&Data>| value.text().only().map(|text| text.to_string());
    for rule in trigger.declaration.get("Filter.S3Key.Rules").items(false).0 {
        match (text(&rule.get("Name")).map(|name| name.to_lowercase()).as_deref(), text(&rule.get("Value"))) {
            (Some("prefix"), Some(value)) => words.push(format!("{value}*")),
            (Some("suffix"), Some(value)) => words.push(format!("*{value}")),
            _ => {}
        }
    }
    if trigger.kind == TriggerKind::EventsRule {
        let schedule = text(&trigger.holder.get("ScheduleExpression"));
        words.push(schedule.unwrap_or_else(|| trigger.holder.address.to_string()));
    }
    let filtered = ["FilterPolicy", "FilterCriteria"].into_iter().any(|key| {
        let filter = trigger.declaration.get(key);
        filter.some(|value| value.is_some())
    });
    if filtered {
        words.push("filtered".to_owned());
    }
    words.join(" ")
}

/// What a resource is, in a word or two.
fn kind_of(resource: &Resource) -> String {
    match &*resource.kind {
        "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api" => "API".to_owned(),
        "AWS::Events::Rule" if resource.get("EventPattern").is_unset() => "schedule".to_owned(),
        kind => {
            // `AWS::Cognito::UserPool` is a user pool.
            let mut out = String::new();
            for character in kind.rsplit("::").next().unwrap_or(kind).chars() {
                if character.is_ascii_uppercase() && !out.is_empty() {
                    out.push(' ');
                }
                out.push(character.to_ascii_lowercase());
            }
            out
        }
    }
}
