//! `policy-old-version`: see `rules/role/policy-old-version.md`.

use super::policies::documents;
use crate::engine::{Finding, Findings, Grade};
use crate::iam::shape::VERSIONS;
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    for document in documents(world).iter().filter(|document| document.written_in.origin.is_written()) {
        let is_document =
            document.body.only().and_then(|data| data.map()).is_some_and(|map| map.get("Statement").is_some());
        let version = document.body.get("Version");
        let [current, old] = VERSIONS;
        if !is_document || !version.literals().every(|version| version.is_none_or(|version| version == old)) {
            continue;
        }
        let name = &document.holder.address;
        let message = format!("a policy of `{name}` is in the language of 2008, which has no variables");
        let span = if version.is_unset() { document.body.span() } else { version.span() };
        let finding = Finding::new(Grade::OPINION, span, message).when(&document.written_in.when).related(name);
        out.push(finding.help(format!("give it `Version: \"{current}\"`")));
    }
}
