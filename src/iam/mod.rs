//! IAM: policies read into statements, and what statements grant.
//!
//! - [`conditions`]: which conditions permissions have properties for.
//! - [`policy`] reads policy documents, whoever wrote them, into [`Statement`]s that keep span and guard.
//! - [`boundary`] reads permissions boundaries.
//! - [`managed`] gives the statements of AWS managed policies.
//! - [`scope`] gives the statements that functions have, with everybody who has them.
//! - [`width`](mod@width) says how much a pattern takes in.
//! - [`things`]: what the resources of a service are.
//! - [`words`] has what messages say.
//! - [`shape`] says what IAM refuses a document for, [`fit`] whether an action can be about a resource.
//! - [`grant`] answers "may this role do that to this resource?", three-valued.

pub mod boundary;
pub mod conditions;
pub mod fit;
pub mod grant;
pub mod managed;
pub mod policy;
pub mod scope;
pub mod shape;
pub mod things;
pub mod width;
pub mod words;

pub use grant::{Grant, action_matches};
pub use policy::{Condition, DocumentKind, Effect, Element, Elements, Policy, PolicyDocument, Principal, Statement};
pub use scope::{Reading, Subject, readings, subjects, subjects_of};
pub use width::{Width, width};
