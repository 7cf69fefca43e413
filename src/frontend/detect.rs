//! What a source is: decided by its content, then by its name.

use super::{Format, Ties, Unit, aws_cli, cloudformation};
use crate::engine::{Finding, Grade};
use crate::source::{Damage, SourceId, Span};
use crate::syntax::{self, Document, Kind, Language, NodeId, Parsed};
use regex::Regex;
use std::sync::LazyLock;

/// What became of a source.
#[derive(Debug)]
pub enum Read {
    /// It is one of ours.
    Unit(Box<Unit>),
    /// It is not, and this is why.
    NotOurs(NotOurs),
}

/// Why a source is not linted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOurs {
    /// Neither a template nor anything else that is read.
    Other,
    /// A template of a template (Jinja, cookiecutter, Helm), which is no configuration before it is rendered.
    TemplateSource,
}

impl NotOurs {
    /// The reason in words, to follow "skipped: ".
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Other => "neither a CloudFormation or SAM template nor an AWS CLI document",
            Self::TemplateSource => "a Jinja, cookiecutter or Helm source; render it first",
        }
    }
}

/// Reads a source. `alone`: it is the only one that the user named, so that whatever is wrong with it is worth
/// saying.
#[must_use]
pub fn read(source: SourceId, name: &str, text: &str, alone: bool) -> Read {
    // The cheap look saves parsing the thousands of YAML and JSON files that a repository holds beside templates.
    if !alone && !may_be_ours(text) {
        return Read::NotOurs(NotOurs::Other);
    }
    if is_template_source(text) {
        return Read::NotOurs(NotOurs::TemplateSource);
    }
    let mut parsed = syntax::read(source, text, language(name, text));
    if let Some(error) = parsed.error.take() {
        // What is neither named alone nor looks like a template is somebody else's broken file.
        if !(has_resources(text) || alone && may_be_named_so(name)) {
            return Read::NotOurs(NotOurs::Other);
        }
        if is_broken_by_holes(text, error.span.start as usize) {
            return Read::NotOurs(NotOurs::TemplateSource);
        }
        let mut finding = Finding::new(Grade::ERROR, error.span, in_a_line(error.message)).here("here");
        finding.rule = "template-syntax";
        finding.help = error.help.map(in_a_line);
        return Read::Unit(Box::new(broken(source, parsed, finding)));
    }
    let Some(root) = parsed.document.root() else { return Read::NotOurs(NotOurs::Other) };
    if is_template(&parsed.document, root) {
        return Read::Unit(Box::new(cloudformation::read(source, text, parsed)));
    }
    match aws_cli::read(source, text, parsed) {
        Some(unit) => Read::Unit(Box::new(unit)),
        None => Read::NotOurs(NotOurs::Other),
    }
}

/// Makes of a source that is not all text what can be made of it: the finding that says so, where it is worth
/// saying. `text` is what can be shown of the source.
#[must_use]
pub fn read_damaged(source: SourceId, name: &str, text: &str, damage: &Damage, alone: bool) -> Read {
    if !(has_resources(text) || alone && may_be_named_so(name)) {
        return Read::NotOurs(NotOurs::Other);
    }
    let end = text.ceil_char_boundary(damage.offset + 1);
    let mut finding =
        Finding::new(Grade::ERROR, Span::new(source, damage.offset, end), damage.message.clone()).here("here");
    finding.rule = "template-syntax";
    finding.help = Some(damage.help.clone());
    Read::Unit(Box::new(broken(source, syntax::read(source, "", Language::Yaml), finding)))
}

/// Whether the raw text can be one of ours at all. Much cheaper than reading it.
#[must_use]
pub fn may_be_ours(text: &str) -> bool {
    may_be_template(text) || aws_cli::may_be(text)
}

/// Whether a text that cannot be read was most probably meant as a template.
fn has_resources(text: &str) -> bool {
    holds(text, "Resources") && holds(text, "AWS::")
}

/// Whether a file of this name may be meant as one of ours: a `README.md` is not, whatever the user named it for.
fn may_be_named_so(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    match file.rsplit_once('.') {
        Some((_, extension)) => {
            ["yaml", "yml", "json", "template"].iter().any(|known| extension.eq_ignore_ascii_case(known))
        }
        None => true,
    }
}

/// JSON by name, or by its first character where the name does not say.
fn language(name: &str, text: &str) -> Language {
    let extension = name.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
    let first = text.trim_start_matches('\u{feff}').trim_start().chars().next();
    match extension.as_str() {
        "json" => Language::Json,
        "yaml" | "yml" => Language::Yaml,
        _ if matches!(first, Some('{' | '[')) => Language::Json,
        _ => Language::Yaml,
    }
}

/// Whether the raw text can be a template at all.
fn may_be_template(text: &str) -> bool {
    holds(text, "AWSTemplateFormatVersion")
        || (holds(text, "Resources") && (holds(text, "AWS::") || holds(text, "Custom::") || holds(text, "Alexa::")))
        || (holds(text, "Transform") && holds(text, "AWS::"))
}

/// Whether `word` is in the text. Every file that a search finds is looked at in this way, most of them in vain; with
/// `str::contains` that took a quarter of the time of a run.
fn holds(text: &str, word: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some()
}

/// Whether the text is to be rendered by cookiecutter or Helm first. Their holes can stand where YAML still reads, so
/// that the names in them have to tell.
fn is_template_source(text: &str) -> bool {
    static HOLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"\{\{-?\s*(?:cookiecutter\.|\.(?:Values|Release|Chart)\b|(?:include|template) ")"#).ok()
    });
    holds(text, "{{") && HOLE.as_ref().is_some_and(|hole| hole.is_match(text))
}

/// Whether what ended the reading is a template engine's: a statement of Jinja somewhere, a hole on the line of the
/// error, or one that starts a line.
fn is_broken_by_holes(text: &str, at: usize) -> bool {
    static STATEMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"(?m)\{%[-+]?\s*(?:if|for|set|raw|include|import|macro|block|extends|end\w+)\b|^\s*(?:-\s+)?\{\{[^{]",
        )
        .ok()
    });
    if !holds(text, "{%") && !holds(text, "{{") {
        return false;
    }
    let line = text.get(..at).map_or(0, |before| before.matches('\n').count());
    let hole = |line: &str| line.contains("{{") && !line.contains("{{resolve:") || line.contains("{%");
    STATEMENT.as_ref().is_some_and(|statement| statement.is_match(text)) || text.lines().nth(line).is_some_and(hole)
}

/// A sentence as it stands after "error: ": its first word in small letters, unless it is a name.
fn in_a_line(sentence: String) -> String {
    let mut characters = sentence.chars();
    match (characters.next(), characters.next()) {
        (Some(first), Some(second)) if first.is_ascii_uppercase() && !second.is_ascii_uppercase() => {
            sentence.get(1..).map_or_else(String::new, |rest| format!("{}{rest}", first.to_ascii_lowercase()))
        }
        _ => sentence,
    }
}

/// Whether a document is a CloudFormation template.
fn is_template(document: &Document, root: NodeId) -> bool {
    if document.get(root, "AWSTemplateFormatVersion").is_some() {
        return true;
    }
    let Some(resources) = document.get(root, "Resources") else { return false };
    let entries = document.entries(resources);
    let typed = entries.iter().any(|entry| {
        document
            .get(entry.value, "Type")
            .and_then(|kind| document.text(kind))
            .is_some_and(|kind| ["AWS::", "Custom::", "Alexa::"].iter().any(|prefix| kind.starts_with(prefix)))
    });
    typed || (document.get(root, "Transform").is_some() && matches!(document.node(resources).kind, Kind::Map(_)))
}

/// A unit that holds nothing but the error that ended its reading.
fn broken(source: SourceId, parsed: Parsed, finding: Finding) -> Unit {
    Unit {
        written: Vec::new(),
        source,
        format: Format::CloudFormation,
        document: parsed.document,
        resources: Vec::new(),
        mentions: Vec::new(),
        open: true,
        regions: Vec::new(),
        conditions: Vec::new(),
        atoms: Vec::new(),
        ties: Ties::default(),
        definitions: Vec::new(),
        findings: vec![finding],
    }
}
