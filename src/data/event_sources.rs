//! What Lambda asks of the sources that it polls.

/// How many times the function's timeout a queue's visibility timeout should be, apart from the batching window.
///
/// Source: Lambda developer guide, "Creating and configuring an Amazon SQS event source mapping", read on 2026-11-22.
pub const VISIBILITY_TIMEOUTS: i64 = 6;
