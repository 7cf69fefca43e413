//! `action-tags.tsv` as a static table, held to what `iam-actions.tsv` knows.

use crate::emit::{Files, Result, retrieved};
use std::collections::HashSet;
use std::fmt::Write as _;

const NAME: &str = "src/data/facts/action-tags.tsv";

/// Writes `action_tags.rs`: the table, sorted by name without regard to case.
pub(crate) fn write(files: &Files) -> Result<()> {
    let actions = files.read("src/data/facts/iam-actions.tsv")?;
    let known: HashSet<String> = actions
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some(format!("{}:{}", columns.next()?, columns.next()?))
        })
        .collect();
    let source = files.read(NAME)?;
    let mut rust = format!("static TABLE_DATE: Date = {};\n", retrieved(NAME, &source)?);
    rust.push_str("static TABLE: &[(&str, Tag)] = &[\n");
    let mut before = String::new();
    for (index, line) in source.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let wrong = |what: &str| format!("{NAME}:{}: {what}", index + 1);
        let columns: Vec<&str> = line.split('\t').collect();
        let [action, tag, "d" | "o"] = columns[..] else {
            return Err(wrong("not an action, what it gives and d or o"));
        };
        if !known.contains(action) {
            return Err(wrong("iam-actions.tsv has no such action"));
        }
        let lower = action.to_ascii_lowercase();
        if lower <= before {
            return Err(wrong("not in order"));
        }
        before = lower;
        let tag = match tag {
            "C" => "Credentials",
            "D" => "Data",
            _ => return Err(wrong("it gives C or D")),
        };
        let _ = writeln!(rust, "({action:?}, Tag::{tag}),");
    }
    rust.push_str("];\n");
    files.write("action_tags.rs", &rust)
}
