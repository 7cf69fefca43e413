//! Changes that mend findings.
//!
//! - [`expression`]: values that a fix writes, in the notation of the file that it changes.
//! - [`scalar`]: keys and plain values, and entries that are put before others.
//!
//! A rule says which bytes become which [`Expression`]; only this module knows how the file spells it.

pub mod expression;
pub mod scalar;

pub use expression::{Expression, entry, replace, word};
pub use scalar::{insert, key, scalar};
