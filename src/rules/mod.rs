//! being written
mod meta;
pub use meta::RuleMeta;
