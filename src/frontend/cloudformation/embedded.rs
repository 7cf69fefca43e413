//! JSON documents that templates hold as text: policies, state machines, definitions of APIs.
//!
//! The text may be plain, an `Fn::Sub`, or the `Fn::Join` that the CDK makes of literals and references. What is not
//! literal is a hole in the text: a character that no honest text has. The text with its holes is read as JSON, and
//! every value gets the span of where it stands in the template.

use super::evaluate::{concat, texts};
use super::parameters::intrinsic;
use super::template::Template;
use crate::source::Span;
use crate::syntax::inner::TextMap;
use crate::syntax::{Document, Kind, NodeId, json};
use crate::value::{Data, Entry, List, Map, SymbolKind, Text, Value};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::Arc;

/// Nesting beyond this is not followed.
const MAX_DEPTH: usize = 120;

/// The first character that stands for a hole; the others follow it.
const HOLE: char = '\u{F0000}';

/// The last.
const LAST_HOLE: char = '\u{FFFFD}';

/// Properties that take a JSON document, as a structure or as text.
const JSON_PROPERTIES: &[&str] = &[
    "AssumeRolePolicyDocument",
    "Body",
    "Definition",
    "DefinitionBody",
    "DefinitionString",
    "EventPattern",
    "FilterPolicy",
    "Pattern",
    "PolicyDocument",
    "RedrivePolicy",
];

/// A text with holes.
#[derive(Default)]
struct Mosaic {
    text: String,
    parts: Vec<Part>,
    holes: Vec<Hole>,
    /// Whether the end of the text is inside a JSON string.
    in_string: bool,
}

/// A part of the text and where it is from.
struct Part {
    /// Its bytes in the text.
    range: Range<usize>,
    /// The scalar that it is from.
    node: NodeId,
    /// Where in that scalar's decoded text it stands; `None`: the whole of it.
    within: Option<Range<usize>>,
}

/// What is not literal.
enum Hole {
    /// `${Name}` of an `Fn::Sub`.
    Variable(String),
    /// An item of an `Fn::Join`.
    Item(NodeId),
}

impl Mosaic {
    fn literal(&mut self, text: &str, node: NodeId, start: usize) -> Option<()> {
        if text.contains(|character| (HOLE..=LAST_HOLE).contains(&character)) {
            return None;
        }
        let mut escaped = false;
        for character in text.chars() {
            match character {
                _ if escaped => escaped = false,
                '\\' if self.in_string => escaped = true,
                '"' => self.in_string = !self.in_string,
                _ => {}
            }
        }
        let from = self.text.len();
        self.text.push_str(text);
        let within = Some(start..start + text.len());
        self.parts.push(Part { range: from..self.text.len(), node, within });
        Some(())
    }

    fn hole(&mut self, hole: Hole, node: NodeId, within: Option<Range<usize>>) -> Option<()> {
        let character = char::from_u32(u32::from(HOLE) + u32::try_from(self.holes.len()).ok()?)?;
        if character > LAST_HOLE {
            return None;
        }
        let from = self.text.len();
        // A number or a list may come here; as a text it does no harm.
        let quote = if self.in_string { "" } else { "\"" };
        self.text.push_str(quote);
        self.text.push(character);
        self.text.push_str(quote);
        self.parts.push(Part { range: from..self.text.len(), node, within });
        self.holes.push(hole);
        Some(())
    }

    fn hole_of(&self, character: char) -> Option<&Hole> {
        let index = u32::from(character).checked_sub(u32::from(HOLE))?;
        self.holes.get(index as usize)
    }
}

/// A mosaic that was read, with what is needed to find its places again.
struct Reading<'t> {
    template: &'t Template<'t>,
    mosaic: Mosaic,
    maps: FxHashMap<NodeId, TextMap>,
    /// The variables of an `Fn::Sub`.
    variables: Option<NodeId>,
}

impl Reading<'_> {
    /// Where some bytes of the mosaic's text stand in the template.
    fn span(&self, range: Range<usize>) -> Span {
        let last = range.end.saturating_sub(1).max(range.start);
        let start = self.place(range.start, range.start..range.start + 1);
        let end = self.place(last, last..range.end.max(last));
        match (start, end) {
            (Some(start), Some(end)) if start.source == end.source && start.start <= end.end => start.to(end),
            (Some(span), _) | (_, Some(span)) => span,
            (None, None) => Span::default(),
        }
    }

    /// Where the part that holds the byte `at` stands; as far as `range` tells, where the part is literal.
    fn place(&self, at: usize, range: Range<usize>) -> Option<Span> {
        let parts = &self.mosaic.parts;
        let index = parts.partition_point(|part| part.range.start <= at).checked_sub(1)?;
        // An empty part starts where the one after it does.
        let part = parts.get(index)?;
        let Some(within) = &part.within else { return Some(self.template.span(part.node)) };
        let map = self.maps.get(&part.node)?;
        let is_hole = part.range.len() != within.len();
        if is_hole {
            return Some(map.span(within.clone()));
        }
        let offset = |at: usize| within.start + at.saturating_sub(part.range.start).min(part.range.len());
        Some(map.span(offset(range.start)..offset(range.end)))
    }

    fn value(&self, document: &Document, id: NodeId, depth: usize) -> Value<Data> {
        let node = document.node(id);
        let span = self.span(node.span.range());
        if depth > MAX_DEPTH {
            return Value::unknown(span);
        }
        if document.is_null(id) {
            return Value::unset(span);
        }
        match &node.kind {
            Kind::Scalar(scalar) => texts(self.filled(&scalar.text, span, depth)),
            Kind::List(items) => {
                let items = items.iter().map(|item| Arc::new(self.value(document, *item, depth + 1)));
                Value::known(Data::List(List { items: items.collect(), open: false }), span)
            }
            Kind::Map(_) => {
                let mut map = Map::default();
                for entry in document.entries(id) {
                    let Some(key) = document.text(entry.key) else { continue };
                    // A key that only the deployment knows.
                    if key.contains(|character| (HOLE..=LAST_HOLE).contains(&character)) {
                        map.open = true;
                        continue;
                    }
                    let key_span = self.span(document.node(entry.key).span.range());
                    let value = Arc::new(self.value(document, entry.value, depth + 1));
                    map.entries.push(Entry { key: Arc::from(key), key_span, value });
                }
                Value::known(Data::Map(map), span)
            }
            Kind::Alias(_) => Value::unknown(span),
        }
    }

    /// A text with its holes filled.
    fn filled(&self, text: &str, span: Span, depth: usize) -> Value<Text> {
        let template = self.template;
        let mut out = Value::known(Text::default(), span);
        let mut rest = text;
        while let Some((at, character)) =
            rest.char_indices().find(|(_, character)| (HOLE..=LAST_HOLE).contains(character))
        {
            let (before, from) = rest.split_at(at);
            out = concat(out, Value::known(template.literal(before), span), span);
            if let Some(hole) = self.mosaic.hole_of(character) {
                out = concat(out, self.fill(hole, span, depth), span);
            }
            rest = from.get(character.len_utf8()..).unwrap_or_default();
        }
        concat(out, Value::known(template.literal(rest), span), span)
    }

    fn fill(&self, hole: &Hole, span: Span, depth: usize) -> Value<Text> {
        match hole {
            Hole::Variable(name) => self.template.sub_variable(name, self.variables, span, depth),
            Hole::Item(node) => {
                let value = self.template.evaluate(*node, depth + 1);
                let text = value.borrow().text().filter_map(|text| Some((*text).clone()));
                if text.every(|case| case.is_some()) {
                    text
                } else {
                    let name = self.template.spelled_name("Fn::Join item", *node);
                    Value::known(self.template.symbol(SymbolKind::Other, name), span)
                }
            }
        }
    }
}

impl Template<'_> {
    /// What a property holds that takes a JSON document, when the document is written as text. Every part has the span of
    /// where it stands in the text.
    pub(super) fn embedded(&self, key: &str, id: NodeId, depth: usize) -> Option<Value<Data>> {
        if !JSON_PROPERTIES.contains(&key) {
            return None;
        }
        let document = self.document;
        let mut mosaic = Mosaic::default();
        let mut variables = None;
        match intrinsic(document, document.resolve(id)) {
            None => {
                let node = document.resolve(id);
                mosaic.literal(starting(document.text(id)?)?, node, 0)?;
            }
            Some(("Fn::Sub", argument)) => {
                let scalar = match document.items(argument) {
                    [] => argument,
                    [form] => *form,
                    [form, given] => {
                        variables = Some(*given);
                        *form
                    }
                    _ => return None,
                };
                pieces(&mut mosaic, starting(document.text(scalar)?)?, document.resolve(scalar))?;
            }
            Some(("Fn::Join", argument)) => {
                let [delimiter, list] = document.items(argument) else { return None };
                if document.text(*delimiter) != Some("") || intrinsic(document, document.resolve(*list)).is_some() {
                    return None;
                }
                let items = document.items(*list);
                starting(document.text(*items.first()?)?)?;
                for item in items {
                    let node = document.resolve(*item);
                    match document.text(*item).filter(|_| intrinsic(document, node).is_none()) {
                        Some(text) => mosaic.literal(text, node, 0)?,
                        None => mosaic.hole(Hole::Item(*item), *item, None)?,
                    }
                }
            }
            Some(_) => return None,
        }
        // What is read costs as much as what is evaluated.
        let left = self.budget.get().checked_sub(mosaic.text.len() / 16)?;
        self.budget.set(left);
        let parsed = json::read(self.source, &mosaic.text);
        let root = parsed.document.root().filter(|_| parsed.error.is_none())?;
        let mut maps: FxHashMap<NodeId, TextMap> = FxHashMap::default();
        for part in mosaic.parts.iter().filter(|part| part.within.is_some()) {
            maps.entry(part.node).or_insert_with(|| TextMap::new(self.text, document.node(part.node)));
        }
        let reading = Reading { template: self, mosaic, maps, variables };
        Some(reading.value(&parsed.document, root, depth + 1))
    }
}

/// A text that starts as a JSON object or list does.
fn starting(text: &str) -> Option<&str> {
    text.trim_start().starts_with(['{', '[']).then_some(text)
}

/// The text of an `Fn::Sub`, with a hole for each `${Name}`; `${!Name}` stands for `${Name}` itself.
fn pieces(mosaic: &mut Mosaic, text: &str, node: NodeId) -> Option<()> {
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("${")) {
        let start = at + found;
        let body = start + 2;
        let Some(length) = text.get(body..).and_then(|rest| rest.find('}')) else { break };
        let end = body + length + 1;
        mosaic.literal(text.get(at..start)?, node, at)?;
        let name = text.get(body..body + length)?;
        match name.strip_prefix('!') {
            Some(_) => {
                mosaic.literal("${", node, start)?;
                mosaic.literal(text.get(body + 1..end)?, node, body + 1)?;
            }
            None => mosaic.hole(Hole::Variable(name.trim().to_owned()), node, Some(start..end))?,
        }
        at = end;
    }
    mosaic.literal(text.get(at..)?, node, at)
}
