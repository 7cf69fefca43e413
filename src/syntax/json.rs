//! The JSON reader: tokens of `jsonc-parser`'s scanner, every leniency off, become a [`Document`](super::Document).
//!
//! The grammar is here rather than the crate's tree, so that a file that is broken in the middle still gives a
//! document up to there, nothing recurses, and every error says what was expected.

use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::tokens::Token;
use jsonc_parser::{ParseStringErrorKind, Scanner, ScannerOptions};

use super::build::Builder;
use super::document::{Kind, Language, Scalar, ScalarStyle};
use super::{Parsed, SyntaxError, shown};
use crate::source::{SourceId, Span};

/// How deep collections may be nested.
const DEPTH_LIMIT: usize = 512;

/// Reads JSON (RFC 8259). What was read before an error is kept, with its open collections closed. A byte order mark
/// at the start is left out.
#[must_use]
pub fn read(source: SourceId, text: &str) -> Parsed {
    let shift = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body = text.get(shift..).unwrap_or("");
    let mut reader = Reader {
        source,
        text: body,
        shift,
        scanner: Scanner::new(body, &strict()),
        builder: Builder::new(source, Language::Json),
        last_end: 0,
    };
    let error = reader.run().err();
    let built = reader.builder.finish();
    Parsed { document: built.document, error, duplicates: built.duplicates }
}

fn strict() -> ScannerOptions {
    ScannerOptions {
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    /// A value; where the text before it is a comma, that comma's offset.
    Value { comma: Option<usize> },
    /// An item or `]`, right after `[`.
    ItemOrEnd,
    /// A key or `}`, right after `{`.
    KeyOrEnd,
    /// A key, after the comma at this offset.
    Key { comma: usize },
    /// `:`.
    Colon,
    /// `,` or the closing bracket.
    CommaOrEnd,
    /// Nothing more.
    End,
}

struct Reader<'text> {
    source: SourceId,
    /// The text without its byte order mark.
    text: &'text str,
    /// The length of the byte order mark.
    shift: usize,
    scanner: Scanner<'text>,
    builder: Builder,
    /// Where the token before the current one ends.
    last_end: usize,
}

impl<'text> Reader<'text> {
    fn run(&mut self) -> Result<(), SyntaxError> {
        let mut expect = Expect::Value { comma: None };
        while let Some((token, start, end)) = self.next()? {
            expect = self.step(expect, token, start, end)?;
            self.last_end = end;
        }
        if expect == Expect::End {
            return Ok(());
        }
        if self.builder.depth() == 0 {
            let at = self.text.len();
            return Err(self.error("The file is empty: a JSON value was expected", "", at, at));
        }
        let bracket = self.builder.open_bracket().map_or(0, |at| (at as usize).saturating_sub(self.shift));
        let open = self.text.get(bracket..).and_then(|rest| rest.chars().next()).unwrap_or('{');
        let close = if open == '{' { '}' } else { ']' };
        Err(self.error(
            format!("This `{open}` is never closed"),
            format!("Add the missing `{close}`"),
            bracket,
            bracket + 1,
        ))
    }

    /// The next token and its range.
    fn next(&mut self) -> Result<Option<(Token<'text>, usize, usize)>, SyntaxError> {
        let scanned = self.scanner.scan();
        let (start, end) = (self.scanner.token_start(), self.scanner.token_end());
        // The scanner takes more for white space than JSON does.
        let gap = self.text.get(self.last_end..start).unwrap_or("");
        if let Some((index, char)) = gap.char_indices().find(|(_, char)| !matches!(char, ' ' | '\t' | '\n' | '\r')) {
            let at = self.last_end + index;
            let message = format!("The character U+{:04X} is not white space in JSON", u32::from(char));
            return Err(self.error(message, "Replace it with a space", at, at + char.len_utf8()));
        }
        match scanned {
            Ok(None) => Ok(None),
            Ok(Some(token)) => {
                self.check_characters(&token, start, end)?;
                Ok(Some((token, start, end)))
            }
            Err(error) => Err(self.scan_error(&error)),
        }
    }

    /// JSON strings hold no raw control characters; the scanner lets them through.
    fn check_characters(&self, token: &Token<'_>, start: usize, end: usize) -> Result<(), SyntaxError> {
        if !matches!(token, Token::String(_)) {
            return Ok(());
        }
        let raw = self.text.get(start..end).unwrap_or("");
        let Some(index) = raw.bytes().position(|byte| byte < 0x20) else { return Ok(()) };
        let at = start + index;
        let byte = raw.as_bytes().get(index).copied().unwrap_or(0);
        if matches!(byte, b'\n' | b'\r') {
            return Err(self.error(
                "This text goes on after the end of its line",
                "Add the closing quote; a line break inside a text is written `\\n`",
                start,
                at,
            ));
        }
        let escape = if byte == b'\t' { "\\t".to_owned() } else { format!("\\u{byte:04x}") };
        let message = format!("The control character U+{byte:04X} cannot stand in a JSON text as it is");
        Err(self.error(message, format!("Write it as `{escape}`"), at, at + 1))
    }

    fn step(&mut self, expect: Expect, token: Token<'text>, start: usize, end: usize) -> Result<Expect, SyntaxError> {
        match (expect, &token) {
            (_, Token::CommentLine(_) | Token::CommentBlock(_)) => {
                Err(self.error("JSON has no comments", "Remove the comment", start, end))
            }
            (Expect::End, _) => {
                Err(self.error("The JSON value is complete, but more text follows it", "Remove it", start, end))
            }
            (Expect::ItemOrEnd, Token::CloseBracket)
            | (Expect::KeyOrEnd, Token::CloseBrace)
            | (Expect::CommaOrEnd, Token::CloseBracket | Token::CloseBrace) => self.close(&token, start, end),
            (Expect::Value { .. } | Expect::ItemOrEnd, _) => self.value(expect, token, start, end),
            (Expect::KeyOrEnd | Expect::Key { .. }, Token::String(_)) => {
                self.scalar(token, start, end);
                Ok(Expect::Colon)
            }
            (Expect::Key { comma }, Token::CloseBrace) => Err(self.trailing_comma(comma, '}')),
            (Expect::KeyOrEnd | Expect::Key { .. }, _) => Err(self.error(
                format!("A key in double quotes was expected, not {}", self.name(start, end)),
                if matches!(token, Token::Word(_)) { "Put double quotes around the key" } else { "" },
                start,
                end,
            )),
            (Expect::Colon, Token::Colon) => Ok(Expect::Value { comma: None }),
            (Expect::Colon, _) => {
                let at = self.last_end;
                Err(self.error("A `:` is missing after this key", "", self.key_start(), at))
            }
            (Expect::CommaOrEnd, Token::Comma) => Ok(if self.builder.expects_key() {
                Expect::Key { comma: start }
            } else {
                Expect::Value { comma: Some(start) }
            }),
            (Expect::CommaOrEnd, _) => {
                let close = if self.builder.expects_key() { '}' } else { ']' };
                let message = format!("A comma or `{close}` is missing before {}", self.name(start, end));
                Err(self.error(message, "", start, end))
            }
        }
    }

    fn value(&mut self, expect: Expect, token: Token<'text>, start: usize, end: usize) -> Result<Expect, SyntaxError> {
        match token {
            Token::OpenBrace | Token::OpenBracket if self.builder.depth() >= DEPTH_LIMIT => {
                let message = format!("Collections are nested more than {DEPTH_LIMIT} levels deep");
                Err(self.error(message, "No AWS service takes a document as deep as this", start, end))
            }
            Token::OpenBrace => {
                self.builder.open_map(self.span(start, end), true, None);
                Ok(Expect::KeyOrEnd)
            }
            Token::OpenBracket => {
                self.builder.open_list(self.span(start, end), true, None);
                Ok(Expect::ItemOrEnd)
            }
            Token::String(_) | Token::Number(_) | Token::Boolean(_) | Token::Null => {
                self.scalar(token, start, end);
                Ok(self.after_value())
            }
            Token::CloseBracket | Token::CloseBrace if matches!(expect, Expect::Value { comma: Some(_) }) => {
                let Expect::Value { comma: Some(comma) } = expect else { return Ok(expect) };
                Err(self.trailing_comma(comma, ']'))
            }
            Token::Word(word) => {
                let help = match word.to_ascii_lowercase().as_str() {
                    "true" | "yes" | "on" => "Write `true`",
                    "false" | "no" | "off" => "Write `false`",
                    "null" | "none" | "nil" | "undefined" => "Write `null`",
                    _ => "Put double quotes around it",
                };
                Err(self.error(format!("{} is not a JSON value", self.name(start, end)), help, start, end))
            }
            _ => Err(self.error(format!("A value was expected, not {}", self.name(start, end)), "", start, end)),
        }
    }

    fn scalar(&mut self, token: Token<'text>, start: usize, end: usize) {
        let raw = self.text.get(start..end).unwrap_or("");
        let (text, style) = match token {
            Token::String(text) => (text.into(), ScalarStyle::DoubleQuoted),
            _ => (raw.into(), ScalarStyle::Plain),
        };
        self.builder.leaf(Kind::Scalar(Scalar { text, style }), self.span(start, end), None);
    }

    fn close(&mut self, token: &Token<'_>, start: usize, end: usize) -> Result<Expect, SyntaxError> {
        let in_map = self.builder.expects_key();
        if in_map != matches!(token, Token::CloseBrace) {
            let (open, close) = if in_map { ('{', '}') } else { ('[', ']') };
            let message = format!("This {} does not close the `{open}` before it", self.name(start, end));
            return Err(self.error(message, format!("Close it with `{close}`"), start, end));
        }
        let end = self.span(start, end).end;
        self.builder.close(Some(end));
        Ok(self.after_value())
    }

    fn after_value(&self) -> Expect {
        if self.builder.depth() == 0 { Expect::End } else { Expect::CommaOrEnd }
    }

    fn key_start(&self) -> usize {
        let start = |key| self.builder.document().written(key).span.start as usize;
        self.builder.pending_key().map_or(0, start).saturating_sub(self.shift)
    }

    fn trailing_comma(&self, comma: usize, close: char) -> SyntaxError {
        self.error(format!("JSON allows no comma before `{close}`"), "Remove the comma", comma, comma + 1)
    }

    /// How a message calls the token at `start..end`.
    fn name(&self, start: usize, end: usize) -> String {
        format!("`{}`", shown(self.text.get(start..end).unwrap_or("")))
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start + self.shift, end + self.shift)
    }

    fn error(&self, message: impl Into<String>, help: impl Into<String>, start: usize, end: usize) -> SyntaxError {
        let help = help.into();
        SyntaxError { message: message.into(), help: (!help.is_empty()).then_some(help), span: self.span(start, end) }
    }

    fn scan_error(&self, error: &ParseError) -> SyntaxError {
        let start = self.text.floor_char_boundary(error.range().start.min(self.text.len()));
        let end = self.text.ceil_char_boundary(error.range().end.clamp(start, self.text.len()));
        let line_end = |from: usize| {
            let rest = self.text.get(from..).unwrap_or("");
            from + rest.find(['\n', '\r']).unwrap_or(rest.len())
        };
        let (message, help): (String, &str) = match error.kind() {
            ParseErrorKind::SingleQuotedStringsNotAllowed => {
                ("JSON texts stand in double quotes".to_owned(), "Replace the single quotes with double quotes")
            }
            ParseErrorKind::String(ParseStringErrorKind::UnterminatedStringLiteral) => {
                return self.error("This quote is never closed", "Add the closing quote", start, line_end(start));
            }
            ParseErrorKind::String(ParseStringErrorKind::InvalidUnicodeEscapeSequence(_)) => {
                ("This escape is half a character".to_owned(), "Surrogates come in pairs: `\\ud83d\\ude00`")
            }
            ParseErrorKind::String(ParseStringErrorKind::ExpectedFourHexDigits) => {
                ("Four hexadecimal digits must follow `\\u`".to_owned(), "")
            }
            ParseErrorKind::String(_) => (
                "JSON does not know this escape".to_owned(),
                "Write `\\\\` for a backslash; the escapes are `\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX`",
            ),
            ParseErrorKind::HexadecimalNumbersNotAllowed
            | ParseErrorKind::UnaryPlusNumbersNotAllowed
            | ParseErrorKind::BareDecimalPointNumbersNotAllowed
            | ParseErrorKind::NonFiniteNumbersNotAllowed
            | ParseErrorKind::ExpectedDigit
            | ParseErrorKind::ExpectedDigitFollowingNegativeSign
            | ParseErrorKind::ExpectedPlusMinusOrDigitInNumberLiteral => {
                ("This is not a number as JSON writes them".to_owned(), "Write it as in `10`, `-0.5` or `1e9`")
            }
            ParseErrorKind::UnexpectedToken if self.text.get(start..).is_some_and(|rest| rest.starts_with('#')) => {
                return self.error("JSON has no comments", "Remove the comment", start, line_end(start));
            }
            ParseErrorKind::UnterminatedCommentBlock => {
                return self.error("JSON has no comments", "Remove the comment", start, line_end(start));
            }
            _ => (format!("{} is not JSON", self.name(start, end)), ""),
        };
        self.error(message, help, start, end)
    }
}
