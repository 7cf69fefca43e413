//! How two texts relate: three-valued, because text is known only so far.
//!
//! Two readings of the symbols decide. *Atomic*: a symbol is one unknown letter that only itself and a wildcard
//! match; what holds then holds for every deployment (replacing letters by strings keeps it true), so the
//! answer is Yes. *Free*: a symbol may be any string of its characters; what is impossible then is impossible
//! in every deployment, so the answer is No. Between the two lies Unknown.

use super::{Piece, Symbol, SymbolKind, Text};

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// In no deployment.
    No,
    /// It depends, or it is not known.
    Unknown,
    /// In every deployment.
    Yes,
}

impl Answer {
    /// Yes.
    #[must_use]
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }

    /// No.
    #[must_use]
    pub fn is_no(self) -> bool {
        self == Self::No
    }

    /// The better of two: Yes if either is.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The worse of two: Yes only if both are.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }
}

/// Texts with more tokens than this are not compared (Unknown): the comparison is quadratic.
const MAX_TOKENS: usize = 2_048;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Char(char),
    Symbol(&'a Symbol),
    Any,
    One,
}

impl Text {
    /// Whether both are the same text. Wildcards are characters here.
    #[must_use]
    pub fn equals(&self, other: &Self) -> Answer {
        if let (Some(left), Some(right)) = (self.as_literal(), other.as_literal())
            && left == right
        {
            return Answer::Yes;
        }
        let (Some(left), Some(right)) = (tokens(self), tokens(other)) else { return Answer::Unknown };
        if left == right {
            Answer::Yes
        } else if intersect(&left, &right, true) {
            Answer::Unknown
        } else {
            Answer::No
        }
    }

    /// Whether every text that matches `other` matches this. Make patterns with [`Text::pattern`] first.
    #[must_use]
    pub fn covers(&self, other: &Self) -> Answer {
        let (Some(left), Some(right)) = (tokens(self), tokens(other)) else { return Answer::Unknown };
        let shared =
            left.iter().zip(&right).take_while(|(a, b)| a == b && !matches!(a, Token::Any | Token::One)).count();
        let (left, right) = (left.get(shared..).unwrap_or(&[]), right.get(shared..).unwrap_or(&[]));
        if contains(left, right) {
            return Answer::Yes;
        }
        let known = |tokens: &[Token]| !tokens.iter().any(|token| matches!(token, Token::Symbol(_)));
        if known(left) && known(right) || !intersect(left, right, true) { Answer::No } else { Answer::Unknown }
    }

    /// Whether some text matches both. Make patterns with [`Text::pattern`] first.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> Answer {
        let (Some(left), Some(right)) = (tokens(self), tokens(other)) else { return Answer::Unknown };
        if intersect(&left, &right, false) {
            Answer::Yes
        } else if intersect(&left, &right, true) {
            Answer::Unknown
        } else {
            Answer::No
        }
    }
}

fn tokens(text: &Text) -> Option<Vec<Token<'_>>> {
    let mut out = Vec::new();
    for (index, piece) in text.pieces().iter().enumerate() {
        match piece {
            Piece::Literal(literal) => {
                let mut rest: &str = literal;
                if index == 0
                    && let Some((partition, after)) = rest.strip_prefix("arn:").and_then(|rest| rest.split_once(':'))
                    && (partition == "aws" || partition.starts_with("aws-"))
                {
                    out.extend("arn:aws:".chars().map(Token::Char));
                    rest = after;
                }
                out.extend(rest.chars().map(Token::Char));
            }
            Piece::Symbol(symbol) => match (&symbol.kind, &*symbol.name) {
                // A deployment is in one partition: whatever it is called, it is the same on both sides.
                (SymbolKind::Pseudo, "AWS::Partition") => out.extend("aws".chars().map(Token::Char)),
                // The same in every partition but China's, where few services use the other suffix.
                (SymbolKind::Pseudo, "AWS::URLSuffix") => out.extend("amazonaws.com".chars().map(Token::Char)),
                _ => out.push(Token::Symbol(symbol)),
            },
            Piece::Any => out.push(Token::Any),
            Piece::One => out.push(Token::One),
        }
        if out.len() > MAX_TOKENS {
            return None;
        }
    }
    // `*?` and `?*` match the same; one order makes containment exact.
    for _ in 0..out.len() {
        let Some(at) = out.windows(2).position(|pair| pair == [Token::Any, Token::One]) else { break };
        out.swap(at, at + 1);
    }
    out.dedup_by(|a, b| *a == Token::Any && *b == Token::Any);
    Some(out)
}

/// Whether some string matches both; `free` symbols may be any string of theirs, others only match themselves.
fn intersect(left: &[Token], right: &[Token], free: bool) -> bool {
    // Row by row over `left`: reach[j] says that left[..i] and right[..j] can be matched by one string.
    let repeats = |token: &Token| match token {
        Token::Any => true,
        Token::Symbol(_) => free,
        _ => false,
    };
    // What a repeating token may take in.
    let takes = |repeating: &Token, other: &Token| match (repeating, other) {
        (Token::Any, _) | (_, Token::Any | Token::Symbol(_) | Token::One) => true,
        (Token::Symbol(symbol), Token::Char(character)) => symbol.allows(*character),
        _ => false,
    };
    let same = |a: &Token, b: &Token| match (a, b) {
        (Token::One, Token::Char(_) | Token::One) | (Token::Char(_), Token::One) => true,
        _ => a == b,
    };
    let mut reach = vec![false; right.len() + 1];
    for (i, row) in std::iter::once(None).chain(left.iter().map(Some)).enumerate() {
        let mut next = vec![false; right.len() + 1];
        for (j, column) in std::iter::once(None).chain(right.iter().map(Some)).enumerate() {
            let up = reach.get(j).copied().unwrap_or(false);
            let before = j.checked_sub(1);
            let beside = before.and_then(|j| next.get(j)).copied().unwrap_or(false);
            let across = before.and_then(|j| reach.get(j)).copied().unwrap_or(false);
            let possible = match (row, column) {
                (None, None) => i == 0 && j == 0,
                (Some(row), None) => up && repeats(row),
                (None, Some(column)) => beside && repeats(column),
                (Some(row), Some(column)) => {
                    (across && same(row, column))
                        || (repeats(row) && (up || (beside || across) && takes(row, column)))
                        || (repeats(column) && (beside || (up || across) && takes(column, row)))
                }
            };
            if let Some(slot) = next.get_mut(j) {
                *slot = possible;
            }
        }
        reach = next;
    }
    reach.last().copied().unwrap_or(false)
}

/// Whether everything that `right` matches is matched by `left`, symbols being letters of their own. The
/// wildcards of `right` are letters that only a wildcard of `left` takes in.
fn contains(left: &[Token], right: &[Token]) -> bool {
    let one = |a: &Token, b: &Token| match (a, b) {
        (Token::Any, _) | (_, Token::Any) => false,
        (Token::One, Token::Char(_) | Token::One) => true,
        _ => a == b,
    };
    let mut reach: Vec<bool> = std::iter::once(true).chain(right.iter().map(|_| false)).collect();
    for token in left {
        let mut next = vec![false; right.len() + 1];
        for j in 0..=right.len() {
            let up = reach.get(j).copied().unwrap_or(false);
            let beside = j.checked_sub(1).and_then(|j| next.get(j)).copied().unwrap_or(false);
            let across = j.checked_sub(1).and_then(|j| reach.get(j)).copied().unwrap_or(false);
            let possible = match token {
                Token::Any => up || beside,
                _ => across && j.checked_sub(1).and_then(|j| right.get(j)).is_some_and(|other| one(token, other)),
            };
            if let Some(slot) = next.get_mut(j) {
                *slot = possible;
            }
        }
        reach = next;
    }
    reach.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;
    use proptest::prelude::*;

    fn name(name: &str) -> Piece {
        Piece::Symbol(std::sync::Arc::new(Symbol {
            kind: SymbolKind::Name,
            name: name.into(),
            scope: SourceId::default(),
        }))
    }

    fn pseudo(name: &str) -> Piece {
        Piece::Symbol(std::sync::Arc::new(Symbol {
            kind: SymbolKind::Pseudo,
            name: name.into(),
            scope: SourceId::default(),
        }))
    }

    fn literal(text: &str) -> Piece {
        Piece::Literal(text.into())
    }

    fn text(pieces: &[Piece]) -> Text {
        Text::from_pieces(pieces.iter().cloned())
    }

    #[test]
    fn the_partition_of_an_arn_is_one() {
        let written = Text::literal("arn:aws:s3:::b/*");
        let built = text(&[literal("arn:"), pseudo("AWS::Partition"), literal(":s3:::b/*")]);
        assert_eq!(written.equals(&built), Answer::Yes);
        assert_eq!(written.pattern().covers(&built.pattern()), Answer::Yes);
        let any = Text::literal("arn:*:s3:::b/*").pattern();
        assert_eq!(any.covers(&built.pattern()), Answer::Yes);
        for pattern in ["arn:aw*", "arn:a?s:s3:::b/*", "ar*s3:::b/*", "arn:aws*", "a??????????::b/*"] {
            assert_eq!(Text::literal(pattern).pattern().covers(&built.pattern()), Answer::Yes, "{pattern}");
        }
        assert_eq!(Text::literal("arn:az*").pattern().covers(&built.pattern()), Answer::No);
    }

    #[test]
    fn a_symbol_covers_itself_and_a_wildcard_covers_it() {
        let objects = text(&[literal("arn:aws:s3:::"), name("Bucket"), literal("/*")]).pattern();
        let thumbs = text(&[literal("arn:aws:s3:::"), name("Bucket"), literal("/thumbs/*")]).pattern();
        let bucket = text(&[literal("arn:aws:s3:::"), name("Bucket")]).pattern();
        assert_eq!(objects.covers(&thumbs), Answer::Yes);
        assert_eq!(thumbs.covers(&objects), Answer::No);
        assert_eq!(objects.overlaps(&bucket), Answer::No);
        assert_eq!(Text::literal("*").pattern().covers(&objects), Answer::Yes);
        assert_eq!(Text::literal("arn:aws:s3:::*").pattern().covers(&objects), Answer::Yes);
    }

    #[test]
    fn two_symbols_may_be_the_same() {
        let (a, b) = (text(&[name("A")]), text(&[name("B")]));
        assert_eq!(a.equals(&b), Answer::Unknown);
        assert_eq!(a.equals(&a), Answer::Yes);
        assert_eq!(a.equals(&Text::literal("has:colon")), Answer::No);
    }

    #[test]
    fn the_url_suffix_is_the_usual_one() {
        let built = text(&[literal("lambda."), pseudo("AWS::URLSuffix")]);
        assert_eq!(built.equals(&Text::literal("lambda.amazonaws.com")), Answer::Yes);
    }

    fn texts() -> impl Strategy<Value = Text> {
        let piece = prop_oneof![
            4 => "[ab/:]{1,3}".prop_map(|literal| Piece::Literal(literal.into())),
            1 => Just(name("A")),
            1 => Just(name("B")),
            1 => Just(pseudo("AWS::AccountId")),
            2 => Just(Piece::Any),
            1 => Just(Piece::One),
        ];
        proptest::collection::vec(piece, 0..5).prop_map(Text::from_pieces)
    }

    /// Strings that a pattern of plain characters and wildcards matches, decided by the regex crate.
    fn regex(pattern: &Text) -> regex::Regex {
        let body: String = pattern
            .pieces()
            .iter()
            .map(|piece| match piece {
                Piece::Literal(literal) => regex::escape(literal),
                Piece::Any => ".*".into(),
                Piece::One => ".".into(),
                Piece::Symbol(_) => unreachable!(),
            })
            .collect();
        regex::Regex::new(&format!("^(?:{body})$")).unwrap()
    }

    fn deployed(text: &Text, a: &str, b: &str) -> Text {
        Text::from_pieces(text.pieces().iter().map(|piece| match piece {
            Piece::Symbol(symbol) => Piece::Literal(match &*symbol.name {
                "A" => a.into(),
                "B" => b.into(),
                _ => "1".into(),
            }),
            other => other.clone(),
        }))
    }

    proptest! {
        #[test]
        fn overlap_is_symmetric(a in texts(), b in texts()) {
            prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
            prop_assert_eq!(a.equals(&b), b.equals(&a));
        }

        #[test]
        fn every_text_covers_and_overlaps_itself(a in texts()) {
            prop_assert_eq!(a.covers(&a), Answer::Yes);
            prop_assert_eq!(a.overlaps(&a), Answer::Yes);
            prop_assert_eq!(a.equals(&a), Answer::Yes);
        }

        #[test]
        fn covering_implies_overlapping(a in texts(), b in texts()) {
            if a.covers(&b).is_yes() {
                prop_assert_eq!(a.overlaps(&b), Answer::Yes);
            }
            if a.overlaps(&b).is_no() {
                prop_assert_eq!(a.covers(&b), Answer::No);
            }
        }

        #[test]
        fn covering_is_transitive(a in texts(), b in texts(), c in texts()) {
            if a.covers(&b).is_yes() && b.covers(&c).is_yes() {
                prop_assert_eq!(a.covers(&c), Answer::Yes);
            }
        }

        /// Whatever the deployment gives the symbols, a Yes stays true and a No stays false.
        #[test]
        fn answers_hold_in_every_deployment(
            a in texts(), b in texts(), x in "[ab]{1,2}", y in "[ab]{1,2}", sample in "[ab1/:]{0,6}",
        ) {
            let (covers, overlaps) = (a.covers(&b), a.overlaps(&b));
            let (left, right) = (regex(&deployed(&a, &x, &y)), regex(&deployed(&b, &x, &y)));
            if covers.is_yes() && right.is_match(&sample) {
                prop_assert!(left.is_match(&sample), "{a} covers {b} but not {sample}");
            }
            if overlaps.is_no() {
                prop_assert!(!(left.is_match(&sample) && right.is_match(&sample)), "{a} overlaps {b} in {sample}");
            }
        }

        #[test]
        fn literals_match_as_the_regex_says(pattern in "[ab*?]{0,6}", sample in "[ab]{0,5}") {
            let pattern = Text::literal(pattern.as_str()).pattern();
            let sample_text = Text::literal(sample.as_str());
            let matched = regex(&pattern).is_match(&sample);
            prop_assert_eq!(pattern.covers(&sample_text).is_yes(), matched);
            prop_assert_eq!(pattern.covers(&sample_text).is_no(), !matched);
        }
    }
}
