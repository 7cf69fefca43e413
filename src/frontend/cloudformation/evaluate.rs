//! Intrinsic functions: from nodes to values.

use super::parameters::{intrinsic, long_form};
use super::template::Template;
use crate::source::Span;
use crate::syntax::{Kind, NodeId};
use crate::value::{Case, Data, Entry, Guard, List, Map, Piece, SymbolKind, Text, Value};
use std::sync::Arc;

/// Nesting beyond this is not followed. Templates nest below 40; the YAML reader stops at 255.
const MAX_DEPTH: usize = 120;

/// A text with more cases than this is not told apart.
const MAX_CASES: usize = 64;

impl Template<'_> {
    /// What a node can be.
    pub(super) fn evaluate(&self, id: NodeId, depth: usize) -> Value<Data> {
        let document = self.document;
        let span = self.span(id);
        let left = self.budget.get();
        if depth > MAX_DEPTH || left == 0 {
            self.open.set(true);
            return Value::unknown(span);
        }
        self.budget.set(left - 1);
        if let Some((name, argument)) = intrinsic(document, document.resolve(id)) {
            return self.intrinsic(name, argument, span, depth);
        }
        match &document.node(id).kind {
            Kind::Scalar(scalar) => {
                if document.is_null(id) {
                    return Value::unset(span);
                }
                Value::known(Data::Text(self.literal(&scalar.text)), span)
            }
            Kind::List(items) => {
                let items = items.iter().map(|item| Arc::new(self.evaluate(*item, depth + 1))).collect();
                Value::known(Data::List(List { items, open: false }), span)
            }
            Kind::Map(_) => Value::known(Data::Map(self.map(id, depth)), span),
            Kind::Alias(_) => Value::unknown(span),
        }
    }

    /// A map's entries; `Fn::Transform` and `Fn::ForEach` among them open it.
    pub(super) fn map(&self, id: NodeId, depth: usize) -> Map {
        let document = self.document;
        let mut map = Map::default();
        for entry in document.entries(id) {
            let Some(key) = document.text(entry.key) else {
                map.open = true;
                continue;
            };
            if key == "Fn::Transform" || key.starts_with("Fn::ForEach::") {
                map.open = true;
                continue;
            }
            let key = if self.bindings.borrow().is_empty() { Arc::from(key) } else { Arc::from(self.bound_name(key)) };
            let value = Arc::new(match self.embedded(&key, entry.value, depth) {
                Some(value) => value,
                None => self.evaluate(entry.value, depth + 1),
            });
            map.entries.push(Entry { key, key_span: document.node(entry.key).span, value });
        }
        map
    }

    /// A scalar's text; dynamic references in it (`{{resolve:…}}`) are symbols.
    pub(super) fn literal(&self, text: &str) -> Text {
        if !text.contains("{{resolve:") {
            return Text::literal(text);
        }
        let mut out = Text::default();
        let mut rest = text;
        while let Some(start) = rest.find("{{resolve:") {
            let (before, from) = rest.split_at(start);
            out.push(Piece::Literal(Arc::from(before)));
            let end = from.find("}}").map_or(from.len(), |end| end + 2);
            let (reference, after) = from.split_at(end);
            out.append(&self.symbol(SymbolKind::Other, reference));
            rest = after;
        }
        out.with(rest)
    }

    fn intrinsic(&self, name: &str, argument: NodeId, span: Span, depth: usize) -> Value<Data> {
        let document = self.document;
        let items = document.items(argument);
        match name {
            "Ref" => match document.text(argument) {
                Some(name) => self.ref_to(&self.bound_name(name), span),
                None => Value::unknown(span),
            },
            "Fn::GetAtt" => self.get_att(argument, span, depth),
            "Fn::Sub" => texts(self.sub(argument, span, depth)),
            "Fn::Join" => match items {
                [delimiter, list] => self.join(*delimiter, *list, span, depth),
                _ => Value::unknown(span),
            },
            "Fn::If" => match items {
                [condition, yes, no] => {
                    let guard = document.text(*condition).map_or_else(Guard::always, |name| self.condition(name));
                    let (yes, no) = (self.evaluate(*yes, depth + 1), self.evaluate(*no, depth + 1));
                    let exhaustive = yes.is_exhaustive() && no.is_exhaustive();
                    let mut cases = yes.within(&guard).into_cases();
                    cases.extend(no.within(&guard.not()).into_cases());
                    Value::from_cases(cases, exhaustive, span)
                }
                _ => Value::unknown(span),
            },
            "Fn::FindInMap" => self.find_in_map(items, span, depth),
            "Fn::Select" => match items {
                [index, list] => self.select(*index, *list, span, depth),
                _ => Value::unknown(span),
            },
            "Fn::Split" => match items {
                [separator, text] => self.split(*separator, *text, span, depth),
                _ => Value::unknown(span),
            },
            "Fn::ImportValue" => {
                // Both spellings of one import are one symbol.
                let name = match self.untagged(argument, depth).borrow().text().only() {
                    Some(export) => format!("ImportValue {export}"),
                    None => self.spelled_name("ImportValue", argument),
                };
                self.imports.borrow_mut().insert(name.as_str().into());
                Value::known(Data::Text(self.symbol(SymbolKind::Other, name)), span)
            }
            "Fn::GetAZs" | "Fn::Cidr" => Value::known(Data::List(List { items: Vec::new(), open: true }), span),
            "Fn::Length" => self.length(argument, span, depth),
            // The text of a structure: kept as the structure, which says more. Whoever reads JSON text takes both.
            "Fn::ToJsonString" => self.untagged(argument, depth),
            _ => Value::unknown(span),
        }
    }

    /// What a node without regard to its own tag is (the argument of a short form).
    fn untagged(&self, id: NodeId, depth: usize) -> Value<Data> {
        let document = self.document;
        if document.written(id).tag.is_none() {
            return self.evaluate(id, depth + 1);
        }
        let span = document.node(id).span;
        match &document.node(id).kind {
            Kind::List(items) => {
                let items = items.iter().map(|item| Arc::new(self.evaluate(*item, depth + 1))).collect();
                Value::known(Data::List(List { items, open: false }), span)
            }
            Kind::Map(entries) => match long_form(document, entries) {
                Some((name, argument)) => self.intrinsic(name, argument, span, depth + 1),
                None => Value::known(Data::Map(self.map(id, depth)), span),
            },
            Kind::Scalar(scalar) => Value::known(Data::Text(self.literal(&scalar.text)), span),
            Kind::Alias(_) => Value::unknown(span),
        }
    }

    /// What `Ref` gives.
    pub(super) fn ref_to(&self, name: &str, span: Span) -> Value<Data> {
        if name == "AWS::NoValue" {
            return Value::unset(span);
        }
        if let Some(bound) = self.binding(name) {
            return Value::known(Data::Text(bound), span);
        }
        if let Some(parameter) = self.parameters.get(name) {
            let is_list = parameter.kind.starts_with("List<")
                || &*parameter.kind == "CommaDelimitedList"
                || parameter.kind.contains("Value<List<")
                || parameter.kind.contains("Value<CommaDelimitedList");
            if is_list {
                // The default is a case of its own; the deployment may give any other list.
                let cases = parameter.default.iter().map(|(default, at)| {
                    let items = default
                        .split(',')
                        .map(|item| Arc::new(Value::known(Data::Text(Text::literal(item.trim())), *at)))
                        .collect();
                    Case {
                        value: Some(Data::List(List { items, open: false })),
                        span: *at,
                        when: parameter.is(default).unwrap_or_default(),
                    }
                });
                return Value::from_cases(cases.collect(), false, span);
            }
            return Value::known(Data::Text(self.symbol(SymbolKind::Parameter(parameter.clone()), name)), span);
        }
        if name.starts_with("AWS::") {
            return match name {
                "AWS::NotificationARNs" => Value::known(Data::List(List { items: Vec::new(), open: true }), span),
                _ => Value::known(Data::Text(self.pseudo(name)), span),
            };
        }
        // SAM: `Ref` of `Fn.Alias`, `Api.Stage` and the like.
        let text = match name.split_once('.') {
            Some((id, attribute)) if self.kind_of(id).is_some() => self.attribute(id, attribute),
            _ => self.reference(name),
        };
        Value::known(Data::Text(text), span)
    }

    fn get_att(&self, argument: NodeId, span: Span, depth: usize) -> Value<Data> {
        let document = self.document;
        let (id, attribute) = match (document.text(argument), document.items(argument)) {
            (Some(text), _) => match text.split_once('.') {
                Some((id, attribute)) => (id.to_owned(), Some(attribute.to_owned())),
                None => return Value::unknown(span),
            },
            (None, [id, attribute]) => {
                let attribute = self.evaluate(*attribute, depth + 1);
                let attribute = attribute.borrow().literals().only().cloned();
                (document.text(*id).unwrap_or_default().to_owned(), attribute)
            }
            _ => return Value::unknown(span),
        };
        let id = self.bound_name(&id);
        match attribute {
            Some(attribute) => Value::known(Data::Text(self.attribute(&id, &attribute)), span),
            None => Value::known(Data::Text(self.symbol(SymbolKind::Other, format!("{id}.?"))), span),
        }
    }

    /// What `Fn::Sub` gives; `argument` is the template or a list of it and its variables.
    fn sub(&self, argument: NodeId, span: Span, depth: usize) -> Value<Text> {
        let document = self.document;
        let (template, variables) = match (document.text(argument), document.items(argument)) {
            (Some(text), _) => (text, None),
            (None, [template, variables]) => match document.text(*template) {
                Some(text) => (text, Some(*variables)),
                None => return Value::unknown(span),
            },
            (None, [template]) => match document.text(*template) {
                Some(text) => (text, None),
                None => return Value::unknown(span),
            },
            _ => return Value::unknown(span),
        };
        self.substitute(template, variables, span, depth)
    }

    /// The text of an `Fn::Sub` that the front-end itself makes, of names that are known.
    pub(super) fn substituted(&self, form: &str, span: Span) -> Text {
        self.substitute(form, None, span, 0).only().cloned().unwrap_or_else(|| Text::literal(form))
    }

    /// A text with its `${…}` replaced.
    fn substitute(&self, template: &str, variables: Option<NodeId>, span: Span, depth: usize) -> Value<Text> {
        let mut out = Value::known(Text::default(), span);
        let mut rest = template;
        while let Some(start) = rest.find("${") {
            let (before, from) = rest.split_at(start);
            out = concat(out, Value::known(self.literal(before), span), span);
            let body = from.strip_prefix("${").unwrap_or(from);
            let Some((name, after)) = body.split_once('}') else {
                rest = from;
                break;
            };
            let part = if let Some(literal) = name.strip_prefix('!') {
                Value::known(Text::literal(format!("${{{literal}}}")), span)
            } else {
                self.sub_variable(name.trim(), variables, span, depth)
            };
            out = concat(out, part, span);
            rest = after;
        }
        concat(out, Value::known(self.literal(rest), span), span)
    }

    pub(super) fn sub_variable(&self, name: &str, variables: Option<NodeId>, span: Span, depth: usize) -> Value<Text> {
        let own = variables.and_then(|map| self.document.get(map, name));
        let value = match own {
            Some(node) => self.evaluate(node, depth + 1),
            None if self.binding(name).is_none() && name.contains('.') => {
                let (id, attribute) = name.split_once('.').unwrap_or((name, ""));
                Value::known(Data::Text(self.attribute(&self.bound_name(id), attribute)), span)
            }
            None => self.ref_to(name, span),
        };
        let text = value.borrow().text().filter_map(|text| Some((*text).clone()));
        if text.is_exhaustive() && !text.cases().is_empty() {
            text
        } else {
            Value::known(self.symbol(SymbolKind::Other, name), span)
        }
    }

    fn join(&self, delimiter: NodeId, list: NodeId, span: Span, depth: usize) -> Value<Data> {
        let document = self.document;
        let Some(delimiter) = document.text(delimiter) else { return Value::unknown(span) };
        let value = self.evaluate(list, depth + 1);
        let (items, closed) = match value.only() {
            Some(Data::List(list)) => (list.items.clone(), !list.open),
            _ => return Value::known(Data::Text(self.spelled_symbol("Fn::Join", list)), span),
        };
        if !closed {
            return Value::known(Data::Text(self.spelled_symbol("Fn::Join", list)), span);
        }
        let mut out = Value::known(Text::default(), span);
        let mut first = true;
        for item in items {
            // `AWS::NoValue` in a list takes its delimiter along; a list with cases of that kind is rare.
            if item.is_unset() {
                continue;
            }
            let text = item.borrow().text().filter_map(|text| Some((*text).clone()));
            let text = if text.every(|case| case.is_some()) {
                text
            } else {
                Value::known(self.symbol(SymbolKind::Other, "Fn::Join item"), item.span())
            };
            if !first {
                out = concat(out, Value::known(Text::literal(delimiter), span), span);
            }
            first = false;
            out = concat(out, text, span);
        }
        texts(out)
    }

    fn spelled_symbol(&self, name: &str, id: NodeId) -> Text {
        self.symbol(SymbolKind::Other, self.spelled_name(name, id))
    }

    pub(super) fn spelled_name(&self, name: &str, id: NodeId) -> String {
        let mut spelled = format!("{name} ");
        self.document.render(id, &mut spelled, 0);
        spelled
    }

    fn find_in_map(&self, items: &[NodeId], span: Span, depth: usize) -> Value<Data> {
        let document = self.document;
        let [map, top, second, options @ ..] = items else { return Value::unknown(span) };
        let default = options.first().and_then(|options| document.get(*options, "DefaultValue"));
        let map = self.evaluate(*map, depth + 1);
        let map = map.borrow().literals();
        let table = map.only().and_then(|name| document.get(self.mappings?, name));
        let Some(table) = table else { return Value::unknown(span) };
        let (top, top_open) = self.map_keys(*top, table, depth);
        let mut cases = Vec::new();
        let mut exhaustive = true;
        let mut covered = Guard::never();
        for (row, when) in top {
            let (keys, second_open) = self.map_keys(*second, row, depth);
            exhaustive &= !second_open;
            for (cell, when_second) in keys {
                let when = when.and(&when_second);
                if when.is_possible() {
                    covered = covered.or(&when);
                    let value = self.evaluate(cell, depth + 1);
                    exhaustive &= value.is_exhaustive();
                    cases.extend(value.within(&when).into_cases());
                }
            }
        }
        exhaustive &= !top_open;
        if let Some(default) = default {
            let otherwise = if covered.is_always() && !cases.is_empty() { Guard::always() } else { covered.not() };
            let value = self.evaluate(default, depth + 1);
            exhaustive &= value.is_exhaustive();
            cases.extend(value.within(&otherwise).into_cases());
        }
        if cases.len() > MAX_CASES {
            return Value::unknown(span);
        }
        Value::from_cases(cases, exhaustive, span)
    }

    /// The entries of a mapping's level that a key can choose, each with its guard; whether the key may be
    /// something that cannot be told. A key that the mapping lacks fails the deployment, so it is no case.
    fn map_keys(&self, key: NodeId, level: NodeId, depth: usize) -> (Vec<(NodeId, Guard)>, bool) {
        let document = self.document;
        let value = self.evaluate(key, depth + 1);
        let texts = value.borrow().text();
        let mut out = Vec::new();
        let mut unclear = !texts.is_exhaustive();
        for (text, _, when) in texts.set() {
            if let Some(literal) = text.as_literal() {
                out.extend(document.get(level, literal).map(|node| (node, when.clone())));
                continue;
            }
            let entries = document.entries(level);
            for entry in entries.iter().take(MAX_CASES) {
                let Some(name) = document.text(entry.key) else { continue };
                let guard = match text.as_symbol() {
                    Some(symbol) => match &symbol.kind {
                        SymbolKind::Parameter(parameter) => parameter.is(name).unwrap_or_default(),
                        _ => self.operand_guard(&symbol.name, name).unwrap_or_else(Guard::always),
                    },
                    None => Guard::always(),
                };
                let guard = guard.and(when);
                if guard.is_possible() {
                    out.push((entry.value, guard));
                }
            }
            unclear |= entries.len() > MAX_CASES;
        }
        (out, unclear)
    }

    fn select(&self, index: NodeId, list: NodeId, span: Span, depth: usize) -> Value<Data> {
        let index = self.evaluate(index, depth + 1);
        let index = index.borrow().integers().only().and_then(|index| usize::try_from(*index).ok());
        let Some(index) = index else { return Value::unknown(span) };
        let value = self.evaluate(list, depth + 1);
        let chosen = value.borrow().and_then(|data, _| match data {
            Data::List(list) => match list.items.get(index) {
                Some(item) if list.items.iter().take(index).all(|item| !item.some(|case| case.is_none())) => {
                    item.borrow()
                }
                _ => Value::unknown(span),
            },
            _ => Value::unknown(span),
        });
        if chosen.cases().is_empty() {
            return Value::known(Data::Text(self.spelled_symbol(&format!("Fn::Select {index}"), list)), span);
        }
        chosen.filter_map(|data| Some((*data).clone()))
    }

    fn split(&self, separator: NodeId, text: NodeId, span: Span, depth: usize) -> Value<Data> {
        let Some(separator) = self.document.text(separator) else { return Value::unknown(span) };
        let value = self.evaluate(text, depth + 1);
        value.borrow().text().and_then(|text, span| match text.split(separator) {
            Some(parts) => {
                let items = parts.into_iter().map(|part| Arc::new(Value::known(Data::Text(part), span))).collect();
                Value::known(Data::List(List { items, open: false }), span)
            }
            None => Value::unknown(span),
        })
    }

    fn length(&self, argument: NodeId, span: Span, depth: usize) -> Value<Data> {
        match self.untagged(argument, depth).only() {
            Some(Data::List(list)) if !list.open => {
                Value::known(Data::Text(Text::literal(list.items.len().to_string())), span)
            }
            _ => Value::unknown(span),
        }
    }

    /// The text that a loop variable stands for.
    fn binding(&self, name: &str) -> Option<Text> {
        self.bindings.borrow().iter().rev().find(|(bound, _)| &**bound == name).map(|(_, text)| text.clone())
    }

    /// A name with the loop variables in it replaced (`Topic${Name}`, `&{Name}` for alphanumeric values).
    pub(super) fn bound_name(&self, name: &str) -> String {
        let bindings = self.bindings.borrow();
        if bindings.is_empty() || !(name.contains("${") || name.contains("&{")) {
            return name.to_owned();
        }
        let mut out = name.to_owned();
        for (variable, text) in bindings.iter() {
            let Some(literal) = text.as_literal() else { continue };
            out = out.replace(&format!("${{{variable}}}"), literal);
            let alphanumeric: String = literal.chars().filter(char::is_ascii_alphanumeric).collect();
            out = out.replace(&format!("&{{{variable}}}"), &alphanumeric);
        }
        out
    }
}

/// A text as data.
pub(super) fn texts(value: Value<Text>) -> Value<Data> {
    value.filter_map(|text| Some(Data::Text(text.clone())))
}

/// Every text of `left` followed by every text of `right` that can hold with it.
pub(super) fn concat(left: Value<Text>, right: Value<Text>, span: Span) -> Value<Text> {
    let exhaustive = left.is_exhaustive() && right.is_exhaustive();
    let mut cases = Vec::new();
    for (before, _, when_before) in left.set() {
        for (after, _, when_after) in right.set() {
            let when = when_before.and(when_after);
            if when.is_possible() {
                let mut text = before.clone();
                text.append(after);
                cases.push(Case { value: Some(text), span, when });
            }
        }
    }
    if cases.len() > MAX_CASES {
        return Value::unknown(span);
    }
    Value::from_cases(cases, exhaustive, span)
}
