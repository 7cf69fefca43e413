//! The YAML parser's errors, in words for the person who wrote the file.

use granit_parser::{ErrorKind as Kind, ScanError};

use super::SyntaxError;
use crate::source::{SourceId, Span};

/// What the parser's error means, and where to look. `bracket` is the innermost bracket that was open.
pub(super) fn explain(source: SourceId, text: &str, error: &ScanError, bracket: Option<u32>) -> SyntaxError {
    let place = Place { text, at: floor_boundary(text, error.marker().byte_offset().unwrap_or(text.len())) };
    let (message, help, range) = sentence(error.kind(), &place, bracket.map(|at| at as usize));
    let range = range.unwrap_or_else(|| place.one_char(place.at));
    SyntaxError {
        message,
        help: (!help.is_empty()).then(|| help.into_owned()),
        span: Span::new(source, range.start, range.end),
    }
}

type Range = std::ops::Range<usize>;
type Sentence = (String, std::borrow::Cow<'static, str>, Option<Range>);

fn sentence(kind: &Kind, place: &Place<'_>, bracket: Option<usize>) -> Sentence {
    let say = |message: &str, help: &'static str| (message.to_owned(), help.into(), None);
    match kind {
        Kind::TabInIndentation | Kind::TabInBlockIndentation | Kind::TabNotAllowed | Kind::TabAtBlockScalarStart | Kind::TabInPlainScalar => (
            "A tab is used for indentation".to_owned(),
            "Indent with spaces: YAML does not allow tabs there".into(),
            place.tab(),
        ),
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => {
            let line = place.line(place.at);
            if let Some(marker) = place.conflict_marker(line.clone()) {
                return (
                    "A merge conflict was left in this file".to_owned(),
                    "Resolve the conflict and remove its markers".into(),
                    Some(marker),
                );
            }
            let range = place.trimmed(place.at..line.end);
            ("This line is neither `key: value` nor a list item".to_owned(), "Is a `:` after the key missing?".into(), range)
        }
        Kind::MappingValueNotAllowed => place.unexpected_colon(),
        Kind::ExpectedBlockMappingKey | Kind::InvalidIndentation | Kind::ExpectedBlockSequenceEntry | Kind::ExpectedDocumentStart
            if place.starts_line() =>
        {
            (
                "The indentation of this line fits nothing above it".to_owned(),
                "Indent it exactly as the entries that it belongs to".into(),
                place.trimmed(place.at..place.line(place.at).end),
            )
        }
        Kind::ExpectedBlockMappingKey => (
            "A value ends here, but more text follows on its line".to_owned(),
            "Put quotes around the whole value, or remove what follows it".into(),
            place.trimmed(place.at..place.line(place.at).end),
        ),
        Kind::ExpectedBlockSequenceEntry => say("A list item must start with `- `", ""),
        Kind::BlockSequenceEntryNotAllowed => say(
            "A list cannot start on the line of its key",
            "Put each `- item` on a line of its own, or write the list as `[a, b]`",
        ),
        Kind::UnclosedQuotedScalar => ("This quote is never closed".to_owned(), "Add the closing quote".into(), None),
        Kind::DocumentIndicatorInQuotedScalar => {
            say("This quote is not closed before the next document (`---`)", "Add the closing quote")
        }
        Kind::InvalidTrailingDoubleQuotedScalar | Kind::InvalidTrailingSingleQuotedScalar => (
            "Text follows the closing quote of a value".to_owned(),
            "Put the whole value inside the quotes; a quote inside a quoted text is written `\\\"` in double quotes and `''` in single quotes".into(),
            place.trimmed(place.at..place.line(place.at).end),
        ),
        Kind::UnclosedFlowCollection { open } => (
            format!("This `{open}` is never closed"),
            format!("Add the missing `{}`", closing(*open)).into(),
            None,
        ),
        Kind::MismatchedFlowCollectionEnd { open, close } => (
            format!("This `{open}` is closed by `{close}`"),
            format!("Close it with `{}`", closing(*open)).into(),
            None,
        ),
        Kind::MisplacedFlowCollectionEnd => (
            format!("This `{}` closes nothing", place.first_char()),
            "Remove it, or put quotes around the text that it belongs to".into(),
            None,
        ),
        Kind::ExpectedFlowMappingSeparator | Kind::UnexpectedEofFlowMapping => place.in_bracket('{', bracket),
        Kind::ExpectedFlowSequenceSeparator | Kind::UnexpectedEofFlowSequence | Kind::InvalidColonPlacement => {
            place.in_bracket('[', bracket)
        }
        Kind::UnexpectedEofImplicitFlowMapping => say("A value is missing here", "Remove the extra comma, or write a value"),
        Kind::BlockEntryInFlowCollection => {
            say("A list item with `-` cannot stand inside brackets", "Separate the items with commas: `[a, b]`")
        }
        Kind::UnexpectedCharacter { character: '%' } if place.before(place.at).ends_with('{') => say(
            "This is a template of another language (`{% … %}`), not YAML",
            "Check the file that is generated from it",
        ),
        Kind::UnexpectedCharacter { character } if character.is_control() => (
            format!("The control character U+{:04X} is not allowed in YAML", u32::from(*character)),
            "Remove it; inside double quotes it can be written as an escape".into(),
            place.after(place.at).find(*character).map(|index| place.one_char(place.at + index)),
        ),
        Kind::UnexpectedCharacter { character } => (
            format!("A value cannot start with `{character}`"),
            "Put quotes around the value".into(),
            None,
        ),
        Kind::UnknownQuotedScalarEscape => place.bad_escape(),
        Kind::InvalidQuotedScalarHexEscape | Kind::InvalidUnicodeEscape | Kind::InvalidLowSurrogate | Kind::InvalidLowSurrogateHexEscape
        | Kind::MissingLowSurrogate | Kind::UnpairedLowSurrogate => say(
            "An escape in this text is not a character",
            "`\\x` takes two hexadecimal digits, `\\u` four and `\\U` eight; surrogates come in pairs",
        ),
        Kind::InvalidFlowScalarIndent | Kind::InvalidQuotedScalarIndent | Kind::InvalidBlockScalarIndent => say(
            "A line of this text is indented less than the text must be",
            "Indent every line of the text deeper than its key",
        ),
        Kind::InvalidBlockScalarHeader => say(
            "Text follows the `|` or `>` that starts a block of text",
            "Start the text on the next line",
        ),
        Kind::ZeroBlockScalarIndent => say("The number after `|` or `>` must be between 1 and 9", ""),
        Kind::CommentInterceptedScalar => (
            "A comment cuts a text of several lines in two".to_owned(),
            "Put quotes around the text, or move the comment".into(),
            place.trimmed(place.at..place.line(place.at).end),
        ),
        Kind::CommentNotSeparated => say("A comment needs a space before its `#`", ""),
        Kind::UnknownAnchor => say("This alias stands for nothing: no anchor of its name comes before it", ""),
        Kind::MissingAnchorOrAliasName => (
            format!("A name must follow this `{}`", place.first_char()),
            "If `*` or `&` is part of the text, put quotes around it".into(),
            None,
        ),
        Kind::MappingKeyNotAllowed => say("A value cannot start with `? `", "Put quotes around the value"),
        Kind::RecursionLimitExceeded => {
            say("Collections are nested more than 255 levels deep", "No AWS service takes a document as deep as this")
        }
        Kind::UndeclaredTagHandle => (
            "This tag uses a prefix that is not declared".to_owned(),
            "A tag has one `!`, as in `!Ref`".into(),
            place.word(),
        ),
        Kind::BomInsideDocument => say("A byte order mark stands in the middle of the file", "Remove it; it belongs at the start"),
        Kind::UnsupportedYamlMajorVersion | Kind::DuplicateVersionDirective | Kind::YamlVersionTooLong | Kind::MissingYamlVersion
        | Kind::MissingYamlVersionSeparator => {
            (
                "This `%YAML` line names a version that cannot be read".to_owned(),
                "Remove the line".into(),
                place.trimmed(place.at..place.line(place.at).end),
            )
        }
        Kind::MissingDocumentEndBeforeDirective | Kind::ExpectedDocumentStart => {
            say("A new document must start with `---`", "Add a line `---`, or put quotes around the text")
        }
        Kind::UnexpectedEof | Kind::UnexpectedEofBlockMapping | Kind::UnexpectedEofBlockSequence => {
            say("The file ends in the middle of a value", "")
        }
        other => (format!("This is not valid YAML: {other}"), "".into(), None),
    }
}

/// Where the parser stopped.
struct Place<'text> {
    text: &'text str,
    at: usize,
}

impl Place<'_> {
    fn before(&self, at: usize) -> &str {
        self.text.get(..at).unwrap_or("")
    }

    fn after(&self, at: usize) -> &str {
        self.text.get(at..).unwrap_or("")
    }

    fn first_char(&self) -> char {
        self.after(self.at).chars().next().unwrap_or(' ')
    }

    fn one_char(&self, at: usize) -> Range {
        at..at + self.after(at).chars().next().map_or(0, char::len_utf8)
    }

    /// The line around an offset, without its break.
    fn line(&self, at: usize) -> Range {
        let start = self.before(at).rfind(['\n', '\r']).map_or(0, |index| index + 1);
        let end = self.after(at).find(['\n', '\r']).map_or(self.text.len(), |index| at + index);
        start..end
    }

    /// The range without blanks around it, cut to a length that can be shown; nothing if nothing is left.
    fn trimmed(&self, range: Range) -> Option<Range> {
        let text = self.text.get(range.clone())?;
        let start = range.start + text.len() - text.trim_start().len();
        let end = floor_boundary(self.text, (start + text.trim().len()).min(start + 200));
        (start < end).then_some(start..end)
    }

    /// The word that the error is at.
    fn word(&self) -> Option<Range> {
        let line = self.line(self.at);
        let rest = self.text.get(self.at..line.end)?;
        let length = rest.find([' ', '\t']).unwrap_or(rest.len());
        self.trimmed(self.at..self.at + length)
    }

    /// Whether only indentation stands before the place on its line.
    fn starts_line(&self) -> bool {
        let line = self.line(self.at);
        self.text.get(line.start..self.at).is_some_and(|before| before.trim_start_matches([' ', '\t']).is_empty())
    }

    /// The tab that the parser complains about: at or before the place on its line, or at the start of a line soon after.
    fn tab(&self) -> Option<Range> {
        let line = self.line(self.at);
        let indentation = |start: usize| {
            let rest = self.after(start);
            let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            rest.get(..blanks)?.find('\t').map(|index| start + index..start + index + 1)
        };
        indentation(line.start).or_else(|| {
            let next =
                line.end + self.after(line.end).len() - self.after(line.end).trim_start_matches(['\n', '\r']).len();
            indentation(next)
        })
    }

    fn conflict_marker(&self, line: Range) -> Option<Range> {
        let text = self.text.get(line.clone())?;
        ["<<<<<<<", "=======", ">>>>>>>"]
            .iter()
            .any(|marker| text.starts_with(marker))
            .then_some(line)
            .and_then(|line| self.trimmed(line))
    }

    /// A `:` where no value may start.
    fn unexpected_colon(&self) -> Sentence {
        let line = self.line(self.at);
        let before = self.text.get(line.start..self.at).unwrap_or("");
        if before.contains(": ") || before.contains(":\t") {
            return (
                "A second `: ` stands in this value".to_owned(),
                "Put quotes around the value if the `:` is part of its text".into(),
                Some(self.one_char(self.at)),
            );
        }
        if before.trim_start().chars().count() > 1024 {
            return ("A key can have 1024 characters at most".to_owned(), "".into(), Some(self.one_char(self.at)));
        }
        // The line above was read as text that goes on here: `Resources` without its colon, or a value and deeper lines.
        (
            "A key cannot stand here: the line above it is a value, not a key".to_owned(),
            "Is a `:` missing at the end of the line above, or is this line indented too far?".into(),
            self.trimmed(line.start..self.at),
        )
    }

    /// What is wrong between brackets.
    fn in_bracket(&self, open: char, bracket: Option<usize>) -> Sentence {
        let close = closing(open);
        match bracket {
            Some(at) if self.before(self.at).get(at..).is_some_and(|between| between.contains('\n')) => (
                format!("This `{open}` is not closed where its content ends"),
                format!("Add the missing `{close}`, or the missing comma on line {}", self.line_number()).into(),
                Some(self.one_char(at)),
            ),
            _ => (format!("A comma or `{close}` is missing here"), "".into(), None),
        }
    }

    fn line_number(&self) -> usize {
        let before = self.before(self.at);
        before.replace("\r\n", "\n").matches(['\n', '\r']).count() + 1
    }

    /// The first escape in the double-quoted text at the place that YAML does not know.
    fn bad_escape(&self) -> Sentence {
        let mut chars = self.after(self.at).char_indices();
        while let Some((index, char)) = chars.next() {
            if char == '\\' {
                let Some((_, escaped)) = chars.next() else { break };
                if !"0abtnvfre \"/\\N_LPxuU\t\n\r".contains(escaped) {
                    let start = self.at + index;
                    let end = start + 1 + escaped.len_utf8();
                    return (
                        format!("YAML knows no escape `\\{}`", escaped.escape_debug()),
                        "Write `\\\\` for a backslash, or use single quotes, in which nothing is an escape".into(),
                        Some(start..end),
                    );
                }
            }
        }
        ("An escape in this text is unknown to YAML".to_owned(), "Write `\\\\` for a backslash".into(), None)
    }
}

fn closing(open: char) -> char {
    if open == '{' { '}' } else { ']' }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}
