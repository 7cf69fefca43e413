//! What fixes write, and what help says where a template shows what a function works with.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use lambda_lint::data::Date;
use lambda_lint::engine::{Applicability, Finding, Selection};
use lambda_lint::source::{Source, Sources};
use lambda_lint::{Settings, lint};

/// The findings of one rule in a template.
fn findings(rule: &str, name: &str, text: &str) -> Vec<Finding> {
    let mut sources = Sources::new();
    sources.add(Source::new(name, text));
    let mut settings = Settings::new(Date::new(2026, 11, 22).unwrap());
    settings.selection = Selection::everything();
    lint(&sources, &settings).findings.into_iter().filter(|finding| finding.rule == rule).collect()
}

/// The text with a finding's fix applied.
fn fixed(finding: &Finding, text: &str) -> Option<String> {
    let fix = finding.fix.as_ref()?;
    assert_eq!(fix.applicability, Applicability::Unsafe, "who may do what changes");
    let mut out = text.to_owned();
    for edit in &fix.edits {
        out.replace_range(edit.span.range(), &edit.text);
    }
    Some(out)
}

/// A function whose role has one statement, and what it may work with.
fn template(statement: &str, environment: &str) -> String {
    format!(
        "Resources:
  Uploads: {{Type: AWS::S3::Bucket}}
  Thumbs: {{Type: AWS::S3::Bucket}}
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      GlobalSecondaryIndexes: [{{IndexName: byDay}}]
  Resize:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
      Environment: {{Variables: {environment}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: work
          PolicyDocument:
            Statement:
              - {statement}
"
    )
}

const WILDCARD: &str = "role-resource-wildcard";

/// What the statement becomes, and what the help says.
fn narrowed(statement: &str, environment: &str) -> (Option<String>, String) {
    let text = template(statement, environment);
    let found = findings(WILDCARD, "template.yaml", &text);
    let [finding] = found.as_slice() else { panic!("{found:#?}") };
    let statement = fixed(finding, &text).map(|text| {
        let (_, statement) = text.split_once("Statement:\n              - ").unwrap();
        statement.trim_end().to_owned()
    });
    (statement, finding.help.clone().unwrap())
}

#[test]
fn the_wildcard_becomes_what_the_environment_names() {
    let (statement, help) =
        narrowed("{Effect: Allow, Action: 's3:GetObject', Resource: '*'}", "{BUCKET: !Ref Uploads}");
    assert_eq!(
        statement.as_deref(),
        Some("{Effect: Allow, Action: 's3:GetObject', Resource: !Sub \"${Uploads.Arn}/*\"}")
    );
    assert_eq!(
        help,
        "name what it works with, `Uploads` (`BUCKET` of its environment): `Resource: !Sub \"${Uploads.Arn}/*\"`"
    );
}

#[test]
fn an_item_of_a_list_is_replaced_by_one() {
    let statement = "{Effect: Allow, Action: dynamodb:GetItem, Resource: ['*']}";
    let (statement, _) = narrowed(statement, "{URL: !Sub 'https://example.com/${Orders}'}");
    assert_eq!(statement.as_deref(), Some("{Effect: Allow, Action: dynamodb:GetItem, Resource: [!GetAtt Orders.Arn]}"));
}

#[test]
fn an_index_is_named_where_the_table_has_one() {
    let statement =
        "{Effect: Allow, Action: [dynamodb:Query, dynamodb:Scan], Resource: 'arn:aws:dynamodb:*:*:table/*'}";
    let (statement, _) = narrowed(statement, "{TABLE: !GetAtt Orders.Arn}");
    assert!(
        statement.as_deref().unwrap().ends_with("Resource: [!GetAtt Orders.Arn, !Sub \"${Orders.Arn}/index/*\"]}"),
        "{statement:?}"
    );
}

#[test]
fn nothing_is_written_where_something_else_needs_the_wildcard() {
    for (statement, environment, words) in [
        // Another service, of which nothing is known.
        (
            "{Effect: Allow, Action: [s3:GetObject, ssm:GetParameter], Resource: '*'}",
            "{BUCKET: !Ref Uploads}",
            "in a statement of its own with `s3:GetObject`",
        ),
        // An action that takes nothing but the wildcard.
        (
            "{Effect: Allow, Action: [dynamodb:GetItem, dynamodb:ListTables], Resource: '*'}",
            "{TABLE: !Ref Orders}",
            "in a statement of its own with `dynamodb:GetItem`",
        ),
        // Two resources where one would have to become two.
        ("{Effect: Allow, Action: dynamodb:Query, Resource: ['*']}", "{TABLE: !Ref Orders}", "`Orders`"),
        // Nothing is shown.
        ("{Effect: Allow, Action: dynamodb:Query, Resource: '*'}", "{TABLE: orders}", "the ARN of `Orders`"),
        // Each action has its own bucket.
        (
            "{Effect: Allow, Action: [s3:GetObject, dynamodb:GetItem], Resource: '*'}",
            "{BUCKET: !Ref Uploads, TABLE: !Ref Orders}",
            "`s3:GetObject` on `Uploads` (`BUCKET` of its environment); `dynamodb:GetItem` on `Orders`",
        ),
    ] {
        let (fixed, help) = narrowed(statement, environment);
        assert_eq!(fixed, None, "{statement}");
        assert!(help.contains(words), "{statement}: {help}");
    }
}

#[test]
fn a_function_is_not_told_to_write_to_what_triggers_it() {
    let text = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Uploads: {Type: AWS::S3::Bucket}
  Resize:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - Statement:
            - {Effect: Allow, Action: [s3:PutObject, s3:GetObject], Resource: '*'}
      Events:
        Upload: {Type: S3, Properties: {Bucket: !Ref Uploads, Events: s3:ObjectCreated:*}}
";
    let found = findings(WILDCARD, "template.yaml", text);
    let [finding] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!(finding.fix, None);
    assert!(finding.help.as_ref().unwrap().ends_with("in a statement of its own with `s3:GetObject`"), "{finding:?}");
}

#[test]
fn json_is_written_in_json() {
    let text = r#"{"Resources": {
  "Orders": {"Type": "AWS::DynamoDB::Table", "Properties": {"GlobalSecondaryIndexes": [{"IndexName": "byDay"}]}},
  "Read": {"Type": "AWS::Lambda::Function", "Properties": {
    "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Environment": {"Variables": {"TABLE": {"Ref": "Orders"}}}}},
  "Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyName": "read", "PolicyDocument": {
    "Statement": [{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": ["*"]}]}}]}}
}}"#;
    let found = findings(WILDCARD, "template.json", text);
    let fixed = fixed(&found[0], text).unwrap();
    let read: serde_json::Value = serde_json::from_str(&fixed).expect(&fixed);
    let resource =
        &read["Resources"]["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0]["Resource"];
    assert_eq!(*resource, serde_json::json!([{"Fn::GetAtt": ["Orders", "Arn"]}, {"Fn::Sub": "${Orders.Arn}/index/*"}]));
    assert!(findings(WILDCARD, "template.json", &fixed).is_empty());
}

#[test]
fn who_may_do_everything_is_told_what_would_do() {
    let text = template("{Effect: Allow, Action: '*', Resource: '*'}", "{TABLE: !Ref Orders, BUCKET: !Ref Thumbs}");
    let found = findings("role-admin", "template.yaml", &text);
    assert_eq!(
        found[0].help.as_deref(),
        Some(
            "grant the actions that the function calls, such as `dynamodb:GetItem`, `dynamodb:PutItem` and \
             `dynamodb:Query` on `Orders` (`TABLE` of its environment), and `s3:GetObject` and `s3:PutObject` on \
             `Thumbs` (`BUCKET` of its environment)"
        )
    );
    let text = template("{Effect: Allow, Action: 'dynamodb:*', Resource: '*'}", "{TABLE: !Ref Orders}");
    let found = findings("role-service-wildcard", "template.yaml", &text);
    let help = found[0].help.as_ref().unwrap();
    assert!(help.contains("on `Orders` (`TABLE` of its environment): `Resource: [!GetAtt Orders.Arn,"), "{help}");
}
