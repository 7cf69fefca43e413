//! Every example of every rule page is what its page says: flagged ones give exactly the marked findings, clean
//! ones none. The harness itself is held to that by a linter of which we know what it reports.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "pages/harness.rs"]
mod harness;

use harness::{Linter, Reported, check_example, check_page};
use lambda_lint::data::Date;
use lambda_lint::engine::{Finding, Grade, Selection};
use lambda_lint::rules::pages::{self, Page};
use lambda_lint::rules::{self, ReportedBy, RuleMeta};
use lambda_lint::source::{MemoryTree, Source, Sources, Span};
use lambda_lint::{Settings, lint_in};
use std::collections::BTreeSet;
use std::path::Path;

/// The linter itself, at every level.
struct Real;

impl Linter for Real {
    fn lint(&self, files: &[(&str, &str)], today: Date) -> Vec<Reported> {
        let mut sources = Sources::new();
        let mut tree = MemoryTree::default();
        for (name, text) in files {
            sources.add(Source::new(*name, *text));
            tree.add(name, *text);
        }
        let mut settings = Settings::new(today);
        settings.selection = Selection::everything();
        settings.alone = files.len() == 1;
        lint_in(&mut sources, &tree, &settings).findings.into_iter().map(reported).collect()
    }
}

fn reported(finding: Finding) -> Reported {
    // Sources have their ids in the order in which they were added.
    let place = |span: Span| (span.source.0 as usize, span.range());
    Reported {
        rule: finding.rule.to_owned(),
        grade: finding.grade,
        message: finding.message,
        primary: place(finding.primary.span),
        here: finding.primary.message,
        labels: finding.labels.into_iter().map(|label| (place(label.span), label.message)).collect(),
        edits: finding.fix.map(|fix| fix.edits.into_iter().map(|edit| (place(edit.span), edit.text)).collect()),
    }
}

#[test]
fn every_example_is_what_its_page_says() {
    let mut mistakes = Vec::new();
    for rule in pages::all() {
        let page = pages::parse(rule.page).unwrap();
        mistakes.extend(check_page(&Real, rule, &page));
    }
    assert!(mistakes.is_empty(), "{} mistakes:\n{}", mistakes.len(), mistakes.join("\n"));
}

/// A rule is in three places: its page, its file and the list.
#[test]
fn pages_files_and_the_list_agree() {
    let name = |group: &str, name: &str| format!("{group}/{name}");
    let with_check = pages::all().iter().filter(|rule| rule.reported_by == ReportedBy::Rule);
    let pages: BTreeSet<String> = with_check.map(|rule| name(rule.group, rule.name)).collect();
    let group_of = |rule: &str| rules::meta(rule).map_or("no page", |rule| rule.group);
    let list: BTreeSet<String> = rules::CHECKS.iter().map(|(rule, _)| name(group_of(rule), rule)).collect();
    assert_eq!(list.len(), rules::CHECKS.len(), "the list names no rule twice");
    let mut files = BTreeSet::new();
    for group in Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules")).read_dir().unwrap() {
        let group = group.unwrap();
        if group.file_type().unwrap().is_dir() {
            for file in group.path().read_dir().unwrap() {
                let file = file.unwrap().file_name().into_string().unwrap();
                let rule = file.strip_suffix(".rs").unwrap().replace('_', "-");
                files.insert(name(group.file_name().to_str().unwrap(), &rule));
            }
        }
    }
    assert_eq!(pages, files, "pages on the left, files in src/rules on the right");
    assert_eq!(pages, list, "pages on the left, the list in src/rules/mod.rs on the right");
}

/// Finds `bad` (and offers `good` for it), `multi` up to the end of the file, `ungraded` with a grade that the page
/// lacks, `other` in the name of another rule, `quiet` likewise but not at the default level, and `late` from 2027 on.
/// Its findings have a label at `seen`.
struct Fake;

impl Linter for Fake {
    fn lint(&self, files: &[(&str, &str)], today: Date) -> Vec<Reported> {
        let mut all = Vec::new();
        for (index, (_, text)) in files.iter().enumerate() {
            let mut find = |word: &str, rule: &str, grade: Grade| {
                for (start, _) in text.match_indices(word) {
                    let end = if word == "multi" { text.len() } else { start + word.len() };
                    all.push(Reported {
                        rule: rule.to_owned(),
                        grade,
                        message: format!("`{word}` is bad"),
                        primary: (index, start..end),
                        here: "as is to be seen".to_owned(),
                        labels: text
                            .find("seen")
                            .map(|at| ((index, at..at + 4), "here it is".to_owned()))
                            .into_iter()
                            .collect(),
                        edits: (word == "bad").then(|| vec![((index, start..end), "good".to_owned())]),
                    });
                }
            };
            find("bad", "fake", Grade::ERROR);
            find("multi", "fake", Grade::ERROR);
            find("ungraded", "fake", Grade::WARNING);
            find("other", "other-rule", Grade::WARNING);
            find("quiet", "quiet-rule", Grade::NOTE);
            if today.year() >= 2027 {
                find("late", "fake", Grade::ERROR);
            }
        }
        all
    }
}

/// The fix of this one mends nothing.
struct Useless;

impl Linter for Useless {
    fn lint(&self, files: &[(&str, &str)], today: Date) -> Vec<Reported> {
        let mut found = Fake.lint(files, today);
        found
            .iter_mut()
            .filter_map(|found| found.edits.as_mut())
            .flatten()
            .for_each(|edit| "bad".clone_into(&mut edit.1));
        found
    }
}

const RULE: RuleMeta = RuleMeta {
    name: "fake",
    group: "template",
    title: "A title",
    grades: &[Grade::ERROR],
    since: "0.1.0",
    reported_by: ReportedBy::Rule,
    formats: &[],
    covers: &[],
    supersedes: &[],
    aliases: &[],
    references: &[],
    as_of: None,
    also: &[],
    page: "",
};

/// A page of one example.
fn page_of(kind: &str, options: &str, body: &str) -> String {
    format!("---\n---\n# A title\n\nWhy.\n\n## {kind}\n\n### It\n\n```yaml {options}\n{body}```\n")
}

/// What the harness says about one example. The block opens on line 11.
fn mistakes(kind: &str, options: &str, body: &str) -> Vec<String> {
    let page = page_of(kind, options, body);
    check_example(&Fake, &RULE, &pages::parse(&page).unwrap().examples[0])
}

/// The one thing that the harness says.
fn mistake(kind: &str, options: &str, body: &str) -> String {
    let mistakes = mistakes(kind, options, body);
    assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
    mistakes.into_iter().next().unwrap()
}

#[test]
fn right_examples_pass() {
    let none: [String; 0] = [];
    assert_eq!(mistakes("Flagged", "", "a: bad\n#  ^^^ is bad\n"), none);
    assert_eq!(mistakes("Flagged", "", "a: bad\n#  ^^^ to be seen\n"), none, "words of the label at the bytes");
    assert_eq!(mistakes("Flagged", "", "a: bad\n#  ^^^\n"), none, "without words");
    assert_eq!(mistakes("Flagged", "", "a: bad bad\n#  ^^^\n#      ^^^\n"), none, "two on a line");
    assert_eq!(mistakes("Flagged", "", "a: multi\n#  ^^^^^ multi\n  more\n"), none, "the first line of several");
    assert_eq!(mistakes("Flagged", "", "--- file: a.yaml\na: 1\n--- file: b.yaml\nb: bad\n#  ^^^\n"), none);
    assert_eq!(mistakes("Clean", "", "a: good quiet late\n"), none);
    assert_eq!(mistakes("Clean", "also=other-rule", "a: other\n"), none);
    assert_eq!(mistakes("Flagged", "as-of=2027-01-01", "a: late\n#  ^^^^\n"), none);
    assert_eq!(mistakes("Flagged", "", " - bad\n#  ^^^\n"), none);
}

#[test]
fn a_label_can_be_marked() {
    assert_eq!(mistakes("Flagged", "", "{ seen: bad }\n# ~~~~ here\n#       ^^^\n"), [""; 0]);
    for body in ["{ seen: bad }\n# ~~~~ there\n#       ^^^\n", "{ seen: bad }\n#  ~~~ here\n#       ^^^\n"] {
        let told = mistake("Flagged", "", body);
        assert!(told.starts_with("rules/template/fake.md:13: no finding has this label"), "{told}");
        assert!(told.contains("`seen` \"here it is\""), "what there is instead: {told}");
    }
}

#[test]
fn a_wrong_marker_is_told_with_its_line() {
    for body in ["a: bad\n# ^^^\n", "a: bad\n#  ^^ is bad\n", "a: bad\n#  ^^^ is worse\n"] {
        let mistakes = mistakes("Flagged", "", body);
        assert!(mistakes[0].starts_with("rules/template/fake.md:13: not reported"), "{mistakes:#?}");
        assert!(mistakes[1].starts_with("rules/template/fake.md:11: not marked"), "{mistakes:#?}");
    }
}

#[test]
fn a_finding_that_does_not_come_is_told() {
    let told = mistake("Flagged", "", "a: fine\n#  ^^^^ is bad\n");
    assert!(told.starts_with("rules/template/fake.md:13: not reported") && told.ends_with("found: nothing"), "{told}");
    let told = mistake("Flagged", "", "a: bad\n#  ^^^\n#  ^^^\n");
    assert!(told.starts_with("rules/template/fake.md:14: not reported"), "one finding for two markers: {told}");
    let told = mistake("Flagged", "as-of=2026-12-31", "a: late\n#  ^^^^\n");
    assert!(told.contains("found: nothing"), "{told}");
}

#[test]
fn a_finding_that_nobody_marked_is_told() {
    let told = mistake("Flagged", "", "a: bad\n#  ^^^\nb: bad\n");
    assert!(told.starts_with("rules/template/fake.md:11: not marked") && told.contains("line 2"), "{told}");
    let told = mistake("Clean", "", "a: bad\n");
    assert!(told.contains("reported in a clean example") && told.contains("`bad` is bad"), "{told}");
}

#[test]
fn another_rule_must_be_named() {
    let told = mistake("Clean", "", "a: other\n");
    assert!(told.contains("not named in also") && told.contains("other-rule"), "{told}");
    let told = mistake("Flagged", "also=third-rule", "a: bad other\n#  ^^^\n");
    assert!(told.contains("not named in also"), "{told}");
}

#[test]
fn a_grade_that_the_page_lacks_is_told() {
    let told = mistake("Flagged", "", "a: ungraded\n#  ^^^^^^^^\n");
    assert!(told.contains("grades lack"), "{told}");
}

#[test]
fn a_fix_must_mend() {
    let page = page_of("Flagged", "", "a: bad\n#  ^^^\n");
    let page = pages::parse(&page).unwrap();
    assert_eq!(check_example(&Fake, &RULE, &page.examples[0]), [""; 0]);
    let told = check_example(&Useless, &RULE, &page.examples[0]);
    assert!(told.len() == 1 && told[0].contains("the fixes leave 1 findings, not 0"), "{told:#?}");
}

#[test]
fn a_page_has_enough_examples() {
    let text = page_of("Flagged", "", "a: bad\n#  ^^^\n");
    let page: Page<'_> = pages::parse(&text).unwrap();
    let told = check_page(&Fake, &RULE, &page);
    assert!(told.len() == 1 && told[0].contains("1 flagged and 0 clean"), "{told:#?}");
}

/// What pages say of other rules is true of the rules that there are.
#[test]
fn pages_name_only_rules_that_exist() {
    let exists = |name: &str| pages::all().iter().any(|rule| rule.name == name);
    for rule in pages::all() {
        let page = pages::parse(rule.page).unwrap();
        let named = rule.also.iter().chain(rule.supersedes).chain(page.examples.iter().flat_map(|e| &e.also));
        for name in named {
            assert!(exists(name) && *name != rule.name, "{} names {name}", rule.name);
        }
        for alias in rule.aliases {
            let holders = pages::all().iter().filter(|other| other.name == *alias || other.aliases.contains(alias));
            assert_eq!(holders.count(), 1, "{alias} is the name of one rule");
        }
    }
}
