//! `layer-arn`: see `rules/layer/layer-arn.md`.

use super::layers::{Layer, LayerArn, layers};
use super::places::Places;
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::value::{SymbolKind, Text};

pub(super) fn check(world: &World, out: &mut Findings) {
    let (mut unversioned, mut misnumbered, mut other) = (Places::default(), Places::default(), Places::default());
    for function in &world.application.functions {
        let function = function.resource;
        let layers = layers(world, function);
        for layer in layers.iter().filter(|layer| layer.declared.is_none()) {
            match fault(world, function, &layer.text) {
                Some(Fault::Unversioned) => unversioned.add(layer.span, &layer.when, function),
                Some(Fault::Misnumbered) => misnumbered.add(layer.span, &layer.when, function),
                Some(Fault::Other) => other.add(layer.span, &layer.when, function),
                None => {}
            }
        }
        twice(function, &layers, out);
    }
    let faults = [
        (unversioned, "its layer is named without a version", "add the number of a version after the name, like `:3`"),
        (misnumbered, "the version of its layer is no number", "write the number of a version; layers have no aliases"),
        (other, "what it names as a layer is none", "write the ARN of a version of a layer, or `!Ref` of one"),
    ];
    for (places, what, help) in faults {
        for place in places.into_vec() {
            let message = format!("Lambda refuses {}: {what}", place.subject());
            out.push(place.tell(Finding::new(Grade::ERROR, place.span, message).help(help)));
        }
    }
}

enum Fault {
    Unversioned,
    Misnumbered,
    Other,
}

/// What Lambda refuses about an ARN.
fn fault(world: &World, function: &Resource, text: &Text) -> Option<Fault> {
    if let Some(arn) = LayerArn::read(text) {
        return match arn.version {
            None => Some(Fault::Unversioned),
            Some(version) => {
                let version = version.as_literal()?;
                let is_number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
                (!is_number).then_some(Fault::Misnumbered)
            }
        };
    }
    if let Some(symbol) = text.as_symbol() {
        // What `Ref` or `GetAtt` of something else gives.
        let name = symbol.name.split('.').next()?;
        let is_here = matches!(symbol.kind, SymbolKind::Name) && symbol.scope == function.source;
        let found = world.resource(function, name).filter(|_| is_here)?;
        return ["AWS::Lambda::Function", "AWS::S3::Bucket", "AWS::IAM::Role"]
            .iter()
            .any(|kind| found.is(kind))
            .then_some(Fault::Other);
    }
    let literal = text.as_literal()?;
    // Some regions have layers of AWS that are named without an account.
    let is_layer = literal.contains(":layer:") || literal.contains(":awslayer:");
    // Anything else is a mark that somebody puts the ARN in for.
    let is_name = literal.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (!is_layer && !literal.is_empty() && (is_name || literal.starts_with("arn:"))).then_some(Fault::Other)
}

/// A layer that is named twice, in whatever version.
fn twice(function: &Resource, layers: &[Layer], out: &mut Findings) {
    let named = |layer: &Layer| -> Option<Text> {
        let text = layer.text.canonical();
        let (before, _) = text.around(":layer:")?;
        let arn = LayerArn::read(&text)?;
        let mut out = before.with(":layer:");
        out.append(&arn.name);
        Some(out)
    };
    let names: Vec<Option<Text>> = layers.iter().map(named).collect();
    for (index, layer) in layers.iter().enumerate() {
        let Some(Some(name)) = names.get(index) else { continue };
        let before = layers.iter().zip(&names).take(index);
        let same =
            before.filter(|(_, other)| other.as_ref().is_some_and(|other| other == name)).find_map(|(other, _)| {
                let when = layer.when.and(&other.when);
                (when.is_possible() && !when.is_rounded()).then_some((other, when))
            });
        let Some((other, when)) = same else { continue };
        let message = format!("Lambda refuses `{}`: it has the same layer twice", function.called());
        let mut finding = Finding::new(Grade::ERROR, layer.span, message)
            .when(&when)
            .related(function.called())
            .help("take one of them out; a function has one version of a layer");
        if other.span != layer.span {
            finding = finding.label(other.span, "here, too");
        }
        if !function.body.contains(layer.span) {
            finding = finding.label(function.span, "for this function");
        }
        out.push(finding);
        return;
    }
}
