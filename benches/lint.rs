//! How long the steps take, inside one process: `cargo bench`. Whole processes, and other tools beside them, are
//! `benches/compare/run`'s.

use divan::{Bencher, black_box};
use lambda_lint::data::Date;
use lambda_lint::source::{Source, SourceId, Sources};
use lambda_lint::syntax::{self, Language};
use lambda_lint::{Settings, engine, frontend, lint};

/// 49 and 915 lines.
const TEMPLATES: [(&str, &str); 2] =
    [("small", include_str!("templates/small.yaml")), ("large", include_str!("templates/large.yaml"))];
const NAMES: [&str; 2] = ["small", "large"];

fn main() {
    divan::main();
}

fn text(name: &str) -> &'static str {
    TEMPLATES.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}

fn settings() -> Settings {
    Settings::new(Date::new(2026, 11, 22).unwrap_or(Date::MAX))
}

/// From text to the spanned tree.
#[divan::bench(args = NAMES)]
fn read(bencher: Bencher<'_, '_>, name: &str) {
    let text = text(name);
    bencher
        .counter(divan::counter::BytesCount::of_str(text))
        .bench(|| syntax::read(SourceId(0), black_box(text), Language::Yaml));
}

/// From text to resources: reading and lowering.
#[divan::bench(args = NAMES)]
fn lower(bencher: Bencher<'_, '_>, name: &str) {
    let text = text(name);
    bencher
        .counter(divan::counter::BytesCount::of_str(text))
        .bench(|| frontend::read(SourceId(0), "template.yaml", black_box(text), true));
}

/// From resources to findings: the application and every rule.
#[divan::bench(args = NAMES)]
fn check(bencher: Bencher<'_, '_>, name: &str) {
    let settings = settings();
    let frontend::Read::Unit(unit) = frontend::read(SourceId(0), "template.yaml", text(name), true) else { return };
    bencher.bench(|| engine::check(vec![black_box(&*unit)], &settings.selection, settings.today));
}

/// All of it.
#[divan::bench(args = NAMES)]
fn whole(bencher: Bencher<'_, '_>, name: &str) {
    let settings = settings();
    let mut sources = Sources::new();
    sources.add(Source::new("template.yaml", text(name)));
    bencher.bench(|| lint(black_box(&sources), &settings));
}

/// A template of queues that each run a function, which may send to `sends` of the queues.
fn application(functions: usize, sends: usize) -> String {
    let mut resources = Vec::new();
    for number in 0..functions {
        let queues: Vec<String> = (0..sends)
            .map(|step| {
                format!(r#"{{"Fn::GetAtt": ["Queue{}", "Arn"]}}"#, (number * 7 + step * step * 13 + 1) % functions)
            })
            .collect();
        resources.push(format!(r#""Queue{number}": {{"Type": "AWS::SQS::Queue"}}"#));
        resources.push(format!(
            r#""Work{number}": {{"Type": "AWS::Lambda::Function", "Properties": {{"Runtime": "python3.14", "Handler": "a.b",
                "Role": {{"Fn::GetAtt": ["Role{number}", "Arn"]}}, "Code": {{"S3Bucket": "b", "S3Key": "k"}}}}}}"#
        ));
        resources.push(format!(
            r#""Role{number}": {{"Type": "AWS::IAM::Role", "Properties": {{"AssumeRolePolicyDocument": {{}}, "Policies": [
                {{"PolicyName": "p", "PolicyDocument": {{"Statement": [
                    {{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": [{}]}}]}}}}]}}}}"#,
            queues.join(", ")
        ));
        resources.push(format!(
            r#""Poll{number}": {{"Type": "AWS::Lambda::EventSourceMapping", "Properties": {{
                "EventSourceArn": {{"Fn::GetAtt": ["Queue{number}", "Arn"]}}, "FunctionName": {{"Ref": "Work{number}"}}}}}}"#
        ));
    }
    format!(r#"{{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {{{}}}}}"#, resources.join(",\n"))
}

/// The search for loops in large applications, all of one component: 1,000 functions and 1,000 queues with 10,000 edges, and 250 of
/// each where every function may send to every queue.
#[divan::bench(args = [(1_000, 9), (250, 250)])]
fn loops(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    let only = ["recursive-trigger".to_owned()];
    let level = engine::Level::Pedantic;
    let Ok(selection) = engine::Selection::new(&only, &[], &[], level, engine::Confidence::Low) else { return };
    let today = settings().today;
    let text = application(size.0, size.1);
    let frontend::Read::Unit(unit) = frontend::read(SourceId(0), "template.json", &text, true) else { return };
    bencher.bench(|| engine::check(vec![black_box(&*unit)], &selection, today));
}
