//! The engine: runs the rules over worlds and turns what they report into what the user asked to see.
//!
//! Selection, confidence, order and the places that a finding names are decided here, after the rules and never
//! inside them.

mod elsewhere;
mod finding;
mod link;
mod run;
mod select;

pub use elsewhere::elsewhere;
pub use finding::{Address, Applicability, Confidence, Edit, Finding, Findings, Fix, Grade, Label, Level, Severity};
pub(crate) use link::named_templates;
pub use run::{check, check_all, finish, worlds};
pub use select::{Selection, SelectionError};
