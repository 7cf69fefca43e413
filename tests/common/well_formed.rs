// What holds for every document that was read, whatever the text was. Shared by the tests and the fuzz targets.

use lambda_lint::source::Span;
use lambda_lint::syntax::{Document, Kind, Language, NodeId, Parsed, ScalarStyle, inner};

/// Panics when the spans of `parsed` are not those of `text`.
#[track_caller]
pub(crate) fn assert_well_formed(text: &str, parsed: &Parsed) {
    let document = &parsed.document;
    let mut end = 0;
    for root in document.roots() {
        let span = document.written(*root).span;
        assert!(span.start >= end, "roots overlap");
        end = span.end;
    }
    let mut open: Vec<(NodeId, Option<usize>)> = document.roots().iter().map(|root| (*root, Some(0))).collect();
    let mut seen = 0;
    while let Some((id, depth)) = open.pop() {
        seen += 1;
        assert_node(text, document, id, depth);
        for (child, depth) in children(document, id, depth) {
            open.push((child, depth));
        }
    }
    assert_eq!(seen, document.len(), "every node is reached once");
    assert_comments(text, document);
    if let Some(error) = &parsed.error {
        assert_in(text, error.span);
        assert!(!error.span.is_empty() || error.span.start as usize == text.len(), "an empty error span: {error:?}");
        assert!(!error.message.is_empty() && !error.message.ends_with('.'));
        assert!(!error.message.chars().any(char::is_control), "a raw control character: {error:?}");
    }
    for duplicate in &parsed.duplicates {
        assert_in(text, duplicate.first);
        assert_in(text, duplicate.again);
        assert!(duplicate.first.start < duplicate.again.start);
    }
}

/// The nodes directly below, with their depth as [`Document::path_at`] counts it; none inside a collection that is a key.
fn children(document: &Document, id: NodeId, depth: Option<usize>) -> Vec<(NodeId, Option<usize>)> {
    let below = depth.map(|depth| depth + 1);
    match &document.written(id).kind {
        Kind::Map(entries) => entries.iter().flat_map(|entry| [(entry.key, None), (entry.value, below)]).collect(),
        Kind::List(items) => items.iter().map(|item| (*item, below)).collect(),
        _ => Vec::new(),
    }
}

#[track_caller]
fn assert_in(text: &str, span: Span) -> &str {
    let found = text.get(span.range());
    assert!(found.is_some(), "{span:?} is not in the text of {} bytes", text.len());
    found.unwrap_or_default()
}

#[track_caller]
fn assert_node(text: &str, document: &Document, id: NodeId, depth: Option<usize>) {
    let node = document.written(id);
    let slice = assert_in(text, node.span);
    if let Some(tag) = &node.tag {
        assert!(assert_in(text, tag.span).starts_with('!'));
        assert!(tag.span.end <= node.span.start, "{node:?}");
    }
    let mut end = node.span.start;
    for (child, _) in children(document, id, None) {
        let child = document.written(child);
        assert!(node.span.contains(child.span), "{child:?} is not within {node:?}");
        assert!(child.span.start >= end, "{child:?} overlaps the one before it");
        end = child.span.end;
    }
    match &node.kind {
        Kind::Scalar(scalar) => {
            let yaml = document.language() == Language::Yaml;
            match scalar.style {
                ScalarStyle::Plain if !slice.contains(['\n', '\r']) && !slice.starts_with(['"', '\'']) => {
                    assert_eq!(slice, &*scalar.text);
                }
                ScalarStyle::SingleQuoted => {
                    assert!(slice.len() >= 2 && slice.starts_with('\'') && slice.ends_with('\''));
                }
                ScalarStyle::DoubleQuoted if !yaml || slice.starts_with('"') => {
                    assert!(slice.len() >= 2 && slice.starts_with('"') && slice.ends_with('"'));
                }
                ScalarStyle::Literal | ScalarStyle::Folded => assert!(!slice.ends_with(['\n', '\r'])),
                _ => {}
            }
            let map = inner::TextMap::new(text, node);
            let mut last = node.span.start;
            for (at, char) in scalar.text.char_indices().take(200) {
                let range = at..at + char.len_utf8();
                let span = map.span(range.clone());
                let found = assert_in(text, span);
                assert!(node.span.contains(span));
                if map.is_exact() {
                    assert!(span.start >= last, "{char:?} of {node:?} is before the last");
                    assert!(found.chars().eq([char]) || found.chars().count() != 1 || char == ' ' || char == '\n');
                    if scalar.text.len() < 10_000 {
                        assert_eq!(inner::span_of(text, node, range), span, "{node:?}");
                    }
                    last = span.start;
                }
            }
        }
        Kind::Alias(_) => assert!(slice.starts_with('*')),
        _ => {}
    }
    if let (Some(depth), false) = (depth, node.span.is_empty()) {
        let leaf = matches!(node.kind, Kind::Scalar(_) | Kind::Alias(_));
        if leaf {
            assert_eq!(document.path_at(node.span.start).steps().len(), depth, "{node:?}");
        }
    }
}

#[track_caller]
fn assert_comments(text: &str, document: &Document) {
    let mut end = 0;
    for comment in document.comments() {
        let slice = assert_in(text, comment.span);
        assert!(slice.starts_with('#') && !slice.contains('\n'), "{slice:?}");
        assert!(comment.span.start >= end, "comments out of order");
        end = comment.span.end;
    }
}
