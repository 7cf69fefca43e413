//! What people see: every kind of finding as the text format draws it.
#![cfg(feature = "cli")]
#![allow(clippy::unicode_not_nfc, clippy::needless_raw_string_hashes, reason = "of snapshots")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

mod report_support;

use lambda_lint::engine::{Applicability, Confidence, Finding, Fix, Grade};
use lambda_lint::report::{Format, Style};
use lambda_lint::source::Span;
use report_support::{Files, SAM, report, text, text_with, written};
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
  help: use `python3.13`, or suppress with
        `# lambda-lint: ignore deprecated-runtime`
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
  ESC[36mhelp: ESC[0muse `python3.13`, or suppress with
        `# lambda-lint: ignore deprecated-runtime`

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

fn at(files: &Files, file: &str, needle: &str, message: &str) -> Finding {
    let mut finding = Finding::new(Grade::WARNING, files.span(file, needle), "what happens").here(message);
    finding.rule = "limit-exceeded";
    finding
}

#[test]
fn wide_characters_and_marks() {
    let files = Files::new(&[(
        "日本.yaml",
        "説明: 日本語の関数 Runtime\ncafe\u{301}: nodejs \u{26a0}\u{fe0f} 👍\u{1f3fd} x\n",
    )]);
    let findings = [
        at(&files, "日本.yaml", "関数", "二文字").label(files.span("日本.yaml", "Runtime"), "after wide text"),
        at(&files, "日本.yaml", "nodejs", "after a mark").label(files.span("日本.yaml", "x"), "after emoji"),
    ];
    assert_data_eq!(
        text(&files, &findings),
        str![[r#"
warning[limit-exceeded]

  ⚠ what happens
   ╭─[日本.yaml:1:9]
 1 │ 説明: 日本語の関数 Runtime
   ·               ──┬─ ───┬───
   ·                 │     ╰── after wide text
   ·                 ╰── 二文字
 2 │ café: nodejs ⚠ 👍 x
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

warning[limit-exceeded]

  ⚠ what happens
   ╭─[日本.yaml:2:8]
 1 │ 説明: 日本語の関数 Runtime
 2 │ café: nodejs ⚠ 👍 x
   ·       ───┬──      ┬
   ·          │        ╰── after emoji
   ·          ╰── after a mark
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

"#]]
        .raw()
    );
}

#[test]
fn tabs_and_crlf() {
    let files = Files::new(&[("a.json", "{\r\n\t\"Runtime\":\t\"python3.8\",\r\n\t\"x\": 1\r\n}\r\n")]);
    let findings = [at(&files, "a.json", "\"python3.8\"", "between tabs"), at(&files, "a.json", "}\r\n", "to the end")];
    assert_data_eq!(
        text(&files, &findings),
        str![[r#"
warning[limit-exceeded]

  ⚠ what happens
   ╭─[a.json:2:13]
 1 │ {
 2 │     "Runtime":    "python3.8",
   ·                   ─────┬─────
   ·                        ╰── between tabs
 3 │     "x": 1
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

warning[limit-exceeded]

  ⚠ what happens
   ╭─[a.json:4:1]
 3 │     "x": 1
 4 │ }
   · ┬
   · ╰── to the end
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

"#]]
        .raw()
    );
}

fn syntax(grade: Grade, span: Span, message: &str) -> Finding {
    let mut finding = Finding::new(grade, span, message);
    finding.rule = "template-syntax";
    finding
}

#[test]
fn at_the_end_of_the_file() {
    let files = Files::new(&[("a.yaml", "a: 1\nb: [\n"), ("b.yaml", "a: ["), ("empty.yaml", "")]);
    let findings = [
        syntax(Grade::ERROR, files.bytes("a.yaml", 10, 10), "not closed").here("the file ends here"),
        syntax(Grade::ERROR, files.bytes("b.yaml", 4, 4), "not closed").here("the file ends here"),
        syntax(Grade::ERROR, files.bytes("empty.yaml", 0, 0), "nothing in it"),
        syntax(Grade::ERROR, files.bytes("b.yaml", 99, 200), "a span past the end").here("moved to the end"),
    ];
    assert_data_eq!(
        text(&files, &findings),
        str![[r#"
error[template-syntax]

  × not closed
   ╭─[a.yaml:3:1]
 2 │ b: [
 3 │
   · ▲
   · ╰── the file ends here
   ╰────
  link: https://lambda-lint.dev/rules/template-syntax

error[template-syntax]

  × not closed
   ╭─[b.yaml:1:5]
 1 │ a: [
   ·     ▲
   ·     ╰── the file ends here
   ╰────
  link: https://lambda-lint.dev/rules/template-syntax

error[template-syntax]

  × nothing in it
   ╭─[empty.yaml:1:1]
 1 │
   · ▲
   ╰────
  link: https://lambda-lint.dev/rules/template-syntax

error[template-syntax]

  × a span past the end
   ╭─[b.yaml:1:5]
 1 │ a: [
   ·     ▲
   ·     ╰── moved to the end
   ╰────
  link: https://lambda-lint.dev/rules/template-syntax

"#]]
        .raw()
    );
}

#[test]
fn an_empty_span_is_an_arrow() {
    let files = Files::new(&[("a.yaml", "Properties:\n  Runtime: x\n")]);
    let finding = syntax(Grade::ADVICE, files.bytes("a.yaml", 14, 14), "something is missing").here("add it here");
    assert_data_eq!(
        text(&files, &[finding]),
        str![[r#"
advice[template-syntax]

  ☞ something is missing
   ╭─[a.yaml:2:3]
 1 │ Properties:
 2 │   Runtime: x
   ·   ▲
   ·   ╰── add it here
   ╰────
  link: https://lambda-lint.dev/rules/template-syntax

"#]]
        .raw()
    );
}

#[test]
fn a_label_of_several_lines_is_drawn_on_its_first() {
    let files = Files::new(&[("template.yaml", SAM)]);
    let policies = files.span("template.yaml", "Policies:").start as usize;
    let mut finding = Finding::new(Grade::WARNING, files.bytes("template.yaml", policies, policies + 70), "too much")
        .here("all of these");
    finding.rule = "role-service-wildcard";
    assert_data_eq!(
        text(&files, &[finding]),
        str![[r#"
warning[role-service-wildcard]

  ⚠ too much
    ╭─[template.yaml:11:7]
 10 │       Timeout: 30
 11 │       Policies:
    ·       ────┬────
    ·           ╰── all of these
 12 │         - S3WritePolicy:
    ╰────
  link: https://lambda-lint.dev/rules/role-service-wildcard

"#]]
        .raw()
    );
}

#[test]
fn labels_on_one_line_also_when_they_overlap() {
    let files = Files::new(&[("a.yaml", "Statement: { Effect: Allow, Action: 's3:*', Resource: '*' }\n")]);
    let span = |needle| files.span("a.yaml", needle);
    let findings = [
        at(&files, "a.yaml", "Allow", "allows").label(span("'s3:*'"), "everything").label(span("'*'"), "on everything"),
        at(&files, "a.yaml", "Action: 's3:*'", "the outer one").label(span("'s3:*'"), "the inner one"),
        at(&files, "a.yaml", "'s3:*'", "the value").label(span("'s3:*', Resource"), "starts at the same place"),
        at(&files, "a.yaml", "'s3:*'", "").label(span("'s3:*'"), "the same bytes"),
    ];
    assert_data_eq!(
        text(&files, &findings),
        str![[r#"
warning[limit-exceeded]

  ⚠ what happens
   ╭─[a.yaml:1:22]
 1 │ Statement: { Effect: Allow, Action: 's3:*', Resource: '*' }
   ·                      ──┬──          ───┬──            ─┬─
   ·                        │               │               ╰── 3 on everything
   ·                        │               ╰── 2 everything
   ·                        ╰── 1 allows
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

warning[limit-exceeded]

  ⚠ what happens
   ╭─[a.yaml:1:29]
 1 │ Statement: { Effect: Allow, Action: 's3:*', Resource: '*' }
   ·                             ────┬──────┬──
   ·                                 │      ╰── the inner one
   ·                                 ╰── the outer one
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

warning[limit-exceeded]

  ⚠ what happens
   ╭─[a.yaml:1:37]
 1 │ Statement: { Effect: Allow, Action: 's3:*', Resource: '*' }
   ·                                     ────────┬───────
   ·                                             ╰─┤ the value
   ·                                               │ starts at the same place
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

warning[limit-exceeded]

  ⚠ what happens
   ╭─[a.yaml:1:37]
 1 │ Statement: { Effect: Allow, Action: 's3:*', Resource: '*' }
   ·                                     ───┬──
   ·                                        ╰── the same bytes
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

"#]]
        .raw()
    );
}

#[test]
fn a_story_across_files() {
    let files = Files::new(&[
        ("infra/roles/template.yaml", "Resources:\n  WriterRole:\n    Type: AWS::IAM::Role\n"),
        ("template.yaml", SAM),
    ]);
    let mut finding = Finding::new(Grade::ERROR, files.span("template.yaml", "!Ref Photos"), "it writes to itself")
        .here("the trigger")
        .label(files.span("infra/roles/template.yaml", "WriterRole"), "the role that lets it")
        .label(files.span("template.yaml", "Photos:"), "the bucket");
    finding.rule = "recursive-trigger";
    assert_data_eq!(
        text(&files, &[finding]),
        str![[r#"
error[recursive-trigger]

  × it writes to itself
    ╭─[template.yaml:18:21]
 17 │           Properties:
 18 │             Bucket: !Ref Photos
    ·                     ─────┬─────
    ·                          ╰── 1 the trigger
 19 │             Events: s3:ObjectCreated:*
 20 │
 21 │   Photos:
    ·   ───┬───
    ·      ╰── 3 the bucket
 22 │     Type: AWS::S3::Bucket
    ├─[infra/roles/template.yaml:2:3]
  1 │ Resources:
  2 │   WriterRole:
    ·   ─────┬────
    ·        ╰── 2 the role that lets it
  3 │     Type: AWS::IAM::Role
    ╰────
  link: https://lambda-lint.dev/rules/recursive-trigger

"#]]
        .raw()
    );
}

#[test]
fn long_lines_are_cut_around_their_labels() {
    let long = format!(
        "{{\"Description\":\"{}\",\"Runtime\":\"python3.8\",\"Role\":\"x\",\"Tags\":\"{}\",\"Timeout\":901}}",
        "d".repeat(500),
        "t".repeat(500)
    );
    let files = Files::new(&[("min.json", &long)]);
    let span = |needle| files.span("min.json", needle);
    let findings = [
        at(&files, "min.json", "\"python3.8\"", "deprecated 2024-10-14").label(span("\"Role\""), "near"),
        at(&files, "min.json", "\"python3.8\"", "here").label(span("901"), "and far away on the same line"),
        at(&files, "min.json", &"d".repeat(500), "far too long"),
    ];
    assert_data_eq!(
        text(&files, &findings),
        str![[r#"
warning[limit-exceeded]

  ⚠ what happens
   ╭─[min.json:1:529]
 1 │ …dddddddddddd","Runtime":"python3.8","Role":"x","Tags":"ttttttttttttttttt…
   ·                          ─────┬───── ───┬──
   ·                               │         ╰── near
   ·                               ╰── deprecated 2024-10-14
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

warning[limit-exceeded]

  ⚠ what happens
   ╭─[min.json:1:529]
 1 │ …dddddddddddd","Runtime":"python3.8","Role":"x","Tags":"ttttttttttttttttt…
   ·                          ─────┬─────
   ·                               ╰── here
   ├─[min.json:1:1072]
 1 │ …tttttttttttt","Timeout":901}
   ·                          ─┬─
   ·                           ╰── and far away on the same line
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

warning[limit-exceeded]

  ⚠ what happens
   ╭─[min.json:1:17]
 1 │ {"Description":"ddddddddddddddddddddddddddddddddddddddddddddddddddddddddd…
   ·                 ────────────────────────────┬────────────────────────────
   ·                                             ╰── far too long
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

"#]]
        .raw()
    );
}

#[test]
fn long_labels_are_wrapped_where_there_is_room() {
    let line = "          Resource: !Sub \"arn:${AWS::Partition}:s3:::${Photos}/thumbnails/*\"\n";
    let files = Files::new(&[("a.yaml", line), ("b.yaml", "Runtime: python3.8\n")]);
    let story = "this statement lets the function write to every key below `thumbnails/`, and the trigger has no filter \
                 on the prefix, so that what it writes starts it again";
    let findings = [at(&files, "a.yaml", "*", story), at(&files, "b.yaml", "python3.8", &story.repeat(6))];
    assert_data_eq!(
        text(&files, &findings),
        str![[r#"
warning[limit-exceeded]

  ⚠ what happens
   ╭─[a.yaml:1:75]
 1 │ …:::${Photos}/thumbnails/*"
   ·                          ┬
   ·                          ╰─┤ this statement lets the function write to
   ·                            │ every key below `thumbnails/`, and the trigger
   ·                            │ has no filter on the prefix, so that what it
   ·                            │ writes starts it again
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

warning[limit-exceeded]

  ⚠ what happens
   ╭─[b.yaml:1:10]
 1 │ Runtime: python3.8
   ·          ────┬────
   ·              ╰─┤ this statement lets the function write to every key below
   ·                │ `thumbnails/`, and the trigger has no filter on the
   ·                │ prefix, so that what it writes starts it againthis
   ·                │ statement lets the function write to every key below
   ·                │ `thumbnails/`, and the trigger has no filter on the
   ·                │ prefix, so that what it writes starts it againthis…
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

"#]]
        .raw()
    );
}

#[test]
fn long_names_are_cut_from_the_left() {
    let name = format!("{}/services/images/template.yaml", "deeply/nested/folder".repeat(8));
    let files = Files::new(&[(name.as_str(), "Runtime: x\n")]);
    assert_data_eq!(
        text(&files, &[at(&files, &name, "x", "here")]),
        str![[r#"
warning[limit-exceeded]

  ⚠ what happens
   ╭─[…ply/nested/folderdeeply/nested/folder/services/images/template.yaml:1:10]
 1 │ Runtime: x
   ·          ┬
   ·          ╰── here
   ╰────
  link: https://lambda-lint.dev/rules/limit-exceeded

"#]]
        .raw()
    );
}

#[test]
fn control_characters_are_shown_and_not_obeyed() {
    let name = "a\u{1b}]0;owned\u{7}\n.yaml";
    let files = Files::new(&[(name, "Key\u{202e}: \u{1b}[31mred\u{1b}[0m\u{9b}2J \u{0}end\n")]);
    let mut finding =
        at(&files, name, "end", "a label \u{1b}[2J of\ntwo lines").help("help\u{7f}\nsecond line \u{2066}");
    finding.message = "message \u{1b}[1A\r\nand \u{85} more".to_owned();
    finding.guard = Some("when \u{1b}[8m is true".to_owned());
    assert_data_eq!(
        text(&files, &[finding]),
        str![[r#"
warning[limit-exceeded]

  ⚠ message ␛[1A and � more
   ╭─[a␛]0;owned␇␊.yaml:1:24]
 1 │ Key�: ␛[31mred␛[0m�2J ␀end
   ·                        ─┬─
   ·                         ╰─┤ a label ␛[2J of
   ·                           │ two lines
   ╰────
  note: only when ␛[8m is true
  help: help␡
        second line �
  link: https://lambda-lint.dev/rules/limit-exceeded

"#]]
        .raw()
    );
}

#[test]
fn more_labels_than_anybody_reads() {
    let lines: String = (0..40).map(|index| format!("line{index:02}:")).collect::<Vec<_>>().join("\n");
    let files = Files::new(&[("a.yaml", &lines)]);
    let mut finding = at(&files, "a.yaml", "line00", "first");
    for index in 1..40 {
        finding = finding.label(files.span("a.yaml", &format!("line{index:02}")), "one more");
    }
    let drawn = text(&files, &[finding]);
    assert!(drawn.contains("12 one more") && !drawn.contains("13 one more"), "{drawn}");
    assert!(drawn.contains("  note: 28 more places are not shown\n"), "{drawn}");
}

#[test]
fn a_fix_stands_in_for_help() {
    let files = Files::new(&[("a.yaml", "Runtime: python3.8\n")]);
    let fix = Fix { title: "Use `python3.13`".to_owned(), applicability: Applicability::Safe, edits: Vec::new() };
    let mut finding = at(&files, "a.yaml", "python3.8", "").fix(fix);
    finding.confidence = Confidence::Low;
    assert_data_eq!(
        text(&files, &[finding]),
        str![[r#"
warning[limit-exceeded] (low confidence)

  ⚠ what happens
   ╭─[a.yaml:1:10]
 1 │ Runtime: python3.8
   ·          ─────────
   ╰────
  help: Use `python3.13`
  link: https://lambda-lint.dev/rules/limit-exceeded

"#]]
        .raw()
    );
}

#[test]
fn no_findings_no_text() {
    assert_eq!(text(&Files::new(&[]), &[]), "");
}

/// `cargo test --release --test report_text -- --ignored --nocapture` says how long it takes.
#[test]
#[ignore = "a measurement"]
fn ten_thousand_findings_in_one_file() {
    let block = "      Runtime: python3.8\n      Handler: app.handler\n";
    let many_lines = block.repeat(10_000);
    let one_line = "{\"Runtime\":\"python3.8\",\"Handler\":\"app.handler\"},".repeat(10_000);
    for text in [many_lines, one_line] {
        let files = Files::new(&[("a.yaml", &text)]);
        let findings: Vec<Finding> = text
            .match_indices("python3.8")
            .map(|(start, found)| {
                Finding::new(Grade::WARNING, files.bytes("a.yaml", start, start + found.len()), "deprecated")
                    .here("here")
            })
            .collect();
        for format in [Format::Text, Format::Concise, Format::Json] {
            let begin = std::time::Instant::now();
            let drawn = written(&files, &report(&findings), format, Style::PLAIN);
            println!("{format:?}: {} findings, {} bytes, {:?}", findings.len(), drawn.len(), begin.elapsed());
        }
        assert_eq!(findings.len(), 10_000);
    }
}
