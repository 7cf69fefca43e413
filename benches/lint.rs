//! How long the steps take, inside one process: `cargo bench`. Whole processes, and other tools beside them, are
//! `benches/compare/run`'s.

use divan::{Bencher, black_box};
use lambda_lint::data::Date;
use lambda_lint::source::{Source, SourceId, Sources};
use lambda_lint::syntax::{self, Language};
use lambda_lint::{Settings, engine, frontend, lint};

/// 49 and 915 lines.
const TEMPLATES: [(&str, &str); 2] =
    [("small", include_str!("templates/small.yaml")), ("large", include_str!("templates/large.yaml"))];
const NAMES: [&str; 2] = ["small", "large"];

fn main() {
    divan::main();
}

fn text(name: &str) -> &'static str {
    TEMPLATES.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}

fn settings() -> Settings {
    Settings::new(Date::new(2026, 11, 22).unwrap_or(Date::MAX))
}

/// From text to the spanned tree.
#[divan::bench(args = NAMES)]
fn read(bencher: Bencher<'_, '_>, name: &str) {
    let text = text(name);
    bencher
        .counter(divan::counter::BytesCount::of_str(text))
        .bench(|| syntax::read(SourceId(0), black_box(text), Language::Yaml));
}

/// From text to resources: reading and lowering.
#[divan::bench(args = NAMES)]
fn lower(bencher: Bencher<'_, '_>, name: &str) {
    let text = text(name);
    bencher
        .counter(divan::counter::BytesCount::of_str(text))
        .bench(|| frontend::read(SourceId(0), "template.yaml", black_box(text), true));
}

/// From resources to findings: the application and every rule.
#[divan::bench(args = NAMES)]
fn check(bencher: Bencher<'_, '_>, name: &str) {
    let settings = settings();
    let frontend::Read::Unit(unit) = frontend::read(SourceId(0), "template.yaml", text(name), true) else { return };
    bencher.bench(|| engine::check(vec![black_box(&*unit)], &settings.selection, settings.today));
}

/// All of it.
#[divan::bench(args = NAMES)]
fn whole(bencher: Bencher<'_, '_>, name: &str) {
    let settings = settings();
    let mut sources = Sources::new();
    sources.add(Source::new("template.yaml", text(name)));
    bencher.bench(|| lint(black_box(&sources), &settings));
}
