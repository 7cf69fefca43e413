//! Changes that mend findings.
//!
//! - [`expression`]: values that a fix writes, in the notation of the file that it changes.
//!
//! A rule says which bytes become which [`Expression`]; only this module knows how the file spells it.

pub mod expression;

pub use expression::{Expression, entry, replace, word};
