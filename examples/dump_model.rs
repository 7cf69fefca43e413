//! Prints the resources that templates are lowered to, for `tests/oracles/sam.py` to compare with what the SAM translator makes.
//!
//! Paths come on standard input, one a line; each gives one line of JSON: `{"error": …}` or a list of resources.
//! Texts are those of `Fn::Sub`. What is not one value always is `{"?": [[guard, value], …]}`, `["…"]` last where there may be more.

use std::io::{BufRead as _, Write as _};

use lambda_lint::frontend::{self, AtomName, Read, Unit};
use lambda_lint::source::SourceId;
use lambda_lint::value::{Data, Guard, Value};
use serde_json::{Map, Value as Json, json};

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for path in std::io::stdin().lock().lines() {
        let path = path?;
        let dumped = match std::fs::read_to_string(&path) {
            Ok(text) => match frontend::read(SourceId(0), &path, &text, true) {
                Read::Unit(unit) => dump(&unit),
                Read::NotOurs(why) => json!({ "error": why.reason() }),
            },
            Err(error) => json!({ "error": error.to_string() }),
        };
        writeln!(out, "{dumped}")?;
    }
    out.flush()
}

fn dump(unit: &Unit) -> Json {
    if let Some(broken) = unit.findings.iter().find(|finding| finding.rule == "template-syntax") {
        return json!({ "error": broken.message });
    }
    let resources = unit.resources.iter().map(|resource| {
        json!({
            "address": &*resource.address,
            "kind": &*resource.kind,
            "when": guard(&resource.when, &unit.atoms),
            "properties": value(&resource.properties, &unit.atoms),
            "written": resource.origin.is_written(),
        })
    });
    json!({ "open": unit.open, "resources": resources.collect::<Vec<_>>() })
}

fn value(value: &Value<Data>, atoms: &[AtomName]) -> Json {
    match value.only() {
        Some(only) if value.cases().iter().all(|case| case.when.is_always()) => return data(only, atoms),
        None if value.is_unset() && value.cases().iter().all(|case| case.when.is_always()) => return Json::Null,
        _ => {}
    }
    let mut cases: Vec<Json> = value
        .cases()
        .iter()
        .map(|case| json!([guard(&case.when, atoms), case.value.as_ref().map(|inner| data(inner, atoms))]))
        .collect();
    cases.sort_by_key(ToString::to_string);
    if !value.is_exhaustive() {
        cases.push(json!(["…"]));
    }
    json!({ "?": cases })
}

fn data(data: &Data, atoms: &[AtomName]) -> Json {
    match data {
        Data::Text(text) => Json::String(text.to_string()),
        Data::List(list) => {
            let mut items: Vec<Json> = list.items.iter().map(|item| value(item, atoms)).collect();
            items.extend(list.open.then(|| json!("…")));
            Json::Array(items)
        }
        Data::Map(map) => {
            let entries = map.entries.iter().map(|entry| (entry.key.to_string(), value(&entry.value, atoms)));
            let mut entries: Map<String, Json> = entries.filter(|(_, value)| !value.is_null()).collect();
            if map.open {
                entries.insert("…".to_owned(), json!(true));
            }
            Json::Object(entries)
        }
    }
}

/// A guard in words that do not depend on the order in which atoms were met.
fn guard(guard: &Guard, atoms: &[AtomName]) -> String {
    let Some(cubes) = guard.cubes() else { return String::new() };
    let mut alternatives: Vec<String> = cubes
        .iter()
        .map(|cube| {
            let mut parts: Vec<String> = cube
                .iter()
                .map(|(atom, values)| {
                    let name = atoms.iter().find(|name| name.atom == *atom);
                    let value = |bit: u8| {
                        let known = name.and_then(|name| name.values.get(usize::from(bit)));
                        known.map_or("…", |value| value)
                    };
                    let mut allowed: Vec<&str> =
                        (0..atom.size).filter(|bit| values & (1 << bit) != 0).map(value).collect();
                    allowed.sort_unstable();
                    format!("{}={}", name.map_or("?", |name| &name.operand), allowed.join("|"))
                })
                .collect();
            parts.sort();
            parts.join(" and ")
        })
        .collect();
    alternatives.sort();
    alternatives.join(" or ")
}
