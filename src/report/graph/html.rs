//! A page with the pictures and what they show, in words. No scripts, nothing from elsewhere.

use super::{mark, svg, title, told, xml};
use crate::graph::{Drawing, Picture};
use crate::report::locate::Locator;
use crate::source::Sources;
use std::fmt::Write as _;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:15px/1.5 -apple-system,'Segoe UI','Noto Sans','DejaVu Sans',Helvetica,Arial,sans-serif;margin:2rem auto;max-width:1400px;padding:0 1.5rem}\
h1{font-size:1.4rem}h2{font-size:1rem;font-weight:600;margin:2.5rem 0 .6rem}\
figure{margin:0;overflow-x:auto}svg{display:block;max-width:none;height:auto}\
ol{list-style:none;padding:0}li{margin:.3rem 0}.error,.warning{color:#cf222e}.missing{color:#9a6700}\
table{border-collapse:collapse;font-size:.9rem}td,th{text-align:left;padding:.2rem 1.2rem .2rem 0;vertical-align:top}\
summary{cursor:pointer}details{margin:.8rem 0}";

pub(super) fn page(picture: &Picture, sources: &Sources) -> String {
    let mut locator = Locator::new(sources);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>What runs what</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>What runs what</h1>\n"
    );
    if picture.drawings.is_empty() {
        out.push_str("<p>There is no function.</p>\n");
    }
    for drawing in &picture.drawings {
        world(drawing, sources, &mut locator, &mut out);
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn world(drawing: &Drawing, sources: &Sources, locator: &mut Locator, out: &mut String) {
    let _ = writeln!(out, "<section>\n<h2>{}</h2>", xml(&title(drawing, sources)));
    if !drawing.findings.is_empty() {
        out.push_str("<ol>\n");
        for (place, finding) in drawing.findings.iter().enumerate() {
            let class = match finding.rule {
                "missing-permission" => "missing",
                _ => crate::report::severity_word(finding.grade.severity),
            };
            if let Some(told) = told(drawing, place, locator) {
                let _ = writeln!(out, "<li class=\"{class}\">{} {}</li>", mark(place), xml(&told));
            }
        }
        out.push_str("</ol>\n");
    }
    let _ = writeln!(out, "<figure>{}</figure>", svg::alone(drawing));
    if drawing.cut {
        out.push_str("<p>There was more to look at than could be: lines may be missing.</p>\n");
    }
    steps(drawing, locator, out);
    out.push_str("</section>\n");
}

/// The same in words: for those who cannot see the picture, and for what its lines leave out.
fn steps(drawing: &Drawing, locator: &mut Locator, out: &mut String) {
    if drawing.edges.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "<details><summary>{} in words</summary>\n<table>\n<tr><th>from</th><th>to</th><th>how</th><th>when</th><th>where</th></tr>",
        if drawing.edges.len() == 1 { "1 step".to_owned() } else { format!("{} steps", drawing.edges.len()) }
    );
    let name = |place: usize| drawing.nodes.get(place).map_or("", |node| &node.name);
    for edge in &drawing.edges {
        let line = locator.start(edge.span).line;
        let how = if edge.label.is_empty() {
            edge.kind.word().to_owned()
        } else {
            format!("{}: {}", edge.kind.word(), edge.label)
        };
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}:{line}</td></tr>",
            xml(name(edge.from)),
            xml(name(edge.to)),
            xml(&how),
            xml(edge.when.as_deref().unwrap_or("always")),
            xml(locator.file(edge.span.source)),
        );
    }
    out.push_str("</table>\n</details>\n");
}
