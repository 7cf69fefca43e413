//! `api-deployment`: see `rules/api/api-deployment.md`.

use crate::engine::{Address, Finding, Findings, Grade};
use crate::model::{Resource, Waits, World};
use crate::source::SourceId;
use crate::value::Text;
use rustc_hash::FxHashMap;

/// How many steps are followed from all deployments together.
const MAX_STEPS: usize = 500_000;

/// How many methods that are left out are pointed at.
const MAX_LABELS: usize = 5;

/// The types of one generation of API Gateway.
struct Generation {
    deployment: &'static str,
    stage: &'static str,
    api: &'static str,
    /// The property that names the API.
    key: &'static str,
    /// What a deployment takes a picture of, with its name in words.
    part: &'static str,
    words: (&'static str, &'static str),
    /// Properties of the API that bring parts of their own.
    brings: &'static [&'static str],
}

const GENERATIONS: &[Generation] = &[
    Generation {
        deployment: "AWS::ApiGateway::Deployment",
        stage: "AWS::ApiGateway::Stage",
        api: "AWS::ApiGateway::RestApi",
        key: "RestApiId",
        part: "AWS::ApiGateway::Method",
        words: ("method", "methods"),
        brings: &["Body", "BodyS3Location", "CloneFrom"],
    },
    Generation {
        deployment: "AWS::ApiGatewayV2::Deployment",
        stage: "AWS::ApiGatewayV2::Stage",
        api: "AWS::ApiGatewayV2::Api",
        key: "ApiId",
        part: "AWS::ApiGatewayV2::Route",
        words: ("route", "routes"),
        brings: &["Body", "BodyS3Location", "Target", "RouteKey"],
    },
];

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut steps = MAX_STEPS;
    for generation in GENERATIONS {
        order(world, generation, &mut steps, out);
        stages(world, generation, out);
    }
}

/// Whether a deployment waits for what it is to deploy.
fn order(world: &World, generation: &Generation, steps: &mut usize, out: &mut Findings) {
    let mut deployments = world.of_kind(generation.deployment).peekable();
    if deployments.peek().is_none() {
        return;
    }
    let mut parts: FxHashMap<(SourceId, Text), Vec<&Resource>> = FxHashMap::default();
    for part in world.of_kind(generation.part) {
        let api = part.get(generation.key).text();
        // One that may be of any API may be of this one.
        let Some(api) = api.only() else { return };
        parts.entry((part.source, api.canonical())).or_default().push(part);
    }
    for deployment in deployments.filter(|deployment| deployment.origin.is_written()) {
        let named = deployment.get(generation.key).text();
        let Some(name) = named.only() else { continue };
        let Some(api) = world.resource_named(generation.api, name) else { continue };
        let alone = api.origin.is_written() && generation.brings.iter().all(|property| api.get(property).is_unset());
        let Some(all) = parts.get(&(deployment.source, name.canonical())).filter(|_| alone) else { continue };
        // A stage that deploys by itself takes every change in.
        let by_itself = world.of_kind(generation.stage).any(|stage| {
            let other = stage.get(generation.key).text().only().is_some_and(|of| of.canonical() != name.canonical());
            let switch = stage.get("AutoDeploy");
            let off = switch.is_unset() || switch.booleans().every(|value| value == Some(&false));
            !other && !off
        });
        if by_itself {
            continue;
        }
        let waits = Waits::of(world, deployment, steps);
        if !waits.is_complete() {
            return;
        }
        let left: Vec<&&Resource> = all
            .iter()
            .filter(|part| waits.get(&part.address).is_none() && part.when.compatible(&deployment.when))
            .collect();
        let Some(first) = left.first() else { continue };
        let (address, api) = (&deployment.address, &api.address);
        let (one, many) = generation.words;
        let (grade, message) = if left.len() == all.len() {
            let message = format!(
                "`{address}` waits for no {one} of `{api}`, so that it deploys an API without {many} and fails"
            );
            (Grade::ERROR, message)
        } else {
            let others = match left.len() {
                1 => String::new(),
                2 => format!(" and one more {one}"),
                count => format!(" and {} more {many}", count - 1),
            };
            let message =
                format!("`{address}` does not wait for `{}`{others}, and may deploy `{api}` without", first.address);
            (Grade::WARNING, message)
        };
        let list: Vec<&str> = left.iter().take(MAX_LABELS).map(|part| &*part.address).collect();
        let more = if left.len() > MAX_LABELS { ", …" } else { "" };
        let mut finding = Finding::new(grade, deployment.span, message)
            .help(format!("add `DependsOn: [{}{more}]` to `{address}`", list.join(", ")))
            .related(address)
            .related(api)
            .when(&deployment.when.and(&first.when));
        for part in left.iter().take(MAX_LABELS) {
            finding = finding.label(part.span, format!("a {one} that may come later")).related(&part.address);
        }
        out.push(finding);
    }
}

/// Whether a stage and its deployment are of one API.
fn stages(world: &World, generation: &Generation, out: &mut Findings) {
    for stage in world.of_kind(generation.stage).filter(|stage| stage.origin.is_written()) {
        let (deployment, api) = (stage.get("DeploymentId").text(), stage.get(generation.key).text());
        let (Some(deployment), Some(api)) = (deployment.only(), api.only()) else { continue };
        let Some(deployment) = world.resource_named(generation.deployment, deployment) else { continue };
        let other = deployment.get(generation.key).text();
        let apis: Option<(&Resource, &Resource)> = other.only().and_then(|other| {
            Some((world.resource_named(generation.api, api)?, world.resource_named(generation.api, other)?))
        });
        let Some((own, other)) = apis.filter(|(own, other)| own.address != other.address) else { continue };
        let (stage_name, own, other): (&Address, &Address, &Address) = (&stage.address, &own.address, &other.address);
        let when = stage.when.and(&deployment.when);
        if !when.is_possible() || when.is_rounded() {
            continue;
        }
        let span = stage.get("DeploymentId").span();
        let message =
            format!("`{}` is a deployment of `{other}`, and `{stage_name}` a stage of `{own}`", deployment.address);
        out.push(
            Finding::new(Grade::ERROR, span, message)
                .label(stage.get(generation.key).span(), "the stage's API")
                .label(deployment.get(generation.key).span(), "the deployment's API")
                .help(format!("use a deployment of `{own}`"))
                .related(stage_name)
                .related(&deployment.address)
                .related(own)
                .related(other)
                .when(&when),
        );
    }
}
