//! What Lambda says of environment variables.

/// Names that Lambda sets itself, and refuses in a configuration. Source:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>, and the list of
/// cfn-lint 1.58's E3663. Retrieved 2026-11-22.
pub const RESERVED_VARIABLES: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// Whether a name is one that Lambda takes: a letter, then letters, digits and `_`, two characters at least. Source: the pattern
/// of `EnvironmentVariableName` in botocore 1.44.5, `lambda/2015-03-31`.
#[must_use]
pub fn is_variable_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic())
        && name.len() > 1
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Variables by which agents of tracing are switched on without X-Ray, by their beginning.
pub const TRACERS: &[&str] =
    &["AWS_LAMBDA_EXEC_WRAPPER", "OTEL_", "DD_", "NEW_RELIC_", "DT_", "LUMIGO_", "EPSAGON_", "SENTRY_"];

/// Parts of the names of layers that trace.
pub const TRACING_LAYERS: &[&str] = &[
    "otel",
    "adot",
    "opentelemetry",
    "datadog",
    "newrelic",
    "dynatrace",
    "lumigo",
    "epsagon",
    "splunk",
    "sentry",
    "instana",
];
