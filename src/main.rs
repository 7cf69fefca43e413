//! Arguments in, exit status out.

use std::process::ExitCode;

fn main() -> ExitCode {
    lambda_lint::cli::main()
}
