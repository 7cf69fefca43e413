//! What the function's own properties ask of its role.

use super::{Wiring, service_of};
use crate::data::needs;
use crate::iam::{Effect, action_matches, grant};
use crate::model::{Function, Resource, World, pseudo};
use crate::value::{Guard, Text};
use crate::wiring::{Evidence, works_with};

pub(super) fn all<'a>(world: &World<'a>, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    log(world, function, out);
    vpc(function, out);
    tracing(function, out);
    file_systems(world, function, out);
    key(function, out);
    durable(function, out);
    layers(function, out);
    secrets(world, function, out);
}

fn log<'a>(world: &World<'a>, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    // Whoever denies the log does so on purpose.
    let denied = world.roles_of(function).any(|(role, _)| {
        role.statements().any(|statement| {
            statement.effect == Effect::Deny
                && (statement.actions.negated
                    || statement
                        .actions
                        .items
                        .iter()
                        .any(|element| !action_matches(&element.text, "logs:PutLogEvents").is_no()))
        })
    });
    if denied {
        return;
    }
    let groups = Text::literal("arn:aws:logs:*:*:log-group:*");
    let lost =
        format!("nothing that `{}` logs is kept, because its role may not write to CloudWatch Logs", resource.address);
    out.push(Wiring::new(&needs::LOGS, lost, resource.span, "this function writes a log").on(&groups));
    let writes = world.roles_of(function).any(|(role, _)| {
        grant::grants(role.statements(), "logs:PutLogEvents", &groups, true).iter().any(|found| !found.answer.is_no())
    });
    if writes && !has_log_group(world, function) {
        let lost = format!(
            "nothing that `{}` logs is kept unless somebody else makes its log group, because its role may not",
            resource.address
        );
        out.push(Wiring::new(&needs::LOG_GROUP, lost, resource.span, "this function writes a log").on(&groups));
    }
}

/// Whether the function's log group may be made by something else: the world, or whoever made the group that it names.
fn has_log_group(world: &World, function: &Function) -> bool {
    let mut usual = Text::literal("/aws/lambda/");
    usual.append(&function.resource.names.name);
    world.open
        || !function.resource.get("LoggingConfig.LogGroup").is_unset()
        || world.of_kind("AWS::Logs::LogGroup").any(|group| !group.names.name.equals(&usual).is_no())
        // CDK's own way to make log groups with a retention.
        || world.of_kind("Custom::LogRetention").next().is_some()
}

fn vpc<'a>(function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    let mut when = Guard::never();
    // Subnets and security groups are given both or not at all; a list parameter may be empty.
    for property in ["VpcConfig.SubnetIds", "VpcConfig.SecurityGroupIds"] {
        let list = resource.get(property);
        for (data, _, case) in list.set() {
            let items = data.list().map(|list| list.items.as_slice()).unwrap_or_default();
            let is_some = |text: Option<&&Text>| text.is_some_and(|text| !text.is_empty());
            if items.iter().any(|item| item.borrow().text().every(is_some)) {
                when = when.or(case);
            }
        }
    }
    if when.is_possible() {
        let effect = format!("`{}` cannot make the network interfaces that it needs in its VPC", resource.address);
        out.push(Wiring::new(&needs::VPC, effect, resource.key_span("VpcConfig"), "in a VPC").when(&when));
    }
}

fn tracing<'a>(function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    let mode = resource.get("TracingConfig.Mode").literals();
    for (_, span, when) in mode.set().filter(|(mode, ..)| *mode == "Active") {
        let effect = format!("no trace of `{}` reaches X-Ray", resource.address);
        out.push(Wiring::new(&needs::TRACING, effect, span, "traced").when(when));
    }
}

fn file_systems<'a>(world: &World<'a>, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    let (items, _) = resource.get("FileSystemConfigs").items(false);
    for item in items {
        let arns = item.get("Arn").text();
        for (arn, span, when) in arns.set() {
            let attribute = arn.as_symbol().and_then(|symbol| symbol.name.split('.').next());
            let declared = attribute.and_then(|name| world.resource(resource, name));
            let is = |service: &str, kind: &str| {
                service_of(arn).as_deref() == Some(service) || declared.is_some_and(|declared| declared.is(kind))
            };
            let need = if is("s3files", "AWS::S3Files::AccessPoint") {
                &needs::S3_FILES
            } else if is("elasticfilesystem", "AWS::EFS::AccessPoint") && !is_open_to_all(world, declared) {
                &needs::EFS
            } else {
                continue;
            };
            let effect = format!("`{}` cannot mount its file system", resource.address);
            out.push(Wiring::new(need, effect, span, "mounted").when(when));
        }
    }
}

/// Whether an access point certainly is of a file system without a policy: whoever reaches that may mount it.
fn is_open_to_all(world: &World, access_point: Option<&Resource>) -> bool {
    let id = access_point.map(|point| point.get("FileSystemId").text());
    let id = id.as_ref().and_then(|id| id.only().copied());
    let system = id.and_then(|id| world.resource_named("AWS::EFS::FileSystem", id));
    system.is_some_and(|system| system.get("FileSystemPolicy").is_unset())
}

fn key<'a>(function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    if resource.get("Environment.Variables").is_unset() {
        return;
    }
    let key = resource.get("KmsKeyArn").text();
    for (arn, span, when) in key.set() {
        let effect = format!(
            "`{}` can read its environment only if whoever deploys it may make a grant on its key",
            resource.address
        );
        let wiring =
            Wiring::new(&needs::ENVIRONMENT_KEY, effect, span, "the key of its environment").on(arn).when(when);
        out.push(Wiring { optional: true, ..wiring });
    }
}

fn durable<'a>(function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    let config = resource.get("DurableConfig");
    let when = config.set().fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
    if when.is_possible() {
        let effect = format!("`{}` cannot keep the state of its durable executions", resource.address);
        out.push(Wiring::new(&needs::DURABLE, effect, resource.key_span("DurableConfig"), "durable").when(&when));
    }
}

/// Extensions of AWS that write in the name of the role.
fn layers<'a>(function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    let wraps = resource.get("Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER").literals();
    let is_wrapped = wraps.every(|wrapper| wrapper.is_some_and(|wrapper| wrapper.ends_with("/otel-instrument")));
    for item in resource.get("Layers").items(false).0 {
        for (arn, span, when) in item.text().set() {
            let Some((_, layer)) = arn.around(":layer:") else { continue };
            let name = layer.known_prefix();
            if name.starts_with("LambdaInsightsExtension") {
                let effect = format!("Lambda Insights shows nothing of `{}`", resource.address);
                let wiring = Wiring::new(&needs::INSIGHTS, effect, span, "Lambda Insights");
                out.push(wiring.on(&insights_stream()).when(when));
            } else if name.starts_with("AWSOpenTelemetryDistro") && is_wrapped {
                let effect = format!("Application Signals shows nothing of `{}`", resource.address);
                out.push(Wiring::new(&needs::APPLICATION_SIGNALS, effect, span, "Application Signals").when(when));
            }
        }
    }
}

/// Secrets and parameters whose name the function is given.
fn secrets<'a>(world: &World<'a>, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let name = function.address();
    for usage in works_with(world, function) {
        let Evidence::Environment(_) = usage.shown_by else { continue };
        let (need, what, here) = match &*usage.resource.kind {
            "AWS::SecretsManager::Secret" => (&needs::SECRET, "secret", "the name of a secret"),
            "AWS::SSM::Parameter" => (&needs::PARAMETER, "parameter", "the name of a parameter"),
            _ => continue,
        };
        let Some(on) = usage.resource.names.arn.clone().or_else(|| (what == "parameter").then(|| Text::literal("*")))
        else {
            continue;
        };
        let effect = format!("`{name}` is given the {what} `{}` and may not read it", usage.resource.address);
        out.push(Wiring::new(need, effect, usage.span, here).on(&on).when(&usage.when));
    }
}

/// A stream of the log group that Lambda Insights writes to.
fn insights_stream() -> Text {
    let mut arn = Text::literal("arn:aws:logs:");
    pseudo(&mut arn, "AWS::Region");
    arn = arn.with(":");
    pseudo(&mut arn, "AWS::AccountId");
    arn.with(":log-group:/aws/lambda-insights:log-stream:function")
}
