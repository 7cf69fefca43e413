//! What the resources of a service are: what people call them, and how a template names them in a policy.
//!
//! Sources: the "Actions, resources, and condition keys" pages of the services for the forms of ARNs, and the "Return
//! values" section of each type in the CloudFormation template reference for what gives the ARN; read 2026-11-22.

use crate::data::iam_actions::{self, Action};

/// A kind of resource that actions are about.
#[derive(Debug)]
pub struct Thing {
    /// The service in the names of its actions.
    pub service: &'static str,
    /// What people call it.
    pub noun: &'static str,
    /// The types of the table of actions that it stands for, each with what follows its ARN where that type is meant.
    pub types: &'static [(&'static str, &'static str)],
    /// CloudFormation's type of it; empty where a template does not make it.
    pub kind: &'static str,
    /// What gives its ARN in a template.
    pub arn: Arn,
}

/// What gives the ARN of a resource in a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arn {
    /// `Ref`.
    Ref,
    /// This attribute.
    Attribute(&'static str),
    /// Nothing by itself.
    Nothing,
}

const fn thing(
    service: &'static str,
    noun: &'static str,
    types: &'static [(&'static str, &'static str)],
    kind: &'static str,
    arn: Arn,
) -> Thing {
    Thing { service, noun, types, kind, arn }
}

use Arn::{Attribute, Nothing, Ref};

static THINGS: &[Thing] = &[
    thing("s3", "bucket", &[("bucket", ""), ("object", "/*")], "AWS::S3::Bucket", Attribute("Arn")),
    thing(
        "dynamodb",
        "table",
        &[("table", ""), ("index", "/index/*"), ("stream", "/stream/*")],
        "AWS::DynamoDB::Table",
        Attribute("Arn"),
    ),
    thing("sqs", "queue", &[("queue", "")], "AWS::SQS::Queue", Attribute("Arn")),
    thing("sns", "topic", &[("topic", "")], "AWS::SNS::Topic", Ref),
    thing("lambda", "function", &[("function", "")], "AWS::Lambda::Function", Attribute("Arn")),
    thing("states", "state machine", &[("statemachine", "")], "AWS::StepFunctions::StateMachine", Ref),
    // What is asked of an execution has the machine's name in its ARN, at another place.
    thing("states", "state machine", &[("execution", "")], "AWS::StepFunctions::StateMachine", Nothing),
    thing("events", "event bus", &[("event-bus", "")], "AWS::Events::EventBus", Attribute("Arn")),
    thing("kinesis", "stream", &[("stream", "")], "AWS::Kinesis::Stream", Attribute("Arn")),
    thing(
        "firehose",
        "delivery stream",
        &[("deliverystream", "")],
        "AWS::KinesisFirehose::DeliveryStream",
        Attribute("Arn"),
    ),
    thing("secretsmanager", "secret", &[("Secret", "")], "AWS::SecretsManager::Secret", Ref),
    thing("ssm", "parameter", &[("parameter", "")], "AWS::SSM::Parameter", Nothing),
    thing("kms", "key", &[("key", "")], "AWS::KMS::Key", Attribute("Arn")),
    thing("cognito-idp", "user pool", &[("userpool", "")], "AWS::Cognito::UserPool", Attribute("Arn")),
    thing("execute-api", "API", &[("execute-api-general", "")], "AWS::ApiGateway::RestApi", Nothing),
    thing("bedrock", "model", &[("foundation-model", "")], "", Nothing),
    thing(
        "bedrock",
        "knowledge base",
        &[("knowledge-base", "")],
        "AWS::Bedrock::KnowledgeBase",
        Attribute("KnowledgeBaseArn"),
    ),
    thing("ses", "identity", &[("identity", "")], "AWS::SES::EmailIdentity", Nothing),
    thing("logs", "log group", &[("log-group", ""), ("log-stream", "")], "AWS::Logs::LogGroup", Attribute("Arn")),
    thing("sts", "role", &[("role", "")], "AWS::IAM::Role", Attribute("Arn")),
    thing("iam", "role", &[("role", "")], "AWS::IAM::Role", Attribute("Arn")),
    thing("rds-data", "cluster", &[("cluster", "")], "AWS::RDS::DBCluster", Attribute("DBClusterArn")),
    thing("aoss", "collection", &[("Collection", "")], "AWS::OpenSearchServerless::Collection", Attribute("Arn")),
];

/// The things of a service, by the prefix of its actions.
pub fn of_service(service: &str) -> impl Iterator<Item = &'static Thing> {
    THINGS.iter().filter(move |thing| thing.service.eq_ignore_ascii_case(service))
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Thing> {
    THINGS.iter()
}

/// What people call the resources that a type in an ARN stands for.
#[must_use]
pub fn called(service: &str, kind: &str) -> Option<&'static str> {
    of_service(service).find(|thing| thing.has_type(kind)).map(|thing| thing.noun)
}

/// What people call the things that a pattern of actions is about.
#[must_use]
pub fn noun(pattern: &str) -> Option<&'static str> {
    let service = pattern.split_once(':').map_or("", |(service, _)| service);
    let Some(action) = iam_actions::action(pattern) else {
        // A pattern takes in actions on all kinds of things; one word for them is enough where there is one.
        let mut nouns: Vec<&str> = of_service(service).map(|thing| thing.noun).collect();
        nouns.dedup();
        return if let [one] = nouns.as_slice() { Some(one) } else { None };
    };
    of_service(service).find(|thing| thing.concerns(&action)).map(|thing| thing.noun)
}

impl Thing {
    /// Whether it stands for this type of the table of actions.
    #[must_use]
    pub fn has_type(&self, name: &str) -> bool {
        self.types.iter().any(|(known, _)| *known == name)
    }

    /// Whether an action is about it.
    #[must_use]
    pub fn concerns(&self, action: &Action) -> bool {
        action.service == self.service && action.resource_types().any(|name| self.has_type(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_one_of_its_service() {
        for thing in THINGS {
            let service = iam_actions::service(thing.service).unwrap();
            for (name, _) in thing.types {
                let known = service.actions().any(|action| action.resource_types().any(|own| own == *name));
                assert!(known, "{} {name}", thing.service);
            }
        }
    }

    #[test]
    fn things_have_names() {
        assert_eq!(called("dynamodb", "index"), Some("table"));
        assert_eq!(called("dynamodb", "job"), None);
        assert_eq!(noun("S3:getobject"), Some("bucket"));
        assert_eq!(noun("dynamodb:*"), Some("table"));
        assert_eq!(noun("states:Describe*"), Some("state machine"));
        assert_eq!(noun("bedrock:*"), None, "models and knowledge bases");
        assert_eq!(noun("*"), None);
    }
}
