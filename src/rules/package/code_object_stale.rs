//! `code-object-stale`: see `rules/package/code-object-stale.md`.

use super::places::Places;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut places = Places::default();
    for (kind, property) in [("AWS::Lambda::Function", "Code"), ("AWS::Lambda::LayerVersion", "Content")] {
        for resource in world.of_kind(kind) {
            let code = resource.get(property);
            let unversioned = code.get("S3ObjectVersion").unset_when();
            // A reference is followed anew; a bucket that a parameter names may be another one for each release.
            if !unversioned.is_possible() || !code.get("S3ObjectStorageMode").is_unset() {
                continue;
            }
            let fixed_bucket = code.get("S3Bucket").text().every(|bucket| bucket.is_some());
            for (text, span, when) in code.get("S3Key").text().set() {
                if fixed_bucket && text.as_literal().is_some_and(|key| !changes(key)) {
                    places.add(span, &when.and(&unversioned), resource);
                }
            }
        }
    }
    for place in places.into_vec() {
        let message = format!(
            "new code does not reach {}: the template says the same of it, so CloudFormation changes nothing",
            place.subject()
        );
        let finding = Finding::new(Grade::WARNING, place.span, message).help(
            "give each release a key of its own (a version or a hash, by a parameter), or set `S3ObjectVersion`; \
             `aws cloudformation package` and `sam deploy` do so",
        );
        out.push(place.tell(finding));
    }
}

/// Whether a key looks as if each release had another one: it has a version or a hash in it.
fn changes(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or(key);
    key.bytes().filter(u8::is_ascii_digit).count() >= 4
        || name.bytes().any(|byte| byte.is_ascii_digit()) && name.matches('.').count() > 1
        || key.contains(['<', '{', '$', '%', '@'])
        || key.bytes().all(|byte| !byte.is_ascii_lowercase())
}
