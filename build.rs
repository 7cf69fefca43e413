//! Turns the tables of facts (`src/data/facts`) and the front matter of the rule pages (`rules`) into static data,
//! so that nothing is parsed when the program starts. A mistake in either fails the build with its file and line.

#[path = "build/action_tags.rs"]
mod action_tags;
#[path = "build/emit.rs"]
mod emit;
#[path = "build/iam_actions.rs"]
mod iam_actions;
#[path = "build/limits.rs"]
mod limits;
#[path = "build/managed_policies.rs"]
mod managed_policies;
#[path = "build/pages.rs"]
mod pages;
#[path = "build/runtimes.rs"]
mod runtimes;
#[path = "build/sam_policy_templates.rs"]
mod sam_policy_templates;

#[path = "src/data/date.rs"]
#[allow(dead_code, unreachable_pub, reason = "the program's own type, used here only to check the days of the tables")]
mod date;

use emit::{Files, Result};
use std::process::ExitCode;

fn build(files: &Files) -> Result<()> {
    runtimes::write(files)?;
    iam_actions::write(files)?;
    action_tags::write(files)?;
    managed_policies::write(files)?;
    sam_policy_templates::write(files)?;
    limits::write(files)?;
    pages::write(files)
}

fn main() -> ExitCode {
    for path in ["build.rs", "build", "src/data/facts", "src/data/date.rs", "rules"] {
        println!("cargo::rerun-if-changed={path}");
    }
    match Files::from_environment().and_then(|files| build(&files)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            for line in message.lines() {
                println!("cargo::error={line}");
            }
            ExitCode::FAILURE
        }
    }
}
