//! `dlq-target-invalid`: see `rules/async/dlq-target-invalid.md`.

use crate::engine::{Applicability, Finding, Findings, Fix, Grade};
use crate::fix::{self, Expression};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Guard, Text};
use crate::wiring::arn::Arn;

/// Where what failed or succeeded is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    DeadLetters,
    OnFailure,
    OnSuccess,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::DeadLetters => "dead-letter queue",
            Self::OnFailure => "on-failure destination",
            Self::OnSuccess => "on-success destination",
        }
    }

    fn takes(self) -> &'static str {
        match self {
            Self::DeadLetters => "a standard SQS queue or SNS topic",
            Self::OnFailure => "a standard SQS queue or SNS topic, a function, an event bus or a bucket",
            Self::OnSuccess => "a standard SQS queue or SNS topic, a function or an event bus",
        }
    }

    /// Whether it takes ARNs of a service.
    fn takes_service(self, service: &str) -> bool {
        match service {
            "sqs" | "sns" => true,
            "lambda" | "events" => self != Self::DeadLetters,
            "s3" => self == Self::OnFailure,
            _ => false,
        }
    }
}

/// Why something cannot be sent to.
struct Wrong<'a> {
    why: String,
    here: &'static str,
    resource: Option<&'a Resource>,
    when: Guard,
    /// Whether its ARN is what is meant.
    mend: bool,
}

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in &world.application.functions {
        place(world, function.resource, function.address(), "DeadLetterConfig.TargetArn", Place::DeadLetters, out);
    }
    for config in world.of_kind("AWS::Lambda::EventInvokeConfig") {
        let (targets, _) = world.targets(&config.get("FunctionName").text());
        let function = targets.first().and_then(|target| world.function(target.function));
        let name = function.map_or_else(|| config.called(), |function| function.address());
        place(world, config, name, "DestinationConfig.OnFailure.Destination", Place::OnFailure, out);
        place(world, config, name, "DestinationConfig.OnSuccess.Destination", Place::OnSuccess, out);
    }
}

fn place(world: &World, holder: &Resource, name: &str, path: &str, place: Place, out: &mut Findings) {
    for (text, span, when) in holder.get(path).text().set() {
        for wrong in wrongs(world, holder, text, place) {
            let when = when.and(&wrong.when);
            if when.is_possible() && !when.is_rounded() {
                out.push(finding(world, holder, name, place, &wrong, span, &when));
            }
        }
    }
}

fn wrongs<'a>(world: &World<'a>, holder: &Resource, text: &Text, place: Place) -> Vec<Wrong<'a>> {
    let wrong = |why: &str, here, resource: Option<&'a Resource>| Wrong {
        why: why.to_owned(),
        here,
        resource,
        when: resource.map_or_else(Guard::always, |resource| resource.when.clone()),
        mend: false,
    };
    if let Some(resource) = world.resource_with_arn(text) {
        let (fifo, what) = match &*resource.kind {
            "AWS::SQS::Queue" => ("FifoQueue", "a FIFO queue"),
            "AWS::SNS::Topic" => ("FifoTopic", "a FIFO topic"),
            _ => {
                return service_wrong(text, place)
                    .map(|(why, here)| wrong(&why, here, Some(resource)))
                    .into_iter()
                    .collect();
            }
        };
        let flags = resource.get(fifo).booleans();
        let when = flags.set().filter(|(flag, ..)| **flag).fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
        let exists = when.and(&resource.when);
        return vec![Wrong {
            when: exists,
            ..wrong(&format!("`{}` is {what}", resource.called()), "is FIFO", Some(resource))
        }];
    }
    if let Some((why, here)) = service_wrong(text, place) {
        return vec![wrong(&why, here, None)];
    }
    if text.known_prefix().starts_with("arn:") {
        return Vec::new();
    }
    // `Ref`, or a name, of something that has an ARN.
    let named = world.resources_named(text);
    if let [resource] = named.as_slice()
        && resource.names.arn.is_some()
        && *text == resource.names.reference
        && resource.source == holder.source
        && text.as_literal().is_none()
    {
        let is_queue = resource.is("AWS::SQS::Queue");
        let (what, here) = if is_queue { ("the URL", "gives the URL") } else { ("the name", "gives the name") };
        let why = format!("{what} of `{}` stands for its ARN", resource.called());
        return vec![Wrong { mend: true, ..wrong(&why, here, Some(resource)) }];
    }
    if text.known_prefix().starts_with("https://sqs.") {
        return vec![wrong("a queue's URL stands for its ARN", "a URL", None)];
    }
    Vec::new()
}

/// What is wrong with an ARN as far as it is written out.
fn service_wrong(text: &Text, place: Place) -> Option<(String, &'static str)> {
    let arn = Arn::parse(text)?;
    let service = arn.service.as_literal()?;
    if !place.takes_service(service) {
        return Some((format!("this is an ARN of `{service}`"), "nothing can be sent here"));
    }
    let ends_fifo = arn.resource.pieces().last().is_some_and(|piece| match piece {
        crate::value::Piece::Literal(literal) => literal.ends_with(".fifo"),
        _ => false,
    });
    (ends_fifo && matches!(service, "sqs" | "sns")).then(|| ("its name ends in `.fifo`".to_owned(), "is FIFO"))
}

fn finding(
    world: &World,
    holder: &Resource,
    name: &str,
    place: Place,
    wrong: &Wrong,
    span: Span,
    when: &Guard,
) -> Finding {
    let message = format!("Lambda cannot send to the {} of `{name}`: {}", place.name(), wrong.why);
    let mut finding = Finding::new(Grade::ERROR, span, message)
        .here(wrong.here)
        .when(when)
        .related(holder.called())
        .help(format!("use the ARN of {}", place.takes()));
    let Some(resource) = wrong.resource else { return finding };
    finding = finding.related(resource.called());
    if resource.span != span {
        finding = finding.label(resource.span, "what is named");
    }
    if !wrong.mend {
        return finding;
    }
    let id = &resource.address;
    finding.help = Some(format!("use `!GetAtt {id}.Arn`"));
    let arn = Expression::Attribute(id.as_ref().into(), "Arn".into());
    let of_queue = resource.is("AWS::SQS::Queue") && resource.origin.is_written();
    finding.fix = fix::replace(world, span, &arn).filter(|_| of_queue).map(|edit| Fix {
        title: format!("Use the ARN of `{id}`"),
        applicability: Applicability::Safe,
        edits: vec![edit],
    });
    finding
}
