//! What is made after what: `DependsOn`, and references in properties.

use super::Resource;
use super::resource::Origin;
use super::world::World;
use crate::engine::Address;
use crate::source::Span;
use rustc_hash::FxHashMap;

/// What a resource waits for when it is made, directly or by way of others.
#[derive(Debug, Default)]
pub struct Waits<'a> {
    found: FxHashMap<&'a Address, Wait<'a>>,
    complete: bool,
}

/// One thing that a resource waits for.
#[derive(Clone, Copy, Debug)]
pub struct Wait<'a> {
    /// What waits for it: the resource itself or another that it waits for.
    pub by: &'a Resource,
    /// Where that says so.
    pub span: Span,
    /// Whether the whole way to it is there in every deployment that has the resources on it.
    pub always: bool,
}

impl<'a> Waits<'a> {
    /// Follows `DependsOn` and references from a resource, over at most `steps` of them, which are used up.
    #[must_use]
    pub fn of(world: &World<'a>, resource: &'a Resource, steps: &mut usize) -> Self {
        let mut waits = Self { found: FxHashMap::default(), complete: true };
        // What is reached for certain is looked at first, so that each is known by its best way.
        let mut sure = vec![resource];
        let mut unsure = Vec::new();
        while let Some((from, certain)) = sure.pop().map(|at| (at, true)).or_else(|| unsure.pop().map(|at| (at, false)))
        {
            let known = waits.found.get(&from.address).is_some_and(|wait| wait.always);
            let certain = certain && (known || from.address == resource.address);
            let declared = from.depends_on.iter().map(|(to, span)| (to, *span, true));
            let referred = from.references.iter().map(|reference| (&reference.to, reference.span, reference.always));
            let made = match &from.origin {
                Origin::Made { from: written, .. } => Some((written, from.span, true)),
                Origin::Written => None,
            };
            for (to, span, always) in declared.chain(referred).chain(made) {
                let Some(left) = steps.checked_sub(1) else {
                    waits.complete = false;
                    return waits;
                };
                *steps = left;
                let always = always && certain;
                if waits.found.get(to).is_some_and(|known| known.always || !always) {
                    continue;
                }
                waits.found.insert(to, Wait { by: from, span, always });
                if let Some(next) = world.resource(resource, to) {
                    if always { sure.push(next) } else { unsure.push(next) }
                }
            }
        }
        waits
    }

    /// How it waits for the resource with this address, beside it.
    #[must_use]
    pub fn get(&self, address: &Address) -> Option<&Wait<'a>> {
        self.found.get(address)
    }

    /// Whether all was followed that there is.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}
