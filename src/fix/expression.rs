//! Values that a fix writes.

use crate::engine::Edit;
use crate::frontend::Format;
use crate::model::World;
use crate::source::Span;
use crate::syntax::{Document, Language, PathStep};

/// A value, whatever the notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// What `Ref` gives for a logical id.
    Ref(Box<str>),
    /// An attribute of a resource: logical id and name.
    Attribute(Box<str>, Box<str>),
    /// A word that needs no quotes.
    Word(Box<str>),
    /// A text with `${…}` in it.
    Sub(Box<str>),
    /// A text as it is.
    Literal(Box<str>),
    /// Several values.
    List(Vec<Self>),
}

impl Expression {
    /// What a person would write in a file of this language, on one line.
    #[must_use]
    pub fn write(&self, language: Language) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match (self, language) {
            (Self::Ref(name), Language::Yaml) => format!("!Ref {name}"),
            (Self::Ref(name), Language::Json) => format!("{{\"Ref\": {}}}", quoted(name)),
            (Self::Attribute(name, attribute), Language::Yaml) => format!("!GetAtt {name}.{attribute}"),
            (Self::Attribute(name, attribute), Language::Json) => {
                format!("{{\"Fn::GetAtt\": [{}, {}]}}", quoted(name), quoted(attribute))
            }
            (Self::Word(word), Language::Yaml) => word.to_string(),
            (Self::Word(word), Language::Json) => quoted(word),
            (Self::Sub(text), Language::Yaml) => format!("!Sub {}", quoted(text)),
            (Self::Sub(text), Language::Json) => format!("{{\"Fn::Sub\": {}}}", quoted(text)),
            (Self::Literal(text), Language::Yaml) if is_plain(text) => text.to_string(),
            (Self::Literal(text), _) => quoted(text),
            (Self::List(items), _) => format!("[{}]", Self::join(items, language)),
        }
    }

    fn join(items: &[Self], language: Language) -> String {
        items.iter().map(|item| item.write(language)).collect::<Vec<_>>().join(", ")
    }
}

/// Whether YAML reads a word as the text that it is, without quotes.
fn is_plain(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.' | '-');
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.contains(['.', '/']) && text.chars().all(word)
}

/// What `key` with the value `expression` looks like in the file of `span`; `None` for files that have no
/// expressions (what the AWS CLI prints).
#[must_use]
pub fn entry(world: &World, span: Span, key: &str, expression: &Expression) -> Option<String> {
    let language = document(world, span)?.language();
    let value = expression.write(language);
    Some(match language {
        Language::Yaml => format!("{key}: {value}"),
        Language::Json => format!("\"{key}\": {value}"),
    })
}

/// The edit that puts `expression` where a scalar stands at `span`. A list takes the place of an item of a list item by item.
/// `None` where that cannot be written on one line, and for files that have no expressions.
#[must_use]
pub fn replace(world: &World, span: Span, expression: &Expression) -> Option<Edit> {
    let document = document(world, span)?;
    let language = document.language();
    let in_list = matches!(document.path_at(span.start).steps().last(), Some(PathStep::Index(_)));
    let text = match expression {
        // Whether a list of YAML has brackets cannot be seen from one of its items.
        Expression::List(_) if in_list && language == Language::Yaml => return None,
        Expression::List(items) if in_list => Expression::join(items, language),
        _ => expression.write(language),
    };
    Some(Edit { span, text })
}

/// The edit that puts another word where `old` stands at `span`, within its quotes where it has some. `None` where the word is
/// written in another way, or where the new one might need quotes.
#[must_use]
pub fn word(span: Span, old: &str, new: &str) -> Option<Edit> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/:".contains(&byte);
    if !new.bytes().all(is_plain) || !new.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let span = match span.len().checked_sub(old.len())? {
        0 => span,
        2 => Span { start: span.start + 1, end: span.end - 1, ..span },
        _ => return None,
    };
    Some(Edit { span, text: new.to_owned() })
}

pub(super) fn document<'a>(world: &World<'a>, span: Span) -> Option<&'a Document> {
    let unit = world.units.iter().find(|unit| unit.source == span.source)?;
    (unit.format != Format::AwsCli).then_some(&unit.document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_own_form() {
        let table = Expression::Attribute("Orders".into(), "Arn".into());
        let objects = Expression::Sub("${Uploads.Arn}/*".into());
        let all = Expression::List(vec![table.clone(), objects, Expression::Ref("Topic".into())]);
        assert_eq!(table.write(Language::Yaml), "!GetAtt Orders.Arn");
        assert_eq!(all.write(Language::Yaml), "[!GetAtt Orders.Arn, !Sub \"${Uploads.Arn}/*\", !Ref Topic]");
        for (text, written) in
            [("src/app.handler", "src/app.handler"), ("yes", "\"yes\""), ("a: b", "\"a: b\""), ("1.5", "\"1.5\"")]
        {
            assert_eq!(Expression::Literal(text.into()).write(Language::Yaml), written);
        }
        assert_eq!(Expression::Literal("a.b".into()).write(Language::Json), "\"a.b\"");
        let json = all.write(Language::Json);
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read[0]["Fn::GetAtt"][1], "Arn");
        assert_eq!(read[1]["Fn::Sub"], "${Uploads.Arn}/*");
        assert_eq!(read[2]["Ref"], "Topic");
    }
}
