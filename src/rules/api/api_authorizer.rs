//! `api-authorizer`: see `rules/api/api-authorizer.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Guard, Text};

/// The types of one generation of API Gateway.
struct Generation {
    /// What is called: a method or a route.
    part: &'static str,
    authorizer: &'static str,
    /// The property that names the API.
    key: &'static str,
    api: &'static str,
    /// The property with the authorizer's kind.
    kind: &'static str,
    /// Kinds of authorization that need an authorizer, with the kinds of authorizer that do.
    pairs: &'static [(&'static str, &'static [&'static str])],
}

/// Source: CloudFormation template reference, `AuthorizationType` of each type.
const GENERATIONS: &[Generation] = &[
    Generation {
        part: "AWS::ApiGateway::Method",
        authorizer: "AWS::ApiGateway::Authorizer",
        key: "RestApiId",
        api: "AWS::ApiGateway::RestApi",
        kind: "Type",
        pairs: &[("CUSTOM", &["TOKEN", "REQUEST"]), ("COGNITO_USER_POOLS", &["COGNITO_USER_POOLS"])],
    },
    Generation {
        part: "AWS::ApiGatewayV2::Route",
        authorizer: "AWS::ApiGatewayV2::Authorizer",
        key: "ApiId",
        api: "AWS::ApiGatewayV2::Api",
        kind: "AuthorizerType",
        pairs: &[("CUSTOM", &["REQUEST"]), ("JWT", &["JWT"])],
    },
];

pub(super) fn check(world: &World, out: &mut Findings) {
    for generation in GENERATIONS {
        for part in world.of_kind(generation.part).filter(|part| part.origin.is_written()) {
            unused(generation, part, out);
            missing(generation, part, out);
            let authorizer = part.get("AuthorizerId").text();
            for (text, span, when) in authorizer.set() {
                if let Some(authorizer) = world.resource_named(generation.authorizer, text) {
                    let when = when.and(&authorizer.when);
                    if when.is_possible() && !when.is_rounded() {
                        other_api(world, generation, part, authorizer, (span, &when), out);
                        other_kind(generation, part, authorizer, (span, &when), out);
                    }
                }
            }
        }
    }
    for authorizer in world.of_kind("AWS::ApiGatewayV2::Authorizer") {
        payload(world, authorizer, out);
    }
    for authorizer in world.of_kind("AWS::ApiGateway::Authorizer") {
        identity(authorizer, out);
    }
}

/// An authorizer that is named and not used.
fn unused(generation: &Generation, part: &Resource, out: &mut Findings) {
    let authorizer = part.get("AuthorizerId");
    let kind = part.get("AuthorizationType").literals();
    let (name, needs) =
        (&part.address, generation.pairs.iter().map(|(kind, _)| *kind).collect::<Vec<_>>().join("` or `"));
    for (named, span, when) in authorizer.set() {
        // `AWS::NoValue` without its `!Ref`: nothing is meant, and nothing comes of it.
        if named.text().and_then(Text::as_literal).is_some_and(|name| name.starts_with("AWS::")) {
            continue;
        }
        let mut open = kind.unset_when();
        for (_, _, none) in kind.set().filter(|(kind, ..)| *kind == "NONE") {
            open = open.or(none);
        }
        let both = open.and(when);
        if both.is_possible() && !both.is_rounded() {
            let message = format!("`{name}` has an authorizer and does not use it: everybody may call it");
            let mut finding = Finding::new(Grade::ERROR, span, message)
                .help(format!("set `AuthorizationType` to `{needs}`"))
                .related(name)
                .when(&both);
            if !kind.is_unset() {
                finding = finding.label(kind.span(), "asks for no authorization");
            }
            out.push(finding);
        }
    }
}

/// Authorization by an authorizer where none is named.
fn missing(generation: &Generation, part: &Resource, out: &mut Findings) {
    let without = part.get("AuthorizerId").unset_when();
    for (kind, span, when) in part.get("AuthorizationType").literals().set() {
        let both = when.and(&without);
        if generation.pairs.iter().any(|(needs, _)| needs == kind) && both.is_possible() && !both.is_rounded() {
            let name = &part.address;
            let message = format!("`{kind}` needs an authorizer, and `{name}` names none: its creation fails");
            out.push(Finding::new(Grade::ERROR, span, message).help("add `AuthorizerId`").related(name).when(&both));
        }
    }
}

/// An authorizer of another API.
fn other_api(
    world: &World,
    generation: &Generation,
    part: &Resource,
    authorizer: &Resource,
    (span, when): (Span, &Guard),
    out: &mut Findings,
) {
    let of = |resource: &Resource| {
        let api = resource.get(generation.key).text();
        api.only().and_then(|api| world.resource_named(generation.api, api)).map(|api| api.address.clone())
    };
    let (Some(own), Some(other)) = (of(part), of(authorizer)) else { return };
    if own == other {
        return;
    }
    let name = &part.address;
    let message = format!("`{}` is an authorizer of `{other}`, and `{name}` is part of `{own}`", authorizer.address);
    out.push(
        Finding::new(Grade::ERROR, span, message)
            .label(authorizer.get(generation.key).span(), "the authorizer's API")
            .label(part.get(generation.key).span(), "the API that is called")
            .help(format!("use an authorizer of `{own}`"))
            .related(name)
            .related(&authorizer.address)
            .related(&own)
            .related(&other)
            .when(when),
    );
}

/// An authorizer of another kind than the authorization.
fn other_kind(
    generation: &Generation,
    part: &Resource,
    authorizer: &Resource,
    (span, when): (Span, &Guard),
    out: &mut Findings,
) {
    let name = &part.address;
    for (wanted, wanted_span, wanted_when) in part.get("AuthorizationType").literals().set() {
        let Some((_, fitting)) = generation.pairs.iter().find(|(kind, _)| kind == wanted) else { continue };
        for (kind, kind_span, kind_when) in authorizer.get(generation.kind).literals().set() {
            let both = when.and(wanted_when).and(kind_when);
            if fitting.contains(&&**kind) || !both.is_possible() || both.is_rounded() {
                continue;
            }
            let right = generation.pairs.iter().find(|(_, kinds)| kinds.contains(&&**kind)).map(|(kind, _)| *kind);
            let message =
                format!("`{name}` wants authorization by `{wanted}`, and `{}` does `{kind}`", authorizer.address);
            let mut finding = Finding::new(Grade::ERROR, span, message)
                .label(wanted_span, "the kind of authorization")
                .label(kind_span, "the kind of authorizer")
                .related(name)
                .related(&authorizer.address)
                .when(&both);
            if let Some(right) = right {
                finding = finding.help(format!("use `AuthorizationType: {right}`"));
            }
            out.push(finding);
        }
    }
}

/// A function that authorizes for an HTTP API is sent one of two formats, and there is no default.
fn payload(world: &World, authorizer: &Resource, out: &mut Findings) {
    let api = authorizer.get("ApiId").text();
    let Some(api) = api.only().and_then(|api: &&Text| world.resource_named("AWS::ApiGatewayV2::Api", api)) else {
        return;
    };
    let http = api.get("ProtocolType").literals().only().is_some_and(|protocol| protocol == "HTTP");
    let without = authorizer.get("AuthorizerPayloadFormatVersion").unset_when();
    for (kind, span, when) in authorizer.get("AuthorizerType").literals().set() {
        let both = when.and(&without);
        if http && kind == "REQUEST" && both.is_possible() && !both.is_rounded() {
            let name = &authorizer.address;
            let message = format!("`{name}` does not say in which format its function is called: its creation fails");
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .label(api.span, "an HTTP API has no default for it")
                    .help("add `AuthorizerPayloadFormatVersion: \"2.0\"`")
                    .related(name)
                    .related(&api.address)
                    .when(&both),
            );
        }
    }
}

/// Where a token is looked for has to be said.
fn identity(authorizer: &Resource, out: &mut Findings) {
    let without = authorizer.get("IdentitySource").unset_when();
    for (kind, span, when) in authorizer.get("Type").literals().set() {
        let both = when.and(&without);
        if matches!(&**kind, "TOKEN" | "COGNITO_USER_POOLS") && both.is_possible() && !both.is_rounded() {
            let name = &authorizer.address;
            let message = format!("`{name}` does not say where the token is: its creation fails");
            out.push(
                Finding::new(Grade::ERROR, span, message)
                    .help("add `IdentitySource: method.request.header.Authorization`")
                    .related(name)
                    .when(&both),
            );
        }
    }
}
