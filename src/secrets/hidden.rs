//! What no output may show.

use super::shape;
use super::world::Secrets;
use crate::source::{SourceId, Span};
use aho_corasick::{AhoCorasick, MatchKind};
use std::borrow::Cow;
use std::ops::Range;

/// What stands for a secret in a sentence. In a snippet every character of it is a `*`.
pub const MASK: &str = "********";

/// A shorter text is not looked for in sentences: it may be a word.
const LEAST: usize = 8;

/// The bytes of sources, and the texts, that no output may show.
#[derive(Debug, Default)]
pub struct Hidden {
    /// Scalars with what is secret in each, by where they start.
    places: Vec<(Span, Vec<Box<str>>)>,
    /// Finds the texts; `None` where there are none.
    texts: Option<AhoCorasick>,
}

impl Hidden {
    /// The secrets of a world.
    #[must_use]
    pub fn new(secrets: &Secrets) -> Self {
        let places: Vec<_> = secrets.list.iter().map(|secret| (secret.span, secret.texts.clone())).collect();
        Self::of(places)
    }

    /// These texts in these scalars. A scalar in which a text cannot be found as it is (it has escapes) is hidden as a whole.
    #[must_use]
    pub fn of(mut places: Vec<(Span, Vec<Box<str>>)>) -> Self {
        places.sort_by_key(|(span, _)| (span.source, span.start, span.end));
        let texts: Vec<&str> = places.iter().flat_map(|(_, texts)| texts).map(|text| &**text).collect();
        let texts: Vec<&str> = texts.into_iter().filter(|text| text.len() >= LEAST).collect();
        let finder = || AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&texts).ok();
        let texts = if texts.is_empty() { None } else { finder() };
        Self { places, texts }
    }

    /// A sentence without secrets: those that are known, and those that are told by their form.
    #[must_use]
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = Cow::Borrowed(text);
        if let Some(texts) = &self.texts
            && texts.is_match(text)
        {
            let mut masked = String::with_capacity(text.len());
            texts.replace_all_with(text, &mut masked, |_, _, out| {
                out.push_str(MASK);
                true
            });
            out = Cow::Owned(masked);
        }
        let shapes = shape::find(&out);
        if shapes.is_empty() {
            return out;
        }
        let mut masked = String::with_capacity(out.len());
        let mut from = 0;
        for found in shapes {
            masked.push_str(out.get(from..found.range.start).unwrap_or_default());
            masked.push_str(MASK);
            from = found.range.end;
        }
        masked.push_str(out.get(from..).unwrap_or_default());
        Cow::Owned(masked)
    }

    /// Masks a text in place.
    pub fn clean(&self, text: &mut String) {
        if let Cow::Owned(masked) = self.mask(text) {
            *text = masked;
        }
    }

    /// Where the texts stand in a window, whatever holds them there.
    fn elsewhere(&self, text: &str, window: &Range<usize>) -> Vec<Range<usize>> {
        let Some(texts) = &self.texts else { return Vec::new() };
        let start = text.floor_char_boundary(window.start.saturating_sub(NEAR));
        let end = text.ceil_char_boundary(window.end.saturating_add(NEAR));
        let near = text.get(start..end).unwrap_or_default();
        texts.find_iter(near).map(|found| start + found.start()..start + found.end()).collect()
    }

    /// The bytes of a source, whose text is `text`, that are known to be secret and that touch `window`.
    #[must_use]
    pub fn ranges(&self, source: SourceId, text: &str, window: &Range<usize>) -> Vec<Range<usize>> {
        let mut out = self.elsewhere(text, window);
        let begin = self.places.partition_point(|(span, _)| (span.source, span.end as usize) < (source, window.start));
        // Scalars do not nest, so they end in the order in which they start.
        for (span, texts) in self.places.get(begin..).unwrap_or_default() {
            if span.source != source || span.start as usize > window.end {
                break;
            }
            let whole = span.range();
            let raw = text.get(whole.clone()).unwrap_or_default();
            let mut parts = Vec::new();
            let all = texts.iter().all(|secret| secret.lines().all(|line| add_all(raw, line, whole.start, &mut parts)));
            if all && !parts.is_empty() {
                out.extend(parts);
            } else {
                out.push(whole);
            }
        }
        out
    }
}

/// As many bytes before and after what is shown are looked through for secrets that stand in other places too.
const NEAR: usize = 256;

/// Adds the places where a line of a secret stands in `raw`; `false` where there is none.
fn add_all(raw: &str, line: &str, offset: usize, out: &mut Vec<Range<usize>>) -> bool {
    let line = line.trim();
    if line.is_empty() {
        return true;
    }
    let before = out.len();
    out.extend(raw.match_indices(line).map(|(at, _)| offset + at..offset + at + line.len()));
    out.len() > before
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn sentences_have_no_secrets() {
        let span = Span::new(SourceId(0), 0, 40);
        let hidden = Hidden::of(vec![(span, vec!["Tr0ub4dor&3".into(), "abc".into()])]);
        assert_eq!(hidden.mask("set `Tr0ub4dor&3` to abc"), "set `********` to abc");
        assert_eq!(hidden.mask("ftp://me:l0ng-pass@host and abc"), "ftp://me:********@host and abc");
        assert!(matches!(hidden.mask("nothing"), Cow::Borrowed(_)));
    }

    #[test]
    fn parts_of_scalars_are_hidden_where_they_are_seen_and_else_the_whole() {
        let text = "a: 'redis://:x\"1y@h'\nb: \"q\\\"1\"\n";
        let first = Span::new(SourceId(0), 3, 20);
        let second = Span::new(SourceId(0), 24, 30);
        let hidden = Hidden::of(vec![(second, vec!["q\"1".into()]), (first, vec!["x\"1y".into()])]);
        let told = |window| {
            hidden.ranges(SourceId(0), text, &window).into_iter().map(|range| &text[range]).collect::<Vec<_>>()
        };
        assert_eq!(told(0..20), ["x\"1y"]);
        assert_eq!(told(21..30), ["\"q\\\"1\""]);
        assert!(hidden.ranges(SourceId(1), text, &(0..30)).is_empty());
    }
}
