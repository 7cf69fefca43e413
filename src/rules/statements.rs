//! The permissions of a world by what they are about.

use crate::model::{FunctionId, Permission, World};
use crate::value::Text;
use crate::wiring::Invocation;
use rustc_hash::{FxHashMap, FxHashSet};

/// The permissions by the function that they are about.
pub(super) struct Statements<'a> {
    /// The same, by the `SourceArn` too where it is one: the usual permission of a trigger is found at once.
    by_source: FxHashMap<(FunctionId, Text), Vec<&'a Permission<'a>>>,
    by_function: FxHashMap<FunctionId, Vec<&'a Permission<'a>>>,
    /// Those that may be about any function.
    unclear: Vec<&'a Permission<'a>>,
}

impl<'a> Statements<'a> {
    pub(super) fn of(world: &'a World<'a>) -> Self {
        let mut statements =
            Self { by_source: FxHashMap::default(), by_function: FxHashMap::default(), unclear: Vec::new() };
        for permission in &world.application.permissions {
            if permission.functions_known {
                let about: FxHashSet<FunctionId> = permission.functions.iter().map(|target| target.function).collect();
                for function in about {
                    if let Some(source) = permission.source_arn.only() {
                        statements.by_source.entry((function, source.canonical())).or_default().push(permission);
                    }
                    statements.by_function.entry(function).or_default().push(permission);
                }
            } else {
                statements.unclear.push(permission);
            }
        }
        statements
    }

    /// The permissions that may be about a function.
    pub(super) fn about(&self, function: FunctionId) -> impl Iterator<Item = &'a Permission<'a>> {
        self.by_function.get(&function).into_iter().flatten().chain(&self.unclear).copied()
    }

    /// Those that certainly are.
    pub(super) fn certainly_about(&self, function: FunctionId) -> impl Iterator<Item = &'a Permission<'a>> {
        self.by_function.get(&function).into_iter().flatten().copied()
    }

    /// Those that name the very source of a call.
    pub(super) fn exact(&self, invocation: &Invocation) -> impl Iterator<Item = &'a Permission<'a>> {
        let found = invocation.source.and_then(|source| self.by_source.get(&(invocation.function, source.canonical())));
        found.into_iter().flatten().copied()
    }
}
