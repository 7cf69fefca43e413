//! Policies that are none: a finding with a place, or nothing, and never a verdict on what they do not say.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use lambda_lint::data::Date;
use lambda_lint::engine::{Finding, Selection};
use lambda_lint::source::{Source, Sources};
use lambda_lint::{Settings, lint};

/// What is found in a template whose role has this as its `PolicyDocument`.
fn findings(document: &str) -> (Vec<Finding>, String) {
    let text = format!(
        "Parameters:
  Text: {{Type: String}}
Resources:
  Queue: {{Type: AWS::SQS::Queue}}
  Orders:
    Type: AWS::Lambda::Function
    Properties: {{Role: !GetAtt Role.Arn, Code: {{S3Bucket: a, S3Key: b}}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: sts:AssumeRole}}]
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]
      Policies:
        - PolicyName: own
          PolicyDocument: {document}
"
    );
    let mut sources = Sources::new();
    sources.add(Source::new("template.yaml", text.clone()));
    let mut settings = Settings::new(Date::new(2026, 11, 22).unwrap());
    settings.selection = Selection::everything();
    let found = lint(&sources, &settings).findings;
    let about_roles = |finding: &Finding| finding.rule.starts_with("role-") || finding.rule.starts_with("policy-");
    let opinion = |finding: &Finding| {
        ["role-inline-policy", "role-aws-managed-policy", "policy-old-version"].contains(&finding.rule)
    };
    (found.into_iter().filter(|finding| about_roles(finding) && !opinion(finding)).collect(), text)
}

#[test]
fn what_cannot_be_read_is_not_judged() {
    for document in [
        "!Ref Text",
        "!Sub '${Text}'",
        "!ImportValue policy",
        "'{{resolve:ssm:policy}}'",
        "{Fn::Transform: {Name: Own}}",
    ] {
        let (found, _) = findings(document);
        assert!(found.is_empty(), "{document}: {found:#?}");
    }
}

#[test]
fn what_iam_refuses_is_pointed_at() {
    for (document, at) in [
        ("[{Effect: Allow, Action: '*', Resource: '*'}]", "[{Effect: Allow, Action: '*', Resource: '*'}]"),
        ("{Version: '2012-10-17'}", "{Version: '2012-10-17'}"),
        ("{Statement: [everything]}", "everything"),
        ("{Statement: [[]]}", "[]"),
        ("{Statement: [{Effect: 1, Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*'}]}", "1"),
        ("{Statement: [{Effect: Allow, Action: 5, Resource: 'arn:aws:s3:::a/*'}]}", "5"),
        ("{Statement: [{Effect: Allow, Action: {a: b}, Resource: 'arn:aws:s3:::a/*'}]}", "{a: b}"),
        ("{Statement: {Effect: Allow, Action: 's3:GetObject'}}", "{Effect: Allow, Action: 's3:GetObject'}"),
    ] {
        let (found, text) = findings(document);
        let spelled: Vec<&str> = found.iter().map(|finding| &text[finding.primary.span.range()]).collect();
        assert!(found.iter().all(|finding| finding.rule == "policy-malformed"), "{document}: {found:#?}");
        assert!(spelled.iter().any(|bytes| at.starts_with(bytes) || bytes.starts_with(at)), "{document}: {spelled:?}");
    }
}

#[test]
fn json_in_a_text_is_read_where_it_can_be() {
    let (found, text) = findings(
        r#"!Sub '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'"#,
    );
    for finding in &found {
        assert!(finding.rule == "role-admin" && text[finding.primary.span.range()].contains('*'), "{finding:#?}");
    }
}

#[test]
fn everything_at_once_does_not_fall_over() {
    let nested = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for document in ["", "~", "5", "true", "[]", "{}", "{Statement: 5}", "{Statement: {}}", "{Statement: [~]}", &nested]
    {
        let (found, text) = findings(document);
        assert!(found.iter().all(|finding| finding.primary.span.range().end <= text.len()), "{document}");
        assert!(found.iter().all(|finding| finding.rule != "role-admin"), "{document}");
    }
}
