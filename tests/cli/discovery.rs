//! Which files are found, and what happens to those that are no texts, too large or no files.

use super::project::{BROKEN, CLEAN, Project, TWICE};

#[test]
fn a_search_takes_the_endings_of_templates_in_any_case() {
    let project = Project::new(&[
        ("a.yaml", TWICE),
        ("b.YML", TWICE),
        ("c.template", TWICE),
        ("d/e/.hidden.yaml", TWICE),
        ("f.txt", TWICE),
        ("yaml", TWICE),
        ("g.json", r#"{"Resources": {"A": {"Type": "AWS::S3::Bucket", "Type": "AWS::S3::Bucket"}}}"#),
    ]);
    let expected = ["a.yaml", "b.YML", "c.template", "d/e/.hidden.yaml", "g.json"];
    assert_eq!(project.found(&[]), expected.map(|file| format!("{file} duplicate-key")));
    assert_eq!(project.found(&["."]), expected.map(|file| format!("{file} duplicate-key")));
    assert_eq!(project.found(&["f.txt", "yaml"]), ["f.txt duplicate-key", "yaml duplicate-key"], "named");
    assert_eq!(project.found(&["./d", "d/e"]), ["d/e/.hidden.yaml duplicate-key"], "once");
}

#[test]
fn a_search_stays_out_of_what_tools_leave_behind() {
    let project = Project::new(&[
        ("node_modules/x/a.yaml", TWICE),
        ("app/.aws-sam/build/template.yaml", TWICE),
        (".git/a.yaml", TWICE),
        (".terraform/modules/a.yaml", TWICE),
        ("cdk.out/asset.0123/a.yaml", TWICE),
        ("cdk.out/Stack.template.json", TWICE),
        ("app/asset.photos/a.yaml", TWICE),
    ]);
    // The one in `cdk.out` that is left is JSON by its name, and broken.
    assert_eq!(
        project.found(&[]),
        ["app/asset.photos/a.yaml duplicate-key", "cdk.out/Stack.template.json template-syntax"]
    );
    assert_eq!(project.found(&["app/.aws-sam"]), ["app/.aws-sam/build/template.yaml duplicate-key"], "named");
    assert_eq!(project.found(&["cdk.out/asset.0123"]), ["cdk.out/asset.0123/a.yaml duplicate-key"], "named");
    assert_eq!(project.found(&["cdk.out"]), ["cdk.out/Stack.template.json template-syntax"]);
}

#[test]
fn what_git_ignores_is_left_out_unless_it_is_named() {
    let project = Project::new(&[
        (".gitignore", "/build/\n*.generated.yaml\n"),
        ("app/.gitignore", "local.yaml\n"),
        ("app/a.yaml", TWICE),
        ("app/local.yaml", TWICE),
        ("app/b.generated.yaml", TWICE),
        ("build/c.yaml", TWICE),
        ("build/deep/d.yaml", TWICE),
        ("build/node_modules/e.yaml", TWICE),
    ]);
    assert_eq!(project.found(&[]), ["app/a.yaml duplicate-key"], "also without a repository");
    assert_eq!(project.found(&["app"]), ["app/a.yaml duplicate-key"], "the directory above has a say");
    assert_eq!(project.found(&["app/local.yaml"]), ["app/local.yaml duplicate-key"]);
    let build = ["build/c.yaml duplicate-key", "build/deep/d.yaml duplicate-key"];
    assert_eq!(project.found(&["build"]), build, "a directory that is ignored, and named");
    assert_eq!(project.found(&["build/deep"]), ["build/deep/d.yaml duplicate-key"]);
}

#[test]
fn the_order_is_always_the_same() {
    let names: Vec<String> = (0..100).map(|number| format!("d{}/t{number}.yaml", number % 7)).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), TWICE)).collect();
    let project = Project::new(&files);
    let first = project.found(&[]);
    assert_eq!(first.len(), 100);
    let mut sorted = first.clone();
    sorted.sort();
    assert_eq!(first, sorted);
    for _ in 0..5 {
        assert_eq!(project.found(&[]), first);
    }
    let reversed: Vec<&str> = names.iter().rev().map(String::as_str).collect();
    assert_eq!(project.found(&reversed), first);
}

#[test]
fn a_file_that_is_too_large_is_left_alone() {
    let project = Project::new(&[("a.yaml", CLEAN)]);
    // A file of 50 MB that takes no room on the disk.
    let large = std::fs::File::create(project.path("large.yaml")).unwrap();
    large.set_len(50 * 1024 * 1024).unwrap();
    let run = project.run(["check"]);
    assert_eq!((run.stderr.as_str(), run.status), ("no findings in 1 file, 1 skipped\n", Some(0)));
    let run = project.run(["check", "large.yaml"]);
    assert!(run.stderr.starts_with("note: large.yaml: not checked: larger than 16 MiB"), "{run:?}");
    assert_eq!(run.status, Some(0));
    let run = project.run_with_stdin(&["check", "-", "--format", "json"], &vec![b' '; 17 * 1024 * 1024]);
    assert!(run.json()["skipped"][0]["reason"].as_str().unwrap().starts_with("larger than 16 MiB"), "{run:?}");
}

#[test]
fn what_is_not_text_is_said_where_it_is() {
    let project = Project::new(&[]);
    project.write("a.yaml", b"Description: caf\xe9\nResources:\n  Photos:\n    Type: AWS::S3::Bucket\n");
    project.write("data.yaml", b"name: caf\xe9\n");
    project.write("image.yaml", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR Resources AWS::");
    let run = project.run(["check", "--format", "concise"]);
    assert_eq!(run.stdout, "a.yaml:1:17: error[template-syntax] Byte 0xE9 at line 1, column 17 is not UTF-8\n");
    assert_eq!(project.found(&["data.yaml"]), ["data.yaml template-syntax"], "named alone");
    assert_eq!(project.found(&["data.yaml", "image.yaml"]), [""; 0], "somebody else's");
    let run = project.run(["check", "image.yaml"]);
    assert!(run.stderr.starts_with("note: image.yaml: not checked: "), "{run:?}");
}

#[test]
fn utf_16_and_byte_order_marks_are_read() {
    let project = Project::new(&[("bom.yaml", &format!("\u{feff}{TWICE}"))]);
    let little: Vec<u8> = [0xFF, 0xFE].into_iter().chain(TWICE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    project.write("utf16.yaml", &little);
    assert_eq!(project.found(&[]), ["bom.yaml duplicate-key", "utf16.yaml duplicate-key"]);
    project.write("utf16.yaml", &little[..little.len() - 1]);
    assert_eq!(project.found(&["utf16.yaml"]), ["utf16.yaml template-syntax"]);
}

#[test]
fn a_broken_file_is_said_when_it_is_named_alone_or_looks_like_a_template() {
    let project = Project::new(&[("a.yaml", BROKEN), ("b.yaml", "key: [1\n"), ("c.yaml", CLEAN)]);
    assert_eq!(project.found(&[]), ["a.yaml template-syntax"]);
    assert_eq!(project.found(&["b.yaml", "c.yaml"]), [""; 0]);
    assert_eq!(project.found(&["b.yaml"]), ["b.yaml template-syntax"]);
}

#[cfg(unix)]
mod unix {
    use super::super::project::{CLEAN, Project, TWICE};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::net::UnixListener;

    #[test]
    fn symbolic_links_are_followed_when_named_only() {
        let outside = Project::new(&[("secret.yaml", TWICE)]);
        let project = Project::new(&[("real/a.yaml", TWICE)]);
        symlink(outside.path("secret.yaml"), project.path("out.yaml")).unwrap();
        symlink(outside.path("."), project.path("out")).unwrap();
        symlink("real", project.path("same")).unwrap();
        symlink("loop.yaml", project.path("loop.yaml")).unwrap();
        assert_eq!(project.found(&[]), ["real/a.yaml duplicate-key"]);
        assert_eq!(project.found(&["out.yaml"]), ["out.yaml duplicate-key"]);
        assert_eq!(project.found(&["out", "same"]), ["out/secret.yaml duplicate-key", "same/a.yaml duplicate-key"]);
        let run = project.run(["check", "loop.yaml"]);
        assert!(run.stderr.starts_with("error: loop.yaml: "), "{run:?}");
        assert_eq!(run.status, Some(2));
    }

    #[test]
    fn pipes_and_sockets_are_never_opened() {
        let project = Project::new(&[("a.yaml", CLEAN)]);
        let made = std::process::Command::new("mkfifo").arg(project.path("pipe.yaml")).status().unwrap();
        assert!(made.success());
        let _socket = UnixListener::bind(project.path("socket.yaml")).unwrap();
        let run = project.run(["check"]);
        assert_eq!((run.stderr.as_str(), run.status), ("no findings in 1 file\n", Some(0)));
        for (name, what) in [("pipe.yaml", "a named pipe"), ("socket.yaml", "a socket"), ("/dev/null", "a device")] {
            let run = project.run(["check", name]);
            assert!(run.stderr.starts_with(&format!("error: {name}: is {what} and not read; ")), "{run:?}");
            assert_eq!(run.status, Some(2));
        }
    }

    #[test]
    fn what_may_not_be_read_is_an_error_wherever_it_was_found() {
        let project = Project::new(&[("a.yaml", TWICE), ("locked/b.yaml", TWICE), ("c.yaml", TWICE)]);
        let deny =
            |name: &str| std::fs::set_permissions(project.path(name), std::fs::Permissions::from_mode(0o000)).unwrap();
        deny("locked");
        deny("c.yaml");
        let allowed = std::fs::read(project.path("c.yaml")).is_ok();
        let run = project.run(["check", "--format", "json"]);
        std::fs::set_permissions(project.path("locked"), std::fs::Permissions::from_mode(0o700)).unwrap();
        if allowed {
            // Whoever runs this may read everything (root); then there is nothing to complain about.
            assert_eq!(run.json()["findings"].as_array().unwrap().len(), 3);
            return;
        }
        let denied = "permission denied; make it readable, or leave it out";
        assert_eq!(
            run.json()["errors"],
            serde_json::json!([{ "file": "locked", "message": denied }, { "file": "c.yaml", "message": denied }])
        );
        assert_eq!((run.json()["findings"].as_array().unwrap().len(), run.status), (1, Some(2)));
    }
}
