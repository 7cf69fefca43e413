//! How findings about rights speak.

/// How many things a sentence names before it counts the rest.
const NAMED: usize = 3;

/// Names in backquotes, joined as in a sentence; beyond three the rest is counted.
#[must_use]
pub fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    match (quoted.as_slice(), names.len()) {
        ([], _) => String::new(),
        ([one], _) => one.clone(),
        ([before @ .., last], count) if count <= NAMED => format!("{} and {last}", before.join(", ")),
        (all, count) => format!("{} and {} more", all.join(", "), count - NAMED),
    }
}

/// The actions that functions most often call on a service, for proposals.
#[must_use]
pub fn usual_actions(service: &str) -> &'static [&'static str] {
    match service {
        "s3" => &["s3:GetObject", "s3:PutObject"],
        "dynamodb" => &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
        "sqs" => &["sqs:SendMessage"],
        "sns" => &["sns:Publish"],
        "lambda" => &["lambda:InvokeFunction"],
        "states" => &["states:StartExecution"],
        "events" => &["events:PutEvents"],
        "kinesis" => &["kinesis:PutRecord", "kinesis:PutRecords"],
        "firehose" => &["firehose:PutRecord", "firehose:PutRecordBatch"],
        "secretsmanager" => &["secretsmanager:GetSecretValue"],
        "ssm" => &["ssm:GetParameter"],
        "kms" => &["kms:Decrypt", "kms:GenerateDataKey"],
        "ses" => &["ses:SendEmail"],
        "logs" => &["logs:CreateLogStream", "logs:PutLogEvents"],
        "cloudwatch" => &["cloudwatch:PutMetricData"],
        "xray" => &["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
        "aoss" => &["aoss:APIAccessAll"],
        "bedrock" => &["bedrock:InvokeModel"],
        "execute-api" => &["execute-api:ManageConnections"],
        "rds-data" => &["rds-data:ExecuteStatement"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_bounded() {
        assert_eq!(list(&[]), "");
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b"]), "`a` and `b`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(list(&["a", "b", "c", "d", "e"]), "`a`, `b`, `c` and 2 more");
    }

    #[test]
    fn what_is_proposed_exists() {
        for service in crate::data::iam_actions::services() {
            for action in usual_actions(service.prefix()) {
                assert!(crate::data::iam_actions::action(action).is_some(), "{action}");
            }
        }
    }
}
