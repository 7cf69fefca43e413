//! Resources, and the [`Application`](application) built from them.

mod resource;

pub use resource::{Names, Origin, Resource, ResourceId};
