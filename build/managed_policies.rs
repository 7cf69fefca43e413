//! `managed-policies.json` as lines sorted by name, so that one policy is found without parsing the rest.

use crate::emit::{Files, Result, day};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const NAME: &str = "src/data/facts/managed-policies.json";

#[derive(Deserialize)]
struct Table {
    #[serde(rename = "_retrieved")]
    retrieved: String,
    policies: BTreeMap<String, Policy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    path: String,
    version: String,
    updated: String,
    #[serde(default)]
    deprecated: bool,
    statements: Vec<serde_json::Value>,
}

/// Writes `managed_policies.txt`: `Name⇥/path/⇥version⇥updated⇥withdrawn or empty⇥statements as JSON`.
pub(crate) fn write(files: &Files) -> Result<()> {
    let table: Table = serde_json::from_str(&files.read(NAME)?).map_err(|error| format!("{NAME}: {error}"))?;
    let mut text = String::new();
    for (name, policy) in &table.policies {
        let wrong = |error: String| format!("{NAME}: {name}: {error}");
        if !policy.updated.is_empty() {
            day(&policy.updated).map_err(wrong)?;
        }
        let statements = serde_json::to_string(&policy.statements).map_err(|error| wrong(error.to_string()))?;
        let withdrawn = if policy.deprecated { "withdrawn" } else { "" };
        let fields = [name, &policy.path, &policy.version, &policy.updated, withdrawn, &statements];
        if fields.iter().any(|field| field.contains(['\t', '\n'])) {
            return Err(wrong("a field holds a tab or a line break".to_owned()));
        }
        let _ = writeln!(text, "{}", fields.join("\t"));
    }
    files.write("managed_policies.txt", &text)?;
    files.write("managed_policies.rs", &format!("static TABLE_DATE: Date = {};\n", day(&table.retrieved)?))
}
