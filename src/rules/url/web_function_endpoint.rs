//! `web-function-endpoint`: see `rules/url/web-function-endpoint.md`.

use super::packaging::word_where;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};

const ENDPOINT: &str = "AWS::Lambda::WebFunctionEndpoint";
const SAM: &str = "AWS::Serverless::WebFunction";

pub(super) fn check(world: &World, out: &mut Findings) {
    for endpoint in world.resources.iter().filter(|resource| resource.is(ENDPOINT) || resource.is(SAM)) {
        for (_, span, when) in word_where(&endpoint.get("AuthType"), |auth| auth == "ApplicationManaged") {
            let name = endpoint.called();
            let message = format!("anybody on the internet can call `{name}`: Lambda asks nobody who they are");
            out.push(
                Finding::new(Grade::WARNING, span, message)
                    .when(&when)
                    .related(name)
                    .help("write `IamAuth`, unless the application itself lets in only whom it knows"),
            );
        }
        if endpoint.is(ENDPOINT) {
            regions(endpoint, out);
            weights(endpoint, out);
        }
    }
}

/// Endpoints in several regions have to name another one than their own.
fn regions(endpoint: &Resource, out: &mut Findings) {
    let unset = endpoint.get("Regions").unset_when();
    for (kind, span, when) in word_where(&endpoint.get("EndpointType"), |kind| kind != "HomeRegion") {
        let when = when.and(&unset);
        if !matches!(kind.as_str(), "MultiRegion" | "PerRegion") || !when.is_possible() || when.is_rounded() {
            continue;
        }
        let message = format!("Lambda refuses `{}`: `{kind}` needs `Regions` besides its own", endpoint.called());
        out.push(
            Finding::new(Grade::ERROR, span, message)
                .when(&when)
                .related(endpoint.called())
                .help("list the other regions in `Regions`, or write `HomeRegion`"),
        );
    }
}

/// The weights of the revisions add up to 100.
fn weights(endpoint: &Resource, out: &mut Findings) {
    let list = endpoint.get("RevisionWeights");
    let (items, closed) = list.items(false);
    let numbers: Option<Vec<i64>> = items.iter().map(|item| item.get("Weight").integers().only().copied()).collect();
    let (Some(numbers), true, [case]) = (numbers, closed, list.cases()) else { return };
    let sum: i64 = numbers.iter().fold(0, |sum, number| sum.saturating_add(*number));
    if numbers.is_empty() || sum == 100 {
        return;
    }
    let message = format!("Lambda refuses `{}`: its weights add up to {sum}, not 100", endpoint.called());
    out.push(
        Finding::new(Grade::ERROR, case.span, message)
            .when(&case.when)
            .related(endpoint.called())
            .help("let the weights add up to 100"),
    );
}
