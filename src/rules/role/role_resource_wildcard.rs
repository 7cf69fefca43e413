//! `role-resource-wildcard`: see `rules/role/role-resource-wildcard.md`.
//!
//! A wildcard where a resource could have been named.

use super::narrow::narrower;
use crate::data::iam_actions::{self, AccessLevel, Action};
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::scope::refuses;
use crate::iam::{Reading, Statement, Subject, Width, readings, subjects, things, width, words};
use crate::model::World;
use crate::value::Guard;

/// Actions for which the table names resource types although people cannot use them: AWS's own policies, and its documentation, have
/// `*`. `PutMetricData` is limited by the condition `cloudwatch:namespace`; the network interfaces of a function in a
/// VPC do not exist when its role is written, as little as its log group.
pub(super) const NEED_STAR: &[&str] = &[
    "cloudwatch:PutMetricData",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
    "ec2:AttachNetworkInterface",
    "ec2:DetachNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterfacePermission",
    "logs:CreateLogGroup",
    "s3-object-lambda:WriteGetObjectResponse",
];

/// Services whose actions have no required type in the table because their types are alternatives (an object by its bucket or by an
/// access point). Elsewhere a request may be about no resource at all, and then needs the star (`polly:SynthesizeSpeech`
/// without a lexicon).
const ALTERNATIVES: &[&str] = &["s3", "events", "execute-api", "es", "lambda", "sns", "ssm", "iot"];

/// Services in which any resource is as good as another to an intruder.
const TAME: &[&str] = &["logs", "xray", "cloudwatch", "polly", "translate", "comprehend", "textract"];

/// Ends of the names of resource types that come into being when something runs: nobody can name them beforehand.
const MADE_AT_RUN_TIME: &[&str] = &["job", "jobs", "execution", "snapshot", "session", "task", "backup", "invocation"];

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
    /// What people call the things that it is about.
    noun: Option<&'static str>,
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
        || (action.level == AccessLevel::Read
            && ["Describe", "List", "GetBucketLocation"].iter().any(|verb| action.name.starts_with(verb)))
}

fn weigh(world: &World, action: &Action, on: &Width) -> Weight {
    let name = action.full_name();
    // Passing roles is a rule of its own: `role-pass-role`.
    if !action.takes_resources()
        || name == "iam:PassRole"
        || NEED_STAR.iter().any(|known| known.eq_ignore_ascii_case(&name))
    {
        return Weight::None;
    }
    let required = action.resources.contains('*') || ALTERNATIVES.contains(&action.service);
    // Bedrock's models, and the profiles that spread their use over regions, are AWS's own.
    let of_aws = matches!(on, Width::EveryName { service, kind: Some(kind), .. }
        if service == "bedrock" && matches!(&**kind, "foundation-model" | "inference-profile"));
    let is_made = |kind: &str| MADE_AT_RUN_TIME.iter().any(|end| kind.ends_with(end));
    // An execution has its state machine's name in its ARN.
    let at_run_time = action.service != "states"
        && match on {
            Width::EveryName { kind: Some(kind), .. } => is_made(kind),
            _ => action.resource_types().all(is_made),
        };
    // A text message goes to a telephone number, and that has no ARN.
    let text_message = name == "sns:Publish" && world.of_kind("AWS::SNS::Topic").next().is_none();
    let light =
        text_message || !required || describes(action) || of_aws || at_run_time || TAME.contains(&action.service);
    if light { Weight::Light } else { Weight::Full }
}

fn hits(world: &World, subject: &Subject, on: &Reading, wide: &Width) -> Vec<Hit> {
    let mut out: Vec<Hit> = Vec::new();
    for action in subject.statement.actions.items.iter().flat_map(readings) {
        let Some(pattern) = action.text.as_literal() else { continue };
        let when = subject.when.and(&on.when).and(&action.when);
        if !when.is_possible() {
            continue;
        }
        let refusals: Vec<Vec<&Statement>> = subject.roles.iter().map(|role| Subject::refusals(role, &when)).collect();
        let refused = |action: &Action| {
            let name = action.full_name();
            refusals.iter().all(|role| role.iter().any(|refusal| refuses(refusal, &name, &when)))
        };
        // Everything on everything is `role-admin`'s.
        if *wide == Width::Everything && pattern.bytes().all(|byte| matches!(byte, b'*' | b':')) {
            continue;
        }
        let is_pattern = pattern.contains(['*', '?']);
        let mut weight = Weight::None;
        let service = pattern.split_once(':').map_or("", |(service, _)| service).to_ascii_lowercase();
        let mut granted = iam_actions::matching(pattern).filter(|action| wide.concerns(action.service));
        while let Some(action) = granted.next().filter(|_| weight < Weight::Full) {
            // Among what `ec2:Describe*` takes in, a few actions can be limited; nobody would tell them apart.
            let counts = !(refused(&action) || is_pattern && describes(&action));
            weight = if counts { weight.max(weigh(world, &action, wide)) } else { weight };
        }
        if weight > Weight::None && !out.iter().any(|hit| hit.pattern == pattern && hit.when == when) {
            out.push(Hit { noun: things::noun(pattern), pattern: pattern.to_owned(), service, weight, when });
        }
    }
    out
}

/// The wildcards of a statement, each with the actions for which it matters.
fn wildcards(world: &World, subject: &Subject) -> Vec<(Reading, Width, Vec<Hit>)> {
    let mut wide: Vec<(Reading, Width, Vec<Hit>)> = Vec::new();
    for reading in subject.statement.resources.items.iter().flat_map(readings) {
        let width = width(&reading.text);
        if width == Width::Named {
            continue;
        }
        let hits = hits(world, subject, &reading, &width);
        if !hits.is_empty() {
            wide.push((reading, width, hits));
        }
    }
    wide
}

/// The patterns of actions for which a statement is reported to everybody.
pub(super) fn grave_patterns(world: &World, subject: &Subject) -> Vec<String> {
    let statement = subject.statement;
    let looked_at = subject.is_written() && !statement.actions.negated && !statement.resources.negated;
    if !looked_at || statement.may_be_narrowed() || subject.is_bounded() {
        return Vec::new();
    }
    let hits = wildcards(world, subject).into_iter().flat_map(|(.., hits)| hits);
    hits.filter(|hit| hit.weight == Weight::Full).map(|hit| hit.pattern).collect()
}

fn look_at(world: &World, subject: &Subject, out: &mut Findings) {
    let statement = subject.statement;
    let mut wide = wildcards(world, subject);
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
    let mut nouns: Vec<&str> = Vec::new();
    let mut when = Guard::never();
    for hit in wide.iter().flat_map(|(.., hits)| hits) {
        when = when.or(&hit.when);
        if !patterns.contains(&hit.pattern.as_str()) {
            patterns.push(&hit.pattern);
        }
        if !services.contains(&hit.service.as_str()) {
            services.push(&hit.service);
        }
        let noun = hit.noun.unwrap_or("resource");
        if !nouns.contains(&noun) {
            nouns.push(noun);
        }
    }
    let narrowed = statement.may_be_narrowed();
    let bounded = subject.is_bounded();
    let grade = if weight == Weight::Full && !narrowed && !bounded { Grade::WARNING } else { Grade::NOTE };
    let on = match first_width {
        Width::EveryName { service, kind: Some(kind), .. } => match things::called(service, kind) {
            Some(noun) => format!("every {noun}"),
            None => format!("every `{kind}` of `{service}`"),
        },
        Width::EveryName { service, kind: None, .. } => match nouns.as_slice() {
            [one] if *one != "resource" => format!("every {one}"),
            _ => format!("every resource of `{service}`"),
        },
        Width::Everything | Width::Named => match nouns.as_slice() {
            [one] => format!("every {one}"),
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
    let narrower = narrower(world, subject, &patterns);
    let narrowest = narrower.as_ref().and_then(|narrower| narrower.help(world, subject));
    finding = finding.help(narrowest.unwrap_or_else(|| help(world, subject, &patterns, &services, &nouns)));
    finding.fix = narrower.filter(|_| wide.len() == 1).and_then(|narrower| narrower.fix(world, subject));
    out.push(subject.relate(finding));
}

/// What a function needs for its own log.
const LOGGING: &[&str] = &["logs:CreateLogStream", "logs:PutLogEvents"];

/// Where the template declares the things that the actions are about, they are what is probably meant.
fn help(world: &World, subject: &Subject, patterns: &[&str], services: &[&str], nouns: &[&str]) -> String {
    if patterns.iter().all(|pattern| LOGGING.iter().any(|known| known.eq_ignore_ascii_case(pattern))) {
        return match subject.functions.as_slice() {
            [one] => format!(
                "name the log group of `{}`, `/aws/lambda/<function>` unless it has one of its own",
                one.address()
            ),
            _ => {
                "name the functions' log groups, `/aws/lambda/<function>` unless they have one of their own".to_owned()
            }
        };
    }
    let own = |address: &str| subject.functions.iter().any(|function| &**function.address() == address);
    let mut declared: Vec<&str> = Vec::new();
    let mut kinds: Vec<&str> = Vec::new();
    for thing in services.iter().flat_map(|service| things::of_service(service)) {
        if nouns.contains(&thing.noun) && !kinds.contains(&thing.kind) {
            kinds.push(thing.kind);
        }
    }
    for kind in kinds {
        let written = world.of_kind(kind).filter(|resource| resource.origin.is_written() && !own(&resource.address));
        declared.extend(written.map(|found| &*found.address));
    }
    match (declared.as_slice(), nouns) {
        ([_] | [_, _] | [_, _, _], _) if nouns.len() == services.len() && !nouns.contains(&"resource") => {
            let arns = if declared.len() == 1 { "the ARN" } else { "the ARNs" };
            format!("name what it works with: {arns} of {}", words::list(&declared))
        }
        (_, [noun]) if *noun != "resource" => format!("name the {noun} that it works with, by its ARN"),
        _ => "name the resources that it works with, by their ARNs".to_owned(),
    }
}
