//! What properties can be, read from templates: intrinsic functions, conditions, names.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::format_push_string,
    reason = "a test fails by panicking"
)]

use lambda_lint::frontend::{Read, Unit, read};
use lambda_lint::model::{Resource, World};
use lambda_lint::source::{SourceId, Span};
use lambda_lint::value::{Data, Value};

/// Reads a template that declares resources; short forms are what most people write.
fn template(text: &str) -> Unit {
    match read(SourceId(0), "template.yaml", text, true) {
        Read::Unit(unit) => *unit,
        Read::NotOurs(why) => panic!("not a template: {why:?}"),
    }
}

fn resource<'a>(unit: &'a Unit, address: &str) -> &'a Resource {
    unit.resources.iter().find(|resource| &*resource.address == address).expect("the resource is declared")
}

/// The cases of a property of the resource `R`, each as `text` or `text when …`; `?` at the end when there may be others.
fn cases(text: &str) -> Vec<String> {
    let unit = template(text);
    let world = World::new(vec![&unit], lambda_lint::data::Date::new(2026, 11, 22).unwrap());
    let value = resource(&unit, "R").properties.get("P");
    let mut out: Vec<String> = value
        .cases()
        .iter()
        .map(|case| {
            let shown = case.value.map_or_else(|| "(not set)".to_owned(), show);
            match world.words(&case.when) {
                Some(words) => format!("{shown} {words}"),
                None => shown,
            }
        })
        .collect();
    if !value.is_exhaustive() {
        out.push("?".to_owned());
    }
    out
}

fn show(data: &Data) -> String {
    let inner = |value: &Value<Data>| value.only().map_or_else(|| "?".to_owned(), show);
    match data {
        Data::Text(text) => text.to_string(),
        Data::List(list) => {
            let items: Vec<String> = list.items.iter().map(|item| inner(item)).collect();
            format!("[{}{}]", items.join(", "), if list.open { ", …" } else { "" })
        }
        Data::Map(map) => {
            let entries: Vec<String> =
                map.entries.iter().map(|entry| format!("{}: {}", entry.key, inner(&entry.value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A template whose resource `R` has the property `P`; `rest` are other sections and resources.
fn with(property: &str, rest: &str) -> String {
    format!("Resources:\n  R:\n    Type: AWS::X::Y\n    Properties:\n      P: {property}\n{rest}")
}

const STAGES: &str = "Parameters:
  Stage: {Type: String, AllowedValues: [dev, test, prod]}
  Name: {Type: String, Default: orders}
  Names: {Type: CommaDelimitedList, Default: 'a, b'}
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /images/latest}
Mappings:
  Sizes:
    dev: {memory: 128}
    test: {memory: 256}
    prod: {memory: 1024}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Equals [!Ref Stage, dev]
  Small: !Not [!Condition IsProd]
  Never: !And [!Condition IsProd, !Condition IsDev]
";

#[test]
fn scalars_keep_their_spelling() {
    assert_eq!(cases(&with("0123", "")), ["0123"]);
    assert_eq!(cases(&with("'yes'", "")), ["yes"]);
    assert_eq!(cases(&with("null", "")), ["(not set)"]);
}

#[test]
fn references() {
    let rest = "  B: {Type: 'AWS::S3::Bucket'}\n  N: {Type: 'AWS::S3::Bucket', Properties: {BucketName: acme}}\n  \
                T: {Type: 'AWS::SNS::Topic'}\n  Q: {Type: 'AWS::SQS::Queue'}\n";
    assert_eq!(cases(&with("!Ref B", rest)), ["${B}"]);
    assert_eq!(cases(&with("!GetAtt B.Arn", rest)), ["arn:${AWS::Partition}:s3:::${B}"]);
    assert_eq!(cases(&with("!GetAtt N.Arn", rest)), ["arn:${AWS::Partition}:s3:::acme"]);
    assert_eq!(cases(&with("{'Fn::GetAtt': [N, Arn]}", rest)), ["arn:${AWS::Partition}:s3:::acme"]);
    assert_eq!(cases(&with("!Ref T", rest)), ["arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${T}"]);
    assert_eq!(cases(&with("!GetAtt Q.QueueName", rest)), ["${Q}"]);
    assert_eq!(cases(&with("!Ref AWS::NoValue", rest)), ["(not set)"]);
}

#[test]
fn one_text_written_in_many_ways() {
    let rest = "  B: {Type: 'AWS::S3::Bucket'}\n";
    let same = [
        r#"!Sub "${B.Arn}/*""#,
        r#"!Sub "arn:${AWS::Partition}:s3:::${B}/*""#,
        r#"!Join ["", ["arn:", !Ref AWS::Partition, ":s3:::", !Ref B, "/*"]]"#,
        r#"!Join ["/", [!GetAtt B.Arn, "*"]]"#,
        r#"!Sub ["${Arn}/*", {Arn: !GetAtt B.Arn}]"#,
        r#"{"Fn::Sub": "${B.Arn}/*"}"#,
    ];
    for property in same {
        assert_eq!(cases(&with(property, rest)), ["arn:${AWS::Partition}:s3:::${B}/*"], "{property}");
    }
}

#[test]
fn conditions_make_cases() {
    assert_eq!(
        cases(&with("!If [IsProd, big, small]", STAGES)),
        ["big when IsProd is true", "small when IsProd is false"]
    );
    assert_eq!(
        cases(&with("!If [IsProd, a, !If [IsDev, b, c]]", STAGES)),
        ["a when IsProd is true", "b when IsDev is true", "c when Stage is test"]
    );
    assert_eq!(
        cases(&with("!If [IsProd, x, !Ref AWS::NoValue]", STAGES)),
        ["x when IsProd is true", "(not set) when IsProd is false"]
    );
}

#[test]
fn cases_that_cannot_hold_together_are_not_combined() {
    // `Small` is the opposite of `IsProd`, and `Never` is never true.
    assert_eq!(
        cases(&with(r#"!Sub ["${A}-${B}", {A: !If [IsProd, p, q], B: !If [Small, s, t]}]"#, STAGES)),
        ["p-t when IsProd is true", "q-s when IsProd is false"]
    );
    assert_eq!(cases(&with("!If [Never, x, y]", STAGES)), ["y"]);
    // A mapping's key is the operand of the conditions.
    assert_eq!(
        cases(&with("!If [IsProd, !FindInMap [Sizes, !Ref Stage, memory], '64']", STAGES)),
        ["1024 when IsProd is true", "64 when IsProd is false"]
    );
}

#[test]
fn a_single_allowed_value_decides() {
    let rest = "Parameters: {Env: {Type: String, AllowedValues: [prod]}}
Conditions:
  Dev: !Equals [!Ref Env, dev]
  Prod: !Equals [!Ref Env, prod]
";
    assert_eq!(cases(&with("!If [Dev, x, y]", rest)), ["y"]);
    assert_eq!(cases(&with("!If [Prod, x, y]", rest)), ["x"]);
}

#[test]
fn a_comparison_that_cannot_be_told_apart_is_one_of_its_own() {
    let rest = "Parameters: {Env: {Type: String}}
Conditions:
  A: !Equals [!Sub '${Env}', prod]
  B: !Equals [!Sub '${Env}', dev]
";
    let found = cases(&with("!If [A, !If [B, both, a], neither]", rest));
    assert_eq!(found.len(), 3, "nothing is said about how the two relate: {found:?}");
}

#[test]
fn mappings() {
    assert_eq!(cases(&with("!FindInMap [Sizes, dev, memory]", STAGES)), ["128"]);
    assert_eq!(
        cases(&with("!FindInMap [Sizes, !Ref Stage, memory]", STAGES)),
        ["128 when IsDev is true", "256 when Stage is test", "1024 when IsProd is true"]
    );
    // A key that the mapping lacks fails the deployment; the default value is for exactly that.
    assert_eq!(cases(&with("!FindInMap [Sizes, Moon, memory]", STAGES)), Vec::<String>::new());
    assert_eq!(cases(&with("!FindInMap [Sizes, Moon, memory, {DefaultValue: '1'}]", STAGES)), ["1"]);
    assert_eq!(cases(&with("!FindInMap [Nowhere, a, b]", STAGES)), ["?"]);
}

#[test]
fn parameters_are_symbols_that_expand_on_request() {
    let text = with("!Ref Stage", STAGES);
    let unit = template(&text);
    let literals = resource(&unit, "R").get("P").literals();
    let found: Vec<&String> = literals.set().map(|(literal, ..)| literal).collect();
    assert_eq!(found, ["dev", "test", "prod"]);
    assert!(literals.is_exhaustive());
    // Each literal is where the allowed value is written.
    let span = literals.cases()[2].span;
    assert_eq!(&text[span.range()], "prod");

    let text = with("!Sub '${Name}-x'", STAGES);
    let unit = template(&text);
    let literals = resource(&unit, "R").get("P").literals();
    assert_eq!(literals.cases()[0].value.as_deref(), Some("orders-x"));
    assert!(!literals.is_exhaustive(), "any other name may be given");

    let unit = template(&with("!Ref Image", STAGES));
    let literals = resource(&unit, "R").get("P").literals();
    assert!(literals.cases().is_empty() && !literals.is_exhaustive(), "the default is a name to look up");
}

#[test]
fn lists() {
    assert_eq!(cases(&with("!Split [',', 'a,b']", STAGES)), ["[a, b]"]);
    assert_eq!(cases(&with("!Select [1, [a, b]]", STAGES)), ["b"]);
    assert_eq!(cases(&with("!Select [1, !Split ['-', 'x-y']]", STAGES)), ["y"]);
    assert_eq!(cases(&with("!Ref Names", STAGES)), ["[a, b]", "?"]);
    assert_eq!(cases(&with("!GetAZs ''", STAGES)), ["[, …]"]);
    assert_eq!(cases(&with("{'Fn::Length': [a, b, c]}", STAGES)), ["3"]);
    assert_eq!(cases(&with("!Select [5, !Split [':', !GetAtt B.Arn]]", "  B: {Type: 'AWS::S3::Bucket'}\n")), ["${B}"]);
}

#[test]
fn what_is_not_known_is_the_same_in_both_spellings() {
    for (short, long) in [
        ("!ImportValue x", "{'Fn::ImportValue': x}"),
        ("!ImportValue {'Fn::Sub': 'a-${AWS::Region}'}", "{'Fn::ImportValue': {'Fn::Sub': 'a-${AWS::Region}'}}"),
        ("!Select [1, !Split [',', !Ref Names]]", "{'Fn::Select': [1, {'Fn::Split': [',', {Ref: Names}]}]}"),
        ("!Join [',', !GetAZs '']", "{'Fn::Join': [',', {'Fn::GetAZs': ''}]}"),
    ] {
        let rest = "Parameters: {Names: {Type: String}}\n";
        assert_eq!(cases(&with(short, rest)), cases(&with(long, rest)), "{short}");
    }
    assert_eq!(cases(&with("!ImportValue x", "")), ["${ImportValue x}"]);
}

#[test]
fn what_is_not_known_is_a_symbol() {
    for property in ["!ImportValue exported", "'{{resolve:ssm:/a/b}}'", "!Sub '${Nothing}'"] {
        let unit = template(&with(property, ""));
        let value = resource(&unit, "R").get("P");
        assert!(value.literals().cases().is_empty() && !value.literals().is_exhaustive(), "{property}");
        assert_eq!(value.text().cases().len(), 1, "{property}");
    }
    assert_eq!(cases(&with("!Transform {Name: X}", "")), ["?"]);
}

#[test]
fn json_in_text_is_read_where_it_stands() {
    let text = "Resources:
  R:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: !Sub |
        {\"Statement\": [{\"Effect\": \"Allow\", \"Resource\": \"arn:aws:s3:::${B}/*\"}]}
  B: {Type: 'AWS::S3::Bucket'}
";
    let unit = template(text);
    let value = resource(&unit, "R").get("PolicyDocument.Statement");
    let (items, closed) = value.items(true);
    assert!(closed);
    let resource = items[0].get("Resource").text();
    assert_eq!(resource.only().unwrap().to_string(), "arn:aws:s3:::${B}/*");
    assert_eq!(&text[resource.cases()[0].span.range()], "\"arn:aws:s3:::${B}/*\"");
}

#[test]
fn loops_are_unrolled_where_the_list_is_known() {
    let unit = template(
        "Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Topics:
    - Name
    - [Orders, Invoices]
    - Topic${Name}:
        Type: AWS::SNS::Topic
        Properties: {TopicName: !Sub 'all-${Name}', DisplayName: !Ref Name}
",
    );
    let topic = resource(&unit, "TopicInvoices");
    assert_eq!(topic.names.name.to_string(), "all-Invoices");
    assert_eq!(topic.get("DisplayName").literals().only().map(String::as_str), Some("Invoices"));
    assert!(!unit.open);
    let unit = template(
        "Resources:\n  Fn::ForEach::X: [V, !Ref Unknown, {'T${V}': {Type: 'AWS::SNS::Topic'}}]\n  \
                         T: {Type: 'AWS::SNS::Topic'}\n",
    );
    assert!(unit.open, "an unknown list may hold anything");
}

#[test]
fn a_macro_may_add_anything() {
    assert!(template("Transform: MyMacro\nResources: {T: {Type: 'AWS::SNS::Topic'}}\n").open);
    assert!(!template("Transform: AWS::Serverless-2016-10-31\nResources: {T: {Type: 'AWS::SNS::Topic'}}\n").open);
}

#[test]
fn an_alias_bomb_ends() {
    let mut text = String::from("Resources:\n  R:\n    Type: AWS::X::Y\n    Properties:\n      a0: &a0 [x, x]\n");
    for level in 1..40 {
        let before = level - 1;
        text.push_str(&format!("      a{level}: &a{level} [*a{before}, *a{before}, *a{before}]\n"));
    }
    let unit = template(&text);
    assert!(unit.open, "not everything was looked at");
}

#[test]
fn cycles_of_names_end() {
    let unit = template(
        "Resources:\n  A: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref B}}\n  \
         B: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Ref A}}\n",
    );
    assert_eq!(unit.resources.len(), 2);
    let unit = template(
        "Conditions: {A: !Condition B, B: !Condition A}\nResources: {T: {Type: 'AWS::SNS::Topic', Condition: A}}\n",
    );
    assert_eq!(unit.resources.len(), 1);
}

#[test]
fn spans_are_where_the_text_stands() {
    let text = with("!If [IsProd, big, small]", STAGES);
    let unit = template(&text);
    let value = resource(&unit, "R").get("P");
    let slices: Vec<&str> = value.cases().iter().map(|case| &text[case.span.range()]).collect();
    assert_eq!(slices, ["big", "small"]);
    let _: Span = value.span();
}
