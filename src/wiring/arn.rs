//! The parts of an ARN, as far as they are known.

use crate::value::{Answer, Piece, SymbolKind, Text};

/// An ARN in its six parts: `arn:partition:service:region:account:resource`.
#[derive(Clone, Debug)]
pub struct Arn {
    /// `s3`, `execute-api` …
    pub service: Text,
    /// The region; empty where the service's ARNs have none.
    pub region: Text,
    /// The account; empty where the service's ARNs have none.
    pub account: Text,
    /// All that follows, colons too.
    pub resource: Text,
}

impl Arn {
    /// Takes an ARN apart at the colons that are written. `None` when it does not start with `arn:` or has too few.
    #[must_use]
    pub fn parse(text: &Text) -> Option<Self> {
        let (head, rest) = text.around(":")?;
        if head.as_literal() != Some("arn") {
            return None;
        }
        let (_partition, rest) = rest.around(":")?;
        let (service, rest) = rest.around(":")?;
        let (region, rest) = rest.around(":")?;
        let (account, resource) = rest.around(":")?;
        Some(Self { service, region, account, resource })
    }

    /// Whether it certainly is a bucket's or an object's ARN.
    #[must_use]
    pub fn is_bucket(&self) -> bool {
        self.service.as_literal() == Some("s3")
    }
}

/// Whether the source that `source` stands for may match what a permission's `SourceArn` says. `No` is also said
/// where the two differ in nothing but the names of two resources that the template declares: those are two.
#[must_use]
pub fn may_match(pattern: &Text, source: &Text) -> Answer {
    let (pattern_text, source_text) = (pattern.pattern(), source.pattern());
    let overlap = pattern_text.overlaps(&source_text);
    if overlap == Answer::No || pattern_text.covers(&source_text).is_yes() {
        return if overlap == Answer::No { Answer::No } else { Answer::Yes };
    }
    if let (Some(left), Some(right)) = (Arn::parse(&pattern_text), Arn::parse(&source_text))
        && left.service == right.service
        && other_name(&left.resource, &right.resource)
    {
        return Answer::No;
    }
    overlap
}

/// Whether two texts agree up to a place where the names of two different resources stand, both whole.
fn other_name(left: &Text, right: &Text) -> bool {
    let ends = |after: Option<&Piece>| match after {
        None => true,
        Some(Piece::Literal(text)) => text.starts_with(['/', ':']),
        Some(_) => false,
    };
    let differing = left.pieces().iter().zip(right.pieces()).position(|(a, b)| a != b);
    let Some(at) = differing else { return false };
    match (left.pieces().get(at), right.pieces().get(at)) {
        (Some(Piece::Symbol(a)), Some(Piece::Symbol(b))) => {
            matches!((&a.kind, &b.kind), (SymbolKind::Name, SymbolKind::Name))
                && a.scope == b.scope
                && ends(left.pieces().get(at + 1))
                && ends(right.pieces().get(at + 1))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;
    use crate::value::Symbol;

    /// `${A}` is the name of a resource, `${p:A}` a parameter, `${AWS::Region}` itself.
    fn text(spelled: &str) -> Text {
        let mut out = Text::default();
        let mut rest = spelled;
        while let Some((before, from)) = rest.split_once("${") {
            out = out.with(before);
            let (name, after) = from.split_once('}').unwrap();
            let (kind, name) = match name.strip_prefix("p:") {
                Some(name) => (SymbolKind::Other, name),
                None if name.starts_with("AWS::") => (SymbolKind::Pseudo, name),
                None => (SymbolKind::Name, name),
            };
            out.append(&Text::symbol(Symbol { kind, name: name.into(), scope: SourceId::default() }));
            rest = after;
        }
        out.with(rest)
    }

    #[test]
    fn an_arn_is_taken_apart_at_its_colons() {
        let arn = Arn::parse(&text("arn:${AWS::Partition}:logs:${AWS::Region}:123456789012:log-group:a:*")).unwrap();
        assert_eq!(arn.service.as_literal(), Some("logs"));
        assert_eq!(arn.account.as_literal(), Some("123456789012"));
        assert_eq!(arn.resource.as_literal(), Some("log-group:a:*"));
        assert!(Arn::parse(&text("arn:aws:s3")).is_none());
        assert!(Arn::parse(&text("${p:BucketArn}")).is_none());
    }

    #[test]
    fn two_declared_resources_are_two() {
        let rule = |name: &str| text(&format!("arn:aws:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/{name}"));
        assert_eq!(may_match(&rule("${A}"), &rule("${A}")), Answer::Yes);
        assert_eq!(may_match(&rule("${B}"), &rule("${A}")), Answer::No);
        assert_eq!(may_match(&rule("*"), &rule("${A}")), Answer::Yes);
        // A parameter may be the rule's name, and a literal may be what the template names it.
        assert_eq!(may_match(&rule("${p:B}"), &rule("${A}")), Answer::Unknown);
        assert_eq!(may_match(&rule("nightly"), &rule("${A}")), Answer::Unknown);
        assert_eq!(may_match(&rule("bus/${A}"), &rule("${A}")), Answer::No);
    }

    #[test]
    fn any_region_and_account_may_be_written_out() {
        let api = text("arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/${stage}/GET/items");
        assert_eq!(may_match(&text("arn:aws:execute-api:*:*:${Api}/*"), &api), Answer::Yes);
        assert_eq!(may_match(&text("arn:aws:execute-api:eu-west-1:123456789012:${Api}/*/*/*"), &api), Answer::Unknown);
        assert_eq!(may_match(&text("arn:aws:execute-api:*:*:${Other}/*"), &api), Answer::No);
        assert_eq!(may_match(&text("arn:aws:execute-api:*:*:${Api}/*/POST/items"), &api), Answer::No);
        assert_eq!(may_match(&text("arn:aws:apigateway:${AWS::Region}::/restapis/${Api}/*"), &api), Answer::No);
    }
}
