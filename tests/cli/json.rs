//! With `--format json` standard output is one complete document, whatever happened.

use super::project::{BROKEN, CLEAN, Project, TWICE};
use serde_json::json;

fn empty(files: usize) -> serde_json::Value {
    json!({ "version": 1, "files": files, "findings": [], "skipped": [], "errors": [] })
}

#[test]
fn nothing_found() {
    let run = Project::new(&[("a.yaml", CLEAN)]).run(["check", "--format", "json"]);
    assert_eq!((run.json(), run.stderr.as_str(), run.status), (empty(1), "", Some(0)));
}

#[test]
fn nothing_there() {
    let run = Project::new(&[]).run(["check", "--format", "json"]);
    assert_eq!((run.json(), run.status), (empty(0), Some(0)));
}

#[test]
fn nothing_ours() {
    let run = Project::new(&[("b.json", "{}"), ("a.yaml", "on: push"), ("c.txt", "")]).run(["check", "--format=json"]);
    let reason = "neither a CloudFormation or SAM template nor an AWS CLI document";
    let mut expected = empty(0);
    expected["skipped"] = json!([{ "file": "a.yaml", "reason": reason }, { "file": "b.json", "reason": reason }]);
    assert_eq!((run.json(), run.status), (expected, Some(0)));
}

#[test]
fn a_finding_has_its_place() {
    let run = Project::new(&[("a.yaml", TWICE)]).run(["check", "--format", "json", "a.yaml"]);
    let document = run.json();
    let finding = &document["findings"][0];
    assert_eq!(finding["rule"], "duplicate-key");
    assert_eq!(finding["severity"], "warning");
    assert_eq!(finding["file"], "a.yaml");
    assert_eq!(finding["address"], "Photos");
    assert_eq!(finding["span"]["start"], json!({ "line": 4, "column": 5, "offset": 51 }));
    assert_eq!((document["files"].as_u64(), run.status), (Some(1), Some(1)));
}

#[test]
fn a_broken_template_is_a_finding() {
    let run = Project::new(&[("a.yaml", BROKEN), ("b.yaml", CLEAN)]).run(["check", "--format", "json"]);
    let document = run.json();
    assert_eq!(document["findings"][0]["rule"], "template-syntax");
    assert_eq!(document["findings"].as_array().unwrap().len(), 1);
    assert_eq!((document["errors"].as_array().unwrap().len(), run.status), (0, Some(1)));
}

#[test]
fn an_unreadable_path_is_an_error_and_outranks_findings() {
    let run = Project::new(&[("a.yaml", TWICE)]).run(["check", "--format", "json", "a.yaml", "b/c.yaml"]);
    let document = run.json();
    assert_eq!(document["findings"].as_array().unwrap().len(), 1);
    assert_eq!(document["errors"].as_array().unwrap().len(), 1);
    assert_eq!(document["errors"][0]["file"], "b/c.yaml");
    let message = document["errors"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("no such file or directory in "), "{message}");
    assert_eq!(run.status, Some(2));
}

#[test]
fn wrong_options_are_errors() {
    let project = Project::new(&[("a.yaml", TWICE)]);
    for (arguments, said) in [
        (&["check", "--format", "json", "--select", "recursive-triger"][..], "did you mean `recursive-trigger`?"),
        (&["check", "--format=json", "--selct", "all"], "--selct"),
        (&["check", "--as-of", "2026-02-30", "--format", "json"], "2026-02-30"),
    ] {
        let run = project.run(arguments);
        let message = run.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(said), "{message}");
        assert!(run.stderr.contains(&message), "{}", run.stderr);
        assert_eq!(run.status, Some(2));
    }
}

#[test]
fn the_document_ends_with_a_line_break_and_is_on_one_line() {
    let run = Project::new(&[("a.yaml", TWICE)]).run(["check", "--format", "json"]);
    assert_eq!(run.stdout.matches('\n').count(), 1);
    assert!(run.stdout.ends_with("}\n"));
}
