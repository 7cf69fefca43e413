//! What is known of a rule without running it: the front matter of its page, as a static table.
//!
//! `build.rs` reads `rules/<group>/<name>.md` and writes the table; at run time nothing is parsed.

use crate::data::Date;
use crate::engine::{Grade, Level, Severity};

/// Which part of the program reports a rule's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportedBy {
    /// A Rust file of the rule's own, beside the others in `src/rules/<group>`.
    Rule,
    /// The reader of a format: what only its syntax can get wrong.
    FrontEnd,
    /// The engine, after the rules: what is wrong with a suppression, say.
    Engine,
}

/// The front matter of one rule's page.
#[derive(Debug)]
pub struct RuleMeta {
    /// The name: `--select`, suppressions, the page (`deprecated-runtime`).
    pub name: &'static str,
    /// The folder that the page is in (`runtime`).
    pub group: &'static str,
    /// The heading of the page: what is wrong, in one line.
    pub title: &'static str,
    /// The grades it can give, the gravest first.
    pub grades: &'static [Grade],
    /// The version of lambda-lint that had it first.
    pub since: &'static str,
    /// Which part of the program reports it.
    pub reported_by: ReportedBy,
    /// The formats that it can be found in; empty for all.
    pub formats: &'static [&'static str],
    /// Other tools' checks that it answers (`checkov:CKV_AWS_363`).
    pub covers: &'static [&'static str],
    /// Rules whose findings on the same cause it replaces.
    pub supersedes: &'static [&'static str],
    /// Names that it had before.
    pub aliases: &'static [&'static str],
    /// Pages that say more, the official ones first.
    pub references: &'static [&'static str],
    /// The day on which the page's examples are checked, where it matters.
    pub as_of: Option<Date>,
    /// Rules that report in the page's flagged examples, too.
    pub also: &'static [&'static str],
    /// The whole page, front matter and all.
    pub page: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
