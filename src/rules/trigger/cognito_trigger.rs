//! `cognito-trigger`: see `rules/trigger/cognito-trigger.md`.

use super::channels::is_no_arn;
use crate::data::limits::COGNITO_SECONDS;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::value::{Answer, Data, Guard, SymbolKind, Text, Value};
use rustc_hash::FxHashSet;

/// The triggers, and where the function's ARN stands.
///
/// Source: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_LambdaConfigType.html>.
const TRIGGERS: &[&str] = &[
    "CreateAuthChallenge",
    "CustomEmailSender.LambdaArn",
    "CustomMessage",
    "CustomSMSSender.LambdaArn",
    "DefineAuthChallenge",
    "InboundFederation.LambdaArn",
    "PostAuthentication",
    "PostConfirmation",
    "PreAuthentication",
    "PreSignUp",
    "PreTokenGeneration",
    "PreTokenGenerationConfig.LambdaArn",
    "UserMigration",
    "VerifyAuthChallengeResponse",
];

/// Those that get codes, encrypted.
const SENDERS: &[&str] = &["CustomEmailSender", "CustomSMSSender"];

pub(super) fn check(world: &World, out: &mut Findings) {
    for pool in world.of_kind("AWS::Cognito::UserPool") {
        let config = pool.get("LambdaConfig");
        two_generations(pool, &config, out);
        without_key(pool, &config, out);
        let mut slow = FxHashSet::default();
        for trigger in TRIGGERS {
            let arn = config.get(trigger);
            for (text, span, when) in arn.text().set() {
                if is_no_arn(text) {
                    let message = format!("Cognito refuses the triggers of `{}`: `{text}` is no ARN", pool.address);
                    let help = match text.as_symbol() {
                        Some(symbol) => format!("`Ref` gives a name here: write `!GetAtt {}.Arn`", symbol.name),
                        None => "write the function's ARN".to_owned(),
                    };
                    out.push(Finding::new(Grade::ERROR, span, message).when(when).related(&pool.address).help(help));
                }
            }
            too_slow(world, pool, &arn, &mut slow, out);
        }
    }
}

/// The old and the new property for the function that makes tokens must be the same.
fn two_generations(pool: &Resource, config: &Value<&Data>, out: &mut Findings) {
    let old = config.get("PreTokenGeneration").text();
    let new = config.get("PreTokenGenerationConfig.LambdaArn").text();
    for (old_text, old_span, old_when) in old.set() {
        for (new_text, new_span, new_when) in new.set() {
            let when = old_when.and(new_when);
            let two = old_text.equals(new_text) == Answer::No || other_function(old_text, new_text);
            if !when.is_possible() || !two {
                continue;
            }
            let message = format!("Cognito refuses the triggers of `{}`: two functions generate tokens", pool.address);
            out.push(
                Finding::new(Grade::ERROR, new_span, message)
                    .label(old_span, "the other")
                    .when(&when)
                    .related(&pool.address)
                    .help("leave out `PreTokenGeneration`: `PreTokenGenerationConfig` replaces it"),
            );
        }
    }
}

/// Whether two texts name two functions of the template.
fn other_function(one: &Text, two: &Text) -> bool {
    let names = |text: &Text| -> Vec<Box<str>> {
        let names = text.symbols().filter(|symbol| matches!(symbol.kind, SymbolKind::Name));
        names.map(|symbol| symbol.name.clone()).collect()
    };
    let (one, two) = (names(one), names(two));
    one.len() == 1 && two.len() == 1 && one != two
}

fn without_key(pool: &Resource, config: &Value<&Data>, out: &mut Findings) {
    let without = config.get("KMSKeyID").unset_when();
    for sender in SENDERS {
        let set = config.get(sender);
        let Some((_, _, when)) = set.set().next() else { continue };
        let when: Guard = when.and(&without);
        if !when.is_possible() {
            continue;
        }
        let span = pool.key_span(&format!("LambdaConfig.{sender}"));
        let message = format!("Cognito refuses the triggers of `{}`: `{sender}` needs a `KMSKeyID`", pool.address);
        out.push(Finding::new(Grade::ERROR, span, message).when(&when).related(&pool.address).help(
            "set `LambdaConfig.KMSKeyID` to a key that Cognito encrypts the codes with and the function decrypts with",
        ));
    }
}

/// A function that may run longer than Cognito waits.
fn too_slow(
    world: &World,
    pool: &Resource,
    arn: &Value<&Data>,
    reported: &mut FxHashSet<crate::source::Span>,
    out: &mut Findings,
) {
    let (functions, _) = world.targets(&arn.text());
    for target in functions {
        let Some(function) = world.function(target.function) else { continue };
        for (timeout, span, when) in function.resource.get("Timeout").integers().set() {
            let when = when.and(&target.when);
            let longer = u64::try_from(*timeout).is_ok_and(|timeout| timeout > COGNITO_SECONDS);
            if !longer || !when.is_possible() || !reported.insert(span) {
                continue;
            }
            let message = format!(
                "`{}` may run for {timeout} seconds, but Cognito waits {COGNITO_SECONDS} and then asks again",
                function.address()
            );
            out.push(
                Finding::new(Grade::NOTE, span, message)
                    .label(target.span, format!("`{}` calls it here", pool.address))
                    .when(&when)
                    .related(&pool.address)
                    .related(function.address())
                    .help(format!("set `Timeout: {COGNITO_SECONDS}`, and make it answer in time")),
            );
        }
    }
}
