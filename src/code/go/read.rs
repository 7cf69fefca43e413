//! Reading files of Go.

use super::super::MAX_CODE;
use super::super::tree::{children, parse_with, text, walk};
use super::{GoFile, GoFunction, GoType, Handler, Signature, Start};
use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::Node;

/// The package that starts handlers.
const LAMBDA: &str = "github.com/aws/aws-lambda-go/lambda";
/// The package of the types of events, none of which is an error or a context.
const EVENTS: &str = "github.com/aws/aws-lambda-go/events";

/// Reads a file; `None` when it cannot be read.
#[must_use]
pub fn read(text: &str) -> Option<GoFile> {
    if text.len() > MAX_CODE {
        return None;
    }
    let tree = parse_with(tree_sitter_go::LANGUAGE, text)?;
    let root = tree.root_node();
    let mut reader = Reader { source: text, imports: FxHashMap::default(), file: GoFile::default() };
    reader.file.whole = !root.has_error();
    for child in children(root) {
        reader.top(child);
    }
    let locals = reader.locals(root);
    reader.starts(root, &locals);
    Some(reader.file)
}

struct Reader<'s> {
    source: &'s str,
    /// What packages are called here: paths by names.
    imports: FxHashMap<String, String>,
    file: GoFile,
}

impl Reader<'_> {
    fn text(&self, node: Node) -> &str {
        text(node, self.source)
    }

    fn top(&mut self, node: Node) {
        match node.kind() {
            "comment" => {
                let comment = self.text(node);
                self.file.constrained |= comment.starts_with("//go:build") || comment.starts_with("// +build");
            }
            "package_clause" => {
                self.file.package = children(node).next().map(|name| self.text(name).to_owned()).unwrap_or_default();
            }
            "import_declaration" => {
                let mut specs = Vec::new();
                walk(node, |node| {
                    if node.kind() == "import_spec" {
                        specs.push(node);
                    }
                    true
                });
                for spec in specs {
                    let Some(path) = spec.child_by_field_name("path") else { continue };
                    let path = self.text(path).trim_matches(['"', '`']).to_owned();
                    let name = match spec.child_by_field_name("name") {
                        Some(name) => self.text(name).to_owned(),
                        None => path.rsplit('/').next().unwrap_or_default().to_owned(),
                    };
                    self.imports.insert(name, path);
                }
            }
            "type_declaration" => {
                for spec in children(node) {
                    let Some(name) = spec.child_by_field_name("name") else { continue };
                    let name = self.text(name).to_owned();
                    let plain = spec.child_by_field_name("type").is_some_and(is_plain_struct);
                    if plain { self.file.structs.push(name) } else { self.file.unknown_types.push(name) }
                }
            }
            "function_declaration" => {
                let Some(name) = node.child_by_field_name("name") else { return };
                let generic = node.child_by_field_name("type_parameters").is_some();
                self.file.functions.push(GoFunction {
                    name: self.text(name).to_owned(),
                    line: node.start_position().row + 1,
                    signature: (!generic).then(|| self.signature(node)),
                });
            }
            "method_declaration" => {
                let is_error = node.child_by_field_name("name").is_some_and(|name| self.text(name) == "Error");
                let Some(receiver) = node.child_by_field_name("receiver").filter(|_| is_error) else { return };
                let mut names = Vec::new();
                walk(receiver, |node| {
                    if node.kind() == "type_identifier" {
                        names.push(node);
                    }
                    true
                });
                for name in names {
                    let name = self.text(name).to_owned();
                    self.file.unknown_types.push(name);
                }
            }
            _ => {}
        }
    }

    fn signature(&self, function: Node) -> Signature {
        let takes = function.child_by_field_name("parameters").map(|list| self.list(list)).unwrap_or_default();
        let returns = match function.child_by_field_name("result") {
            None => Vec::new(),
            Some(list) if list.kind() == "parameter_list" => self.list(list),
            Some(one) => vec![self.kind(one)],
        };
        Signature { takes, returns }
    }

    /// The types of a list of parameters: `a, b int` are two.
    fn list(&self, list: Node) -> Vec<GoType> {
        let mut out = Vec::new();
        for declaration in children(list) {
            let Some(kind) = declaration.child_by_field_name("type") else { continue };
            let kind = match declaration.kind() {
                "parameter_declaration" => self.kind(kind),
                // `...T` is a slice.
                "variadic_parameter_declaration" => GoType::Other,
                _ => continue,
            };
            let mut cursor = declaration.walk();
            let names = declaration.children_by_field_name("name", &mut cursor).filter(Node::is_named).count();
            out.extend(std::iter::repeat_n(kind, names.max(1)));
        }
        out
    }

    fn kind(&self, node: Node) -> GoType {
        match node.kind() {
            "parenthesized_type" => children(node).next().map_or(GoType::Unknown, |inner| self.kind(inner)),
            "qualified_type" => {
                let part =
                    |field: &str| node.child_by_field_name(field).map(|part| self.text(part)).unwrap_or_default();
                match (self.imports.get(part("package")).map(String::as_str), part("name")) {
                    (Some("context"), "Context") => GoType::Context,
                    (Some(EVENTS), _) => GoType::Other,
                    _ => GoType::Unknown,
                }
            }
            "type_identifier" => match self.text(node) {
                "error" => GoType::Error,
                "any" | "bool" | "byte" | "complex64" | "complex128" | "float32" | "float64" | "int" | "int8"
                | "int16" | "int32" | "int64" | "rune" | "string" | "uint" | "uint8" | "uint16" | "uint32"
                | "uint64" | "uintptr" => GoType::Other,
                name => GoType::Local(name.to_owned()),
            },
            "pointer_type" => match children(node).next().map(|inner| self.kind(inner)) {
                // A pointer to an interface has no methods.
                Some(GoType::Context | GoType::Error | GoType::Other) => GoType::Other,
                Some(local @ GoType::Local(_)) => local,
                _ => GoType::Unknown,
            },
            "slice_type" | "array_type" | "map_type" | "channel_type" | "function_type" => GoType::Other,
            "interface_type" if children(node).next().is_none() => GoType::Other,
            "struct_type" if is_plain_struct(node) => GoType::Other,
            _ => GoType::Unknown,
        }
    }

    /// Names that may stand for something else than a function of the package somewhere in the file.
    fn locals(&self, root: Node) -> FxHashSet<String> {
        let mut locals = FxHashSet::default();
        walk(root, |node| {
            let names = match node.kind() {
                "short_var_declaration" | "range_clause" => node.child_by_field_name("left"),
                "var_spec" | "const_spec" | "parameter_declaration" => Some(node),
                _ => None,
            };
            for name in names.into_iter().flat_map(children).filter(|name| name.kind() == "identifier") {
                locals.insert(self.text(name).to_owned());
            }
            true
        });
        locals
    }

    fn starts(&mut self, root: Node, locals: &FxHashSet<String>) {
        let mut found = Vec::new();
        walk(root, |node| {
            if node.kind() == "call_expression" {
                found.extend(self.start(node, locals));
            }
            true
        });
        self.file.starts = found;
    }

    /// A call of `lambda.Start` with a function that is known.
    fn start(&self, call: Node, locals: &FxHashSet<String>) -> Option<Start> {
        let function =
            call.child_by_field_name("function").filter(|function| function.kind() == "selector_expression")?;
        let package = self.text(function.child_by_field_name("operand")?);
        if self.imports.get(package).map(String::as_str) != Some(LAMBDA) || locals.contains(package) {
            return None;
        }
        let place = match self.text(function.child_by_field_name("field")?) {
            "Start" | "StartWithOptions" | "NewHandler" | "NewHandlerWithOptions" => 0,
            "StartWithContext" => 1,
            _ => return None,
        };
        let argument =
            children(call.child_by_field_name("arguments")?).filter(|node| node.kind() != "comment").nth(place)?;
        let handler = match argument.kind() {
            "identifier" if !locals.contains(self.text(argument)) => Handler::Named(self.text(argument).to_owned()),
            "func_literal" => Handler::Literal(self.signature(argument)),
            _ => return None,
        };
        Some(Start { line: argument.start_position().row + 1, handler })
    }
}

/// Whether a type is a struct without embedded fields, whose methods are its own.
fn is_plain_struct(node: Node) -> bool {
    node.kind() == "struct_type"
        && children(node).filter(|list| list.kind() == "field_declaration_list").flat_map(children).all(|field| {
            field.kind() == "comment"
                || field.kind() == "field_declaration" && field.child_by_field_name("name").is_some()
        })
}
