//! `lambda-lint access`.

use super::args::{AccessArgs, AccessFormat};
use super::{Status, terminal, usage, written};
use crate::access;
use crate::report::{self, Format, Report};
use crate::source::discover;
use crate::source::load;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

/// Reads what was named and says what its functions may do.
pub(super) fn run(options: &AccessArgs) -> Status {
    let as_json = options.format == AccessFormat::Json;
    if options.stdin_filename.is_some() && !options.paths.iter().any(|path| path == Path::new("-")) {
        let format = if as_json { Format::Json } else { Format::Text };
        return usage::wrong("--stdin-filename names standard input, which is read for the path `-`", format);
    }
    let discovered = discover::discover(&options.paths);
    let loaded = load::load(&discovered, options.stdin_filename.as_deref());
    let mut found = access::access(&loaded.sources, discovered.alone);
    found.skipped.extend(loaded.skipped);
    found.skipped.sort_by(|a, b| a.file.cmp(&b.file));
    found.errors.extend(loaded.errors);

    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let result = match options.format {
        AccessFormat::Text => {
            report::access::text(&found, &loaded.sources, terminal::stdout_style(options.color), &mut out)
        }
        AccessFormat::Json => report::access::json(&found, &loaded.sources, &mut out),
    };
    if let Err(status) = written(result.and_then(|()| out.flush())) {
        return status;
    }
    let failed = !found.errors.is_empty();
    if !as_json || failed {
        epilogue(found, discovered.alone, options);
    }
    if failed { Status::Failed } else { Status::Clean }
}

/// What goes to standard error: errors, and why there is nothing to see.
fn epilogue(found: access::AccessReport, alone: bool, options: &AccessArgs) {
    let style = terminal::stderr_style(options.color);
    let mut err = io::stderr().lock();
    let nothing = found.functions.is_empty() && found.errors.is_empty();
    let files = found.files;
    let report = Report { errors: found.errors, skipped: found.skipped, files, ..Report::default() };
    // Nobody is left to tell when standard error cannot be written to.
    let _ = report::problems(&report, style, &mut err);
    if alone {
        let _ = report::skipped(&report, style, &mut err);
    }
    if nothing {
        let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
        let _ = writeln!(err, "no functions in {files}");
    }
}
