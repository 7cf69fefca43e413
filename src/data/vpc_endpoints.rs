//! The services that functions call, and the VPC endpoints that lead to them from a VPC without a way out.
//!
//! Source: "AWS services that integrate with AWS PrivateLink" and "Gateway endpoints" in the Amazon VPC documentation
//! (<https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>), as of 2026-11-23.

/// A service with an API.
#[derive(Debug, PartialEq, Eq)]
pub struct Service {
    /// The prefix of its actions in policies.
    pub prefix: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// The last parts of the names of its endpoints (`com.amazonaws.eu-west-1.sqs`).
    pub endpoints: &'static [&'static str],
    /// Whether there is an endpoint of the gateway kind, which costs nothing.
    pub gateway: bool,
}

const fn service(prefix: &'static str, name: &'static str, endpoints: &'static [&'static str]) -> Service {
    Service { prefix, name, endpoints, gateway: false }
}

/// S3, to which custom resources write their answer.
pub static S3: Service =
    Service { prefix: "s3", name: "S3", endpoints: &["s3", "s3-global.accesspoint"], gateway: true };

/// STS, which pollers of event sources in a VPC ask for credentials.
pub static STS: Service = service("sts", "STS", &["sts"]);

/// Lambda itself.
pub static LAMBDA: Service = service("lambda", "Lambda", &["lambda"]);

/// Secrets Manager.
pub static SECRETS_MANAGER: Service = service("secretsmanager", "Secrets Manager", &["secretsmanager"]);

/// The others that functions commonly call. Not here: what Lambda itself does in the name of the role (network interfaces,
/// logs, traces, keys), and what works by another protocol than an API's.
static OTHERS: [Service; 21] = [
    Service { prefix: "dynamodb", name: "DynamoDB", endpoints: &["dynamodb"], gateway: true },
    service("sqs", "SQS", &["sqs"]),
    service("sns", "SNS", &["sns"]),
    service("ssm", "Systems Manager", &["ssm"]),
    service("states", "Step Functions", &["states", "sync-states"]),
    service("events", "EventBridge", &["events"]),
    service("kinesis", "Kinesis", &["kinesis-streams"]),
    service("firehose", "Firehose", &["kinesis-firehose"]),
    service("athena", "Athena", &["athena"]),
    service("glue", "Glue", &["glue"]),
    service("bedrock", "Bedrock", &["bedrock", "bedrock-runtime", "bedrock-agent", "bedrock-agent-runtime"]),
    service("sagemaker", "SageMaker", &["sagemaker.runtime", "sagemaker.api"]),
    service("rekognition", "Rekognition", &["rekognition"]),
    service("textract", "Textract", &["textract"]),
    service("comprehend", "Comprehend", &["comprehend"]),
    service("translate", "Translate", &["translate"]),
    service("transcribe", "Transcribe", &["transcribe"]),
    service("rds-data", "the RDS Data API", &["rds-data"]),
    service("redshift-data", "the Redshift Data API", &["redshift-data"]),
    service("ecs", "ECS", &["ecs"]),
    service("cognito-idp", "Cognito", &["cognito-idp"]),
];

/// The service whose actions have this prefix, if it is known here.
#[must_use]
pub fn by_prefix(prefix: &str) -> Option<&'static Service> {
    let named = [&S3, &STS, &LAMBDA, &SECRETS_MANAGER];
    named.into_iter().chain(&OTHERS).find(|service| service.prefix.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_found_by_the_prefix_of_their_actions() {
        assert_eq!(by_prefix("S3").map(|service| service.name), Some("S3"));
        assert_eq!(by_prefix("kinesis").map(|service| service.endpoints), Some(["kinesis-streams"].as_slice()));
        assert_eq!(by_prefix("ec2"), None);
    }
}
