//! How many invocations an account runs at once.
//!
//! Source: "Lambda quotas", <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>, "Configuring reserved
//! concurrency", <https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html>, and "Configuring an SQS queue",
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>, retrieved 2026-11-23.

/// How many an account may run in a region unless it asked for more.
pub const ACCOUNT: i64 = 1000;

/// How many of them stay for functions that reserve none.
pub const UNRESERVED: i64 = 100;

/// How many batches of an SQS queue Lambda starts with: fewer than that are throttled from the first message on.
pub const SQS_POLLERS: i64 = 5;
