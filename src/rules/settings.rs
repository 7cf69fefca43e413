//! Numbers that a resource certainly has, written or by default.

use crate::data::limits::limit;
use crate::model::Resource;
use crate::source::Span;
use crate::value::{Guard, Value, parse_integer};

/// A number that a property certainly has in some deployments.
pub(super) struct Setting {
    /// The number.
    pub value: i64,
    /// Where it is written; `None` where it is the default.
    pub written: Option<Span>,
    /// Whether it is written as a plain number where the property is, so that it can be replaced there.
    pub plain: bool,
    /// The deployments in which it is this.
    pub when: Guard,
}

impl Setting {
    /// The number in a message: `30`, `30 (the default)`.
    pub(super) fn show(&self) -> String {
        if self.written.is_some() { self.value.to_string() } else { format!("{} (the default)", self.value) }
    }
}

/// The numbers that a property can be. A parameter that is not limited to some values says nothing; where the property is not
/// set, the default of the table of limits counts, or else `default`.
pub(super) fn settings(resource: &Resource, property: &str, default: Option<i64>) -> Vec<Setting> {
    let of_table = || limit(&resource.kind, property).and_then(|limit| limit.default).and_then(parse_integer);
    let default = default.or_else(of_table);
    let mut out = Vec::new();
    for case in resource.get(property).text().cases() {
        let Some(text) = &case.value else {
            let default = default.map(|value| Setting { value, written: None, plain: false, when: case.when.clone() });
            out.extend(default);
            continue;
        };
        let literals: Value<String> = text.literals(case.span);
        if !literals.is_exhaustive() {
            continue;
        }
        let plain = text.as_literal().is_some();
        for (literal, span, when) in literals.set() {
            let when = when.and(&case.when);
            if let Some(value) = parse_integer(literal).filter(|_| when.is_possible()) {
                out.push(Setting { value, written: Some(span), plain, when });
            }
        }
    }
    out
}
