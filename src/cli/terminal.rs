//! What the terminal can show.

use super::args::Color;
use crate::report::Style;
use anstream::{AutoStream, ColorChoice, stream::RawStream};
use std::io::{self, IsTerminal as _, Write as _};

/// How to write to standard output.
pub(super) fn stdout_style(color: Color) -> Style {
    let out = io::stdout();
    let color = colors(color, &out);
    if !out.is_terminal() {
        return Style { color, ..Style::PLAIN };
    }
    Style {
        color,
        links: color && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
        unicode: supports_unicode::on(supports_unicode::Stream::Stdout),
        width: terminal_size::terminal_size_of(&out).map_or(Style::PLAIN.width, |(width, _)| usize::from(width.0)),
    }
}

/// How to write to standard error.
pub(super) fn stderr_style(color: Color) -> Style {
    Style { color: colors(color, &io::stderr()), ..Style::PLAIN }
}

/// `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR`, `TERM=dumb` and whether anybody looks are `anstream`'s to weigh.
fn colors(color: Color, stream: &impl RawStream) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => !matches!(AutoStream::choice(stream), ColorChoice::Never),
    }
}

/// Says on standard error why the work could not be done.
pub(super) fn error(message: &str) {
    let word = if colors(Color::Auto, &io::stderr()) { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
    let _ = writeln!(io::stderr(), "{word}: {message}");
}
