//! Parsing with tree-sitter, with a limit, and walking over what comes of it without recursion.

use super::{Language as Spoken, MAX_CODE};
use std::ops::ControlFlow;
use tree_sitter::{Language, Node, ParseOptions, ParseState, Parser, Tree};

/// How often the parser may report progress before it is stopped: it does so every hundred operations or so. Code that people write takes
/// one report for some twenty bytes; what takes many times that is an attack on the parser.
const MAX_REPORTS: usize = MAX_CODE / 4;

/// Parses a text; `None` when it is too large or takes too long.
pub(super) fn parse(language: Spoken, text: &str) -> Option<Tree> {
    if text.len() > MAX_CODE {
        return None;
    }
    let grammar = match language {
        Spoken::JavaScript => tree_sitter_javascript::LANGUAGE,
        Spoken::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
        Spoken::Python => tree_sitter_python::LANGUAGE,
        Spoken::Ruby => tree_sitter_ruby::LANGUAGE,
    };
    parse_with(grammar, text)
}

/// Parses a text by a grammar.
pub(super) fn parse_with(grammar: impl Into<Language>, text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&grammar.into()).ok()?;
    let mut reports = 0;
    let mut progress = |_: &ParseState| {
        reports += 1;
        if reports > MAX_REPORTS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let mut read = |offset: usize, _| text.as_bytes().get(offset..).unwrap_or_default();
    parser.parse_with_options(&mut read, None, Some(ParseOptions::new().progress_callback(&mut progress)))
}

/// Visits a node and all below it in the order of the text; what is below a node for which `visit` says no is passed over.
pub(super) fn walk<'t>(root: Node<'t>, mut visit: impl FnMut(Node<'t>) -> bool) {
    let mut cursor = root.walk();
    loop {
        if visit(cursor.node()) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// The text of a node.
pub(super) fn text<'s>(node: Node, source: &'s str) -> &'s str {
    source.get(node.byte_range()).unwrap_or_default()
}

/// The named children of a node.
pub(super) fn children(node: Node) -> impl Iterator<Item = Node> {
    let mut cursor = node.walk();
    let mut more = cursor.goto_first_child();
    std::iter::from_fn(move || {
        while more {
            let child = cursor.node();
            more = cursor.goto_next_sibling();
            if child.is_named() {
                return Some(child);
            }
        }
        None
    })
}
