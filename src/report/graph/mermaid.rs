//! Mermaid flowcharts. Syntax: <https://mermaid.js.org/syntax/flowchart.html>.

use super::{Line, clean, cut, lines, title};
use crate::graph::{FUNCTION, Kind, Picture};
use crate::report::severity_word;
use crate::source::Sources;
use std::fmt::Write as _;

/// The words of a finding beside a line.
const MAX_TOLD: usize = 140;

pub(super) fn draw(picture: &Picture, sources: &Sources) -> String {
    let mut out = String::from("flowchart LR\n");
    let several = picture.drawings.len() > 1;
    let indent = if several { "    " } else { "  " };
    let mut red = Vec::new();
    let mut bare = Vec::new();
    let mut thin = Vec::new();
    let (mut first, mut count) = (0, 0);
    for (world, drawing) in picture.drawings.iter().enumerate() {
        if several {
            let _ = writeln!(out, "  subgraph w{world}[\"{}\"]\n    direction LR", text(&title(drawing, sources)));
        }
        for (index, node) in drawing.nodes.iter().enumerate() {
            let (open, close) = shape(&node.kind);
            let class = if node.kind == FUNCTION { "function" } else { "channel" };
            let name = text(&clean(&node.name));
            let kind = text(&clean(&node.kind));
            let _ = writeln!(out, "{indent}n{}{open}\"{name}<br/><i>{kind}</i>\"{close}:::{class}", first + index);
        }
        for line in lines(drawing) {
            let mut labels: Vec<String> = line.labels.iter().map(|label| text(label)).collect();
            if line.missing {
                labels.push("no permission".to_owned());
            }
            if line.looped.is_some() {
                let found = line.findings.iter().filter_map(|finding| drawing.findings.get(*finding));
                labels.extend(found.map(|found| {
                    let severity = severity_word(found.grade.severity);
                    text(&cut(&format!("{severity}: {}", found.message.replace('`', "")), MAX_TOLD))
                }));
            }
            let arrow = arrow(&line);
            let label = if labels.is_empty() { String::new() } else { format!("|\"{}\"|", labels.join("<br/>")) };
            let _ = writeln!(out, "{indent}n{} {arrow}{label} n{}", first + line.from, first + line.to);
            match (line.looped.is_some(), line.missing, line.kind) {
                (true, ..) => red.push(count.to_string()),
                (_, true, _) => bare.push(count.to_string()),
                (_, _, Kind::Write) => thin.push(count.to_string()),
                _ => {}
            }
            count += 1;
        }
        if several {
            out.push_str("  end\n");
        }
        first += drawing.nodes.len();
    }
    if first > 0 {
        out.push_str("  classDef function fill:#fff3e6,stroke:#d9730d,color:#1f2328\n");
        out.push_str("  classDef channel fill:#eef4fb,stroke:#4a7ab5,color:#1f2328\n");
    }
    for (lines, style) in [
        (red, "stroke:#cf222e,stroke-width:3px,color:#cf222e"),
        (bare, "stroke:#9a6700,stroke-width:2px,stroke-dasharray:6 4,color:#9a6700"),
        (thin, "stroke:#8c959f"),
    ] {
        if !lines.is_empty() {
            let _ = writeln!(out, "  linkStyle {} {style}", lines.join(","));
        }
    }
    out
}

/// What stands around a node's label.
fn shape(kind: &str) -> (&'static str, &'static str) {
    match kind {
        FUNCTION => ("(", ")"),
        "queue" | "stream" => ("[[", "]]"),
        "bucket" | "table" | "log group" => ("[(", ")]"),
        "topic" | "bus" => ("{{", "}}"),
        "API" | "schedule" => ("([", "])"),
        _ => ("[", "]"),
    }
}

fn arrow(line: &Line) -> &'static str {
    match line.kind {
        _ if line.looped.is_some() => "==>",
        _ if line.missing => "-.->",
        Kind::Failure => "-.->",
        Kind::Trigger | Kind::Relay | Kind::Success | Kind::Write => "-->",
    }
}

/// Text inside quotes. Mermaid reads HTML, Markdown, icons and formulas there; its own entities (`#60;`) keep all of that from being
/// more than characters.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        let inside = before.is_ascii_alphanumeric();
        let plain = c.is_ascii_alphanumeric()
            || (c == ' ' && before != ' ')
            || (matches!(c, '-' | '_') && inside)
            || (matches!(c, '/' | ',') && before != '/')
            || (c == '.' && inside && out.contains(|c: char| c.is_ascii_alphabetic()))
            || (!c.is_ascii() && c.is_alphanumeric());
        // Entities are read before formulas (`$$x$$`) and icons (`fa:fa-car`) are looked for; something without width keeps those apart.
        if matches!((before, c), ('$', '$') | (':', 'f')) {
            out.push_str("#8203;");
        }
        if plain {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn text_is_never_markup() {
        assert_eq!(text("order-events_v2.fifo"), "order-events_v2.fifo");
        assert_eq!(text("<b>\"`"), "#60;b#62;#34;#96;");
        assert_eq!(text("1. *a* $$x$$"), "1#46; #42;a#42; #36;#8203;#36;x#36;#8203;#36;");
        assert_eq!(text("fa:fa-car"), "fa#58;#8203;fa-car");
        assert_eq!(text("%%{init: {}}%%"), "#37;#37;#123;init#58; #123;#125;#125;#37;#37;");
        assert_eq!(text("é日 https://a"), "é日 https#58;/#47;a");
    }
}
