//! Parts of a scalar's decoded text, found again in the file.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use lambda_lint::source::SourceId;
use lambda_lint::syntax::{self, Kind, Language, NodeId, Parsed, inner};

fn yaml(text: &str) -> Parsed {
    syntax::read(SourceId(0), text, Language::Yaml)
}

fn value(parsed: &Parsed, key: &str) -> NodeId {
    parsed.document.get(parsed.document.root().unwrap(), key).unwrap()
}

/// The bytes of the file that `part` of the value of `a` stands in.
#[track_caller]
fn find<'text>(text: &'text str, parsed: &Parsed, part: &str) -> &'text str {
    assert_eq!(parsed.error, None);
    let node = parsed.document.node(value(parsed, "a"));
    let Kind::Scalar(scalar) = &node.kind else { panic!("not a scalar") };
    let start = scalar.text.find(part).unwrap_or_else(|| panic!("{part:?} is not in {:?}", scalar.text));
    let range = start..start + part.len();
    let span = inner::span_of(text, node, range.clone());
    let map = inner::TextMap::new(text, node);
    assert!(map.is_exact(), "not exact: {:?}", scalar.text);
    assert_eq!(map.span(range), span, "the quick way differs");
    &text[span.range()]
}

#[track_caller]
fn check(text: &str, cases: &[(&str, &str)]) {
    let parsed = yaml(text);
    for (part, expected) in cases {
        assert_eq!(find(text, &parsed, part), *expected, "{part:?} in {text:?}");
    }
}

#[test]
fn single_lines() {
    check("a: x ${B} y\n", &[("${B}", "${B}"), ("x ${B} y", "x ${B} y")]);
    check("a: 'it''s ${B}'\n", &[("${B}", "${B}"), ("'", "''"), ("it's", "it''s")]);
    check("a: \"é${B}\"\n", &[("é", "é"), ("${B}", "${B}")]);
}

#[test]
fn escapes_in_double_quotes() {
    check(
        r#"a: "x\t\"${B}\"\u00e9\x41 😀\U0001F600\/end""#,
        &[
            ("${B}", "${B}"),
            ("\"${B}\"", r#"\"${B}\""#),
            ("é", r"\u00e9"),
            ("A", r"\x41"),
            ("end", "end"),
            ("\t", r"\t"),
        ],
    );
    let text = r#"{"a": "x\ud83d\ude00y\n${B}"}"#;
    let parsed = syntax::read(SourceId(0), text, Language::Json);
    assert_eq!(find(text, &parsed, "😀"), r"\ud83d\ude00");
    assert_eq!(find(text, &parsed, "y\n${B}"), r"y\n${B}");
}

#[test]
fn folded_flow_scalars() {
    check(
        "a: one\n  two\n\n\n  ${B}\nb: 1",
        &[("one", "one"), ("e t", "e\n  t"), ("${B}", "${B}"), ("two\n\n${B}", "two\n\n\n  ${B}")],
    );
    check("a: 'one  \r\n   two''\r\n\r\n  ${B}  '\r\n", &[("two'", "two''"), ("\n", "\r\n"), ("${B}  ", "${B}  ")]);
    check(
        "a: \"one\\n \\\n   ${B}\\  \n   x \\\n\n  y\"\n",
        &[("${B}", "${B}"), ("${B}  x", "${B}\\  \n   x"), ("y", "y")],
    );
    check("a: \"\n  ${B}\n  \"\n", &[("${B}", "${B}"), (" ${B} ", "\n  ${B}\n  ")]);
}

#[test]
fn block_scalars() {
    check(
        "a: |\n\n    one\n      ${B}\n\n    é ${C}\n\n\nb: 1",
        &[("one", "one"), ("${B}", "${B}"), ("${C}", "${C}"), ("  ${B}\n\né", "  ${B}\n\n    é")],
    );
    check("a: |2-\n    x\n   ${B}\n", &[("  x", "  x"), ("${B}", "${B}")]);
    check("a: |\r\n  one\r\n  ${B}\r\n", &[("${B}", "${B}"), ("\n${B}", "\r\n  ${B}")]);
    check(
        "a: >\n  one\n  two\n\n  three\n    - ${B}\n    - c\n  ${D}\n\n",
        &[("one two", "one\n  two"), ("${B}", "${B}"), ("${D}", "${D}"), ("three\n", "three\n")],
    );
    check("a: |+\n  x\n\n\nb: 1", &[("x\n\n\n", "x")]);
}

#[test]
fn an_empty_range_is_an_empty_span_in_its_place() {
    for (text, offset, expected) in [("a: ''\n", 0, 4), ("a: \"x\\ty\"\n", 2, 7), ("a: xyz\n", 3, 6), ("a:\n", 0, 2)] {
        let parsed = yaml(text);
        let span = inner::span_of(text, parsed.document.node(value(&parsed, "a")), offset..offset);
        assert_eq!((span.start, span.end), (expected, expected), "{text:?}");
    }
}

#[test]
fn what_cannot_be_mapped_is_the_whole_node() {
    let text = "a: [b]\nc: d\n";
    let parsed = yaml(text);
    let node = parsed.document.node(value(&parsed, "a"));
    assert_eq!(inner::span_of(text, node, 0..1), node.span);
    // A document that was read from another text.
    let other = "a: \"\\u0041\\u0042\\u0043\"\n";
    let node = parsed.document.node(value(&parsed, "c"));
    assert_eq!(inner::span_of(other, node, 0..1).end, node.span.end);
}

#[test]
fn json_in_a_json_string() {
    let text =
        r#"{"Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"a\\u0041\",\"Principal\":\"*\"}]}"}"#;
    let parsed = syntax::read(SourceId(7), text, Language::Json);
    let inner = inner::read_json(text, &parsed.document, value(&parsed, "Policy")).unwrap();
    assert_eq!(inner.error, None);
    let document = inner.document;
    let statement = document.items(document.get(document.root().unwrap(), "Statement").unwrap())[0];
    let sid = document.node(document.get(statement, "Sid").unwrap());
    let principal = document.entry(statement, "Principal").unwrap();
    let slice = |id: NodeId| &text[document.node(id).span.range()];
    assert_eq!((slice(principal.key), slice(principal.value)), (r#"\"Principal\""#, r#"\"*\""#));
    assert_eq!(slice(statement), r#"{\"Sid\":\"a\\u0041\",\"Principal\":\"*\"}"#);
    assert_eq!(sid.span.source, SourceId(7));
    // Two layers of escapes cannot be mapped piece by piece: the whole string.
    assert_eq!(inner::span_of(text, sid, 0..1), sid.span);
}

#[test]
fn json_in_a_block_scalar() {
    let text = "a: |\n  {\n    \"Action\": \"s3:Put*\",\n    \"Action\": \"s3:*\"\n  }\n";
    let parsed = yaml(text);
    let inner = inner::read_json(text, &parsed.document, value(&parsed, "a")).unwrap();
    let action = inner.document.entry(inner.document.root().unwrap(), "Action").unwrap();
    let node = inner.document.node(action.value);
    assert_eq!(&text[node.span.range()], "\"s3:*\"");
    assert_eq!(&text[inner::span_of(text, node, 3..4).range()], "*");
    assert_eq!(&text[inner.duplicates[0].first.range()], "\"Action\"");
    assert_eq!(inner.duplicates[0].first.start, 13);
}

#[test]
fn a_broken_json_text_is_an_error_in_the_outer_file() {
    let text = "a: '{\"Action\": nope}'\nb: text\n";
    let parsed = yaml(text);
    let error = inner::read_json(text, &parsed.document, value(&parsed, "a")).unwrap().error.unwrap();
    assert_eq!((error.message.as_str(), &text[error.span.range()]), ("`nope` is not JSON", "nope"));
    assert!(inner::read_json(text, &parsed.document, value(&parsed, "b")).is_none());
}
