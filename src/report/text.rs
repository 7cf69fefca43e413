//! Labelled snippets for a person, drawn by miette.
//!
//! miette as shipped is quadratic in the number of findings and prints minified lines whole. So it is given a
//! [`View`] instead of the source: already cut, wrapped and cleaned.

use super::locate::Locator;
use super::snippet::{Layout, Mark, Snippet, View, view};
use super::visible::{Charset, wrap};
use super::{Report, Style, rule_url, severity_word};
use crate::engine::{Confidence, Finding, Label, Severity};
use crate::source::Sources;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents, ThemeCharacters, ThemeStyles,
};
use std::fmt::{self, Write as _};
use std::io;

/// Labels shown with one finding; JSON has all of them.
const MAX_LABELS: usize = 12;
/// A story is numbered from so many labels on.
const NUMBERED: usize = 3;
/// Lines that a message, a help or a note may take.
const MAX_LINES: usize = 24;

/// Writes every finding, an empty line between two.
pub(super) fn write(report: &Report, sources: &Sources, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
    let mut locator = Locator::new(sources);
    let mut drawn = String::new();
    for (index, finding) in report.findings.iter().enumerate() {
        drawn.clear();
        if index > 0 {
            drawn.push('\n');
        }
        draw(&mut drawn, finding, &mut locator, style).map_err(io::Error::other)?;
        out.write_all(drawn.as_bytes())?;
    }
    Ok(())
}

/// Adds what miette drew. Several snippets become one box: their line numbers are aligned, and a later one begins
/// with `├─[` where miette closes the box and opens another.
fn join(out: &mut String, drawn: &str, view: &View, characters: &ThemeCharacters) {
    let digits = |snippet: &Snippet| (snippet.first_line + snippet.lines - 1).to_string().len();
    let widest = view.snippets.iter().map(digits).max().unwrap_or(0);
    let top = format!("{}{}[", characters.ltop, characters.hbar);
    let bottom = format!("{}{}", characters.lbot, characters.hbar);
    let mut waiting = view.snippets.iter().enumerate();
    let mut in_box = None;
    for line in drawn.lines() {
        let trimmed = line.trim_start_matches(' ');
        if in_box.is_none() && trimmed.starts_with(&top) {
            in_box = waiting.next().map(|(index, snippet)| (index, widest.saturating_sub(digits(snippet))));
        }
        let Some((index, missing)) = in_box else {
            push_line(out, line);
            continue;
        };
        let closes = trimmed.starts_with(&bottom);
        if closes {
            in_box = None;
            if index + 1 < view.snippets.len() {
                continue;
            }
        }
        out.extend(std::iter::repeat_n(' ', missing));
        match trimmed.strip_prefix(characters.ltop) {
            Some(rest) if index > 0 && trimmed.starts_with(&top) => {
                out.extend(std::iter::repeat_n(' ', line.len() - trimmed.len()));
                out.push(characters.lcross);
                push_line(out, rest);
            }
            _ => push_line(out, line),
        }
    }
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line.trim_end_matches(' '));
    out.push('\n');
}

fn draw(out: &mut String, finding: &Finding, locator: &mut Locator<'_>, style: Style) -> fmt::Result {
    let layout = Layout { width: style.width.clamp(40, 80), charset: Charset { unicode: style.unicode } };
    let labels: Vec<&Label> = std::iter::once(&finding.primary).chain(&finding.labels).collect();
    let numbered = labels.iter().filter(|label| !label.message.is_empty()).count() >= NUMBERED;
    let mut number = 0;
    let marks: Vec<Mark<'_>> = labels
        .iter()
        .take(MAX_LABELS)
        .map(|label| {
            let counts = numbered && !label.message.is_empty();
            number += usize::from(counts);
            Mark { span: label.span, text: &label.message, number: counts.then_some(number) }
        })
        .collect();
    let view = view(&marks, &finding.hidden, locator, layout);
    let theme = theme(finding.grade.severity, &view, style);
    let characters = theme.characters.clone();
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_urls(false)
        .with_wrap_lines(false)
        .with_context_lines(1)
        .with_width(layout.width)
        .without_syntax_highlighting();
    let drawing = Drawing::new(finding, view, layout, style);
    let mut drawn = String::new();
    handler.render_report(&mut drawn, &drawing)?;
    join(out, &drawn, &drawing.view, &characters);

    let left_out = labels.len().saturating_sub(MAX_LABELS);
    if left_out > 0 {
        let places = if left_out == 1 { "place is" } else { "places are" };
        footer(out, "note", &format!("{left_out} more {places} not shown"), layout, style);
    }
    if let Some(guard) = &finding.guard {
        footer(out, "note", &format!("only {guard}"), layout, style);
    }
    if let Some(help) = finding.help.as_ref().or(finding.fix.as_ref().map(|fix| &fix.title)) {
        footer(out, "help", help, layout, style);
    }
    if !style.links {
        let url = rule_url(finding.rule);
        footer(out, "link", &url, Layout { width: layout.width.max(FOOTER_INDENT + url.len()), ..layout }, style);
    }
    Ok(())
}

/// Columns of `  help: `.
const FOOTER_INDENT: usize = 8;

/// Adds `  help: …`, as miette would, for the kinds of lines that it does not know.
fn footer(out: &mut String, word: &str, text: &str, layout: Layout, style: Style) {
    let mut indent = format!("  {}{}: ", if style.color { "\u{1b}[36m" } else { "" }, word);
    if style.color {
        indent.push_str("\u{1b}[0m");
    }
    for line in wrap(text, layout.width.saturating_sub(FOOTER_INDENT), MAX_LINES, layout.charset) {
        out.push_str(&indent);
        out.push_str(&line);
        out.push('\n');
        indent.clear();
        indent.push_str("        ");
    }
}

/// Colours: the primary label has that of the severity, the others take turns.
fn theme(severity: Severity, view: &View, style: Style) -> GraphicalTheme {
    let characters = if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    if !style.color {
        return GraphicalTheme { characters, styles: ThemeStyles::none() };
    }
    let plain = ThemeStyles::none().error;
    let primary = match severity {
        Severity::Error => plain.red(),
        Severity::Warning => plain.yellow(),
        Severity::Advice => plain.cyan(),
    };
    let others = [plain.bright_blue().bold(), plain.magenta().bold(), plain.green().bold()];
    let mut turns = others.into_iter().cycle();
    let mut highlights: Vec<_> = view
        .marks
        .iter()
        .map(|mark| if mark.mark == 0 { primary.bold() } else { turns.next().unwrap_or(plain) })
        .collect();
    if highlights.is_empty() {
        highlights.push(primary);
    }
    let styles = ThemeStyles { link: plain.cyan(), highlights, ..ThemeStyles::ansi() };
    GraphicalTheme { characters, styles }
}

/// A finding as miette wants it.
#[derive(Debug)]
struct Drawing {
    code: String,
    message: String,
    severity: miette::Severity,
    view: View,
}

impl Drawing {
    fn new(finding: &Finding, view: View, layout: Layout, style: Style) -> Self {
        let (bold, plain) = if style.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        // miette goes before it with `  × `.
        let message: Vec<String> =
            wrap(&finding.message.replace(['\n', '\r'], " "), layout.width - 4, MAX_LINES, layout.charset)
                .into_iter()
                .map(|line| format!("{bold}{line}{plain}"))
                .collect();
        let mut code = severity_word(finding.grade.severity).to_owned();
        if style.links {
            let url = rule_url(finding.rule);
            let _ = write!(code, "[\u{1b}]8;;{url}\u{1b}\\{}\u{1b}]8;;\u{1b}\\]", finding.rule);
        } else {
            let _ = write!(code, "[{}]", finding.rule);
        }
        code.push_str(match finding.confidence {
            Confidence::Low => " (low confidence)",
            Confidence::Medium => " (medium confidence)",
            Confidence::High => "",
        });
        let severity = match finding.grade.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Advice => miette::Severity::Advice,
        };
        Self { code, message: message.join("\n"), severity, view }
    }
}

impl fmt::Display for Drawing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawing {}

impl Diagnostic for Drawing {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.view)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.view.marks.iter().map(|mark| {
            let text = (!mark.text.is_empty()).then(|| mark.text.clone());
            let span = SourceSpan::from((mark.range.start, mark.range.len()));
            if mark.heads {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })))
    }
}

/// miette asks twice: with context lines, to know what to draw, and gets the whole snippet, so that labels of one
/// snippet always meet and those of two never do; and without, to know which place to name in the head.
impl SourceCode for View {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let snippet = self
            .snippets
            .iter()
            .find(|snippet| snippet.range.start <= start && end < snippet.range.end)
            .ok_or(MietteError::OutOfBounds)?;
        let data = self.text.get(snippet.range.clone()).ok_or(MietteError::OutOfBounds)?;
        let mut place = (snippet.first_line, 1);
        if context_lines_before == 0
            && context_lines_after == 0
            && let Some(mark) = self.marks.iter().find(|mark| mark.range.start == start)
        {
            place = (mark.line, mark.column);
        }
        Ok(Box::new(MietteSpanContents::new_named(
            snippet.file.clone(),
            data.as_bytes(),
            SourceSpan::from((snippet.range.start, snippet.range.len())),
            place.0.saturating_sub(1),
            place.1.saturating_sub(1),
            snippet.lines,
        )))
    }
}
