//! Positions inside a scalar: which bytes of the file a part of its decoded text stands in.
//!
//! A rule finds `${Name}` in a scalar's text, where escapes, folding and indentation are gone; the finding must
//! point at the bytes in the file. [`TextMap`] replays the decoding of one scalar and keeps, for each piece of the text,
//! where it came from. It checks every piece against the decoded text, so that a mapping is exact or not made at all.

use std::ops::Range;

use super::document::{Document, Kind, Node, NodeId, ScalarStyle};
use super::{Parsed, json};
use crate::source::Span;

/// The span of `decoded`, a byte range in a scalar's decoded text. The whole node's span if the range cannot be mapped
/// exactly, or if the node is no scalar.
///
/// Takes time in proportion to the scalar unless the text stands in the file as it is; to map many ranges of one
/// scalar, make a [`TextMap`] once.
#[must_use]
pub fn span_of(text: &str, node: &Node, decoded: Range<usize>) -> Span {
    let (Kind::Scalar(scalar), Some(raw)) = (&node.kind, text.get(node.span.range())) else { return node.span };
    let quotes = match raw.as_bytes().first() {
        Some(b'"') if !raw.contains('\\') => 1,
        Some(b'\'') => 1,
        Some(b'"') => 2,
        _ => 0,
    };
    // Decoding a plain or single-quoted scalar never makes it longer: if the lengths are equal, every byte is where it was.
    let flow = !matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded);
    if flow && quotes < 2 && raw.len() == scalar.text.len() + 2 * quotes && decoded.end <= scalar.text.len() {
        let start = node.span.start as usize + quotes;
        return Span::new(node.span.source, start + decoded.start, start + decoded.end);
    }
    TextMap::new(text, node).span(decoded)
}

/// Reads the JSON text that a scalar holds, as `aws lambda get-policy` prints it and as templates embed policies and
/// state machines. The spans are positions in the outer file. `None` when the node is no scalar or its text does not start
/// like a JSON object or list.
#[must_use]
pub fn read_json(text: &str, document: &Document, node: NodeId) -> Option<Parsed> {
    let node = document.node(node);
    let Kind::Scalar(scalar) = &node.kind else { return None };
    if !scalar.text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let map = TextMap::new(text, node);
    let mut parsed = json::read(node.span.source, &scalar.text);
    let place = |span: &mut Span| *span = map.span(span.range());
    for node in &mut parsed.document.nodes {
        place(&mut node.span);
    }
    if let Some(error) = &mut parsed.error {
        place(&mut error.span);
    }
    for duplicate in &mut parsed.duplicates {
        place(&mut duplicate.first);
        place(&mut duplicate.again);
    }
    Some(parsed)
}

/// Where each piece of a scalar's decoded text stands in the file.
#[derive(Debug)]
pub struct TextMap {
    whole: Span,
    /// In the order of the text, without gaps in the decoded text; nothing when the decoding could not be replayed.
    pieces: Option<Vec<Piece>>,
}

/// A part of the decoded text and the bytes it was decoded from. Equally long: byte for byte. Otherwise a unit, such as
/// an escape or a folded line break.
#[derive(Clone, Copy, Debug)]
struct Piece {
    decoded: usize,
    decoded_len: usize,
    source: usize,
    source_len: usize,
}

impl TextMap {
    /// The map of `node`, a scalar of the document that was read from `text`.
    #[must_use]
    pub fn new(text: &str, node: &Node) -> Self {
        let pieces = match (&node.kind, text.get(node.span.range())) {
            (Kind::Scalar(scalar), Some(raw)) => {
                let mut replay = Replay { text: &scalar.text, done: 0, pieces: Vec::new() };
                let start = node.span.start as usize;
                let complete = match scalar.style {
                    ScalarStyle::Literal | ScalarStyle::Folded => {
                        replay.block(raw, start, indentation(text, start), scalar.style == ScalarStyle::Folded)
                    }
                    _ => match raw.as_bytes().first() {
                        Some(b'"') => replay.flow(raw, start, Quotes::Double),
                        Some(b'\'') => replay.flow(raw, start, Quotes::Single),
                        _ => replay.flow(raw, start, Quotes::None),
                    },
                };
                (complete.is_some() && replay.done == scalar.text.len()).then_some(replay.pieces)
            }
            _ => None,
        };
        Self { whole: node.span, pieces }
    }

    /// Whether ranges map to their exact bytes; otherwise every range maps to the whole node.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.pieces.is_some()
    }

    /// The span of `decoded`, a byte range in the decoded text. An empty range gives an empty span.
    #[must_use]
    pub fn span(&self, decoded: Range<usize>) -> Span {
        let Some(pieces) = &self.pieces else { return self.whole };
        let start = self.offset(pieces, decoded.start, false);
        let end = if decoded.end > decoded.start { self.offset(pieces, decoded.end, true) } else { start };
        let clamp = |offset: usize| offset.clamp(self.whole.start as usize, self.whole.end as usize);
        Span::new(self.whole.source, clamp(start), clamp(end))
    }

    /// Where the decoded offset stands; `end` looks at the byte before the offset and gives its end.
    fn offset(&self, pieces: &[Piece], decoded: usize, end: bool) -> usize {
        let inside = if end { decoded.saturating_sub(1) } else { decoded };
        let index = pieces.partition_point(|piece| piece.decoded <= inside);
        let Some(piece) = index.checked_sub(1).and_then(|index| pieces.get(index)) else {
            // Only an empty text has no piece at or before an offset: between its quotes, if it has any.
            return self.whole.start as usize + usize::from(self.whole.len() >= 2);
        };
        let within = decoded - piece.decoded;
        if piece.decoded_len == piece.source_len {
            piece.source + within.min(piece.source_len)
        } else if end || within >= piece.decoded_len {
            piece.source + piece.source_len
        } else {
            piece.source
        }
    }
}

/// How far the line's text is from its start, in bytes: a block scalar's indentation.
fn indentation(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or("");
    before.len() - before.rfind(['\n', '\r']).map_or(0, |index| index + 1)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    Single,
    Double,
}

/// A line of a scalar: its text without the break, and the break.
struct Line<'raw> {
    text: &'raw str,
    at: usize,
    break_len: usize,
}

impl Line<'_> {
    fn end(&self) -> usize {
        self.at + self.text.len()
    }
}

/// The lines of `raw`, which starts at offset `at` of the file.
fn lines(raw: &str, at: usize) -> impl Iterator<Item = Line<'_>> {
    let mut rest = Some((raw, at));
    std::iter::from_fn(move || {
        let (text, at) = rest.take()?;
        let Some(end) = memchr::memchr2(b'\n', b'\r', text.as_bytes()) else {
            return Some(Line { text, at, break_len: 0 });
        };
        let (line, tail) = text.split_at_checked(end)?;
        let break_len = if tail.starts_with("\r\n") { 2 } else { 1 };
        rest = Some((tail.get(break_len..)?, at + end + break_len));
        Some(Line { text: line, at, break_len })
    })
}

/// Decodes again, piece by piece; `None` when a piece is not what the decoded text has there.
struct Replay<'text> {
    text: &'text str,
    /// How much of the text has been found.
    done: usize,
    pieces: Vec<Piece>,
}

impl Replay<'_> {
    /// A piece that was decoded from `source_len` bytes at `source`.
    fn piece(&mut self, decoded: &str, source: usize, source_len: usize) -> Option<()> {
        if decoded.is_empty() {
            return Some(());
        }
        self.text.get(self.done..)?.starts_with(decoded).then_some(())?;
        let piece = Piece { decoded: self.done, decoded_len: decoded.len(), source, source_len };
        self.done += decoded.len();
        match self.pieces.last_mut() {
            Some(last)
                if last.decoded_len == last.source_len
                    && decoded.len() == source_len
                    && last.source + last.source_len == source =>
            {
                last.decoded_len += source_len;
                last.source_len += source_len;
            }
            _ => self.pieces.push(piece),
        }
        Some(())
    }

    /// Text that stands in the file as it is.
    fn same(&mut self, text: &str, source: usize) -> Option<()> {
        self.piece(text, source, text.len())
    }

    /// A plain or quoted scalar.
    fn flow(&mut self, raw: &str, at: usize, quotes: Quotes) -> Option<()> {
        let (body, at) = match quotes {
            Quotes::None => (raw, at),
            Quotes::Single => (raw.strip_prefix('\'')?.strip_suffix('\'')?, at + 1),
            Quotes::Double => (raw.strip_prefix('"')?.strip_suffix('"')?, at + 1),
        };
        let blank = [' ', '\t'];
        // The breaks since the last line with text: offset and length.
        let mut breaks: Vec<(usize, usize)> = Vec::new();
        let mut text_end = at;
        let mut joined = false;
        for (index, line) in lines(body, at).enumerate() {
            let last = line.break_len == 0;
            let (mut text, mut start) = (line.text, line.at);
            if index > 0 {
                text = text.trim_start_matches(blank);
                start += line.text.len() - text.len();
            }
            let mut escaped_break = false;
            if !last {
                let trimmed = text.trim_end_matches(blank);
                let backslashes = trimmed.len() - trimmed.trim_end_matches('\\').len();
                let escapes = quotes == Quotes::Double && backslashes % 2 == 1;
                if escapes && trimmed.len() == text.len() {
                    escaped_break = true;
                    text = trimmed.strip_suffix('\\')?;
                } else {
                    text = text.get(..trimmed.len() + usize::from(escapes))?;
                }
            }
            if index > 0 && !last && !escaped_break && text.is_empty() {
                breaks.push((line.end(), line.break_len));
                continue;
            }
            if let Some((_, rest)) = breaks.split_first() {
                if rest.is_empty() && !joined {
                    self.piece(" ", text_end, start - text_end)?;
                }
                for (offset, length) in rest {
                    self.piece("\n", *offset, *length)?;
                }
                breaks.clear();
            }
            match quotes {
                Quotes::None => self.same(text, start)?,
                Quotes::Single => self.single_quoted(text, start)?,
                Quotes::Double => self.double_quoted(text, start)?,
            }
            text_end = start + text.len();
            joined = escaped_break;
            breaks.push((line.end(), line.break_len));
        }
        Some(())
    }

    fn single_quoted(&mut self, mut text: &str, mut at: usize) -> Option<()> {
        while let Some(quote) = text.find("''") {
            self.same(text.get(..quote)?, at)?;
            self.piece("'", at + quote, 2)?;
            text = text.get(quote + 2..)?;
            at += quote + 2;
        }
        self.same(text, at)
    }

    fn double_quoted(&mut self, mut text: &str, mut at: usize) -> Option<()> {
        while let Some(backslash) = text.find('\\') {
            self.same(text.get(..backslash)?, at)?;
            let escape = text.get(backslash..)?;
            let (decoded, length) = unescape(escape)?;
            self.piece(decoded.encode_utf8(&mut [0; 4]), at + backslash, length)?;
            text = escape.get(length..)?;
            at += backslash + length;
        }
        self.same(text, at)
    }

    /// A block scalar's content, from its first character to its last.
    fn block(&mut self, raw: &str, at: usize, indentation: usize, folded: bool) -> Option<()> {
        // Blank lines before the first text stand before the span.
        while self.text.get(self.done..)?.starts_with('\n') {
            self.piece("\n", at, 0)?;
        }
        let mut breaks: Vec<(usize, usize)> = Vec::new();
        let (mut text_end, mut after_indented) = (at, false);
        for (index, line) in lines(raw, at).enumerate() {
            let mut text = line.text;
            if index > 0 {
                let spaces = text.len() - text.trim_start_matches(' ').len();
                text = text.get(spaces.min(indentation)..)?;
            }
            let start = line.end() - text.len();
            if index > 0 && text.is_empty() {
                breaks.push((line.end(), line.break_len));
                continue;
            }
            let indented = text.starts_with([' ', '\t']);
            if let Some(((offset, length), rest)) = breaks.split_first() {
                if !folded || indented || after_indented {
                    self.piece("\n", *offset, *length)?;
                } else if rest.is_empty() {
                    self.piece(" ", text_end, start - text_end)?;
                }
                for (offset, length) in rest {
                    self.piece("\n", *offset, *length)?;
                }
                breaks.clear();
            }
            self.same(text, start)?;
            (text_end, after_indented) = (start + text.len(), indented);
            breaks.push((line.end(), line.break_len));
        }
        // The final breaks, as far as they are kept, stand behind the span.
        while self.text.get(self.done..)?.starts_with('\n') {
            self.piece("\n", text_end, 0)?;
        }
        Some(())
    }
}

/// The character that an escape at the start of `text` stands for, and the escape's length.
fn unescape(text: &str) -> Option<(char, usize)> {
    let hex = |from: usize, digits: usize| {
        let digits = text.get(from..from + digits)?;
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
        u32::from_str_radix(digits, 16).ok()
    };
    let simple = |char| Some((char, 2));
    match text.chars().nth(1)? {
        '0' => simple('\0'),
        'a' => simple('\x07'),
        'b' => simple('\x08'),
        't' | '\t' => simple('\t'),
        'n' => simple('\n'),
        'v' => simple('\x0b'),
        'f' => simple('\x0c'),
        'r' => simple('\r'),
        'e' => simple('\x1b'),
        char @ (' ' | '"' | '/' | '\\') => simple(char),
        'N' => simple('\u{85}'),
        '_' => simple('\u{a0}'),
        'L' => simple('\u{2028}'),
        'P' => simple('\u{2029}'),
        'x' => Some((char::from_u32(hex(2, 2)?)?, 4)),
        'U' => Some((char::from_u32(hex(2, 8)?)?, 10)),
        'u' => {
            let first = hex(2, 4)?;
            if !(0xD800..0xDC00).contains(&first) {
                return Some((char::from_u32(first)?, 6));
            }
            (text.get(6..8)? == "\\u").then_some(())?;
            let second = hex(8, 4)?;
            (0xDC00..0xE000).contains(&second).then_some(())?;
            Some((char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))?, 12))
        }
        _ => None,
    }
}
