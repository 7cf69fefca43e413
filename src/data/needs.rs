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
    /// One of these is enough.
    pub either: &'static [&'static str],
    /// The AWS managed policies made for it, the smallest first.
    pub managed: &'static [&'static str],
    /// The page of the AWS documentation that says so, below `https://docs.aws.amazon.com/`.
    pub page: &'static str,
}

/// The log of every function.
pub static LOGS: Need = Need {
    core: &[],
    rest: &["logs:CreateLogStream", "logs:PutLogEvents"],
    either: &[],
    managed: &["AWSLambdaBasicExecutionRole"],
    page: "lambda/latest/dg/monitoring-cloudwatchlogs.html",
};

/// The log group of a function, where nobody else makes it.
pub static LOG_GROUP: Need = Need {
    core: &[],
    rest: &["logs:CreateLogGroup"],
    either: &[],
    managed: &["AWSLambdaBasicExecutionRole"],
    page: "lambda/latest/dg/monitoring-cloudwatchlogs.html",
};

/// A VPC: Lambda makes network interfaces in the name of the role.
pub static VPC: Need = Need {
    core: &["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"],
    rest: &["ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"],
    either: &[],
    managed: &["AWSLambdaVPCAccessExecutionRole"],
    page: "lambda/latest/dg/configuration-vpc.html",
};

/// Active tracing.
pub static TRACING: Need = Need {
    core: &[],
    rest: &["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    either: &[],
    managed: &["AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess"],
    page: "lambda/latest/dg/services-xray.html",
};

/// A queue that triggers the function.
pub static SQS_SOURCE: Need = Need {
    core: &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    rest: &[],
    either: &[],
    managed: &["AWSLambdaSQSQueueExecutionRole"],
    page: "lambda/latest/dg/services-sqs-configure.html",
};

/// A Kinesis stream that triggers the function.
pub static KINESIS_SOURCE: Need = Need {
    core: &["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"],
    rest: &["kinesis:DescribeStreamSummary", "kinesis:ListShards"],
    either: &[],
    managed: &["AWSLambdaKinesisExecutionRole"],
    page: "lambda/latest/dg/services-kinesis-create.html",
};

/// A table's stream that triggers the function.
pub static DYNAMODB_SOURCE: Need = Need {
    core: &["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"],
    rest: &[],
    either: &[],
    managed: &["AWSLambdaDynamoDBExecutionRole"],
    page: "lambda/latest/dg/services-dynamodb-eventsourcemapping.html",
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
    either: &[],
    managed: &["AWSLambdaMSKExecutionRole"],
    page: "lambda/latest/dg/with-msk-permissions.html",
};

/// A broker of Amazon MQ that triggers the function. Network interfaces are needed too, but not for a public broker.
pub static MQ_SOURCE: Need = Need {
    core: &[],
    rest: &["mq:DescribeBroker"],
    either: &[],
    managed: &[],
    page: "lambda/latest/dg/process-mq-messages-with-lambda.html",
};

/// A consumer of a Kinesis stream with a fan-out of its own that triggers the function.
pub static KINESIS_CONSUMER: Need = Need {
    core: &[],
    rest: &["kinesis:SubscribeToShard"],
    either: &[],
    managed: &[],
    page: "lambda/latest/dg/services-kinesis-create.html",
};

/// A cluster of DocumentDB that triggers the function, and the network interfaces that reach it.
pub static DOCUMENTDB_SOURCE: Need = Need {
    core: &[],
    rest: &[
        "rds:DescribeDBClusters",
        "rds:DescribeDBClusterParameters",
        "rds:DescribeDBSubnetGroups",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    ],
    either: &[],
    managed: &[],
    page: "lambda/latest/dg/with-documentdb.html",
};

/// Brokers of Kafka in a VPC.
pub static KAFKA_NETWORK: Need = Need {
    core: &[],
    rest: &[
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
    ],
    either: &[],
    managed: &["AWSLambdaMSKExecutionRole"],
    page: "lambda/latest/dg/with-kafka-permissions.html",
};

/// A registry of AWS Glue with the schemas of a topic.
pub static SCHEMA_REGISTRY: Need = Need {
    core: &[],
    rest: &["glue:GetRegistry", "glue:GetSchemaVersion"],
    either: &[],
    managed: &[],
    page: "lambda/latest/dg/services-consume-kafka-events.html",
};

/// Messages that a customer managed key encrypts, to be read.
pub static DECRYPT: Need =
    Need { core: &[], rest: &["kms:Decrypt"], either: &[], managed: &[], page: "lambda/latest/dg/with-sqs.html" };

/// A queue or topic that a customer managed key encrypts, to be written to.
pub static ENCRYPT: Need = Need {
    core: &[],
    rest: &["kms:GenerateDataKey", "kms:Decrypt"],
    either: &[],
    managed: &[],
    page: "AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
};

/// The secret with which a source of events is opened.
pub static SOURCE_SECRET: Need = Need {
    core: &[],
    rest: &["secretsmanager:GetSecretValue"],
    either: &[],
    managed: &[],
    page: "lambda/latest/dg/kafka-cluster-auth.html",
};

/// A queue for events that failed for good.
pub static DEAD_LETTER_QUEUE: Need = Need {
    core: &["sqs:SendMessage"],
    rest: &[],
    either: &[],
    managed: &[],
    page: "lambda/latest/dg/invocation-async-retain-records.html",
};

/// A topic for events that failed for good.
pub static DEAD_LETTER_TOPIC: Need = Need {
    core: &["sns:Publish"],
    rest: &[],
    either: &[],
    managed: &[],
    page: "lambda/latest/dg/invocation-async-retain-records.html",
};

/// A destination of the outcome of invocations, by the service in its ARN.
pub static DESTINATIONS: &[(&str, Need)] = &[
    ("sqs", destination(&["sqs:SendMessage"])),
    ("sns", destination(&["sns:Publish"])),
    ("lambda", destination(&["lambda:InvokeFunction"])),
    ("events", destination(&["events:PutEvents"])),
    ("s3", destination(&["s3:PutObject"])),
];

const fn destination(rest: &'static [&'static str]) -> Need {
    Need { core: &[], rest, either: &[], managed: &[], page: "lambda/latest/dg/invocation-async-retain-records.html" }
}

/// The bucket of a destination itself.
pub static DESTINATION_BUCKET: Need = destination(&["s3:ListBucket"]);

/// A file system of EFS.
pub static EFS: Need = Need {
    core: &[],
    rest: &["elasticfilesystem:ClientMount"],
    either: &[],
    managed: &["AmazonElasticFileSystemClientReadWriteAccess"],
    page: "lambda/latest/dg/configuration-filesystem.html",
};

/// A file system of S3 Files.
pub static S3_FILES: Need = Need {
    core: &[],
    rest: &["s3files:ClientMount"],
    either: &[],
    managed: &["AmazonS3FilesClientReadWriteAccess"],
    page: "lambda/latest/dg/configuration-filesystem-s3files.html",
};

/// A customer managed key for the environment. Lambda makes a grant for the role where the deployer may do so.
pub static ENVIRONMENT_KEY: Need = Need {
    core: &[],
    rest: &["kms:Decrypt"],
    either: &[],
    managed: &[],
    page: "lambda/latest/dg/configuration-envvars-encryption.html",
};

/// Durable execution.
pub static DURABLE: Need = Need {
    core: &[],
    rest: &["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
    either: &[],
    managed: &["AWSLambdaBasicDurableExecutionRolePolicy"],
    page: "lambda/latest/dg/durable-security.html",
};

/// The layer of Lambda Insights, which writes to a log group of its own.
pub static INSIGHTS: Need = Need {
    core: &[],
    rest: &["logs:CreateLogStream", "logs:PutLogEvents"],
    either: &[],
    managed: &["CloudWatchLambdaInsightsExecutionRolePolicy"],
    page: "AmazonCloudWatch/latest/monitoring/Lambda-Insights-Getting-Started.html",
};

/// The layer of Application Signals.
pub static APPLICATION_SIGNALS: Need = Need {
    core: &[],
    rest: &["xray:PutTraceSegments"],
    either: &[],
    managed: &["CloudWatchLambdaApplicationSignalsExecutionRolePolicy"],
    page: "AmazonCloudWatch/latest/monitoring/CloudWatch-Application-Signals-Enable-LambdaMain.html",
};

/// A secret whose name the function is given.
pub static SECRET: Need = Need {
    core: &[],
    rest: &[],
    either: &["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "secretsmanager:PutSecretValue"],
    managed: &[],
    page: "lambda/latest/dg/with-secrets-manager.html",
};

/// A parameter of Parameter Store whose name the function is given.
pub static PARAMETER: Need = Need {
    core: &[],
    rest: &[],
    either: &["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:PutParameter"],
    managed: &[],
    page: "systems-manager/latest/userguide/ps-integration-lambda-extensions.html",
};

/// A rule of AWS Config that the function judges.
pub static CONFIG_RULE: Need = Need {
    core: &[],
    rest: &["config:PutEvaluations"],
    either: &[],
    managed: &["AWSConfigRulesExecutionRole"],
    page: "config/latest/developerguide/evaluate-config_develop-rules_lambda-functions.html",
};

/// The rotation of a secret.
pub static ROTATION: Need = Need {
    core: &[],
    rest: &[
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    ],
    either: &[],
    managed: &[],
    page: "secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html",
};

/// An access point of S3 Object Lambda.
pub static OBJECT_LAMBDA: Need = Need {
    core: &[],
    rest: &["s3-object-lambda:WriteGetObjectResponse"],
    either: &[],
    managed: &["AmazonS3ObjectLambdaExecutionRolePolicy"],
    page: "AmazonS3/latest/userguide/olap-policies.html",
};

/// An action of a pipeline.
pub static PIPELINE_ACTION: Need = Need {
    core: &[],
    rest: &["codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"],
    either: &[],
    managed: &[],
    page: "codepipeline/latest/userguide/actions-invoke-lambda-function.html",
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
            &LOG_GROUP,
            &KINESIS_CONSUMER,
            &DOCUMENTDB_SOURCE,
            &KAFKA_NETWORK,
            &SCHEMA_REGISTRY,
            &DECRYPT,
            &ENCRYPT,
            &DESTINATION_BUCKET,
            &S3_FILES,
            &INSIGHTS,
            &APPLICATION_SIGNALS,
            &SECRET,
            &PARAMETER,
            &CONFIG_RULE,
            &ROTATION,
            &OBJECT_LAMBDA,
            &PIPELINE_ACTION,
        ];
        single.into_iter().chain(DESTINATIONS.iter().map(|(_, need)| need))
    }

    #[test]
    fn every_action_exists() {
        for action in all().flat_map(|need| need.core.iter().chain(need.rest).chain(need.either)) {
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
