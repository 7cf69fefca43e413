//! Text as far as it is known.

use super::{Atom, Case, Guard, Value};
use crate::source::{SourceId, Span};
use std::fmt;
use std::sync::Arc;

/// How many literals a text is expanded to at most; beyond that the expansion is not exhaustive.
const MAX_LITERALS: usize = 64;

/// A text, piece by piece. `!Sub "arn:aws:s3:::${Bucket}/*"`, `!Join` of the same parts and `!Sub
/// "${Bucket.Arn}/*"` are the same text. How two texts relate is asked in [`super::compare`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text(Vec<Piece>);

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Characters that are known.
    Literal(Arc<str>),
    /// Characters that are not known, but known to be the same wherever the symbol stands.
    Symbol(Arc<Symbol>),
    /// Any characters (`*` of a pattern).
    Any,
    /// Any one character (`?` of a pattern).
    One,
}

impl Piece {
    /// How many characters it has at least.
    #[must_use]
    pub fn least_length(&self) -> usize {
        match self {
            Self::Literal(text) => text.chars().count(),
            Self::One => 1,
            Self::Symbol(_) | Self::Any => 0,
        }
    }
}

/// Characters that only the deployment knows.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// What it stands for.
    pub kind: SymbolKind,
    /// How the user spells it: `AWS::Region`, `Bucket`, `Queue.Arn`.
    pub name: Box<str>,
    /// The template that gives the name its meaning.
    pub scope: SourceId,
}

/// What a symbol stands for.
#[derive(Clone, Debug)]
pub enum SymbolKind {
    /// A pseudo parameter: `AWS::Region`, `AWS::AccountId`, `AWS::StackName` …
    Pseudo,
    /// A parameter of the template.
    Parameter(Arc<Parameter>),
    /// The physical name of a resource of the template (its logical id is the symbol's name).
    Name,
    /// Another attribute of a resource.
    Attribute,
    /// Something else that is the same wherever it is written the same: an import, a dynamic reference, a policy variable, an intrinsic
    /// that could not be worked out.
    Other,
}

/// A parameter of a template.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Box<str>,
    /// Its `Type` (`String` where it has none).
    pub kind: Box<str>,
    /// Its `Default` and where that is written.
    pub default: Option<(Box<str>, Span)>,
    /// Its `AllowedValues`, each where it is written.
    pub allowed: Vec<(Box<str>, Span)>,
    /// Whether it has `AllowedValues` that are all known (then it takes one of them).
    pub closed: bool,
    /// Whether it has `NoEcho: true`.
    pub no_echo: bool,
    /// The atom of its value and the values in the order of the atom's bits.
    pub atom: Option<(Atom, Arc<[Box<str>]>)>,
    /// Where it is declared.
    pub span: Span,
}

impl Parameter {
    /// The deployments in which the parameter has this value; `None` when they cannot be told from others.
    #[must_use]
    pub fn is(&self, value: &str) -> Option<Guard> {
        if self.closed && self.allowed.iter().all(|(allowed, _)| &**allowed != value) {
            return Some(Guard::never());
        }
        if self.closed && self.allowed.len() == 1 {
            return Some(Guard::always());
        }
        let (atom, values) = self.atom.as_ref()?;
        let bit = values.iter().position(|known| &**known == value)?;
        Some(Guard::atom(*atom, 1 << bit))
    }
}

impl PartialEq for Symbol {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && std::mem::discriminant(&self.kind) == std::mem::discriminant(&other.kind)
            && (self.scope == other.scope || self.is_shared())
    }
}

impl Eq for Symbol {}

impl std::hash::Hash for Symbol {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
        std::mem::discriminant(&self.kind).hash(state);
    }
}

impl Symbol {
    /// Whether it is the same in all templates of a deployment: region, account, partition. Each stack has a name of its own.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.kind, SymbolKind::Pseudo) && !self.name.starts_with("AWS::Stack")
    }

    /// Whether the symbol's value can hold this character. Names and account data have no separators of an ARN.
    #[must_use]
    pub fn allows(&self, character: char) -> bool {
        match self.kind {
            SymbolKind::Pseudo => match &*self.name {
                "AWS::AccountId" => character.is_ascii_digit(),
                "AWS::StackId" => true,
                _ => character.is_ascii_alphanumeric() || matches!(character, '-' | '.'),
            },
            // Log groups and secrets have `/` in their names, a bucket or a function has not; none has `:`.
            SymbolKind::Name => character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.'),
            SymbolKind::Parameter(_) | SymbolKind::Attribute | SymbolKind::Other => true,
        }
    }
}

impl Text {
    /// A text of known characters.
    #[must_use]
    pub fn literal(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::default() } else { Self(vec![Piece::Literal(text)]) }
    }

    /// A text that is one symbol.
    #[must_use]
    pub fn symbol(symbol: Symbol) -> Self {
        Self(vec![Piece::Symbol(Arc::new(symbol))])
    }

    /// A text of these pieces; neighbouring literals are joined.
    #[must_use]
    pub fn from_pieces(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut text = Self::default();
        for piece in pieces {
            text.push(piece);
        }
        text
    }

    /// Appends a piece.
    pub fn push(&mut self, piece: Piece) {
        match (&piece, self.0.last_mut()) {
            (Piece::Literal(more), _) if more.is_empty() => {}
            (Piece::Literal(more), Some(Piece::Literal(before))) => {
                *before = Arc::from(format!("{before}{more}"));
            }
            _ => self.0.push(piece),
        }
    }

    /// Appends another text.
    pub fn append(&mut self, other: &Self) {
        for piece in &other.0 {
            self.push(piece.clone());
        }
    }

    /// This text with `more` after it.
    #[must_use]
    pub fn with(mut self, more: &str) -> Self {
        self.push(Piece::Literal(Arc::from(more)));
        self
    }

    /// The pieces.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Whether it is the empty text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The characters, when all are known.
    #[must_use]
    pub fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The symbol, when it is nothing but one.
    #[must_use]
    pub fn as_symbol(&self) -> Option<&Arc<Symbol>> {
        match self.0.as_slice() {
            [Piece::Symbol(symbol)] => Some(symbol),
            _ => None,
        }
    }

    /// The known characters at its start.
    #[must_use]
    pub fn known_prefix(&self) -> &str {
        match self.0.first() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// Every known character, for a search of what it may mention.
    pub fn literal_parts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Literal(text) => Some(&**text),
            _ => None,
        })
    }

    /// The symbols in it.
    pub fn symbols(&self) -> impl Iterator<Item = &Arc<Symbol>> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Symbol(symbol) => Some(symbol),
            _ => None,
        })
    }

    /// What is left when `prefix` is taken off the front, if it certainly starts with it.
    #[must_use]
    pub fn strip_prefix(&self, prefix: &Self) -> Option<Self> {
        let mut mine = self.0.iter();
        let mut theirs = prefix.0.iter().peekable();
        let mut rest: Option<Piece> = None;
        while let Some(wanted) = theirs.next() {
            let have = mine.next()?;
            match (have, wanted) {
                (Piece::Literal(have), Piece::Literal(wanted)) if theirs.peek().is_none() => {
                    rest = Some(Piece::Literal(Arc::from(have.strip_prefix(&**wanted)?)));
                }
                _ if have == wanted => {}
                _ => return None,
            }
        }
        Some(Self::from_pieces(rest.into_iter().chain(mine.cloned())))
    }

    /// What stands before and after the first known `marker`.
    #[must_use]
    pub fn around(&self, marker: &str) -> Option<(Self, Self)> {
        let (index, before, after) = self.0.iter().enumerate().find_map(|(index, piece)| match piece {
            Piece::Literal(text) => text.split_once(marker).map(|(before, after)| (index, before, after)),
            _ => None,
        })?;
        let head = self.0.iter().take(index).cloned().chain([Piece::Literal(Arc::from(before))]);
        let tail = [Piece::Literal(Arc::from(after))].into_iter().chain(self.0.iter().skip(index + 1).cloned());
        Some((Self::from_pieces(head), Self::from_pieces(tail)))
    }

    /// The parts between the `separator`s, when no symbol can hold one.
    #[must_use]
    pub fn split(&self, separator: &str) -> Option<Vec<Self>> {
        let first = separator.chars().next()?;
        if self.symbols().any(|symbol| symbol.allows(first)) {
            return None;
        }
        let mut parts = vec![Self::default()];
        for piece in &self.0 {
            let Piece::Literal(text) = piece else {
                parts.last_mut()?.push(piece.clone());
                continue;
            };
            for (index, part) in text.split(separator).enumerate() {
                if index > 0 {
                    parts.push(Self::default());
                }
                parts.last_mut()?.push(Piece::Literal(Arc::from(part)));
            }
        }
        Some(parts)
    }

    /// The text with the usual partition and URL suffix for those of the deployment: two ARNs that differ in how
    /// the partition is spelled are the same then. For keys and prefixes; comparisons see to it themselves.
    #[must_use]
    pub fn canonical(&self) -> Self {
        Self::from_pieces(self.0.iter().enumerate().map(|(index, piece)| match piece {
            Piece::Symbol(symbol) if matches!(symbol.kind, SymbolKind::Pseudo) => match &*symbol.name {
                "AWS::Partition" => Piece::Literal(Arc::from("aws")),
                "AWS::URLSuffix" => Piece::Literal(Arc::from("amazonaws.com")),
                _ => piece.clone(),
            },
            Piece::Literal(literal) if index == 0 => {
                match literal.strip_prefix("arn:aws-").and_then(|rest| rest.split_once(':')) {
                    Some((_, rest)) => Piece::Literal(Arc::from(format!("arn:aws:{rest}"))),
                    None => piece.clone(),
                }
            }
            other => other.clone(),
        }))
    }

    /// The text as a pattern of IAM or an ARN condition: `*` and `?` become wildcards, policy variables
    /// (`${aws:username}`) symbols.
    #[must_use]
    pub fn pattern(&self) -> Self {
        let mut out = Self::default();
        for piece in &self.0 {
            let Piece::Literal(text) = piece else {
                out.push(piece.clone());
                continue;
            };
            let mut rest: &str = text;
            while let Some(at) = rest.find(['*', '?', '$']) {
                let (before, from) = rest.split_at(at);
                out.push(Piece::Literal(Arc::from(before)));
                if let Some((variable, after)) = from.strip_prefix("${").and_then(|body| body.split_once('}')) {
                    out.push(match variable {
                        "*" | "?" | "$" => Piece::Literal(Arc::from(variable)),
                        _ => Piece::Symbol(Arc::new(Symbol {
                            kind: SymbolKind::Other,
                            name: format!("policy:{variable}").into(),
                            scope: SourceId::default(),
                        })),
                    });
                    rest = after;
                    continue;
                }
                let mut characters = from.chars();
                match characters.next() {
                    Some('*') if out.0.last() != Some(&Piece::Any) => out.push(Piece::Any),
                    Some('?') => out.push(Piece::One),
                    Some('$') => out.push(Piece::Literal(Arc::from("$"))),
                    _ => {}
                }
                rest = characters.as_str();
            }
            out.push(Piece::Literal(Arc::from(rest)));
        }
        out
    }

    /// The literals that the text can be: each parameter in it is expanded to its default and allowed values
    /// (where those are written, if the text is nothing but the parameter). What is not literal then is
    /// unknown. A parameter without allowed values is never exhaustive.
    #[must_use]
    pub fn literals(&self, span: Span) -> Value<String> {
        if let Some(literal) = self.as_literal() {
            return Value::known(literal.to_owned(), span);
        }
        let alone = self.0.len() == 1;
        let mut cases = vec![Case { value: Some(String::new()), span, when: Guard::always() }];
        let mut exhaustive = true;
        for piece in &self.0 {
            let options: Vec<(&str, Span, Guard)> =
                match piece {
                    Piece::Literal(text) => vec![(text, span, Guard::always())],
                    Piece::Symbol(symbol) => match &symbol.kind {
                        SymbolKind::Parameter(parameter) => {
                            exhaustive &= parameter.closed;
                            let written =
                                parameter.allowed.iter().chain(parameter.default.iter().filter(|(default, _)| {
                                    parameter.allowed.iter().all(|(value, _)| value != default)
                                }));
                            written
                                .map(|(value, at)| {
                                    (&**value, if alone { *at } else { span }, parameter.is(value).unwrap_or_default())
                                })
                                .collect()
                        }
                        _ => return Value::unknown(span),
                    },
                    Piece::Any | Piece::One => return Value::unknown(span),
                };
            let mut next = Vec::with_capacity(cases.len() * options.len());
            for case in &cases {
                for (text, at, when) in &options {
                    let when = case.when.and(when);
                    if when.is_possible() {
                        let value = case.value.as_ref().map(|before| format!("{before}{text}"));
                        next.push(Case { value, span: if alone { *at } else { span }, when });
                    }
                }
            }
            if next.len() > MAX_LITERALS {
                return Value::unknown(span);
            }
            cases = next;
        }
        Value::from_cases(cases, exhaustive, span)
    }
}

impl fmt::Display for Text {
    /// As in `Fn::Sub`: `arn:aws:s3:::${Bucket}/*`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => formatter.write_str(text)?,
                Piece::Symbol(symbol) => write!(formatter, "${{{}}}", symbol.name)?,
                Piece::Any => formatter.write_str("*")?,
                Piece::One => formatter.write_str("?")?,
            }
        }
        Ok(())
    }
}
