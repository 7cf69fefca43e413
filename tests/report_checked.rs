//! What holds for every drawing: no line over 80 columns, no control character, carets under their characters.
//! The columns are worked out here on their own, from the drawing and the source.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

mod report_support;

use lambda_lint::engine::{Finding, Grade};
use lambda_lint::report::{Format, Style};
use lambda_lint::source::Span;
use proptest::prelude::*;
use report_support::{Files, report, text_with, written};
use std::collections::BTreeSet;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Takes out colours (SGR) and links (OSC 8 to our own pages), and nothing else.
fn stripped(drawn: &str) -> String {
    let mut out = String::new();
    let mut rest = drawn;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        rest = if let Some(sgr) = after.strip_prefix('[') {
            let end = sgr.find(|c: char| !c.is_ascii_digit() && c != ';').expect("an end of the SGR sequence");
            sgr[end..].strip_prefix('m').expect("only colours")
        } else if let Some(link) = after.strip_prefix("]8;;") {
            let (url, rest) = link.split_once("\u{1b}\\").expect("an end of the link");
            assert!(url.is_empty() || url.starts_with("https://lambda-lint.dev/rules/"), "a link to {url:?}");
            rest
        } else {
            panic!("an escape sequence that is not ours: {:?}", after.get(..10));
        };
    }
    out + rest
}

fn columns(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

fn check_lines(drawn: &str) -> String {
    let plain = stripped(drawn);
    for line in plain.lines() {
        assert!(columns(line) <= 80 && line.width() <= 80, "{} columns: {line:?}\n{plain}", columns(line));
    }
    for c in plain.chars().filter(|c| *c != '\n') {
        let bidi = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!c.is_control() && !bidi, "{c:?} in\n{plain}");
    }
    plain
}

/// A line of a snippet and the row of underlines below it.
struct Shown<'a> {
    text: &'a str,
    number: usize,
    /// Columns that are underlined, or that an arrow points at.
    carets: Vec<usize>,
    /// How many underlines begin after a space.
    begun: usize,
}

fn shown(plain: &str) -> Vec<Shown<'_>> {
    let mut lines = Vec::new();
    let mut rows = plain.lines().peekable();
    while let Some(row) = rows.next() {
        let Some((number, text)) =
            row.split_once(" │").and_then(|(number, text)| Some((number.trim().parse().ok()?, text)))
        else {
            continue;
        };
        let text = text.strip_prefix(' ').unwrap_or(text);
        let below = rows.peek().and_then(|row| row.split_once(" · ")).map_or("", |(_, below)| below);
        let carets: Vec<usize> =
            below.chars().enumerate().filter(|(_, c)| *c != ' ').map(|(column, _)| column).collect();
        let begun = carets.iter().filter(|caret| **caret == 0 || !carets.contains(&(**caret - 1))).count();
        lines.push(Shown { text, number, carets, begun });
    }
    lines
}

/// What stands before a column of a line, or nothing if the column is inside a character.
fn before(text: &str, column: usize) -> Option<String> {
    let mut seen = String::new();
    let mut at = 0;
    for c in text.chars() {
        let width = c.width().unwrap_or(0);
        if at == column && width > 0 {
            return Some(seen);
        }
        at += width;
        if at > column {
            return None;
        }
        seen.push(c);
    }
    // Spaces at the end of a line are not written, and an arrow may stand behind the end.
    seen.push_str(&" ".repeat(column - at));
    Some(seen)
}

/// Draws one finding with labels at `spans` and checks for each of them that an underline starts under the character
/// that the span starts with (the line may have been cut on either side), and that there are no more underlines.
fn check_carets(text: &str, spans: &[(usize, usize)]) {
    let files = Files::new(&[("a.yaml", text)]);
    let mut labels = spans.iter().enumerate().map(|(index, (start, end))| (files.bytes("a.yaml", *start, *end), index));
    let (first, _) = labels.next().unwrap();
    let mut finding = Finding::new(Grade::WARNING, first, "message").here("here");
    for (span, index) in labels {
        finding = finding.label(span, format!("label {index}"));
    }
    finding.rule = "a-rule";
    let plain = check_lines(&text_with(&files, &[finding], Style::PLAIN));
    let lines = shown(&plain);
    let mut places = BTreeSet::new();
    for (start, _) in spans {
        let position = files.0.iter().next().unwrap().1.position(u32::try_from(*start).unwrap());
        let line_start = text[..*start].rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let line = text[line_start..].split(['\n', '\r']).next().unwrap();
        // Everything before the caret is the end of what stands before the span.
        let expected = visible(line.get(..start - line_start).unwrap_or(line));
        let rest = visible(line.get(start - line_start..).unwrap_or(""));
        places.insert((position.line, expected.clone()));
        let found = lines.iter().filter(|line| line.number == position.line).any(|line| {
            line.carets.iter().any(|caret| {
                let Some(seen) = before(line.text, *caret) else { return false };
                let starts = match seen.strip_prefix('…') {
                    Some(tail) => expected.ends_with(tail) || expected == seen,
                    None => expected == seen,
                };
                let shown = line.text.strip_prefix(seen.as_str()).unwrap_or("");
                starts && (rest.starts_with(shown.trim_end_matches('…')) || shown.starts_with(rest.as_str()))
            })
        });
        assert!(found, "no underline at {start} (line {}, after {expected:?}) in\n{plain}", position.line);
        assert!(plain.contains("[a.yaml:"), "{plain}");
    }
    // An underline begins after a space or where another one ends; the latter cannot be told from outside.
    let begun: usize = lines.iter().map(|line| line.begun).sum();
    assert!(begun <= places.len(), "{begun} underlines for {places:?} in\n{plain}");
    let position = files.0.iter().next().unwrap().1.position(u32::try_from(spans[0].0).unwrap());
    let head = format!("╭─[a.yaml:{}:{}]\n", position.line, position.column);
    assert!(plain.contains(&head), "{head:?} in\n{plain}");
}

/// Text as a snippet shows it: tabs as four spaces, a stand-in for every control character.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' => "    ".to_owned(),
            '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap().to_string(),
            '\u{7f}' => '\u{2421}'.to_string(),
            c if c.is_control() => '\u{fffd}'.to_string(),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => '\u{fffd}'.to_string(),
            c => c.to_string(),
        })
        .collect()
}

/// Characters whose columns nobody disputes, with the troublesome kinds among them.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[a-zA-Z0-9:.,/ {}\"'-]{1,12}",
        2 => "[日本語表示カナ한글]{1,6}",
        1 => Just("e\u{301}".to_owned()),
        1 => Just("\t".to_owned()),
        1 => Just("\n".to_owned()),
        1 => Just("\r\n".to_owned()),
        1 => "[\\x00-\\x09\\x0b\\x0c\\x0e-\\x1f\\x7f\u{80}-\u{9f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{200e}\u{200f}]",
        1 => "[a-z]{60,200}",
    ]
}

fn tame() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..30).prop_map(|pieces| pieces.concat())
}

/// Anything at all.
fn wild() -> impl Strategy<Value = String> {
    prop_oneof![tame(), any::<String>(), "[\\s\\S]{0,400}", "\\PC{0,300}"]
}

/// A boundary of a character that is not inside a character with its marks, and not between `\r` and `\n`.
fn boundary(text: &str, at: prop::sample::Index) -> usize {
    let all: Vec<usize> = text
        .char_indices()
        .filter(|(index, c)| c.width() != Some(0) && !(*c == '\n' && text[..*index].ends_with('\r')))
        .map(|(index, _)| index)
        .chain([text.len()])
        .collect();
    *at.get(&all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_carets_are_under_their_characters(
        text in tame(),
        labels in prop::collection::vec((any::<prop::sample::Index>(), 0usize..40), 1..6),
    ) {
        let spans: Vec<_> = labels
            .iter()
            .map(|(start, length)| {
                let start = boundary(&text, *start);
                (start, text.ceil_char_boundary(start + length))
            })
            .collect();
        check_carets(&text, &spans);
    }

    #[test]
    fn nothing_is_too_wide_or_raw(
        texts in prop::collection::vec((wild(), wild()), 1..3),
        labels in prop::collection::vec((0usize..2, 0usize..500, 0usize..90, wild()), 1..16),
        message in wild(),
        help in wild(),
        guard in prop::option::of(wild()),
        color: bool,
        unicode: bool,
        links: bool,
        width in 20usize..100,
    ) {
        let named: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let files = Files::new(&named);
        let span = |(file, start, length, _): &(usize, usize, usize, String)| {
            let (id, _) = files.0.iter().nth(file % files.0.len()).unwrap();
            Span::new(id, *start, start + length)
        };
        let mut finding = Finding::new(Grade::ERROR, span(&labels[0]), message).here(labels[0].3.clone()).help(help);
        for label in &labels[1..] {
            finding = finding.label(span(label), label.3.clone());
        }
        finding.rule = "missing-permission";
        finding.guard = guard;
        let style = Style { color, links, unicode, width };
        let plain = check_lines(&text_with(&files, &[finding.clone()], style));
        // A narrower terminal is respected too, but for addresses of pages, which are never broken.
        for line in plain.lines().filter(|line| !line.starts_with("  link: ")) {
            prop_assert!(columns(line) <= width.clamp(40, 80), "{line:?} in\n{plain}");
        }

        let concise = written(&files, &report(&[finding.clone()]), Format::Concise, style);
        prop_assert_eq!(concise.matches('\n').count(), 1);
        let json = written(&files, &report(&[finding]), Format::Json, style);
        for output in [concise, json] {
            let raw = output.trim_end_matches('\n').chars().find(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(c));
            prop_assert_eq!(raw, None);
        }
    }
}
