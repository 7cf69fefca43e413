//! What functions of certain kinds can have: durable ones, those that keep their tenants apart, those on managed instances.
//!
//! Sources, read on 2026-11-22: the Lambda developer guide (`durable-supported-runtimes`, `durable-invoking-esm`,
//! `tenant-isolation`, `lambda-managed-instances-runtimes`, `lambda-managed-instances-scaling`) and the validation rules of
//! SAM's translator 1.115.0.

use super::runtimes::{Runtime, runtime};
use std::cmp::Ordering;

/// The runtimes that durable functions can have. Other languages come as images.
pub const DURABLE_RUNTIMES: &[&str] =
    &["dotnet10", "dotnet8", "java17", "java21", "java25", "nodejs22.x", "nodejs24.x", "python3.13", "python3.14"];

/// The longest execution of a durable function that an event source mapping runs, in seconds.
pub const DURABLE_MAPPED_SECONDS: i64 = 900;

/// The same where the function runs on managed instances.
pub const DURABLE_MAPPED_SECONDS_MANAGED: i64 = 5400;

/// The least memory of a function on managed instances, in MB.
pub const MANAGED_MEMORY_MB: i64 = 2048;

/// The oldest runtime of each language that runs on managed instances.
const MANAGED_OLDEST: &[&str] = &["dotnet8", "java21", "nodejs22.x", "python3.13", "provided.al2023"];

/// Whether a runtime that is known runs on managed instances.
#[must_use]
pub fn runs_on_managed_instances(known: &Runtime) -> bool {
    // These have no versions but that of their operating system.
    if known.family == "provided" {
        return !matches!(known.os, Some("AL1" | "AL2"));
    }
    let oldest = MANAGED_OLDEST.iter().filter_map(|id| runtime(id)).find(|oldest| oldest.family == known.family);
    oldest.is_some_and(|oldest| {
        known.id == oldest.id || known.compare_versions(oldest).is_some_and(|order| order != Ordering::Less)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runtime_is_known() {
        for id in DURABLE_RUNTIMES.iter().chain(MANAGED_OLDEST) {
            assert!(runtime(id).is_some(), "{id}");
        }
        let runs = |id| runs_on_managed_instances(runtime(id).unwrap());
        for id in ["python3.13", "python3.14", "java21", "java25", "nodejs24.x", "dotnet10", "provided.al2023"] {
            assert!(runs(id), "{id}");
        }
        for id in ["python3.12", "java17", "nodejs20.x", "dotnet6", "provided.al2", "ruby3.4", "go1.x"] {
            assert!(!runs(id), "{id}");
        }
    }
}
