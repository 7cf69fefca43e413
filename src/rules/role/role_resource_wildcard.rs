//! `role-resource-wildcard`: see `rules/role/role-resource-wildcard.md`.
//!
//! A wildcard where a resource could have been named.

use crate::data::iam_actions::{self, AccessLevel, Action};
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::scope::refuses;
use crate::iam::{Reading, Statement, Subject, Width, readings, subjects, width, words};
use crate::model::World;
use crate::value::Guard;

/// Actions for which the table names resource types although people cannot use them: AWS's own policies, and its documentation, have
/// `*`. `PutMetricData` is limited by the condition `cloudwatch:namespace`; the network interfaces of a function in a
/// VPC do not exist when its role is written, as little as its log group.
const NEED_STAR: &[&str] = &[
    "cloudwatch:PutMetricData",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
    "logs:CreateLogGroup",
];

/// Services whose actions have no required type in the table because their types are alternatives (an object by its bucket or by an
/// access point). Elsewhere a request may be about no resource at all, and then needs the star (`polly:SynthesizeSpeech`
/// without a lexicon).
const ALTERNATIVES: &[&str] = &["s3", "events", "execute-api", "es", "lambda", "sns", "ssm", "iot"];

/// Services in which any resource is as good as another to an intruder.
const TAME: &[&str] = &["logs", "xray", "cloudwatch"];

pub(super) fn check(world: &World, out: &mut Findings) {
    for subject in subjects(world) {
        if subject.is_written() && !subject.statement.actions.negated && !subject.statement.resources.negated {
            look_at(world, &subject, out);
        }
    }
}

/// What one action element does on a wildcard.
struct Hit {
    pattern: String,
    service: String,
    weight: Weight,
    when: Guard,
}

/// How much it matters that the resource is not named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Not at all: it cannot be named, or nobody could.
    None,
    /// It would be tidier.
    Light,
    /// Somebody else's data is read or changed.
    Full,
}

/// Whether it tells what there is, and nothing that is in it.
fn describes(action: &Action) -> bool {
    action.level == AccessLevel::List
        || (action.level == AccessLevel::Read && ["Describe", "List"].iter().any(|verb| action.name.starts_with(verb)))
}

fn weigh(action: &Action, on: &Width) -> Weight {
    let name = action.full_name();
    if !action.takes_resources() || NEED_STAR.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
        return Weight::None;
    }
    let required = action.resources.contains('*') || ALTERNATIVES.contains(&action.service);
    // What has no account (Bedrock's models) belongs to AWS. A bucket has none in its ARN either.
    let of_aws = matches!(on, Width::EveryName { service, no_account: true, .. } if service == "bedrock");
    if !required || describes(action) || of_aws || TAME.contains(&action.service) { Weight::Light } else { Weight::Full }
}

fn hits(subject: &Subject, on: &Reading, wide: &Width) -> Vec<Hit> {
    let mut out: Vec<Hit> = Vec::new();
    for action in subject.statement.actions.items.iter().flat_map(readings) {
        let Some(pattern) = action.text.as_literal() else { continue };
        let when = subject.when.and(&on.when).and(&action.when);
        if !when.is_possible() {
            continue;
        }
        let refusals: Vec<Vec<&Statement>> =
            subject.roles.iter().map(|role| Subject::refusals(role, &when)).collect();
        let refused = |action: &Action| {
            let name = action.full_name();
            refusals.iter().all(|role| role.iter().any(|refusal| refuses(refusal, &name, &when)))
        };
        let is_pattern = pattern.contains(['*', '?']);
        let mut weight = Weight::None;
        let service = pattern.split_once(':').map_or("", |(service, _)| service).to_ascii_lowercase();
        let mut granted = iam_actions::matching(pattern).filter(|action| wide.concerns(action.service));
        while let Some(action) = granted.next().filter(|_| weight < Weight::Full) {
            // Among what `ec2:Describe*` takes in, a few actions can be limited; nobody would tell them apart.
            let counts = !(refused(&action) || is_pattern && describes(&action));
            weight = if counts { weight.max(weigh(&action, wide)) } else { weight };
        }
        if weight > Weight::None && !out.iter().any(|hit| hit.pattern == pattern && hit.when == when) {
            out.push(Hit { pattern: pattern.to_owned(), service, weight, when });
        }
    }
    out
}

fn look_at(world: &World, subject: &Subject, out: &mut Findings) {
    let statement = subject.statement;
    let mut wide: Vec<(Reading, Width, Vec<Hit>)> = Vec::new();
    for reading in statement.resources.items.iter().flat_map(readings) {
        let width = width(&reading.text);
        if width == Width::Named {
            continue;
        }
        let hits = hits(subject, &reading, &width);
        if !hits.is_empty() {
            wide.push((reading, width, hits));
        }
    }
    let weight = wide.iter().flat_map(|(.., hits)| hits).map(|hit| hit.weight).max();
    let Some(weight) = weight else { return };
    // What weighs less is not what the finding is about.
    for (.., hits) in &mut wide {
        hits.retain(|hit| hit.weight == weight);
    }
    wide.retain(|(.., hits)| !hits.is_empty());
    let Some((first, first_width, _)) = wide.first() else { return };

    let mut patterns: Vec<&str> = Vec::new();
    let mut services: Vec<&str> = Vec::new();
    let mut when = Guard::never();
    for hit in wide.iter().flat_map(|(.., hits)| hits) {
        when = when.or(&hit.when);
        if !patterns.contains(&hit.pattern.as_str()) {
            patterns.push(&hit.pattern);
        }
        if !services.contains(&hit.service.as_str()) {
            services.push(&hit.service);
        }
    }
    let narrowed = statement.may_be_narrowed();
    let bounded = subject.is_bounded();
    let grade = if weight == Weight::Full && !narrowed && !bounded { Grade::WARNING } else { Grade::NOTE };
    let on = match first_width {
        Width::EveryName { service, kind: Some(kind), .. } => format!("every {kind} of `{service}`"),
        Width::EveryName { service, kind: None, .. } if service == "s3" => "every bucket".to_owned(),
        Width::EveryName { service, .. } => format!("every resource of `{service}`"),
        Width::Everything | Width::Named => match services.as_slice() {
            [one] => noun(one).map_or_else(|| "every resource".to_owned(), |noun| format!("every {noun}")),
            _ => "every resource".to_owned(),
        },
    };
    let mut message = format!("{} may use {} on {on} there is", subject.who(), words::list(&patterns));
    if narrowed {
        message.push_str(", as far as the condition lets it");
    }
    let sure = !first.may_differ && !narrowed && !bounded;
    let mut finding = Finding::new(grade, first.span, message)
        .here("no resource is named")
        .when(&when)
        .confidence(if sure { Confidence::High } else { Confidence::Medium });
    for (other, ..) in wide.iter().skip(1).filter(|(other, ..)| other.span != first.span).take(4) {
        finding = finding.label(other.span, "nor here");
    }
    for function in subject.functions.iter().take(3) {
        finding = finding.label(function.resource.span, "this function");
    }
    out.push(subject.relate(finding.help(help(world, &services))));
}

/// What people call the things of a service, and CloudFormation's type of them.
const THINGS: &[(&str, &str, &str)] = &[
    ("s3", "bucket", "AWS::S3::Bucket"),
    ("dynamodb", "table", "AWS::DynamoDB::Table"),
    ("sqs", "queue", "AWS::SQS::Queue"),
    ("sns", "topic", "AWS::SNS::Topic"),
    ("lambda", "function", "AWS::Lambda::Function"),
    ("states", "state machine", "AWS::StepFunctions::StateMachine"),
    ("events", "event bus", "AWS::Events::EventBus"),
    ("kinesis", "stream", "AWS::Kinesis::Stream"),
    ("firehose", "delivery stream", "AWS::KinesisFirehose::DeliveryStream"),
    ("secretsmanager", "secret", "AWS::SecretsManager::Secret"),
    ("ssm", "parameter", "AWS::SSM::Parameter"),
    ("kms", "key", "AWS::KMS::Key"),
    ("cognito-idp", "user pool", "AWS::Cognito::UserPool"),
    ("ecs", "task", "AWS::ECS::TaskDefinition"),
    ("execute-api", "API", "AWS::ApiGateway::RestApi"),
    ("bedrock", "model", ""),
    ("ses", "identity", "AWS::SES::EmailIdentity"),
    ("logs", "log group", "AWS::Logs::LogGroup"),
    ("sts", "role", "AWS::IAM::Role"),
    ("iot", "topic", ""),
    ("rds-data", "cluster", "AWS::RDS::DBCluster"),
];

fn noun(service: &str) -> Option<&'static str> {
    THINGS.iter().find(|(known, ..)| *known == service).map(|(_, noun, _)| *noun)
}

/// Where the template declares the things that the actions are about, they are what is probably meant.
fn help(world: &World, services: &[&str]) -> String {
    let mut declared: Vec<&str> = Vec::new();
    let mut nouns: Vec<&str> = Vec::new();
    for (_, noun, kind) in THINGS.iter().filter(|(service, ..)| services.contains(service)) {
        nouns.push(noun);
        declared.extend(world.of_kind(kind).filter(|resource| resource.origin.is_written()).map(|found| &*found.address));
    }
    match (declared.as_slice(), nouns.as_slice(), services) {
        ([_] | [_, _] | [_, _, _], ..) if nouns.len() == services.len() => {
            let arns = if declared.len() == 1 { "the ARN" } else { "the ARNs" };
            format!("name what the function works with: {arns} of {}", words::list(&declared))
        }
        (_, [noun], [_]) => format!("name the {noun} that the function works with, by its ARN"),
        _ => "name the resources that the function works with, by their ARNs".to_owned(),
    }
}
