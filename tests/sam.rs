//! What SAM makes of templates, and where it says that it comes from.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use lambda_lint::frontend::{Read, Unit, read};
use lambda_lint::model::{Origin, Resource};
use lambda_lint::source::{SourceId, Span};

fn template(text: &str) -> Unit {
    match read(SourceId(0), "template.yaml", text, true) {
        Read::Unit(unit) => *unit,
        Read::NotOurs(why) => panic!("not a template: {why:?}"),
    }
}

fn resource<'u>(unit: &'u Unit, address: &str) -> &'u Resource {
    unit.resources.iter().find(|resource| &*resource.address == address).unwrap_or_else(|| panic!("no {address}"))
}

fn at(text: &str, span: Span) -> &str {
    &text[span.range()]
}

const SMALL: &str = "\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.9
    Timeout: 5
    Environment: {Variables: {A: inherited, B: inherited}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      InlineCode: pass
      Timeout: 7
      Environment: {Variables: {B: own}}
      Policies:
        - S3ReadPolicy: {BucketName: !Ref Bucket}
      Events:
        Upload: {Type: S3, Properties: {Bucket: !Ref Bucket, Events: 's3:ObjectCreated:*'}}
        Poll: {Type: SQS, Properties: {Queue: arn:aws:sqs:us-east-1:111122223333:q}}
  Bucket:
    Type: AWS::S3::Bucket
";

#[test]
fn what_is_inherited_is_in_globals_and_what_is_own_wins() {
    let unit = template(SMALL);
    let function = resource(&unit, "Fn");
    assert_eq!(&*function.kind, "AWS::Lambda::Function");
    assert!(function.origin.is_written());
    let runtime = function.get("Runtime");
    assert_eq!(at(SMALL, runtime.span()), "python3.9");
    assert!((runtime.span().start as usize) < SMALL.find("Resources:").unwrap());
    assert_eq!(function.get("Timeout").integers().only(), Some(&7));
    let variable = |name: &str| function.get(&format!("Environment.Variables.{name}")).literals().only().cloned();
    assert_eq!(variable("A").as_deref(), Some("inherited"));
    assert_eq!(variable("B").as_deref(), Some("own"));
}

#[test]
fn what_sam_makes_says_so_and_points_at_its_cause() {
    let unit = template(SMALL);
    let made = |address: &str, kind: &str, span: &str| {
        let resource = resource(&unit, address);
        assert_eq!(&*resource.kind, kind);
        assert_eq!(resource.origin, Origin::Made { by: "SAM", from: "Fn".into() });
        assert_eq!(at(SMALL, resource.span), span, "{address}");
    };
    made("FnRole", "AWS::IAM::Role", "Policies");
    made("FnUploadPermission", "AWS::Lambda::Permission", "Upload");
    made("FnPoll", "AWS::Lambda::EventSourceMapping", "Poll");
    let role = resource(&unit, "FnRole");
    let (managed, _) = role.get("ManagedPolicyArns").items(false);
    let managed: Vec<String> = managed.iter().map(|arn| arn.text().only().unwrap().to_string()).collect();
    assert!(managed[0].ends_with("AWSLambdaBasicExecutionRole"), "{managed:?}");
    assert!(managed[1].ends_with("AWSLambdaSQSQueueExecutionRole"), "{managed:?}");
    let (policies, closed) = role.get("Policies").items(false);
    assert!(closed);
    let statements = policies[0].get("PolicyDocument.Statement");
    assert_eq!(at(SMALL, statements.span()), "S3ReadPolicy: {BucketName: !Ref Bucket}");
}

#[test]
fn the_bucket_that_the_user_wrote_gets_the_notification() {
    let unit = template(SMALL);
    let bucket = resource(&unit, "Bucket");
    assert!(bucket.origin.is_written());
    let (entries, closed) = bucket.get("NotificationConfiguration.LambdaConfigurations").items(false);
    assert_eq!((entries.len(), closed), (1, true));
    assert_eq!(entries[0].get("Event").literals().only().map(String::as_str), Some("s3:ObjectCreated:*"));
    assert!(at(SMALL, entries[0].span()).starts_with("Upload:"));
    let function = resource(&unit, "Fn");
    let target = entries[0].get("Function");
    assert_eq!(target.text().only().copied(), function.names.arn.as_ref());
}

#[test]
fn a_role_that_is_given_is_the_only_one() {
    let text = SMALL.replace("      Timeout: 7\n", "      Role: arn:aws:iam::111122223333:role/mine\n");
    let unit = template(&text);
    assert!(unit.resources.iter().all(|resource| resource.kind.as_ref() != "AWS::IAM::Role"));
}

#[test]
fn wrong_shapes_leave_the_rest() {
    for broken in [
        "Policies: {Unknown: 1}",
        "Policies: [[a], 5, {S3ReadPolicy: x}]",
        "Events: [a, b]",
        "Events: {A: 5, B: {Type: [x]}, C: {Type: Api, Properties: 7}, D: {Type: Kinesis}}",
        "Environment: text",
        "DeadLetterQueue: x",
        "EventInvokeConfig: [1]",
        "FunctionUrlConfig: 3",
        "CapacityProviderConfig: a\n      DeploymentPreference: 5",
        "AutoPublishAlias: {a: b}",
        "CodeUri: [x]",
    ] {
        let text = SMALL.replace("      Timeout: 7\n", &format!("      {broken}\n"));
        let text = if broken.starts_with("Policies") {
            text.replace("      Policies:\n        - S3ReadPolicy: {BucketName: !Ref Bucket}\n", "")
        } else {
            text
        };
        let unit = template(&text);
        let function = resource(&unit, "Fn");
        assert_eq!(function.get("Handler").literals().only().map(String::as_str), Some("app.handler"), "{broken}");
        if broken.starts_with("Policies") {
            let (_, closed) = resource(&unit, "FnRole").get("Policies").items(false);
            assert!(!closed, "what cannot be read may be anything: {broken}");
        }
    }
}

#[test]
fn an_alias_is_what_events_run() {
    let text = SMALL.replace("      Timeout: 7\n", "      AutoPublishAlias: live\n")
        + "    Properties: {Tags: [{Key: runs, Value: !Ref FnAliaslive}]}\n";
    let unit = template(&text);
    let (tags, _) = resource(&unit, "Bucket").get("Tags").items(false);
    let named = tags[0].get("Value").text().only().unwrap().to_string();
    assert!(named.ends_with("function:${Fn}:live"), "{named}");
    let alias = resource(&unit, "FnAliaslive");
    assert_eq!(&*alias.kind, "AWS::Lambda::Alias");
    let permission = resource(&unit, "FnUploadPermission");
    assert!(permission.get("FunctionName").text().only().unwrap().to_string().ends_with("function:${Fn}:live"));
}
