//! What is taken for a secret, and that none of it is written anywhere.

#![allow(clippy::unwrap_used, reason = "tests")]

use lambda_lint::access::access;
use lambda_lint::data::Date;
use lambda_lint::engine::{Confidence, Level, Selection};
use lambda_lint::report::{self, Format, Style};
use lambda_lint::secrets::{named, shape};
use lambda_lint::source::{NoTree, Source, Sources};
use lambda_lint::{Settings, graph, lint};

/// The pairs of a list.
fn pairs(file: &str) -> impl Iterator<Item = (&str, String)> {
    let lines = file.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split_once('\t').unwrap()).map(|(name, value)| (name, value.replace(" | ", "")))
}

fn is_secret(name: &str, value: &str) -> bool {
    !shape::find(value).is_empty() || named::judge(name, value).is_some()
}

#[test]
fn what_looks_like_a_secret_and_is_none_is_none() {
    let list: Vec<_> = pairs(include_str!("data/secrets/negatives.tsv")).collect();
    assert!(list.len() >= 100, "{} negatives", list.len());
    let wrong: Vec<_> = list.iter().filter(|(name, value)| is_secret(name, value)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn secrets_are_told() {
    let list: Vec<_> = pairs(include_str!("data/secrets/positives.tsv")).collect();
    let missed: Vec<_> = list.iter().filter(|(name, value)| !is_secret(name, value)).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

const URL_PASSWORD: &str = "mE8-vT2q-long";
const API_KEY: &str = "7fQ2mX9cL4vT8pZ1nK6sWb3J";
const PARAMETER: &str = "Wint3r-Sonne!";
const LINE_OF_KEY: &str = "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfnzygWyF8PbnGy0AHB7MaUqS2w3kLQx9hTz";
const ESCAPED: &str = "Qx7vT2mK9pLw4zR8";
const SECRETS: &[&str] = &[URL_PASSWORD, API_KEY, PARAMETER, LINE_OF_KEY, ESCAPED];

/// A template with secrets everywhere, and with faults of other rules beside them.
fn template() -> String {
    format!(
        "AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Password: {{Type: String, Default: '{PARAMETER}'}}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: nodejs12.x
      Timeout: 901
      Environment:
        Variables:
          DB_PASSWORD: !Ref Password
          DATABASE_URL: 'postgres://orders:{URL_PASSWORD}@db.internal/orders'
          API_KEY: {API_KEY}
          API_SECRET: \"\\u0051{rest}\"
      InlineCode: |
        # first
        KEY = '''-----BEGIN RSA PRIVATE KEY-----
        {LINE_OF_KEY}
        {LINE_OF_KEY}
        -----END RSA PRIVATE KEY-----'''
      MemorySize: 99999
      Policies:
        - Statement:
            Effect: Allow
            Action: s3:*
            Resource: ['*', 'https://orders:{URL_PASSWORD}@bucket.internal/']
      Events:
        Feed: {{Type: SNS, Properties: {{Topic: !Ref Topic}}}}
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: {API_KEY}
      Subscription:
        - {{Protocol: https, Endpoint: 'https://orders:{URL_PASSWORD}@hook.internal/'}}
  Schedule:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: 'rate({API_KEY})'
      Targets: [{{Arn: !GetAtt Orders.Arn, Id: '{API_KEY}'}}]
",
        rest = ESCAPED.strip_prefix('Q').unwrap(),
    )
}

fn sources(name: &str, text: &str) -> Sources {
    let mut sources = Sources::new();
    sources.add(Source::new(name, text));
    sources
}

fn settings(select: &[&str], ignore: &[&str]) -> Settings {
    let own = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let selection = Selection::new(&own(select), &[], &own(ignore), Level::Pedantic, Confidence::Low).unwrap();
    Settings { selection, today: Date::from_unix_seconds(1_795_000_000), alone: true }
}

fn assert_hidden(what: &str, text: &str) {
    assert!(!text.is_empty(), "{what} says nothing");
    for secret in SECRETS {
        // Also not in part: what a line is cut to.
        let half = secret.get(..secret.len() / 2 + 1).unwrap();
        assert!(!text.contains(half), "{what} shows {half}:\n{text}");
    }
}

/// Everything that `check` writes of a file.
fn checked(name: &str, text: &str, settings: &Settings) -> Vec<(String, String)> {
    let sources = sources(name, text);
    let report = lint(&sources, settings);
    let mut out = vec![("findings".to_owned(), format!("{:?}", shown(&report.findings)))];
    for (format, width, color) in
        [(Format::Text, 80, false), (Format::Text, 40, true), (Format::Concise, 80, false), (Format::Json, 80, false)]
    {
        let mut written = Vec::new();
        let style = Style { width, color, ..Style::PLAIN };
        report::write(&report, &sources, format, style, &mut written).unwrap();
        out.push((format!("{format:?} of {width}"), String::from_utf8(written).unwrap()));
    }
    out
}

/// The texts of findings.
fn shown(findings: &[lambda_lint::engine::Finding]) -> Vec<String> {
    let texts = |finding: &lambda_lint::engine::Finding| {
        let labels = finding.labels.iter().chain([&finding.primary]);
        let labels: Vec<_> = labels.map(|label| format!("{} {}", label.message, label.address)).collect();
        format!(
            "{} {labels:?} {:?} {} {:?} {:?} {:?}",
            finding.message,
            finding.related,
            finding.property,
            finding.guard,
            finding.help,
            finding.fix.as_ref().map(|fix| &fix.title)
        )
    };
    findings.iter().map(texts).collect()
}

#[test]
fn no_output_shows_a_secret() {
    for settings in [
        settings(&["all"], &[]),
        settings(&["secret-in-environment"], &[]),
        settings(&["all"], &["secret-in-environment"]),
        settings(&["deprecated-runtime", "limit-exceeded"], &[]),
    ] {
        for (what, text) in checked("template.yaml", &template(), &settings) {
            assert_hidden(&what, &text);
        }
    }
}

#[test]
fn the_place_is_shown_with_stars() {
    let sources = sources("template.yaml", &template());
    let report = lint(&sources, &settings(&["secret-in-environment"], &[]));
    let mut text = Vec::new();
    report::write(&report, &sources, Format::Text, Style::PLAIN, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    for line in [
        "'postgres://orders:*************@db.internal/orders'",
        "API_KEY: ************************",
        "Default: '*************'",
        "API_SECRET: ***********************",
    ] {
        assert!(text.contains(line), "{line}:\n{text}");
    }
    assert_eq!(report.findings.len(), 5, "{:#?}", shown(&report.findings));
}

#[test]
fn json_minified_on_one_line_shows_none_either() {
    let template = serde_json::json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {
            "Runtime": "nodejs12.x", "Timeout": 901,
            "Environment": {"Variables": {
                "API_KEY": API_KEY,
                "PEM": format!("-----BEGIN PRIVATE KEY-----\n{LINE_OF_KEY}\n-----END PRIVATE KEY-----\n"),
                "API_SECRET": ESCAPED,
            }},
            "MemorySize": 1,
            "Code": {"ZipFile": format!("url = 'https://me:{URL_PASSWORD}@host'")},
        }}}
    });
    for (what, text) in checked("template.json", &template.to_string(), &settings(&["all"], &[])) {
        assert_hidden(&what, &text);
    }
}

#[test]
fn a_file_that_does_not_parse_shows_what_looks_like_a_secret_as_stars() {
    let text = format!(
        "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Url: https://me:{URL_PASSWORD}@host\n    Key: [\n      \
         -----BEGIN PRIVATE KEY-----\n      {LINE_OF_KEY}\n"
    );
    for (what, text) in checked("template.yaml", &text, &settings(&["all"], &[])) {
        assert_hidden(&what, &text);
    }
}

#[test]
fn what_the_aws_cli_prints_shows_none() {
    let dump = serde_json::json!({
        "FunctionName": "orders", "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:orders",
        "Runtime": "nodejs12.x", "Role": "arn:aws:iam::123456789012:role/orders", "Handler": "index.handler",
        "CodeSize": 1, "Timeout": 3, "MemorySize": 128, "Version": "$LATEST", "PackageType": "Zip",
        "Environment": {"Variables": {"API_KEY": API_KEY, "URL": format!("redis://:{URL_PASSWORD}@cache")}}
    });
    let text = serde_json::to_string_pretty(&dump).unwrap();
    let all = checked("get-function-configuration.json", &text, &settings(&["all"], &[]));
    for (what, text) in &all {
        assert_hidden(what, text);
    }
    assert!(all.iter().any(|(_, text)| text.contains("API_KEY")), "{all:?}");
}

#[test]
fn pictures_and_rights_show_none() {
    use report::graph::Format::{Dot, Html, Json, Mermaid, Svg};
    let mut sources = sources("template.yaml", &template());
    let rights = access(&sources, true);
    let mut text = Vec::new();
    report::access::text(&rights, &sources, Style::PLAIN, &mut text).unwrap();
    assert_hidden("access", &String::from_utf8(text).unwrap());
    let mut json = Vec::new();
    report::access::json(&rights, &sources, &mut json).unwrap();
    let json = String::from_utf8(json).unwrap();
    assert!(json.contains("https://orders:********@bucket.internal/"), "{json}");
    assert_hidden("access as JSON", &json);
    let picture = graph::picture(&mut sources, &NoTree, true, Level::Pedantic, Date::from_unix_seconds(1_795_000_000));
    for format in [Mermaid, Dot, Json, Svg, Html] {
        let mut out = Vec::new();
        report::graph::write(&picture, &sources, format, &mut out).unwrap();
        assert_hidden(&format!("{format:?}"), &String::from_utf8(out).unwrap());
    }
}
