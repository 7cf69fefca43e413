//! `public-layer`: see `rules/layer/public-layer.md`.

use super::permissions::{certainly, is_everybody};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::Guard;

pub(super) fn check(world: &World, out: &mut Findings) {
    for permission in world.of_kind("AWS::Lambda::LayerVersionPermission") {
        if !permission.origin.is_written() {
            continue;
        }
        let without_organization = permission.get("OrganizationId").unset_when();
        let layer = permission.get("LayerVersionArn").text();
        let layer = layer.only().and_then(|arn| world.resource_named("AWS::Lambda::LayerVersion", arn));
        let principals = permission.get("Principal").literals();
        for (principal, span, when) in principals.set().filter(|(principal, ..)| is_everybody(principal)) {
            let Some(left) = certainly(&without_organization.and(when), &Guard::never()) else { continue };
            let name = layer.map_or_else(|| "the layer".to_owned(), |layer| format!("`{}`", layer.address));
            let mut finding =
                Finding::new(Grade::WARNING, span, format!("every AWS account may use and download {name}"))
                    .here(format!("`{principal}` is everybody"))
                    .help("name the account that needs it, or add `OrganizationId`")
                    .related(&permission.address)
                    .when(&left);
            if let Some(layer) = layer {
                finding = finding.label(layer.span, "this layer").related(&layer.address);
            }
            out.push(finding);
        }
    }
}
