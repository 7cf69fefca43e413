//! What runs what, as a picture: [`picture`] makes of the worlds of a run what [`crate::report::graph`] draws.

use crate::data::Date;
use crate::engine::{self, Finding, Level, Selection};
use crate::frontend::Unit;
use crate::lint;
use crate::model::{FunctionId, Resource, Trigger, TriggerKind, World};
use crate::report::{RunError, Skipped};
use crate::secrets::Hidden;
use crate::source::{SourceId, Sources, Span, Tree};
use crate::value::{Data, Text, Value};
use crate::wiring::arn::Arn;
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
    let mut painter = Painter {
        world: &world,
        drawing,
        missing,
        places: FxHashMap::default(),
        strangers: FxHashMap::default(),
        made: FxHashMap::default(),
    };
    painter.flow(&flow);
    painter.other_triggers(&flow);
    painter.made_triggers();
    let mut drawing = painter.drawing;
    let hidden = Hidden::new(world.secrets());
    drawing.nodes.iter_mut().for_each(|node| hidden.clean(&mut node.name));
    for edge in &mut drawing.edges {
        hidden.clean(&mut edge.label);
        edge.when.iter_mut().for_each(|when| hidden.clean(when));
    }
    drawing
}

/// Puts nodes and edges into a drawing.
struct Painter<'a, 'w> {
    world: &'a World<'w>,
    drawing: Drawing,
    /// The finding that says that a trigger lacks its permission, by where the trigger is declared.
    missing: FxHashMap<Span, usize>,
    /// Nodes that are no part of the flow, by where they are declared.
    places: FxHashMap<(SourceId, &'a str), usize>,
    /// Those that no template declares, by what is said of them.
    strangers: FxHashMap<&'a Text, usize>,
    /// Those that only a permission tells of, by service and name.
    made: FxHashMap<(&'a str, String), usize>,
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
        let functions = self.functions();
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

    /// What SAM makes of events that are no resource of their own: routes of an API that it writes into the API's body, events of
    /// services whose side the template does not show. The permission that it makes says who calls, and for what.
    fn made_triggers(&mut self) {
        let world = self.world;
        let mut known: FxHashSet<(FunctionId, &str)> = FxHashSet::default();
        for trigger in &world.application.triggers {
            known.extend(trigger.kind.principal().map(|principal| (trigger.target.function, principal)));
        }
        let functions: Vec<usize> = self.functions();
        for permission in world.application.permissions.iter().filter(|one| !one.resource.origin.is_written()) {
            let Some(principal) = permission.principal.only().and_then(|principal| principal.as_literal()) else {
                continue;
            };
            let Some(service) = principal.strip_suffix(".amazonaws.com") else { continue };
            for target in permission.functions.iter().filter(|target| !known.contains(&(target.function, principal))) {
                let Some(to) = functions.get(target.function.0).copied() else { continue };
                let arn = permission.source_arn.only().copied();
                let place = arn.and_then(Arn::parse).map(|arn| arn.resource);
                let (name, label) = match (service, &place) {
                    ("apigateway", Some(place)) => api_and_route(place),
                    (_, Some(place)) => (last_part(&place.to_string()), String::new()),
                    (_, None) => (service.to_owned(), String::new()),
                };
                let from = match world.resource(permission.resource, &name) {
                    Some(resource) => self.declared(resource),
                    None => *self.made.entry((service, name.clone())).or_insert_with(|| {
                        let kind = if service == "apigateway" { "API" } else { service };
                        self.drawing.nodes.push(Node { kind: kind.to_owned(), name, span: None });
                        self.drawing.nodes.len() - 1
                    }),
                };
                let (when, span) = (world.words(&target.when), permission.resource.span);
                let kind = Kind::Trigger;
                self.drawing.edges.push(Edge { from, to, kind, label, when, span, loops: Vec::new(), missing: None });
            }
        }
    }

    /// The nodes of the functions, in their order: they are the first of every flow.
    fn functions(&self) -> Vec<usize> {
        let nodes = self.drawing.nodes.iter().enumerate();
        nodes.filter(|(_, node)| node.kind == FUNCTION).map(|(index, _)| index).collect()
    }

    /// The node of what a trigger comes from.
    fn source(&mut self, trigger: &'a Trigger<'w>) -> usize {
        if let (TriggerKind::Poll, None, Some(arn)) = (trigger.kind, trigger.source, &trigger.source_arn) {
            return *self.strangers.entry(arn).or_insert_with(|| {
                let spelled = arn.as_symbol().map_or_else(|| arn.to_string(), |symbol| symbol.name.to_string());
                let node = Node { kind: "event source".to_owned(), name: last_part(&spelled), span: None };
                self.drawing.nodes.push(node);
                self.drawing.nodes.len() - 1
            });
        }
        let resource: &'a Resource = match trigger.kind {
            TriggerKind::EventsRule => trigger.holder,
            _ => trigger.source.unwrap_or(trigger.holder),
        };
        self.declared(resource)
    }

    /// The node of a resource that is no part of the flow.
    fn declared(&mut self, resource: &'a Resource) -> usize {
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
            // Places come in order, so one that is there already is the last.
            if of.last() != Some(&place) {
                of.push(place);
            }
        }
    }
    out
}

/// The API and the route of an ARN's last part: `${Api}/*/GET/items` is `Api` and `GET /items`.
fn api_and_route(place: &Text) -> (String, String) {
    let spelled = place.to_string();
    let (api, rest) = spelled.split_once('/').unwrap_or((&spelled, ""));
    let api = api.strip_prefix("${").and_then(|name| name.strip_suffix('}')).unwrap_or(api);
    let mut parts = rest.splitn(3, '/').skip(1);
    let label = match (parts.next(), parts.next()) {
        (Some("*"), Some(path)) => format!("ANY /{path}"),
        (Some(method), Some(path)) => format!("{method} /{path}"),
        (Some(route), None) if route != "*" => route.to_owned(),
        _ => String::new(),
    };
    (api.to_owned(), label)
}

/// What stands after the last `:` or `/`.
fn last_part(spelled: &str) -> String {
    let part = spelled.rsplit([':', '/']).next().filter(|part| !part.is_empty()).unwrap_or(spelled);
    part.strip_prefix("${").and_then(|name| name.strip_suffix('}')).unwrap_or(part).to_owned()
}

/// What a trigger takes, in a few words.
fn label_of(trigger: &Trigger) -> String {
    if !trigger.route.is_empty() {
        return trigger.route.clone();
    }
    if trigger.kind == TriggerKind::ApiGateway {
        let place = trigger.source_arn.as_ref().and_then(Arn::parse);
        return place.map(|arn| api_and_route(&arn.resource).1).unwrap_or_default();
    }
    let mut words: Vec<String> = trigger.events.set().map(|(event, ..)| event.to_string()).take(3).collect();
    let text = |value: &Value<&Data>| value.text().only().map(ToString::to_string);
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
