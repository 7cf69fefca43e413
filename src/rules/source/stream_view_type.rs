//! `stream-view-type`: see `rules/source/stream-view-type.md`.

use super::mappings::mappings;
use crate::data::event_sources::Polled;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use rustc_hash::FxHashSet;

const TABLE: &str = "AWS::DynamoDB::Table";

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut reported = FxHashSet::default();
    for mapping in mappings(world) {
        for polls in mapping.polls.iter().filter(|polls| polls.polled == Polled::DynamoDb) {
            let Some(table) = polls.source.filter(|source| source.is(TABLE)) else { continue };
            let stream = table.get("StreamSpecification");
            let without = stream.unset_when().and(&polls.when).and(&table.when);
            if !without.is_possible() || without.is_rounded() || !reported.insert((table.span, polls.span)) {
                continue;
            }
            let (function, name) = (mapping.function(world), table.called());
            let message = format!("{function} is to read the stream of `{name}`, which has none: the deployment fails");
            // SAM's simple table cannot have one.
            let simple =
                table.properties.only().and_then(|data| data.map()).is_some_and(|map| {
                    map.entry("PrimaryKey").is_some() || map.entry("AttributeDefinitions").is_none()
                });
            let help = if simple {
                "declare it as an `AWS::DynamoDB::Table` with `StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}`"
            } else {
                "add `StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}` to the table"
            };
            out.push(
                Finding::new(Grade::ERROR, polls.span, message)
                    .label(table.span, "no `StreamSpecification`")
                    .when(&without)
                    .related(mapping.resource.called())
                    .related(name)
                    .help(help),
            );
        }
    }
}
