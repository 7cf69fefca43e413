//! How long CloudWatch Logs can be told to keep logs.

/// The days that `RetentionInDays` can be. Source:
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>, and the enumeration in the schema
/// of `AWS::Logs::LogGroup` of 2026-10-20 (cfn-lint 1.58). Retrieved 2026-11-22.
pub const RETENTION_DAYS: &[i64] =
    &[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
