//! What files of Ruby define.

use super::Exports;
use super::tree::{children, text, walk};
use tree_sitter::Node;

/// Calls that bring in, or make, methods that are not to be seen.
const BRINGING: &[&str] = &[
    "require_relative",
    "load",
    "autoload",
    "define_method",
    "define_singleton_method",
    "alias_method",
    "include",
    "extend",
    "prepend",
    "eval",
    "instance_eval",
    "class_eval",
    "module_eval",
    "method_missing",
    "send",
];

/// The methods at the top are the names; those of classes and modules are apart.
pub(super) fn exports(root: Node, source: &str) -> Exports {
    let mut found = Exports::default();
    walk(root, |node| {
        match node.kind() {
            "class" | "module" | "singleton_class" => {
                walk(node, |node| {
                    if matches!(node.kind(), "method" | "singleton_method") {
                        found.methods.extend(name(node, source));
                    }
                    found.open |= brings(node, source);
                    true
                });
                return false;
            }
            "method" | "singleton_method" => found.names.extend(name(node, source)),
            _ => {}
        }
        found.open |= brings(node, source);
        true
    });
    found
}

fn name(method: Node, source: &str) -> Option<String> {
    method.child_by_field_name("name").map(|name| text(name, source).to_owned())
}

fn brings(node: Node, source: &str) -> bool {
    match node.kind() {
        "alias" => true,
        "call" => {
            let Some(method) = node.child_by_field_name("method") else { return false };
            let method = text(method, source);
            // A library defines no methods at the top; a file of the function's own may.
            let own = || {
                let arguments = node.child_by_field_name("arguments");
                let path = arguments.and_then(|arguments| children(arguments).next());
                path.is_none_or(|path| {
                    path.kind() != "string"
                        || text(path, source).trim_start_matches(['"', '\'']).starts_with(['.', '/'])
                })
            };
            BRINGING.contains(&method) || method == "require" && own()
        }
        // A call without arguments reads as a name.
        "identifier" => BRINGING.contains(&text(node, source)),
        _ => false,
    }
}
