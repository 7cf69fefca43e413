//! Holds the examples of a rule page against what a linter reports in them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::format_collect,
    reason = "a failure here is a failure of the test, and its texts are short"
)]

use lambda_lint::data::Date;
use lambda_lint::engine::{Grade, Level};
use lambda_lint::rules::RuleMeta;
use lambda_lint::rules::pages::{Example, Marker, MarkerKind, Page};
use std::ops::Range;

/// Bytes of one of an example's files, by its place among them.
pub(crate) type Place = (usize, Range<usize>);

/// What the linter said, as far as pages speak of it.
#[derive(Debug, Clone)]
pub(crate) struct Reported {
    pub(crate) rule: String,
    pub(crate) grade: Grade,
    pub(crate) message: String,
    pub(crate) primary: Place,
    /// What is to be seen at the primary bytes.
    pub(crate) here: String,
    pub(crate) labels: Vec<(Place, String)>,
    /// The fix, if there is one: bytes and what replaces them.
    pub(crate) edits: Option<Vec<(Place, String)>>,
}

/// A linter that reports at every level.
pub(crate) trait Linter {
    /// What it reports in files of these names and texts on a day.
    fn lint(&self, files: &[(&str, &str)], today: Date) -> Vec<Reported>;
}

/// The fewest examples of a page.
pub(crate) const FEWEST_FLAGGED: usize = 3;
pub(crate) const FEWEST_CLEAN: usize = 5;

/// The day on which examples are checked when neither they nor their page name one.
const DAY: (u16, u8, u8) = (2026, 11, 22);

/// Everything that is wrong with a page's examples, a line for each.
pub(crate) fn check_page(linter: &dyn Linter, rule: &RuleMeta, page: &Page<'_>) -> Vec<String> {
    let mut mistakes = Vec::new();
    let count = |flagged| page.examples.iter().filter(|example| example.flagged == flagged).count();
    let (flagged, clean) = (count(true), count(false));
    if flagged < FEWEST_FLAGGED || clean < FEWEST_CLEAN {
        mistakes.push(format!(
            "{}: {flagged} flagged and {clean} clean examples; a page has at least {FEWEST_FLAGGED} and {FEWEST_CLEAN}",
            path(rule)
        ));
    }
    for example in &page.examples {
        mistakes.extend(check_example(linter, rule, example));
    }
    mistakes
}

/// Everything that is wrong with one example, a line for each.
pub(crate) fn check_example(linter: &dyn Linter, rule: &RuleMeta, example: &Example<'_>) -> Vec<String> {
    let today = example.as_of.or(rule.as_of).or(Date::new(DAY.0, DAY.1, DAY.2)).unwrap();
    let files: Vec<(&str, &str)> = example.files.iter().map(|file| (file.name, file.text.as_str())).collect();
    let reported = linter.lint(&files, today);
    let mut mistakes = Vec::new();
    let mut say = |line: usize, text: String| mistakes.push(format!("{}:{line}: {text}", path(rule)));

    let (own, others): (Vec<&Reported>, Vec<&Reported>) = reported.iter().partition(|found| found.rule == rule.name);
    for found in &own {
        if !rule.grades.contains(&found.grade) {
            say(example.line, format!("the page's grades lack that of {}", show(&files, found)));
        }
    }
    let mut unmatched = own.clone();
    let markers =
        example.files.iter().enumerate().flat_map(|(index, file)| file.markers.iter().map(move |m| (index, m)));
    for (file, marker) in markers {
        match marker.kind {
            MarkerKind::Finding => match unmatched.iter().position(|found| is_marked(&files, found, file, marker)) {
                Some(index) => {
                    unmatched.remove(index);
                }
                None => say(marker.line, not_reported(&files, file, marker, &own)),
            },
            MarkerKind::Label => {
                let mut labels = own.iter().flat_map(|found| &found.labels);
                if !labels.any(|(place, text)| *place == (file, marker.span.clone()) && text.contains(marker.message)) {
                    say(marker.line, format!("no finding has this label; found:{}", show_all(&files, &own)));
                }
            }
        }
    }
    for found in unmatched {
        let what = if example.flagged { "not marked" } else { "reported in a clean example" };
        say(example.line, format!("{what}: {}", show(&files, found)));
    }
    for found in others {
        let named = example.also.contains(&found.rule.as_str())
            || (example.flagged && rule.also.contains(&found.rule.as_str()));
        // Examples leave out what is beside their point.
        let is_abridged = matches!(found.rule.as_str(), "missing-property" | "package-type");
        if found.grade.level == Level::Default && !named && !is_abridged {
            say(example.line, format!("another rule reports, and is not named in also: {}", show(&files, found)));
        }
    }
    if let Some(text) = check_fixes(linter, rule, &files, &own, today) {
        say(example.line, text);
    }
    mistakes
}

/// The findings that have a fix are gone when it is applied, and no new ones of the rule come.
fn check_fixes(
    linter: &dyn Linter,
    rule: &RuleMeta,
    files: &[(&str, &str)],
    own: &[&Reported],
    today: Date,
) -> Option<String> {
    let mut edits: Vec<&(Place, String)> = own.iter().filter_map(|found| found.edits.as_ref()).flatten().collect();
    if edits.is_empty() {
        return None;
    }
    // From the end, so that the bytes of earlier edits stay where they are. Two findings may ask for the same edit.
    edits.sort_by_key(|((file, bytes), _)| std::cmp::Reverse((*file, bytes.start, bytes.end)));
    edits.dedup();
    let mut texts: Vec<String> = files.iter().map(|(_, text)| (*text).to_owned()).collect();
    let mut bound = (usize::MAX, usize::MAX);
    for ((file, bytes), text) in edits {
        if (*file, bytes.end) > bound {
            return Some("fixes overlap".to_owned());
        }
        texts[*file].replace_range(bytes.clone(), text);
        bound = (*file, bytes.start);
    }
    let fixed: Vec<(&str, &str)> = files.iter().zip(&texts).map(|((name, _), text)| (*name, text.as_str())).collect();
    let left: Vec<Reported> = linter.lint(&fixed, today).into_iter().filter(|found| found.rule == rule.name).collect();
    let expected = own.iter().filter(|found| found.edits.is_none()).count();
    (left.len() != expected).then(|| {
        format!(
            "the fixes leave {} findings, not {expected}:{}",
            left.len(),
            show_all(&fixed, &left.iter().collect::<Vec<_>>())
        )
    })
}

fn is_marked(files: &[(&str, &str)], found: &Reported, file: usize, marker: &Marker<'_>) -> bool {
    first_line(files, found) == (file, marker.span.clone())
        && (found.message.contains(marker.message) || found.here.contains(marker.message))
}

/// The primary bytes up to the end of their first line: markers cannot say more.
fn first_line(files: &[(&str, &str)], found: &Reported) -> Place {
    let (file, bytes) = found.primary.clone();
    let text = files.get(file).and_then(|(_, text)| text.get(bytes.clone())).unwrap_or("");
    let length = text.find(['\r', '\n']).unwrap_or(bytes.len());
    (file, bytes.start..bytes.start + length)
}

fn not_reported(files: &[(&str, &str)], file: usize, marker: &Marker<'_>, own: &[&Reported]) -> String {
    let marked = &files[file].1[marker.span.clone()];
    format!("not reported: {:?} at `{marked}` of {}; found:{}", marker.message, files[file].0, show_all(files, own))
}

fn show_all(files: &[(&str, &str)], found: &[&Reported]) -> String {
    if found.is_empty() {
        return " nothing".to_owned();
    }
    found.iter().map(|found| format!("\n    {}", show(files, found))).collect()
}

fn show(files: &[(&str, &str)], found: &Reported) -> String {
    let (file, bytes) = &found.primary;
    let (name, text) = files.get(*file).copied().unwrap_or(("?", ""));
    let line = text.get(..bytes.start).map_or(0, |before| before.lines().count().max(1));
    let labels: String = found
        .labels
        .iter()
        .map(|((file, bytes), label)| {
            let text = files.get(*file).and_then(|(_, text)| text.get(bytes.clone())).unwrap_or("?");
            format!("; `{text}` {label:?}")
        })
        .collect();
    format!(
        "{} {:?} {:?} at `{}` ({name}, line {line}){labels}",
        found.rule,
        found.grade,
        found.message,
        text.get(bytes.clone()).unwrap_or("?")
    )
}

fn path(rule: &RuleMeta) -> String {
    format!("rules/{}/{}.md", rule.group, rule.name)
}
