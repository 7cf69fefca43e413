//! `lambda-lint graph`.

use super::args::{Color, GraphArgs, GraphFormat};
use super::{Status, check, terminal, usage, written};
use crate::graph;
use crate::report::{self, Format, Report};
use crate::source::beside::Beside;
use crate::source::{discover, load};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

/// Reads what was named and draws what runs what.
pub(super) fn run(options: &GraphArgs) -> Status {
    if options.stdin_filename.is_some() && !options.paths.iter().any(|path| path == Path::new("-")) {
        let format = if options.format == GraphFormat::Json { Format::Json } else { Format::Text };
        return usage::wrong("--stdin-filename names standard input, which is read for the path `-`", format);
    }
    let discovered = discover::discover(&options.paths);
    let mut loaded = load::load(&discovered, options.stdin_filename.as_deref());
    let beside = Beside::new(&discovered);
    let mut picture = graph::picture(&mut loaded.sources, &beside, discovered.alone, options.level, check::today());
    picture.skipped.extend(loaded.skipped);
    picture.skipped.sort_by(|a, b| a.file.cmp(&b.file));
    picture.errors.extend(loaded.errors);

    let format = match options.format {
        GraphFormat::Mermaid => report::graph::Format::Mermaid,
        GraphFormat::Dot => report::graph::Format::Dot,
        GraphFormat::Json => report::graph::Format::Json,
        GraphFormat::Svg => report::graph::Format::Svg,
        GraphFormat::Html => report::graph::Format::Html,
    };
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let result = report::graph::write(&picture, &loaded.sources, format, &mut out);
    if let Err(status) = written(result.and_then(|()| out.flush())) {
        return status;
    }
    let failed = !picture.errors.is_empty();
    if options.format != GraphFormat::Json || failed {
        epilogue(picture, discovered.alone);
    }
    if failed { Status::Failed } else { Status::Clean }
}

/// What goes to standard error: errors, and why there is nothing to see.
fn epilogue(picture: graph::Picture, alone: bool) {
    let style = terminal::stderr_style(Color::Auto);
    let mut err = io::stderr().lock();
    let nothing = picture.drawings.is_empty() && picture.errors.is_empty();
    let files = picture.files;
    let report = Report { errors: picture.errors, skipped: picture.skipped, files, ..Report::default() };
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
