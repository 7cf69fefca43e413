//! `env-tuning`: see `rules/environment/env-tuning.md`.

use super::places::Places;
use super::variables::{functions, values, variables};
use crate::engine::{Applicability, Edit, Finding, Findings, Fix, Grade};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Guard, Value};
use rustc_hash::FxHashMap;

/// What is wrong with the value of a variable.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Fault {
    /// `NODE_TLS_REJECT_UNAUTHORIZED=0`.
    Tls,
    /// A file of a layer, and no layer.
    NoLayer(&'static str),
    /// `AWS_NODEJS_CONNECTION_REUSE_ENABLED` where it is the default.
    Reuse,
    /// `--enable-source-maps`.
    SourceMaps,
    /// `LOG_LEVEL=DEBUG`.
    Debug,
}

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut places: FxHashMap<Fault, Places> = FxHashMap::default();
    let mut order = Vec::new();
    for function in functions(world) {
        let without_layers = without_layers(function);
        for (entry, when) in variables(function) {
            let written = entry.value.borrow().text().some(|text| text.is_some_and(|text| text.as_literal().is_some()));
            for (value, span, when) in values(entry, &when) {
                let Some(fault) = fault(function, &entry.key, &value, written) else { continue };
                let when = if matches!(fault, Fault::NoLayer(_)) { when.and(&without_layers) } else { when };
                if !order.contains(&fault) {
                    order.push(fault);
                }
                places.entry(fault).or_default().add(span, &when, function);
            }
        }
    }
    for fault in order {
        for place in places.remove(&fault).unwrap_or_default().into_vec() {
            let finding = tell(fault, place.span, &place.subject());
            out.push(place.tell(finding));
        }
    }
}

fn fault(function: &Resource, name: &str, value: &str, written: bool) -> Option<Fault> {
    match name {
        "NODE_TLS_REJECT_UNAUTHORIZED" => (value.trim() == "0").then_some(Fault::Tls),
        "AWS_LAMBDA_EXEC_WRAPPER" => value.starts_with("/opt/").then_some(Fault::NoLayer("AWS_LAMBDA_EXEC_WRAPPER")),
        "LD_PRELOAD" => value.starts_with("/opt/").then_some(Fault::NoLayer("LD_PRELOAD")),
        "AWS_NODEJS_CONNECTION_REUSE_ENABLED" => {
            let modern = |runtime: Option<&String>| {
                runtime.is_some_and(|runtime| major(runtime).is_some_and(|major| major >= 18))
            };
            (value == "1" && function.get("Runtime").literals().every(modern)).then_some(Fault::Reuse)
        }
        "NODE_OPTIONS" => {
            value.split_whitespace().any(|option| option == "--enable-source-maps").then_some(Fault::SourceMaps)
        }
        // What a parameter says is another for each stage.
        "LOG_LEVEL" | "LOGLEVEL" | "POWERTOOLS_LOG_LEVEL" | "AWS_LAMBDA_LOG_LEVEL" => {
            let is_debug = ["debug", "trace"].iter().any(|level| value.eq_ignore_ascii_case(level));
            (written && is_debug).then_some(Fault::Debug)
        }
        _ => None,
    }
}

/// The version of Node.js of a runtime.
fn major(runtime: &str) -> Option<u32> {
    runtime.strip_prefix("nodejs")?.split('.').next()?.parse().ok()
}

/// The deployments in which nothing is in `/opt`: no layers, and no image.
fn without_layers(function: &Resource) -> Guard {
    let layers = function.get("Layers");
    let none = layers.unset_when();
    let empty =
        layers.set().filter(|(data, ..)| matches!(data, Data::List(list) if list.items.is_empty() && !list.open));
    let none = empty.fold(none, |none, (_, _, when)| none.or(when));
    let kind: Value<String> = function.get("PackageType").literals();
    if kind.some(|kind| kind.is_some_and(|kind| kind == "Image")) || !kind.is_exhaustive() {
        return Guard::never();
    }
    if function.get("Code.ImageUri").is_unset() || !function.get("Runtime").is_unset() { none } else { Guard::never() }
}

fn tell(fault: Fault, span: Span, subject: &str) -> Finding {
    match fault {
        Fault::Tls => {
            let message =
                format!("{subject}: TLS without certificates; anybody on the way can read and change what is sent");
            Finding::new(Grade::WARNING, span, message)
                .here("accepts every certificate")
                .help("trust the authority that is missing with `NODE_EXTRA_CA_CERTS`, and leave this out")
                .fix(Fix {
                    title: "Check certificates".to_owned(),
                    applicability: Applicability::Unsafe,
                    edits: vec![Edit { span, text: "\"1\"".to_owned() }],
                })
        }
        Fault::NoLayer(name) => {
            let message = format!("{subject}: `{name}` names a file in `/opt`, and there is no layer to put it there");
            Finding::new(Grade::WARNING, span, message)
                .here("not in the function's package")
                .help("add the layer, or leave the variable out")
        }
        Fault::Reuse => {
            let message = format!("{subject}: the AWS SDK of this runtime reuses connections anyway");
            Finding::new(Grade::NOTE, span, message)
                .here("read by version 2 of the SDK only")
                .help("leave it out, unless the package brings version 2 of the SDK")
        }
        Fault::SourceMaps => {
            let message = format!(
                "{subject}: source maps are read for every error that is thrown, which takes long for large bundles"
            );
            Finding::new(Grade::NOTE, span, message).help("measure it, or use source maps where errors are read")
        }
        Fault::Debug => {
            let message = format!("{subject}: logs everything, in every stage");
            Finding::new(Grade::NOTE, span, message)
                .here("every line is paid for, and may hold what should not be kept")
                .help("make it a parameter, with `INFO` for production")
        }
    }
}
