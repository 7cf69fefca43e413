//! `runtime-feature-mismatch`: see `rules/runtime/runtime-feature-mismatch.md`.

use super::packaging::{image, set_where, word_where, zip};
use crate::data::features::{NOT_AT_EDGE, runs_at_edge, runs_on_managed_instances, streams};
use crate::data::runtimes::{Runtime, runtime};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, TriggerKind, World};
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in world.of_kind("AWS::Lambda::Function") {
        for (known, span, when) in runtimes(function) {
            inline(function, known, (span, &when), out);
            architecture(function, known, (span, &when), out);
            managed_instances(function, known, (span, &when), out);
        }
    }
    streaming(world, out);
    edge(world, out);
}

/// The runtimes that a function certainly can have, as an archive.
fn runtimes(function: &Resource) -> Vec<(&'static Runtime, Span, Guard)> {
    let zip = zip(function);
    let found = function.get("Runtime").literals();
    let known = found.set().filter_map(|(id, span, when)| Some((runtime(id)?, span, when.and(&zip))));
    known.filter(|(_, _, when)| when.is_possible() && !when.is_rounded()).collect()
}

fn refuse(function: &Resource, span: Span, when: &Guard, message: String) -> Finding {
    Finding::new(Grade::ERROR, span, message).when(when).related(function.called())
}

/// Code in the template.
fn inline(function: &Resource, known: &Runtime, (span, when): (Span, &Guard), out: &mut Findings) {
    if known.inline {
        return;
    }
    let Some((at, written)) = set_where(&function.get("Code.ZipFile")) else { return };
    let when = when.and(&written);
    if when.is_possible() {
        let (name, id) = (function.called(), known.id);
        let message =
            format!("Lambda refuses `{name}`: code in the template is for Node.js and Python, not for `{id}`");
        out.push(refuse(function, span, &when, message).label(at, "the code").help("package the code in an archive"));
    }
}

/// Runtimes of before arm64.
fn architecture(function: &Resource, known: &Runtime, (span, when): (Span, &Guard), out: &mut Findings) {
    for item in function.get("Architectures").items(false).0 {
        for (wanted, at, and) in item.literals().set() {
            let when = when.and(and);
            let exists = matches!(wanted.as_str(), "arm64" | "x86_64");
            if !exists || known.arch.contains(&wanted.as_str()) || !when.is_possible() {
                continue;
            }
            let (name, id) = (function.called(), known.id);
            let message = format!("Lambda refuses `{name}`: there is no `{id}` for {wanted}");
            let finding = refuse(function, at, &when, message).label(span, "the runtime");
            out.push(match known.successor {
                Some(newest) => finding.help(format!("use `{newest}`")),
                None => finding.help("use a newer runtime"),
            });
        }
    }
}

/// Managed instances run the newer runtimes alone.
fn managed_instances(function: &Resource, known: &Runtime, (span, when): (Span, &Guard), out: &mut Findings) {
    if runs_on_managed_instances(known) {
        return;
    }
    let Some((at, with)) = set_where(&function.get("CapacityProviderConfig")) else { return };
    let when = when.and(&with);
    if when.is_possible() {
        let (name, id) = (function.called(), known.id);
        let message = format!("Lambda refuses `{name}`: managed instances do not run `{id}`");
        let finding = refuse(function, span, &when, message).label(at, "where it runs");
        out.push(match known.successor.filter(|_| known.family != "ruby") {
            Some(newest) => finding.help(format!("use `{newest}`")),
            None => finding.help("package the function as an image"),
        });
    }
}

/// URLs that stream what a handler cannot stream.
fn streaming(world: &World, out: &mut Findings) {
    for url in world.of_kind("AWS::Lambda::Url") {
        for (_, span, when) in word_where(&url.get("InvokeMode"), |mode| mode == "RESPONSE_STREAM") {
            for target in world.targets(&url.get("TargetFunctionArn").text()).0 {
                let Some(function) = world.function(target.function).map(|function| function.resource) else {
                    continue;
                };
                // An adapter comes as a layer.
                let bare = function.get("Layers").unset_when();
                for (known, at, used) in runtimes(function).into_iter().filter(|(known, ..)| !streams(known)) {
                    let when = when.and(&used).and(&target.when).and(&bare);
                    if !when.is_possible() || when.is_rounded() {
                        continue;
                    }
                    let (name, id) = (function.called(), known.id);
                    let message = format!("`{name}` does not stream: handlers of `{id}` answer all at once");
                    out.push(
                        Finding::new(Grade::NOTE, span, message)
                            .label(at, "the runtime")
                            .when(&when)
                            .related(name)
                            .help("stream from Node.js or a runtime of your own, or by the Lambda Web Adapter"),
                    );
                }
            }
        }
    }
}

/// Functions that CloudFront runs.
fn edge(world: &World, out: &mut Findings) {
    let mut seen = FxHashSet::default();
    for trigger in world.application.triggers.iter().filter(|trigger| trigger.kind == TriggerKind::Edge) {
        let Some(function) = world.function(trigger.target.function) else { continue };
        if !seen.insert(function.id) {
            continue;
        }
        let function = function.resource;
        let mut tell = |span: Span, when: &Guard, what: &str, help: &str| {
            let when = when.and(&trigger.target.when);
            if when.is_possible() && !when.is_rounded() {
                let message =
                    format!("CloudFront refuses `{}`: functions at the edge have no {what}", function.called());
                out.push(
                    refuse(function, span, &when, message).label(trigger.span, "CloudFront runs it here").help(help),
                );
            }
        };
        for (property, what) in NOT_AT_EDGE {
            if let Some((span, when)) = set_where(&function.get(property)) {
                tell(span, &when, what.trim_start_matches("a "), "take it out");
            }
        }
        for item in function.get("Architectures").items(false).0 {
            for (_, span, when) in word_where(&item, |wanted| wanted == "arm64") {
                tell(span, &when, "arm64", "use x86_64");
            }
        }
        let packaged = image(function);
        if packaged.is_possible() {
            tell(function.get("PackageType").span(), &packaged, "images", "package it in an archive");
        }
        for (known, span, when) in runtimes(function).into_iter().filter(|(known, ..)| !runs_at_edge(known)) {
            tell(span, &when, &format!("`{}`", known.id), "write it for Node.js or Python");
        }
    }
}
