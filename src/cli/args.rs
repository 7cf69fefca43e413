//! What can be asked for on the command line.

use crate::data::Date;
use crate::engine::{Confidence, Level, Severity};
use crate::report::Format;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Find what will break, cost money or let somebody in, in AWS Lambda configurations
#[derive(Debug, Parser)]
#[command(
    name = "lambda-lint",
    version,
    long_about = "Find what will break, cost money or let somebody in, in AWS Lambda configurations.\n\n\
        Reads CloudFormation and SAM templates (YAML and JSON) and what the AWS CLI prints about functions. \
        Works offline, needs no credentials and changes nothing.",
    after_help = EXAMPLES,
    after_long_help = LONG_EXAMPLES,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(super) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  lambda-lint check                        everything below this directory
  lambda-lint check template.yaml          one template
  lambda-lint access template.yaml         what its functions may do
  lambda-lint graph template.yaml          what runs what, as a picture
  lambda-lint explain recursive-trigger    what a rule means, and how to fix it";

const LONG_EXAMPLES: &str = "\
Examples:
  lambda-lint check                        everything below this directory
  lambda-lint check template.yaml          one template
  lambda-lint check --format json infra    findings for a program
  lambda-lint explain recursive-trigger    what a rule means, and how to fix it

Exit status:
  0  nothing found at or above --fail-on
  1  something found at or above --fail-on
  2  the work could not be done: a wrong option, a path that cannot be read";

const CHECK_ABOUT: &str = "\
Check templates and say what is wrong with them.

A directory is searched for .yaml, .yml, .json and .template files. What git ignores is left out, and so are .git, \
node_modules, .aws-sam, .terraform and cdk.out/asset.*. A path that you name is always read. Files that are not \
about Lambda are passed over.";

const CHECK_EXAMPLES: &str = "\
Examples:
  lambda-lint check
  lambda-lint check template.yaml infra/
  lambda-lint check --select role,recursive-trigger
  lambda-lint check --level strict --ignore limits
  lambda-lint check --as-of 2027-06-01     as if it were that day
  cat t.yaml | lambda-lint check - --stdin-filename t.yaml

Exit status:
  0  nothing found at or above --fail-on
  1  something found at or above --fail-on
  2  the work could not be done: a wrong option, a path that cannot be read";

const ACCESS_ABOUT: &str = "\
Show what each function may do, by its execution role.

For each function: the services, how many actions of which kind (list, read, write, permissions, tag), the resources, \
the conditions, and the document and line that grants it. Counted are the policies written in the role, policies of their \
own, AWS managed policies and what SAM adds; what a `Deny` takes back from every resource is left out. A role that is \
imported or chosen by a parameter is said to be not known.";

const ACCESS_EXAMPLES: &str = "\
Examples:
  lambda-lint access                       every function below this directory
  lambda-lint access template.yaml
  lambda-lint access --format json | jq '.functions[].roles[].rights[].actions'

Exit status:
  0  the functions were shown
  2  the work could not be done: a wrong option, a path that cannot be read";

const GRAPH_ABOUT: &str = "\
Draw what runs what.

Functions, the buckets, queues, topics, tables, streams, buses and APIs that events come from, wait in and pass through, \
what triggers each function, and what its role lets it write. Loops are red, triggers without a permission dashed. What \
a role may reach only through a wildcard is drawn where it closes a loop. Templates that are deployed together are one \
picture.";

const GRAPH_EXAMPLES: &str = "\
Examples:
  lambda-lint graph template.yaml                      for a README on GitHub or GitLab
  lambda-lint graph template.yaml --format svg > wiring.svg
  lambda-lint graph --format html > wiring.html        everything below this directory
  lambda-lint graph --format dot | dot -Tpdf > wiring.pdf
  lambda-lint graph --format json | jq '.worlds[].edges[] | select(.loops != [])'

Exit status:
  0  the picture was drawn
  2  the work could not be done: a wrong option, a path that cannot be read";

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check templates and say what is wrong with them
    #[command(long_about = CHECK_ABOUT, after_help = CHECK_EXAMPLES)]
    Check(Box<CheckArgs>),
    /// Show what each function may do, by its execution role
    #[command(long_about = ACCESS_ABOUT, after_help = ACCESS_EXAMPLES)]
    Access(AccessArgs),
    /// Draw what runs what: triggers, writes, loops, missing permissions
    #[command(long_about = GRAPH_ABOUT, after_help = GRAPH_EXAMPLES)]
    Graph(GraphArgs),
    /// Show the page of a rule: what is wrong, why it matters, examples, the fix
    Explain {
        /// The rule's name, such as recursive-trigger
        rule: String,
    },
    /// List all rules, or say which rule answers a check of another linter
    Rules(RulesArgs),
}

/// The options of `check`.
#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    /// Files and directories; `-` reads standard input
    #[arg(value_name = "PATHS", default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// What to call standard input in the output; its ending tells YAML from JSON
    #[arg(long, value_name = "PATH")]
    pub stdin_filename: Option<PathBuf>,

    /// How to write the findings: for people, one per line, or for programs
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = format_parser())]
    pub format: Format,

    /// Judge dates (such as the end of a runtime) as of this day, YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,

    /// Check exactly these rules or groups, whatever their level; `all` for every rule
    #[arg(long, value_name = "RULE|GROUP|all", help_heading = "Which findings")]
    pub select: Vec<String>,

    /// Check these rules or groups, too
    #[arg(long, value_name = "RULE|GROUP|all", help_heading = "Which findings")]
    pub extend_select: Vec<String>,

    /// Leave out these rules or groups; wins over the other two
    #[arg(long, value_name = "RULE|GROUP|all", help_heading = "Which findings")]
    pub ignore: Vec<String>,

    /// How much to hear: `strict` adds notes, `pedantic` opinions
    #[arg(long, value_name = "LEVEL", default_value = "default", help_heading = "Which findings", value_parser = level_parser())]
    pub level: Level,

    /// Leave out findings that are less sure than this
    #[arg(long, value_name = "CONFIDENCE", default_value = "low", help_heading = "Which findings", value_parser = confidence_parser())]
    pub min_confidence: Confidence,

    /// Exit with 1 when something at least this bad is found
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_enum)]
    pub fail_on: FailOn,

    /// When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded
    #[arg(long, value_name = "WHEN", default_value = "auto", value_enum)]
    pub color: Color,

    /// Print the findings and errors only
    #[arg(long, short)]
    pub quiet: bool,
}

/// The options of `access`.
#[derive(Args, Debug)]
pub(super) struct AccessArgs {
    /// Files and directories; `-` reads standard input
    #[arg(value_name = "PATHS", default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// What to call standard input in the output; its ending tells YAML from JSON
    #[arg(long, value_name = "PATH")]
    pub stdin_filename: Option<PathBuf>,

    /// How to write it: a table for people, or JSON for programs
    #[arg(long, value_name = "FORMAT", default_value = "text", value_enum)]
    pub format: AccessFormat,

    /// When to use colours; NO_COLOR and CLICOLOR_FORCE are heeded
    #[arg(long, value_name = "WHEN", default_value = "auto", value_enum)]
    pub color: Color,
}

/// The options of `rules`.
#[derive(Args, Debug)]
pub(super) struct RulesArgs {
    /// How to write the list: for people, for programs, for a page
    #[arg(long, value_name = "FORMAT", default_value = "text", value_enum)]
    pub format: RulesFormat,

    /// Which rule answers this check of another linter (`CKV_AWS_363`, `cfn-lint:E2531`); `all` or none for all checks
    #[arg(long, value_name = "CHECK", num_args = 0..=1, default_missing_value = "all")]
    pub covers: Option<String>,
}

/// How `rules` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RulesFormat {
    Text,
    Json,
    Markdown,
}

/// How `access` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum AccessFormat {
    Text,
    Json,
}

/// The options of `graph`.
#[derive(Args, Debug)]
pub(super) struct GraphArgs {
    /// Files and directories; `-` reads standard input
    #[arg(value_name = "PATHS", default_value = ".")]
    pub paths: Vec<PathBuf>,

    /// What to call standard input in the output; its ending tells YAML from JSON
    #[arg(long, value_name = "PATH")]
    pub stdin_filename: Option<PathBuf>,

    /// How to write it: for Markdown, for Graphviz, for programs, as a picture, as a page
    #[arg(long, value_name = "FORMAT", default_value = "mermaid", value_enum)]
    pub format: GraphFormat,

    /// Which loops to draw: `strict` adds those that a filter or the code may break
    #[arg(long, value_name = "LEVEL", default_value = "default", value_parser = level_parser())]
    pub level: Level,
}

/// How `graph` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    Mermaid,
    Dot,
    Json,
    Svg,
    Html,
}

/// From which severity on findings fail a run.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FailOn {
    Error,
    Warning,
    Advice,
    Never,
}

impl FailOn {
    /// Whether a finding of this severity fails the run.
    pub(super) fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Advice => severity >= Severity::Advice,
            Self::Never => false,
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    PossibleValuesParser::new(["text", "concise", "json"]).map(|word| match word.as_str() {
        "concise" => Format::Concise,
        "json" => Format::Json,
        _ => Format::Text,
    })
}

fn level_parser() -> impl clap::builder::TypedValueParser<Value = Level> {
    PossibleValuesParser::new(["default", "strict", "pedantic"]).map(|word| match word.as_str() {
        "strict" => Level::Strict,
        "pedantic" => Level::Pedantic,
        _ => Level::Default,
    })
}

fn confidence_parser() -> impl clap::builder::TypedValueParser<Value = Confidence> {
    PossibleValuesParser::new(["low", "medium", "high"]).map(|word| match word.as_str() {
        "high" => Confidence::High,
        "medium" => Confidence::Medium,
        _ => Confidence::Low,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_options_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn advice_fails_a_run_only_when_asked_to() {
        let failing = |fail_on: FailOn| {
            [Severity::Advice, Severity::Warning, Severity::Error].map(|severity| fail_on.fails(severity))
        };
        assert_eq!(failing(FailOn::Never), [false, false, false]);
        assert_eq!(failing(FailOn::Error), [false, false, true]);
        assert_eq!(failing(FailOn::Warning), [false, true, true]);
        assert_eq!(failing(FailOn::Advice), [true, true, true]);
    }
}
