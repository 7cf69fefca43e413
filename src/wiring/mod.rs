//! What runs what, and who lets it.
//!
//! - [`flow`]: which events cause which.
//! - [`invoke`]: whether a statement of a function's resource-based policy lets a service run the function.
//! - [`needs`]: what functions are wired to, and what their roles must allow for it.
//! - [`mod@works_with`]: what a function works with, as far as its configuration shows it.
//! - [`arn`]: what an ARN says of itself, and whether two may be the same.

pub mod arn;
pub mod flow;
pub mod invoke;
pub mod needs;
pub mod works_with;

pub use invoke::{Coverage, Invocation, coverage, grants_invoke};
pub use works_with::{Evidence, Use, works_with};
