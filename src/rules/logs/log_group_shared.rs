//! `log-group-shared`: see `rules/logs/log-group-shared.md`.

use super::log_groups::logs_of;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{RoleId, World};
use crate::source::Span;
use crate::value::{Guard, Text};
use rustc_hash::FxHashMap;

/// A function that writes to a group: where that is said, its name, its role.
struct Writer<'a> {
    span: Span,
    name: &'a crate::engine::Address,
    role: RoleId,
    when: Guard,
}

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut groups: FxHashMap<Text, Vec<Writer>> = FxHashMap::default();
    let mut order: Vec<Text> = Vec::new();
    for function in &world.application.functions {
        // A role that is not known may be the same.
        let [(role, _)] = function.roles.as_slice() else { continue };
        if !function.roles_known {
            continue;
        }
        for log in logs_of(world, function) {
            let Some(span) = log.written else { continue };
            let name = log.group.map_or(log.name, |group| group.names.name.clone());
            let writers = groups.entry(name.clone()).or_insert_with(|| {
                order.push(name);
                Vec::new()
            });
            writers.push(Writer { span, name: function.address(), role: *role, when: log.when });
        }
    }
    for writers in order.iter().filter_map(|name| groups.get(name)) {
        let Some((first, rest)) = writers.split_first() else { continue };
        let Some(other) =
            rest.iter().find(|other| other.role != first.role && other.when.and(&first.when).is_possible())
        else {
            continue;
        };
        let message = format!("`{}` and `{}` write to one log group, with different roles", first.name, other.name);
        let mut finding = Finding::new(Grade::OPINION, other.span, message)
            .help("who may read the logs of one reads those of the other; give each a group of its own")
            .related(first.name)
            .related(other.name)
            .when(&other.when.and(&first.when));
        if first.span != other.span {
            finding = finding.label(first.span, "written to here too");
        }
        out.push(finding);
    }
}
