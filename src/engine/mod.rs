//! being written
mod finding;
pub use finding::{Address, Applicability, Confidence, Edit, Finding, Findings, Fix, Grade, Label, Level, Severity};
