//! `iam-actions.tsv` without its first column, sorted for binary search, and an index of the services in it.

use crate::emit::{Files, Result, retrieved};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const NAME: &str = "src/data/facts/iam-actions.tsv";

/// How many actions there are of each of AWS's access levels: list, read, write, permissions management, tagging.
#[derive(Default, Clone, Copy)]
struct Counts([u32; 5]);

impl Counts {
    fn add(&mut self, level: char) -> Result<()> {
        let place = "LRWPT".find(level).and_then(|index| self.0.get_mut(index));
        *place.ok_or(format!("unknown access level {level:?}"))? += 1;
        Ok(())
    }

    fn literal(self) -> String {
        let [list, read, write, permissions, tagging] = self.0;
        format!(
            "Counts {{ list: {list}, read: {read}, write: {write}, permissions: {permissions}, tagging: {tagging} }}"
        )
    }
}

/// Writes `iam_actions.txt` (`Action⇥level⇥resources`, a block for each service) and `iam_services.rs`.
pub(crate) fn write(files: &Files) -> Result<()> {
    let source = files.read(NAME)?;
    let mut services: BTreeMap<&str, BTreeMap<String, [&str; 3]>> = BTreeMap::new();
    for (index, line) in source.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let wrong = |what: &str| format!("{NAME}:{}: {what}", index + 1);
        let columns: Vec<&str> = line.split('\t').collect();
        let [service, action, level, resources] = columns[..] else {
            return Err(wrong("not four columns"));
        };
        if service != service.to_ascii_lowercase() || action.is_empty() {
            return Err(wrong("a service is written in lower case, and an action has a name"));
        }
        let actions = services.entry(service).or_default();
        if actions.insert(action.to_ascii_lowercase(), [action, level, resources]).is_some() {
            return Err(wrong("the action is there twice"));
        }
    }
    let (mut text, mut index, mut total) = (String::new(), String::new(), Counts::default());
    for (service, actions) in &services {
        let start = text.len();
        let mut counts = Counts::default();
        for [action, level, resources] in actions.values() {
            // The first letter is what AWS says.
            let letter = level.chars().next().ok_or(format!("{NAME}: {action} has no access level"))?;
            counts.add(letter)?;
            total.add(letter)?;
            let _ = writeln!(text, "{action}\t{level}\t{resources}");
        }
        let _ = writeln!(
            index,
            "Entry {{ prefix: {service:?}, start: {start}, end: {}, counts: {} }},",
            text.len(),
            counts.literal()
        );
    }
    let rust = format!(
        "static TABLE_DATE: Date = {};\n#[allow(clippy::unreadable_literal, reason = \"generated\")]\nstatic TOTAL: Counts = {};\n#[allow(clippy::unreadable_literal, reason = \"generated\")]\nstatic INDEX: &[Entry] = &[\n{index}];\n",
        retrieved(NAME, &source)?,
        total.literal()
    );
    files.write("iam_actions.txt", &text)?;
    files.write("iam_services.rs", &rust)
}
