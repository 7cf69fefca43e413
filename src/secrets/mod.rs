//! Secrets in what is read, and how they are kept out of what is written.
//!
//! - [`shape`]: secrets that are told by their form: keys, tokens, the password of a URL.
//! - [`named`]: secrets that are told by their name and their form together.
//! - [`Secrets`]: those of a world, and where they are.
//! - [`Hidden`]: what no output may show, and what is shown in its place.
//!
//! That a secret is hidden does not depend on the rule that reports it: it may be switched off, and other findings show the same lines.

mod hidden;
pub mod named;
pub mod shape;
mod world;

pub use hidden::{Hidden, MASK};
pub use shape::Kind;
pub use world::{Holder, Secret, Secrets};
