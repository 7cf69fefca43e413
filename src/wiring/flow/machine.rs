//! What state machines send on without a function between: messages, events, items, objects, other executions.
//!
//! Source: the optimized and the SDK integrations of Step Functions,
//! <https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html>, retrieved 2026-11-23.

use super::EdgeKind;
use super::build::{Draft, Drafts};
use super::port::{Brings, Takes};
use crate::engine::Address;
use crate::model::{Resource, states, substituted};
use crate::value::{Data, Text, Value};

/// What a task sends to.
enum To {
    /// The resource of this type that a parameter names, by its name, its URL or its ARN.
    Named(&'static str, &'static str),
    /// The bus of each entry; the default one where it names none.
    Bus,
    /// The bucket that a parameter names.
    Bucket(&'static str),
}

use To::{Bucket, Bus, Named};

const QUEUE: To = Named("QueueUrl", "AWS::SQS::Queue");
const TOPIC: To = Named("TopicArn", "AWS::SNS::Topic");
const TABLE: To = Named("TableName", "AWS::DynamoDB::Table");
const STREAM: To = Named("StreamName", "AWS::Kinesis::Stream");
const DELIVERY: To = Named("DeliveryStreamName", "AWS::KinesisFirehose::DeliveryStream");
const MACHINE: To = Named("StateMachineArn", "AWS::StepFunctions::StateMachine");

/// What tasks send, by their `Resource` behind `:states:::`, without how they wait.
const TASKS: &[(&str, To)] = &[
    ("aws-sdk:dynamodb:deleteItem", TABLE),
    ("aws-sdk:dynamodb:putItem", TABLE),
    ("aws-sdk:dynamodb:updateItem", TABLE),
    ("aws-sdk:eventbridge:putEvents", Bus),
    ("aws-sdk:firehose:putRecord", DELIVERY),
    ("aws-sdk:firehose:putRecordBatch", DELIVERY),
    ("aws-sdk:kinesis:putRecord", STREAM),
    ("aws-sdk:kinesis:putRecords", STREAM),
    ("aws-sdk:s3:copyObject", Bucket("Bucket")),
    ("aws-sdk:s3:putObject", Bucket("Bucket")),
    ("aws-sdk:sfn:startExecution", MACHINE),
    ("aws-sdk:sfn:startSyncExecution", MACHINE),
    ("aws-sdk:sns:publish", TOPIC),
    ("aws-sdk:sqs:sendMessage", QUEUE),
    ("dynamodb:deleteItem", TABLE),
    ("dynamodb:putItem", TABLE),
    ("dynamodb:updateItem", TABLE),
    ("events:putEvents", Bus),
    ("sns:publish", TOPIC),
    ("sqs:sendMessage", QUEUE),
    ("states:startExecution", MACHINE),
];

/// What a task with this `Resource` sends to.
fn sends(resource: &Text) -> Option<&'static To> {
    let (_, task) = resource.around(":states:::")?;
    let task = task.as_literal()?;
    // `.sync`, `.sync:2`, `.waitForTaskToken`.
    let task = task.split_once('.').map_or(task, |(task, _)| task);
    TASKS.iter().find(|(name, _)| *name == task).map(|(_, to)| to)
}

impl<'a> Drafts<'_, 'a> {
    /// The edges from a state machine to what its tasks send to.
    pub(super) fn machine(&mut self, machine: &'a Resource) {
        for state in states(machine) {
            let written = state.body.get("Resource");
            if written.is_unset() || written.cases().is_empty() {
                continue;
            }
            let words = format!("state `{}` sends here", state.name);
            for (resource, _, _) in substituted(machine, &written).set() {
                let Some(to) = sends(resource) else { continue };
                for arguments in ["Parameters", "Arguments"] {
                    let arguments = state.body.get(arguments);
                    if !arguments.is_unset() && !arguments.cases().is_empty() {
                        self.sends(machine, &arguments, to, state.is_certain, &words);
                    }
                }
            }
        }
    }

    fn sends(&mut self, machine: &'a Resource, arguments: &Value<&'a Data>, to: &To, is_certain: bool, words: &str) {
        match to {
            Named(parameter, kind) => {
                for (text, span, when) in substituted(machine, &arguments.get(parameter)).set() {
                    let Some(resource) = self.world.resource_named(kind, text) else { continue };
                    let Some(arn) = resource.names.arn.clone() else { continue };
                    let words = match *kind {
                        "AWS::StepFunctions::StateMachine" => words.replace("sends here", "starts an execution"),
                        _ => words.to_owned(),
                    };
                    self.sent(machine, &arn, Brings::Messages, Draft::at(span, when, is_certain, words));
                }
            }
            Bus => {
                for entry in arguments.get("Entries").items(true).0 {
                    let literal = |key: &str| entry.get(key).literals().only().map(|text| text.as_str().into());
                    let brings = Brings::Put { source: literal("Source"), kind: literal("DetailType") };
                    let named = entry.get("EventBusName");
                    let at = |span, when| Draft::at(span, when, is_certain, words.to_owned());
                    if named.is_unset() {
                        let arn = super::build::own_bus(&Text::literal("default"));
                        self.sent(machine, &arn, brings, at(entry.span(), &machine.when));
                        continue;
                    }
                    for (name, span, when) in substituted(machine, &named).set() {
                        let arn = self.bus_arn(name);
                        self.sent(machine, &arn, brings.clone(), at(span, when));
                    }
                }
            }
            Bucket(parameter) => {
                for (name, span, when) in substituted(machine, &arguments.get(parameter)).set() {
                    let Some(arn) = self.bucket_arn(name) else { continue };
                    let brings = Brings::Objects(arn.canonical().with("/*"));
                    self.sent(machine, &arn, brings, Draft::at(span, when, is_certain, words.to_owned()));
                }
            }
        }
    }

    fn sent(&mut self, machine: &Resource, to: &Text, brings: Brings, draft: Draft) {
        let Some(from) = machine.names.arn.as_ref().and_then(|arn| self.channel(arn)) else { return };
        let Some(to) = self.channel(to) else { return };
        let by: Option<Address> = Some(machine.address.clone());
        self.list.push(Draft { from, to, takes: Takes::Everything, brings, kind: EdgeKind::Relay, by, ..draft });
    }
}
