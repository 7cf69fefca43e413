//! Where what a user wrote does not fit the schema of its type.
//!
//! The resources are those that stand in the templates: what SAM makes of its own types is its business, and what the user
//! wrote for it is held to SAM's schema. Ranges of Lambda's own properties are in [`crate::data::limits`], which knows more
//! of them than the schemas do.

use super::Resource;
use crate::data::schemas::{self, Property, Shape};
use crate::engine::Address;
use crate::frontend::{Format, Unit};
use crate::source::Span;
use crate::value::{Data, Guard, List, Map, Text, Value, parse_boolean, parse_integer, parse_number};
use regex::Regex;
use rustc_hash::{FxHashMap, FxHashSet};
use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Something that does not fit.
#[derive(Clone, Debug)]
pub struct Misfit {
    /// The address of the resource that it is in.
    pub address: Address,
    /// The type of that, as the user wrote it.
    pub kind: Arc<str>,
    /// The path of the property, as in [`crate::model::Resource::get`].
    pub path: String,
    /// Where.
    pub span: Span,
    /// In which deployments.
    pub when: Guard,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong.
#[derive(Clone, Debug)]
pub enum Fault {
    /// There is no such property.
    Unknown {
        /// Its name.
        name: String,
        /// The shape that lacks it.
        shape: Shape,
        /// The property that was probably meant, where that is not given as well.
        meant: Option<&'static str>,
    },
    /// Only AWS sets it.
    ReadOnly,
    /// It is not given, and must be.
    Missing {
        /// Its name.
        name: &'static str,
    },
    /// Both are given, and exclude each other. The second is at the span.
    Both {
        /// The first and the second.
        names: (&'static str, &'static str),
        /// Where the first is.
        other: Span,
    },
    /// It holds something of another kind than it can.
    Kind {
        /// The property.
        property: Property,
        /// What it holds.
        found: Found,
        /// Whether the value is a parameter's, and stands there.
        of_parameter: bool,
    },
    /// It is not one of the values that there are.
    Value {
        /// The property.
        property: Property,
        /// What it is.
        value: String,
        /// The value that was probably meant.
        meant: Option<&'static str>,
        /// Whether it is written out, so that it can be replaced.
        plain: bool,
    },
    /// A text does not have the form that it must have.
    Form {
        /// The property.
        property: Property,
        /// The text.
        value: String,
    },
    /// A key of a map does not have the form that it must have.
    Key {
        /// The property.
        property: Property,
        /// The key.
        key: String,
    },
    /// A number, the length of a text or the number of items is beyond a bound.
    Bound {
        /// What there is: `20`, `300 characters`, `6 items`.
        found: String,
        /// What there may be: `at least 1`, `at most 5`.
        bound: String,
    },
    /// Two items of a list are the same; the second is at the span.
    Twice {
        /// Where the first is.
        first: Span,
    },
}

/// What there is instead of what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Text, or what is no number or truth value.
    Text(String),
    /// A list, of one text where it is that.
    List(Option<String>),
    /// A map.
    Map,
}

/// All misfits of these units.
pub(super) fn all(units: &[&Unit]) -> Vec<Misfit> {
    let mut walk = Walk::default();
    for unit in units.iter().filter(|unit| unit.format != Format::AwsCli && !unit.open) {
        walk.texts_of_structures = has_extensions(unit);
        for resource in &unit.written {
            walk.resource(resource);
        }
        let replaced: FxHashSet<&str> = unit.written.iter().map(|resource| &*resource.address).collect();
        for resource in unit.resources.iter().filter(|resource| resource.origin.is_written()) {
            if !replaced.contains(&*resource.address) {
                walk.resource(resource);
            }
        }
    }
    walk.out
}

/// Whether the template has `Fn::ToJsonString`, which gives a text that is kept as a structure.
fn has_extensions(unit: &Unit) -> bool {
    let document = &unit.document;
    let transform = document.root().and_then(|root| document.get(root, "Transform"));
    transform.is_some_and(|id| {
        let mut names =
            document.text(id).into_iter().chain(document.items(id).iter().filter_map(|id| document.text(*id)));
        names.any(|name| name == "AWS::LanguageExtensions")
    })
}

/// Properties that hold a JSON document, as a structure or as its text: both are read as the structure.
const DOCUMENTS: &[&str] = &[
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

#[derive(Default)]
struct Walk<'a> {
    resource: Option<&'a Resource>,
    path: String,
    texts_of_structures: bool,
    out: Vec<Misfit>,
    /// What was said already, of a template's loops and anchors say.
    said: FxHashSet<(Span, Discriminant<Fault>)>,
}

impl<'a> Walk<'a> {
    fn resource(&mut self, resource: &'a Resource) {
        let Some(shape) = schemas::shape(&resource.kind) else { return };
        self.resource = Some(resource);
        self.path.clear();
        for (data, _, when) in resource.properties.borrow().within(&resource.when).set() {
            if let Data::Map(map) = data {
                self.map(shape, map, resource.span, when);
            }
        }
    }

    fn say(&mut self, span: Span, when: &Guard, fault: Fault) {
        let Some(resource) = self.resource else { return };
        if when.is_possible() && self.said.insert((span, discriminant(&fault))) {
            let path = self.path.clone();
            let (address, kind) = (resource.address.clone(), resource.kind.clone());
            self.out.push(Misfit { address, kind, path, span, when: when.clone(), fault });
        }
    }

    /// Whether ranges are judged elsewhere.
    fn has_limits(shape: Shape) -> bool {
        ["AWS::Lambda::", "AWS::Serverless::", "SAM/"].iter().any(|prefix| shape.name.starts_with(prefix))
    }

    /// `at`: where to point when something is missing.
    fn map(&mut self, shape: Shape, map: &'a Map, at: Span, when: &Guard) {
        // What a transform makes of the keys beside it is not known.
        if map.open || map.entries.iter().any(|entry| entry.key.starts_with("Fn::") || &*entry.key == "Ref") {
            return;
        }
        let end = self.path.len();
        for entry in &map.entries {
            if end > 0 {
                self.path.push('.');
            }
            self.path.push_str(&entry.key);
            let value = entry.value.borrow().within(when);
            match shape.property(&entry.key) {
                Some(property) if property.is_read_only() => {
                    if let Some(set) = set_when(&value) {
                        self.say(entry.key_span, &set, Fault::ReadOnly);
                    }
                }
                Some(property) => self.property(shape, property, map, &value, entry.key_span),
                None if shape.is_open() => {}
                None => {
                    if let Some(set) = set_when(&value) {
                        let meant = shape.nearest(&entry.key).filter(|meant| map.get(meant).is_none());
                        let fault = Fault::Unknown { name: entry.key.to_string(), shape, meant };
                        self.say(entry.key_span, &set, fault);
                    }
                }
            }
            self.path.truncate(end);
        }
        self.given(shape, map, at, when);
    }

    /// What must be given, and what must not be given together.
    fn given(&mut self, shape: Shape, map: &'a Map, at: Span, when: &Guard) {
        let unset = |name: &str| match map.get(name) {
            None => when.clone(),
            Some(value) => value.unset_when().and(when),
        };
        // What stands in Globals is a part of what the resources have.
        let partial = self.resource.is_some_and(|resource| &*resource.kind == schemas::GLOBALS);
        for property in shape.properties().filter(|property| property.is_required() && !partial) {
            let unset = unset(property.name);
            // What was meant to be it is reported already.
            let misspelt = |name: &str| shape.property(name).is_none() && shape.nearest(name) == Some(property.name);
            if unset.is_possible() && !unset.is_rounded() && !map.entries.iter().any(|entry| misspelt(&entry.key)) {
                self.say_missing(at, &unset, Fault::Missing { name: property.name });
            }
        }
        for (first, second) in shape.exclusions() {
            let (Some(one), Some(two)) = (map.entry(first), map.entry(second)) else { continue };
            let set =
                |value: &Value<Data>| set_when(&value.borrow().filter_map(|data| (!is_empty(data)).then_some(*data)));
            let (Some(one_set), Some(two_set)) = (set(&one.value), set(&two.value)) else { continue };
            let both = one_set.and(&two_set).and(when);
            if !both.is_rounded() {
                self.say(two.key_span, &both, Fault::Both { names: (first, second), other: one.key_span });
            }
        }
    }

    /// Several may be missing at one place.
    fn say_missing(&mut self, span: Span, when: &Guard, fault: Fault) {
        let Some(resource) = self.resource else { return };
        if when.is_possible() {
            let (address, kind, path) = (resource.address.clone(), resource.kind.clone(), self.path.clone());
            self.out.push(Misfit { address, kind, path, span, when: when.clone(), fault });
        }
    }

    fn property(&mut self, shape: Shape, property: Property, beside: &'a Map, value: &Value<&'a Data>, key: Span) {
        let name = property.name;
        let base = name.trim_end_matches("[]").trim_end_matches("{}");
        for (data, span, when) in value.set() {
            match data {
                Data::Text(text) => self.text(shape, property, text, span, when),
                Data::Map(map) => {
                    if !property.takes_maps() {
                        if !self.may_be_text(base) && !map.open && !is_function(map) {
                            let fault = Fault::Kind { property, found: Found::Map, of_parameter: false };
                            self.say(span, when, fault);
                        }
                        continue;
                    }
                    self.inside(shape, property, beside, map, span, key, when);
                }
                Data::List(list) => {
                    if !property.takes_lists() {
                        if !self.may_be_text(base) && !list.open {
                            let found = Found::List(only_text(list));
                            self.say(span, when, Fault::Kind { property, found, of_parameter: false });
                        }
                        continue;
                    }
                    self.list(shape, property, beside, list, span, when);
                }
            }
        }
    }

    fn may_be_text(&self, name: &str) -> bool {
        self.texts_of_structures || DOCUMENTS.contains(&name)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one entry of a map")]
    fn inside(
        &mut self,
        shape: Shape,
        property: Property,
        beside: &Map,
        map: &'a Map,
        span: Span,
        key: Span,
        when: &Guard,
    ) {
        if is_function(map) {
            return;
        }
        let inner = match property.decided_by() {
            Some(decider) => {
                let decided = beside.get(decider).and_then(|value| value.borrow().literals().only().cloned());
                decided.and_then(|value| property.shape_for(&value))
            }
            None => property.shape(),
        };
        if let Some(inner) = inner {
            let first = map.entries.first().map_or(span, |entry| entry.key_span);
            let at = if property.name.ends_with(']') { first } else { key };
            return self.map(inner, map, at, when);
        }
        let Some(values) = shape.property(&format!("{}{{}}", property.name)) else { return };
        let pattern = property.key_pattern().filter(|_| !map.open);
        let end = self.path.len();
        for entry in &map.entries {
            self.path.push('.');
            self.path.push_str(&entry.key);
            if pattern.is_some_and(|pattern| matches(pattern, &entry.key) == Some(false)) {
                self.say(entry.key_span, when, Fault::Key { property, key: entry.key.to_string() });
            }
            self.property(shape, values, map, &entry.value.borrow().within(when), entry.key_span);
            self.path.truncate(end);
        }
    }

    fn list(&mut self, shape: Shape, property: Property, beside: &'a Map, list: &'a List, span: Span, when: &Guard) {
        if property.is_unique() {
            self.duplicates(list, when);
        }
        if !Self::has_limits(shape) && !list.open {
            let (least, most) = property.items();
            let certain = list.items.iter().filter(|item| item.every(|case| case.is_some())).count();
            let bound = match (least, most) {
                (Some(least), _) if list.items.len() < least => Some((list.items.len(), format!("at least {least}"))),
                (_, Some(most)) if certain > most => Some((certain, format!("at most {most}"))),
                _ => None,
            };
            if let Some((count, bound)) = bound {
                let found = format!("{count} {}", if count == 1 { "item" } else { "items" });
                self.say(span, when, Fault::Bound { found, bound });
            }
        }
        let Some(items) = shape.property(&format!("{}[]", property.name)) else { return };
        let end = self.path.len();
        self.path.push_str("[]");
        for item in &list.items {
            self.property(shape, items, beside, &item.borrow().within(when), item.span());
        }
        self.path.truncate(end);
    }

    fn duplicates(&mut self, list: &List, when: &Guard) {
        let mut seen: FxHashMap<Text, Span> = FxHashMap::default();
        for item in &list.items {
            let Some(Data::Text(text)) = item.only() else { continue };
            let text = text.canonical();
            if let Some(first) = seen.get(&text) {
                self.say(item.span(), when, Fault::Twice { first: *first });
            } else {
                seen.insert(text, item.span());
            }
        }
    }

    fn text(&mut self, shape: Shape, property: Property, text: &Text, span: Span, when: &Guard) {
        if property.takes_anything() {
            return;
        }
        // What a parameter or a mapping says stands elsewhere.
        let here = self.resource.is_some_and(|resource| resource.body.contains(span));
        let written = text.as_literal().filter(|_| here);
        if !property.takes_scalars() {
            // What a function gives may be anything; what is written is what it is.
            if let Some(literal) = written.filter(|literal| !is_placeholder(literal)) {
                let found = Found::Text(literal.to_owned());
                self.say(span, when, Fault::Kind { property, found, of_parameter: false });
            }
            return;
        }
        let known = text.literals(span);
        for (literal, at, case) in known.set() {
            // An empty default stands for "give one".
            if written.is_none() && literal.is_empty() || is_placeholder(literal) {
                continue;
            }
            let when = when.and(case);
            if !property.takes_text() && !fits(property, literal) {
                let found = Found::Text(literal.clone());
                self.say(at, &when, Fault::Kind { property, found, of_parameter: written.is_none() });
                continue;
            }
            self.value(property, literal, written.is_some(), at, &when);
            if !Self::has_limits(shape) {
                self.bounds(property, literal, written.is_some(), at, &when);
            }
        }
    }

    fn value(&mut self, property: Property, literal: &str, written: bool, at: Span, when: &Guard) {
        let mut values = property.values();
        if values.clone().next().is_some() {
            let same = |value: &str| {
                value == literal
                    || !property.takes_text() && parse_integer(literal).is_some_and(|n| n.to_string() == value)
            };
            if !values.any(same) {
                let meant = crate::data::nearest(literal, property.values());
                let fault = Fault::Value { property, value: literal.to_owned(), meant, plain: written };
                self.say(at, when, fault);
            }
            return;
        }
        // A parameter's default is often a place for something to be filled in.
        if written
            && property.takes_text()
            && let Some(pattern) = property.pattern()
            && matches(pattern, literal) == Some(false)
        {
            self.say(at, when, Fault::Form { property, value: literal.to_owned() });
        }
    }

    fn bounds(&mut self, property: Property, literal: &str, written: bool, at: Span, when: &Guard) {
        if !property.takes_text()
            && let Some(number) = parse_number(literal)
        {
            let bound = match (property.min(), property.max()) {
                (Some(min), _) if number < min => Some(format!("at least {min}")),
                (_, Some(max)) if number > max => Some(format!("at most {max}")),
                _ => None,
            };
            if let Some(bound) = bound {
                self.say(at, when, Fault::Bound { found: literal.trim().to_owned(), bound });
            }
        }
        if written && property.takes_text() && property.values().next().is_none() {
            let count = literal.chars().count();
            let bound = match property.characters() {
                (Some(least), _) if count < least => Some(format!("at least {least}")),
                (_, Some(most)) if count > most => Some(format!("at most {most}")),
                _ => None,
            };
            if let Some(bound) = bound {
                let found = format!("{count} {}", if count == 1 { "character" } else { "characters" });
                self.say(at, when, Fault::Bound { found, bound });
            }
        }
    }
}

/// The deployments in which a value is set, as far as is known; `None` where that is not known or never so.
fn set_when(value: &Value<&Data>) -> Option<Guard> {
    let set = value.set().fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
    set.is_possible().then_some(set)
}

/// Whether a literal can be read as what the property holds, text aside.
fn fits(property: Property, literal: &str) -> bool {
    property.takes_booleans() && parse_boolean(literal).is_some()
        || property.takes_integers() && parse_integer(literal).is_some()
        || property.takes_integers()
            && parse_number(literal).is_some_and(|number| property.takes_numbers() || number.fract() == 0.0)
}

/// Whether a map is a function of a kind that is not known here (`Rain::Embed`).
fn is_function(map: &Map) -> bool {
    matches!(map.entries.as_slice(), [entry] if entry.key.contains("::") || matches!(&*entry.key, "Ref" | "Condition"))
}

fn is_empty(data: &Data) -> bool {
    match data {
        Data::List(list) => list.items.is_empty() && !list.open,
        Data::Map(map) => map.entries.is_empty() && !map.open,
        Data::Text(_) => false,
    }
}

/// Whether something is to be put in its place before the deployment: `<role>`, `sg-{id}`, `SUBNET_ID`.
fn is_placeholder(text: &str) -> bool {
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.contains(['<', '>', '{', '}', '%']) || text.contains('_') && text.chars().all(upper)
}

fn only_text(list: &List) -> Option<String> {
    match list.items.as_slice() {
        [item] => match item.only()? {
            Data::Text(text) => text.as_literal().map(str::to_owned),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a text matches a pattern somewhere; `None` where the pattern says what cannot be asked.
fn matches(pattern: &'static str, text: &str) -> Option<bool> {
    static KNOWN: OnceLock<Mutex<FxHashMap<&'static str, Option<Regex>>>> = OnceLock::new();
    let mut known = KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let regex = known.entry(pattern).or_insert_with(|| Regex::new(pattern).ok()).clone();
    drop(known);
    regex.map(|regex| regex.is_match(text))
}
