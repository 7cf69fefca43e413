//! `lambda-lint` reads what people deploy AWS Lambda with and says, at the exact place in their file, what will
//! break, cost money or let somebody in.
//!
//! # A tour of the code
//!
//! [`lint()`] is the whole program without files and arguments. It goes through these modules, in this order:
//!
//! 1. [`source`]: the texts of a run. A [`source::Span`] is born with a value and never looked up again.
//! 2. [`syntax`]: YAML and JSON, read once into one spanned tree with comments.
//! 3. [`frontend`]: decides what a text is and lowers it into resources. The only code that knows a syntax:
//!    CloudFormation with SAM, and what the AWS CLI prints and takes.
//! 4. [`value`]: what a property can be. Its cases with their guards, and texts as far as they are known.
//! 5. [`model`]: resources under CloudFormation's names, and the typed application that is built from them once:
//!    functions, roles, permissions, triggers.
//! 6. [`iam`]: policies read into statements, and what they grant.
//! 7. [`rules`]: what is wrong. A rule reads the [`model::World`] and never a syntax.
//! 8. [`engine`]: runs the rules, decides what is shown and in which order.
//! 9. [`fix`]: what mends a finding, in the notation of its file.
//! 10. [`report`]: text for people, one line for `grep`, JSON for programs.
//!
//! [`code`] looks into the code of functions, for the rules that ask what is beside a template.
//!
//! [`access::access`] goes the same way as far as the model, and says what each function may do.
//!
//! `graph` does too, and draws what runs what.
//!
//! [`secrets`] are found in what is read and kept out of what is written, whichever rules run.
//!
//! [`data`] holds dated tables of facts about AWS, compiled in and searched in place. The core needs no files and no threads; what
//! does is behind the feature `cli`.

#![forbid(unsafe_code)]

pub mod access;
#[cfg(feature = "cli")]
pub mod cli;
pub mod code;
pub mod data;
pub mod engine;
pub mod fix;
pub mod frontend;
#[cfg(feature = "cli")]
pub mod graph;
pub mod iam;
mod lint;
pub mod model;
pub mod report;
pub mod rules;
pub mod secrets;
pub mod source;
pub mod syntax;
pub mod value;
pub mod wiring;

pub use lint::{MAX_BYTES, Settings, lint, lint_in};
