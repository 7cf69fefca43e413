//! Templates that are deployed together are read together, and templates that are not never are.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use lambda_lint::data::Date;
use lambda_lint::engine::{Finding, Selection};
use lambda_lint::source::{Source, Sources};
use lambda_lint::{Settings, lint};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The findings of a rule in files of these names and texts: `file: message (labels in: file, file) [guard]`, each file once.
fn found(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(Source::new(*name, *text));
    }
    let mut settings = Settings::new(Date::new(2026, 11, 22).unwrap());
    settings.selection = Selection::everything();
    let report = lint(&sources, &settings);
    let file = |source| sources.get(source).unwrap().name().to_owned();
    let show = |finding: &Finding| {
        let mut line = format!("{}: {}", file(finding.primary.span.source), finding.message);
        let labels: BTreeSet<String> = finding.labels.iter().map(|label| file(label.span.source)).collect();
        let _ = write!(line, " (labels in: {})", labels.into_iter().collect::<Vec<_>>().join(", "));
        if let Some(guard) = &finding.guard {
            let _ = write!(line, " [{guard}]");
        }
        line
    };
    report.findings.iter().filter(|finding| finding.rule == rule).map(show).collect()
}

const NONE: [String; 0] = [];

/// A queue, and a stack that reads it and may write to what it is told.
const PARENT: &str = "
Resources:
  Orders:
    Type: AWS::SQS::Queue
  Workers:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./stacks/workers.yaml
      Parameters:
        QueueArn: !GetAtt Orders.Arn
";

const WORKERS: &str = "
Parameters:
  QueueArn:
    Type: String
Resources:
  Work:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: python3.13
      Role: !GetAtt Role.Arn
      Code: {S3Bucket: b, S3Key: k}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: queue
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action:
                  - sqs:SendMessage
                  - sqs:ReceiveMessage
                  - sqs:DeleteMessage
                  - sqs:GetQueueAttributes
                Resource: !Ref QueueArn
  Trigger:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !Ref QueueArn
      FunctionName: !Ref Work
";

#[test]
fn a_loop_goes_through_a_nested_stack() {
    assert_eq!(
        found("recursive-trigger", &[("app/main.yaml", PARENT), ("app/stacks/workers.yaml", WORKERS)]),
        ["app/stacks/workers.yaml: `Work` writes to `Orders`, which triggers it \
          (labels in: app/main.yaml, app/stacks/workers.yaml)"]
    );
}

#[test]
fn a_nested_stack_in_the_middle_of_a_loop_is_labelled() {
    let parent = "
Resources:
  Results:
    Type: AWS::SNS::Topic
    Properties:
      Subscription:
        - {Protocol: lambda, Endpoint: !GetAtt Workers.Outputs.WorkArn}
  Allow:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !GetAtt Workers.Outputs.WorkArn
      Principal: sns.amazonaws.com
      SourceArn: !Ref Results
  Workers:
    Type: AWS::Serverless::Application
    Properties:
      Location: workers.yaml
      Parameters:
        TopicArn: !Ref Results
Transform: AWS::Serverless-2016-10-31
";
    let child = "
Transform: AWS::Serverless-2016-10-31
Parameters: {TopicArn: {Type: String}}
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      Runtime: python3.13
      CodeUri: .
      Policies:
        - Statement:
            - {Effect: Allow, Action: sns:Publish, Resource: !Ref TopicArn}
Outputs:
  WorkArn: {Value: !GetAtt Work.Arn}
";
    let files = [("main.yaml", parent), ("workers.yaml", child)];
    assert_eq!(
        found("recursive-trigger", &files),
        ["main.yaml: `Work` writes to `Results`, which triggers it \
          (labels in: main.yaml, workers.yaml)"]
    );
    assert_eq!(found("missing-permission", &files), NONE);
}

#[test]
fn a_loop_goes_through_an_export() {
    let queues = "
Resources:
  Orders:
    Type: AWS::SQS::Queue
Outputs:
  Arn:
    Value: !GetAtt Orders.Arn
    Export: {Name: !Sub '${Stage}-orders'}
Parameters: {Stage: {Type: String}}
";
    let workers = WORKERS
        .replace("!Ref QueueArn", "{'Fn::ImportValue': !Sub '${Stage}-orders'}")
        .replace("  QueueArn:\n", "  Stage:\n");
    let loops = |files: &[(&str, &str)]| found("recursive-trigger", files);
    assert_eq!(
        loops(&[("queues.yaml", queues), ("workers.yaml", &workers)]),
        ["workers.yaml: `Work` writes to `Orders`, which triggers it \
          (labels in: queues.yaml, workers.yaml)"]
    );
    // Which of two is meant cannot be said: the queue has no name that the user knows.
    let twice = loops(&[("queues.yaml", queues), ("workers.yaml", &workers), ("others.yaml", queues)]);
    assert!(twice.iter().all(|line| !line.contains("Orders")), "{twice:?}");
    // Every stack has a name of its own.
    let own = |text: &str| text.replace("${Stage}-orders", "${AWS::StackName}-orders");
    let apart = loops(&[("queues.yaml", &own(queues)), ("workers.yaml", &own(&workers))]);
    assert!(apart.iter().all(|line| !line.contains("Orders")), "{apart:?}");
}

/// A bucket that runs a function of another stack.
const BUCKET: &str = "
Parameters: {FunctionArn: {Type: String}}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        LambdaConfigurations:
          - {Event: s3:ObjectCreated:*, Function: !Ref FunctionArn}
Outputs:
  Arn: {Value: !GetAtt Uploads.Arn}
";

const FUNCTION: &str = "
Resources:
  Resize:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: python3.13
      Role: arn:aws:iam::123456789012:role/r
      Code: {S3Bucket: b, S3Key: k}
  Bucket:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: bucket.yaml
      Parameters:
        FunctionArn: !GetAtt Resize.Arn
";

const PERMISSION: &str = "
  Allow:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Resize
      Principal: s3.amazonaws.com
      SourceArn: !GetAtt Bucket.Outputs.Arn
";

#[test]
fn a_permission_may_be_in_the_other_stack() {
    let missing = |function: &str| found("missing-permission", &[("main.yaml", function), ("bucket.yaml", BUCKET)]);
    let line = "bucket.yaml: no permission lets S3 invoke `Resize` for `Uploads`, so the deployment fails \
                (labels in: main.yaml)";
    assert_eq!(missing(FUNCTION), [line]);
    assert_eq!(missing(&format!("{FUNCTION}{PERMISSION}")), NONE);
}

#[test]
fn what_is_in_a_stack_that_is_not_there_may_be_anything() {
    let elsewhere = "
  Uploads:
    Type: AWS::S3::Bucket
    Properties:
      NotificationConfiguration:
        LambdaConfigurations:
          - {Event: s3:ObjectCreated:*, Function: !GetAtt Resize.Arn}
";
    let main = format!("{FUNCTION}{elsewhere}");
    assert_eq!(found("missing-permission", &[("main.yaml", &main)]), NONE);
    // Beside a stack that is there it is missing.
    let files = [("main.yaml", &*main), ("bucket.yaml", "Resources: {T: {Type: AWS::SNS::Topic}}")];
    assert_eq!(found("missing-permission", &files).len(), 1);
    // A template that is nested twice is two stacks, and neither is looked into.
    let again = FUNCTION.split_once("  Bucket:\n").unwrap().1;
    let twice = format!("{main}  Again:\n{again}");
    let files = [("main.yaml", &*twice), ("bucket.yaml", "Resources: {T: {Type: AWS::SNS::Topic}}")];
    assert_eq!(found("missing-permission", &files), NONE);
    // Nor is one that is somewhere else, or that nests itself.
    let files = [("a/main.yaml", &*main), ("b/bucket.yaml", "Resources: {T: {Type: AWS::SNS::Topic}}")];
    assert_eq!(found("missing-permission", &files), NONE);
    let itself = main.replace("bucket.yaml", "main.yaml");
    assert_eq!(found("missing-permission", &[("main.yaml", &itself)]), NONE);
}

#[test]
fn what_a_parent_chooses_is_one_choice_for_all_its_stacks() {
    let parent = "
Parameters: {Stage: {Type: String}}
Resources:
  Code:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: code.yaml, Parameters: {Env: !Ref Stage, BucketArn: !GetAtt Data.Outputs.Arn}}
  Data:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: data.yaml, Parameters: {Name: !Ref Stage, FunctionArn: !GetAtt Code.Outputs.Arn}}
";
    let code = "
Parameters: {Env: {Type: String}, BucketArn: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  Resize:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: python3.13
      Role: arn:aws:iam::123456789012:role/r
      Code: {S3Bucket: b, S3Key: k}
  Allow:
    Type: AWS::Lambda::Permission
    Condition: IsProd
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Resize
      Principal: s3.amazonaws.com
      SourceArn: !Ref BucketArn
Outputs:
  Arn: {Value: !GetAtt Resize.Arn}
";
    let data = |condition: &str| {
        format!(
            "
Parameters: {{Name: {{Type: String, AllowedValues: [dev, prod]}}, FunctionArn: {{Type: String}}}}
Conditions: {{Chosen: {condition}}}
Resources:
  Uploads:
    Type: AWS::S3::Bucket
    Condition: Chosen
    Properties:
      NotificationConfiguration:
        LambdaConfigurations:
          - {{Event: s3:ObjectCreated:*, Function: !Ref FunctionArn}}
Outputs:
  Arn: {{Value: !GetAtt Uploads.Arn, Condition: Chosen}}
"
        )
    };
    let missing = |parent: &str, condition: &str| {
        found("missing-permission", &[("main.yaml", parent), ("code.yaml", code), ("data.yaml", &data(condition))])
    };
    assert_eq!(missing(parent, "!Equals [!Ref Name, prod]"), NONE);
    let lines = missing(parent, "!Equals [!Ref Name, dev]");
    assert_eq!(lines.len(), 1);
    assert!(lines[0].ends_with("[when IsProd is false]"), "{lines:?}");
    // A stage that is written out is no choice.
    let dev = parent.replace("!Ref Stage", "dev");
    assert_eq!(missing(&dev, "!Equals [!Ref Name, prod]"), NONE);
    let lines = missing(&dev, "!Equals [!Ref Name, dev]");
    assert_eq!(lines.len(), 1);
    assert!(!lines[0].contains("[when"), "{lines:?}");
}

#[test]
fn strangers_are_never_mixed() {
    let one = WORKERS
        .replace("sqs:SendMessage", "sqs:ChangeMessageVisibility")
        .replace("!Ref QueueArn", "!GetAtt Orders.Arn")
        + "\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: orders}\n";
    let other = WORKERS.replace("!Ref QueueArn", "!GetAtt Orders.Arn").split("  Trigger:").next().unwrap().to_owned()
        + "\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: orders}\n";
    // Together they would be a loop; nothing says that they are together.
    assert_eq!(found("recursive-trigger", &[("one.yaml", &one), ("other.yaml", &other)]), NONE);
    // In one stack that nests both they are two stacks, and each has its own queue under its logical id.
    let parent = "
Resources:
  One: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: one.yaml}}
  Other: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: other.yaml}}
";
    let unnamed = |text: &str| text.replace("QueueName: orders", "QueueName: !Sub '${AWS::StackName}-orders'");
    let files = [("main.yaml", parent), ("one.yaml", &*unnamed(&one)), ("other.yaml", &*unnamed(&other))];
    assert_eq!(found("recursive-trigger", &files), NONE);
}

#[test]
fn a_long_chain_of_stacks_and_a_wide_one_end() {
    let mut files = Vec::new();
    for index in 0..200 {
        let next = index + 1;
        let text = format!(
            "Parameters: {{P: {{Type: String}}}}\nResources:\n  Next:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      \
             TemplateURL: {next}.yaml\n      Parameters: {{P: !Sub '${{P}}${{P}}'}}\n  B: {{Type: AWS::S3::Bucket, Properties: {{BucketName: !Ref P}}}}\n"
        );
        files.push((format!("{index}.yaml"), text));
    }
    let files: Vec<_> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
    assert_eq!(found("recursive-trigger", &files), NONE);
}

/// A function and a queue with names of their own, and what sends to them.
const NAMED: &str = "
Resources:
  Work:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: shop-work
      Handler: index.handler
      Runtime: python3.13
      Role: !GetAtt Role.Arn
      Code: {S3Bucket: b, S3Key: k}
      DeadLetterConfig: {TargetArn: !GetAtt Orders.Arn}
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: shop-role
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
  Orders: {Type: AWS::SQS::Queue, Properties: {QueueName: shop-orders}}
  News: {Type: AWS::SNS::Topic}
  ToWork: {Type: AWS::SNS::Subscription, Properties: {Protocol: lambda, TopicArn: !Ref News, Endpoint: !GetAtt Work.Arn}}
  ToOrders: {Type: AWS::SNS::Subscription, Properties: {Protocol: sqs, TopicArn: !Ref News, Endpoint: !GetAtt Orders.Arn}}
";

#[test]
fn an_equal_name_in_another_template_silences_what_is_missing() {
    let other = "
Resources:
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: FUNCTION, Action: lambda:InvokeFunction, Principal: sns.amazonaws.com, SourceArn: 'arn:aws:sns:eu-west-1:123456789012:x'}}
  Policy: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: ['https://sqs.eu-west-1.amazonaws.com/123456789012/QUEUE'], PolicyDocument: {Statement: []}}}
  Rights: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, Roles: [ROLE], PolicyDocument: {Statement: [{Effect: Allow, Action: s3:GetObject, Resource: '*'}]}}}
";
    let missing = |function: &str, queue: &str, role: &str| {
        let other = other.replace("FUNCTION", function).replace("QUEUE", queue).replace("ROLE", role);
        let files = [("a.yaml", NAMED), ("b.yaml", other.as_str())];
        let count = |rule: &str| found(rule, &files).iter().filter(|line| line.starts_with("a.yaml")).count();
        (count("missing-permission"), count("queue-policy-missing"), count("role-missing-permission") > 0)
    };
    assert_eq!(missing("other", "other", "other"), (1, 1, true));
    assert_eq!(missing("shop-work", "other", "other"), (0, 1, true));
    assert_eq!(
        missing("arn:aws:lambda:eu-west-1:123456789012:function:shop-work:live", "other", "other"),
        (0, 1, true)
    );
    assert_eq!(missing("other", "shop-orders", "other"), (1, 0, true));
    assert_eq!(missing("other", "other", "shop-role"), (1, 1, false));
    // A name that only the deployment knows is no name.
    assert_eq!(missing("!Sub '${AWS::StackName}-work'", "other", "!Ref Shop"), (1, 1, true));
}
