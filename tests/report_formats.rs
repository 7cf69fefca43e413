//! The formats for programs: JSON and one line per finding, and the summary of a run.

#![allow(clippy::needless_raw_string_hashes, reason = "snapbox writes snapshots with them")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

mod report_support;

use lambda_lint::engine::{Address, Applicability, Confidence, Edit, Finding, Fix, Grade};
use lambda_lint::report::{Format, Report, RunError, Skipped, Style, problems, rule_url, summary};
use lambda_lint::source::Sources;
use report_support::{Files, report, written};
use snapbox::{IntoData, assert_data_eq, str};

const CJK: &str = "Description: 日本語\r\nRuntime: python3.8\r\n";

fn full(files: &Files) -> Finding {
    let resize: Address = "Resize".into();
    let runtime = files.span("a.yaml", "python3.8");
    let mut finding = Finding::new(Grade::WARNING, runtime, "runtime `python3.8` is deprecated")
        .here("deprecated 2024-10-14")
        .label(files.span("b.yaml", "日本"), "named here")
        .help("use `python3.13`")
        .related(&resize)
        .confidence(Confidence::Medium)
        .fix(Fix {
            title: "Use `python3.13`".to_owned(),
            applicability: Applicability::Unsafe,
            edits: vec![Edit { span: runtime, text: "python3.13".to_owned() }],
        });
    finding.rule = "deprecated-runtime";
    finding.primary.address = resize;
    finding.labels[0].address = "Photos".into();
    finding.property.push_str("Properties.Runtime");
    finding.guard = Some("when IsProd is false".to_owned());
    finding
}

fn bare(files: &Files) -> Finding {
    let mut finding = Finding::new(Grade::OPINION, files.span("b.yaml", "語"), "b");
    finding.rule = "role-admin";
    finding
}

fn two_files() -> Files {
    Files::new(&[("a.yaml", CJK), ("b.yaml", "日本語")])
}

fn pretty(json: &str) -> String {
    serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(json).unwrap()).unwrap()
}

#[test]
fn json_is_the_contract_word_for_word() {
    let files = two_files();
    let report = Report {
        findings: vec![full(&files), bare(&files)],
        files: 2,
        skipped: vec![Skipped { file: "c.yaml".to_owned(), reason: "larger than 50 MB".to_owned() }],
        errors: vec![
            RunError { file: Some("d.yaml".to_owned()), message: "permission denied".to_owned() },
            RunError { file: None, message: "no such rule".to_owned() },
        ],
    };
    let json = written(&files, &report, Format::Json, Style::PLAIN);
    assert!(json.ends_with("}\n") && json.matches('\n').count() == 1, "one document on one line: {json}");
    assert_data_eq!(
        pretty(&json),
        str![[r#"
{
  "version": 1,
  "files": 2,
  "findings": [
    {
      "rule": "deprecated-runtime",
      "level": "default",
      "severity": "warning",
      "confidence": "medium",
      "message": "runtime `python3.8` is deprecated",
      "help": "use `python3.13`",
      "file": "a.yaml",
      "address": "Resize",
      "related": [
        "Resize"
      ],
      "property": "Properties.Runtime",
      "span": {
        "start": {
          "line": 2,
          "column": 10,
          "offset": 33
        },
        "end": {
          "line": 2,
          "column": 19,
          "offset": 42
        }
      },
      "labels": [
        {
          "message": "deprecated 2024-10-14",
          "file": "a.yaml",
          "address": "Resize",
          "span": {
            "start": {
              "line": 2,
              "column": 10,
              "offset": 33
            },
            "end": {
              "line": 2,
              "column": 19,
              "offset": 42
            }
          }
        },
        {
          "message": "named here",
          "file": "b.yaml",
          "address": "Photos",
          "span": {
            "start": {
              "line": 1,
              "column": 1,
              "offset": 0
            },
            "end": {
              "line": 1,
              "column": 3,
              "offset": 6
            }
          }
        }
      ],
      "guard": "when IsProd is false",
      "url": "https://lambda-lint.dev/rules/deprecated-runtime",
      "fix": {
        "title": "Use `python3.13`",
        "applicability": "unsafe",
        "edits": [
          {
            "file": "a.yaml",
            "span": {
              "start": {
                "line": 2,
                "column": 10,
                "offset": 33
              },
              "end": {
                "line": 2,
                "column": 19,
                "offset": 42
              }
            },
            "text": "python3.13"
          }
        ]
      }
    },
    {
      "rule": "role-admin",
      "level": "pedantic",
      "severity": "advice",
      "confidence": "high",
      "message": "b",
      "help": null,
      "file": "b.yaml",
      "address": "",
      "related": [],
      "property": "",
      "span": {
        "start": {
          "line": 1,
          "column": 3,
          "offset": 6
        },
        "end": {
          "line": 1,
          "column": 4,
          "offset": 9
        }
      },
      "labels": [],
      "guard": null,
      "url": "https://lambda-lint.dev/rules/role-admin",
      "fix": null
    }
  ],
  "skipped": [
    {
      "file": "c.yaml",
      "reason": "larger than 50 MB"
    }
  ],
  "errors": [
    {
      "file": "d.yaml",
      "message": "permission denied"
    },
    {
      "file": null,
      "message": "no such rule"
    }
  ]
}
"#]]
        .raw()
    );
}

#[test]
fn json_of_nothing_is_a_whole_document_too() {
    let json = written(&Files(Sources::new()), &Report::default(), Format::Json, Style::PLAIN);
    assert_eq!(json, "{\"version\":1,\"files\":0,\"findings\":[],\"skipped\":[],\"errors\":[]}\n");
}

#[test]
fn json_strings_hold_what_the_input_held_but_never_raw() {
    let files = Files::new(&[("a\u{9b}\n.yaml", "x")]);
    let message = "\u{1b}[2J \u{9b}2J \u{7f} \u{202e} \"é\" \\";
    let mut finding = Finding::new(Grade::ERROR, files.bytes("a\u{9b}\n.yaml", 0, 1), message);
    finding.rule = "template-syntax";
    let json = written(&files, &report(&[finding]), Format::Json, Style::PLAIN);
    assert!(!json.trim_end().chars().any(|c| c.is_control() || c == '\u{202e}'), "{json}");
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["findings"][0]["message"], message);
    assert_eq!(read["findings"][0]["file"], "a\u{9b}\n.yaml");
}

#[test]
fn positions_in_one_long_line_are_exact() {
    // A minified file: counted from the start of the line for each finding, this would be quadratic.
    let text = "日x".repeat(50_000);
    let files = Files::new(&[("a.json", &text)]);
    let findings: Vec<Finding> = (0..50_000)
        .step_by(100)
        .map(|at| Finding::new(Grade::ERROR, files.bytes("a.json", 4 * at, 4 * at + 3), "m"))
        .collect();
    let json = written(&files, &report(&findings), Format::Json, Style::PLAIN);
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    for (index, finding) in read["findings"].as_array().unwrap().iter().enumerate() {
        assert_eq!(finding["span"]["start"]["column"], 200 * index + 1);
        assert_eq!(finding["span"]["end"]["column"], 200 * index + 2);
    }
    let concise = written(&files, &report(&findings), Format::Concise, Style::PLAIN);
    assert!(concise.lines().last().unwrap().starts_with("a.json:1:99801: error[] m"), "{:?}", concise.lines().last());
}

#[test]
fn concise_is_one_line_per_finding() {
    let files = Files::new(&[("a.yaml", CJK), ("b\n\u{1b}[2J.yaml", "日本語")]);
    let mut hostile = Finding::new(
        Grade::ADVICE,
        files.bytes("b\n\u{1b}[2J.yaml", 6, 9),
        "first\r\nsecond\tthird \u{1b}]0;title\u{7} \u{9b}31m \u{202e}txet",
    );
    hostile.rule = "role-admin";
    let mut plain = Finding::new(Grade::ERROR, files.span("a.yaml", "python3.8"), "runtime `python3.8` is deprecated");
    plain.rule = "deprecated-runtime";
    assert_data_eq!(
        written(&files, &report(&[plain, hostile]), Format::Concise, Style::PLAIN),
        str![[r#"
a.yaml:2:10: error[deprecated-runtime] runtime `python3.8` is deprecated
b\n\u{1b}[2J.yaml:1:3: advice[role-admin] first second third \u{1b}]0;title\u{7} \u{9b}31m \u{202e}txet

"#]]
        .raw()
    );
    assert_eq!(written(&files, &report(&[]), Format::Concise, Style::PLAIN), "");
}

#[test]
fn the_summary_counts() {
    let files = two_files();
    let warning = full(&files);
    let advice = bare(&files);
    let mut error = bare(&files);
    error.grade = Grade::ERROR;
    let counts = |findings: &[Finding], files| {
        summary(&Report { findings: findings.to_vec(), files, ..Report::default() }, Style::PLAIN)
    };
    assert_eq!(counts(&[], 14), "no findings in 14 files");
    assert_eq!(counts(std::slice::from_ref(&warning), 1), "1 warning in 1 file");
    assert_eq!(
        counts(&[error.clone(), error.clone(), warning, advice], 14),
        "2 errors, 1 warning, 1 piece of advice in 14 files"
    );
    let broken = Report {
        findings: vec![error],
        files: 3,
        skipped: vec![Skipped { file: "c".to_owned(), reason: "r".to_owned() }],
        errors: vec![RunError { file: Some("d\u{1b}".to_owned()), message: "gone\nfor good".to_owned() }],
    };
    assert_eq!(summary(&broken, Style::PLAIN), "1 error in 3 files, 1 skipped, 1 input could not be checked");
    let mut out = Vec::new();
    problems(&broken, Style::PLAIN, &mut out).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "error: d\\u{1b}: gone for good\n");
    let color = Style { color: true, ..Style::PLAIN };
    assert_eq!(summary(&report(&[]), color), "\u{1b}[1mno findings\u{1b}[0m in 1 file");
}

#[test]
fn a_closed_pipe_is_reported_as_such() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let files = two_files();
    for format in [Format::Text, Format::Concise, Format::Json] {
        let result = lambda_lint::report::write(&report(&[full(&files)]), &files.0, format, Style::PLAIN, &mut Closed);
        assert_eq!(result.unwrap_err().kind(), std::io::ErrorKind::BrokenPipe);
    }
}

#[test]
fn every_rule_has_a_page() {
    assert_eq!(rule_url("role-admin"), "https://lambda-lint.dev/rules/role-admin");
}
