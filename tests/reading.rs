//! What a file becomes when it is read: the tree, its spans, and the words for what is wrong.

use std::fmt::Write as _;

use lambda_lint::source::{SourceId, Span};
use lambda_lint::syntax::{self, Document, Kind, Language, NodeId, Parsed, ScalarStyle};

fn yaml(text: &str) -> Parsed {
    syntax::read(SourceId(0), text, Language::Yaml)
}

fn json(text: &str) -> Parsed {
    syntax::read(SourceId(0), text, Language::Json)
}

/// Every node on a line: its depth, tag, kind, text and the bytes of its span.
fn tree(text: &str, document: &Document) -> String {
    fn walk(text: &str, document: &Document, id: NodeId, depth: usize, out: &mut String) {
        let node = document.written(id);
        let indent = "  ".repeat(depth);
        let slice = &text[node.span.range()];
        let tag = node.tag.as_ref().map_or(String::new(), |tag| format!("!{} ", tag.name));
        match &node.kind {
            Kind::Scalar(scalar) => {
                let style = match scalar.style {
                    ScalarStyle::Plain => "plain",
                    ScalarStyle::SingleQuoted => "single",
                    ScalarStyle::DoubleQuoted => "double",
                    ScalarStyle::Literal => "literal",
                    ScalarStyle::Folded => "folded",
                };
                let _ = writeln!(out, "{indent}{tag}{style} {:?} <{slice:?} at {}>", scalar.text, node.span.start);
            }
            Kind::Alias(target) => {
                let _ =
                    writeln!(out, "{indent}alias <{slice:?}> {}", if target.is_some() { "known" } else { "unknown" });
            }
            Kind::List(items) => {
                let _ = writeln!(out, "{indent}{tag}list <{slice:?}>");
                for item in items {
                    walk(text, document, *item, depth + 1, out);
                }
            }
            Kind::Map(entries) => {
                let _ = writeln!(out, "{indent}{tag}map <{slice:?}>");
                for entry in entries {
                    walk(text, document, entry.key, depth + 1, out);
                    walk(text, document, entry.value, depth + 2, out);
                }
            }
        }
    }
    let mut out = String::new();
    for root in document.roots() {
        walk(text, document, *root, 0, &mut out);
    }
    out
}

#[track_caller]
fn assert_tree(text: &str, parsed: &Parsed, expected: &str) {
    assert_eq!(parsed.error, None);
    let got = tree(text, &parsed.document);
    assert_eq!(got.trim_end(), expected.trim(), "\n{got}");
}

#[track_caller]
fn assert_error(text: &str, parsed: &Parsed, message: &str, slice: &str) {
    let error = parsed.error.as_ref().map(|error| (error.message.as_str(), &text[error.span.range()]));
    assert_eq!(error, Some((message, slice)));
}

#[test]
fn a_small_template() {
    let text = "Resources:\n  Fn:\n    Type: AWS::Lambda::Function # here\n    Handler: 'a.b'\n";
    let parsed = yaml(text);
    assert_tree(
        text,
        &parsed,
        r#"
map <"Resources:\n  Fn:\n    Type: AWS::Lambda::Function # here\n    Handler: 'a.b'">
  plain "Resources" <"Resources" at 0>
    map <"Fn:\n    Type: AWS::Lambda::Function # here\n    Handler: 'a.b'">
      plain "Fn" <"Fn" at 13>
        map <"Type: AWS::Lambda::Function # here\n    Handler: 'a.b'">
          plain "Type" <"Type" at 21>
            plain "AWS::Lambda::Function" <"AWS::Lambda::Function" at 27>
          plain "Handler" <"Handler" at 60>
            single "a.b" <"'a.b'" at 69>
"#,
    );
    let comments: Vec<(&str, bool)> =
        parsed.document.comments().iter().map(|comment| (&text[comment.span.range()], comment.trailing)).collect();
    assert_eq!(comments, [("# here", true)]);
}

#[test]
fn short_tags_are_names_with_spans_of_their_own() {
    let text = "a: !Ref Bucket\nb: !GetAtt [Fn, Arn]\nc: !If\n  - X\n  - !Ref Y\nd: !<!Sub> z\n";
    let parsed = yaml(text);
    let root = parsed.document.root().unwrap();
    let tags: Vec<(&str, &str)> = ["a", "b", "c", "d"]
        .iter()
        .map(|key| {
            let node = parsed.document.node(parsed.document.get(root, key).unwrap());
            let tag = node.tag.as_ref().unwrap();
            (&*tag.name, &text[tag.span.range()])
        })
        .collect();
    assert_eq!(tags, [("Ref", "!Ref"), ("GetAtt", "!GetAtt"), ("If", "!If"), ("Sub", "!<!Sub>")]);
    let list = parsed.document.node(parsed.document.get(root, "c").unwrap());
    assert_eq!(&text[list.span.range()], "X\n  - !Ref Y");
}

#[test]
fn yaml_s_own_tags_are_not_local_and_say_what_a_scalar_is() {
    let parsed = yaml("a: !!str 123\nb: ! 12\nc: !!int '5'\nd: !!map {}\n");
    let root = parsed.document.root().unwrap();
    let style = |key: &str| match &parsed.document.node(parsed.document.get(root, key).unwrap()).kind {
        Kind::Scalar(scalar) => scalar.style,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (style("a"), style("b"), style("c")),
        (ScalarStyle::DoubleQuoted, ScalarStyle::DoubleQuoted, ScalarStyle::Plain)
    );
    let tagged = ["a", "b", "c", "d"]
        .iter()
        .filter(|key| parsed.document.node(parsed.document.get(root, key).unwrap()).tag.is_some());
    assert_eq!(tagged.count(), 0);
}

#[test]
fn an_absent_value_is_an_empty_span_after_its_colon() {
    let text = "a:\nb :   # hi\n\nc: !Tag\nd: {x, y: }\ne:\n-\n- q\n";
    let parsed = yaml(text);
    assert_tree(
        text,
        &parsed,
        r#"
map <"a:\nb :   # hi\n\nc: !Tag\nd: {x, y: }\ne:\n-\n- q">
  plain "a" <"a" at 0>
    plain "" <"" at 2>
  plain "b" <"b" at 3>
    plain "" <"" at 6>
  plain "c" <"c" at 15>
    !Tag plain "" <"" at 22>
  plain "d" <"d" at 23>
    map <"{x, y: }">
      plain "x" <"x" at 27>
        plain "" <"" at 28>
      plain "y" <"y" at 30>
        plain "" <"" at 32>
  plain "e" <"e" at 35>
    list <"\n- q">
      plain "" <"" at 39>
      plain "q" <"q" at 42>
"#,
    );
}

#[test]
fn block_scalars_have_the_span_of_their_content() {
    let text = "a: |\n  one\n   two\n\n\nb: >-\n\n  fold\n  ed\nc: |\n\nd: |+\n  \n\ne: |2\n    x\n";
    let parsed = yaml(text);
    let root = parsed.document.root().unwrap();
    let scalar = |key: &str| {
        let node = parsed.document.node(parsed.document.get(root, key).unwrap());
        (parsed.document.text(parsed.document.get(root, key).unwrap()).unwrap(), &text[node.span.range()])
    };
    assert_eq!(scalar("a"), ("one\n two\n", "one\n   two"));
    assert_eq!(scalar("b"), ("\nfold ed", "fold\n  ed"));
    assert_eq!(scalar("c"), ("", ""));
    assert_eq!(scalar("d"), ("\n\n", ""));
    assert_eq!(scalar("e"), ("  x\n", "  x"));
}

#[test]
fn pairs_in_a_flow_list_and_nested_brackets() {
    let text = "[a: b, {x: y}: {c: [d]}]";
    let parsed = yaml(text);
    assert_tree(
        text,
        &parsed,
        r#"
list <"[a: b, {x: y}: {c: [d]}]">
  map <"a: b">
    plain "a" <"a" at 1>
      plain "b" <"b" at 4>
  map <"{x: y}: {c: [d]}">
    map <"{x: y}">
      plain "x" <"x" at 8>
        plain "y" <"y" at 11>
      map <"{c: [d]}">
        plain "c" <"c" at 16>
          list <"[d]">
            plain "d" <"d" at 20>
"#,
    );
}

#[test]
fn a_json_text_keeps_the_spelling_of_numbers() {
    let text = "{\"a\": [1.50, true, null, \"x\\u00e9\"]}\n";
    let parsed = json(text);
    assert_tree(
        text,
        &parsed,
        r#"
map <"{\"a\": [1.50, true, null, \"x\\u00e9\"]}">
  double "a" <"\"a\"" at 1>
    list <"[1.50, true, null, \"x\\u00e9\"]">
      plain "1.50" <"1.50" at 7>
      plain "true" <"true" at 13>
      plain "null" <"null" at 19>
      double "xé" <"\"x\\u00e9\"" at 25>
"#,
    );
}

#[test]
fn a_byte_order_mark_shifts_every_span() {
    for parsed in [yaml("\u{feff}{\"a\": 1}"), json("\u{feff}{\"a\": 1}")] {
        let root = parsed.document.root().unwrap();
        assert_eq!(parsed.document.node(root).span, Span::new(SourceId(0), 3, 11));
        let value = parsed.document.get(root, "a").unwrap();
        assert_eq!(parsed.document.node(value).span, Span::new(SourceId(0), 9, 10));
    }
}

#[test]
fn repeated_keys_are_reported_and_the_last_wins() {
    let long = (0..40).map(|n| format!("k{n}: {n}")).collect::<Vec<_>>().join("\n") + "\n";
    for text in ["a: 1\nb: 2\na: 3\na: 4\n".to_owned(), format!("a: 1\n{long}a: 3\na: 4\n")] {
        let parsed = yaml(&text);
        let root = parsed.document.root().unwrap();
        assert_eq!(parsed.document.text(parsed.document.get(root, "a").unwrap()), Some("4"));
        let again: Vec<u32> = parsed.duplicates.iter().map(|duplicate| duplicate.again.start).collect();
        let expected: Vec<u32> = text.match_indices("a: ").skip(1).map(|(at, _)| u32::try_from(at).unwrap()).collect();
        assert_eq!(again, expected);
        assert!(parsed.duplicates.iter().all(|duplicate| duplicate.key == "a" && duplicate.first.start == 0));
        let values: Vec<&str> = parsed
            .document
            .entries(root)
            .iter()
            .filter(|entry| parsed.document.text(entry.key) == Some("a"))
            .filter_map(|entry| parsed.document.text(entry.value))
            .collect();
        assert_eq!(values, ["4"]);
    }
    assert_eq!(json("{\"a\":1,\"a\":2}").duplicates.len(), 1);
    assert_eq!(json("{\"<<\":1,\"<<\":2}").duplicates.len(), 1);
}

#[test]
fn merge_keys_fill_in_what_is_not_there() {
    let text = "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\nx:\n  <<: [*base, *more]\n  a: own\ny:\n  <<: *base\n  <<: *more\n";
    let parsed = yaml(text);
    assert_eq!((parsed.error, parsed.duplicates.len()), (None, 0));
    let document = parsed.document;
    let get = |map: &str, key: &str| {
        let map = document.get(document.root().unwrap(), map).unwrap();
        document.get(map, key).and_then(|value| document.text(value))
    };
    assert_eq!([get("x", "a"), get("x", "b"), get("x", "c"), get("x", "d")], [Some("own"), Some("2"), Some("4"), None]);
    assert_eq!([get("y", "a"), get("y", "b"), get("y", "c")], [Some("1"), Some("3"), Some("4")]);
}

#[test]
fn what_was_read_before_an_error_is_kept() {
    let text = "Resources:\n  Fn:\n    Type: X\n    Key\n    Other: 1\n";
    let parsed = yaml(text);
    assert_error(text, &parsed, "This line is neither `key: value` nor a list item", "Key");
    let document = &parsed.document;
    let function = document.get(document.get(document.root().unwrap(), "Resources").unwrap(), "Fn").unwrap();
    assert_eq!(document.get(function, "Type").and_then(|id| document.text(id)), Some("X"));

    let text = "{\"a\": {\"b\": [1, 2";
    let parsed = json(text);
    assert_error(text, &parsed, "This `[` is never closed", "[");
    let document = &parsed.document;
    let list = document.get(document.get(document.root().unwrap(), "a").unwrap(), "b").unwrap();
    assert_eq!(document.items(list).len(), 2);
}

#[test]
fn an_undefined_alias_is_an_error_and_the_rest_is_read() {
    let text = "a: *nope\nb: 1\n";
    let parsed = yaml(text);
    assert_error(text, &parsed, "The alias `*nope` stands for nothing: no `&nope` comes before it", "*nope");
    let document = &parsed.document;
    assert_eq!(document.get(document.root().unwrap(), "b").and_then(|id| document.text(id)), Some("1"));
}

#[test]
fn a_path_leads_from_the_root_to_an_offset() {
    let text = "Resources:\n  Fn:\n    Policies:\n      - x\n      - Statement:\n          - Action: 's3:*'\n            \"a.b\": !Ref Y\n            Fn::If: [1, {z: w}]\n---\nnext: 1\n";
    let document = yaml(text).document;
    let at = |part: &str| document.path_at(u32::try_from(text.find(part).unwrap()).unwrap()).to_string();
    assert_eq!(at("'s3"), "Resources.Fn.Policies[1].Statement[0].Action");
    assert_eq!(at("Action"), "Resources.Fn.Policies[1].Statement[0].Action");
    assert_eq!(at("Ref"), "Resources.Fn.Policies[1].Statement[0][\"a.b\"]");
    assert_eq!(at("w}"), "Resources.Fn.Policies[1].Statement[0].Fn::If[1].z");
    assert_eq!(at("}]"), "Resources.Fn.Policies[1].Statement[0].Fn::If[1]");
    assert_eq!(at("x\n"), "Resources.Fn.Policies[0]");
    assert_eq!(at("Resources"), "Resources");
    assert_eq!(at("next"), "next");
    assert_eq!(document.path_at(9999).to_string(), "");
    let path = document.path_at(u32::try_from(text.find("'s3").unwrap()).unwrap());
    assert_eq!(path.below(2).to_string(), "Policies[1].Statement[0].Action");
}
