//! `provisioned-twice`: see `rules/concurrency/provisioned-twice.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::rules::concurrency::{Provisioned, provisioned};
use crate::value::Guard;
use rustc_hash::FxHashMap;

pub(super) fn check(world: &World, out: &mut Findings) {
    for parts in provisioned(world).values() {
        let mut seen: FxHashMap<String, Vec<(&Provisioned, Guard)>> = FxHashMap::default();
        for part in parts {
            for (version, when) in part.versions() {
                // Which version `$LATEST` is, another rule says.
                if version == "$LATEST" {
                    continue;
                }
                let when = when.and(&part.when);
                let others = seen.entry(version).or_default();
                let other = others.iter().find(|(_, other)| {
                    let both = other.and(&when);
                    both.is_possible() && !both.is_rounded()
                });
                if let Some((other, guard)) = other {
                    out.push(finding(world, part, other, &guard.and(&when)));
                }
                others.push((part, when));
            }
        }
    }
}

fn finding(world: &World, part: &Provisioned, other: &Provisioned, when: &Guard) -> Finding {
    let name = world.function(part.target.function).map(|function| function.address().to_string()).unwrap_or_default();
    let message = format!(
        "Lambda refuses to provision concurrency for {} and for {} of `{name}`: they are one version, which takes one \
         configuration",
        other.called(),
        part.called()
    );
    Finding::new(Grade::ERROR, part.span, message)
        .when(when)
        .related(part.resource.called())
        .related(other.resource.called())
        .label(other.span, "the same version's")
        .help("provision for one of the two")
}
