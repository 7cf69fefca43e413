//! The command line: arguments in, findings out, and an exit status that says how it went.
//!
//! | status | meaning |
//! |---|---|
//! | 0 | nothing found at or above `--fail-on` |
//! | 1 | something found at or above `--fail-on` |
//! | 2 | the work could not be done: a wrong option, a path that cannot be read |

mod access;
mod args;
mod check;
mod graph;
mod pages;
mod rules;
mod terminal;
mod usage;

use args::{Cli, Command};
use clap::Parser as _;
use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

/// How a run went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// Nothing found at or above the threshold.
    Clean,
    /// Something found at or above it.
    Findings,
    /// The work could not be done, or not all of it.
    Failed,
}

impl Status {
    fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Failed => 2,
        }
    }
}

/// The whole program, with the arguments of this process.
#[must_use]
pub fn main() -> ExitCode {
    std::panic::set_hook(Box::new(crashed));
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let status = match Cli::try_parse_from(&arguments) {
        Ok(cli) => match cli.command {
            Command::Check(options) => check::run(&options),
            Command::Access(options) => access::run(&options),
            Command::Graph(options) => graph::run(&options),
            Command::Explain { rule } => pages::explain(&rule),
            Command::Rules(options) => rules::run(&options),
        },
        Err(error) => usage::refuse(&error, &arguments),
    };
    ExitCode::from(status.code())
}

/// Ends a run that met a mistake of ours: it has not done its work, which is 2, not the 101 or the signal that a
/// panic would end with.
fn crashed(panic: &std::panic::PanicHookInfo<'_>) {
    use io::Write as _;
    let _ = writeln!(io::stderr(), "lambda-lint has a bug and stops here: {panic}\nPlease report it with the file.");
    std::process::exit(i32::from(Status::Failed.code()));
}

/// Whether writing went well. A reader that has seen enough (`| head`) closes the pipe, and that is no mistake.
fn written(result: io::Result<()>) -> Result<(), Status> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            terminal::error(&format!("cannot write the output: {error}"));
            Err(Status::Failed)
        }
        _ => Ok(()),
    }
}
