//! What modules of Python have at their top.

use super::Exports;
use super::tree::{children, text, walk};
use tree_sitter::Node;

/// Names by which a module can be changed in ways that are not to be seen.
const REFLECTION: &[&str] = &["globals", "setattr", "exec", "eval", "vars", "__getattr__", "__dict__", "__import__"];

pub(super) fn exports(root: Node, source: &str) -> Exports {
    let mut found = Exports::default();
    walk(root, |node| match node.kind() {
        "function_definition" | "class_definition" => {
            if let Some(name) = node.child_by_field_name("name") {
                let name = text(name, source).to_owned();
                if name == "__getattr__" {
                    found.open = true;
                }
                // A class can be called, too, but nobody means one.
                let names = if node.kind() == "function_definition" { &mut found.names } else { &mut found.others };
                names.push(name);
            }
            // What is in it is its own, but for what it says to be global.
            inside(node, source, &mut found);
            false
        }
        "lambda" => false,
        "wildcard_import" => {
            found.open = true;
            false
        }
        // Where a name is bound and where it is only read is not told apart: that it is there suffices.
        "identifier" => {
            let name = text(node, source);
            found.open |= REFLECTION.contains(&name) || name == "modules";
            found.others.push(name.to_owned());
            false
        }
        _ => true,
    });
    found
}

/// Looks into a function or class.
fn inside(definition: Node, source: &str, found: &mut Exports) {
    let Some(body) = definition.child_by_field_name("body") else { return };
    walk(body, |node| {
        match node.kind() {
            "global_statement" => {
                found.others.extend(children(node).map(|name| text(name, source).to_owned()));
            }
            "identifier" => found.open |= matches!(text(node, source), "globals" | "setattr"),
            _ => {}
        }
        true
    });
}
