//! Prints what the readers make of files, for `tests/oracles/content.py` to compare with PyYAML and Python's `json`.
//!
//! Paths come on standard input, one a line; each gives one line of JSON: `{"error": …}` or `{"documents": […], "unmapped": …}`.
//! Scalars are `["style", "text", start, end]` (offsets only where the token stands in the text as one piece), lists
//! `["list", …]`, mappings objects, tagged values `["tag", "Ref", value]`. Aliases and merge keys are expanded.

use std::io::{BufRead as _, Write as _};

use lambda_lint::source::SourceId;
use lambda_lint::syntax::{self, Document, Kind, Language, NodeId, ScalarStyle, inner};
use serde_json::{Map, Value, json};

/// Expanding an alias bomb is left undone.
const NODES_LIMIT: usize = 2_000_000;

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for path in std::io::stdin().lock().lines() {
        writeln!(out, "{}", file(&path?))?;
    }
    out.flush()
}

fn file(path: &str) -> Value {
    let text = match std::fs::read(path)
        .map_err(|error| error.to_string())
        .and_then(|bytes| syntax::decode(&bytes).map_err(|error| error.to_string()))
    {
        Ok(text) => text,
        Err(error) => return json!({ "error": error }),
    };
    let braces = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    let extension = std::path::Path::new(path).extension().and_then(std::ffi::OsStr::to_str);
    let is_json = extension == Some("json") || extension == Some("template") && braces;
    let parsed = syntax::read(SourceId(0), &text, if is_json { Language::Json } else { Language::Yaml });
    if let Some(error) = parsed.error {
        return json!({ "error": error.message, "at": error.span.start });
    }
    let mut dump = Dump { text: &text, document: &parsed.document, left: NODES_LIMIT, path: Vec::new(), unmapped: 0 };
    let documents: Vec<Value> = parsed.document.roots().iter().map(|root| dump.value(*root)).collect();
    if dump.left == 0 {
        return json!({ "error": "too many nodes to expand" });
    }
    json!({ "documents": documents, "unmapped": dump.unmapped })
}

struct Dump<'text> {
    text: &'text str,
    document: &'text Document,
    left: usize,
    /// The collections around the current node.
    path: Vec<NodeId>,
    /// How many scalars' texts could not be found byte by byte in the file.
    unmapped: usize,
}

impl Dump<'_> {
    fn value(&mut self, id: NodeId) -> Value {
        self.left = self.left.saturating_sub(1);
        let id = self.document.resolve(id);
        if self.left == 0 || self.path.contains(&id) {
            return json!("cut");
        }
        let node = self.document.written(id);
        self.path.push(id);
        let value = match &node.kind {
            Kind::Scalar(scalar) => {
                self.unmapped += usize::from(!inner::TextMap::new(self.text, node).is_exact());
                let raw = self.text.get(node.span.range()).unwrap_or("");
                let style = match scalar.style {
                    ScalarStyle::SingleQuoted => "single",
                    ScalarStyle::Literal => "literal",
                    ScalarStyle::Folded => "folded",
                    _ if raw.starts_with('"') => "double",
                    _ => "plain",
                };
                if raw.is_empty() || style == "literal" || style == "folded" {
                    json!([style, scalar.text])
                } else {
                    json!([style, scalar.text, node.span.start, node.span.end])
                }
            }
            Kind::List(items) => {
                Value::Array(std::iter::once(json!("list")).chain(items.iter().map(|item| self.value(*item))).collect())
            }
            Kind::Map(_) => {
                let mut map = Map::new();
                for entry in self.document.effective_entries(id) {
                    let key = match self.document.text(entry.key) {
                        Some(key) => key.to_owned(),
                        None => format!("?{}", self.value(entry.key)),
                    };
                    map.insert(key, self.value(entry.value));
                }
                Value::Object(map)
            }
            Kind::Alias(_) => json!("unknown"),
        };
        self.path.pop();
        match &node.tag {
            Some(tag) => json!(["tag", tag.name, value]),
            None => value,
        }
    }
}
