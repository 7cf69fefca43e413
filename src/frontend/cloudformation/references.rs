//! What a resource refers to: CloudFormation makes it after that.
//!
//! Read from the syntax and not from the values: a name that the user set is a literal there, and the reference to the
//! resource with that name is gone.

use super::parameters::{intrinsic, long_form};
use super::template::Template;
use crate::model::Reference;
use crate::syntax::{Kind, NodeId};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Nesting beyond this is not followed, as in the evaluation.
const MAX_DEPTH: usize = 120;

/// The resources that the nodes below `root` refer to by `Ref`, `Fn::GetAtt` and `Fn::Sub`, each once.
pub(super) fn below(template: &Template, root: NodeId) -> Vec<Reference> {
    let mut search = Search { template, out: Vec::new(), aliases: FxHashSet::default() };
    search.node(root, true, 0);
    search.out
}

struct Search<'a, 't> {
    template: &'a Template<'t>,
    out: Vec<Reference>,
    /// What aliases lead to is looked at once.
    aliases: FxHashSet<NodeId>,
}

impl Search<'_, '_> {
    fn node(&mut self, id: NodeId, always: bool, depth: usize) {
        let document = self.template.document;
        let left = self.template.budget.get();
        if depth > MAX_DEPTH || left == 0 {
            self.template.open.set(true);
            return;
        }
        self.template.budget.set(left - 1);
        let target = document.resolve(id);
        if target != id && !self.aliases.insert(target) {
            return;
        }
        match intrinsic(document, target) {
            Some((name, argument)) => self.intrinsic(name, argument, always, depth),
            None => self.parts(target, always, depth),
        }
    }

    fn intrinsic(&mut self, name: &str, argument: NodeId, always: bool, depth: usize) {
        let document = self.template.document;
        match name {
            "Ref" => self.named(document.text(argument), argument, always),
            "Fn::GetAtt" => {
                let first = document.items(argument).first().copied();
                self.named(document.text(first.unwrap_or(argument)), argument, always);
            }
            "Fn::Sub" => self.substituted(argument, always, depth),
            _ => {
                let always = always && name != "Fn::If";
                // The argument of a short form is the node itself, without its tag: a long form in it stands there.
                match &document.written(argument).kind {
                    Kind::Map(entries) if document.written(argument).tag.is_some() => {
                        match long_form(document, entries) {
                            Some((name, inner)) => self.intrinsic(name, inner, always, depth + 1),
                            None => self.parts(argument, always, depth),
                        }
                    }
                    _ if document.written(argument).tag.is_some() => self.parts(argument, always, depth),
                    _ => self.node(argument, always, depth + 1),
                }
            }
        }
    }

    fn parts(&mut self, id: NodeId, always: bool, depth: usize) {
        let document = self.template.document;
        match &document.node(id).kind {
            Kind::List(items) => items.iter().for_each(|item| self.node(*item, always, depth + 1)),
            Kind::Map(_) => {
                for entry in document.effective_entries(id) {
                    self.node(entry.value, always, depth + 1);
                }
            }
            Kind::Scalar(_) | Kind::Alias(_) => {}
        }
    }

    /// `Ref: Name`, and of `Name.Attribute` the name.
    fn named(&mut self, name: Option<&str>, at: NodeId, always: bool) {
        if let Some(name) = name {
            self.add(name, at, always);
        }
    }

    /// Every `${Name}` of a text that is none of the substitution's own variables.
    fn substituted(&mut self, argument: NodeId, always: bool, depth: usize) {
        let document = self.template.document;
        let (text, variables) = match (document.text(argument), document.items(argument)) {
            (Some(_), _) => (argument, None),
            (None, [text, rest @ ..]) => (*text, rest.first().copied()),
            (None, []) => return,
        };
        let mut rest = document.text(text).unwrap_or_default();
        while let Some((_, from)) = rest.split_once("${") {
            let Some((name, after)) = from.split_once('}') else { break };
            let own = variables.is_some_and(|variables| document.get(variables, name).is_some());
            if !own && !name.starts_with('!') {
                self.add(name.trim(), text, always);
            }
            rest = after;
        }
        if let Some(variables) = variables {
            self.node(variables, always, depth + 1);
        }
    }

    fn add(&mut self, name: &str, at: NodeId, always: bool) {
        let name = self.template.bound_name(name);
        let id = name.split_once('.').map_or(&*name, |(id, _)| id);
        if self.template.kind_of(id).is_none() {
            return;
        }
        match self.out.iter_mut().find(|known| &*known.to == id) {
            Some(known) if always && !known.always => {
                *known = Reference { to: Arc::from(id), span: self.template.span(at), always };
            }
            Some(_) => {}
            None => self.out.push(Reference { to: Arc::from(id), span: self.template.span(at), always }),
        }
    }
}
