//! Code beside a template: what is looked at, and what never is.

use crate::project::Project;
use std::fmt::Write as _;

/// The rules that look beside a template.
const RULES: &str = "handler-not-found,go-bootstrap-missing,go-handler-signature,package-contents,deprecated-runtime";

const TEMPLATE: &str = "
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {DockerContext: PATH}
    Properties: {Runtime: RUNTIME, CodeUri: PATH, Handler: app.handler}
";

/// What is reported of a function whose code is at this path.
fn reported(project: &Project, runtime: &str, path: &str) -> String {
    let text = TEMPLATE.replace("PATH", path).replace("RUNTIME", runtime);
    project.write("repository/app/template.yaml", text.as_bytes());
    let run = project.run([
        "check",
        "--format",
        "concise",
        "--select",
        RULES,
        "--level",
        "strict",
        "repository/app/template.yaml",
    ]);
    assert!(matches!(run.status, Some(0 | 1)), "{run:?}");
    run.stdout
}

/// The finding in code at this path, in which the handler's function has another name.
fn other_name(path: &str) -> String {
    let column = 59 + path.len();
    format!(
        "repository/app/template.yaml:7:{column}: warning[handler-not-found] `F` cannot start: `{path}/app.py` has no `handler`\n"
    )
}

#[test]
fn code_is_read_inside_the_repository_and_nowhere_else() {
    let code = "def main(event, context): pass";
    let project = Project::new(&[
        ("repository/.git/HEAD", ""),
        ("repository/app/src/app.py", code),
        ("repository/lib/app.py", code),
        ("lib/app.py", code),
        ("lib/.env", "PASSWORD=secret"),
    ]);
    let found = |path: &str| reported(&project, "python3.14", path);
    assert_eq!(found("src"), other_name("src"));
    assert_eq!(found("../lib"), other_name("../lib"));
    assert_eq!(found("../../lib"), "", "outside of the repository");
    assert_eq!(found("../../../../../../../../../.."), "");
    assert_eq!(found(&project.path("lib").display().to_string()), "", "an absolute path");
    assert_eq!(found("https://example.com/code.zip"), "");
}

#[test]
fn standard_input_has_nothing_beside_it() {
    let project = Project::new(&[("src/app.py", "def main(event, context): pass")]);
    let template = TEMPLATE.replace("PATH", "src").replace("RUNTIME", "python3.14");
    let arguments = ["check", "--format", "concise", "--select", RULES, "--stdin-filename", "template.yaml", "-"];
    assert_eq!(project.run_with_stdin(&arguments, template.as_bytes()).stdout, "");
    project.write("template.yaml", template.as_bytes());
    assert_eq!(project.run(["check", "--format", "concise", "--select", RULES, "template.yaml"]).status, Some(1));
}

#[cfg(unix)]
#[test]
fn hostile_trees_are_harmless() {
    use std::os::unix::fs::symlink;

    let project = Project::new(&[("repository/.git/HEAD", ""), ("outside/app.py", ""), ("outside/.env", "A=b")]);
    let app = project.path("repository/app");
    std::fs::create_dir_all(app.join("links/inner")).unwrap();
    // Folders that hold themselves, each other, and the whole system.
    symlink(".", app.join("links/self")).unwrap();
    symlink("..", app.join("links/above")).unwrap();
    symlink("../links", app.join("links/inner/around")).unwrap();
    symlink("b", app.join("links/a")).unwrap();
    symlink("a", app.join("links/b")).unwrap();
    symlink("/", app.join("links/root")).unwrap();
    symlink(project.path("outside"), app.join("out")).unwrap();
    symlink(project.path("outside/app.py"), app.join("links/app.py")).unwrap();
    symlink(project.path("outside/.env"), app.join("links/.env")).unwrap();
    // Pipes where files should be: to read one would wait for ever.
    std::fs::create_dir_all(app.join("pipes")).unwrap();
    for name in [
        "app.py",
        "app.js",
        "main.go",
        ".env",
        "server.key",
        "Dockerfile",
        "package.json",
        "requirements.txt",
        "bootstrap",
    ] {
        let made = std::process::Command::new("mkfifo").arg(app.join("pipes").join(name)).status();
        assert!(made.is_ok_and(|status| status.success()));
    }
    // Names that would write to the terminal, and code that does.
    std::fs::create_dir_all(app.join("names")).unwrap();
    for name in ["\u{1b}[2J.py", "a\nb.py", "\u{202e}.key", "app\u{0}x".trim_end_matches("\u{0}x")] {
        std::fs::write(app.join("names").join(name), "-----BEGIN PRIVATE KEY-----\n").unwrap();
    }
    for runtime in ["python3.14", "nodejs24.x", "ruby3.4", "provided.al2023"] {
        for path in
            ["links", "links/self/self/self", "links/a", "links/root", "out", "pipes", "names", "links/root/etc", "."]
        {
            let reported = reported(&project, runtime, path);
            assert!(!reported.contains(['\u{1b}', '\u{202e}']), "{reported:?}");
            assert!(!reported.contains("passwd") && !reported.contains("links/.env"), "{reported}");
        }
    }
}

#[test]
fn many_functions_share_what_was_seen() {
    let project = Project::new(&[("repository/.git/HEAD", "")]);
    let mut template = String::from("Transform: AWS::Serverless-2016-10-31\nResources:\n");
    for number in 0..500 {
        let _ = writeln!(
            template,
            "  F{number}: {{Type: AWS::Serverless::Function, Properties: {{Runtime: python3.14, CodeUri: src, Handler: m{number}.f}}}}"
        );
        project.write(format!("repository/src/m{number}.py"), b"def f(e, c): pass\n");
    }
    for number in 0..5_000 {
        project.write(format!("repository/src/{number}.txt"), b"");
    }
    project.write("repository/template.yaml", template.as_bytes());
    let run = project.run(["check", "--format", "concise", "--select", RULES, "repository/template.yaml"]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), ""));
}
