//! What runs what, and who lets it.
//!
//! - [`flow`]: which events cause which.
//! - [`invoke`]: whether a statement of a function's resource-based policy lets a service run the function.
//! - [`arn`]: what an ARN says of itself, and whether two may be the same.

pub mod arn;
pub mod flow;
pub mod invoke;

pub use invoke::{Coverage, Invocation, coverage, grants_invoke};
