//! What destinations of asynchronous invocations take.
//!
//! Source: `AWS::Lambda::EventInvokeConfig OnFailure`,
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-eventinvokeconfig-onfailure.html>,
//! retrieved 2026-11-23. Events themselves may have 1 MB.

/// The largest message that an SNS topic takes, in kilobytes; of a larger record Lambda drops the payload.
pub const SNS_KILOBYTES: u32 = 256;
