//! What rules about single roles share.

use crate::engine::Finding;
use crate::iam::scope::trusts_lambda;
use crate::iam::words;
use crate::model::{Function, Role, World};
use crate::source::Span;
use crate::value::Guard;

/// How many functions a finding points at.
const SHOWN: usize = 3;

/// A role with those that run with it.
pub(super) struct Held<'a> {
    /// The role.
    pub(super) role: &'a Role<'a>,
    /// The functions that use it, each in the deployments in which it certainly does.
    pub(super) functions: Vec<(&'a Function<'a>, Guard)>,
    /// The deployments in which the role is a function's, or may be one's because Lambda may assume it.
    pub(super) scope: Guard,
}

impl<'a> Held<'a> {
    /// A role of a world.
    pub(super) fn of(world: &'a World<'_>, role: &'a Role<'a>) -> Self {
        let functions = world.users_of(role);
        let trusted = role.trust.as_ref().map_or_else(Guard::never, trusts_lambda);
        let scope = functions.iter().fold(trusted, |guard, (_, when)| guard.or(when));
        Self { role, functions, scope: scope.and(&role.resource.when) }
    }

    /// All roles that are functions', or may be.
    pub(super) fn all(world: &'a World<'_>) -> impl Iterator<Item = Self> {
        world.application.roles.iter().map(|role| Self::of(world, role)).filter(|held| held.scope.is_possible())
    }

    /// How messages call the role.
    pub(super) fn name(&self) -> String {
        let names: Vec<&str> = self.functions.iter().map(|(function, _)| &**function.address()).collect();
        match names.as_slice() {
            [] => format!("the role `{}`", self.role.resource.address),
            names => format!("the role of {}", words::list(names)),
        }
    }

    /// Whether what stands at `span` is a policy that the user gave the role, and not one that SAM adds for something else.
    pub(super) fn is_given(&self, span: Span) -> bool {
        let role = self.role.resource;
        // A role that SAM makes is at the function's `Policies`; where there are none, at the function.
        let mut functions = self.functions.iter();
        role.origin.is_written()
            || role.body.contains(span)
                && functions.any(|(function, _)| function.resource.body.contains(role.body))
                && self.functions.iter().all(|(function, _)| function.resource.span != role.span)
    }

    /// Names everybody who takes part, and shows the functions.
    pub(super) fn relate(&self, mut finding: Finding) -> Finding {
        finding = finding.related(&self.role.resource.address);
        for (index, (function, _)) in self.functions.iter().enumerate() {
            finding = finding.related(function.address());
            let at = function.resource.get("Role").span();
            if index < SHOWN && at != finding.primary.span {
                finding = finding.label(at, format!("the role of `{}`", function.address()));
            }
        }
        finding
    }
}
