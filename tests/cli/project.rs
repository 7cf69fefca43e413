//! A directory with files in it, and the program run there.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A template with nothing wrong.
pub(crate) const CLEAN: &str = "Resources:\n  Photos:\n    Type: AWS::S3::Bucket\n";
/// A template with one warning, `duplicate-key`, at 4:5.
pub(crate) const TWICE: &str = "Resources:\n  Photos:\n    Type: AWS::S3::Bucket\n    Type: AWS::S3::Bucket\n";
/// A template with one error, `template-syntax`.
pub(crate) const BROKEN: &str = "Resources:\n  Photos:\n    Type: [AWS::S3::Bucket\n";

/// A directory that goes away when it is dropped.
pub(crate) struct Project {
    directory: tempfile::TempDir,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output as one JSON document.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let project = Self { directory: tempfile::tempdir().unwrap() };
        for (name, text) in files {
            project.write(name, text.as_bytes());
        }
        project
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The program with these arguments, in this directory, without the surroundings of whoever runs the tests.
    pub(crate) fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lambda-lint"));
        command.args(arguments).current_dir(self.directory.path()).stdin(Stdio::null());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM", "CI"] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
        finish(self.command(arguments), None)
    }

    pub(crate) fn run_with_stdin(&self, arguments: &[&str], stdin: &[u8]) -> Run {
        finish(self.command(arguments), Some(stdin))
    }

    /// The files and rules of the findings, in concise form without lines and messages: `a.yaml duplicate-key`.
    pub(crate) fn found(&self, arguments: &[&str]) -> Vec<String> {
        let run = self.run(["check", "--format", "json"].iter().chain(arguments));
        run.json()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| format!("{} {}", finding["file"].as_str().unwrap(), finding["rule"].as_str().unwrap()))
            .collect()
    }
}

/// Runs a command to its end.
pub(crate) fn finish(mut command: Command, stdin: Option<&[u8]>) -> Run {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    if stdin.is_some() {
        command.stdin(Stdio::piped());
    }
    let mut child = command.spawn().unwrap();
    if let (Some(bytes), Some(mut pipe)) = (stdin, child.stdin.take()) {
        // The program may have seen enough before everything is written.
        let _ = pipe.write_all(bytes);
    }
    let output = child.wait_with_output().unwrap();
    Run {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
