//! What a rule reports.

use crate::secrets::Hidden;
use crate::source::Span;
use crate::value::Guard;
use std::sync::Arc;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; never fails a run by default.
    Advice,
    /// It will hurt: cost, loss, or exposure under a condition.
    Warning,
    /// The deployment or the invocation fails, or somebody gets in.
    Error,
}

/// How sure we are that the fact holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A guess worth making.
    Low,
    /// Likely; something was not known for certain.
    Medium,
    /// Certain from the text.
    High,
}

/// How much somebody wants to hear. The levels nest: `default` is part of `strict`, `strict` of `pedantic`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Right nearly always, and worth stopping a commit.
    Default,
    /// Notes for those who ask.
    Strict,
    /// Opinions, and other tools' blanket checks.
    Pedantic,
}

/// One grade that a rule can give: a finding has exactly one of its rule's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grade {
    /// How bad.
    pub severity: Severity,
    /// From which level on it is shown.
    pub level: Level,
}

impl Grade {
    /// An error that everybody sees.
    pub const ERROR: Self = Self { severity: Severity::Error, level: Level::Default };
    /// A warning that everybody sees.
    pub const WARNING: Self = Self { severity: Severity::Warning, level: Level::Default };
    /// Advice that everybody sees.
    pub const ADVICE: Self = Self { severity: Severity::Advice, level: Level::Default };
    /// A note: advice for those who asked for `strict`.
    pub const NOTE: Self = Self { severity: Severity::Advice, level: Level::Strict };
    /// An opinion: advice for those who asked for `pedantic`.
    pub const OPINION: Self = Self { severity: Severity::Advice, level: Level::Pedantic };
}

/// The name of a thing in the user's own words: a logical id, a function name, a Terraform address.
pub type Address = Arc<str>;

/// A note on some bytes. The labels of a finding tell its story in order, across files too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The bytes.
    pub span: Span,
    /// A few words, no full stop.
    pub message: String,
    /// The thing that the bytes belong to; filled by the engine.
    pub address: Address,
}

/// Whether a fix can be applied without a person looking at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Keeps what the template means, apart from the fault.
    Safe,
    /// May change who can do what, or how the function behaves.
    Unsafe,
}

/// A replacement of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// A change that mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: "Use `python3.13`".
    pub title: String,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
    /// The edits, none overlapping another.
    pub edits: Vec<Edit>,
}

/// One thing that is wrong, at an exact place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// How bad, and who is shown it.
    pub grade: Grade,
    /// How sure.
    pub confidence: Confidence,
    /// What happens, to what, in the user's own spelling: one sentence without a full stop.
    pub message: String,
    /// The bytes to look at, and what is to be seen there (may be empty).
    pub primary: Label,
    /// Further places, in the order of the story.
    pub labels: Vec<Label>,
    /// Addresses of every function and resource that takes part.
    pub related: Vec<Address>,
    /// The path of the primary bytes below their address, as the user spells it (`Properties.Runtime`); filled
    /// by the engine.
    pub property: String,
    /// In which deployments it holds.
    pub when: Guard,
    /// The same in words (`when IsProd is false`); filled by the engine.
    pub guard: Option<String>,
    /// The smallest change that mends it.
    pub help: Option<String>,
    /// The change as edits, where it can be made mechanically.
    pub fix: Option<Fix>,
    /// Bytes of the cause (a statement, say) when they are wider than the primary ones. A finding of a rule
    /// that another supersedes is dropped when both have the same cause.
    pub cause: Option<Span>,
    /// What of the sources may not be shown with it; filled by the engine, which masks the texts above itself.
    pub hidden: Arc<Hidden>,
}

impl Finding {
    /// A finding of high confidence at `span` that holds always. Its rule is filled in by [`Findings`].
    #[must_use]
    pub fn new(grade: Grade, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule: "",
            grade,
            confidence: Confidence::High,
            message: message.into(),
            primary: Label { span, message: String::new(), address: Arc::from("") },
            labels: Vec::new(),
            related: Vec::new(),
            property: String::new(),
            when: Guard::always(),
            guard: None,
            help: None,
            fix: None,
            cause: None,
            hidden: Arc::default(),
        }
    }

    /// Says what is to be seen at the primary bytes.
    #[must_use]
    pub fn here(mut self, message: impl Into<String>) -> Self {
        self.primary.message = message.into();
        self
    }

    /// Adds a label.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into(), address: Arc::from("") });
        self
    }

    /// Says what mends it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names a function or resource that takes part.
    #[must_use]
    pub fn related(mut self, address: &Address) -> Self {
        if !self.related.contains(address) {
            self.related.push(address.clone());
        }
        self
    }

    /// Restricts it to the deployments of `guard`.
    #[must_use]
    pub fn when(mut self, guard: &Guard) -> Self {
        self.when = guard.clone();
        self
    }

    /// Sets how sure we are.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Sets the bytes of the cause.
    #[must_use]
    pub fn cause(mut self, span: Span) -> Self {
        self.cause = Some(span);
        self
    }

    /// Offers a fix.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}

/// Where rules put their findings.
#[derive(Debug, Default)]
pub struct Findings {
    rule: &'static str,
    list: Vec<Finding>,
}

impl Findings {
    /// An empty collection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on findings are of this rule. Called by the engine.
    pub fn enter(&mut self, rule: &'static str) {
        self.rule = rule;
    }

    /// Reports a finding of the rule that runs now.
    pub fn push(&mut self, mut finding: Finding) {
        finding.rule = self.rule;
        self.list.push(finding);
    }

    /// All findings so far.
    #[must_use]
    pub fn into_vec(self) -> Vec<Finding> {
        self.list
    }
}
