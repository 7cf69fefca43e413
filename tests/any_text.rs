//! Any text at all is read without a panic, and every span is where it says.

mod common {
    pub(crate) mod well_formed;
}

use std::path::Path;

use common::well_formed::assert_well_formed;
use lambda_lint::source::SourceId;
use lambda_lint::syntax::{self, Language};
use proptest::prelude::*;

fn read_both(text: &str) {
    for language in [Language::Yaml, Language::Json] {
        assert_well_formed(text, &syntax::read(SourceId(0), text, language));
    }
}

/// Pieces that YAML and JSON are made of, put together at random: far closer to a template than random characters.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "a", "key", "Type", "1", "true", "~", "é", "日本", "😀", "x y", "${A}", "<<", "\u{feff}", "\u{85}", "\u{2028}",
        ]),
        8 => prop::sample::select(vec![": ", ":", "- ", "-", "? ", "\n", "\n  ", "\n    ", "\r\n", "\r", " ", "\t", ", ", ","]),
        6 => prop::sample::select(vec!["[", "]", "{", "}", "\"", "'", "''", "\\", "\\n", "\\\n", "\\u00e9", "\\ud83d\\ude00"]),
        4 => prop::sample::select(vec![
            "|", ">", "|-", "|+", ">-", "|2", ">1", "&a ", "*a", "*b", "!Ref ", "!!str ", "! ", "# c", " # c", "---\n", "...\n",
        ]),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// A value as JSON, which is YAML too.
fn json_text() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "[ -~é日😀]{0,12}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::vec(("[a-zA-Z:. é]{0,6}", inner), 0..6)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn random_characters(text in any::<String>()) {
        read_both(&text);
    }

    #[test]
    fn random_bytes_are_decoded_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        match syntax::decode(&bytes) {
            Ok(text) => read_both(&text),
            Err(error) => {
                prop_assert!(error.offset <= bytes.len());
                prop_assert!(error.line >= 1 && error.column >= 1);
            }
        }
    }

    #[test]
    fn random_pieces_of_yaml(text in pieces()) {
        read_both(&text);
    }

    #[test]
    fn json_is_read_alike_by_both_readers(value in json_text(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let json = syntax::read(SourceId(0), &text, Language::Json);
        let yaml = syntax::read(SourceId(0), &text, Language::Yaml);
        assert_well_formed(&text, &json);
        assert_well_formed(&text, &yaml);
        prop_assert_eq!(&json.error, &None);
        // YAML has limits that JSON has not: a key may be 1024 characters long, and its `:` stands on the key's line.
        prop_assert_eq!(&yaml.error, &None);
        let spans = |parsed: &syntax::Parsed| -> Vec<_> {
            parsed.document.ids().map(|id| parsed.document.written(id).span).collect()
        };
        prop_assert_eq!(spans(&json), spans(&yaml));
    }

    #[test]
    fn what_is_cut_off_is_read_up_to_there(text in pieces(), value in json_text(), cut in any::<prop::sample::Index>()) {
        let text = format!("a: {value}\n{text}");
        let cut = text.floor_char_boundary(cut.index(text.len() + 1));
        read_both(&text[..cut]);
    }
}

#[test]
fn what_fuzzing_found_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/regressions");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        if let Ok(text) = syntax::decode(&bytes) {
            read_both(&text);
        }
        count += 1;
    }
    assert!(count > 0, "no file in tests/regressions");
}

/// How long reading takes: `READ=folder cargo test --release --test any_text -- --ignored --nocapture speed`.
#[test]
#[ignore = "prints a measurement and asserts nothing about time"]
fn speed() {
    let mut texts = Vec::new();
    for entry in walkdir::WalkDir::new(std::env::var("READ").unwrap()).into_iter().filter_map(Result::ok) {
        let name = entry.path().to_string_lossy().into_owned();
        let language = match name.rsplit('.').next() {
            Some("yaml" | "yml") => Language::Yaml,
            Some("json" | "template") => Language::Json,
            _ => continue,
        };
        if let Some(text) = std::fs::read(entry.path()).ok().and_then(|bytes| syntax::decode(&bytes).ok()) {
            texts.push((text, language));
        }
    }
    for language in [Language::Yaml, Language::Json] {
        let texts: Vec<&String> = texts.iter().filter(|(_, other)| *other == language).map(|(text, _)| text).collect();
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        for _ in 0..3 {
            let start = std::time::Instant::now();
            let nodes: usize = texts.iter().map(|text| syntax::read(SourceId(0), text, language).document.len()).sum();
            let took = start.elapsed();
            println!(
                "{language:?}: {} files, {bytes} bytes, {nodes} nodes in {took:?}: {:?} a file",
                texts.len(),
                took / u32::try_from(texts.len()).unwrap().max(1)
            );
        }
    }
}
