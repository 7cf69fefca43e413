//! Arguments in, exit status out.

use lambda_lint::report::{Format, Style};

fn main() {
    let mut sources = lambda_lint::source::Sources::new();
    for name in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&name).unwrap_or_default();
        sources.add(lambda_lint::source::Source::new(name, text));
    }
    let Some(today) = lambda_lint::data::Date::new(2026, 11, 22) else { return };
    let mut settings = lambda_lint::Settings::new(today);
    settings.selection = lambda_lint::engine::Selection::everything();
    let report = lambda_lint::lint(&sources, &settings);
    let _ = lambda_lint::report::write(&report, &sources, Format::default(), Style::default(), &mut std::io::stdout());
    eprintln!("{} files, {} skipped, {} findings", report.files, report.skipped.len(), report.findings.len());
}
