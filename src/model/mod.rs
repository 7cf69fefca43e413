//! Resources, and the typed [`application`] built from them.

pub mod application;
mod build;
mod elsewhere;
mod misfit;
pub mod network;
mod order;
mod package;
mod resource;
mod resource_policy;
mod trigger;
mod triggers;
mod world;

pub use application::{Application, Function, FunctionId, Permission, ResourcePolicy, Role, RoleId, Target};
pub use elsewhere::{About, Elsewhere};
pub use misfit::{Fault, Found, Misfit};
pub use order::{Wait, Waits};
pub use package::Package;
pub use resource::{LAYER_SIZES, Names, Origin, Reference, Resource, ResourceId, SAM_EVENT, SAM_ROUTE, WHOLE_POLICY};
pub use trigger::{Trigger, TriggerKind};
pub(crate) use triggers::{pseudo, states, substituted};
pub use world::World;
