//! `lambda-edge-version`: see `rules/trigger/lambda-edge-version.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Guard, Text, Value};
use crate::wiring::arn::Arn;

/// The region that functions of CloudFront are in.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html>.
const REGION: &str = "us-east-1";

pub(super) fn check(world: &World, out: &mut Findings) {
    for distribution in world.of_kind("AWS::CloudFront::Distribution") {
        let config = distribution.get("DistributionConfig");
        let (others, _) = config.get("CacheBehaviors").items(false);
        for behavior in std::iter::once(config.get("DefaultCacheBehavior")).chain(others) {
            let (associations, _) = behavior.get("LambdaFunctionAssociations").items(false);
            for association in associations {
                check_association(world, distribution, &association, out);
            }
        }
    }
}

fn check_association(world: &World, distribution: &Resource, association: &Value<&Data>, out: &mut Findings) {
    let arn = association.get("LambdaFunctionARN");
    for (text, span, when) in arn.text().set() {
        if let Some((what, help)) = fault(world, text) {
            report(world, distribution, (text, span, when), &what, &help, out);
        }
    }
}

/// What is wrong with the ARN, and what mends it.
fn fault(world: &World, text: &Text) -> Option<(String, String)> {
    if let Some(region) = Arn::parse(text).and_then(|arn| arn.region.as_literal().map(str::to_owned))
        && region != REGION
        && text.known_prefix().contains(":lambda:")
    {
        return Some((
            format!("its functions are in {REGION}, not in {region}"),
            format!("deploy the function in {REGION}"),
        ));
    }
    let (name, qualifier) = match world.function_named(text) {
        Some((function, qualifier)) => (world.function(function)?.address().to_string(), qualifier),
        None => {
            let (_, name) = text.around(":function:")?;
            let whole = name.as_literal()?;
            match whole.split_once(':') {
                Some((name, qualifier)) => (name.to_owned(), Some(Text::literal(qualifier))),
                None => (whole.to_owned(), None),
            }
        }
    };
    let help =
        "name a version by its number: `Ref` of an `AWS::Lambda::Version`, or `!Ref Function.Version` in SAM with \
                `AutoPublishAlias`"
            .to_owned();
    let Some(qualifier) = qualifier else {
        return Some((format!("it takes a version of `{name}`, and this names none"), help));
    };
    let qualifier = qualifier.as_literal()?;
    if !qualifier.is_empty() && qualifier.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let kind = if qualifier == "$LATEST" { "not `$LATEST`".to_owned() } else { format!("not the alias `{qualifier}`") };
    Some((format!("it takes a numbered version of `{name}`, {kind}"), help))
}

fn report(
    world: &World,
    distribution: &Resource,
    (text, span, when): (&Text, Span, &Guard),
    what: &str,
    help: &str,
    out: &mut Findings,
) {
    let name = &distribution.address;
    let mut finding = Finding::new(Grade::ERROR, span, format!("CloudFront refuses `{name}`: {what}"))
        .when(when)
        .related(name)
        .help(help);
    if let Some(function) = world.function_named(text).and_then(|(function, _)| world.function(function)) {
        finding = finding.label(function.resource.span, "this function").related(function.address());
    }
    out.push(finding);
}
