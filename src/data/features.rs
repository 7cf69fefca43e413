//! What features of Lambda go together, and with which runtimes.
//!
//! Read on 2026-11-22 from AWS's documents, which each table names.

use super::runtimes::{Runtime, runtime};
use std::cmp::Ordering;

/// The oldest runtime of each language that managed instances run.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-runtimes.html>.
const MANAGED_INSTANCES: &[&str] = &["java21", "python3.13", "nodejs22.x", "dotnet8", "provided.al2023"];

/// The families of runtimes in which a handler can stream its response. Other languages do it by an adapter.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html>.
const STREAMING: &[&str] = &["nodejs", "provided", "custom"];

/// The families of runtimes that CloudFront runs.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html>.
const EDGE: &[&str] = &["nodejs", "python"];

/// The properties of a function that CloudFront does not take, with what they are. Same source.
pub const NOT_AT_EDGE: &[(&str, &str)] = &[
    ("Environment.Variables", "environment variables"),
    ("VpcConfig.SubnetIds", "a VPC"),
    ("DeadLetterConfig.TargetArn", "a dead-letter queue"),
    ("Layers", "layers"),
];

/// What SnapStart does not go with, as the property of a function that turns it on.
///
/// Sources: <https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation.html>.
pub const NOT_WITH_SNAPSTART: &[(&str, &str)] =
    &[("FileSystemConfigs", "a file system"), ("TenancyConfig.TenantIsolationMode", "tenant isolation")];

/// The largest ephemeral storage with SnapStart, in MB. Same source.
pub const SNAPSTART_STORAGE: i64 = 512;

/// Whether managed instances run a runtime.
#[must_use]
pub fn runs_on_managed_instances(used: &Runtime) -> bool {
    let oldest = MANAGED_INSTANCES.iter().filter_map(|id| runtime(id)).find(|oldest| oldest.family == used.family);
    match oldest {
        // Its identifiers have no version but that of the operating system.
        Some(oldest) if oldest.version.is_empty() => used.os == oldest.os,
        Some(oldest) => used.compare_versions(oldest).is_some_and(Ordering::is_ge),
        None => used.family == "custom",
    }
}

/// Whether handlers of a runtime can stream what they answer.
#[must_use]
pub fn streams(used: &Runtime) -> bool {
    STREAMING.contains(&used.family)
}

/// Whether CloudFront runs functions of a runtime.
#[must_use]
pub fn runs_at_edge(used: &Runtime) -> bool {
    EDGE.contains(&used.family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managed_instances_run_the_newer_runtimes() {
        let runs = |id| runs_on_managed_instances(runtime(id).unwrap());
        for id in ["java21", "java25", "python3.13", "python3.14", "nodejs22.x", "dotnet8", "provided.al2023", "custom"]
        {
            assert!(runs(id), "{id}");
        }
        for id in
            ["java17", "java17.al2023", "python3.12", "python3.9", "nodejs20.x", "dotnet6", "provided.al2", "ruby3.4"]
        {
            assert!(!runs(id), "{id}");
        }
    }

    #[test]
    fn every_runtime_that_is_named_exists() {
        for id in MANAGED_INSTANCES {
            assert!(runtime(id).is_some(), "{id}");
        }
        for family in STREAMING.iter().chain(EDGE) {
            assert!(super::super::runtimes::family(family).next().is_some(), "{family}");
        }
    }
}
