//! being written
mod meta;
pub mod pages;
pub use meta::{ReportedBy, RuleMeta};
