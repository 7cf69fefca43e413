//! How resources are named: what `Ref` and `GetAtt` give, by type.
//!
//! Source: the "Return values" section of each type in the CloudFormation template reference.
//! Forms: `{name}` is the physical name, `{arn}` the ARN; `{region}`, `{account}`, `{partition}` the deployment's own.

/// How resources of one type are named.
#[derive(Debug)]
pub(super) struct Naming {
    /// The type.
    pub(super) kind: &'static str,
    /// The property that sets the physical name; empty when none does.
    pub(super) name: &'static str,
    /// The ARN's form; empty when there is none.
    pub(super) arn: &'static str,
    /// What `Ref` gives.
    pub(super) reference: &'static str,
    /// What `GetAtt` gives, beside `Arn`.
    pub(super) attributes: &'static [(&'static str, &'static str)],
}

const fn naming(
    kind: &'static str,
    name: &'static str,
    arn: &'static str,
    reference: &'static str,
    attributes: &'static [(&'static str, &'static str)],
) -> Naming {
    Naming { kind, name, arn, reference, attributes }
}

/// Sorted by type.
static NAMINGS: &[Naming] = &[
    naming(
        "AWS::ApiGateway::RestApi",
        "",
        "arn:{partition}:apigateway:{region}::/restapis/{name}",
        "{name}",
        &[("RestApiId", "{name}")],
    ),
    naming(
        "AWS::ApiGatewayV2::Api",
        "",
        "arn:{partition}:apigateway:{region}::/apis/{name}",
        "{name}",
        &[("ApiId", "{name}")],
    ),
    naming(
        "AWS::AppSync::Api",
        "",
        "arn:{partition}:appsync:{region}:{account}:apis/{ApiId}",
        "{arn}",
        &[("ApiArn", "{arn}")],
    ),
    naming("AWS::AppSync::GraphQLApi", "", "arn:{partition}:appsync:{region}:{account}:apis/{ApiId}", "{arn}", &[]),
    naming(
        "AWS::Bedrock::Agent",
        "",
        "arn:{partition}:bedrock:{region}:{account}:agent/{name}",
        "{name}",
        &[("AgentArn", "{arn}"), ("AgentId", "{name}")],
    ),
    naming(
        "AWS::CloudWatch::Alarm",
        "AlarmName",
        "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}",
        "{name}",
        &[],
    ),
    naming(
        "AWS::CloudWatch::CompositeAlarm",
        "AlarmName",
        "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}",
        "{name}",
        &[],
    ),
    naming(
        "AWS::CodeCommit::Repository",
        "RepositoryName",
        "arn:{partition}:codecommit:{region}:{account}:{name}",
        "{RepositoryId}",
        &[("Name", "{name}")],
    ),
    naming(
        "AWS::Cognito::UserPool",
        "",
        "arn:{partition}:cognito-idp:{region}:{account}:userpool/{name}",
        "{name}",
        &[("UserPoolId", "{name}")],
    ),
    naming(
        "AWS::Config::ConfigRule",
        "ConfigRuleName",
        "arn:{partition}:config:{region}:{account}:config-rule/{ConfigRuleId}",
        "{name}",
        &[],
    ),
    naming(
        "AWS::DynamoDB::GlobalTable",
        "TableName",
        "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
        "{name}",
        &[("StreamArn", "arn:{partition}:dynamodb:{region}:{account}:table/{name}/stream/{stream}")],
    ),
    naming(
        "AWS::DynamoDB::Table",
        "TableName",
        "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
        "{name}",
        &[("StreamArn", "arn:{partition}:dynamodb:{region}:{account}:table/{name}/stream/{stream}")],
    ),
    naming(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "",
        "arn:{partition}:elasticloadbalancing:{region}:{account}:{TargetGroupFullName}",
        "{arn}",
        &[("TargetGroupArn", "{arn}")],
    ),
    naming(
        "AWS::Events::EventBus",
        "Name",
        "arn:{partition}:events:{region}:{account}:event-bus/{name}",
        "{name}",
        &[("Name", "{name}")],
    ),
    naming("AWS::Events::Rule", "Name", "arn:{partition}:events:{region}:{account}:rule/{bus}{name}", "{name}", &[]),
    naming(
        "AWS::IAM::ManagedPolicy",
        "ManagedPolicyName",
        "arn:{partition}:iam::{account}:policy{path}{name}",
        "{arn}",
        &[("PolicyArn", "{arn}")],
    ),
    naming("AWS::IAM::Role", "RoleName", "arn:{partition}:iam::{account}:role{path}{name}", "{name}", &[]),
    naming("AWS::IoT::TopicRule", "RuleName", "arn:{partition}:iot:{region}:{account}:rule/{name}", "{name}", &[]),
    naming("AWS::KMS::Key", "", "arn:{partition}:kms:{region}:{account}:key/{name}", "{name}", &[("KeyId", "{name}")]),
    naming("AWS::Kinesis::Stream", "Name", "arn:{partition}:kinesis:{region}:{account}:stream/{name}", "{name}", &[]),
    naming(
        "AWS::KinesisFirehose::DeliveryStream",
        "DeliveryStreamName",
        "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}",
        "{name}",
        &[],
    ),
    naming(
        "AWS::Lambda::Function",
        "FunctionName",
        "arn:{partition}:lambda:{region}:{account}:function:{name}",
        "{name}",
        &[],
    ),
    naming(
        "AWS::Lambda::LayerVersion",
        "LayerName",
        "arn:{partition}:lambda:{region}:{account}:layer:{name}:{version}",
        "{arn}",
        &[("LayerVersionArn", "{arn}")],
    ),
    naming(
        "AWS::Logs::LogGroup",
        "LogGroupName",
        "arn:{partition}:logs:{region}:{account}:log-group:{name}:*",
        "{name}",
        &[],
    ),
    naming("AWS::S3::Bucket", "BucketName", "arn:{partition}:s3:::{name}", "{name}", &[]),
    naming(
        "AWS::SNS::Topic",
        "TopicName",
        "arn:{partition}:sns:{region}:{account}:{name}",
        "{arn}",
        &[("TopicArn", "{arn}"), ("TopicName", "{name}")],
    ),
    naming(
        "AWS::SQS::Queue",
        "QueueName",
        "arn:{partition}:sqs:{region}:{account}:{name}",
        "https://sqs.{region}.{suffix}/{account}/{name}",
        &[("QueueName", "{name}"), ("QueueUrl", "https://sqs.{region}.{suffix}/{account}/{name}")],
    ),
    naming("AWS::SecretsManager::Secret", "", "{opaque-arn}", "{opaque-arn}", &[("Id", "{opaque-arn}")]),
    naming(
        "AWS::Serverless::Api",
        "",
        "arn:{partition}:apigateway:{region}::/restapis/{name}",
        "{name}",
        &[("RestApiId", "{name}")],
    ),
    naming(
        "AWS::Serverless::Function",
        "FunctionName",
        "arn:{partition}:lambda:{region}:{account}:function:{name}",
        "{name}",
        &[],
    ),
    naming(
        "AWS::Serverless::HttpApi",
        "",
        "arn:{partition}:apigateway:{region}::/apis/{name}",
        "{name}",
        &[("ApiId", "{name}")],
    ),
    naming(
        "AWS::Serverless::LayerVersion",
        "LayerName",
        "arn:{partition}:lambda:{region}:{account}:layer:{name}:{version}",
        "{arn}",
        &[("LayerVersionArn", "{arn}")],
    ),
    naming(
        "AWS::Serverless::SimpleTable",
        "TableName",
        "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
        "{name}",
        &[],
    ),
    naming(
        "AWS::Serverless::StateMachine",
        "Name",
        "arn:{partition}:states:{region}:{account}:stateMachine:{name}",
        "{arn}",
        &[("Name", "{name}")],
    ),
    naming(
        "AWS::Serverless::WebSocketApi",
        "",
        "arn:{partition}:apigateway:{region}::/apis/{name}",
        "{name}",
        &[("ApiId", "{name}")],
    ),
    naming(
        "AWS::StepFunctions::StateMachine",
        "StateMachineName",
        "arn:{partition}:states:{region}:{account}:stateMachine:{name}",
        "{arn}",
        &[("Name", "{name}")],
    ),
    naming("AWS::Transfer::Server", "", "arn:{partition}:transfer:{region}:{account}:server/{ServerId}", "{arn}", &[]),
    naming(
        "AWS::VpcLattice::TargetGroup",
        "",
        "arn:{partition}:vpc-lattice:{region}:{account}:targetgroup/{Id}",
        "{arn}",
        &[],
    ),
];

/// How resources of this type are named, if the table knows.
pub(super) fn naming_of(kind: &str) -> Option<&'static Naming> {
    NAMINGS.binary_search_by(|naming| naming.kind.cmp(kind)).ok().and_then(|index| NAMINGS.get(index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_by_type() {
        assert!(NAMINGS.is_sorted_by_key(|naming| naming.kind));
    }
}
