//! Reading the rule pages: for `explain`, the documentation and the test that runs their examples.
//!
//! A page is front matter (read by the build script, see [`RuleMeta`]), a title, why it matters, further sections,
//! and examples under `## Flagged` and `## Clean`. CONTRIBUTING.md explains the format to authors.

use super::meta::{RULES, RuleMeta};
use crate::data::{Date, nearest};
use crate::engine::{Grade, Level, Severity};
use std::fmt;
use std::fmt::Write as _;
use std::ops::Range;

/// A page in its parts.
#[derive(Debug)]
pub struct Page<'a> {
    /// What is wrong, in one line.
    pub title: &'a str,
    /// Why it matters: the text up to the first section.
    pub why: String,
    /// Further sections, other than the examples: heading and text.
    pub sections: Vec<(&'a str, String)>,
    /// The examples: flagged and clean ones, in their order.
    pub examples: Vec<Example<'a>>,
}

/// A template, or several files, with what must be reported in them.
#[derive(Debug)]
pub struct Example<'a> {
    /// Whether the rule must report in it, or must not.
    pub flagged: bool,
    /// What it shows.
    pub heading: &'a str,
    /// A few words on it; may be empty.
    pub text: String,
    /// The language of the fenced block (`yaml`).
    pub language: &'a str,
    /// The files, without the markers. At least one.
    pub files: Vec<ExampleFile<'a>>,
    /// Other rules that report in it.
    pub also: Vec<&'a str>,
    /// The day on which it is checked, where the page's own does not do.
    pub as_of: Option<Date>,
    /// The line of the page on which the block opens, from 1.
    pub line: usize,
}

/// One file of an example.
#[derive(Debug)]
pub struct ExampleFile<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its text, without the markers.
    pub text: String,
    /// What is marked in it.
    pub markers: Vec<Marker<'a>>,
}

/// Bytes of an example that a finding must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker<'a> {
    /// What they are to the finding.
    pub kind: MarkerKind,
    /// The bytes in the file's text. They are all on one line.
    pub span: Range<usize>,
    /// Words that the message or the label must have; may be empty.
    pub message: &'a str,
    /// The marker's own line in the page, from 1.
    pub line: usize,
}

/// What marked bytes are to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkerKind {
    /// `^^^^`: its primary span.
    Finding,
    /// `~~~~`: the span of one of its labels.
    Label,
}

/// A page that is not formed as a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for PageError {}

fn wrong<T>(line: usize, message: impl Into<String>) -> Result<T, PageError> {
    Err(PageError { line, message: message.into() })
}

/// Takes a page apart.
pub fn parse(page: &str) -> Result<Page<'_>, PageError> {
    let mut lines = page.lines().enumerate().map(|(index, line)| (index + 1, line));
    if lines.next().is_none_or(|(_, line)| line != "---") || !lines.any(|(_, line)| line == "---") {
        return wrong(1, "a page begins with front matter between two lines ---");
    }
    let (line, title) = lines.find(|(_, line)| !line.trim().is_empty()).unwrap_or((1, ""));
    let Some(title) = title.strip_prefix("# ").map(str::trim) else {
        return wrong(line, "the text begins with the title: '# What is wrong'");
    };
    let mut parsed = Page { title, why: String::new(), sections: Vec::new(), examples: Vec::new() };
    // Whether the present section holds examples, and of which kind.
    let mut flagged: Option<bool> = None;
    let mut heading: Option<(usize, &str)> = None;
    let mut text = String::new();
    let mut has_block = true;
    let mut prose = String::new();
    while let Some((number, line)) = lines.next() {
        if let Some(name) = line.strip_prefix("## ") {
            if let Some((line, _)) = heading.filter(|_| !has_block) {
                return wrong(line, "an example has a fenced block");
            }
            keep_prose(&mut parsed, &mut prose);
            flagged = match name.trim() {
                "Flagged" => Some(true),
                "Clean" => Some(false),
                name => {
                    parsed.sections.push((name, String::new()));
                    None
                }
            };
            (heading, has_block) = (None, true);
            text.clear();
        } else if let Some(flagged) = flagged {
            if let Some(name) = line.strip_prefix("### ") {
                if let Some((line, _)) = heading.filter(|_| !has_block) {
                    return wrong(line, "an example has a fenced block");
                }
                (heading, has_block) = (Some((number, name.trim())), false);
                text.clear();
            } else if let Some(fence) = Fence::opens(line) {
                let Some((_, heading)) = heading else {
                    return wrong(number, "an example has a heading: '### What it shows'");
                };
                let mut body = Vec::new();
                loop {
                    match lines.next() {
                        Some((_, line)) if fence.closes(line) => break,
                        Some(line) => body.push(line),
                        None => return wrong(number, "the fenced block is not closed"),
                    }
                }
                let text = std::mem::take(&mut text).trim().to_owned();
                parsed.examples.push(example(flagged, heading, text, &fence, number, &body)?);
                has_block = true;
            } else {
                text.push_str(line);
                text.push('\n');
            }
        } else {
            prose.push_str(line);
            prose.push('\n');
        }
    }
    if let Some((line, _)) = heading.filter(|_| !has_block) {
        return wrong(line, "an example has a fenced block");
    }
    keep_prose(&mut parsed, &mut prose);
    if parsed.why.is_empty() {
        return wrong(line, "after the title comes why it matters");
    }
    Ok(parsed)
}

/// Puts the text read so far where it belongs: to the last section, or to the page's beginning. Text after examples
/// cannot be: it would be an example's.
fn keep_prose(page: &mut Page<'_>, prose: &mut String) {
    let text = std::mem::take(prose).trim().to_owned();
    match page.sections.last_mut() {
        Some((_, section)) if !text.is_empty() => *section = text,
        None if page.why.is_empty() => page.why = text,
        _ => {}
    }
}

/// The line that opens a fenced block.
struct Fence<'a> {
    length: usize,
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn opens(line: &'a str) -> Option<Self> {
        let info = line.trim_start_matches('`');
        let length = line.len() - info.len();
        (length >= 3).then_some(Self { length, info: info.trim() })
    }

    fn closes(&self, line: &str) -> bool {
        let line = line.trim_end();
        line.len() >= self.length && line.bytes().all(|byte| byte == b'`')
    }
}

fn example<'a>(
    flagged: bool,
    heading: &'a str,
    text: String,
    fence: &Fence<'a>,
    line: usize,
    body: &[(usize, &'a str)],
) -> Result<Example<'a>, PageError> {
    let mut words = fence.info.split_whitespace();
    let language = words.next().unwrap_or("");
    let mut name = match language {
        "yaml" => "template.yaml",
        "json" => "template.json",
        "hcl" => "main.tf",
        "" => return wrong(line, "the block names its language"),
        _ => return wrong(line, format!("the language is yaml, json or hcl, not {language:?}")),
    };
    let mut found =
        Example { flagged, heading, text, language, files: Vec::new(), also: Vec::new(), as_of: None, line };
    for word in words {
        match word.split_once('=') {
            Some(("file", file)) => name = file,
            Some(("also", rules)) => found.also.extend(rules.split(',')),
            Some(("as-of", day)) => match day.parse() {
                Ok(day) => found.as_of = Some(day),
                Err(error) => return wrong(line, format!("{day:?} is {error}")),
            },
            _ => return wrong(line, format!("{word:?} is not file=NAME, also=RULE,RULE or as-of=DATE")),
        }
    }
    let mut last_line: Option<Range<usize>> = None;
    for &(number, content) in body {
        if let Some(name) = content.strip_prefix("--- file: ") {
            found.files.push(ExampleFile { name: name.trim(), text: String::new(), markers: Vec::new() });
            last_line = None;
            continue;
        }
        if found.files.is_empty() {
            found.files.push(ExampleFile { name, text: String::new(), markers: Vec::new() });
        }
        let Some(file) = found.files.last_mut() else { continue };
        if let Some(raw) = RawMarker::read(content) {
            let Some(under) = last_line.clone() else {
                return wrong(number, "a marker stands under the line that it marks");
            };
            let Some(span) = raw.span(&file.text, under) else {
                return wrong(number, "the marker reaches beyond the line above it");
            };
            file.markers.push(Marker { kind: raw.kind, span, message: raw.message, line: number });
        } else {
            let start = file.text.len();
            file.text.push_str(content);
            last_line = Some(start..file.text.len());
            file.text.push('\n');
        }
    }
    let marks = found.files.iter().flat_map(|file| &file.markers).any(|marker| marker.kind == MarkerKind::Finding);
    match (flagged, marks) {
        (true, false) => wrong(line, "a flagged example marks what is reported: '# ^^^^ words of the message'"),
        (false, true) => wrong(line, "a clean example has no markers"),
        _ if found.files.is_empty() => wrong(line, "the block is empty"),
        _ => Ok(found),
    }
}

/// A line that marks the one above it.
struct RawMarker<'a> {
    kind: MarkerKind,
    /// Characters before the first mark, and the number of marks.
    column: usize,
    length: usize,
    message: &'a str,
}

impl<'a> RawMarker<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let unindented = line.trim_start();
        let bare = unindented.strip_prefix('#').map_or(unindented, str::trim_start);
        let mark = bare.chars().next()?;
        let kind = match mark {
            '^' => MarkerKind::Finding,
            // Without the sign of a comment it could be a value: in YAML `~` is null.
            '~' if unindented.starts_with('#') => MarkerKind::Label,
            _ => return None,
        };
        let rest = bare.trim_start_matches(mark);
        if !(rest.is_empty() || rest.starts_with(' ')) {
            return None;
        }
        let column = line.chars().count() - bare.chars().count();
        Some(Self { kind, column, length: bare.len() - rest.len(), message: rest.trim() })
    }

    /// The marked bytes of the line at `under`. Columns are counted in characters. A single mark right after the
    /// line's end stands for no bytes there.
    fn span(&self, text: &str, under: Range<usize>) -> Option<Range<usize>> {
        let line = text.get(under.clone())?;
        let mut bounds = line.char_indices().map(|(index, _)| index).chain([line.len()]).skip(self.column);
        let start = bounds.next()?;
        let end = match bounds.nth(self.length - 1) {
            Some(end) => end,
            None if start == line.len() && self.length == 1 => start,
            None => return None,
        };
        Some(under.start + start..under.start + end)
    }
}

/// Every rule's front matter, sorted by name.
#[must_use]
pub fn all() -> &'static [RuleMeta] {
    RULES
}

/// The rule of this name, or the one that had it before.
#[must_use]
pub fn meta(name: &str) -> Option<&'static RuleMeta> {
    match RULES.binary_search_by(|rule| rule.name.cmp(name)) {
        Ok(index) => RULES.get(index),
        Err(_) => RULES.iter().find(|rule| rule.aliases.contains(&name)),
    }
}

/// The rule that was probably meant by a name that no rule has.
#[must_use]
pub fn did_you_mean(name: &str) -> Option<&'static str> {
    nearest(name, RULES.iter().map(|rule| rule.name))
}

/// A rule's page for reading in a terminal: 80 columns, no markers. `None` when there is no such rule.
#[must_use]
pub fn explain(name: &str) -> Option<String> {
    let rule = meta(name)?;
    let mut out = format!("{}: {}\n\n", rule.name, rule.title);
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(out, "{}", wrap(value, &format!("  {name:<11} "), &" ".repeat(14)));
        }
    };
    field("group", rule.group);
    field("grades", &rule.grades.iter().map(|&grade| grade_text(grade)).collect::<Vec<_>>().join(", "));
    field("since", rule.since);
    field("formats", &rule.formats.join(", "));
    field("covers", &rule.covers.join(", "));
    field("supersedes", &rule.supersedes.join(", "));
    field("once called", &rule.aliases.join(", "));
    // A test parses every page, so that this cannot fail in a program that was built from tested pages.
    if let Ok(page) = parse(rule.page) {
        let _ = write!(out, "\n{}", reflow(&page.why));
        for (heading, text) in &page.sections {
            let _ = write!(out, "\n{}\n\n{}", heading.to_uppercase(), reflow(text));
        }
        for (flagged, heading) in [(true, "FLAGGED"), (false, "CLEAN")] {
            let mut examples = page.examples.iter().filter(|example| example.flagged == flagged).peekable();
            if examples.peek().is_some() {
                let _ = writeln!(out, "\n{heading}");
            }
            for example in examples {
                write_example(&mut out, example);
            }
        }
    }
    if !rule.references.is_empty() {
        out.push_str("\nREFERENCES\n\n");
        for reference in rule.references {
            let _ = writeln!(out, "  {reference}");
        }
    }
    Some(out)
}

fn write_example(out: &mut String, example: &Example<'_>) {
    let _ = writeln!(out, "\n{}", wrap(example.heading, "  ", "  "));
    if !example.text.is_empty() {
        for line in reflow_within(&example.text, "  ").lines() {
            let _ = writeln!(out, "{line}");
        }
    }
    for file in &example.files {
        out.push('\n');
        if example.files.len() > 1 {
            let _ = writeln!(out, "    --- {}", file.name);
        }
        for line in file.text.lines() {
            let _ = writeln!(out, "{}", format!("    {line}").trim_end());
        }
    }
}

/// All rules as a table, a line each: name, group, gravest severity, level from which it is shown, what is wrong.
#[must_use]
pub fn list() -> String {
    let severity = |rule: &RuleMeta| rule.grades.first().map_or("", |grade| severity_text(grade.severity));
    let level = |rule: &RuleMeta| rule.grades.iter().map(|grade| grade.level).min().map_or("", level_text);
    let width = |column: fn(&RuleMeta) -> &str, heading: &str| {
        RULES.iter().map(|rule| column(rule).len()).chain([heading.len()]).max().unwrap_or(0)
    };
    let (name, group) = (width(|rule| rule.name, "RULE"), width(|rule| rule.group, "GROUP"));
    let mut out = format!("{:name$}  {:group$}  SEVERITY  LEVEL     WHAT IS WRONG\n", "RULE", "GROUP");
    let mut rules: Vec<_> = RULES.iter().collect();
    rules.sort_by_key(|rule| (rule.group, rule.name));
    for rule in rules {
        let _ = writeln!(
            out,
            "{:name$}  {:group$}  {:8}  {:8}  {}",
            rule.name,
            rule.group,
            severity(rule),
            level(rule),
            rule.title
        );
    }
    out
}

fn grade_text(grade: Grade) -> String {
    format!("{} ({})", severity_text(grade.severity), level_text(grade.level))
}

pub(super) fn severity_text(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "advice",
    }
}

pub(super) fn level_text(level: Level) -> &'static str {
    match level {
        Level::Default => "default",
        Level::Strict => "strict",
        Level::Pedantic => "pedantic",
    }
}

/// Columns of a terminal line.
const COLUMNS: usize = 80;

/// Markdown paragraphs and lists, broken anew at the terminal's width. Indented lines and tables stay as they are.
fn reflow(text: &str) -> String {
    reflow_within(text, "")
}

fn reflow_within(text: &str, indent: &str) -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let flush = |paragraph: &mut String, out: &mut String| {
        if !paragraph.is_empty() {
            let hanging = if paragraph.starts_with("- ") { format!("{indent}  ") } else { indent.to_owned() };
            let _ = writeln!(out, "{}", wrap(paragraph, indent, &hanging));
            paragraph.clear();
        }
    };
    for line in text.lines() {
        let as_it_is = line.starts_with("    ") || line.starts_with('|') || line.starts_with("```");
        if line.trim().is_empty() || line.starts_with("- ") || as_it_is {
            flush(&mut paragraph, &mut out);
        }
        if line.trim().is_empty() {
            out.push('\n');
        } else if as_it_is {
            let _ = writeln!(out, "{indent}{line}");
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    flush(&mut paragraph, &mut out);
    out
}

/// Breaks text between words. A word that is longer than a line has one for itself.
fn wrap(text: &str, first: &str, rest: &str) -> String {
    use unicode_width::UnicodeWidthStr;
    let mut out = first.to_owned();
    let mut width = first.width();
    let mut at_start = true;
    for word in text.split_whitespace() {
        if !at_start && width + 1 + word.width() > COLUMNS {
            out.push('\n');
            out.push_str(rest);
            width = rest.width();
            at_start = true;
        }
        if !at_start {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += word.width();
        at_start = false;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRONT: &str = "---\ngrades: [error]\n---\n\n# A title\n\nWhy it\nmatters.\n\n";

    fn page(rest: &str) -> String {
        format!("{FRONT}{rest}")
    }

    fn error(rest: &str) -> (usize, String) {
        let error = parse(&page(rest)).map(|page| page.examples.len()).unwrap_err();
        (error.line, error.message)
    }

    #[test]
    fn a_page_is_taken_apart() {
        let page = page(
            "## Fix\n\nDo it.\n\n## Flagged\n\n### Bad\n\nSome words.\n\n```yaml also=other,third as-of=2027-01-02\n\
             a: b\n#  ^ not b\n```\n\n## Clean\n\n### Good\n\n```json file=x.json\n{}\n```\n",
        );
        let page = parse(&page).unwrap();
        assert_eq!((page.title, page.why.as_str()), ("A title", "Why it\nmatters."));
        assert_eq!(page.sections, [("Fix", "Do it.".to_owned())]);
        let [bad, good] = &page.examples[..] else { panic!("{page:?}") };
        assert!(bad.flagged && !good.flagged);
        assert_eq!((bad.heading, bad.text.as_str(), bad.line), ("Bad", "Some words.", 20));
        assert_eq!((&bad.also[..], bad.as_of), (&["other", "third"][..], Date::new(2027, 1, 2)));
        assert_eq!((bad.files[0].name, bad.files[0].text.as_str()), ("template.yaml", "a: b\n"));
        let marker = Marker { kind: MarkerKind::Finding, span: 3..4, message: "not b", line: 22 };
        assert_eq!(bad.files[0].markers, [marker]);
        assert_eq!((good.files[0].name, good.files[0].text.as_str()), ("x.json", "{}\n"));
    }

    #[test]
    fn markers_name_bytes_of_the_line_above_in_any_language() {
        let page = page(
            "## Flagged\n\n### Several\n\n```json\n--- file: a.json\n{\"é\": 1,\n# ^ é\n#     ^\n \"bc\": 2}\n^^^^^ all\n\
             # ~~ told\n--- file: b.json\n[]\n  ^ nothing there\n```\n",
        );
        let page = parse(&page).unwrap();
        let [a, b] = &page.examples[0].files[..] else { panic!("{page:?}") };
        assert_eq!((a.name, a.text.as_str()), ("a.json", "{\"é\": 1,\n \"bc\": 2}\n"));
        let marked: Vec<_> = a.markers.iter().map(|m| (&a.text[m.span.clone()], m.message, m.kind)).collect();
        let finding = MarkerKind::Finding;
        let expected =
            [("é", "é", finding), ("1", "", finding), (" \"bc\"", "all", finding), ("bc", "told", MarkerKind::Label)];
        assert_eq!(marked, expected);
        assert_eq!((b.text.as_str(), b.markers[0].span.clone()), ("[]\n", 2..2));
    }

    #[test]
    fn ordinary_lines_are_no_markers() {
        for line in ["# a comment", "#", "", "  ^[a-z]+$", "~", "  ~~~", "#^x", "# ~/.bashrc", "- ^"] {
            assert!(RawMarker::read(line).is_none(), "{line:?}");
        }
    }

    #[test]
    fn a_page_that_is_no_page_is_refused_with_its_line() {
        let block = |body: &str| format!("## Flagged\n\n### X\n\n```yaml\n{body}```\n");
        assert_eq!(error(&block("a: b\n")).0, 14, "no marker");
        assert_eq!(error(&block("# ^ x\na: b\n")).0, 15, "a marker at the top");
        assert_eq!(error(&block("a: b\n#    ^^ x\n")).0, 16, "a marker beyond the line");
        assert_eq!(error("## Clean\n\n### X\n\n```yaml\na: b\n#  ^ x\n```\n").0, 14, "a marker in a clean example");
        assert_eq!(error("## Clean\n\n### X\n\nno block\n").0, 12);
        assert_eq!(error("## Clean\n\n### X\n\n### Y\n\n```yaml\na: b\n```\n").0, 12);
        assert_eq!(error("## Clean\n\n```yaml\na: b\n```\n").0, 12, "no heading");
        assert_eq!(error("## Clean\n\n### X\n\n```yaml\na: b\n").0, 14, "not closed");
        assert_eq!(error("## Clean\n\n### X\n\n```yaml what=ever\na: b\n```\n").0, 14);
        assert_eq!(error("## Clean\n\n### X\n\n```yaml as-of=2026-02-30\na: b\n```\n").0, 14);
        assert_eq!(error("## Clean\n\n### X\n\n```cobol\na: b\n```\n").0, 14);
        assert_eq!(parse("# A title\n").map(|_| ()).unwrap_err().line, 1);
        assert_eq!(parse("---\n---\nno title\n").map(|_| ()).unwrap_err().line, 3);
        assert_eq!(parse("---\n---\n# Title\n\n## Clean\n").map(|_| ()).unwrap_err().line, 3);
    }

    #[test]
    fn every_page_is_one() {
        for rule in all() {
            let page =
                parse(rule.page).unwrap_or_else(|error| panic!("rules/{}/{}.md: {error}", rule.group, rule.name));
            assert_eq!(page.title, rule.title);
        }
        assert!(all().is_sorted_by(|a, b| a.name < b.name));
    }

    #[test]
    fn an_explanation_fits_a_terminal_and_shows_no_markup() {
        for rule in all() {
            let text = explain(rule.name).unwrap();
            assert!(text.starts_with(&format!("{}: {}\n", rule.name, rule.title)), "{text}");
            assert!(text.contains("\nFLAGGED\n") && text.contains("\nCLEAN\n"), "{text}");
            assert!(!text.contains("^^^") && !text.contains("```"), "{text}");
            for line in text.lines().filter(|line| !line.contains("https://") && !line.starts_with("    ")) {
                assert!(line.chars().count() <= COLUMNS, "{}: {line}", rule.name);
            }
        }
        assert_eq!(explain("no-such-rule"), None);
    }

    #[test]
    fn a_misspelt_rule_is_recognised() {
        assert_eq!(did_you_mean("depreciated-runtime"), Some("deprecated-runtime"));
        assert_eq!(did_you_mean("frobnicate"), None);
        assert_eq!(meta("deprecated-runtime").unwrap().group, "runtime");
    }

    #[test]
    fn the_table_has_a_line_for_each_rule() {
        let table = list();
        assert_eq!(table.lines().count(), all().len() + 1);
        let line = table.lines().find(|line| line.starts_with("unknown-runtime ")).unwrap();
        let words: Vec<_> = line.split_whitespace().take(4).collect();
        assert_eq!(words, ["unknown-runtime", "runtime", "error", "default"]);
        assert!(line.ends_with(meta("unknown-runtime").unwrap().title));
    }

    #[test]
    fn text_is_broken_between_words() {
        let text = "word ".repeat(40);
        let wrapped = reflow(&format!("- {text}\n\nnext\nline\n\n    kept   as it is\n"));
        assert!(wrapped.lines().all(|line| line.chars().count() <= COLUMNS), "{wrapped}");
        assert!(
            wrapped.contains("\n  word") && wrapped.ends_with("\n\nnext line\n\n    kept   as it is\n"),
            "{wrapped}"
        );
    }
}
