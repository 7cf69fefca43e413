//! Standard input, colours, pipes that close, names that would write to the terminal.

use super::project::{BROKEN, CLEAN, Project, TWICE, finish};
use std::io::Read as _;
use std::process::Stdio;

#[test]
fn standard_input_is_a_file_of_its_own_name() {
    let project = Project::new(&[]);
    let run = project.run_with_stdin(&["check", "-", "--format", "concise"], TWICE.as_bytes());
    assert!(run.stdout.starts_with("<stdin>:4:5: warning[duplicate-key] "), "{run:?}");
    assert_eq!((run.stderr.as_str(), run.status), ("", Some(1)));

    let named = ["check", "--stdin-filename", "app/template.yaml", "-", "--format", "concise"];
    let run = project.run_with_stdin(&named, TWICE.as_bytes());
    assert!(run.stdout.starts_with("app/template.yaml:4:5: warning[duplicate-key] "), "{run:?}");

    let run = project.run_with_stdin(&["check", "-"], CLEAN.as_bytes());
    assert_eq!((run.stdout.as_str(), run.stderr.as_str(), run.status), ("", "no findings in 1 file\n", Some(0)));
}

#[test]
fn the_name_of_standard_input_tells_json_from_yaml() {
    let project = Project::new(&[]);
    let json = r#"{"Resources": {"Photos": {"Type": "AWS::S3::Bucket"}}}"#;
    for name in ["a.json", "a.yaml", "a.template"] {
        let run = project.run_with_stdin(&["check", "-", "--stdin-filename", name], json.as_bytes());
        assert_eq!(run.stderr, "no findings in 1 file\n", "{name}");
    }
    // What is YAML and no JSON is a mistake in a `.json` file.
    let run =
        project.run_with_stdin(&["check", "-", "--stdin-filename", "a.json", "--format", "json"], CLEAN.as_bytes());
    assert_eq!(run.json()["findings"][0]["rule"], "template-syntax");
}

#[test]
fn standard_input_that_is_none_of_ours_is_a_note() {
    let project = Project::new(&[]);
    for text in ["", "on: push\n", "{}"] {
        let run = project.run_with_stdin(&["check", "-"], text.as_bytes());
        assert!(run.stderr.starts_with("note: <stdin>: not checked: neither a "), "{run:?}");
        assert_eq!((run.stdout.as_str(), run.status), ("", Some(0)));
    }
}

#[test]
fn standard_input_beside_files() {
    let project = Project::new(&[("a.yaml", TWICE)]);
    let run = project.run_with_stdin(&["check", "-", "a.yaml", "-", "--format", "concise"], TWICE.as_bytes());
    let places: Vec<&str> = run.stdout.lines().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(places, ["<stdin>:4:5", "a.yaml:4:5"]);
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let project = Project::new(&[("a.yaml", TWICE)]);
    let colourful = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = project.command(["check", "a.yaml"].iter().chain(arguments));
        command.envs(environment.iter().copied());
        let run = finish(command, None);
        assert_eq!(run.stdout.contains('\u{1b}'), run.stderr.contains('\u{1b}'), "{run:?}");
        run.stdout.contains('\u{1b}')
    };
    assert!(!colourful(&[], &[]), "a pipe");
    assert!(colourful(&["--color", "always"], &[]));
    assert!(colourful(&["--color=always"], &[("NO_COLOR", "1")]), "the option is asked for more plainly");
    assert!(colourful(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colourful(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!colourful(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    // More than a pipe holds, so that the program is still writing when the reader leaves.
    let many: String = (0..5_000).map(|_| "    Type: AWS::S3::Bucket\n").collect();
    let project = Project::new(&[("a.yaml", &format!("{CLEAN}{many}"))]);
    for format in ["text", "concise", "json"] {
        let mut command = project.command(["check", "--format", format]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
        assert_eq!(output.status.code(), Some(1), "{format}");
    }
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let project = Project::new(&[("a.yaml", TWICE)]);
    let output = project.command(["check"]).stdout(Stdio::from(full)).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.starts_with("error: cannot write the output: "), "{said}");
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn hostile_file_names_reach_no_terminal_raw() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let project =
        Project::new(&[("new\nline.yaml", TWICE), ("\u{1b}[31mred.yaml", TWICE), ("\u{202e}lmay.yaml", TWICE)]);
    project.write(OsStr::from_bytes(b"latin-\xe9.yaml"), BROKEN.as_bytes());

    let concise = project.run(["check", "--format", "concise"]);
    let names: Vec<&str> = concise.stdout.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(names, ["\\u{1b}[31mred.yaml", "latin-\u{fffd}.yaml", "new\\nline.yaml", "\\u{202e}lmay.yaml"]);

    let json = project.run(["check", "--format", "json"]);
    assert!(!json.stdout.trim_end().contains(char::is_control), "{}", json.stdout);
    let files: Vec<String> = json.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["file"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(files, ["\u{1b}[31mred.yaml", "latin-\u{fffd}.yaml", "new\nline.yaml", "\u{202e}lmay.yaml"]);

    let text = project.run(["check"]);
    assert!(!text.stdout.contains(['\u{1b}', '\u{202e}']), "{}", text.stdout);

    let missing = project.run([OsStr::from_bytes(b"check"), OsStr::from_bytes(b"\x1b[2Jno.yaml")]);
    assert!(missing.stderr.starts_with("error: \\u{1b}[2Jno.yaml: no such file"), "{}", missing.stderr);
    let misspelt = project.run(["check", "--select", "\u{1b}[2J"]);
    assert!(!misspelt.stderr.contains('\u{1b}'), "{}", misspelt.stderr);
    let command = project.run(["\u{1b}[2J"]);
    assert!(!command.stderr.contains('\u{1b}'), "{}", command.stderr);
}
