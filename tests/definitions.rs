//! Definitions of state machines and APIs in files of their own: what a template names by its path is a part of it.

#![allow(clippy::unwrap_used, reason = "tests")]

use lambda_lint::data::Date;
use lambda_lint::engine::Selection;
use lambda_lint::source::{Source, Sources};
use lambda_lint::{Settings, lint};
use std::fmt::Write as _;

/// The findings of a rule in files of these names and texts: `file address: message`.
fn found(rule: &str, files: &[(&str, &str)]) -> Vec<String> {
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(Source::new(*name, *text));
    }
    let mut settings = Settings::new(Date::new(2026, 11, 22).unwrap());
    settings.selection = Selection::everything();
    let report = lint(&sources, &settings);
    let of_rule = report.findings.iter().filter(|finding| finding.rule == rule);
    let show = of_rule.map(|finding| {
        let file = sources.get(finding.primary.span.source).unwrap().name();
        format!("{file} {} {}: {}", finding.primary.address, finding.property, finding.message)
    });
    show.collect()
}

const NONE: [String; 0] = [];

const MACHINE: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: PATH
      DefinitionSubstitutions: {WorkArn: !GetAtt Work.Arn}
      Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Work}}]
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.14
      Handler: app.handler
      CodeUri: src/
      Policies: [{StepFunctionsExecutionPolicy: {StateMachineName: !GetAtt Machine.Name}}]
";

fn machine(path: &str) -> String {
    MACHINE.replace("PATH", path)
}

const JSON: &str = r#"{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "${WorkArn}", "End": true}}}"#;
const YAML: &str = "StartAt: Do\nStates:\n  Do:\n    Type: Task\n    Resource: ${WorkArn}\n    End: true\n";

#[test]
fn a_state_machine_in_a_file_is_a_state_machine() {
    let loops = |path: &str, name: &str, text: &str| {
        found("recursive-trigger", &[("app/template.yaml", &machine(path)), (name, text)])
    };
    for (name, text) in [("app/sm/do.asl.json", JSON), ("app/sm/do.asl.yaml", YAML)] {
        let path = name.strip_prefix("app/").unwrap();
        let expected = format!("{name} Machine States.Do.Resource: `Work` starts `Machine`, which triggers it");
        assert_eq!(loops(path, name, text), [expected]);
    }
    assert_eq!(loops("./sm/../do.json", "app/do.json", JSON).len(), 1);
    // What is not beside the template, is not there or is no definition says nothing.
    assert_eq!(loops("s3://bucket/do.json", "app/do.json", JSON), NONE);
    assert_eq!(loops("/app/do.json", "app/do.json", JSON), NONE);
    assert_eq!(loops("other.json", "app/do.json", JSON), NONE);
    assert_eq!(loops("do.json", "app/do.json", &JSON.replace("}}}", "}}")), NONE);
    assert_eq!(loops("do.json", "app/do.json", "[]"), NONE);
    assert_eq!(loops("do.json", "app/do.json", ""), NONE);
}

#[test]
fn what_is_named_in_a_file_is_triggered() {
    let untriggered = |files: &[(&str, &str)]| found("function-untriggered", files);
    let names_nothing = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: do.json, Role: 'arn:aws:iam::123456789012:role/r'}
  Work:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.14, Handler: app.handler, CodeUri: src/}
";
    let waits = r#"{"StartAt": "Do", "States": {"Do": {"Type": "Wait", "Seconds": 1, "End": true}}}"#;
    // Without the file the function may be in it.
    assert_eq!(untriggered(&[("template.yaml", names_nothing)]), NONE);
    let expected = "template.yaml Work : nothing in this template invokes `Work`";
    assert_eq!(untriggered(&[("template.yaml", names_nothing), ("do.json", waits)]), [expected]);
    let template = machine("do.json");
    assert_eq!(untriggered(&[("template.yaml", &template), ("do.json", JSON)]), NONE);
}

const API: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      DefinitionBody:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.yaml}}
  Work:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.14, Handler: app.handler, CodeUri: src/}
";

const OPEN_API: &str = "
openapi: 3.0.1
paths:
  /work:
    post:
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri:
          Fn::Sub: arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Work.Arn}/invocations
";

#[test]
fn an_included_definition_has_its_intrinsic_functions() {
    let missing = |api: &str| found("missing-permission", &[("template.yaml", API), ("api.yaml", api)]);
    let of = "no permission lets API Gateway invoke `Work` for";
    let findings = missing(OPEN_API);
    assert!(
        matches!(findings.as_slice(), [one] if one.starts_with("api.yaml Api") && one.contains(of)),
        "{findings:?}"
    );
    // Another's function is another's business.
    assert_eq!(missing(&OPEN_API.replace("Work.Arn", "Other.Arn")), NONE);
    // SAM uploads what `DefinitionUri` names as it is: the text is no ARN then.
    let uploaded = API.replace(
        "DefinitionBody:\n        Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.yaml}}",
        "DefinitionUri: api.yaml",
    );
    assert!(uploaded.contains("DefinitionUri"));
    assert_eq!(found("missing-permission", &[("template.yaml", &uploaded), ("api.yaml", OPEN_API)]), NONE);
}

#[test]
fn hostile_definitions_do_no_harm() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = level - 1;
        let items = format!("*a{before}, ").repeat(8);
        let _ = writeln!(bomb, "a{level}: &a{level} [{}]", items.trim_end_matches(", "));
    }
    let deep = format!("{{\"States\": {}1{}}}", "[".repeat(20_000), "]".repeat(20_000));
    for text in [bomb.as_str(), &deep, "States: &s {A: *s}\n", "\u{0}", "{\"States\": {\"\": {\"Resource\": null}}}"] {
        let _ = found("recursive-trigger", &[("template.yaml", &machine("do.yaml")), ("do.yaml", text)]);
    }
    // A template that is its own definition.
    let template = machine("template.yaml");
    assert_eq!(found("recursive-trigger", &[("template.yaml", &template)]), NONE);
}
