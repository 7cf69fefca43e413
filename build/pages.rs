//! The front matter of the rule pages as a static table. The format is explained in CONTRIBUTING.md.

use crate::date::Date;
use crate::emit::{Files, Result, texts};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

const GROUPS: &[&str] = &[
    "template",
    "runtime",
    "role",
    "permission",
    "trigger",
    "source",
    "async",
    "concurrency",
    "network",
    "environment",
    "logs",
    "version",
    "layer",
    "package",
    "limits",
    "url",
    "api",
    "suppression",
];

const FORMATS: &[&str] = &["cloudformation", "sam", "serverless", "terraform", "aws-cli"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FrontMatter {
    grades: Vec<Grade>,
    since: String,
    #[serde(default)]
    reported_by: ReportedBy,
    #[serde(default)]
    formats: Vec<String>,
    #[serde(default)]
    covers: Vec<String>,
    #[serde(default)]
    supersedes: Vec<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    references: Vec<String>,
    as_of: Option<Day>,
    #[serde(default)]
    also: Vec<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum ReportedBy {
    #[default]
    Rule,
    FrontEnd,
    Engine,
}

/// `warning`, or `advice strict`. Ordered as a page lists them: the gravest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Grade(Severity, Level);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Severity {
    Error,
    Warning,
    Advice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Default,
    Strict,
    Pedantic,
}

impl<'de> Deserialize<'de> for Grade {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (severity, level) = text.split_once(' ').unwrap_or((&text, "default"));
        let severity = match severity {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            "advice" => Severity::Advice,
            _ => return Err(D::Error::custom(format!("{severity:?} is not error, warning or advice"))),
        };
        let level = match level {
            "default" => Level::Default,
            "strict" => Level::Strict,
            "pedantic" => Level::Pedantic,
            _ => return Err(D::Error::custom(format!("{level:?} is not default, strict or pedantic"))),
        };
        Ok(Self(severity, level))
    }
}

struct Day(Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(|error| D::Error::custom(format!("{text:?} is {error}")))
    }
}

/// Writes `rules.rs`: the table of all pages, sorted by rule name.
pub(crate) fn write(files: &Files) -> Result<()> {
    let mut rows = BTreeMap::new();
    let mut mistakes = Vec::new();
    for (group, name) in list(&files.path("rules"))? {
        let path = format!("rules/{group}/{name}.md");
        match row(files, &path, &group, &name) {
            Ok(row) => {
                if rows.insert(name, row).is_some() {
                    mistakes.push(format!("{path}:1: another group has a rule of this name"));
                }
            }
            Err((line, mistake)) => mistakes.push(format!("{path}:{line}: {mistake}")),
        }
    }
    if !mistakes.is_empty() {
        return Err(mistakes.join("\n"));
    }
    let mut rust =
        String::from("/// Every rule's page, sorted by the rule's name.\npub(super) static RULES: &[RuleMeta] = &[\n");
    for row in rows.values() {
        rust.push_str(row);
    }
    rust.push_str("];\n");
    files.write("rules.rs", &rust)
}

/// The group and name of every page.
fn list(root: &Path) -> Result<Vec<(String, String)>> {
    let mut pages = Vec::new();
    let entries = |folder: &Path| -> Result<Vec<(String, bool)>> {
        let read = || -> std::io::Result<Vec<(String, bool)>> {
            std::fs::read_dir(folder)?
                .map(|entry| {
                    let entry = entry?;
                    Ok((entry.file_name().to_string_lossy().into_owned(), entry.file_type()?.is_dir()))
                })
                .collect()
        };
        read().map_err(|error| format!("{}: {error}", folder.display()))
    };
    for (group, is_folder) in entries(root)? {
        if !is_folder || !GROUPS.contains(&group.as_str()) {
            return Err(format!("rules/{group}: rules are in folders named {}", GROUPS.join(", ")));
        }
        for (file, is_folder) in entries(&root.join(&group))? {
            let name = file.strip_suffix(".md").filter(|name| !is_folder && is_name(name));
            let name =
                name.ok_or(format!("rules/{group}/{file}: a page is named like its rule: words-in-lower-case.md"))?;
            pages.push((group.clone(), name.to_owned()));
        }
    }
    Ok(pages)
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

fn row(files: &Files, path: &str, group: &str, name: &str) -> std::result::Result<String, (usize, String)> {
    let page = files.read(path).map_err(|error| (1, error))?;
    let no_front_matter = || (1, "a page begins with front matter between two lines ---".to_owned());
    let rest = page.strip_prefix("---\n").ok_or_else(no_front_matter)?;
    let (front, body) = rest.split_once("\n---\n").ok_or_else(no_front_matter)?;
    let front_lines = front.lines().count() + 2;
    let matter: FrontMatter = serde_yaml::from_str(front).map_err(|error| {
        // Lines are counted from the first one of the front matter, which is the page's second.
        let line = error.location().map_or(1, |location| location.line() + 1);
        let text = error.to_string();
        let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
        (line, text.to_owned())
    })?;
    let mistake = |key: &str, text: String| {
        let line = front.lines().position(|line| line.starts_with(key)).map_or(1, |index| index + 2);
        (line, text)
    };
    let heading = body.lines().enumerate().find(|(_, line)| !line.trim().is_empty());
    let title = heading.and_then(|(_, line)| line.strip_prefix("# ")).map(str::trim).filter(|title| !title.is_empty());
    let heading_line = front_lines + heading.map_or(1, |(index, _)| index + 1);
    let title = title.ok_or((heading_line, "the page's text begins with its title: '# What is wrong'".to_owned()))?;
    if title.ends_with('.') || title.chars().count() > 80 {
        return Err((heading_line, "a title has at most 80 characters and no full stop".to_owned()));
    }
    if matter.grades.is_empty() || !matter.grades.is_sorted() {
        return Err(mistake("grades", "grades: at least one, the gravest first".to_owned()));
    }
    if let Some(format) = matter.formats.iter().find(|format| !FORMATS.contains(&format.as_str())) {
        return Err(mistake("formats", format!("{format:?} is not one of {}", FORMATS.join(", "))));
    }
    if let Some(reference) = matter.references.iter().find(|reference| !reference.starts_with("https://")) {
        return Err(mistake("references", format!("{reference:?} is no https:// address")));
    }
    if let Some(check) = matter
        .covers
        .iter()
        .find(|check| !check.split_once(':').is_some_and(|(tool, id)| !tool.is_empty() && !id.is_empty()))
    {
        return Err(mistake("covers", format!("{check:?} is not written as tool:check")));
    }
    if let Some(alias) = matter.aliases.iter().find(|alias| !is_name(alias)) {
        return Err(mistake("aliases", format!("{alias:?} is no rule name")));
    }
    let mut grades = String::new();
    for Grade(severity, level) in &matter.grades {
        let _ = write!(grades, "Grade {{ severity: Severity::{severity:?}, level: Level::{level:?} }}, ");
    }
    let reported_by = match matter.reported_by {
        ReportedBy::Rule => "Rule",
        ReportedBy::FrontEnd => "FrontEnd",
        ReportedBy::Engine => "Engine",
    };
    let as_of = matter.as_of.map_or("None".to_owned(), |Day(day)| {
        format!("Some(Date::of_table({}, {}, {}))", day.year(), day.month(), day.day())
    });
    Ok(format!(
        "RuleMeta {{\n    name: {name:?}, group: {group:?}, title: {title:?}, grades: &[{grades}], since: {:?},\n    \
         reported_by: ReportedBy::{reported_by}, formats: {}, covers: {},\n    supersedes: {}, aliases: {}, \
         references: {},\n    as_of: {as_of}, also: {},\n    \
         page: include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{path}\")),\n}},\n",
        matter.since,
        texts(&matter.formats),
        texts(&matter.covers),
        texts(&matter.supersedes),
        texts(&matter.aliases),
        texts(&matter.references),
        texts(&matter.also),
    ))
}
