//! Pictures.

use super::layout::{Layout, Size, layout};
use super::{Line, clean, lines, mark, title, told, xml};
use crate::graph::{Drawing, FUNCTION, Kind, Picture};
use crate::report::locate::Locator;
use crate::source::Sources;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthChar;

/// Around everything, and between drawings.
const MARGIN: f64 = 24.0;
const NODE_HEIGHT: f64 = 44.0;
const LINE_HEIGHT: f64 = 14.0;
/// The least width of a text below a drawing.
const TEXT_WIDTH: f64 = 620.0;

/// The colours; a dark page has its own.
const STYLE: &str = "\
.page{fill:#fff}\
text{font-family:-apple-system,'Segoe UI','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif;fill:#1f2328}\
.name{font-size:13px;font-weight:600}.kind{font-size:10.5px;fill:#59636e}\
.title{font-size:13px;fill:#59636e}.label{font-size:10.5px;fill:#59636e}.plate{fill:#fff}\
.node{fill:#f6f8fa;stroke:#d0d7de}.node.function{fill:#fff3e6;stroke:#e8a25c}.band{fill:#6e7781}\
.edge{fill:none;stroke:#6e7781;stroke-width:1.4}.edge.write{stroke:#afb8c1}.edge.failure{stroke-dasharray:2 3}\
.edge.loop{stroke:#cf222e;stroke-width:2.4}.edge.missing{stroke:#9a6700;stroke-width:1.8;stroke-dasharray:7 4}\
.label.loop,.found.error,.found.warning{fill:#cf222e}.label.missing{fill:#9a6700;font-weight:600}\
.found{font-size:12px}.found.missing{fill:#9a6700}.found.advice{fill:#59636e}\
.tip{fill:#6e7781}.tip.loop{fill:#cf222e}.tip.missing{fill:#9a6700}.tip.write{fill:#afb8c1}";

const DARK: &str = "@media (prefers-color-scheme:dark){\
.page{fill:#0d1117}text{fill:#e6edf3}.kind,.title,.label,.found.advice{fill:#9198a1}.plate{fill:#0d1117}\
.node{fill:#161b22;stroke:#3d444d}.node.function{fill:#2b1d0e;stroke:#b8752c}\
.edge{stroke:#9198a1}.edge.write{stroke:#57606a}.edge.loop{stroke:#f85149}.edge.missing{stroke:#d29922}\
.label.loop,.found.error,.found.warning{fill:#f85149}.label.missing,.found.missing{fill:#d29922}\
.tip{fill:#9198a1}.tip.loop{fill:#f85149}.tip.missing{fill:#d29922}.tip.write{fill:#57606a}}";

/// One document with all drawings below one another.
pub(super) fn draw(picture: &Picture, sources: &Sources) -> String {
    let mut locator = Locator::new(sources);
    let several = picture.drawings.len() > 1;
    let mut body = String::new();
    let (mut width, mut y) = (TEXT_WIDTH / 2.0, MARGIN);
    for drawing in &picture.drawings {
        if several {
            let _ = writeln!(
                body,
                "<text class=\"title\" x=\"{MARGIN}\" y=\"{:.1}\">{}</text>",
                y + 12.0,
                xml(&title(drawing, sources))
            );
            y += 26.0;
        }
        let size = one(drawing, y, &mut body);
        y += size.1 + 8.0;
        width = width.max(size.0);
        if !drawing.findings.is_empty() {
            width = width.max(TEXT_WIDTH);
        }
        y = told_below(drawing, y, width, &mut locator, &mut body) + MARGIN;
    }
    if picture.drawings.is_empty() {
        let _ = writeln!(body, "<text class=\"title\" x=\"{MARGIN}\" y=\"{:.1}\">no functions</text>", y + 12.0);
        y += 20.0 + MARGIN;
    }
    document(width + 2.0 * MARGIN, y, &body)
}

/// One drawing without its findings, for a page that tells them itself.
pub(super) fn alone(drawing: &Drawing) -> String {
    let mut body = String::new();
    let size = one(drawing, MARGIN, &mut body);
    document(size.0 + 2.0 * MARGIN, size.1 + 2.0 * MARGIN, &body)
}

fn document(width: f64, height: f64, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"img\">\n<title>What runs what</title>\n<style>{STYLE}{DARK}</style>\n\
         <rect class=\"page\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n{body}</svg>\n"
    )
}

/// One drawing at a height, without its findings; its size.
fn one(drawing: &Drawing, top: f64, out: &mut String) -> Size {
    let lines = lines(drawing);
    let sizes: Vec<Size> = drawing
        .nodes
        .iter()
        .map(|node| {
            let width = text_width(&clean(&node.name), 13.0, true).max(text_width(&clean(&node.kind), 10.5, false));
            (width + 34.0, NODE_HEIGHT)
        })
        .collect();
    let words: Vec<Vec<String>> = lines.iter().map(words).collect();
    let labels: Vec<Size> = words.iter().map(|words| label_size(words)).collect();
    let Some(layout) = layout(&sizes, &lines, &labels) else {
        let _ = writeln!(
            out,
            "<text class=\"title\" x=\"{MARGIN}\" y=\"{:.1}\">{} nodes and {} lines are too many for one picture; \
             `--format dot` or `json` has them all</text>",
            top + 14.0,
            drawing.nodes.len(),
            lines.len()
        );
        return (TEXT_WIDTH, 24.0);
    };
    let _ = writeln!(out, "<g transform=\"translate({MARGIN} {top:.1})\">");
    for (line, course) in lines.iter().zip(&layout.lines) {
        edge(line, &course.points, out);
    }
    nodes(drawing, &sizes, &layout, out);
    for ((line, course), (words, size)) in lines.iter().zip(&layout.lines).zip(words.iter().zip(&labels)) {
        label(line, on_the_line(&course.points, course.label), words, *size, out);
    }
    out.push_str("</g>\n");
    layout.size
}

/// What is written at a line.
fn words(line: &Line) -> Vec<String> {
    let mut words = line.labels.clone();
    if line.missing {
        words.push("no permission".to_owned());
    }
    let marks: String = line.findings.iter().map(|finding| mark(*finding)).collect();
    if !marks.is_empty() {
        match words.first_mut() {
            Some(first) => *first = format!("{marks} {first}"),
            None => words.push(marks),
        }
    }
    words
}

fn label_size(words: &[String]) -> Size {
    let width = words.iter().map(|word| text_width(word, 10.5, false)).fold(0.0, f64::max);
    #[expect(clippy::cast_precision_loss, reason = "a label has a handful of lines")]
    let height = words.len() as f64 * LINE_HEIGHT;
    if words.is_empty() { (0.0, 0.0) } else { (width + 8.0, height + 4.0) }
}

fn class(line: &Line) -> &'static str {
    match line.kind {
        _ if line.looped.is_some() && line.missing => "loop missing",
        _ if line.looped.is_some() => "loop",
        _ if line.missing => "missing",
        Kind::Failure => "failure",
        Kind::Write => "write",
        Kind::Trigger | Kind::Relay | Kind::Success => "plain",
    }
}

/// A smooth line with a tip.
fn edge(line: &Line, points: &[(f64, f64)], out: &mut String) {
    let Some((first, rest)) = points.split_first() else { return };
    let Some((last, between)) = rest.split_last() else { return };
    let before = between.last().unwrap_or(first);
    let class = class(line);
    // The tip takes the last pixels; the line ends where it begins.
    let (dx, dy) = (last.0 - before.0, last.1 - before.1);
    let length = dx.hypot(dy).max(0.001);
    let (ux, uy) = (dx / length, dy / length);
    let neck = (last.0 - ux * 7.0, last.1 - uy * 7.0);
    let mut path = format!("M{:.1} {:.1}", first.0, first.1);
    // Each bend is rounded: from the middle of one stretch to the middle of the next.
    let mut at = between.iter().peekable();
    while let Some(bend) = at.next() {
        let end = match at.peek() {
            Some(next) => (f64::midpoint(bend.0, next.0), f64::midpoint(bend.1, next.1)),
            None => neck,
        };
        let _ = write!(path, " Q{:.1} {:.1} {:.1} {:.1}", bend.0, bend.1, end.0, end.1);
    }
    if between.is_empty() {
        let _ = write!(path, " L{:.1} {:.1}", neck.0, neck.1);
    }
    let _ = writeln!(out, "<path class=\"edge {class}\" d=\"{path}\"/>");
    let _ = writeln!(
        out,
        "<path class=\"tip {class}\" d=\"M{:.1} {:.1} L{:.1} {:.1} L{:.1} {:.1} Z\"/>",
        last.0,
        last.1,
        neck.0 - ux - uy * 4.0,
        neck.1 - uy + ux * 4.0,
        neck.0 - ux + uy * 4.0,
        neck.1 - uy - ux * 4.0
    );
}

/// Where a line that [`edge`] draws passes the bend that a label was given: it rounds the bend, so that the label moves along.
fn on_the_line(points: &[(f64, f64)], label: (f64, f64)) -> (f64, f64) {
    let middle = |a: (f64, f64), b: (f64, f64)| (f64::midpoint(a.0, b.0), f64::midpoint(a.1, b.1));
    let ends = points.len().saturating_sub(1);
    let near = |place: (f64, f64)| (place.0 - label.0).abs() + (place.1 - label.1).abs();
    let bends = points.windows(3).enumerate().filter_map(|(index, window)| match window {
        [before, bend, after] => {
            let start = if index == 0 { *before } else { middle(*before, *bend) };
            let end = if index + 2 == ends { *after } else { middle(*bend, *after) };
            Some((*bend, middle(middle(start, *bend), middle(*bend, end))))
        }
        _ => None,
    });
    bends.min_by(|(a, _), (b, _)| near(*a).total_cmp(&near(*b))).map_or(label, |(_, place)| place)
}

fn nodes(drawing: &Drawing, sizes: &[Size], layout: &Layout, out: &mut String) {
    for (node, ((width, height), (x, y))) in drawing.nodes.iter().zip(sizes.iter().zip(&layout.nodes)) {
        let (left, top) = (x - width / 2.0, y - height / 2.0);
        let class = if node.kind == FUNCTION { "node function" } else { "node" };
        let _ = writeln!(
            out,
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"7\"/>\
             <rect class=\"band\" style=\"fill:{}\" x=\"{:.1}\" y=\"{:.1}\" width=\"4\" height=\"{:.1}\" rx=\"2\"/>\
             <text class=\"name\" x=\"{:.1}\" y=\"{:.1}\">{}</text><text class=\"kind\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            colour(&node.kind),
            left + 7.0,
            top + 9.0,
            height - 18.0,
            left + 19.0,
            y - 1.0,
            xml(&clean(&node.name)),
            left + 19.0,
            y + 14.0,
            xml(&clean(&node.kind)),
        );
    }
}

/// The colour of a kind, near those of AWS's own icons.
fn colour(kind: &str) -> &'static str {
    match kind {
        FUNCTION => "#ed7100",
        "bucket" => "#7aa116",
        "queue" | "topic" | "bus" | "schedule" | "state machine" | "rule" => "#e7157b",
        "table" => "#4d72f3",
        "stream" | "API" => "#8c4fff",
        _ => "#6e7781",
    }
}

fn label(line: &Line, (x, y): (f64, f64), words: &[String], size: Size, out: &mut String) {
    if words.is_empty() {
        return;
    }
    let (left, top) = (x - size.0 / 2.0, y - size.1 / 2.0);
    let _ = writeln!(
        out,
        "<rect class=\"plate\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"3\"/>",
        size.0, size.1
    );
    let mut baseline = top + 12.5;
    for word in words {
        let _ = writeln!(
            out,
            "<text class=\"label {}\" x=\"{x:.1}\" y=\"{baseline:.1}\" text-anchor=\"middle\">{}</text>",
            class(line),
            xml(word)
        );
        baseline += LINE_HEIGHT;
    }
}

/// The findings below a drawing; where they end.
fn told_below(drawing: &Drawing, top: f64, width: f64, locator: &mut Locator, out: &mut String) -> f64 {
    let mut y = top;
    for (place, finding) in drawing.findings.iter().enumerate() {
        let Some(told) = told(drawing, place, locator) else { continue };
        let missing = if finding.rule == "missing-permission" { " missing" } else { "" };
        let severity = crate::report::severity_word(finding.grade.severity);
        for (index, row) in rows(&format!("{} {told}", mark(place)), width).iter().enumerate() {
            y += 18.0;
            let _ = writeln!(
                out,
                "<text class=\"found {severity}{missing}\" x=\"{:.1}\" y=\"{y:.1}\">{}</text>",
                if index == 0 { MARGIN } else { MARGIN + 16.0 },
                xml(row)
            );
        }
    }
    y
}

/// A text in rows of a width.
fn rows(text: &str, width: f64) -> Vec<String> {
    let mut rows = vec![String::new()];
    for word in text.split(' ') {
        let Some(row) = rows.last_mut() else { break };
        if row.is_empty() {
            row.push_str(word);
        } else if text_width(row, 12.0, false) + text_width(word, 12.0, false) + 20.0 > width {
            rows.push(word.to_owned());
        } else {
            row.push(' ');
            row.push_str(word);
        }
    }
    rows
}

/// About how wide a text is; fonts differ, and a little too wide is better.
fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    let ems: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' | 'I' => 0.34,
            'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '/' | ' ' | '-' | '`' => 0.42,
            'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.95,
            c if c.is_ascii_uppercase() => 0.72,
            c if c.is_ascii() => 0.62,
            c => {
                if UnicodeWidthChar::width(c).unwrap_or(0) > 1 {
                    1.05
                } else {
                    0.72
                }
            }
        })
        .sum();
    ems * size * if bold { 1.1 } else { 1.0 }
}
