//! YAML whose scalars hold JSON: the inner documents' spans are within their scalars.

#![no_main]

use lambda_lint::source::SourceId;
use lambda_lint::syntax::{self, Kind, Language, NodeId, inner};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let parsed = syntax::read(SourceId(0), text, Language::Yaml);
    let document = &parsed.document;
    let mut open: Vec<NodeId> = document.roots().to_vec();
    while let Some(id) = open.pop() {
        let node = document.written(id);
        match &node.kind {
            Kind::Map(entries) => open.extend(entries.iter().flat_map(|entry| [entry.key, entry.value])),
            Kind::List(items) => open.extend(items),
            Kind::Scalar(scalar) => {
                let plain_breaks = !text.contains(['\u{85}', '\u{2028}', '\u{2029}']);
                if plain_breaks {
                    assert!(inner::TextMap::new(text, node).is_exact(), "{scalar:?} <{:?}>", &text[node.span.range()]);
                }
                let Some(inner) = inner::read_json(text, document, id) else { continue };
                let mut below: Vec<NodeId> = inner.document.roots().to_vec();
                while let Some(id) = below.pop() {
                    let span = inner.document.written(id).span;
                    assert!(node.span.contains(span) && text.get(span.range()).is_some());
                    match &inner.document.written(id).kind {
                        Kind::Map(entries) => below.extend(entries.iter().flat_map(|entry| [entry.key, entry.value])),
                        Kind::List(items) => below.extend(items),
                        _ => {}
                    }
                }
                let error = inner.error.map(|error| error.span);
                assert!(error.is_none_or(|span| node.span.contains(span) && text.get(span.range()).is_some()));
            }
            Kind::Alias(_) => {}
        }
    }
});
