//! Pictures of templates whose names are made to break out of them.

#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use lambda_lint::data::Date;
use lambda_lint::engine::Level;
use lambda_lint::graph::picture;
use lambda_lint::report::graph::{Format, write};
use lambda_lint::source::{NoTree, Source, Sources};
use proptest::prelude::*;

/// What `lambda-lint graph` writes of a template.
fn drawn(template: &serde_json::Value, format: Format) -> String {
    let mut sources = Sources::new();
    sources.add(Source::new("<template>&.json", template.to_string()));
    let picture = picture(&mut sources, &NoTree, true, Level::Strict, Date::new(2026, 11, 22).unwrap());
    let mut out = Vec::new();
    write(&picture, &sources, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A function of one name that a topic and a schedule of other names run, and that writes back to the topic.
fn template(names: &[String; 3], label: &str) -> serde_json::Value {
    let arn = |name: &str| serde_json::json!({"Fn::GetAtt": [name, "Arn"]});
    let [function, topic, rule] = names;
    serde_json::json!({"Resources": {
        function: {"Type": "AWS::Lambda::Function", "Properties": {
            "Handler": "i.h", "Runtime": "python3.13", "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": {"ZipFile": "x"}}},
        topic: {"Type": "AWS::SNS::Topic", "Properties": {
            "Subscription": [{"Protocol": "lambda", "Endpoint": arn(function)}]}},
        rule: {"Type": "AWS::Events::Rule", "Properties": {
            "ScheduleExpression": label, "Targets": [{"Id": "a", "Arn": arn(function)}]}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}, "Policies": [{"PolicyName": "p",
            "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": {"Ref": topic}}]}}]}},
    }})
}

fn controls(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
}

/// The elements that an SVG or HTML document opens.
fn elements(markup: &str) -> Vec<&str> {
    let name = |rest: &'_ str| rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    markup.split('<').skip(1).filter(|rest| !rest.starts_with(['/', '!'])).map(|rest| &rest[..name(rest)]).collect()
}

/// Whether every line of DOT has its quotes in pairs.
fn quotes_are_closed(dot: &str) -> bool {
    dot.lines().all(|line| {
        let (mut open, mut escaped) = (false, false);
        for c in line.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => open = !open,
                _ => {}
            }
        }
        !open && !escaped
    })
}

fn check(names: &[String; 3], label: &str) {
    let template = template(names, label);
    let plain = self::template(&["F".to_owned(), "T".to_owned(), "R".to_owned()], "rate(1 day)");
    for format in [Format::Svg, Format::Html] {
        let markup = drawn(&template, format);
        assert!(!controls(&markup), "{markup}");
        // Lines of text may be more, kinds of elements may not.
        let other = drawn(&plain, format);
        let known = elements(&other);
        assert!(elements(&markup).iter().all(|element| known.contains(element)), "{markup}");
    }
    let dot = drawn(&template, Format::Dot);
    assert!(!controls(&dot) && quotes_are_closed(&dot), "{dot}");
    assert_eq!(dot.lines().count(), drawn(&plain, Format::Dot).lines().count(), "{dot}");
    let mermaid = drawn(&template, Format::Mermaid);
    assert!(!controls(&mermaid), "{mermaid}");
    assert_eq!(mermaid.lines().count(), drawn(&plain, Format::Mermaid).lines().count(), "{mermaid}");
    // Between the quotes there is nothing but what was escaped, and the two tags of ours.
    for line in mermaid.lines().filter(|line| line.starts_with("  n")) {
        let inside: String = line.split('"').skip(1).step_by(2).collect();
        let inside = inside.replace("<br/>", "").replace("<i>", "").replace("</i>", "");
        let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '/' | ',' | '.' | '#' | ';');
        assert!(inside.chars().all(plain), "{line}");
        assert!(line.matches('"').count() <= 2, "{line}");
    }
    let json: serde_json::Value = serde_json::from_str(&drawn(&template, Format::Json)).unwrap();
    let found: Vec<&str> =
        json["worlds"][0]["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap()).collect();
    assert!(names.iter().all(|name| found.contains(&&**name)), "{found:?} {names:?}");
}

#[test]
fn names_do_not_break_out() {
    for name in [
        "\"]; click n0 \"javascript:alert(1)\"",
        "<img src=x onerror=alert(1)>",
        "]]></style><script>alert(1)</script>",
        "%%{init: {'securityLevel': 'loose'}}%%",
        "\u{1b}[31m\u{202e}\n\r\tend",
        "\\N\\\"\\",
        "&lt;b&gt; #60;b#62;",
        "`**bold**` $$\\alpha$$ fa:fa-car 1. x",
    ] {
        check(&[format!("{name}1"), format!("{name}2"), format!("{name}3")], name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn no_name_breaks_out(a in "\\PC{1,20}", b in "[ -~]{1,30}", c in any::<String>(), label in "[ -~\n]{0,40}") {
        // Names that CloudFormation would take for a key of its own or that are the same are another story.
        check(&[format!("{a}x"), format!("{b}y"), format!("{c}z")], &label);
    }
}

#[test]
fn too_much_for_a_picture_is_said() {
    let mut resources = serde_json::Map::new();
    for index in 0..400 {
        let function = serde_json::json!({"Type": "AWS::Lambda::Function", "Properties": {}});
        resources.insert(format!("F{index}"), function);
    }
    let template = serde_json::json!({"Resources": resources});
    assert!(drawn(&template, Format::Svg).contains("400 nodes and 0 lines are too many for one picture"));
    assert_eq!(drawn(&template, Format::Dot).matches("[label=\"F").count(), 400);
}
