//! Who invokes functions asynchronously, and where what fails goes.
//!
//! Source: Lambda developer guide, "Capturing records of Lambda asynchronous invocations",
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>, retrieved 2026-11-23: dead-letter queues
//! and destinations are for asynchronous invocations alone, and each version and alias has a configuration of its own.

use crate::model::{Function, FunctionId, Resource, Target, Trigger, TriggerKind, World};
use crate::value::{Answer, Data, Guard, Text, Value};
use rustc_hash::FxHashMap;

/// Where a trigger does not wait for the function's answer.
pub(super) struct Asynchrony {
    /// The deployments in which it certainly does not.
    pub sure: Guard,
    /// The deployments in which it may not.
    pub maybe: Guard,
}

impl Asynchrony {
    /// How a trigger invokes.
    pub(super) fn of(trigger: &Trigger) -> Self {
        let when = &trigger.target.when;
        let chosen = match trigger.kind {
            TriggerKind::Pipe => {
                let path = "TargetParameters.LambdaFunctionParameters.InvocationType";
                Self::chosen(&trigger.holder.get(path), "FIRE_AND_FORGET")
            }
            TriggerKind::StateMachine => {
                let given = ["Parameters.InvocationType", "Arguments.InvocationType"]
                    .map(|path| Self::chosen(&trigger.declaration.get(path), "Event"));
                let [first, second] = given;
                Self { sure: first.sure.or(&second.sure), maybe: first.maybe.or(&second.maybe) }
            }
            TriggerKind::ApiGateway if asks_for_event(&trigger.declaration) => {
                Self { sure: Guard::never(), maybe: Guard::always() }
            }
            // An action of a rule for mail may wait, so that it can stop the rules after it.
            TriggerKind::Ses if waits_for_mail(trigger) => Self { sure: Guard::never(), maybe: Guard::always() },
            kind if kind.caller().synchronous => Self { sure: Guard::never(), maybe: Guard::never() },
            _ => Self { sure: Guard::always(), maybe: Guard::always() },
        };
        Self { sure: chosen.sure.and(when), maybe: chosen.maybe.and(when) }
    }

    /// Where a property is the word for "do not wait"; unset is "wait".
    fn chosen(value: &Value<&Data>, word: &str) -> Self {
        let literals = value.literals();
        let set = literals.set().filter(|(literal, ..)| *literal == word);
        let sure = set.fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
        let maybe = if literals.is_exhaustive() { sure.clone() } else { Guard::always() };
        Self { sure, maybe }
    }
}

/// Whether an integration of an API sets the header that makes Lambda answer at once.
fn asks_for_event(declaration: &Value<&Data>) -> bool {
    let places = ["RequestParameters", "requestParameters", "Integration.RequestParameters"];
    places.iter().any(|place| {
        let (entries, _) = declaration.get(place).entries();
        entries.iter().any(|(entry, _)| entry.key.to_ascii_lowercase().ends_with("invocation-type"))
    })
}

/// Whether an action of a receipt rule may ask for the function's answer.
fn waits_for_mail(trigger: &Trigger) -> bool {
    let (actions, closed) = trigger.holder.get("Rule.Actions").items(false);
    !closed
        || actions.iter().any(|action| {
            let kind = action.get("LambdaAction.InvocationType").literals();
            !kind.every(|kind| kind.is_none_or(|kind| kind == "Event"))
        })
}

/// The configurations of asynchronous invocation of a world.
pub(super) struct InvokeConfigs<'a> {
    by_function: FxHashMap<FunctionId, Vec<InvokeConfig<'a>>>,
    /// The deployments in which there is one whose function is not known.
    strange: Guard,
}

/// An `AWS::Lambda::EventInvokeConfig` of one function.
pub(super) struct InvokeConfig<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// As what it names the function.
    pub target: Target,
}

impl InvokeConfig<'_> {
    /// The deployments in which it exists and is the function's.
    pub(super) fn when(&self) -> Guard {
        self.target.when.and(&self.resource.when)
    }

    /// Where it is for invocations under a qualifier (`None`: without one): surely, and perhaps.
    pub(super) fn is_for(&self, called: Option<&Text>) -> Asynchrony {
        let named = self.resource.get("Qualifier").text();
        let (mut sure, mut maybe) = (Guard::never(), Guard::never());
        for case in named.cases() {
            let answer = match case.value {
                Some(qualifier) => same_qualifier(qualifier, called),
                None => self.target.qualifier.as_ref().map_or_else(
                    || if is_latest(called) { Answer::Yes } else { Answer::No },
                    |qualifier| same_qualifier(qualifier, called),
                ),
            };
            if answer.is_yes() {
                sure = sure.or(&case.when);
            }
            if !answer.is_no() {
                maybe = maybe.or(&case.when);
            }
        }
        if !named.is_exhaustive() {
            maybe = Guard::always();
        }
        let when = self.when();
        Asynchrony { sure: sure.and(&when), maybe: maybe.and(&when) }
    }

    /// The deployments in which it may keep what fails.
    pub(super) fn keeps(&self) -> Guard {
        may_be_set(&self.resource.get("DestinationConfig.OnFailure.Destination")).and(&self.when())
    }
}

impl<'a> InvokeConfigs<'a> {
    /// Reads them.
    pub(super) fn of(world: &World<'a>) -> Self {
        let mut out = Self { by_function: FxHashMap::default(), strange: Guard::never() };
        for resource in world.of_kind("AWS::Lambda::EventInvokeConfig") {
            let (targets, known) = world.targets(&resource.get("FunctionName").text());
            if !known {
                out.strange = out.strange.or(&resource.when);
            }
            for target in targets {
                out.by_function.entry(target.function).or_default().push(InvokeConfig { resource, target });
            }
        }
        out
    }

    /// Those of a function.
    pub(super) fn for_function(&self, function: FunctionId) -> &[InvokeConfig<'a>] {
        self.by_function.get(&function).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether there may be one of a function that is not among [`Self::for_function`].
    pub(super) fn may_be_more(&self) -> &Guard {
        &self.strange
    }

    /// The deployments in which what fails of a function, invoked under a qualifier, may be kept.
    pub(super) fn kept(&self, function: &Function, called: Option<&Text>) -> Guard {
        let dead = may_be_set(&function.resource.get("DeadLetterConfig.TargetArn"));
        let configs = self.for_function(function.id).iter();
        configs.fold(dead.or(&self.strange), |kept, config| kept.or(&config.keeps().and(&config.is_for(called).maybe)))
    }
}

/// The deployments in which a property may hold something. An empty text is nothing.
pub(super) fn may_be_set(value: &Value<&Data>) -> Guard {
    if !value.is_exhaustive() {
        return Guard::always();
    }
    let set = value.set().filter(|(data, ..)| data.text().is_none_or(|text| text.as_literal() != Some("")));
    set.fold(Guard::never(), |guard, (_, _, when)| guard.or(when))
}

/// The deployments in which a property certainly holds something.
pub(super) fn is_set(value: &Value<&Data>) -> Guard {
    let set = value.set().filter(|(data, ..)| data.text().is_none_or(|text| text.as_literal() != Some("")));
    set.fold(Guard::never(), |guard, (_, _, when)| guard.or(when))
}

/// Whether nobody can have declared more about the world's functions where it is not seen.
pub(super) fn is_all_seen(world: &World) -> bool {
    !world.open && !world.has_unseen_stacks()
}

/// Whether a call is of the unpublished version.
pub(super) fn is_latest(called: Option<&Text>) -> bool {
    called.is_none_or(|called| called.as_literal() == Some("$LATEST"))
}

/// Whether a qualifier is the one under which a function is called.
pub(super) fn same_qualifier(qualifier: &Text, called: Option<&Text>) -> Answer {
    match (qualifier.as_literal(), called) {
        (Some("$LATEST"), called) if is_latest(called) => Answer::Yes,
        (Some("$LATEST"), Some(called)) => match called.as_literal() {
            Some(_) => Answer::No,
            // The name of an alias or a version that the template makes is never `$LATEST`.
            None => Answer::Unknown,
        },
        (Some(_), None) => Answer::No,
        (None, None) => Answer::Unknown,
        (_, Some(called)) => qualifier.equals(called),
    }
}

/// Names joined as in prose: `S3`, `S3 and SNS`, `S3, SNS and EventBridge`.
pub(super) fn in_prose(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
