//! How large a function's environment variables are together.

use super::excess::{Amount, Bound, Excess, Excesses};
use crate::data::limits::{self, ENVIRONMENT_BYTES, Limit};
use crate::model::Resource;
use crate::source::Span;
use crate::value::{Data, Entry, Guard, Value};

/// Ways in which the variables can turn out together; beyond these each variable counts with its smallest value.
const MAX_WAYS: usize = 64;

/// The largest variables that are labelled.
const LABELLED: usize = 2;

/// A variable smaller than this is not worth a label.
const LARGE: usize = 512;

/// One way in which all variables can turn out. What is not known counts as nothing, so the sizes are lower bounds.
#[derive(Clone)]
struct Way {
    when: Guard,
    size: Size,
}

#[derive(Clone, Copy, Default, PartialEq)]
struct Size {
    /// Names and values, in UTF-8.
    plain: usize,
    /// The same as members of a JSON document.
    json: usize,
}

/// A value that a variable can have.
struct Choice {
    when: Guard,
    /// `None`: the variable is not set.
    size: Option<Size>,
    span: Span,
}

pub(super) fn check<'a>(function: &'a Resource, properties: &Value<&'a Data>, out: &mut Excesses<'a>) {
    let Some(limit) = limits::limit(&function.kind, "Environment.Variables") else { return };
    for (environment, holder) in properties.entries().0 {
        if &*environment.key != "Environment" {
            continue;
        }
        for (variables, value) in holder.entries().0 {
            if &*variables.key == "Variables" {
                for (data, _, when) in value.set() {
                    if let Data::Map(map) = data {
                        measure(function, limit, variables.key_span, &map.entries, when, out);
                    }
                }
            }
        }
    }
}

fn measure<'a>(
    function: &'a Resource,
    limit: &'static Limit,
    span: Span,
    entries: &'a [Entry],
    when: &Guard,
    out: &mut Excesses<'a>,
) {
    let choices: Vec<(&Entry, Vec<Choice>)> = entries.iter().map(|entry| (entry, choices(entry))).collect();
    let most = usize::try_from(ENVIRONMENT_BYTES).unwrap_or(usize::MAX);
    let ways = ways(when, &choices);
    let Some(worst) = ways.iter().max_by_key(|way| (way.size.plain, way.size.json)) else { return };
    let (amount, over): (_, fn(&Way, usize) -> bool) = if worst.size.plain > most {
        (Amount::Bytes(worst.size.plain), |way, most| way.size.plain > most)
    } else {
        let Some(json) = ways.iter().map(|way| way.size.json).max().filter(|json| *json > most) else { return };
        (Amount::JsonBytes(json), |way, most| way.size.json > most)
    };
    let when = ways.iter().filter(|way| over(way, most)).fold(Guard::never(), |guard, way| guard.or(&way.when));
    let bound = Bound::Most(i64::try_from(most).unwrap_or(i64::MAX));
    let excess = Excess { limit, amount, bound, span };
    out.add_with_labels(function, excess, &when, largest(&choices));
}

/// All ways together, `{}` of the document included.
fn ways(when: &Guard, choices: &[(&Entry, Vec<Choice>)]) -> Vec<Way> {
    let mut ways = vec![Way { when: when.clone(), size: Size { plain: 0, json: 2 } }];
    for (_, choices) in choices {
        let add = |way: &Way, size: Size| {
            let comma = usize::from(size.json > 0 && way.size.json > 2);
            Size { plain: way.size.plain + size.plain, json: way.size.json + size.json + comma }
        };
        let mut next = Vec::with_capacity(ways.len() * choices.len());
        for way in &ways {
            for choice in choices {
                let when = way.when.and(&choice.when);
                if when.is_possible() && !when.is_rounded() {
                    next.push(Way { when, size: add(way, choice.size.unwrap_or_default()) });
                }
            }
        }
        if next.is_empty() || next.len() > MAX_WAYS {
            let smallest = choices.iter().map(|choice| choice.size.unwrap_or_default());
            let smallest = smallest.min_by_key(|size| size.plain).unwrap_or_default();
            for way in &mut ways {
                way.size = add(way, smallest);
            }
        } else {
            ways = next;
        }
    }
    ways
}

/// The values that a variable can have.
fn choices(entry: &Entry) -> Vec<Choice> {
    let value = entry.value.borrow();
    let mut out: Vec<Choice> = Vec::new();
    let mut add = |when: &Guard, size: Option<Size>, span: Span| {
        // Only the size matters: values of one size are one choice.
        match out.iter_mut().find(|choice| choice.size == size) {
            Some(same) => same.when = same.when.or(when),
            None => out.push(Choice { when: when.clone(), size, span }),
        }
    };
    for case in value.cases() {
        let Some(data) = case.value else {
            add(&case.when, None, case.span);
            continue;
        };
        let Some(text) = data.text() else {
            add(&case.when, Some(size(&entry.key, [])), case.span);
            continue;
        };
        let literals = text.literals(case.span);
        if literals.cases().is_empty() {
            add(&case.when, Some(size(&entry.key, text.literal_parts())), case.span);
        }
        for (literal, at, when) in literals.set() {
            add(&case.when.and(when), Some(size(&entry.key, [literal.as_str()])), at);
        }
    }
    if !value.is_exhaustive() && value.cases().is_empty() {
        add(&Guard::always(), Some(size(&entry.key, [])), value.span());
    }
    out
}

fn size<'a>(key: &str, parts: impl IntoIterator<Item = &'a str>) -> Size {
    // Two pairs of quotes and a colon.
    let mut size = Size { plain: key.len(), json: key.len() + 5 };
    for part in parts {
        size.plain += part.len();
        size.json += part.len() + part.bytes().map(escape).sum::<usize>();
    }
    size
}

/// The bytes that JSON needs for a byte besides itself.
fn escape(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 1,
        0..32 => 5,
        _ => 0,
    }
}

/// Labels at the largest values.
fn largest(choices: &[(&Entry, Vec<Choice>)]) -> Vec<(Span, String)> {
    let mut sizes: Vec<(usize, Span)> = choices
        .iter()
        .filter_map(|(entry, choices)| {
            let largest = choices.iter().max_by_key(|choice| choice.size.map_or(0, |size| size.plain))?;
            let value = largest.size?.plain.saturating_sub(entry.key.len());
            Some((value, largest.span)).filter(|(value, _)| *value >= LARGE)
        })
        .collect();
    sizes.sort_by_key(|(size, span)| (std::cmp::Reverse(*size), span.start));
    sizes.dedup();
    sizes.into_iter().take(LABELLED).map(|(size, span)| (span, format!("{size} bytes"))).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::source::{Source, Sources};
    use crate::{Settings, lint};

    /// What is said of a function whose one variable `A` has this value, which is written in quotes.
    fn told(value: &str) -> Vec<String> {
        let template = format!(
            "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Environment:\n        Variables:\n          \
             A: \"{value}\"\n"
        );
        let mut sources = Sources::new();
        sources.add(Source::new("template.yaml", template.as_str()));
        let report = lint(&sources, &Settings::new(crate::data::limits::table_date()));
        let own = report.findings.into_iter().filter(|finding| finding.rule == "limit-exceeded");
        own.map(|finding| format!("{:?}: {}", finding.grade.severity, finding.message)).collect()
    }

    #[test]
    fn names_and_values_count_in_bytes_and_json_is_a_little_more() {
        // `{"A":"…"}` is eight bytes besides the value.
        assert_eq!(told(&"x".repeat(4096 - 8)), [""; 0]);
        let json =
            "Warning: the environment variables of `F` have 4097 bytes as JSON; Lambda may refuse more than 4096";
        assert_eq!(told(&"x".repeat(4096 - 7)), [json]);
        assert!(told(&"x".repeat(4095)).concat().starts_with("Warning"));
        let plain = "Error: the environment variables of `F` have 4097 bytes; Lambda takes at most 4096, names and values together";
        assert_eq!(told(&"x".repeat(4096)), [plain]);
        assert_eq!(told(&"ü".repeat(2048)), [plain], "bytes, not characters");
        let quotes = told(&"\\\"".repeat(2500));
        assert!(quotes.concat().starts_with("Warning"), "each quote is two bytes of JSON: {quotes:?}");
    }
}
