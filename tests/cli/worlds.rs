//! Which files beside the named ones are read, and which never are.

use crate::project::Project;

const PARENT: &str = "
Resources:
  Results: {Type: AWS::SNS::Topic}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: {Protocol: lambda, TopicArn: !Ref Results, Endpoint: !GetAtt Workers.Outputs.WorkArn}
  Workers:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: PATH}
";

const WORKERS: &str = "
Resources:
  Work:
    Type: AWS::Lambda::Function
    Properties: {Handler: i.h, Runtime: nodejs12.x, Role: 'arn:aws:iam::123456789012:role/r', Code: {S3Bucket: b, S3Key: k}}
Outputs:
  WorkArn: {Value: !GetAtt Work.Arn}
";

/// What is reported when only the parent in `app` is named: a permission is missing if and only if the nested stack was read.
fn reported(project: &Project, path: &str) -> String {
    project.write("repository/app/main.yaml", PARENT.replace("PATH", path).as_bytes());
    project.run(["check", "--format", "concise", "repository/app/main.yaml"]).stdout
}

const MISSING: &str = "repository/app/main.yaml:6:70: error[missing-permission] no permission lets SNS invoke `Work` for \
                       `Subscription`, so the topic's messages never reach it\n";

#[test]
fn a_nested_stack_is_read_where_it_lies_in_the_repository() {
    let files = [
        ("repository/.git/HEAD", ""),
        ("repository/app/workers.yaml", WORKERS),
        ("repository/workers.yaml", WORKERS),
        ("workers.yaml", WORKERS),
    ];
    let project = Project::new(&files);
    assert_eq!(reported(&project, "workers.yaml"), MISSING);
    assert_eq!(reported(&project, "../workers.yaml"), MISSING);
    assert_eq!(reported(&project, "../app/./workers.yaml"), MISSING);
    // Outside, or nowhere.
    assert_eq!(reported(&project, "../../workers.yaml"), "");
    assert_eq!(reported(&project, &project.path("repository/app/workers.yaml").display().to_string()), "");
    assert_eq!(reported(&project, "https://example.com/workers.yaml"), "");
    assert_eq!(reported(&project, "elsewhere.yaml"), "");
    assert_eq!(reported(&project, "."), "");
}

#[test]
fn without_a_repository_the_directory_is_the_limit() {
    let project = Project::new(&[("repository/app/sub/workers.yaml", WORKERS), ("repository/workers.yaml", WORKERS)]);
    assert_eq!(reported(&project, "sub/workers.yaml"), MISSING);
    assert_eq!(reported(&project, "../workers.yaml"), "");
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out() {
    let project =
        Project::new(&[("repository/.git/HEAD", ""), ("repository/w.yaml", WORKERS), ("workers.yaml", WORKERS)]);
    std::fs::create_dir_all(project.path("repository/app")).unwrap();
    std::os::unix::fs::symlink(project.path("workers.yaml"), project.path("repository/app/out.yaml")).unwrap();
    std::os::unix::fs::symlink(project.path("repository/w.yaml"), project.path("repository/app/in.yaml")).unwrap();
    assert_eq!(reported(&project, "out.yaml"), "");
    assert_eq!(reported(&project, "in.yaml"), MISSING);
}

#[test]
fn a_nested_stack_that_does_not_parse_is_no_error_of_the_parent() {
    let project = Project::new(&[("repository/app/workers.yaml", "Resources: [")]);
    assert_eq!(reported(&project, "workers.yaml"), "");
}

const MACHINE: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: PATH
      DefinitionSubstitutions: {WorkArn: !GetAtt Work.Arn}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.14
      Handler: app.handler
      CodeUri: src/
      Policies: [{StepFunctionsExecutionPolicy: {StateMachineName: !GetAtt Machine.Name}}]
";

const DEFINITION: &str =
    r#"{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "${WorkArn}", "End": true}}}"#;

#[test]
fn a_definition_is_reported_in_where_it_was_asked_for() {
    let files = [("app/do.asl.json", DEFINITION), ("outside.json", DEFINITION)];
    let project = Project::new(&files);
    let check = |paths: &[&str], definition: &str| {
        project.write("app/main.yaml", MACHINE.replace("PATH", definition).as_bytes());
        let arguments = ["check", "--format", "concise", "--select", "recursive-trigger"];
        project.run(arguments.iter().chain(paths).copied()).stdout
    };
    let expected = "app/do.asl.json:1:65: warning[recursive-trigger] `Work` starts `Machine`, which triggers it\n";
    assert_eq!(check(&["app"], "do.asl.json"), expected);
    assert_eq!(check(&["app/main.yaml", "app/do.asl.json"], "do.asl.json"), expected);
    assert_eq!(check(&["app/main.yaml"], "do.asl.json"), "");
    // What lies outside of what was named is not read.
    assert_eq!(check(&["app"], "../outside.json"), "");
}
