//! What the AWS CLI prints about Lambda, and what it takes (`--cli-input-json`, `--cli-input-yaml`).
//!
//! [`read`] decides by the document's content whether it is one of these (the private module `shape` says how) and lowers it to
//! the resources that CloudFormation would have: its types, its property names, its structure. Values keep the place
//! where the file has them, also inside the JSON text that `get-policy` prints. [`join`] then puts the documents of one folder
//! together: they are one application.
//!
//! **Printed defaults.** The API prints many settings whether or not anybody made them (`"Timeout": 3`,
//! `"TracingConfig": {"Mode": "PassThrough"}`, `"Layers": []`). A printed value that equals the service's default counts as
//! *not set*, at the place where it is printed, so that rules treat it as they treat a template without it. Input
//! documents are taken as they are: there somebody wrote it.
//!
//! **What a document cannot say.** A function's printed configuration holds neither its tags nor its reserved concurrency (those are
//! in `get-function`); a role's holds none of its policies. Such properties are *unknown*, never "not set", until
//! another document of the folder tells. An `update-function-configuration` input is an open map: what it does not name stays.
//! Facts about the deployed thing (`State`, `LastUpdateStatus`, `CodeSize`, `LastModified`, a mapping's
//! `LastProcessingResult` …) are kept as properties under the API's own names.
//!
//! **Documents that do not say whose they are** get their owner from the file's name, `OWNER.WORD.json` (or `.yaml`,
//! `.yml`), otherwise from the folder if it holds exactly one candidate (not for buckets):
//!
//! | command | owner | words |
//! |---|---|---|
//! | `s3api get-bucket-notification-configuration` | bucket | `notification` `notifications` `notification-configuration` |
//! | `iam list-attached-role-policies` | role | `attached-policies` `attached-role-policies` |
//! | `iam list-role-policies` | role | `role-policies` |
//! | `iam get-policy-version` | managed policy | `policy-version` |
//! | `lambda get-function-concurrency` | function | `concurrency` |
//! | `lambda get-function-recursion-config` | function | `recursion-config` |
//!
//! The command's own name is a word, too. Without an owner such a document is left out: the role stays open, the
//! bucket is a name that equals no other.

mod bucket;
mod event_source;
mod function;
mod join;
mod lower;
mod permission;
mod role;
mod shape;
mod tree;

pub use join::{folder, join, join_folders};

use super::{Format, Ties, Unit};
use crate::source::SourceId;
use crate::syntax::Parsed;
use lower::Lowering;
use tree::Tree;

pub use crate::model::WHOLE_POLICY;

/// A setting of a function that came without the function; [`join`] moves it there.
pub const SETTING: &str = "LambdaLint::Cli::FunctionSetting";

/// The provisioned concurrency of an alias or version; [`join`] moves it there.
pub const PROVISIONED: &str = "LambdaLint::Cli::ProvisionedConcurrency";

/// The managed policies of a role; [`join`] moves them there.
pub const ATTACHED_POLICIES: &str = "LambdaLint::Cli::AttachedPolicies";

/// The names of a role's inline policies; [`join`] closes the role if it knows them all.
pub const POLICY_NAMES: &str = "LambdaLint::Cli::PolicyNames";

/// A version of a managed policy without the policy; [`join`] makes it one.
pub const POLICY_VERSION: &str = "LambdaLint::Cli::PolicyVersion";

/// Reads a document, if it is one of the CLI's.
///
/// The unit is open: an account always holds more than what was dumped. It depends on the text alone; what the
/// file's name and its neighbours add, [`join`] adds.
#[must_use]
pub fn read(source: SourceId, text: &str, parsed: Parsed) -> Option<Unit> {
    let Parsed { document, error: None, duplicates } = parsed else { return None };
    let elements = document.root().map_or_else(Vec::new, |root| shape::elements(text, &document, root));
    if elements.is_empty() {
        return None;
    }
    let budget = tree::budget(&document);
    let tree = Tree::new(text, &document, &budget);
    let mut lowering = Lowering { tree, resources: Vec::new(), regions: Vec::new() };
    for element in &elements {
        lowering.element(element);
    }
    let Lowering { resources, regions, .. } = lowering;
    Some(Unit {
        written: Vec::new(),
        source,
        format: Format::AwsCli,
        document,
        resources,
        mentions: Vec::new(),
        open: true,
        regions,
        conditions: Vec::new(),
        atoms: Vec::new(),
        ties: Ties::default(),
        definitions: Vec::new(),
        findings: duplicates.iter().map(super::cloudformation::duplicate_key).collect(),
    })
}

/// Whether the raw text can be one of the CLI's documents: a cheap look that saves parsing most other files. Every document
/// that is recognised holds one of these words.
#[must_use]
pub(super) fn may_be(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "FunctionName",
        "FunctionArn",
        ":lambda:",
        "RoleName",
        "PolicyVersion",
        "AttachedPolicies",
        "PolicyNames",
        "Configurations",
        "EventBridgeConfiguration",
        "ReservedConcurrentExecutions",
        "RecursiveLoop",
    ];
    WORDS.iter().any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}
