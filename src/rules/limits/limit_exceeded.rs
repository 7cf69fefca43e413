//! `limit-exceeded`: see `rules/limits/limit-exceeded.md`.
//!
//! The properties that are set are looked up in the table of limits; nothing here knows a number.

use super::environment_size;
use super::excess::{Amount, Bound, Excess, Excesses};
use crate::data::limits::{Kind, Limit, limited_type};
use crate::engine::Findings;
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Guard, Text, Value, parse_number};
use std::sync::Arc;

/// Items of one list that may be left out; with more of them only those are counted that are always there.
const MAX_OPTIONAL_ITEMS: usize = 32;

/// Other types than Lambda's own whose limits are looked at; those of the rest belong to the rules about them.
const OTHERS: &[&str] = &["AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer", "AWS::SQS::Queue"];

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut excesses = Excesses::default();
    for resource in &world.resources {
        let is_ours = |name: &str| name.starts_with("AWS::Lambda::") || OTHERS.contains(&name);
        let Some(limited) = limited_type(&resource.kind).filter(|limited| is_ours(limited.name)) else {
            continue;
        };
        let properties = resource.properties.borrow().within(&resource.when);
        let mut walk = Walk { resource, limits: limited.limits, path: String::new(), out: &mut excesses };
        walk.map(&properties);
        if resource.is("AWS::Lambda::Function") {
            environment_size::check(resource, &properties, &mut excesses);
        }
    }
    excesses.report(world, out);
}

/// Goes down a resource's properties as far as the table knows their paths.
struct Walk<'a, 'b> {
    resource: &'a Resource,
    limits: &'static [Limit],
    path: String,
    out: &'b mut Excesses<'a>,
}

impl<'a> Walk<'a, '_> {
    fn limit(&self) -> Option<&'static Limit> {
        let index = self.limits.binary_search_by(|limit| limit.path.cmp(self.path.as_str())).ok()?;
        self.limits.get(index)
    }

    fn map(&mut self, map: &Value<&'a Data>) {
        let end = self.path.len();
        for (entry, value) in map.entries().0 {
            if end > 0 {
                self.path.push('.');
            }
            self.path.push_str(&entry.key);
            self.property(&value);
            self.path.truncate(end);
        }
    }

    fn property(&mut self, value: &Value<&'a Data>) {
        let Some(limit) = self.limit() else { return };
        match limit.kind {
            Kind::Integer | Kind::Number => self.numbers(limit, value),
            Kind::Text => self.lengths(limit, value),
            Kind::Map => {
                self.counts(limit, value);
                self.map(value);
            }
            Kind::List => {
                self.counts(limit, value);
                let end = self.path.len();
                self.path.push_str("[]");
                if self.limit().is_some() {
                    for item in value.items(false).0 {
                        self.property(&item);
                    }
                }
                self.path.truncate(end);
            }
            Kind::Boolean | Kind::Any => {}
        }
    }

    fn add(&mut self, limit: &'static Limit, amount: Amount, bound: Bound, span: Span, when: &Guard) {
        if when.is_possible() {
            self.out.add(self.resource, Excess { limit, amount, bound, span }, when);
        }
    }

    fn numbers(&mut self, limit: &'static Limit, value: &Value<&'a Data>) {
        for (literal, span, when) in value.literals().set() {
            let Some(number) = parse_number(literal).filter(|n| limit.kind == Kind::Number || n.fract() == 0.0) else {
                continue;
            };
            let beyond_least = limit.min.filter(|min| number > as_number(*min)).and(limit.next_min);
            if let Some(min) = beyond_least.or(limit.min).filter(|min| number < as_number(*min)) {
                self.add(limit, Amount::Number(show(number)), Bound::Least(min), span, when);
            }
            if let Some((max, within)) = self.maximum(limit, number) {
                self.add(limit, Amount::Number(show(number)), Bound::Most(max), span, &when.and(&within));
            }
        }
    }

    /// The maximum that a number exceeds, and in which deployments.
    fn maximum(&self, limit: &Limit, number: f64) -> Option<(i64, Guard)> {
        let max = limit.max.filter(|max| number > as_number(*max))?;
        let Some(raised) = limit.raised else { return Some((max, Guard::always())) };
        let raiser = self.resource.get(raised.with);
        if raiser.is_unset() {
            return Some((max, Guard::always()));
        }
        if number > as_number(raised.max) {
            return Some((raised.max, Guard::always()));
        }
        Some((max, raiser.unset_when())).filter(|(_, unset)| !unset.is_rounded())
    }

    fn lengths(&mut self, limit: &'static Limit, value: &Value<&'a Data>) {
        // Which words a property knows is another question than how long they are.
        if !limit.values.is_empty() || limit.min_length.is_none() && limit.max_length.is_none() {
            return;
        }
        for (text, span, when) in value.text().set() {
            let literals = text.literals(span);
            if literals.cases().is_empty() {
                // Every symbol in it may turn out empty.
                let known: usize = text.literal_parts().map(|part| part.chars().count()).sum();
                if let Some(max) = most_characters(limit, text.known_prefix()).filter(|max| known > *max) {
                    self.add(limit, Amount::CharactersAtLeast(known), most(max), span, when);
                }
                continue;
            }
            for (literal, at, case) in literals.set() {
                let characters = literal.chars().count();
                let when = when.and(case);
                if let Some(max) = most_characters(limit, literal).filter(|max| characters > *max) {
                    self.add(limit, Amount::Characters(characters), most(max), at, &when);
                }
                let least = limit.min_length.filter(|least| characters < *least as usize);
                if let Some(least) = least.filter(|_| is_plainly_short(limit, text, literal)) {
                    self.add(limit, Amount::Characters(characters), Bound::Least(i64::from(least)), at, &when);
                }
            }
        }
    }

    fn counts(&mut self, limit: &'static Limit, value: &Value<&'a Data>) {
        for (data, span, when) in value.set() {
            let (items, open): (Vec<&Arc<Value<Data>>>, bool) = match data {
                Data::List(list) => (list.items.iter().collect(), list.open),
                Data::Map(map) => (map.entries.iter().map(|entry| &entry.value).collect(), map.open),
                Data::Text(_) => continue,
            };
            if let Some(max) = limit.max_items.map(|max| max as usize).filter(|max| items.len() > *max) {
                let reached = reached(&items, false, when);
                let most_items = reached.iter().rposition(Guard::is_possible).unwrap_or(0);
                if let Some(over) = reached.get(max + 1).filter(|over| !over.is_rounded()) {
                    self.add(limit, Amount::Items(most_items), most(max), span, over);
                }
            }
            if let Some(min) = limit.min_items.filter(|min| *min > 0 && !open) {
                let under = match reached(&items, true, when).get(min as usize) {
                    None => when.clone(),
                    Some(enough) if enough.is_rounded() => continue,
                    Some(enough) => when.and(&enough.not()),
                };
                let amount = Amount::Items(items.len().min(min as usize - 1));
                self.add(limit, amount, Bound::Least(i64::from(min)), span, &under);
            }
        }
    }
}

/// Whether a text is too short in a way that says something. One that has a form of its own (an ARN) is wrong in its form
/// rather than its length, and a parameter's empty default stands for "give one", not for an empty name.
fn is_plainly_short(limit: &Limit, text: &Text, literal: &str) -> bool {
    if literal.is_empty() { text.as_literal().is_some() } else { limit.pattern.is_none() }
}

fn most_characters(limit: &Limit, start: &str) -> Option<usize> {
    let of_arns = limit.arn_max_length.filter(|_| start.starts_with("arn:"));
    of_arns.or(limit.max_length).map(|max| max as usize)
}

fn most(max: usize) -> Bound {
    Bound::Most(i64::try_from(max).unwrap_or(i64::MAX))
}

/// For every number of items from none on, in which deployments there are at least so many. What is not known to be
/// set counts as `unknown_counts` says.
fn reached(items: &[&Arc<Value<Data>>], unknown_counts: bool, when: &Guard) -> Vec<Guard> {
    let mut reached = vec![when.clone()];
    let mut optional = 0;
    for item in items {
        let set_when = if item.every(|value| value.is_some()) {
            Guard::always()
        } else if !item.is_exhaustive() {
            // Some of it may be left out in ways that are not seen.
            if unknown_counts { Guard::always() } else { Guard::never() }
        } else if optional == MAX_OPTIONAL_ITEMS {
            if unknown_counts { Guard::always() } else { Guard::never() }
        } else {
            optional += 1;
            item.set().fold(Guard::never(), |guard, (_, _, when)| guard.or(when))
        };
        if set_when.is_always() {
            reached.insert(0, when.clone());
            continue;
        }
        if !set_when.is_possible() {
            continue;
        }
        let before = reached.clone();
        reached.push(Guard::never());
        for (more, fewer) in reached.iter_mut().skip(1).zip(&before) {
            *more = more.or(&fewer.and(&set_when));
        }
    }
    reached
}

/// A limit of the table, all of which are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "limits are small whole numbers")]
fn as_number(limit: i64) -> f64 {
    limit as f64
}

/// The number in a message: `300`, `0.5`, and `1e20` for what is too long to read.
fn show(number: f64) -> String {
    if number.abs() < 1e15 { number.to_string() } else { format!("{number:e}") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::data::limits::{limit, types};

    #[test]
    fn numbers_are_read_as_cloudformation_reads_them() {
        assert_eq!(parse_number(" 300 "), Some(300.0));
        assert_eq!(
            (parse_number("300.0"), parse_number("-1"), parse_number("1e3")),
            (Some(300.0), Some(-1.0), Some(1000.0))
        );
        for none in ["", "ten", "inf", "NaN", "0x10", "1_000", "3 s", "1e999"] {
            assert_eq!(parse_number(none), None, "{none}");
        }
        assert_eq!((show(300.0), show(0.5), show(1e20)), ("300".to_owned(), "0.5".to_owned(), "1e20".to_owned()));
    }

    #[test]
    fn every_path_of_the_table_can_be_walked_to() {
        for kind in types().iter().filter(|kind| kind.name.starts_with("AWS::Lambda::")) {
            for row in kind.limits {
                for (at, mark) in row.path.match_indices(['.', '[']) {
                    let parent = limit(kind.name, row.path.get(..at).unwrap());
                    let expected = if mark == "[" { Kind::List } else { Kind::Map };
                    assert!(
                        parent.is_some_and(|parent| parent.kind == expected) || row.path.get(at - 1..at) == Some("]"),
                        "{} {}",
                        kind.name,
                        row.path
                    );
                }
            }
        }
    }
}
