//! The YAML reader: events of `granit-parser` become a [`Document`](super::Document).

use granit_parser::{Event, Options, Parser, ScalarStyle as WrittenStyle};

use super::build::{Builder, MERGED_ENTRIES_LIMIT};
use super::document::{Comment, Kind, Language, NodeId, Scalar, ScalarStyle, Tag};
use super::{Parsed, SyntaxError, shown, yaml_error};
use crate::source::{SourceId, Span};

/// The namespace of YAML's own tags (`!!str`), <https://yaml.org/type/>.
const CORE_NAMESPACE: &str = "tag:yaml.org,2002:";

/// Reads YAML. What was read before an error is kept, with its open collections closed.
#[must_use]
pub fn read(source: SourceId, text: &str) -> Parsed {
    let mut reader = Reader {
        source,
        text,
        builder: Builder::new(source, Language::Yaml),
        anchors: Vec::new(),
        comments: Vec::new(),
        unresolved: None,
    };
    let mut error = None;
    for result in Parser::new_from_str_with_options(text, options()) {
        match result {
            Ok((event, span)) => reader.event(event, &span),
            Err(failure) => {
                error = Some(yaml_error::explain(source, text, &failure, reader.builder.open_bracket()));
                break;
            }
        }
    }
    let Reader { builder, mut comments, unresolved, .. } = reader;
    // Comments inside a node's properties are reported before the node; the rest comes in order.
    comments.sort_by_key(|comment| comment.span.start);
    let mut built = builder.finish();
    built.document.comments = comments;
    let over_limit = built.merge_over_limit.map(|span| SyntaxError {
        message: format!("The merge keys of this file bring in more than {MERGED_ENTRIES_LIMIT} entries"),
        help: Some("Write the entries out, or merge smaller mappings".to_owned()),
        span,
    });
    Parsed { document: built.document, error: error.or(unresolved).or(over_limit), duplicates: built.duplicates }
}

fn options() -> Options {
    granit_parser::options! {
        // As libyaml: no line feed that the file does not have.
        block_scalar_eof_without_line_feed: true,
        // An undefined alias is reported, and the rest of the file is read all the same.
        emit_unresolved_aliases: true,
        // The default of 96 refuses a long commented-out block after a key. Comments take memory in proportion to the text.
        max_buffered_comment_events: usize::MAX,
    }
}

struct Reader<'text> {
    source: SourceId,
    text: &'text str,
    builder: Builder,
    /// Nodes by the parser's anchor number, which starts at 1 and grows by one with each anchor.
    anchors: Vec<Option<NodeId>>,
    comments: Vec<Comment>,
    /// The first alias without an anchor.
    unresolved: Option<SyntaxError>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, at: &granit_parser::Span) {
        let span = self.span(at);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let written = tag.is_some() || anchor != 0;
                let (tag, forced) = self.tag(tag.as_deref(), at);
                let span = match style {
                    WrittenStyle::Literal | WrittenStyle::Folded => self.block_scalar(span, &text),
                    WrittenStyle::Plain if span.is_empty() && !written => self.after_colon(span),
                    _ => span,
                };
                let scalar = Scalar {
                    // The parser spells an absent value `~`.
                    text: if style == WrittenStyle::Plain && span.is_empty() { "".into() } else { text.into() },
                    style: match style {
                        WrittenStyle::Literal => ScalarStyle::Literal,
                        WrittenStyle::Folded => ScalarStyle::Folded,
                        _ if forced.is_some() => forced.unwrap_or(ScalarStyle::Plain),
                        WrittenStyle::SingleQuoted => ScalarStyle::SingleQuoted,
                        WrittenStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
                        WrittenStyle::Plain => ScalarStyle::Plain,
                    },
                };
                let id = self.builder.leaf(Kind::Scalar(scalar), span, tag);
                self.anchor(anchor, id);
            }
            Event::SequenceStart(_, anchor, tag) => {
                let (tag, _) = self.tag(tag.as_deref(), at);
                let id = self.builder.open_list(span, self.slice(span) == "[", tag);
                self.anchor(anchor, id);
            }
            Event::MappingStart(_, anchor, tag) => {
                // A pair inside a flow sequence (`[a: b]`) has no brackets, and its span is empty.
                let (tag, _) = self.tag(tag.as_deref(), at);
                let id = self.builder.open_map(span, self.slice(span) == "{", tag);
                self.anchor(anchor, id);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let bracket = matches!(self.slice(span), "]" | "}");
                self.builder.close(bracket.then_some(span.end));
            }
            Event::Alias(anchor) => {
                let target = self.anchors.get(anchor).copied().flatten();
                self.builder.leaf(Kind::Alias(target), span, None);
            }
            Event::UnresolvedAlias(name) => {
                let name = shown(&name);
                self.unresolved.get_or_insert_with(|| SyntaxError {
                    message: format!("The alias `*{name}` stands for nothing: no `&{name}` comes before it"),
                    help: Some(format!("Put `&{name}` before the value that is meant, or put quotes around the text")),
                    span,
                });
                self.builder.leaf(Kind::Alias(None), span, None);
            }
            Event::Comment(..) => {
                let before =
                    self.text.get(..span.start as usize).unwrap_or("").trim_end_matches([' ', '\t', '\u{feff}']);
                let trailing = !before.is_empty() && !before.ends_with(['\n', '\r']);
                self.comments.push(Comment { span, trailing });
            }
            _ => {}
        }
    }

    fn span(&self, at: &granit_parser::Span) -> Span {
        // The parser counts bytes when it reads from a string; the fallback keeps a change there from ending the run.
        let start = at.start.byte_offset().unwrap_or(0);
        Span::new(self.source, start, at.end.byte_offset().unwrap_or(start))
    }

    fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    fn anchor(&mut self, number: usize, id: NodeId) {
        if number != 0 {
            if self.anchors.len() <= number {
                self.anchors.resize(number + 1, None);
            }
            if let Some(slot) = self.anchors.get_mut(number) {
                *slot = Some(id);
            }
        }
    }

    /// A local tag, and the style that one of YAML's own tags gives the scalar.
    fn tag(&self, tag: Option<&granit_parser::Tag>, at: &granit_parser::Span) -> (Option<Tag>, Option<ScalarStyle>) {
        let Some(tag) = tag else { return (None, None) };
        if let Some(core) = tag.suffix_in_namespace(CORE_NAMESPACE) {
            let style = match &*core {
                "str" | "binary" => Some(ScalarStyle::DoubleQuoted),
                "int" | "float" | "bool" | "null" => Some(ScalarStyle::Plain),
                _ => None,
            };
            return (None, style);
        }
        let full = format!("{}{}", tag.handle(), tag.suffix());
        if full == "!" {
            // A lone `!` says "not resolved": a string, a list, a mapping.
            return (None, Some(ScalarStyle::DoubleQuoted));
        }
        let span = at.tag_span().map_or_else(
            || {
                let start = at.tag_start().and_then(|start| start.byte_offset()).unwrap_or(0);
                Span::new(self.source, start, start)
            },
            |span| self.span(&span),
        );
        (Some(Tag { name: full.strip_prefix('!').unwrap_or(&full).into(), span }), None)
    }

    /// The content of a block scalar without its final line breaks; of a blank one, the end of its header.
    fn block_scalar(&self, span: Span, text: &str) -> Span {
        let content = self.slice(span);
        let start = span.start as usize;
        if text.bytes().all(|byte| byte == b'\n') {
            let end = self.text.get(..span.end as usize).unwrap_or("").trim_end_matches([' ', '\t', '\n', '\r']).len();
            return Span::new(self.source, end, end);
        }
        Span::new(self.source, start, start + content.trim_end_matches(['\n', '\r']).len())
    }

    /// An absent value stands right after its key's colon, if there is one.
    fn after_colon(&self, span: Span) -> Span {
        if self.builder.pending_key().is_none() {
            return span;
        }
        let Some(rest) = self.text.get(span.start as usize..) else { return span };
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if rest.get(blanks..).is_some_and(|rest| rest.starts_with(':')) {
            let at = span.start as usize + blanks + 1;
            return Span::new(self.source, at, at);
        }
        span
    }
}
