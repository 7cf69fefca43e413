//! `function-url-shape`: see `rules/url/function-url-shape.md`.

use super::packaging::word_where;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::value::{Piece, SymbolKind, Text};

pub(super) fn check(world: &World, out: &mut Findings) {
    for url in world.of_kind("AWS::Lambda::Url") {
        qualifiers(world, url, out);
        unlimited(world, url, out);
    }
}

/// A URL is of the function or of an alias, never of a version.
fn qualifiers(world: &World, url: &Resource, out: &mut Findings) {
    let named = url.get("Qualifier");
    let target = url.get("TargetFunctionArn");
    let by_qualifier = named.text();
    let own =
        by_qualifier.set().filter_map(|(text, span, when)| Some((version(world, url, text)?, span, when.clone())));
    let targets = world.targets(&target.text()).0;
    let by_arn = targets.iter().filter_map(|target| {
        Some((version(world, url, target.qualifier.as_ref()?)?, target.span, target.when.clone()))
    });
    for (what, span, when) in own.chain(by_arn) {
        let message = format!("Lambda refuses the URL `{}`: {what} cannot have one", url.called());
        out.push(
            Finding::new(Grade::ERROR, span, message)
                .when(&when)
                .related(url.called())
                .help("name an alias, or nothing for the function as it is now"),
        );
    }
}

/// What a qualifier names that is no alias.
fn version(world: &World, beside: &Resource, qualifier: &Text) -> Option<String> {
    if let Some(literal) = qualifier.as_literal() {
        return match literal {
            "$LATEST" => Some("`$LATEST`".to_owned()),
            number if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(format!("version {number}"))
            }
            _ => None,
        };
    }
    let [Piece::Symbol(symbol)] = qualifier.pieces() else { return None };
    if !matches!(symbol.kind, SymbolKind::Attribute) {
        return None;
    }
    let (id, attribute) = symbol.name.rsplit_once('.')?;
    let found = world.resource(beside, id)?;
    (attribute == "Version" && found.is("AWS::Lambda::Version")).then(|| format!("the version `{}`", found.called()))
}

/// A URL for everybody whose function may take all of the account's concurrency.
fn unlimited(world: &World, url: &Resource, out: &mut Findings) {
    for target in world.targets(&url.get("TargetFunctionArn").text()).0 {
        let Some(function) = world.function(target.function) else { continue };
        let unset = function.resource.get("ReservedConcurrentExecutions").unset_when();
        for (_, span, when) in word_where(&url.get("AuthType"), |auth| auth == "NONE") {
            let when = when.and(&unset).and(&target.when).and(&url.when);
            if !when.is_possible() || when.is_rounded() {
                continue;
            }
            let name = function.address();
            let message = format!("anybody can have `{name}` use up the concurrency of the whole account");
            out.push(
                Finding::new(Grade::NOTE, span, message)
                    .when(&when)
                    .label(function.resource.span, "no `ReservedConcurrentExecutions`")
                    .related(name)
                    .help("set `ReservedConcurrentExecutions` to what it may take"),
            );
        }
    }
}
