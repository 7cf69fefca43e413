//! `runtimes.yaml` as a static table.

use crate::emit::{Files, Result, day, optional_day, retrieved, texts};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const NAME: &str = "src/data/facts/runtimes.yaml";

#[derive(Deserialize)]
struct Table {
    policy: serde_yaml::Value,
    families: BTreeMap<String, Family>,
    runtimes: Vec<Runtime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    handler: String,
    inline_handler_prefix: Option<String>,
    #[serde(rename = "inline_file")]
    _inline_file: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Runtime {
    id: String,
    family: String,
    version: String,
    os: Option<String>,
    released: Option<String>,
    status: String,
    deprecated: Option<String>,
    block_create: Option<String>,
    block_update: Option<String>,
    #[serde(default = "yes")]
    zip: bool,
    arch: Vec<String>,
    snapstart: bool,
    inline: bool,
    successor: Option<String>,
    os_successor: Option<String>,
}

fn yes() -> bool {
    true
}

/// Writes `runtimes.rs`: the table in the file's order, and an index by id.
pub(crate) fn write(files: &Files) -> Result<()> {
    let table: Table = files.yaml(NAME)?;
    let mut rust = String::new();
    let _ = writeln!(rust, "static TABLE_DATE: Date = {};", retrieved(NAME, &files.read(NAME)?)?);
    let notice = table.policy.get("notice_days_before_deprecation").and_then(serde_yaml::Value::as_u64);
    let notice = notice.ok_or(format!("{NAME}: no policy.notice_days_before_deprecation"))?;
    let _ = writeln!(
        rust,
        "/// Days before the deprecation at which AWS tells the owners.\npub const NOTICE_DAYS: i64 = {notice};"
    );
    rust.push_str("static FAMILIES: &[Family] = &[\n");
    for (name, family) in &table.families {
        let _ = writeln!(
            rust,
            "Family {{ name: {name:?}, handler: {:?}, inline_handler_prefix: {:?} }},",
            family.handler, family.inline_handler_prefix
        );
    }
    rust.push_str("];\nstatic TABLE: &[Runtime] = &[\n");
    for runtime in &table.runtimes {
        row(&mut rust, runtime).map_err(|error| format!("{NAME}: {}: {error}", runtime.id))?;
    }
    let mut order: Vec<usize> = (0..table.runtimes.len()).collect();
    order.sort_by_key(|&index| table.runtimes.get(index).map(|runtime| runtime.id.as_str()));
    let _ = writeln!(rust, "];\nstatic BY_ID: &[u8] = &{order:?};");
    files.write("runtimes.rs", &rust)
}

fn row(rust: &mut String, runtime: &Runtime) -> Result<()> {
    let known = ["supported", "preview", "deprecated", "create_blocked", "update_blocked"];
    if !known.contains(&runtime.status.as_str()) {
        return Err(format!("unknown status {:?}", runtime.status));
    }
    if let Some(released) = &runtime.released {
        day(released)?;
    }
    let _ = writeln!(
        rust,
        "Runtime {{ id: {:?}, family: {:?}, version: {:?}, os: {:?}, preview: {}, deprecated: {}, block_create: {}, \
         block_update: {}, zip: {}, arch: {}, snapstart: {}, inline: {}, successor: {:?}, os_successor: {:?} }},",
        runtime.id,
        runtime.family,
        runtime.version,
        runtime.os,
        runtime.status == "preview",
        optional_day(runtime.deprecated.as_deref())?,
        optional_day(runtime.block_create.as_deref())?,
        optional_day(runtime.block_update.as_deref())?,
        runtime.zip,
        texts(&runtime.arch),
        runtime.snapstart,
        runtime.inline,
        runtime.successor,
        runtime.os_successor,
    );
    Ok(())
}
