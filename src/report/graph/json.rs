//! The public contract for programs: `{"version":1,…}`; see `docs/guides/graph.md`.
//!
//! Keys and their order are part of it; it changes only with `version`. Lines and columns count from 1, columns in code points.

use crate::engine::{Finding, Level, Severity};
use crate::graph::{Drawing, Picture};
use crate::report::json::Escaping;
use crate::report::locate::Locator;
use crate::report::{RunError, Skipped};
use crate::source::{Source, Sources, Span};
use serde::Serialize;
use std::io;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    files: usize,
    worlds: Vec<World<'a>>,
    skipped: &'a [Skipped],
    errors: &'a [RunError],
}

#[derive(Serialize)]
struct World<'a> {
    files: Vec<&'a str>,
    nodes: Vec<Node<'a>>,
    edges: Vec<Edge<'a>>,
    findings: Vec<Found<'a>>,
    complete: bool,
}

#[derive(Serialize)]
struct Node<'a> {
    id: String,
    kind: &'a str,
    name: &'a str,
    place: Option<Place<'a>>,
}

#[derive(Serialize)]
struct Edge<'a> {
    from: String,
    to: String,
    kind: &'a str,
    label: &'a str,
    when: Option<&'a str>,
    place: Place<'a>,
    loops: &'a [usize],
    missing_permission: Option<usize>,
}

#[derive(Serialize)]
struct Found<'a> {
    rule: &'a str,
    severity: Severity,
    level: Level,
    message: &'a str,
    place: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

/// Writes the document on one line.
pub(super) fn write(picture: &Picture, sources: &Sources, out: &mut dyn io::Write) -> io::Result<()> {
    let mut locator = Locator::new(sources);
    let mut first = 0;
    let mut worlds = Vec::with_capacity(picture.drawings.len());
    for drawing in &picture.drawings {
        worlds.push(world(drawing, first, sources, &mut locator));
        first += drawing.nodes.len();
    }
    let document =
        Document { version: 1, files: picture.files, worlds, skipped: &picture.skipped, errors: &picture.errors };
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Escaping);
    document.serialize(&mut serializer)?;
    out.write_all(b"\n")
}

fn world<'a>(drawing: &'a Drawing, first: usize, sources: &'a Sources, locator: &mut Locator<'a>) -> World<'a> {
    let id = |place: usize| format!("n{}", first + place);
    World {
        files: drawing.sources.iter().filter_map(|id| sources.get(*id)).map(Source::name).collect(),
        nodes: drawing
            .nodes
            .iter()
            .enumerate()
            .map(|(index, node)| Node {
                id: id(index),
                kind: &node.kind,
                name: &node.name,
                place: node.span.map(|span| place(span, locator)),
            })
            .collect(),
        edges: drawing
            .edges
            .iter()
            .map(|edge| Edge {
                from: id(edge.from),
                to: id(edge.to),
                kind: edge.kind.word(),
                label: &edge.label,
                when: edge.when.as_deref(),
                place: place(edge.span, locator),
                loops: &edge.loops,
                missing_permission: edge.missing,
            })
            .collect(),
        findings: drawing
            .findings
            .iter()
            .map(|finding: &Finding| Found {
                rule: finding.rule,
                severity: finding.grade.severity,
                level: finding.grade.level,
                message: &finding.message,
                place: place(finding.primary.span, locator),
            })
            .collect(),
        complete: !drawing.cut,
    }
}

fn place<'a>(span: Span, locator: &mut Locator<'a>) -> Place<'a> {
    let start = locator.start(span);
    Place { file: locator.file(span.source), line: start.line, column: start.column }
}
