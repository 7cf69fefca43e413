//! What functions are wired to, and what their roles must allow for it.
//!
//! - [`configuration`]: the function's own properties: logs, VPC, tracing, file systems, keys, layers.
//! - [`sources`]: event source mappings.
//! - [`destinations`]: dead-letter queues and destinations.
//! - [`services`]: what other services ask of a function that they call.

mod configuration;
mod destinations;
mod services;
mod sources;

use super::arn::Arn;
use crate::data::needs::Need;
use crate::model::{Function, Resource, World};
use crate::source::Span;
use crate::value::{Guard, Text};

/// Something that a function is wired to and that its role needs rights for.
pub struct Wiring<'a> {
    /// What it takes.
    pub need: &'static Need,
    /// What happens without, after "the deployment fails: " where a core action lacks.
    pub effect: String,
    /// What the rights are needed on.
    pub resource: Text,
    /// Where it is wired.
    pub span: Span,
    /// What is wired there.
    pub here: &'static str,
    /// The resource that wires it, if not the function.
    pub holder: Option<&'a Resource>,
    /// In which deployments.
    pub when: Guard,
    /// Whether something that is not seen may make up for it (a grant on a key).
    pub optional: bool,
    /// Whether SAM gives the rights to a role that it makes.
    pub by_sam: bool,
}

impl<'a> Wiring<'a> {
    /// A wiring of the function itself, in every deployment.
    fn new(need: &'static Need, effect: String, span: Span, here: &'static str) -> Self {
        Self {
            need,
            effect,
            resource: Text::literal("*"),
            span,
            here,
            holder: None,
            when: Guard::always(),
            optional: false,
            by_sam: false,
        }
    }

    fn on(mut self, resource: &Text) -> Self {
        self.resource = resource.clone();
        self
    }

    fn when(mut self, when: &Guard) -> Self {
        self.when = when.clone();
        self
    }

    fn held_by(mut self, holder: &'a Resource, by_sam: bool) -> Self {
        self.holder = Some(holder);
        self.by_sam = by_sam;
        self
    }
}

/// All that a function is wired to.
#[must_use]
pub fn wirings<'a>(world: &'a World<'_>, function: &Function<'a>) -> Vec<Wiring<'a>> {
    let mut out = Vec::new();
    configuration::all(world, function, &mut out);
    sources::all(world, function, &mut out);
    destinations::all(world, function, &mut out);
    services::all(world, function, &mut out);
    out
}

/// The service in an ARN, where it is written.
fn service_of(arn: &Text) -> Option<String> {
    Arn::parse(arn)?.service.as_literal().map(str::to_owned)
}

/// The ARN of the key of ours that a resource of the world is encrypted with; `None` where that is not known to be
/// one: AWS's own keys ask nothing of anybody's role.
fn own_key(world: &World, resource: &Resource, property: &str) -> Option<(Text, Guard)> {
    let key = resource.get(property).text();
    let text = key.only()?;
    let named = world.resource_named("AWS::KMS::Key", text).and_then(|key| key.names.arn.clone());
    let arn = named
        .or_else(|| Arn::parse(text).filter(|arn| arn.service.as_literal() == Some("kms")).map(|_| (*text).clone()))?;
    // An alias is no key; which one it stands for is not seen.
    arn.around(":alias/").is_none().then(|| (arn, resource.when.clone()))
}
