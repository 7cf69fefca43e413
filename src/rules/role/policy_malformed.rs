//! `policy-malformed`: see `rules/role/policy-malformed.md`.

use super::policies::{Document, documents, roles};
use crate::data::iam_actions::{self, Action};
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::fit::fits;
use crate::iam::shape::{self, VERSIONS};
use crate::iam::{DocumentKind, Elements, Statement, Subject, readings, subjects, words};
use crate::model::World;
use crate::source::Span;
use crate::value::{Guard, Piece, Text};
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    let documents = documents(world);
    refused(&documents, out);
    too_long(world, &documents, out);
    too_many(world, out);
    let mut reported: FxHashSet<Span> = FxHashSet::default();
    for subject in subjects(world).iter().filter(|subject| subject.is_written()) {
        actions(subject, &mut reported, out);
        misfits(subject, out);
        variables(&documents, subject, out);
    }
}

/// What IAM refuses documents for.
fn refused(documents: &[Document], out: &mut Findings) {
    for document in documents {
        let exists = document.written_in.when.and(&document.holder.when);
        for refusal in shape::refusals(document.kind, &document.holder.address, &document.body) {
            let when = refusal.when.and(&exists);
            if when.is_possible() {
                let message = format!("the deployment fails: {}", refusal.what);
                let finding = Finding::new(Grade::ERROR, refusal.span, message).when(&when).cause(refusal.cause);
                let addresses = [&document.holder.address, &document.written_in.address];
                out.push(addresses.into_iter().fold(finding, Finding::related).help(refusal.help));
            }
        }
    }
}

/// What one managed policy may have of characters, and what all policies written in a role may have together. White space
/// counts nothing. Source: "IAM and AWS STS quotas", <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>,
/// read 2026-11-22.
const MOST_MANAGED: usize = 6_144;
const MOST_INLINE: usize = 10_240;

fn too_long(world: &World, documents: &[Document], out: &mut Findings) {
    for document in documents.iter().filter(|document| document.written_in.is("AWS::IAM::ManagedPolicy")) {
        let size = shape::least_size(&document.body);
        if size > MOST_MANAGED {
            let name = &document.written_in.address;
            let message = format!(
                "the deployment fails: the policy `{name}` has {size} characters or more, IAM takes {MOST_MANAGED}"
            );
            let finding = Finding::new(Grade::ERROR, document.written_in.span, message).related(name);
            out.push(finding.when(&document.written_in.when).help("split it into two policies"));
        }
    }
    for role in roles(world).filter(|role| role.resource.origin.is_written()) {
        let name = &role.resource.address;
        let inline = documents.iter().filter(|document| {
            &document.holder.address == name
                && document.holder.source == role.resource.source
                && !matches!(document.kind, DocumentKind::Trust | DocumentKind::Resource)
                && !document.written_in.is("AWS::IAM::ManagedPolicy")
                // What is there in some deployments only may be less.
                && role.resource.when.implies(&document.written_in.when)
        });
        let size: usize = inline.map(|document| shape::least_size(&document.body)).sum();
        if size > MOST_INLINE {
            let message = format!(
                "the deployment fails: the policies of `{name}` have {size} characters or more, IAM takes {MOST_INLINE}"
            );
            let finding = Finding::new(Grade::ERROR, role.resource.span, message).related(name);
            out.push(finding.when(&role.resource.when).help("put some of it into managed policies"));
        }
    }
}

/// How many managed policies a role may have unless its account's quota was raised. Source as above.
const MOST_ATTACHED: usize = 10;

fn too_many(world: &World, out: &mut Findings) {
    for role in roles(world) {
        let arns = role.resource.get("ManagedPolicyArns");
        let count = arns.items(false).0.iter().filter(|item| item.every(|value| value.is_some())).count();
        if count > MOST_ATTACHED && arns.cases().len() == 1 {
            let name = &role.resource.address;
            let message =
                format!("`{name}` has {count} managed policies; IAM takes {MOST_ATTACHED} unless the quota was raised");
            let finding = Finding::new(Grade::NOTE, role.resource.key_span("ManagedPolicyArns"), message).related(name);
            out.push(finding.when(&role.resource.when).help("merge some of them into a policy of your own"));
        }
    }
}

/// Actions that do not exist. IAM takes them, and they grant nothing.
fn actions(subject: &Subject, reported: &mut FxHashSet<Span>, out: &mut Findings) {
    for reading in subject.statement.actions.items.iter().flat_map(readings) {
        let Some(action) = reading.text.as_literal() else { continue };
        if iam_actions::count(action).total() > 0 || !reported.insert(reading.span) {
            continue;
        }
        let (grade, message, help) = match action.split_once(':') {
            None => {
                let message = format!("the deployment fails: `{action}` does not say of which service it is an action");
                (Grade::ERROR, message, "write `service:Action`".to_owned())
            }
            Some((service, name)) => unknown(action, service, name),
        };
        let finding = Finding::new(grade, reading.span, message).when(&subject.when.and(&reading.when)).help(help);
        let sure = if reading.may_differ { Confidence::Medium } else { Confidence::High };
        out.push(subject.relate(finding.confidence(sure)));
    }
}

fn unknown(action: &str, service: &str, name: &str) -> (Grade, String, String) {
    let date = iam_actions::table_date();
    let nothing = format!("there is no action `{action}`, and it grants nothing");
    let unheard = || {
        let message = format!("AWS lists no action `{action}` as of {date}, so that it grants nothing");
        (Grade::NOTE, message, "look it up in the service's list of actions, or take it out".to_owned())
    };
    match iam_actions::service(service) {
        Some(known) => match known.nearest(name).filter(|_| !name.contains(['*', '?'])) {
            Some(near) => (Grade::WARNING, nothing, format!("did you mean `{}`?", near.full_name())),
            None => unheard(),
        },
        None => match iam_actions::nearest_service(service).filter(|_| !service.contains(['*', '?'])) {
            Some(near) if iam_actions::count(&format!("{}:{name}", near.prefix())).total() > 0 => {
                (Grade::WARNING, nothing, format!("did you mean `{}:{name}`?", near.prefix()))
            }
            _ => unheard(),
        },
    }
}

/// Actions that cannot be about any resource of their statement, so that they grant nothing.
fn misfits(subject: &Subject, out: &mut Findings) {
    let statement = subject.statement;
    if statement.actions.negated || !is_known(&statement.resources) {
        return;
    }
    let granted = is_read_grant(statement);
    let mut lost: Vec<Lost> = Vec::new();
    for reading in statement.actions.items.iter().flat_map(readings) {
        let Some(action) = reading.text.as_literal().and_then(iam_actions::action) else { continue };
        if granted && STREAM.iter().any(|name| action.full_name().eq_ignore_ascii_case(name)) {
            continue;
        }
        let when = subject.when.and(&reading.when);
        // Where a resource is there only sometimes, the others have to do.
        let resources = &statement.resources.items;
        if !resources.is_empty()
            && resources.iter().all(|element| fits(&action, &element.text).is_no())
            && when.is_possible()
            && !reading.may_differ
        {
            lost.push(Lost { action, span: reading.span, when });
        }
    }
    for (takes, grade) in [(true, Grade::WARNING), (false, Grade::NOTE)] {
        let some: Vec<&Lost> = lost.iter().filter(|lost| lost.action.takes_resources() == takes).collect();
        report(subject, &some, grade, out);
    }
}

/// What the CDK's `grantReadData` writes on a table, though it is about the table's stream.
const STREAM: [&str; 2] = ["dynamodb:GetRecords", "dynamodb:GetShardIterator"];

/// Whether a statement is like those of the CDK's `grantReadData`, which nobody wrote and nobody can change.
fn is_read_grant(statement: &Statement) -> bool {
    let has = |name: &&str| {
        let mut written = statement.actions.items.iter().flat_map(readings);
        written.any(|reading| reading.text.as_literal().is_some_and(|action| action.eq_ignore_ascii_case(name)))
    };
    STREAM.iter().all(&has)
        && ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"].iter().all(has)
}

/// An action that grants nothing.
struct Lost {
    action: Action,
    span: Span,
    when: Guard,
}

fn report(subject: &Subject, lost: &[&Lost], grade: Grade, out: &mut Findings) {
    let Some(first) = lost.first() else { return };
    let names: Vec<String> = lost.iter().map(|lost| lost.action.full_name()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let verb = if names.len() == 1 { "grants" } else { "grant" };
    let message =
        format!("{} {verb} nothing: no resource of the statement is one that it is about", words::list(&names));
    let mut finding = Finding::new(grade, first.span, message).when(&first.when);
    for other in lost.iter().skip(1).take(4) {
        finding = finding.label(other.span, "nor this");
    }
    if let Some(element) = subject.statement.resources.items.first() {
        finding = finding.label(element.span, "not on this");
    }
    let help = format!("put it into a statement with {}", needs(&first.action));
    out.push(subject.relate(finding.help(help)).cause(first.span));
}

/// Whether all resources are seen.
fn is_known(resources: &Elements) -> bool {
    !resources.open && !resources.negated && !resources.items.is_empty()
}

/// The resources that an action takes, in words.
fn needs(action: &Action) -> &'static str {
    let is = |name: &str| action.resource_types().any(|known| known == name);
    match action.service {
        _ if !action.takes_resources() => "`Resource: \"*\"`: it takes no other",
        "s3" if is("object") => "the bucket's objects, its ARN and `/*`",
        "s3" if is("bucket") => "the bucket itself, its ARN without `/*`",
        "dynamodb" if is("stream") => "the table's stream, its ARN and `/stream/*`",
        "dynamodb" if is("table") => "the table itself",
        _ => "resources of its service",
    }
}

/// Variables that the older version of the language takes for text.
fn variables(documents: &[Document], subject: &Subject, out: &mut Findings) {
    let statement = subject.statement;
    let variable = statement.resources.items.iter().find(|element| has_variable(&element.text));
    let Some(variable) = variable else { return };
    let document = documents.iter().find(|document| document.body.span().contains(statement.span));
    let Some(document) = document else { return };
    let version = document.body.get("Version");
    let old = version.literals().every(|version| version.is_none_or(|version| version == VERSIONS[1]));
    if old {
        let message = format!(
            "`{}` means nothing here: only policies of `Version: \"{}\"` have variables",
            variable.text, VERSIONS[0]
        );
        let finding = Finding::new(Grade::WARNING, variable.span, message).when(&subject.when.and(&variable.when));
        let help = format!("give the policy `Version: \"{}\"`", VERSIONS[0]);
        out.push(subject.relate(finding.help(help)).cause(variable.span));
    }
}

/// Whether a text has a variable of IAM in it (`${aws:username}`).
fn has_variable(text: &Text) -> bool {
    text.pieces().iter().any(|piece| match piece {
        Piece::Literal(literal) => literal.split("${").skip(1).any(|rest| {
            let name = rest.split('}').next().unwrap_or("");
            ["aws:", "s3:", "sts:", "iam:", "cognito-identity.amazonaws.com:"]
                .iter()
                .any(|prefix| name.starts_with(prefix))
        }),
        _ => false,
    })
}
