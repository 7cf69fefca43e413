//! What IAM refuses a policy document for, and how long it is.
//!
//! Sources: "Grammar of the IAM JSON policy language",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>, and "IAM and AWS STS quotas",
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>; read 2026-11-22.

use super::{DocumentKind, Elements};
use crate::data::nearest;
use crate::source::Span;
use crate::value::{Data, Guard, Map, Piece, Value};

/// Something that IAM refuses.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Where.
    pub span: Span,
    /// What it is, as a sentence.
    pub what: String,
    /// What mends it.
    pub help: String,
    /// In which deployments.
    pub when: Guard,
    /// The statement that it is in, or the document.
    pub cause: Span,
}

/// The versions of the policy language.
pub const VERSIONS: [&str; 2] = ["2012-10-17", "2008-10-17"];

/// The operators of conditions, without `IfExists` and without what stands before the colon.
const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
];

/// Everything that IAM certainly refuses in the document `body` of `holder`. What SAM wrote is passed over.
#[must_use]
pub fn refusals(kind: DocumentKind, holder: &str, body: &Value<&Data>) -> Vec<Refusal> {
    let mut reader = Reader { kind, holder, out: Vec::new() };
    for (data, span, when) in body.set() {
        match data {
            Data::Map(map) => reader.document(map, span, when),
            Data::List(_) => {
                let what = format!("a policy of `{holder}` is a list, where IAM takes a map");
                reader.refuse(span, what, "give it a `Version` and a `Statement`, which holds the list", when, span);
            }
            // What a text says is not known here.
            Data::Text(_) => {}
        }
    }
    reader.out
}

struct Reader<'a> {
    kind: DocumentKind,
    holder: &'a str,
    out: Vec<Refusal>,
}

/// Whether a map certainly lacks a key.
fn lacks(map: &Map, key: &str) -> bool {
    map.get(key).map_or(!map.open, Value::is_unset)
}

impl Reader<'_> {
    fn refuse(&mut self, span: Span, what: String, help: &str, when: &Guard, cause: Span) {
        self.out.push(Refusal { span, what, help: help.to_owned(), when: when.clone(), cause });
    }

    fn document(&mut self, map: &Map, span: Span, when: &Guard) {
        if let Some(version) = map.get("Version") {
            for (version, at, case) in version.borrow().literals().set() {
                if !VERSIONS.contains(&version.as_str()) {
                    let what = format!("`{version}` is no version of the policy language");
                    let help = "write `Version: \"2012-10-17\"`: it is the language's version, not yours";
                    self.refuse(at, what, help, &when.and(case), at);
                }
            }
        }
        if lacks(map, "Statement") {
            let what = format!("a policy of `{}` has no `Statement`", self.holder);
            self.refuse(span, what, "give it a `Statement`", when, span);
            return;
        }
        let Some(statement) = map.get("Statement") else { return };
        let mut sids: Vec<(String, Span, Guard)> = Vec::new();
        for item in statement.borrow().within(when).items(true).0 {
            for (data, span, when) in item.set() {
                match data {
                    // Key and value of what SAM writes are at one place.
                    Data::Map(map) if map.entry("Effect").is_some_and(|entry| entry.key_span == entry.value.span()) => {
                    }
                    Data::Map(map) => {
                        self.statement(map, span, when);
                        self.sid(map, when, span, &mut sids);
                    }
                    Data::Text(_) | Data::List(_) => {
                        let what = format!("a statement of `{}` is no map", self.holder);
                        self.refuse(span, what, "give it an `Effect`, an `Action` and a `Resource`", when, span);
                    }
                }
            }
        }
    }

    fn statement(&mut self, map: &Map, span: Span, when: &Guard) {
        let holder = self.holder;
        if lacks(map, "Effect") {
            self.refuse(span, format!("a statement of `{holder}` has no `Effect`"), "add `Effect: Allow`", when, span);
        } else if let Some(effect) = map.get("Effect") {
            for (effect, at, case) in effect.borrow().literals().set() {
                if !matches!(effect.as_str(), "Allow" | "Deny") {
                    let what = format!("`Effect` is `Allow` or `Deny`, not `{effect}`");
                    self.refuse(at, what, "write `Allow` or `Deny`", &when.and(case), span);
                }
            }
        }
        self.pairs(map, span, when);
        self.texts(map, span, when);
        if self.kind == DocumentKind::Trust {
            self.actions_of_sts(map, span, when);
        }
        self.conditions(map, span, when);
    }

    /// `Action` or `NotAction`, and so on: which of them the kind of document needs, and which it cannot have.
    fn pairs(&mut self, map: &Map, span: Span, when: &Guard) {
        let holder = self.holder;
        for (plain, negated) in [("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")] {
            let (needed, forbidden, forbids) = match (plain, self.kind) {
                ("Resource", DocumentKind::Trust) => (false, true, "the policy is about the role"),
                ("Resource", DocumentKind::Resource) => (false, false, ""),
                ("Action" | "Resource", _) | (_, DocumentKind::Resource | DocumentKind::Trust) => (true, false, ""),
                _ => (false, true, "the policy is about whoever has the role"),
            };
            if needed && lacks(map, plain) && lacks(map, negated) {
                let what = format!("a statement of `{holder}` has no `{plain}`");
                let help = match (plain, self.kind) {
                    ("Action", _) => "say which actions",
                    ("Resource", _) => "say on which resources, or `*`",
                    (_, DocumentKind::Trust) => "say who may assume the role",
                    _ => "say who is meant",
                };
                self.refuse(span, what, help, when, span);
            }
            for key in [plain, negated] {
                if let Some(entry) = map.entry(key).filter(|_| forbidden && !lacks(map, key)) {
                    let what = match self.kind {
                        DocumentKind::Trust => format!("the trust policy of the role `{holder}` cannot have a `{key}`"),
                        _ => format!("a policy of the role `{holder}` cannot have a `{key}`"),
                    };
                    self.refuse(entry.key_span, what, &format!("leave it out: {forbids}"), when, span);
                }
            }
            if let (Some(_), Some(entry)) = (map.entry(plain), map.entry(negated))
                && !forbidden
                && !lacks(map, plain)
                && !lacks(map, negated)
            {
                let what = format!("a statement of `{holder}` has both `{plain}` and `{negated}`");
                self.refuse(entry.key_span, what, "split it into two statements", when, span);
            }
        }
    }

    /// A trust policy holds nothing else: "AssumeRole policy may only specify STS AssumeRole actions".
    fn actions_of_sts(&mut self, map: &Map, cause: Span, when: &Guard) {
        let Some(actions) = map.get("Action") else { return };
        for action in Elements::read(&actions.borrow().within(when)).items {
            let literal = action.text.as_literal().unwrap_or("sts:");
            if !literal.get(..4).is_some_and(|service| service.eq_ignore_ascii_case("sts:")) {
                let what = format!(
                    "the trust policy of the role `{}` holds actions of STS only, not `{literal}`",
                    self.holder
                );
                let help = "write `sts:AssumeRole`; rights belong into a policy of the role";
                self.refuse(action.span, what, help, &action.when, cause);
            }
        }
    }

    /// Actions and resources are texts.
    fn texts(&mut self, map: &Map, cause: Span, when: &Guard) {
        for key in ["Action", "NotAction", "Resource", "NotResource"] {
            let Some(value) = map.get(key) else { continue };
            for item in value.borrow().within(when).items(true).0 {
                for (data, span, case) in item.set().filter(|(data, ..)| data.text().is_none()) {
                    // A list in a list comes from conditions, and CloudFormation may mend it.
                    if data.map().is_some_and(|map| !map.open) {
                        let what = format!("an entry of `{key}` is a map, where IAM takes a text");
                        self.refuse(span, what, "write it as a text, or as a list of texts", case, cause);
                    }
                }
            }
        }
    }

    fn conditions(&mut self, map: &Map, cause: Span, when: &Guard) {
        let Some(condition) = map.get("Condition") else { return };
        for (entry, _) in condition.borrow().within(when).entries().0 {
            let name = entry.key.rsplit_once(':').map_or(&*entry.key, |(_, name)| name);
            let name = name.strip_suffix("IfExists").unwrap_or(name);
            if entry.key.contains(['$', '{']) || OPERATORS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                continue;
            }
            let what = format!("`{}` is no operator of conditions", entry.key);
            let help = match nearest(name, OPERATORS.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "an operator compares: `StringEquals`, `ArnLike`, `Bool` and their like".to_owned(),
            };
            self.refuse(entry.key_span, what, &help, when, cause);
        }
    }

    /// `Sid`s are letters and digits, and no two of a document are the same.
    fn sid(&mut self, map: &Map, when: &Guard, cause: Span, known: &mut Vec<(String, Span, Guard)>) {
        let Some(sid) = map.get("Sid") else { return };
        for (sid, at, case) in sid.borrow().within(when).literals().set() {
            if sid.is_empty() {
                continue;
            }
            let plain = |byte: u8| byte.is_ascii_alphanumeric();
            if self.kind != DocumentKind::Resource && !sid.bytes().all(plain) {
                let what = format!("the `Sid` `{sid}` is not made of letters and digits alone");
                self.refuse(at, what, "take out spaces and signs", case, cause);
            }
            if known.iter().any(|(other, _, others)| *other == *sid && others.compatible(case)) {
                let what = format!("two statements of one policy have the `Sid` `{sid}`");
                self.refuse(at, what, "give each its own, or none", case, cause);
            } else {
                known.push((sid.clone(), at, case.clone()));
            }
        }
    }
}

/// How many characters of a document are certain, as IAM counts them: without white space. What only the deployment knows
/// counts nothing, nor what is there in some deployments only.
#[must_use]
pub fn least_size(body: &Value<&Data>) -> usize {
    if !body.is_exhaustive() {
        return 0;
    }
    let sizes = body.cases().iter().map(|case| case.value.map_or(0, size_of));
    sizes.min().unwrap_or(0)
}

fn size_of(data: &Data) -> usize {
    match data {
        Data::Text(text) => {
            let known: usize = text.pieces().iter().map(Piece::least_length).sum();
            known + 2
        }
        Data::List(list) => {
            let sizes: usize = list.items.iter().map(|item| least_size(&item.borrow())).sum();
            sizes + 2 + list.items.len().saturating_sub(1)
        }
        Data::Map(map) => {
            let sizes = map.entries.iter().map(|entry| match least_size(&entry.value.borrow()) {
                0 => 0,
                size => size + entry.key.chars().count() + 4,
            });
            sizes.sum::<usize>() + 1
        }
    }
}
