//! `Globals`: what every resource of a type inherits.
//!
//! Maps are merged, lists are joined (the inherited items first), anything else is replaced. What an intrinsic
//! function gives is never merged. Source:
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html>.

use crate::value::{Data, Entry, List, Map, Value};
use std::sync::Arc;

/// The properties with what they inherit.
pub(super) fn merge(inherited: &Map, own: &Value<Data>, ignored: &[String]) -> Value<Data> {
    let mut base = inherited.clone();
    base.entries.retain(|entry| !ignored.iter().any(|key| **key == *entry.key));
    match own.only() {
        Some(Data::Map(own_map)) => Value::known(Data::Map(merge_maps(&base, own_map)), own.span()),
        _ => own.clone(),
    }
}

fn merge_maps(inherited: &Map, own: &Map) -> Map {
    let mut out = Map { entries: Vec::with_capacity(own.entries.len()), open: inherited.open || own.open };
    for entry in &own.entries {
        let merged = match inherited.entry(&entry.key) {
            Some(base) => merge_values(&base.value, &entry.value),
            None => entry.value.clone(),
        };
        out.entries.push(Entry { key: entry.key.clone(), key_span: entry.key_span, value: merged });
    }
    out.entries.extend(inherited.entries.iter().filter(|entry| own.entry(&entry.key).is_none()).cloned());
    out
}

fn merge_values(inherited: &Arc<Value<Data>>, own: &Arc<Value<Data>>) -> Arc<Value<Data>> {
    match (inherited.only(), own.only()) {
        (Some(Data::Map(base)), Some(Data::Map(over))) => {
            Arc::new(Value::known(Data::Map(merge_maps(base, over)), own.span()))
        }
        (Some(Data::List(base)), Some(Data::List(over))) => {
            let items = base.items.iter().chain(&over.items).cloned().collect();
            Arc::new(Value::known(Data::List(List { items, open: base.open || over.open }), own.span()))
        }
        _ => own.clone(),
    }
}
