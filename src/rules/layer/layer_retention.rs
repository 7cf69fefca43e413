//! `layer-retention`: see `rules/layer/layer-retention.md`.

use crate::engine::{Applicability, Finding, Findings, Fix, Grade};
use crate::fix::{self, Expression};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Guard, SymbolKind, Text};

const LAYER: &str = "AWS::Lambda::LayerVersion";

pub(super) fn check(world: &World, out: &mut Findings) {
    for (layer, span, how, when) in shared(world) {
        let policy = layer.update_replace_policy.borrow();
        let policy = policy.literals();
        let deleted = policy.set().filter(|(policy, ..)| *policy == "Delete");
        let deleted = deleted.fold(policy.unset_when(), |all, (_, _, when)| all.or(when));
        let when = when.and(&deleted).and(&layer.when);
        if !when.is_possible() || when.is_rounded() {
            continue;
        }
        let name = layer.called();
        let message = format!("each change of `{name}` deletes the version that others use");
        let at = policy.set().next().map_or(layer.span, |(_, span, _)| span);
        let mut finding = Finding::new(Grade::NOTE, at, message)
            .label(span, how)
            .when(&when)
            .related(name)
            .help(if policy.is_unset() { "add `UpdateReplacePolicy: Retain`" } else { "write `Retain`" });
        let written = layer.update_replace_policy.borrow().text();
        let plain = written.only().is_some_and(|text| text.as_literal() == Some("Delete"));
        let edit = plain.then(|| fix::replace(world, at, &Expression::Word("Retain".into()))).flatten();
        finding.fix = edit.map(|edit| Fix {
            title: format!("Keep the old versions of `{name}`"),
            applicability: Applicability::Safe,
            edits: vec![edit],
        });
        out.push(finding);
    }
}

/// The layers that others than the template's own functions are given, each once, with the place that says so.
fn shared<'a>(world: &World<'a>) -> Vec<(&'a Resource, Span, &'static str, Guard)> {
    let mut out: Vec<(&'a Resource, Span, &'static str, Guard)> = Vec::new();
    let mut add = |arn: &Text, holder: &Resource, span: Span, how: &'static str, when: &Guard| {
        let by_ref = arn.as_symbol().filter(|symbol| matches!(symbol.kind, SymbolKind::Name | SymbolKind::Attribute));
        let by_ref = by_ref.and_then(|symbol| world.resource(holder, symbol.name.split('.').next()?));
        let layer = world.resource_named(LAYER, arn).or(by_ref.filter(|found| found.is(LAYER)));
        if let Some(layer) = layer.filter(|layer| !out.iter().any(|(known, ..)| std::ptr::eq(*known, *layer))) {
            out.push((layer, span, how, when.clone()));
        }
    };
    for permission in world.of_kind("AWS::Lambda::LayerVersionPermission") {
        let arns = permission.get("LayerVersionArn").text();
        for (arn, span, when) in arns.set() {
            add(arn, permission, span, "given to other accounts", when);
        }
    }
    for parameter in world.of_kind("AWS::SSM::Parameter") {
        let values = parameter.get("Value").text();
        for (arn, span, when) in values.set() {
            add(arn, parameter, span, "told to whoever reads this parameter", when);
        }
    }
    out
}
