//! IAM: policies read into statements, and what statements grant.
//!
//! - [`policy`] reads policy documents, whoever wrote them, into [`Statement`]s that keep span and guard.
//! - [`managed`] gives the statements of AWS managed policies.
//! - [`grant`] answers "may this role do that to this resource?", three-valued.

pub mod grant;
pub mod managed;
pub mod policy;

pub use grant::{Grant, action_matches};
pub use policy::{Condition, DocumentKind, Effect, Element, Elements, Policy, PolicyDocument, Principal, Statement};
