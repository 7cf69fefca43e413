//! `role-missing-permission`: see `rules/role/role-missing-permission.md`.

use super::permissions::certainly;
use crate::data::managed_policies;
use crate::data::needs::{self, Need};
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::{DocumentKind, Effect, Policy, PolicyDocument, Statement, action_matches, grant, words};
use crate::model::{Function, Resource, Role, TriggerKind, World};
use crate::source::Span;
use crate::value::{Answer, Data, Guard, Text, Value};
use crate::wiring::arn::{Arn, may_match};
use std::fmt::Write as _;

pub(super) fn check(world: &World, out: &mut Findings) {
    // A role gets policies from nested stacks, too.
    if world.of_kind("AWS::CloudFormation::Stack").next().is_some() {
        return;
    }
    let resource_policies = resource_policies(world);
    for function in world.application.functions.iter().filter(|function| function.roles_known) {
        if function.roles.iter().all(|(id, _)| world.role(*id).is_none_or(|role| role.open)) {
            continue;
        }
        for wiring in wirings(world, function) {
            for (role, when) in world.roles_of(function).filter(|(role, _)| !role.open) {
                let exists = wiring.when.and(&function.resource.when).and(&when).and(&role.resource.when);
                let given = wiring.by_sam && !role.resource.origin.is_written();
                if !given && exists.is_possible() {
                    judge(&wiring, function, role, &exists, &resource_policies, out);
                }
            }
        }
    }
}

/// Something that a function is wired to and that its role needs rights for.
struct Wiring<'a> {
    need: &'static Need,
    /// What happens without, after "the deployment fails: " where a core action lacks.
    effect: String,
    /// What the rights are needed on.
    resource: Text,
    /// Where it is wired.
    span: Span,
    /// What is wired there.
    here: &'static str,
    /// The resource that wires it, if not the function.
    holder: Option<&'a Resource>,
    when: Guard,
    grade: Grade,
    /// Whether SAM gives the rights to a role that it makes.
    by_sam: bool,
}

/// What a role lacks in the same deployments.
struct Lack {
    when: Guard,
    core: bool,
    actions: Vec<&'static str>,
}

fn judge(
    wiring: &Wiring,
    function: &Function,
    role: &Role,
    exists: &Guard,
    resource_policies: &[Policy],
    out: &mut Findings,
) {
    let mut lacks: Vec<Lack> = Vec::new();
    let mut add = |action: &'static str, core: bool| {
        if let Some(when) = missing(role, resource_policies, exists, action, &wiring.resource) {
            match lacks.iter_mut().find(|lack| lack.when.same(&when)) {
                Some(lack) => {
                    lack.core |= core;
                    lack.actions.push(action);
                }
                None => lacks.push(Lack { when, core, actions: vec![action] }),
            }
        }
    };
    for action in wiring.need.core {
        add(action, true);
    }
    if !rest_is_given(wiring.need, role) {
        for action in wiring.need.rest {
            add(action, false);
        }
    }
    for lack in lacks {
        report(wiring, function, role, &lack, out);
    }
}

/// Whether SAM or an AWS managed policy that was made for it gives what the core does not hold.
fn rest_is_given(need: &Need, role: &Role) -> bool {
    let mut managed = role.policies.iter().filter(|policy| policy.document.kind == DocumentKind::AwsManaged);
    let made_for_it = managed.any(|policy| need.managed.contains(&&*policy.document.name));
    made_for_it || !need.core.is_empty() && !role.resource.origin.is_written()
}

/// The deployments in which a role certainly lacks a right that it needs where `exists` holds.
fn missing(role: &Role, resource_policies: &[Policy], exists: &Guard, action: &str, resource: &Text) -> Option<Guard> {
    let mut covered = Guard::never();
    for found in grant::grants(role.statements(), action, resource, true) {
        let statement = found.statement;
        if found.answer.is_yes() {
            covered = covered.or(&found.when);
        } else if may_be_about(statement, resource) {
            covered = covered.or(&statement.when);
        }
    }
    if !exists.and(&covered.not()).is_possible() {
        return None;
    }
    for statement in resource_policies.iter().flat_map(|policy| &policy.statements) {
        if lets_roles(statement, action) {
            return None;
        }
    }
    certainly(exists, &covered)
}

/// Whether one of a statement's resources may be this one. Two resources that the template declares are two.
fn may_be_about(statement: &Statement, resource: &Text) -> bool {
    let resources = &statement.resources;
    resources.negated
        || resources.open
        || resources.items.iter().any(|element| !may_match(&element.text, resource).is_no())
}

/// Whether a statement of a resource's own policy may let a role do this.
fn lets_roles(statement: &Statement, action: &str) -> bool {
    let somebody = statement.principals_open
        || statement.not_principal
        || statement.principals.iter().any(|principal| &*principal.kind != "Service");
    let actions = &statement.actions;
    let matches = actions.open
        || actions.negated
        || actions.items.iter().any(|element| action_matches(&element.text, action) != Answer::No);
    statement.effect == Effect::Allow && somebody && matches
}

/// The policies of queues, topics and other resources: what they grant to a role, the role need not.
fn resource_policies(world: &World) -> Vec<Policy> {
    let property = |resource: &Resource| match &*resource.kind {
        "AWS::SQS::QueuePolicy" | "AWS::SNS::TopicPolicy" | "AWS::S3::BucketPolicy" => Some("PolicyDocument"),
        "AWS::Kinesis::ResourcePolicy" | "AWS::SecretsManager::ResourcePolicy" => Some("ResourcePolicy"),
        "AWS::DynamoDB::Table" => Some("StreamSpecification.ResourcePolicy.PolicyDocument"),
        "AWS::EFS::FileSystem" => Some("FileSystemPolicy"),
        "AWS::KMS::Key" => Some("KeyPolicy"),
        _ => None,
    };
    let written = world.resources.iter().filter_map(|resource| property(resource).map(|path| (resource, path)));
    written
        .map(|(resource, path)| (resource, resource.get(path)))
        .filter(|(_, value)| !value.is_unset())
        .map(|(resource, value)| {
            let document = PolicyDocument {
                kind: DocumentKind::Resource,
                name: (*resource.address).into(),
                address: resource.address.clone(),
                span: resource.span,
            };
            Policy::read(document, &value)
        })
        .collect()
}

fn report(wiring: &Wiring, function: &Function, role: &Role, lack: &Lack, out: &mut Findings) {
    let (grade, before) = if lack.core { (Grade::ERROR, "the deployment fails: ") } else { (wiring.grade, "") };
    let name = function.address();
    let actions = words::list(&lack.actions);
    let mut finding = Finding::new(grade, wiring.span, format!("{before}{}", wiring.effect))
        .here(format!("{}, which takes {actions}", wiring.here))
        .when(&lack.when)
        .related(name)
        .related(&role.resource.address)
        .confidence(if lack.core { Confidence::High } else { Confidence::Medium });
    if let Some(holder) = wiring.holder {
        finding = finding.related(&holder.address);
    }
    let made = !role.resource.origin.is_written();
    if made {
        finding = finding.label(role.resource.span, "the role that SAM makes from this does not allow it");
    } else if role.resource.span == function.resource.span {
        finding = finding.label(role.resource.span, "the role of this function does not allow it");
    } else {
        finding = finding.label(role.resource.span, format!("the role of `{name}` does not allow it"));
    }
    out.push(finding.help(help(wiring, function, role, lack, made)));
}

/// The smallest statement, or the managed policy that holds it.
fn help(wiring: &Wiring, function: &Function, role: &Role, lack: &Lack, made: bool) -> String {
    let place = if made {
        format!("to the `Policies` of `{}`", function.address())
    } else {
        format!("to the role `{}`", role.resource.address)
    };
    let list = lack.actions.join(", ");
    let mut text = format!("add {place} a statement with `Action: [{list}]` and `Resource: \"{}\"`", wiring.resource);
    let managed = wiring.need.managed.first().and_then(|name| managed_policies::policy(name));
    if let Some(policy) = managed {
        let name = if made { policy.name.to_owned() } else { format!("arn:aws:iam::aws:{}", policy.arn_path()) };
        let _ = write!(text, ", or the managed policy `{name}`");
    }
    text
}

/// All that a function is wired to.
fn wirings<'a>(world: &'a World<'_>, function: &Function<'a>) -> Vec<Wiring<'a>> {
    let mut out = Vec::new();
    log(world, function, &mut out);
    vpc(function, &mut out);
    tracing(function, &mut out);
    dead_letters(function, &mut out);
    file_systems(world, function, &mut out);
    key(function, &mut out);
    durable(function, &mut out);
    sources(world, function, &mut out);
    destinations(world, function, &mut out);
    out
}

fn everything() -> Text {
    Text::literal("*")
}

fn log<'a>(world: &World, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
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
    out.push(Wiring {
        need: &needs::LOGS,
        effect: format!(
            "nothing that `{}` logs is kept, because its role may not write to CloudWatch Logs",
            resource.address
        ),
        resource: Text::literal("arn:aws:logs:*:*:log-group:*"),
        span: resource.span,
        here: "this function writes a log",
        holder: None,
        when: Guard::always(),
        grade: Grade::NOTE,
        by_sam: false,
    });
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
        out.push(Wiring {
            need: &needs::VPC,
            effect: format!("`{}` cannot make the network interfaces that it needs in its VPC", resource.address),
            resource: everything(),
            span: resource.key_span("VpcConfig"),
            here: "in a VPC",
            holder: None,
            when,
            grade: Grade::NOTE,
            by_sam: false,
        });
    }
}

fn tracing<'a>(function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    let mode = resource.get("TracingConfig.Mode").literals();
    for (_, span, when) in mode.set().filter(|(mode, ..)| *mode == "Active") {
        out.push(Wiring {
            need: &needs::TRACING,
            effect: format!("no trace of `{}` reaches X-Ray", resource.address),
            resource: everything(),
            span,
            here: "traced",
            holder: None,
            when: when.clone(),
            grade: Grade::NOTE,
            by_sam: false,
        });
    }
}

fn dead_letters<'a>(function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    let target = resource.get("DeadLetterConfig.TargetArn").text();
    for (arn, span, when) in target.set() {
        let (need, what) = match service_of(arn).as_deref() {
            Some("sqs") => (&needs::DEAD_LETTER_QUEUE, "queue"),
            Some("sns") => (&needs::DEAD_LETTER_TOPIC, "topic"),
            _ => continue,
        };
        out.push(Wiring {
            need,
            effect: format!("`{}` cannot send to its dead-letter {what}", resource.address),
            resource: (*arn).clone(),
            span,
            here: "failed events go here",
            holder: None,
            when: when.clone(),
            grade: Grade::NOTE,
            by_sam: false,
        });
    }
}

fn file_systems<'a>(world: &World, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    let (items, _) = resource.get("FileSystemConfigs").items(false);
    for item in items {
        let arns = item.get("Arn").text();
        for (arn, span, when) in arns.set() {
            let attribute = arn.as_symbol().and_then(|symbol| symbol.name.split('.').next());
            let declared = attribute.and_then(|name| world.resource(resource, name));
            let is_efs = service_of(arn).as_deref() == Some("elasticfilesystem")
                || declared.is_some_and(|declared| declared.is("AWS::EFS::AccessPoint"));
            if is_efs && !is_open_to_all(world, declared) {
                out.push(Wiring {
                    need: &needs::EFS,
                    effect: format!("`{}` cannot mount its file system", resource.address),
                    resource: everything(),
                    span,
                    here: "mounted",
                    holder: None,
                    when: when.clone(),
                    grade: Grade::NOTE,
                    by_sam: false,
                });
            }
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
        out.push(Wiring {
            need: &needs::ENVIRONMENT_KEY,
            effect: format!(
                "`{}` can read its environment only if whoever deploys it may make a grant on its key",
                resource.address
            ),
            resource: (*arn).clone(),
            span,
            here: "the key of its environment",
            holder: None,
            when: when.clone(),
            grade: Grade::OPINION,
            by_sam: false,
        });
    }
}

fn durable<'a>(function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let resource = function.resource;
    let config = resource.get("DurableConfig");
    let when = config.set().fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
    if when.is_possible() {
        out.push(Wiring {
            need: &needs::DURABLE,
            effect: format!("`{}` cannot keep the state of its durable executions", resource.address),
            resource: everything(),
            span: resource.key_span("DurableConfig"),
            here: "durable",
            holder: None,
            when,
            grade: Grade::NOTE,
            by_sam: false,
        });
    }
}

/// The event source mappings of a function.
fn sources<'a>(world: &'a World<'_>, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let triggers = world.application.triggers.iter();
    let mine = triggers.filter(|trigger| trigger.kind == TriggerKind::Poll && trigger.target.function == function.id);
    let name = function.address();
    for trigger in mine {
        let exists = trigger.target.when.and(&trigger.holder.when);
        let holder: &'a Resource = trigger.holder;
        let arns = holder.get("EventSourceArn").text();
        for (arn, span, when) in arns.set() {
            let (need, what) = match service_of(arn).as_deref() {
                Some("sqs") => (&needs::SQS_SOURCE, "queue"),
                // A consumer with a fan-out of its own takes other rights.
                Some("kinesis") if arn.around("/consumer/").is_none() => (&needs::KINESIS_SOURCE, "stream"),
                Some("dynamodb") => (&needs::DYNAMODB_SOURCE, "stream"),
                Some("kafka") => (&needs::MSK_SOURCE, "cluster"),
                Some("mq") => (&needs::MQ_SOURCE, "broker"),
                _ => continue,
            };
            out.push(Wiring {
                need,
                effect: format!("`{name}` cannot read the {what} that triggers it"),
                resource: if need.core.is_empty() { everything() } else { (*arn).clone() },
                span,
                here: "triggers it",
                holder: Some(holder),
                when: exists.and(when),
                grade: Grade::NOTE,
                by_sam: !holder.origin.is_written(),
            });
        }
        secrets(name, holder, &trigger.declaration, &exists, out);
        let failure = trigger.declaration.get("DestinationConfig").get("OnFailure");
        destination(name, "OnFailure", holder, &failure, &exists, out);
    }
}

fn secrets<'a>(
    name: &str,
    holder: &'a Resource,
    declaration: &Value<&'a Data>,
    exists: &Guard,
    out: &mut Vec<Wiring<'a>>,
) {
    let (items, _) = declaration.get("SourceAccessConfigurations").items(false);
    for item in items {
        let uris = item.get("URI").text();
        for (uri, span, when) in uris.set().filter(|(uri, ..)| service_of(uri).as_deref() == Some("secretsmanager")) {
            out.push(Wiring {
                need: &needs::SOURCE_SECRET,
                effect: format!("`{name}` cannot log in to what triggers it"),
                resource: (*uri).clone(),
                span,
                here: "a secret to read",
                holder: Some(holder),
                when: exists.and(when),
                grade: Grade::NOTE,
                by_sam: !holder.origin.is_written(),
            });
        }
    }
}

/// The destinations of a function's invocations.
fn destinations<'a>(world: &'a World<'_>, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    for config in world.of_kind("AWS::Lambda::EventInvokeConfig") {
        let (targets, _) = world.targets(&config.get("FunctionName").text());
        for target in targets.iter().filter(|target| target.function == function.id) {
            let exists = target.when.and(&config.when);
            for side in ["OnSuccess", "OnFailure"] {
                let value = config.get(&format!("DestinationConfig.{side}"));
                destination(function.address(), side, config, &value, &exists, out);
            }
        }
    }
}

fn destination<'a>(
    name: &str,
    side: &str,
    holder: &'a Resource,
    value: &Value<&'a Data>,
    exists: &Guard,
    out: &mut Vec<Wiring<'a>>,
) {
    let arns = value.get("Destination").text();
    // SAM gives no right for a destination without a type.
    let typed = !value.get("Type").is_unset();
    for (arn, span, when) in arns.set() {
        let service = service_of(arn);
        let need = needs::DESTINATIONS.iter().find(|(known, _)| service.as_deref() == Some(*known));
        let Some((known, need)) = need else { continue };
        out.push(Wiring {
            need,
            effect: format!("`{name}` cannot send to its `{side}` destination"),
            resource: if *known == "s3" { (*arn).clone().with("/*") } else { (*arn).clone() },
            span,
            here: "a destination",
            holder: Some(holder),
            when: exists.and(when),
            grade: Grade::NOTE,
            by_sam: typed && !holder.origin.is_written(),
        });
    }
}

/// The service in an ARN, where it is written.
fn service_of(arn: &Text) -> Option<String> {
    Arn::parse(arn)?.service.as_literal().map(str::to_owned)
}
