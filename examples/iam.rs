//! Answers questions about IAM, for `tests/oracles/iam.py` to compare with other programs' answers.
//!
//! Questions come on standard input, one line of JSON each, and so do the answers:
//!
//! - `{"expand": "s3:Get*"}`: the names of the actions that the pattern takes in.
//! - `{"policies": [{"Statement": …}, …], "action": "s3:GetObject", "resource": "arn:…"}`: `"Yes"`, `"No"` or `"Unknown"`.

use std::io::{BufRead as _, Write as _};

use lambda_lint::data::iam_actions;
use lambda_lint::engine::Address;
use lambda_lint::iam::{DocumentKind, Policy, PolicyDocument, grant, managed};
use lambda_lint::source::Span;
use lambda_lint::value::{Answer, Text};
use serde_json::{Value, json};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let question: Value = serde_json::from_str(&line?)?;
        let answer = match question.get("expand").and_then(Value::as_str) {
            Some(pattern) => expand(pattern),
            None => evaluate(&question),
        };
        writeln!(out, "{answer}")?;
    }
    out.flush()
}

fn expand(pattern: &str) -> Value {
    iam_actions::matching(pattern).map(|action| json!(action.full_name())).collect()
}

fn evaluate(question: &Value) -> Value {
    let read = |policy: &Value| {
        let document = PolicyDocument {
            kind: DocumentKind::Inline,
            name: "question".into(),
            address: Address::from("Role"),
            span: Span::default(),
        };
        managed::from_json(&policy.to_string(), Span::default()).map(|data| Policy::read(document, &data.borrow()))
    };
    let policies = question.get("policies").and_then(Value::as_array).into_iter().flatten();
    let policies: Vec<Policy> = policies.filter_map(read).collect();
    let text = |key: &str| question.get(key).and_then(Value::as_str).unwrap_or("");
    let (action, resource) = (text("action"), text("resource"));
    let statements = policies.iter().flat_map(|policy| &policy.statements);
    let found = grant::grants(statements, action, &Text::literal(resource), false);
    json!(match found.first().map_or(Answer::No, |grant| grant.answer) {
        Answer::Yes => "Yes",
        Answer::No => "No",
        Answer::Unknown => "Unknown",
    })
}
