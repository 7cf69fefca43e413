//! Lines and columns for many places, also in a file that is one long line.

#[cfg(feature = "cli")]
use crate::secrets::{Hidden, shape};
use crate::source::{Position, Source, SourceId, Sources, Span};

#[cfg(feature = "cli")]
use std::ops::Range;

/// Bytes between two known counts of code points.
const STEP: usize = 1024;

/// Answers [`Position`]s. Counting the code points from the start of the line for each of them would be quadratic
/// in a minified file, so that counts are kept per [`STEP`] bytes once a line turns out to be long.
pub(super) struct Locator<'a> {
    sources: &'a Sources,
    /// By source id: code points before byte 0, `STEP`, 2 × `STEP` …; empty as long as nobody needed them.
    counts: Vec<Vec<usize>>,
    /// By source id: the bytes of what is a secret by its form.
    #[cfg(feature = "cli")]
    shapes: Vec<Option<Vec<Range<usize>>>>,
}

impl<'a> Locator<'a> {
    /// A locator for `sources`.
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            counts: vec![Vec::new(); sources.len()],
            #[cfg(feature = "cli")]
            shapes: vec![None; sources.len()],
        }
    }

    /// All sources.
    #[cfg(feature = "cli")]
    pub(super) fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// The bytes of a source that touch `window` and may not be shown: what is known to be secret, and what looks it. A file that does
    /// not parse has only the latter.
    #[cfg(feature = "cli")]
    pub(super) fn hidden(&mut self, hidden: &Hidden, id: SourceId, window: &Range<usize>) -> Vec<Range<usize>> {
        let Some(source) = self.sources.get(id) else { return Vec::new() };
        let mut out = hidden.ranges(id, source.text(), window);
        if let Some(shapes) = self.shapes.get_mut(id.0 as usize) {
            let shapes = shapes.get_or_insert_with(|| {
                shape::find(source.text()).into_iter().map(|found| found.range).collect::<Vec<_>>()
            });
            let begin = shapes.partition_point(|range| range.end <= window.start);
            let touching = shapes.get(begin..).unwrap_or_default().iter();
            out.extend(touching.take_while(|range| range.start < window.end).cloned());
        }
        out
    }

    /// The name of a source, empty if there is none with this id.
    pub(super) fn file(&self, id: SourceId) -> &'a str {
        self.sources.get(id).map_or("", Source::name)
    }

    /// Where a span starts.
    pub(super) fn start(&mut self, span: Span) -> Position {
        self.position(span.source, span.start)
    }

    /// Line and column of a byte offset; one past the end or inside a character is moved back.
    pub(super) fn position(&mut self, id: SourceId, offset: u32) -> Position {
        let Some(source) = self.sources.get(id) else {
            return Position { line: 1, column: 1, offset: offset as usize };
        };
        let text = source.text();
        let offset = text.floor_char_boundary(offset as usize);
        let line = source.lines().line_of(u32::try_from(offset).unwrap_or(u32::MAX));
        let start = source.lines().line_range(text, line).start;
        let before = if offset.saturating_sub(start) <= 2 * STEP {
            count(text.as_bytes(), start, offset)
        } else {
            self.count_to(id, text, offset).saturating_sub(self.count_to(id, text, start))
        };
        Position { line: line + 1, column: before + 1, offset }
    }

    /// Code points before byte `offset`.
    fn count_to(&mut self, id: SourceId, text: &str, offset: usize) -> usize {
        let Some(counts) = self.counts.get_mut(id.0 as usize) else { return 0 };
        if counts.is_empty() {
            let mut sum = 0;
            for chunk in text.as_bytes().chunks(STEP) {
                counts.push(sum);
                sum += count(chunk, 0, chunk.len());
            }
        }
        let step = (offset / STEP).min(counts.len().saturating_sub(1));
        counts.get(step).copied().unwrap_or(0) + count(text.as_bytes(), step * STEP, offset)
    }
}

/// Code points that begin in `bytes[start..end]`.
fn count(bytes: &[u8], start: usize, end: usize) -> usize {
    let is_first = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
    bytes.get(start..end).map_or(0, |bytes| bytes.iter().filter(is_first).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_line_table_on_long_and_short_lines() {
        let mut sources = Sources::new();
        let long = "é日x".repeat(2000);
        let text = format!("a: é\r\n{long}\nlast\r{long}z");
        let id = sources.add(Source::new("a.yaml", text.clone()));
        let mut locator = Locator::new(&sources);
        for offset in (0..text.len() + 3).step_by(7).chain(text.len() - 3..text.len() + 3) {
            let offset = u32::try_from(offset).unwrap();
            let expected = sources.get(id).unwrap().position(offset);
            assert_eq!(locator.position(id, offset), expected, "at {offset}");
        }
    }
}
