//! What modules of JavaScript and TypeScript export: as ECMAScript modules and as those of CommonJS, which files mix.

use super::Exports;
use super::tree::{children, text, walk};
use rustc_hash::FxHashSet;
use tree_sitter::Node;

pub(super) fn exports(root: Node, source: &str) -> Exports {
    let mut reader = Reader { source, found: Exports::default(), judged: FxHashSet::default() };
    walk(root, |node| reader.visit(node));
    reader.found
}

struct Reader<'s> {
    source: &'s str,
    found: Exports,
    /// Nodes that stand for the whole of the exports, in places that are understood.
    judged: FxHashSet<usize>,
}

impl Reader<'_> {
    fn text(&self, node: Node) -> &str {
        text(node, self.source)
    }

    fn name(&mut self, name: &str) {
        let name = name.trim_matches(['"', '\'', '`']).to_owned();
        if name != "default" && name != "__esModule" {
            self.found.names.push(name);
        } else {
            self.found.others.push(name);
        }
    }

    fn named(&mut self, node: Node) {
        let name = self.text(node).to_owned();
        self.name(&name);
    }

    /// Looks at a node; says whether to look below it.
    fn visit(&mut self, node: Node) -> bool {
        match node.kind() {
            "export_statement" => self.statement(node),
            "assignment_expression" => self.assignment(node),
            "call_expression" => self.call(node),
            "member_expression" => {
                let Some(object) = node.child_by_field_name("object") else { return true };
                if self.is_whole(node) {
                    self.found.open |= !self.judged.contains(&node.id());
                    return false;
                }
                // To read one export, or to write it, which the assignment has seen.
                return !self.is_whole(object);
            }
            "subscript_expression" => {
                let whole = node.child_by_field_name("object").is_some_and(|object| self.is_whole(object));
                let literal = node.child_by_field_name("index").is_some_and(|index| index.kind() == "string");
                return !(whole && literal);
            }
            "identifier" => self.found.open |= self.is_whole(node) && !self.judged.contains(&node.id()),
            _ => {}
        }
        true
    }

    /// Whether a node is `exports` or `module.exports`.
    fn is_whole(&self, node: Node) -> bool {
        match node.kind() {
            "identifier" => self.text(node) == "exports",
            "member_expression" => {
                let is = |field: &str, name: &str| {
                    node.child_by_field_name(field).is_some_and(|child| self.text(child) == name)
                };
                is("object", "module") && is("property", "exports")
            }
            _ => false,
        }
    }

    /// `export …`.
    fn statement(&mut self, node: Node) {
        if let Some(declaration) = node.child_by_field_name("declaration") {
            self.declaration(declaration);
        }
        let mut names_any = false;
        for child in children(node) {
            match child.kind() {
                "export_clause" => {
                    names_any = true;
                    for specifier in children(child).filter(|child| child.kind() == "export_specifier") {
                        let name = specifier.child_by_field_name("alias");
                        if let Some(name) = name.or_else(|| specifier.child_by_field_name("name")) {
                            self.named(name);
                        }
                    }
                }
                "namespace_export" => {
                    names_any = true;
                    if let Some(name) = children(child).next() {
                        self.named(name);
                    }
                }
                _ => {}
            }
        }
        if node.child_by_field_name("source").is_some() && !names_any {
            // Everything that another module exports.
            self.found.open = true;
        }
        let mut cursor = node.walk();
        for token in node.children(&mut cursor) {
            match token.kind() {
                "default" => self.name("default"),
                // TypeScript's `export = …`.
                "=" => match children(node).last() {
                    Some(object) if object.kind() == "object" => self.keys(object),
                    _ => self.found.open = true,
                },
                _ => {}
            }
        }
    }

    fn declaration(&mut self, node: Node) {
        match node.kind() {
            "lexical_declaration" | "variable_declaration" => {
                for name in children(node).filter_map(|declarator| declarator.child_by_field_name("name")) {
                    let mut names = Vec::new();
                    walk(name, |node| {
                        if matches!(node.kind(), "identifier" | "shorthand_property_identifier_pattern") {
                            names.push(node);
                        }
                        true
                    });
                    for name in names {
                        self.named(name);
                    }
                }
            }
            // Types are gone when the code runs.
            "interface_declaration" | "type_alias_declaration" | "ambient_declaration" => {}
            _ => match node.child_by_field_name("name").or_else(|| children(node).next()) {
                Some(name) => self.named(name),
                None => self.found.open = true,
            },
        }
    }

    /// `exports.name = …`, `module.exports = …`.
    fn assignment(&mut self, node: Node) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else {
            return;
        };
        if self.is_whole(left) {
            self.judged.insert(left.id());
            let mut right = right;
            loop {
                match right.kind() {
                    "parenthesized_expression" | "as_expression" | "satisfies_expression" => {
                        match children(right).next() {
                            Some(inner) => right = inner,
                            None => break,
                        }
                    }
                    "assignment_expression" => match right.child_by_field_name("right") {
                        Some(inner) => right = inner,
                        None => break,
                    },
                    _ => break,
                }
            }
            match right.kind() {
                "object" => self.keys(right),
                // `exports = module.exports`: another name for the same.
                _ if self.is_whole(right) => {
                    self.judged.insert(right.id());
                }
                _ => self.found.open = true,
            }
            return;
        }
        let Some(object) = left.child_by_field_name("object") else { return };
        // At the top of a module of CommonJS `this` is what it exports.
        if !(self.is_whole(object) || object.kind() == "this") {
            return;
        }
        match left.kind() {
            "member_expression" => {
                if let Some(property) = left.child_by_field_name("property") {
                    self.named(property);
                }
            }
            "subscript_expression" => match left.child_by_field_name("index") {
                Some(index) if index.kind() == "string" => self.named(index),
                _ => self.found.open = true,
            },
            _ => {}
        }
    }

    /// The keys of an object that is all that is exported.
    fn keys(&mut self, object: Node) {
        for entry in children(object) {
            let key = match entry.kind() {
                "comment" => continue,
                "shorthand_property_identifier" => Some(entry),
                "pair" => entry.child_by_field_name("key"),
                "method_definition" => entry.child_by_field_name("name"),
                _ => None,
            };
            match key.filter(|key| key.kind() != "computed_property_name") {
                Some(key) => self.named(key),
                None => self.found.open = true,
            }
        }
    }

    /// `Object.defineProperty(exports, "name", …)`, as compilers write it.
    fn call(&mut self, node: Node) {
        let function = node.child_by_field_name("function").map(|function| self.text(function).to_owned());
        if function.as_deref() != Some("Object.defineProperty") {
            return;
        }
        let mut arguments = node.child_by_field_name("arguments").into_iter().flat_map(children);
        if let (Some(object), Some(name)) = (arguments.next(), arguments.next())
            && self.is_whole(object)
            && name.kind() == "string"
        {
            self.judged.insert(object.id());
            self.named(name);
        }
    }
}
