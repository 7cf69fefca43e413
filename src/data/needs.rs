//! What an execution role must allow for the things that a function is wired to.
//!
//! Sources: the pages named with each row, as of 2026-11-22. Actions that may be narrowed are asked for on the resource
//! that the wiring names; those of EC2 and X-Ray on any.

/// What one kind of wiring needs of the role.
#[derive(Debug)]
pub struct Need {
    /// Without one of these Lambda refuses the configuration, so that the deployment fails.
    pub core: &'static [&'static str],
    /// Without one of these something does not work when the function runs, or only in some cases.
    pub rest: &'static [&'static str],
    /// The AWS managed policies made for it, the smallest first.
    pub managed: &'static [&'static str],
    /// The page of the AWS documentation that says so, below `https://docs.aws.amazon.com/lambda/latest/dg/`.
    pub page: &'static str,
}

/// The log of every function.
pub static LOGS: Need = Need {
    core: &[],
    rest: &["logs:CreateLogStream", "logs:PutLogEvents"],
    managed: &["AWSLambdaBasicExecutionRole"],
    page: "monitoring-cloudwatchlogs.html",
};

/// A VPC: Lambda makes network interfaces in the name of the role.
pub static VPC: Need = Need {
    core: &["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"],
    rest: &["ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
    managed: &["AWSLambdaVPCAccessExecutionRole"],
    page: "configuration-vpc.html",
};

/// Active tracing.
pub static TRACING: Need = Need {
    core: &[],
    rest: &["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    managed: &["AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess"],
    page: "services-xray.html",
};

/// A queue that triggers the function.
pub static SQS_SOURCE: Need = Need {
    core: &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    rest: &[],
    managed: &["AWSLambdaSQSQueueExecutionRole"],
    page: "services-sqs-configure.html",
};

/// A Kinesis stream that triggers the function.
pub static KINESIS_SOURCE: Need = Need {
    core: &["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"],
    rest: &["kinesis:DescribeStreamSummary", "kinesis:ListShards"],
    managed: &["AWSLambdaKinesisExecutionRole"],
    page: "services-kinesis-create.html",
};

/// A table's stream that triggers the function.
pub static DYNAMODB_SOURCE: Need = Need {
    core: &["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"],
    rest: &[],
    managed: &["AWSLambdaDynamoDBExecutionRole"],
    page: "services-dynamodb-eventsourcemapping.html",
};

/// An MSK cluster that triggers the function, and the network interfaces that reach it.
pub static MSK_SOURCE: Need = Need {
    core: &[],
    rest: &[
        "kafka:DescribeClusterV2",
        "kafka:GetBootstrapBrokers",
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeVpcs",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups",
    ],
    managed: &["AWSLambdaMSKExecutionRole"],
    page: "with-msk-permissions.html",
};

/// A broker of Amazon MQ that triggers the function. A private one is reached by network interfaces, too.
pub static MQ_SOURCE: Need =
    Need { core: &[], rest: &["mq:DescribeBroker"], managed: &[], page: "process-mq-messages-with-lambda.html" };

/// The secret with which a source of events is opened.
pub static SOURCE_SECRET: Need =
    Need { core: &[], rest: &["secretsmanager:GetSecretValue"], managed: &[], page: "kafka-cluster-auth.html" };

/// A queue for events that failed for good.
pub static DEAD_LETTER_QUEUE: Need =
    Need { core: &["sqs:SendMessage"], rest: &[], managed: &[], page: "invocation-async-retain-records.html" };

/// A topic for events that failed for good.
pub static DEAD_LETTER_TOPIC: Need =
    Need { core: &["sns:Publish"], rest: &[], managed: &[], page: "invocation-async-retain-records.html" };

/// A destination of the outcome of invocations, by the service in its ARN.
pub static DESTINATIONS: &[(&str, Need)] = &[
    ("sqs", destination(&["sqs:SendMessage"])),
    ("sns", destination(&["sns:Publish"])),
    ("lambda", destination(&["lambda:InvokeFunction"])),
    ("events", destination(&["events:PutEvents"])),
    ("s3", destination(&["s3:PutObject"])),
];

const fn destination(rest: &'static [&'static str]) -> Need {
    Need { core: &[], rest, managed: &[], page: "invocation-async-retain-records.html" }
}

/// A file system of EFS.
pub static EFS: Need = Need {
    core: &[],
    rest: &["elasticfilesystem:ClientMount"],
    managed: &["AmazonElasticFileSystemClientReadWriteAccess"],
    page: "configuration-filesystem.html",
};

/// A customer managed key for the environment. Lambda makes a grant for the role where the deployer may do so.
pub static ENVIRONMENT_KEY: Need =
    Need { core: &[], rest: &["kms:Decrypt"], managed: &[], page: "configuration-envvars-encryption.html" };

/// Durable execution.
pub static DURABLE: Need = Need {
    core: &[],
    rest: &["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
    managed: &["AWSLambdaBasicDurableExecutionRolePolicy"],
    page: "durable-security.html",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{iam_actions, managed_policies};
    use crate::engine::Address;
    use crate::iam::{grant, managed};
    use crate::source::Span;
    use crate::value::Text;

    fn all() -> impl Iterator<Item = &'static Need> {
        let single = [
            &LOGS,
            &VPC,
            &TRACING,
            &SQS_SOURCE,
            &KINESIS_SOURCE,
            &DYNAMODB_SOURCE,
            &MSK_SOURCE,
            &MQ_SOURCE,
            &SOURCE_SECRET,
            &DEAD_LETTER_QUEUE,
            &DEAD_LETTER_TOPIC,
            &EFS,
            &ENVIRONMENT_KEY,
            &DURABLE,
        ];
        single.into_iter().chain(DESTINATIONS.iter().map(|(_, need)| need))
    }

    #[test]
    fn every_action_exists() {
        for action in all().flat_map(|need| need.core.iter().chain(need.rest)) {
            assert!(iam_actions::action(action).is_some_and(|known| known.full_name() == *action), "{action}");
        }
    }

    #[test]
    fn the_managed_policies_grant_all_of_it() {
        for need in all() {
            for name in need.managed {
                assert!(managed_policies::policy(name).is_some(), "{name}");
                let policy = managed::policy(name, Span::default(), &Address::from("Role")).unwrap();
                for action in need.core.iter().chain(need.rest) {
                    let found = grant::grants(policy.statements.iter(), action, &Text::literal("*"), true);
                    assert!(!found.is_empty(), "{name} {action}");
                }
            }
        }
    }
}
