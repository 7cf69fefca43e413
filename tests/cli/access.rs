//! `access` in the hands of hostile templates and other programs.

use super::project::{BROKEN, CLEAN, Project};

const FUNCTION: &str = "Resources:
  Orders:
    Type: AWS::Lambda::Function
    Properties: {Role: !GetAtt Role.Arn}
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: NAME
          PolicyDocument:
            Statement: {Effect: Allow, Action: [\"ACTION\"], Resource: \"RESOURCE\"}
";

fn template(name: &str, action: &str, resource: &str) -> String {
    FUNCTION.replace("NAME", name).replace("ACTION", action).replace("RESOURCE", resource)
}

#[test]
fn no_line_is_wider_than_80_columns_and_nothing_reaches_the_terminal_raw() {
    let long = "a".repeat(5_000);
    let control = "s3:\\e[2J\\u202e\\nPut";
    for text in [
        template(&long, &format!("{long}:{long}"), &long),
        template("\"\\e[31mred\"", control, control),
        template("x", "s3:*", &format!("arn:aws:s3:::{}", "日本".repeat(200))),
    ] {
        let run = Project::new(&[("a.yaml", &text)]).run(["access", "a.yaml"]);
        assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
        assert!(run.stdout.starts_with("Orders (a.yaml:2)\n  role `Role` (a.yaml:5)\n"), "{}", run.stdout);
        assert!(!run.stdout.contains(['\u{1b}', '\u{202e}', '\r']), "{}", run.stdout);
        for line in run.stdout.lines() {
            let columns: usize = line.chars().map(|c| if c > '\u{2e80}' { 2 } else { 1 }).sum();
            assert!(columns <= 80, "{line}");
        }
        let json = Project::new(&[("a.yaml", &text)]).run(["access", "--format", "json"]);
        assert!(!json.stdout.trim_end().contains(char::is_control), "{}", json.stdout);
        assert_eq!(json.json()["functions"][0]["roles"][0]["rights"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_right_has_its_place() {
    let run = Project::new(&[("a.yaml", &template("write", "s3:PutObject", "*"))]).run(["access", "--format=json"]);
    let document = run.json();
    let role = &document["functions"][0]["roles"][0];
    assert_eq!((&document["version"], &role["complete"]), (&1.into(), &true.into()));
    let right = &role["rights"][0];
    assert_eq!(right["levels"]["write"], 1);
    assert_eq!((&right["policy"], &right["document"]), (&"write".into(), &"inline".into()));
    assert_eq!((&right["file"], &right["line"]), (&"a.yaml".into(), &11.into()));
    assert_eq!(run.status, Some(0));
}

#[test]
fn what_cannot_be_read_ends_with_2() {
    let run = Project::new(&[("a.yaml", BROKEN), ("b.yaml", CLEAN)]).run(["access"]);
    assert_eq!(run.stderr, "error: a.yaml: not valid YAML or JSON; `lambda-lint check` shows where\n");
    assert_eq!((run.stdout.as_str(), run.status), ("", Some(2)));
    let json = Project::new(&[("a.yaml", BROKEN)]).run(["access", "--format", "json"]);
    assert_eq!(json.json()["errors"][0]["file"], "a.yaml");
    assert_eq!(json.status, Some(2));
}
