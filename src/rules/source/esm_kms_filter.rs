//! `esm-kms-filter`: see `rules/source/esm-kms-filter.md`.
//!
//! Source: `KMSKeyArn` of `CreateEventSourceMapping`, botocore 1.44.5, and "Data encryption at rest for AWS Lambda",
//! <https://docs.aws.amazon.com/lambda/latest/dg/security-encryption-at-rest.html>, read on 2026-11-23.

use super::key_policy_missing::{lets_in, read};
use super::mappings::{Mapping, mappings};
use super::permissions::certainly;
use crate::engine::{Finding, Findings, Grade};
use crate::iam::Policy;
use crate::model::World;
use crate::source::Span;
use crate::value::{Data, Guard, Value};
use rustc_hash::FxHashMap;

const KEY: &str = "AWS::KMS::Key";
const PROPERTY: &str = "KmsKeyArn";
const FILTERS: &str = "FilterCriteria.Filters";
const SERVICE: &str = "lambda.amazonaws.com";
const ACTION: &str = "kms:Decrypt";

pub(super) fn check(world: &World, out: &mut Findings) {
    // Several mappings share a key.
    let mut policies: FxHashMap<Span, Policy> = FxHashMap::default();
    for mapping in mappings(world) {
        let keys = mapping.resource.get(PROPERTY);
        if keys.is_unset() {
            continue;
        }
        unused(world, &mapping, &keys, out);
        let filtered = set(&mapping.resource.get(FILTERS)).and(&mapping.resource.when);
        for (text, span, when) in keys.text().set() {
            let Some(key) = world.resource_named(KEY, text) else { continue };
            let policy = policies.entry(key.span).or_insert_with(|| read(key));
            let exists = when.and(&filtered).and(&key.when);
            let Some(when) = certainly(&exists, &lets_in(policy, SERVICE, ACTION)) else { continue };
            let function = mapping.function(world);
            let message = format!(
                "Lambda cannot read what the events of {function} are filtered by: it may not use the key `{}`",
                key.called()
            );
            out.push(
                Finding::new(Grade::OPINION, span, message)
                    .here("encrypts the filters")
                    .label(key.span, "no statement of its policy lets Lambda in")
                    .when(&when)
                    .related(mapping.resource.called())
                    .related(key.called())
                    .help(format!("allow `{ACTION}` on `*` to `Service: {SERVICE}` in `KeyPolicy`")),
            );
        }
    }
}

/// A key where there is nothing to encrypt.
fn unused(world: &World, mapping: &Mapping, keys: &Value<&Data>, out: &mut Findings) {
    let none = mapping.resource.get(FILTERS).unset_when();
    let when = none.and(&set(keys)).and(&mapping.resource.when);
    if !when.is_possible() || when.is_rounded() {
        return;
    }
    let message = format!("the key encrypts nothing: the mapping for {} has no filters", mapping.function(world));
    out.push(
        Finding::new(Grade::OPINION, mapping.resource.key_span(PROPERTY), message)
            .when(&when)
            .related(mapping.resource.called())
            .help(format!("remove `{PROPERTY}`; what is in a queue or a stream is encrypted with the source's key")),
    );
}

fn set(value: &Value<&Data>) -> Guard {
    value.set().fold(Guard::never(), |all, (_, _, when)| all.or(when))
}
