//! What people see: every kind of finding as the text format draws it.
#![cfg(feature = "cli")]
#![allow(clippy::needless_raw_string_hashes, reason = "snapbox writes snapshots with them")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

mod report_support;

use lambda_lint::engine::{Confidence, Finding, Grade};
use lambda_lint::report::Style;
use report_support::{Files, SAM, text, text_with};
use snapbox::{IntoData, assert_data_eq, str};

fn deprecated(files: &Files) -> Finding {
    let span = files.span("template.yaml", "python3.8");
    let mut finding =
        Finding::new(Grade::WARNING, span, "function `Resize` uses runtime `python3.8`, which is deprecated")
            .here("deprecated 2024-10-14")
            .help("use `python3.13`, or suppress with `# lambda-lint: ignore deprecated-runtime`");
    finding.rule = "deprecated-runtime";
    finding
}

fn recursive(files: &Files) -> Finding {
    let mut finding = Finding::new(
        Grade::ERROR,
        files.span("template.yaml", "!Ref Photos"),
        "`Resize` writes to the bucket that triggers it, so every photo starts it again without end",
    )
    .here("the trigger: every object created in `Photos`")
    .label(files.span("template.yaml", "Resize"), "runs this function")
    .label(files.span("template.yaml", "S3WritePolicy"), "which may write to `Photos`")
    .label(files.span("template.yaml", "Photos:"), "the bucket")
    .help("write to another bucket, or give the event a `Filter` that what is written does not match");
    finding.rule = "recursive-trigger";
    finding.confidence = Confidence::Medium;
    finding.guard = Some("when IsProd is false".to_owned());
    finding
}

#[test]
fn one_label() {
    let files = Files::new(&[("template.yaml", SAM)]);
    assert_data_eq!(
        text(&files, &[deprecated(&files)]),
        str![[r#"
warning[deprecated-runtime]

  ⚠ function `Resize` uses runtime `python3.8`, which is deprecated
   ╭─[template.yaml:8:16]
 7 │       Handler: app.handler
 8 │       Runtime: python3.8  # old
   ·                ────┬────
   ·                    ╰── deprecated 2024-10-14
 9 │       MemorySize: 128
   ╰────
  help: use `python3.13`, or suppress with `# lambda-lint: ignore
        deprecated-runtime`
  link: https://lambda-lint.dev/rules/deprecated-runtime

"#]]
    );
}

#[test]
fn a_story_is_numbered_and_told_in_order() {
    let files = Files::new(&[("template.yaml", SAM)]);
    assert_data_eq!(
        text(&files, &[recursive(&files)]),
        str![[r#"
error[recursive-trigger] (medium confidence)

  × `Resize` writes to the bucket that triggers it, so every photo starts it
  │ again without end
    ╭─[template.yaml:18:21]
 17 │           Properties:
 18 │             Bucket: !Ref Photos
    ·                     ─────┬─────
    ·                          ╰─┤ 1 the trigger: every object created in
    ·                            │   `Photos`
 19 │             Events: s3:ObjectCreated:*
 20 │
 21 │   Photos:
    ·   ───┬───
    ·      ╰── 4 the bucket
 22 │     Type: AWS::S3::Bucket
    ├─[template.yaml:4:3]
  3 │ Resources:
  4 │   Resize:
    ·   ───┬──
    ·      ╰── 2 runs this function
  5 │     Type: AWS::Serverless::Function
    ├─[template.yaml:12:11]
 11 │       Policies:
 12 │         - S3WritePolicy:
    ·           ──────┬──────
    ·                 ╰── 3 which may write to `Photos`
 13 │             BucketName: !Ref Photos
    ╰────
  note: only when IsProd is false
  help: write to another bucket, or give the event a `Filter` that what is
        written does not match
  link: https://lambda-lint.dev/rules/recursive-trigger

"#]]
    );
}

#[test]
fn colours_and_links() {
    let files = Files::new(&[("template.yaml", SAM)]);
    let style = Style { color: true, links: true, ..Style::PLAIN };
    let drawn = text_with(&files, &[recursive(&files), deprecated(&files)], style);
    if let Ok(path) = std::env::var("SHOW") {
        std::fs::write(path, &drawn).unwrap();
    }
    assert_data_eq!(
        drawn.replace("\u{1b}\\", "ST").replace('\u{1b}', "ESC"),
        str![[r#"
ESC[31merror[ESC]8;;https://lambda-lint.dev/rules/recursive-triggerSTrecursive-triggerESC]8;;ST] (medium confidence)ESC[0m

  ESC[31m×ESC[0m ESC[1m`Resize` writes to the bucket that triggers it, so every photo starts itESC[0m
  ESC[31m│ESC[0m ESC[1magain without endESC[0m
    ╭─[ESC[36mtemplate.yaml:18:21ESC[0m]
 ESC[2m17ESC[0m │           Properties:
 ESC[2m18ESC[0m │             Bucket: !Ref Photos
    · ESC[31;1m                    ─────┬─────ESC[0m
    ·                          ESC[31;1m╰─┤ ESC[31;1m1 the trigger: every object created inESC[0mESC[0m
    ·                          ESC[31;1m  │ ESC[31;1m  `Photos`ESC[0mESC[0m
 ESC[2m19ESC[0m │             Events: s3:ObjectCreated:*
 ESC[2m20ESC[0m │
 ESC[2m21ESC[0m │   Photos:
    · ESC[94;1m  ───┬───ESC[0m
    ·      ESC[94;1m╰── ESC[94;1m4 the bucketESC[0mESC[0m
 ESC[2m22ESC[0m │     Type: AWS::S3::Bucket
    ├─[ESC[36mtemplate.yaml:4:3ESC[0m]
  ESC[2m3ESC[0m │ Resources:
  ESC[2m4ESC[0m │   Resize:
    · ESC[35;1m  ───┬──ESC[0m
    ·      ESC[35;1m╰── ESC[35;1m2 runs this functionESC[0mESC[0m
  ESC[2m5ESC[0m │     Type: AWS::Serverless::Function
    ├─[ESC[36mtemplate.yaml:12:11ESC[0m]
 ESC[2m11ESC[0m │       Policies:
 ESC[2m12ESC[0m │         - S3WritePolicy:
    · ESC[32;1m          ──────┬──────ESC[0m
    ·                 ESC[32;1m╰── ESC[32;1m3 which may write to `Photos`ESC[0mESC[0m
 ESC[2m13ESC[0m │             BucketName: !Ref Photos
    ╰────
  ESC[36mnote: ESC[0monly when IsProd is false
  ESC[36mhelp: ESC[0mwrite to another bucket, or give the event a `Filter` that what is
        written does not match

ESC[33mwarning[ESC]8;;https://lambda-lint.dev/rules/deprecated-runtimeSTdeprecated-runtimeESC]8;;ST]ESC[0m

  ESC[33m⚠ESC[0m ESC[1mfunction `Resize` uses runtime `python3.8`, which is deprecatedESC[0m
   ╭─[ESC[36mtemplate.yaml:8:16ESC[0m]
 ESC[2m7ESC[0m │       Handler: app.handler
 ESC[2m8ESC[0m │       Runtime: python3.8  # old
   · ESC[33;1m               ────┬────ESC[0m
   ·                    ESC[33;1m╰── ESC[33;1mdeprecated 2024-10-14ESC[0mESC[0m
 ESC[2m9ESC[0m │       MemorySize: 128
   ╰────
  ESC[36mhelp: ESC[0muse `python3.13`, or suppress with `# lambda-lint: ignore
        deprecated-runtime`

"#]]
    );
}

#[test]
fn without_box_drawing() {
    let files = Files::new(&[("template.yaml", SAM)]);
    let style = Style { unicode: false, ..Style::PLAIN };
    assert_data_eq!(
        text_with(&files, &[recursive(&files)], style),
        str![[r#"
error[recursive-trigger] (medium confidence)

  x `Resize` writes to the bucket that triggers it, so every photo starts it
  | again without end
    ,-[template.yaml:18:21]
 17 |           Properties:
 18 |             Bucket: !Ref Photos
    :                     ^^^^^|^^^^^
    :                          `-| 1 the trigger: every object created in
    :                            |   `Photos`
 19 |             Events: s3:ObjectCreated:*
 20 |
 21 |   Photos:
    :   ^^^|^^^
    :      `-- 4 the bucket
 22 |     Type: AWS::S3::Bucket
    |-[template.yaml:4:3]
  3 | Resources:
  4 |   Resize:
    :   ^^^|^^
    :      `-- 2 runs this function
  5 |     Type: AWS::Serverless::Function
    |-[template.yaml:12:11]
 11 |       Policies:
 12 |         - S3WritePolicy:
    :           ^^^^^^|^^^^^^
    :                 `-- 3 which may write to `Photos`
 13 |             BucketName: !Ref Photos
    `----
  note: only when IsProd is false
  help: write to another bucket, or give the event a `Filter` that what is
        written does not match
  link: https://lambda-lint.dev/rules/recursive-trigger

"#]]
        .raw()
    );
}
