//! How much a pattern of a policy takes in.

use crate::data::iam_actions::Action;
use crate::value::{Piece, SymbolKind, Text};

/// What an element of `Resource` takes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Width {
    /// Everything (`*`, `arn:aws:*`).
    Everything,
    /// Every resource of a kind: the name of the resource is a wildcard.
    EveryName {
        /// The service of the ARN (`dynamodb`).
        service: String,
        /// The type in the ARN (`table`), where it is said.
        kind: Option<String>,
    },
    /// Something that has a name, or what cannot be read.
    Named,
}

impl Width {
    /// Whether actions of a service can be about it.
    #[must_use]
    pub fn concerns(&self, service: &str) -> bool {
        match self {
            Self::Everything => true,
            // Some services have resources under another prefix than their actions.
            Self::EveryName { service: own, .. } => {
                own.eq_ignore_ascii_case(service)
                    || matches!((&**own, service), ("kafka", "kafka-cluster") | ("rds", "rds-data"))
            }
            Self::Named => false,
        }
    }
}

impl Width {
    /// Whether it is all that an action can be about.
    #[must_use]
    pub fn is_all_of(&self, action: &Action) -> bool {
        match self {
            Self::Everything => true,
            Self::EveryName { service, kind } => {
                // `microvm-image` in an ARN is `microvmImage` in the table.
                let same = |kind: &str| {
                    let plain = kind.replace('-', "");
                    action.resource_types().any(|known| known.replace('-', "").eq_ignore_ascii_case(&plain))
                };
                let of_service = self.concerns(action.service) || (&**service, action.service) == ("iam", "sts");
                action.takes_resources() && of_service && kind.as_deref().is_none_or(same)
            }
            Self::Named => false,
        }
    }
}

/// Services whose resources have a name and no type before it.
const UNTYPED: &[&str] =
    &["s3", "sqs", "sns", "execute-api", "codecommit", "codepipeline", "codedeploy", "elasticbeanstalk", "chime"];

/// How wide an element of `Resource` is. Only the part that tells which resource is meant counts: `bucket/*`,
/// `table/Orders/index/*` and `log-group:/aws/lambda/x:*` have names.
#[must_use]
pub fn width(text: &Text) -> Width {
    let pattern = text.pattern();
    if is_wild(pattern.pieces(), "*?:/") && !pattern.is_empty() {
        return Width::Everything;
    }
    let mut segments = segments(&pattern);
    match segments.first().map(Vec::as_slice) {
        Some([Piece::Literal(scheme)]) if &**scheme == "arn" => {}
        _ => return Width::Named,
    }
    // A wildcard at the end stands for all that would follow: `arn:aws:s3*`, `arn:*:*:*`.
    if segments.len() < 6 {
        match segments.last().map(Vec::as_slice) {
            Some([Piece::Any]) => segments.resize(6, vec![Piece::Any]),
            Some([Piece::Literal(_), Piece::Any]) if segments.len() == 3 => {
                if let Some(service) = segments.get_mut(2) {
                    service.pop();
                }
                segments.resize(6, vec![Piece::Any]);
            }
            _ => return Width::Named,
        }
    }
    let [_, _, service, _, _, resource] = segments.as_slice() else { return Width::Named };
    let service = match service.as_slice() {
        [Piece::Literal(service)] => Some(service.to_ascii_lowercase()),
        [Piece::Any] => None,
        _ => return Width::Named,
    };
    let (kind, wild) = name_is_wild(service.as_deref().unwrap_or(""), resource);
    match (wild, service) {
        (false, _) => Width::Named,
        (true, None) => Width::Everything,
        (true, Some(service)) => Width::EveryName { service, kind },
    }
}

/// The type that a resource part names, and whether its name is nothing but a wildcard.
fn name_is_wild(service: &str, resource: &[Piece]) -> (Option<String>, bool) {
    if is_wild(resource, "/:") && !resource.is_empty() {
        return (None, true);
    }
    let mut pieces = resource.to_vec();
    // `/restapis/*` of API Gateway begins with the separator.
    if let Some(Piece::Literal(first)) = pieces.first_mut()
        && let Some(rest) = first.strip_prefix('/')
    {
        *first = rest.into();
    }
    if UNTYPED.contains(&service) {
        return (None, is_wild(&until_separator(&pieces), ""));
    }
    let kind = until_separator(&pieces);
    let [Piece::Literal(kind)] = kind.as_slice() else { return (None, false) };
    let Some(Piece::Literal(first)) = pieces.first_mut() else { return (None, false) };
    let kind = kind.to_string();
    let Some(rest) = first.strip_prefix(kind.as_str()).and_then(|rest| rest.strip_prefix(['/', ':'])) else {
        return (None, false);
    };
    *first = rest.into();
    pieces.retain(|piece| !matches!(piece, Piece::Literal(text) if text.is_empty()));
    (Some(kind), is_wild(&until_separator(&pieces), ""))
}

/// The pieces before the first `/` or `:`.
fn until_separator(pieces: &[Piece]) -> Vec<Piece> {
    let mut out = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Literal(text) => match text.split_once(['/', ':']) {
                Some((before, _)) => {
                    if !before.is_empty() {
                        out.push(Piece::Literal(before.into()));
                    }
                    return out;
                }
                None => out.push(piece.clone()),
            },
            _ => out.push(piece.clone()),
        }
    }
    out
}

/// Whether there is a `*`, and besides wildcards nothing but characters of `separators`.
fn is_wild(pieces: &[Piece], separators: &str) -> bool {
    pieces.contains(&Piece::Any)
        && pieces.iter().all(|piece| match piece {
            Piece::Literal(text) => text.chars().all(|character| separators.contains(character)),
            Piece::Any | Piece::One => true,
            Piece::Symbol(_) => false,
        })
}

/// The parts of an ARN; the sixth is all that is left. Symbols are taken to hold no separator, but a text that
/// begins with one is no ARN that can be read.
fn segments(pattern: &Text) -> Vec<Vec<Piece>> {
    let mut out: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in pattern.pieces() {
        let Piece::Literal(text) = piece else {
            // Of a symbol that may hold the rest of the ARN nothing can be said.
            if let Piece::Symbol(symbol) = piece
                && out.len() < 6
                && !matches!(symbol.kind, SymbolKind::Pseudo | SymbolKind::Name | SymbolKind::Parameter(_))
            {
                return Vec::new();
            }
            if let Some(last) = out.last_mut() {
                last.push(piece.clone());
            }
            continue;
        };
        let mut rest: &str = text;
        while out.len() < 6 {
            let Some((before, after)) = rest.split_once(':') else { break };
            if let Some(last) = out.last_mut()
                && !before.is_empty()
            {
                last.push(Piece::Literal(before.into()));
            }
            out.push(Vec::new());
            rest = after;
        }
        if let Some(last) = out.last_mut()
            && !rest.is_empty()
        {
            last.push(Piece::Literal(rest.into()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;
    use crate::value::Symbol;

    fn of(text: &str) -> Width {
        width(&Text::literal(text))
    }

    #[test]
    fn everything() {
        for text in ["*", "**", "arn:*", "arn:aws:*", "arn:*:*:*", "arn:aws:*:*:*:*", "*:*", "arn:aws:*:eu-west-1:1:*"]
        {
            assert_eq!(of(text), Width::Everything, "{text}");
        }
    }

    #[test]
    fn every_name() {
        for (text, service, kind) in [
            ("arn:aws:s3:::*", "s3", None),
            ("arn:aws:s3:::*/*", "s3", None),
            ("arn:aws:s3:::*/uploads/*", "s3", None),
            ("arn:aws:s3*", "s3", None),
            ("arn:aws:dynamodb:*:*:*", "dynamodb", None),
            ("arn:aws:dynamodb:*:*:table/*", "dynamodb", Some("table")),
            ("arn:aws-cn:dynamodb:*:*:table/*/index/*", "dynamodb", Some("table")),
            ("arn:aws:lambda:eu-west-1:123456789012:function:*", "lambda", Some("function")),
            ("arn:aws:logs:*:*:log-group:*:*", "logs", Some("log-group")),
            ("arn:aws:sqs:*:*:*", "sqs", None),
            ("arn:aws:apigateway:*::/restapis/*", "apigateway", Some("restapis")),
            ("arn:aws:execute-api:*:*:*/*/GET/orders", "execute-api", None),
            ("arn:aws:iam::*:role/*", "iam", Some("role")),
        ] {
            match of(text) {
                Width::EveryName { service: found, kind: found_kind, .. } => {
                    assert_eq!((found.as_str(), found_kind.as_deref()), (service, kind), "{text}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_has_a_name_is_scoped() {
        for text in [
            "arn:aws:s3:::bucket/*",
            "arn:aws:s3:::bucket*",
            "arn:aws:s3:::bucket-*/*",
            "arn:aws:dynamodb:*:*:table/Orders/index/*",
            "arn:aws:dynamodb:*:*:table/Orders*",
            "arn:aws:logs:*:*:log-group:/aws/lambda/x:*",
            "arn:aws:logs:*:*:log-group:/aws/lambda/*",
            "arn:aws:execute-api:*:*:abc123/*/GET/x",
            "arn:aws:sqs:*:*:orders-*",
            "arn:aws:ssm:*:*:parameter/app/*",
            "",
            "arn:aws:s3:::",
            "arn",
            "arn:",
        ] {
            assert_eq!(of(text), Width::Named, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_is_no_wildcard() {
        let symbol = |kind, name: &str| {
            Piece::Symbol(std::sync::Arc::new(Symbol { kind, name: name.into(), scope: SourceId::default() }))
        };
        let region = || symbol(SymbolKind::Pseudo, "AWS::Region");
        let text = |pieces: Vec<Piece>| Text::from_pieces(pieces);
        let literal = |text: &str| Piece::Literal(text.into());
        let tables = text(vec![literal("arn:aws:dynamodb:"), region(), literal(":123456789012:table/*")]);
        assert!(matches!(width(&tables), Width::EveryName { .. }), "{tables}");
        let table = text(vec![
            literal("arn:aws:dynamodb:"),
            region(),
            literal(":123456789012:table/"),
            symbol(SymbolKind::Name, "Orders"),
            literal("/index/*"),
        ]);
        assert_eq!(width(&table), Width::Named, "{table}");
        let bucket = text(vec![literal("arn:aws:s3:::"), symbol(SymbolKind::Other, "import"), literal("/*")]);
        assert_eq!(width(&bucket), Width::Named, "{bucket}");
        let imported = text(vec![symbol(SymbolKind::Other, "import"), literal("*")]);
        assert_eq!(width(&imported), Width::Named, "{imported}");
        let service = text(vec![literal("arn:aws:"), symbol(SymbolKind::Other, "service"), literal(":*:*:*")]);
        assert_eq!(width(&service), Width::Named, "{service}");
    }
}
