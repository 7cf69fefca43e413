//! The edges of small applications, as text.

use super::{EdgeKind, EventFlow, Sureness};
use crate::data::Date;
use crate::frontend::{self, Read};
use crate::model::World;
use crate::source::SourceId;

/// Builds the world of a SAM template with these resources, and hands its graph over.
fn with_flow<T>(resources: &str, look: impl FnOnce(&EventFlow) -> T) -> T {
    let text = format!("Transform: AWS::Serverless-2016-10-31\nResources:\n{resources}");
    let Read::Unit(unit) = frontend::read(SourceId(0), "template.yaml", &text, true) else {
        panic!("no template: {text}")
    };
    let world = World::new(vec![&*unit], Date::new(2026, 11, 22).unwrap());
    look(&EventFlow::of(&world))
}

/// A line for each edge that reaches something: `From -> To kind, sureness`.
fn edges(resources: &str) -> Vec<String> {
    with_flow(resources, |flow| {
        let name = |id| flow.node(id).map(|node| node.name.clone()).unwrap();
        let mut lines: Vec<String> = flow
            .edges
            .iter()
            .filter(|edge| !edge.gives.is_empty())
            .map(|edge| {
                let kind = match edge.kind {
                    EdgeKind::Trigger(_) => "trigger".to_owned(),
                    kind => format!("{kind:?}").to_lowercase(),
                };
                let sureness = edge.gives.iter().map(|(_, sureness)| *sureness).min().unwrap();
                format!("{} -> {} {kind}, {sureness:?}", name(edge.from), name(edge.to))
            })
            .collect();
        lines.sort();
        lines
    })
}

/// For each trigger on a cycle, the names of what the cycle passes, and how sure it is.
fn cycles(resources: &str) -> Vec<String> {
    with_flow(resources, |flow| {
        let mut search = flow.search();
        let mut out = Vec::new();
        for (index, edge) in flow.edges.iter().enumerate() {
            if !matches!(edge.kind, EdgeKind::Trigger(_)) {
                continue;
            }
            if let Some(cycle) = search.cycle(super::EdgeId(index)) {
                let names =
                    cycle.steps.iter().filter_map(|step| flow.edge(step.edge)).filter_map(|edge| flow.node(edge.from));
                let names: Vec<&str> = names.map(|node| &*node.name).collect();
                out.push(format!("{} ({:?})", names.join(" > "), cycle.sureness));
            }
        }
        out
    })
}

/// A function with these lines among its properties.
fn function(name: &str, properties: &str) -> String {
    let properties = properties.replace('\n', "\n      ");
    format!(
        "  {name}:\n    Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.14\n      Handler: a.b\n      CodeUri: src/\n      {properties}\n"
    )
}

fn may(action: &str, resource: &str) -> String {
    format!("Policies: [Statement: [{{Effect: Allow, Action: '{action}', Resource: {resource}}}]]\n")
}

#[test]
fn buckets_pass_their_events_on() {
    let resources = r"
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        TopicConfigurations: [{Event: 's3:ObjectCreated:*', Topic: !Ref News}]
        QueueConfigurations:
          - {Event: 's3:ObjectRemoved:*', Queue: !GetAtt Removed.Arn}
  News: {Type: AWS::SNS::Topic}
  Removed: {Type: AWS::SQS::Queue}
"
    .to_owned()
        + &function(
            "Work",
            &(may("s3:PutObject", "!Sub '${Uploads.Arn}/*'")
                + "Events:\n  A: {Type: SNS, Properties: {Topic: !Ref News}}\n  B: {Type: SQS, Properties: {Queue: !GetAtt Removed.Arn}}"),
        );
    // What the function puts causes no removal.
    assert_eq!(
        edges(&resources),
        [
            "News -> Work trigger, Configured",
            "Removed -> Work trigger, Configured",
            "Uploads -> News relay, Configured",
            "Uploads -> Removed relay, Configured",
            "Work -> Uploads write, Named",
        ]
    );
    assert_eq!(cycles(&resources), ["News > Work > Uploads (Named)"]);
}

#[test]
fn rules_take_the_events_of_their_bucket() {
    let of = |bucket: &str, detail: &str| {
        r"
  Uploads: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {EventBridgeConfiguration: {EventBridgeEnabled: true}}}}
  Silent: {Type: AWS::S3::Bucket}
"
        .to_owned()
            + &function(
                "Work",
                &(may("s3:PutObject", "!Sub '${Uploads.Arn}/*'")
                    + &format!(
                        "Events:\n  A:\n    Type: EventBridgeRule\n    Properties:\n      Pattern: {{source: [aws.s3], detail-type: [Object Created], detail: {{bucket: {{name: [!Ref {bucket}]}}{detail}}}}}"
                    )),
            )
    };
    assert_eq!(cycles(&of("Uploads", "")), ["Uploads > Work (Named)"]);
    assert_eq!(cycles(&of("Silent", "")), [""; 0]);
    assert_eq!(cycles(&of("Uploads", ", object: {key: [{prefix: in/}]}")), ["Uploads > Work (Unproven)"]);
    assert_eq!(cycles(&of("Uploads", "").replace("Object Created", "Object Deleted")), [""; 0]);
}

#[test]
fn two_functions_feed_each_other_s_buckets() {
    let of = |prefix: &str| {
        r"
  Raw: {Type: AWS::S3::Bucket}
  Done: {Type: AWS::S3::Bucket}
"
        .to_owned()
            + &function(
                "Clean",
                &(may("s3:PutObject", &format!("!Sub '${{Done.Arn}}/{prefix}*'"))
                    + "Events: {A: {Type: S3, Properties: {Bucket: !Ref Raw, Events: 's3:ObjectCreated:*'}}}"),
            )
            + &function(
                "Archive",
                &(may("s3:PutObject", "!Sub '${Raw.Arn}/*'")
                    + "Events: {A: {Type: S3, Properties: {Bucket: !Ref Done, Events: 's3:ObjectCreated:*', Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}}}}"),
            )
    };
    assert_eq!(cycles(&of("in/")), ["Raw > Clean > Done > Archive (Named)", "Done > Archive > Raw > Clean (Named)"]);
    assert_eq!(cycles(&of("")), ["Raw > Clean > Done > Archive (Unproven)", "Done > Archive > Raw > Clean (Unproven)"]);
    assert_eq!(cycles(&of("out/")), [""; 0]);
}

#[test]
fn replicas_and_logs_make_objects() {
    let of = |properties: &str| {
        format!("  Raw: {{Type: AWS::S3::Bucket, Properties: {properties}}}\n  Copy: {{Type: AWS::S3::Bucket}}\n")
            + &function(
                "Work",
                &(may("s3:PutObject", "!Sub '${Raw.Arn}/*'")
                    + "Events: {A: {Type: S3, Properties: {Bucket: !Ref Copy, Events: 's3:ObjectCreated:*'}}}"),
            )
    };
    let replicas = "{ReplicationConfiguration: {Rules: [{Status: Enabled, Destination: {Bucket: !GetAtt Copy.Arn}}]}}";
    assert_eq!(cycles(&of(replicas)), ["Copy > Work > Raw (Named)"]);
    assert_eq!(cycles(&of(&replicas.replace("Enabled", "Disabled"))), [""; 0]);
    assert_eq!(
        cycles(&of("{LoggingConfiguration: {DestinationBucketName: !Ref Copy}}")),
        ["Copy > Work > Raw (Named)"]
    );
    assert_eq!(cycles(&of("{LoggingConfiguration: {DestinationBucketName: other}}")), [""; 0]);
}

#[test]
fn a_polled_run_has_no_destination() {
    let of = |event: &str| {
        "  Orders: {Type: AWS::SQS::Queue}\n  News: {Type: AWS::SNS::Topic}\n".to_owned()
            + &function(
                "Work",
                &format!(
                    "EventInvokeConfig: {{DestinationConfig: {{OnSuccess: {{Type: SQS, Destination: !GetAtt Orders.Arn}}}}}}\nEvents:\n  A: {{Type: SQS, Properties: {{Queue: !GetAtt Orders.Arn}}}}\n{event}"
                ),
            )
            + &function("Other", &may("sns:Publish", "!Ref News"))
    };
    assert_eq!(cycles(&of("")), [""; 0]);
    // Run by the topic it has one, but nothing leads from the queue to the topic.
    assert_eq!(cycles(&of("  B: {Type: SNS, Properties: {Topic: !Ref News}}")), [""; 0]);
}

#[test]
fn the_surest_way_counts_and_its_uncertainties_add_up() {
    use Sureness::{Configured, Named, Unproven, Wildcard, WildcardUnproven};
    assert_eq!(Configured.and(Named), Named);
    assert_eq!(Unproven.and(Wildcard), WildcardUnproven);
    assert_eq!(Wildcard.and(Named), Wildcard);
    for one in Sureness::ALL {
        for other in Sureness::ALL {
            assert_eq!(one.and(other), other.and(one));
            assert!(one.and(other) >= one);
        }
    }
}

#[test]
fn deployments_that_exclude_each_other_close_no_loop() {
    let parameters = "  Orders: {Type: AWS::SQS::Queue}\n".to_owned()
        + &function(
            "Work",
            &(may("sqs:SendMessage", "!If [IsProd, !GetAtt Orders.Arn, 'arn:aws:sqs:eu-west-1:123456789012:x']")
                + "Events: {A: {Type: SQS, Properties: {Queue: !If [IsProd, 'arn:aws:sqs:eu-west-1:123456789012:x', !GetAtt Orders.Arn]}}}"),
        );
    let conditions = "\nParameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}\nConditions: {IsProd: !Equals [!Ref Stage, prod]}\n";
    assert_eq!(cycles(&(parameters + conditions)), [""; 0]);
}

#[test]
fn functions_start_what_runs_them() {
    let machine = r"
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineName: machine
      RoleArn: arn:aws:iam::123456789012:role/machine
      Definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt Work.Arn, End: true}}}
";
    let of = |resource: &str| machine.to_owned() + &function("Work", &may("states:StartExecution", resource));
    let own = "!Sub 'arn:aws:states:${AWS::Region}:${AWS::AccountId}:stateMachine:machine'";
    assert_eq!(edges(&of(own)), ["Machine -> Work trigger, Configured", "Work -> Machine write, Named"]);
    assert_eq!(cycles(&of(own)), ["Machine > Work (Named)"]);
    assert_eq!(cycles(&of("'*'")), ["Machine > Work (WildcardUnproven)"]);
    assert_eq!(cycles(&of(&own.replace(":machine'", ":other'"))), [""; 0]);
}

#[test]
fn topics_of_iot_are_patterns() {
    let of = |sql: &str, topics: &str| {
        function(
            "Work",
            &(may("iot:Publish", &format!("!Sub 'arn:aws:iot:${{AWS::Region}}:${{AWS::AccountId}}:topic/{topics}'"))
                + &format!("Events: {{A: {{Type: IoTRule, Properties: {{Sql: \"{sql}\"}}}}}}")),
        )
    };
    assert_eq!(cycles(&of("SELECT * FROM 'a/+/in'", "a/b/in")), ["a/*/in > Work (Named)"]);
    assert_eq!(cycles(&of("SELECT * FROM 'a/+/in' WHERE x > 1", "a/b/in")), ["a/*/in > Work (Unproven)"]);
    assert_eq!(cycles(&of("SELECT * FROM 'a/+/in'", "a/*")), ["a/*/in > Work (Unproven)"]);
    assert_eq!(cycles(&of("SELECT * FROM 'a/+/in'", "a/b/out")), [""; 0]);
    assert_eq!(cycles(&of("SELECT * FROM 'a/#'", "*")), ["a/* > Work (WildcardUnproven)"]);
}

#[test]
fn pipes_read_and_send() {
    let of = |state: &str, filter: &str| {
        format!(
            r"
  In: {{Type: AWS::SQS::Queue}}
  Out: {{Type: AWS::SNS::Topic}}
  Pipe:
    Type: AWS::Pipes::Pipe
    Properties:
      RoleArn: arn:aws:iam::123456789012:role/pipe
      Source: !GetAtt In.Arn
      Target: !Ref Out
      DesiredState: {state}
{filter}"
        ) + &function(
            "Work",
            &(may("sqs:SendMessage", "!GetAtt In.Arn") + "Events: {A: {Type: SNS, Properties: {Topic: !Ref Out}}}"),
        )
    };
    assert_eq!(cycles(&of("RUNNING", "")), ["Out > Work > In (Named)"]);
    assert_eq!(cycles(&of("STOPPED", "")), [""; 0]);
    let filter = "      SourceParameters: {FilterCriteria: {Filters: [{Pattern: '{\"body\": {\"a\": [1]}}'}]}}\n";
    assert_eq!(cycles(&of("RUNNING", filter)), ["Out > Work > In (Unproven)"]);
}

#[test]
fn a_subscription_of_the_account_takes_every_log() {
    let of = |criteria: &str| {
        format!(
            r#"
  Policy:
    Type: AWS::Logs::AccountPolicy
    Properties:
      PolicyName: all
      PolicyType: SUBSCRIPTION_FILTER_POLICY
      PolicyDocument: '{{"DestinationArn": "arn:aws:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:work", "FilterPattern": ""}}'
{criteria}"#
        )
        .replace("'{", "!Sub '{")
            + &function("Work", "FunctionName: work")
    };
    assert_eq!(cycles(&of("")), ["every log group > Work (Configured)"]);
    let but = |name: &str| format!("      SelectionCriteria: 'LogGroupName NOT IN [\"/aws/lambda/{name}\"]'\n");
    assert_eq!(cycles(&of(&but("work"))), [""; 0]);
    assert_eq!(cycles(&of(&but("other"))), ["every log group > Work (Configured)"]);
    assert_eq!(cycles(&of("      SelectionCriteria: !ImportValue criteria\n")), [""; 0]);
}

#[test]
fn a_right_to_call_the_own_api_is_never_certain() {
    let of = |resource: &str| {
        "  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP, Target: !GetAtt Work.Arn}}\n"
            .to_owned()
            + &function("Work", &may("execute-api:Invoke", resource))
    };
    assert_eq!(cycles(&of("'*'")), [""; 0]);
    let own = "!Sub 'arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*'";
    assert_eq!(cycles(&of(own)), ["Api > Work (Unproven)"]);
    assert_eq!(cycles(&of(&own.replace("${Api}", "other"))), [""; 0]);
}

#[test]
fn deletes_are_told_from_puts_by_the_name_of_the_event() {
    let of = |action: &str, name: &str| {
        format!(
            r"
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{{AttributeName: id, KeyType: HASH}}]
      AttributeDefinitions: [{{AttributeName: id, AttributeType: S}}]
      BillingMode: PAY_PER_REQUEST
      StreamSpecification: {{StreamViewType: NEW_IMAGE}}
{}",
            function(
                "Work",
                &(may(action, "!GetAtt Orders.Arn")
                    + &format!(
                        "Events: {{A: {{Type: DynamoDB, Properties: {{Stream: !GetAtt Orders.StreamArn, StartingPosition: LATEST, FilterCriteria: {{Filters: [{{Pattern: '{{\"eventName\": [\"{name}\"]}}'}}]}}}}}}}}"
                    ))
            )
        )
    };
    assert_eq!(cycles(&of("dynamodb:DeleteItem", "REMOVE")), ["Orders > Work (Unproven)"]);
    assert_eq!(cycles(&of("dynamodb:DeleteItem", "INSERT")), [""; 0]);
    assert_eq!(cycles(&of("dynamodb:PartiQLUpdate", "MODIFY")), ["Orders > Work (Unproven)"]);
    assert_eq!(cycles(&of("dynamodb:PartiQLUpdate", "INSERT")), [""; 0]);
}

/// `count` queues, each of which runs a function that may send to the queues with these numbers.
fn queues(count: usize, to: impl Fn(usize) -> String) -> String {
    (0..count)
        .map(|number| {
            format!("  Queue{number}: {{Type: AWS::SQS::Queue}}\n")
                + &function(
                    &format!("Work{number}"),
                    &(may("sqs:SendMessage", &to(number))
                        + &format!("Events: {{A: {{Type: SQS, Properties: {{Queue: !GetAtt Queue{number}.Arn}}}}}}")),
                )
        })
        .collect()
}

#[test]
fn a_complete_graph_needs_few_steps() {
    let count = 100;
    with_flow(&queues(count, |_| "'*'".to_owned()), |flow| {
        assert_eq!(flow.edges.len(), count + count * count);
        let loops = flow.loops_within(count * count * 4);
        assert!(!loops.cut && loops.found.len() == count, "{} of {count}", loops.found.len());
    });
}

#[test]
fn a_large_application_needs_few_steps() {
    let count = 200;
    let to = |number: usize| {
        let queues = (0..9).map(|step| format!("!GetAtt Queue{}.Arn", (number * 7 + step * step * 13 + 1) % count));
        format!("[{}]", queues.collect::<Vec<_>>().join(", "))
    };
    with_flow(&queues(count, to), |flow| {
        let loops = flow.loops_within(count * flow.edges.len());
        assert!(!loops.cut && loops.found.len() == count, "{} of {count}", loops.found.len());
        // Random as it is, no way back is long.
        assert!(loops.found.iter().all(|(_, cycle)| cycle.steps.len() <= 14));
    });
}

#[test]
fn a_search_that_is_cut_says_so() {
    let count = 60;
    let ring = queues(count, |number| format!("!GetAtt Queue{}.Arn", (number + 1) % count));
    with_flow(&ring, |flow| {
        let whole = flow.loops_within(count * count * 4);
        assert!(!whole.cut && whole.found.len() == count);
        let cut = flow.loops_within(count * 10);
        assert!(cut.cut && !cut.found.is_empty() && cut.found.len() < count);
    });
}

#[test]
fn a_state_machine_sends_without_a_function() {
    let machine = |states: &str, start: &str| {
        format!(
            "  Machine:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Role: arn:aws:iam::123456789012:role/r\n      DefinitionSubstitutions: {{Url: !Ref Orders}}\n      Definition:\n        StartAt: {start}\n        States:\n          {}\n  Orders: {{Type: AWS::SQS::Queue}}\n  Table: {{Type: AWS::DynamoDB::Table}}\n  Files: {{Type: AWS::S3::Bucket}}\n  Done: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{source: [shop], detail-type: [done]}}, Targets: [{{Id: a, Arn: !GetAtt Orders.Arn}}]}}}}\n  Read: {{Type: AWS::Serverless::Function, Properties: {{Runtime: python3.14, Handler: a.b, CodeUri: src/, Events: {{A: {{Type: SQS, Properties: {{Queue: !GetAtt Orders.Arn}}}}}}}}}}\n",
            states.replace('\n', "\n          ")
        )
    };
    let task = |name: &str, resource: &str, parameters: &str, next: &str| {
        format!("{name}: {{Type: Task, Resource: 'arn:aws:states:::{resource}', Parameters: {parameters}, {next}}}\n")
    };
    let straight = task("A", "sqs:sendMessage.waitForTaskToken", "{QueueUrl: '${Url}'}", "Next: B")
        + &task("B", "dynamodb:putItem", "{TableName: !Ref Table}", "Next: C")
        + &task("C", "aws-sdk:s3:putObject", "{Bucket: !Ref Files, Key: x}", "End: true");
    assert_eq!(
        edges(&machine(&straight, "A")).into_iter().filter(|line| line.starts_with("Machine")).collect::<Vec<_>>(),
        ["Machine -> Orders relay, Configured"]
    );
    // What a choice leads to is not certain, and an event that no rule takes leads nowhere.
    let choice = "A: {Type: Choice, Choices: [], Default: B}\n".to_owned()
        + &task("B", "states:startExecution.sync:2", "{StateMachineArn: !Ref Machine}", "End: true");
    assert!(edges(&machine(&choice, "A")).contains(&"Machine -> Machine relay, Unproven".to_owned()));
    let event = |source: &str, kind: &str| {
        let parameters = format!("{{Entries: [{{Source: {source}, DetailType: {kind}}}]}}");
        let lines = edges(&machine(&task("A", "events:putEvents", &parameters, "End: true"), "A"));
        lines.into_iter().filter(|line| line.starts_with("Machine")).collect::<Vec<_>>()
    };
    assert_eq!(event("shop", "done"), ["Machine -> default relay, Unproven"]);
    assert_eq!(event("shop", "begun"), [""; 0]);
    assert_eq!(event("other", "done"), [""; 0]);
}
