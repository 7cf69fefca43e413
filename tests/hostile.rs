//! Files that were made to break a reader, or are merely strange: each has a defined outcome, in time and memory that grow with
//! the file and no faster.

mod common {
    pub(crate) mod well_formed;
}

use std::fmt::Write as _;

use common::well_formed::assert_well_formed;
use lambda_lint::source::SourceId;
use lambda_lint::syntax::{self, Kind, Language, Parsed};

fn read(text: &str, language: Language) -> Parsed {
    let parsed = syntax::read(SourceId(0), text, language);
    assert_well_formed(text, &parsed);
    parsed
}

fn yaml(text: &str) -> Parsed {
    read(text, Language::Yaml)
}

fn json(text: &str) -> Parsed {
    read(text, Language::Json)
}

/// `line` of 0, 1, 2 and so on, joined.
fn numbered(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().concat()
}

/// The message and the text under it.
fn error<'text>(text: &'text str, parsed: &Parsed) -> (String, &'text str) {
    parsed.error.as_ref().map(|error| (error.message.clone(), &text[error.span.range()])).unwrap_or_default()
}

#[test]
fn an_alias_bomb_is_a_small_document() {
    let mut text = "a0: &a0 [x, x]\n".to_owned();
    for level in 1..60 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        let _ = writeln!(text, "a{level}: &a{level} [{items}]");
    }
    let parsed = yaml(&text);
    assert_eq!(parsed.error, None);
    assert!(parsed.document.len() < 1000);
    let root = parsed.document.root().unwrap();
    let mut id = parsed.document.get(root, "a59").unwrap();
    for _ in 0..60 {
        id = parsed.document.items(id)[0];
    }
    assert_eq!(parsed.document.text(id), Some("x"));
}

#[test]
fn a_list_may_hold_itself() {
    let parsed = yaml("&a [*a]");
    assert_eq!(parsed.error, None);
    let root = parsed.document.root().unwrap();
    assert_eq!(parsed.document.resolve(parsed.document.items(root)[0]), root);
    // And a mapping may try to merge itself, or what is around it.
    let parsed = yaml("a: &a\n  <<: *a\n  b: 1\n  c: {<<: *a, d: 2}\n");
    assert_eq!(parsed.error, None);
    let root = parsed.document.root().unwrap();
    let map = parsed.document.get(root, "a").unwrap();
    assert_eq!(parsed.document.entries(map).len(), 2);
}

#[test]
fn deep_nesting_is_an_error_at_the_first_bracket_that_is_too_deep() {
    for unit in ["[", "{a: ", "- ", "? "] {
        let text = unit.repeat(100_000);
        let parsed = yaml(&text);
        assert_eq!(error(&text, &parsed).0, "Collections are nested more than 255 levels deep", "{unit:?}");
        assert!(parsed.document.len() < 2000);
    }
    let indented: String = (0..2_000).map(|depth| " ".repeat(depth) + "a:\n").collect();
    assert_eq!(error(&indented, &yaml(&indented)).0, "Collections are nested more than 255 levels deep");
    for unit in ["[", "{\"a\":"] {
        let text = unit.repeat(100_000);
        let parsed = json(&text);
        assert_eq!(error(&text, &parsed), ("Collections are nested more than 512 levels deep".to_owned(), &unit[..1]));
        assert!(parsed.document.len() < 2000);
    }
}

#[test]
fn a_merge_bomb_is_stopped_and_reported() {
    // Each level has the entries of ten levels below it: 10^n look-ups if nothing were remembered.
    let mut text = "a0: &a0 {k: 1}\n".to_owned();
    for level in 1..40 {
        let sources = vec![format!("*a{}", level - 1); 10].join(", ");
        let _ = writeln!(text, "a{level}: &a{level} {{<<: [{sources}], k{level}: 1}}");
    }
    let parsed = yaml(&text);
    assert_eq!(parsed.error, None);
    let root = parsed.document.root().unwrap();
    assert_eq!(parsed.document.entries(parsed.document.get(root, "a39").unwrap()).len(), 40);

    // Many mappings that each merge one large mapping: the product is what is limited.
    let large = numbered(2_000, |key| format!("  k{key}: 1\n"));
    let many = numbered(2_000, |key| format!("m{key}: {{<<: *large}}\n"));
    let text = format!("large: &large\n{large}{many}");
    let parsed = yaml(&text);
    let (message, at) = error(&text, &parsed);
    assert_eq!((message.as_str(), at), ("The merge keys of this file bring in more than 1000000 entries", "<<"));
    let root = parsed.document.root().unwrap();
    let size = |key: &str| parsed.document.entries(parsed.document.get(root, key).unwrap()).len();
    assert_eq!((size("m0"), size("m1999")), (2_000, 0));

    let text = format!("x:\n  <<: [{}]\n", "[".repeat(100) + &"]".repeat(100));
    assert_eq!(yaml(&text).error, None);
}

#[test]
fn large_mappings_are_read_and_looked_up_in_near_linear_time() {
    let count = 100_000;
    let flow = format!("{{{}}}", (0..count).map(|key| format!("key{key}: {key}")).collect::<Vec<_>>().join(", "));
    let block = numbered(count, |key| format!("key{key}: {key}\n"));
    let quoted = format!("{{{}}}", (0..count).map(|key| format!("\"key{key}\": {key}")).collect::<Vec<_>>().join(", "));
    for (text, language) in [(flow, Language::Yaml), (block, Language::Yaml), (quoted, Language::Json)] {
        let parsed = syntax::read(SourceId(0), &text, language);
        assert_eq!((parsed.error, parsed.duplicates.len()), (None, 0));
        let root = parsed.document.root().unwrap();
        for key in 0..count {
            let value = parsed.document.get(root, &format!("key{key}")).unwrap();
            assert_eq!(parsed.document.text(value), Some(key.to_string().as_str()));
        }
        assert_eq!(parsed.document.get(root, "key"), None);
    }
    let repeated = format!("{{{}}}", vec!["a: 1"; count].join(", "));
    let parsed = yaml(&repeated);
    assert_eq!(parsed.duplicates.len(), count - 1);
    assert_eq!(parsed.document.entries(parsed.document.root().unwrap()).len(), 1);
}

#[test]
fn a_scalar_of_5_mb_and_a_file_of_5_mb_are_read() {
    let long = "x".repeat(5 << 20);
    for text in [format!("a: {long}\n"), format!("a: |\n  {long}\n"), format!("a: \"{long}\\n\"\n")] {
        let parsed = yaml(&text);
        assert_eq!(parsed.error, None);
        let value = parsed.document.get(parsed.document.root().unwrap(), "a").unwrap();
        assert!(parsed.document.text(value).unwrap().len() >= 5 << 20);
    }
    let unit = "  - Type: AWS::Lambda::Function # a comment\n    Properties: {Handler: 'a.b', Role: !GetAtt R.Arn}\n";
    let count = (5 << 20) / unit.len();
    let text = "Items:\n".to_owned() + &unit.repeat(count);
    let parsed = syntax::read(SourceId(0), &text, Language::Yaml);
    assert_eq!(parsed.error, None);
    let items = parsed.document.get(parsed.document.root().unwrap(), "Items").unwrap();
    assert_eq!((parsed.document.items(items).len(), parsed.document.comments().len()), (count, count));
    let text = format!("[{}]", vec!["{\"a\": [1, \"x\\n\", null]}"; 200_000].join(",\n"));
    let parsed = syntax::read(SourceId(0), &text, Language::Json);
    assert_eq!(parsed.error, None);
    assert_eq!(parsed.document.items(parsed.document.root().unwrap()).len(), 200_000);
}

#[test]
fn a_long_run_of_comments_or_blank_lines_is_no_burden() {
    let comments = "  # nothing\n".repeat(100_000);
    let text = format!("a:\n{comments}  b: 1\nc: [\n{comments}]\n");
    let parsed = yaml(&text);
    assert_eq!((&parsed.error, parsed.document.comments().len()), (&None, 200_000));
    let text = format!("a:\n{}b: |\n{}c: 1\n", "\n".repeat(500_000), " \n".repeat(500_000));
    assert_eq!(yaml(&text).error, None);
    let blanks = " ".repeat(1_000_000);
    let text = format!("a:{blanks}1{blanks}# x\nb: >\n {blanks}x\n");
    assert_eq!(yaml(&text).error, None);
}

#[test]
fn many_anchors_and_tags_are_no_burden() {
    let text = numbered(50_000, |n| format!("- &a{n} !T{n} x\n- *a{n}\n- *a0\n"));
    let parsed = yaml(&text);
    assert_eq!(parsed.error, None);
    let items = parsed.document.items(parsed.document.root().unwrap());
    assert!(items.iter().all(|item| parsed.document.text(*item) == Some("x")));
}

#[test]
fn several_documents_keep_their_roots() {
    let parsed = yaml("--- a\n--- {b: 1}\n...\n# c\n---\n- d\n");
    assert_eq!(parsed.error, None);
    assert_eq!(parsed.document.roots().len(), 3);
    assert_eq!(parsed.document.text(parsed.document.root().unwrap()), Some("a"));
    // An anchor ends with its document.
    let text = "a: &x 1\n---\nb: *x\n";
    assert_eq!(error(text, &yaml(text)).0, "The alias `*x` stands for nothing: no `&x` comes before it");
}

#[test]
fn an_empty_file_has_no_root() {
    for text in ["", "\n\n", "# only a comment", "\u{feff}", "  \n# x\n  # y\n", "\r\r\n"] {
        let parsed = yaml(text);
        assert_eq!((parsed.error, parsed.document.root()), (None, None), "{text:?}");
    }
    for text in ["", "\u{feff}", " \n"] {
        assert_eq!(error(text, &json(text)), ("The file is empty: a JSON value was expected".to_owned(), ""));
    }
}

#[test]
fn every_line_end_is_a_line_end() {
    for end in ["\n", "\r\n", "\r"] {
        let text = format!("a:{end}  b: |{end}    one{end}    two{end}  c: x{end}    y # z{end}d: 1{end}");
        let parsed = yaml(&text);
        let document = &parsed.document;
        assert_eq!(parsed.error, None, "{end:?}");
        let inner = document.get(document.root().unwrap(), "a").unwrap();
        let text_of = |key: &str| document.get(inner, key).and_then(|id| document.text(id));
        assert_eq!((text_of("b"), text_of("c")), (Some("one\ntwo\n"), Some("x y")), "{end:?}");
        assert!(document.comments()[0].trailing);
        assert_eq!(json(&format!("{{{end}\"a\":{end}1}}{end}")).error, None);
    }
}

#[test]
fn control_characters_are_refused_by_name() {
    for (text, message, at) in [
        ("a: b\0c\n", "The control character U+0000 is not allowed in YAML", "\0"),
        ("a: \u{1}\n", "The control character U+0001 is not allowed in YAML", "\u{1}"),
        ("a: 'x\u{1b}[31m'\n", "The control character U+001B is not allowed in YAML", "\u{1b}"),
        ("a: |\n  x\u{7}y\n", "The control character U+0007 is not allowed in YAML", "\u{7}"),
        ("# x\u{8}y\na: 1\n", "The control character U+0008 is not allowed in YAML", "\u{8}"),
    ] {
        assert_eq!(error(text, &yaml(text)), (message.to_owned(), at), "{text:?}");
    }
    let text = "{\"a\": \"x\u{1b}[31m\"}";
    let message = "The control character U+001B cannot stand in a JSON text as it is";
    assert_eq!(error(text, &json(text)), (message.to_owned(), "\u{1b}"));
    let text = "{\"a\": \0}";
    assert_eq!(error(text, &json(text)).1, "\0");
}

#[test]
fn a_document_up_to_the_error_can_be_walked() {
    let text = "Resources:\n  A: [1, {b: 2}, 'x\n";
    let parsed = yaml(text);
    assert_eq!(error(text, &parsed), ("This quote is never closed".to_owned(), "'"));
    let document = &parsed.document;
    let list = document.get(document.get(document.root().unwrap(), "Resources").unwrap(), "A").unwrap();
    assert!(matches!(&document.node(list).kind, Kind::List(items) if items.len() == 2));
}
