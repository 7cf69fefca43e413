//! The whole pipeline on input that nobody sane writes: it ends, in bounded time, with a report.

#![allow(clippy::unwrap_used, clippy::format_push_string, reason = "a test fails by panicking")]

use lambda_lint::data::Date;
use lambda_lint::engine::Selection;
use lambda_lint::report::{Format, Report, Style, write};
use lambda_lint::source::{Source, Sources};
use lambda_lint::{Settings, lint};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Lints one text at every level and writes the report in every format.
fn run(name: &str, text: &str) -> Report {
    let mut sources = Sources::new();
    sources.add(Source::new(name, text));
    let mut settings = Settings::new(Date::new(2026, 11, 22).unwrap());
    settings.selection = Selection::everything();
    settings.alone = true;
    let report = lint(&sources, &settings);
    for format in [Format::Text, Format::Concise, Format::Json] {
        let mut out = Vec::new();
        write(&report, &sources, format, Style::PLAIN, &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(!out.chars().any(|c| c.is_control() && c != '\n'), "no raw control characters");
    }
    report
}

fn rules(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn broken_files_are_findings() {
    assert_eq!(rules(&run("a.yaml", "Resources:\n  A: [")), ["template-syntax"]);
    assert_eq!(rules(&run("a.json", "{\"Resources\": ")), ["template-syntax"]);
    assert_eq!(rules(&run("a.yaml", "Resources:\n\tA: 1")), ["template-syntax"]);
    assert_eq!(rules(&run("a.yaml", "Resources: \u{0}")), ["template-syntax"]);
}

#[test]
fn what_is_not_ours_is_skipped() {
    for text in ["", "\u{feff}", "# only a comment\n", "---\n", "[]", "{}", "just text", "a: 1\n---\nb: 2\n", "null"] {
        let report = run("a.yaml", text);
        assert!(report.findings.is_empty() && report.skipped.len() == 1, "{text:?}: {:?}", report.findings);
    }
}

#[test]
fn a_bom_and_crlf_change_nothing() {
    let text = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Runtime: nodejs12.x\n";
    let plain = run("a.yaml", text);
    let odd = run("a.yaml", &format!("\u{feff}{}", text.replace('\n', "\r\n")));
    assert_eq!(rules(&plain), rules(&odd));
    assert!(!plain.findings.is_empty());
}

#[test]
fn deep_nesting_is_a_finding_or_ends() {
    for open in ["[", "{a: ", "- ", "!If [x, ", "{\"Fn::If\": [1, "] {
        let text = format!("Resources:\n  A:\n    Type: AWS::X::Y\n    P:\n      {}", open.repeat(100_000));
        let _ = run("a.yaml", &text);
        let _ = run("a.json", &open.repeat(100_000));
    }
    // As deep as the readers go.
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let text = format!("Resources:\n  A:\n    Type: AWS::Lambda::Function\n    Properties: {{P: {deep}}}\n");
    let _ = run("a.yaml", &text);
}

#[test]
fn bombs_end() {
    let mut anchors = String::from("x0: &x0 [a, a]\n");
    for level in 1..60 {
        let before = level - 1;
        anchors.push_str(&format!("x{level}: &x{level} [*x{before}, *x{before}, *x{before}, *x{before}]\n"));
    }
    let text =
        format!("{anchors}Resources:\n  A:\n    Type: AWS::Lambda::Function\n    Properties: {{Layers: *x59}}\n");
    let _ = run("a.yaml", &text);
    let _ = run("a.yaml", "Resources: &r\n  A: {Type: 'AWS::X::Y', Properties: *r}\n");
    let _ = run("a.yaml", "Resources: &r\n  <<: *r\n  A: {Type: 'AWS::X::Y'}\n");
}

#[test]
fn many_conditions_do_not_explode() {
    let mut text = String::from("Parameters:\n");
    for index in 0..40 {
        text.push_str(&format!("  P{index}: {{Type: String}}\n"));
    }
    text.push_str("Conditions:\n");
    for index in 0..40 {
        text.push_str(&format!("  C{index}: !Equals [!Ref P{index}, 'yes']\n"));
    }
    let all = |join: &str| (0..10).map(|i| format!("!Condition C{i}")).collect::<Vec<_>>().join(join);
    text.push_str(&format!("  All: !And [{}]\n  Any: !Or [{}]\n", all(", "), all(", ")));
    text.push_str("Resources:\n");
    for index in 0..40 {
        let other = (index + 1) % 40;
        text.push_str(&format!(
            "  F{index}:\n    Type: AWS::Lambda::Function\n    Condition: {}\n    Properties:\n      Runtime: !If [C{index}, !If [C{other}, nodejs12.x, nodejs14.x], !If [All, python3.6, python3.7]]\n      Role: !Sub ['${{a}}${{b}}${{c}}', {{a: !If [C1, x, y], b: !If [C2, x, y], c: !If [Any, x, y]}}]\n",
            if index % 2 == 0 { "All" } else { "Any" },
        ));
    }
    let report = run("a.yaml", &text);
    assert!(!report.findings.is_empty());
}

/// A word that means something somewhere.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(vec![
            "Resources", "Type", "Properties", "Parameters", "Conditions", "Mappings", "Globals", "Function", "Transform",
            "AWS::Serverless-2016-10-31", "AWS::Lambda::Function", "AWS::Serverless::Function", "AWS::S3::Bucket",
            "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::Lambda::Permission", "AWS::SNS::Topic", "AWS::Events::Rule",
            "AWS::Lambda::EventSourceMapping", "AWS::Serverless::Api", "AWS::Serverless::StateMachine", "Events", "S3",
            "Bucket", "Policies", "PolicyDocument", "Statement", "Effect", "Allow", "Deny", "Action", "NotAction", "Resource",
            "Principal", "*", "s3:*", "Condition", "DependsOn", "Default", "AllowedValues", "Runtime", "python3.8", "Role",
            "MemorySize", "99999", "Timeout", "0", "-1", "1e9", "true", "NotificationConfiguration", "LambdaConfigurations",
            "Event", "s3:ObjectCreated:*", "Filter", "S3Key", "Rules", "Name", "Value", "prefix", "FunctionName", "F", "R", "B",
            "AssumeRolePolicyDocument", "ManagedPolicyArns", "Roles", "arn:aws:iam::aws:policy/AdministratorAccess",
            "arn:aws:s3:::", "${F}", "${F.Arn}/*", "${!x}", "${", "AWS::Region", "AWS::NoValue", "{{resolve:ssm:x}}",
            "{\"Statement\": []}", "{\"a", "Fn::If", "Fn::Sub", "Fn::GetAtt", "Fn::Join", "Ref", "Fn::FindInMap",
            "Fn::Select", "Fn::Split", "Fn::Equals", "Fn::And", "Fn::Not", "Fn::Transform", "Fn::ForEach::X",
            "Fn::ToJsonString", "Fn::Length", "F.Arn", "Environment", "Variables", "VpcConfig", "S3CrudPolicy", "BucketName",
            "AutoPublishAlias", "live", "FunctionUrlConfig", "AuthType", "NONE", "Configuration", "FunctionArn", "Policy",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => Just("\u{1b}[31m\u{202e}".to_owned()),
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => word().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i32>().prop_map(Value::from),
    ];
    leaf.prop_recursive(7, 60, 6, |inner| {
        prop_oneof![
            2 => proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            5 => proptest::collection::vec((word(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Sound templates in which one value after another is replaced by anything.
fn base() -> Value {
    json!({
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Stage": {"Type": "String", "AllowedValues": ["dev", "prod"], "Default": "dev"}},
        "Mappings": {"M": {"dev": {"k": "v"}, "prod": {"k": "w"}}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Globals": {"Function": {"Runtime": "python3.8", "Timeout": 3, "Environment": {"Variables": {"A": "1"}}}},
        "Resources": {
            "B": {"Type": "AWS::S3::Bucket", "Properties": {"NotificationConfiguration": {"LambdaConfigurations": [
                {"Event": "s3:ObjectCreated:*", "Function": {"Fn::GetAtt": ["F", "Arn"]},
                 "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "a/"}]}}}]}}},
            "F": {"Type": "AWS::Lambda::Function", "Condition": "C", "DependsOn": ["R"], "Properties": {
                "Runtime": {"Fn::If": ["C", "nodejs12.x", {"Ref": "AWS::NoValue"}]}, "Role": {"Fn::GetAtt": "R.Arn"},
                "MemorySize": {"Fn::FindInMap": ["M", {"Ref": "Stage"}, "k"]}}},
            "R": {"Type": "AWS::IAM::Role", "Properties": {
                "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                    "Principal": {"Service": "lambda.amazonaws.com"}}]},
                "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonS3FullAccess"],
                "Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": ["s3:*"],
                    "Resource": {"Fn::Sub": "${B.Arn}/*"}, "Condition": {"StringEquals": {"a": "b"}}}}}]}},
            "P": {"Type": "AWS::Lambda::Permission", "Properties": {"FunctionName": {"Ref": "F"},
                "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com", "SourceArn": "arn:aws:s3:::x"}},
            "T": {"Type": "AWS::SNS::Topic", "Properties": {"Subscription": [
                {"Protocol": "lambda", "Endpoint": {"Fn::GetAtt": ["F", "Arn"]}}]}},
            "S": {"Type": "AWS::Serverless::Function", "Properties": {"Handler": "a.b", "CodeUri": "x",
                "Policies": ["AWSLambdaExecute", {"S3CrudPolicy": {"BucketName": {"Ref": "B2"}}}, {"Statement": []}],
                "VpcConfig": {"SubnetIds": ["a"]}, "AutoPublishAlias": "live", "FunctionUrlConfig": {"AuthType": "NONE"},
                "Events": {"E": {"Type": "S3", "Properties": {"Bucket": {"Ref": "B2"}, "Events": "s3:ObjectCreated:*"}},
                           "A": {"Type": "Api", "Properties": {"Path": "/x", "Method": "get"}},
                           "Q": {"Type": "SQS", "Properties": {"Queue": {"Fn::GetAtt": ["Q", "Arn"]}, "BatchSize": 5}}}}},
            "B2": {"Type": "AWS::S3::Bucket"},
            "Q": {"Type": "AWS::SQS::Queue"},
        }
    })
}

/// How many values there are in a tree.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(entries) => entries.values().map(count).sum(),
        _ => 0,
    }
}

/// Replaces the value number `at`.
fn replace(value: &mut Value, at: &mut usize, by: &Value) {
    if *at == 0 {
        *value = by.clone();
        *at = usize::MAX;
        return;
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| {
            if *at < usize::MAX / 2 {
                replace(item, at, by);
            }
        }),
        Value::Object(entries) => {
            entries.values_mut().for_each(|item| {
                if *at < usize::MAX / 2 {
                    replace(item, at, by);
                }
            });
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_is_survived(resources in tree(), root in tree()) {
        let text = json!({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources, "Globals": root}).to_string();
        run("a.json", &text);
        run("a.yaml", &text);
        run("a.json", &root.to_string());
    }

    #[test]
    fn any_mistake_in_a_template_is_survived(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), tree()), 1..4),
    ) {
        let mut template = base();
        for (index, by) in &changes {
            let mut at = index.index(count(&template));
            replace(&mut template, &mut at, by);
        }
        run("a.json", &template.to_string());
        run("a.yaml", &template.to_string());
    }

    #[test]
    fn any_cut_of_a_template_is_survived(cut in any::<proptest::sample::Index>()) {
        let text = serde_json::to_string_pretty(&base()).unwrap();
        let cut = cut.index(text.len());
        run("a.json", &text[..cut]);
        run("a.yaml", &text[..cut]);
    }
}

#[test]
fn sources_of_template_engines_are_left_alone() {
    let resource = "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Runtime: ";
    for text in [
        format!("{resource}\"{{{{ cookiecutter.runtime }}}}\"\n"),
        format!("{resource}{{{{ .Values.runtime }}}}\n"),
        format!("{resource}nodejs12.x\n{{% if x %}}\n  G: 1\n{{% endif %}}\n"),
        format!("{resource}{{{{ runtime }}}}: x\n"),
        format!("{{%- for f in functions %}}\n{resource}x\n"),
    ] {
        let report = run("a.yaml", &text);
        assert!(report.findings.is_empty() && report.skipped.len() == 1, "{text}: {:?}", report.findings);
    }
    // Braces in a text, a dynamic reference, and a mistake elsewhere are no holes.
    for (text, rule) in [
        (format!("{resource}nodejs12.x\n      Description: 'a {{{{b}}}} c {{% if %}}'\n"), "deprecated-runtime"),
        (format!("{resource}nodejs12.x\n      Description: '{{{{resolve:ssm:x}}}}'\n"), "deprecated-runtime"),
        (format!("{resource}[\n      Description: '{{{{b}}}}'\n"), "template-syntax"),
    ] {
        assert!(rules(&run("a.yaml", &text)).contains(&rule), "{text}");
    }
}

#[test]
fn what_refers_to_itself_ends() {
    let itself = |kind: &str, keys: &[&str]| {
        let properties: Map<String, Value> = keys.iter().map(|key| ((*key).to_owned(), json!({"Ref": "X"}))).collect();
        json!({"Type": kind, "DependsOn": ["X", "Y"], "Condition": "A", "Properties": properties})
    };
    for (kind, keys) in [
        ("AWS::IAM::Role", &["RoleName", "PermissionsBoundary", "AssumeRolePolicyDocument", "Policies"][..]),
        ("AWS::IAM::ManagedPolicy", &["Roles", "ManagedPolicyName", "PolicyDocument"]),
        ("AWS::Lambda::Function", &["FunctionName", "Role", "Environment", "DeadLetterConfig"]),
        ("AWS::Lambda::Alias", &["FunctionName", "Name", "FunctionVersion"]),
        ("AWS::Lambda::Permission", &["FunctionName", "Action", "Principal", "SourceArn"]),
        ("AWS::S3::Bucket", &["BucketName", "NotificationConfiguration", "ReplicationConfiguration"]),
        ("AWS::ApiGateway::Resource", &["ParentId", "PathPart", "RestApiId"]),
        ("AWS::ApiGateway::RestApi", &["Body", "CloneFrom"]),
        ("AWS::StepFunctions::StateMachine", &["RoleArn", "DefinitionString", "DefinitionSubstitutions"]),
        ("AWS::SNS::Topic", &["Subscription", "TopicName"]),
        ("AWS::Events::Rule", &["EventPattern", "ScheduleExpression", "Targets", "EventBusName"]),
        ("AWS::CloudFormation::Stack", &["TemplateURL", "Parameters"]),
        ("AWS::Serverless::Function", &["FunctionName", "Role", "Events", "Policies", "PermissionsBoundary"]),
    ] {
        let text = json!({
            "Transform": "AWS::Serverless-2016-10-31",
            "Conditions": {"A": {"Condition": "B"}, "B": {"Fn::Not": [{"Condition": "A"}]}},
            "Resources": {"X": itself(kind, keys), "Y": itself(kind, keys)},
            "Outputs": {"O": {"Value": {"Fn::ImportValue": "e"}, "Export": {"Name": "e"}}},
        });
        let report = run("a.json", &text.to_string());
        assert!(report.skipped.is_empty() && report.errors.is_empty(), "{kind}");
    }
}

#[test]
fn deep_state_machines_end() {
    let deep = |count: usize| {
        let open = r#"{"StartAt":"A","States":{"A":{"Type":"Map","ItemProcessor":"#;
        format!("{}{{}}{}", open.repeat(count), "}}}".repeat(count))
    };
    for count in [1, 40, 10_000] {
        let properties = json!({"DefinitionString": deep(count)});
        let resources = json!({"S": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}});
        let report = run("a.json", &json!({ "Resources": resources }).to_string());
        assert!(report.skipped.is_empty(), "{count}");
    }
}
