//! Which findings the user asked for.

use super::{Confidence, Finding, Level};
use crate::rules::{self, RuleMeta};
use rustc_hash::FxHashSet;

/// Which rules run and which of their findings are shown.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Rules to run, whatever their level; `None`: all, by level.
    exactly: Option<FxHashSet<&'static str>>,
    /// Rules to run whatever their level, beside those of the level.
    also: FxHashSet<&'static str>,
    /// Rules not to run. Wins.
    never: FxHashSet<&'static str>,
    /// The level up to which findings are shown.
    level: Level,
    /// Findings less sure than this are not shown.
    min_confidence: Confidence,
}

/// A name that is neither a rule nor a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectionError {
    /// The name.
    pub name: String,
    /// What may have been meant.
    pub nearest: Option<&'static str>,
}

impl std::fmt::Display for SelectionError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "there is no rule or group `{}`", self.name.escape_debug())?;
        match self.nearest {
            Some(nearest) => write!(formatter, "; did you mean `{nearest}`?"),
            None => write!(formatter, "; `lambda-lint rules` lists them"),
        }
    }
}

impl std::error::Error for SelectionError {}

impl Default for Selection {
    fn default() -> Self {
        Self {
            exactly: None,
            also: FxHashSet::default(),
            never: FxHashSet::default(),
            level: Level::Default,
            min_confidence: Confidence::Low,
        }
    }
}

impl Selection {
    /// The selection of these options. An empty `select` means all rules of the level.
    ///
    /// # Errors
    /// A name that is neither a rule, nor an old name of one, nor a group, nor `all`.
    pub fn new(
        select: &[String],
        extend_select: &[String],
        ignore: &[String],
        level: Level,
        min_confidence: Confidence,
    ) -> Result<Self, SelectionError> {
        Ok(Self {
            exactly: if select.is_empty() { None } else { Some(names(select)?) },
            also: names(extend_select)?,
            never: names(ignore)?,
            level,
            min_confidence,
        })
    }

    /// Everything, at every level.
    #[must_use]
    pub fn everything() -> Self {
        Self { level: Level::Pedantic, ..Self::default() }
    }

    /// Whether a rule has to run: one of its grades may be shown.
    #[must_use]
    pub fn runs(&self, rule: &RuleMeta) -> bool {
        !self.never.contains(rule.name)
            && match &self.exactly {
                Some(exactly) => exactly.contains(rule.name) || self.also.contains(rule.name),
                None => self.also.contains(rule.name) || rule.grades.iter().any(|grade| grade.level <= self.level),
            }
    }

    /// Whether a finding is shown.
    #[must_use]
    pub fn shows(&self, finding: &Finding) -> bool {
        let asked = match &self.exactly {
            Some(exactly) => exactly.contains(finding.rule) || self.also.contains(finding.rule),
            None => self.also.contains(finding.rule) || finding.grade.level <= self.level,
        };
        asked && !self.never.contains(finding.rule) && finding.confidence >= self.min_confidence
    }
}

fn names(list: &[String]) -> Result<FxHashSet<&'static str>, SelectionError> {
    let mut out = FxHashSet::default();
    for name in list.iter().flat_map(|names| names.split(',')).map(str::trim).filter(|name| !name.is_empty()) {
        let before = out.len();
        let meant = rules::all()
            .iter()
            .filter(|rule| name == "all" || rule.name == name || rule.group == name || rule.aliases.contains(&name));
        out.extend(meant.clone().map(|rule| rule.name));
        if out.len() == before && meant.count() == 0 {
            return Err(SelectionError { name: name.to_owned(), nearest: rules::nearest_name(name) });
        }
    }
    Ok(out)
}
