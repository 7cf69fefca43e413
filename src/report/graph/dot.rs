//! Graphviz. Syntax: <https://graphviz.org/doc/info/lang.html>.

use super::{clean, cut, lines, mark, title, told};
use crate::graph::{FUNCTION, Kind, Picture};
use crate::report::locate::Locator;
use crate::source::Sources;
use std::fmt::Write as _;

/// The words of a finding below a graph.
const MAX_TOLD: usize = 140;

pub(super) fn draw(picture: &Picture, sources: &Sources) -> String {
    let mut locator = Locator::new(sources);
    let mut out = String::from(
        "digraph wiring {\n  \
         graph [charset=\"UTF-8\", rankdir=LR, fontname=\"Helvetica\", fontsize=11, nodesep=0.35, ranksep=0.8, labeljust=l];\n  \
         node [fontname=\"Helvetica\", fontsize=11, style=\"filled,rounded\", shape=box, margin=\"0.16,0.08\"];\n  \
         edge [fontname=\"Helvetica\", fontsize=9, color=\"#57606a\", fontcolor=\"#57606a\", arrowsize=0.7];\n",
    );
    let mut first = 0;
    for (world, drawing) in picture.drawings.iter().enumerate() {
        let mut caption =
            if picture.drawings.len() > 1 { format!("{}\\l", text(&title(drawing, sources))) } else { String::new() };
        for finding in 0..drawing.findings.len() {
            if let Some(told) = told(drawing, finding, &mut locator) {
                let _ = write!(caption, "{} {}\\l", mark(finding), text(&cut(&told, MAX_TOLD)));
            }
        }
        let _ = writeln!(
            out,
            "  subgraph cluster_{world} {{\n    graph [label=\"{caption}\", labelloc=b, color=\"#d0d7de\", fontcolor=\"#57606a\"];"
        );
        for (index, node) in drawing.nodes.iter().enumerate() {
            let (fill, stroke) = if node.kind == FUNCTION { ("#fff3e6", "#d9730d") } else { ("#eef4fb", "#4a7ab5") };
            let _ = writeln!(
                out,
                "    n{} [label=\"{}\\n{}\", {}, fillcolor=\"{fill}\", color=\"{stroke}\"];",
                first + index,
                text(&clean(&node.name)),
                text(&clean(&node.kind)),
                shape(&node.kind),
            );
        }
        for line in lines(drawing) {
            let mut labels: Vec<String> = line.labels.iter().map(|label| text(label)).collect();
            if line.missing {
                labels.push("no permission".to_owned());
            }
            let marks: String = line.findings.iter().map(|finding| mark(*finding)).collect();
            if !marks.is_empty() {
                labels.insert(0, marks);
            }
            let mut attributes = Vec::new();
            if !labels.is_empty() {
                attributes.push(format!("label=\"{}\"", labels.join("\\n")));
            }
            match (line.looped.is_some(), line.missing, line.kind) {
                (true, ..) => attributes.push("color=\"#cf222e\", fontcolor=\"#cf222e\", penwidth=2".to_owned()),
                (_, true, _) => attributes.push("color=\"#9a6700\", fontcolor=\"#9a6700\", penwidth=1.5".to_owned()),
                (_, _, Kind::Failure) => attributes.push("style=dotted".to_owned()),
                (_, _, Kind::Write) => attributes.push("color=\"#afb8c1\"".to_owned()),
                (_, _, Kind::Trigger | Kind::Relay | Kind::Success) => {}
            }
            if line.missing {
                attributes.push("style=dashed".to_owned());
            }
            let attributes =
                if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
            let _ = writeln!(out, "    n{} -> n{}{attributes};", first + line.from, first + line.to);
        }
        out.push_str("  }\n");
        first += drawing.nodes.len();
    }
    out.push_str("}\n");
    out
}

fn shape(kind: &str) -> &'static str {
    match kind {
        "bucket" | "table" | "log group" => "shape=cylinder, style=filled",
        "queue" | "stream" => "shape=cds, style=filled",
        "topic" | "bus" => "shape=hexagon, style=filled",
        "API" | "schedule" => "shape=oval, style=filled",
        _ => "shape=box",
    }
}

/// Text inside quotes: no escape sequence (`\N` is the node's name), and no entity, which Graphviz would read.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            c => out.push(c),
        }
    }
    out
}
