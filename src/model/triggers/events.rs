//! Rules of EventBridge.

use super::{Push, own_arn, push};
use crate::model::world::World;
use crate::model::{Resource, Trigger, TriggerKind};
use crate::value::{Piece, SymbolKind, Text};

/// `AWS::Events::Rule`.
pub(super) fn rule<'a>(world: &World<'a>, rule: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let source_arn = rule_arn(rule);
    // The rule's own role is documented as the one "that is used for target invocation".
    let without_role = rule.get("RoleArn").unset_when();
    let (items, _) = rule.get("Targets").items(false);
    for item in items {
        push(
            world,
            Push {
                source_arn: source_arn.clone(),
                source: Some(rule),
                without_role: without_role.and(&item.get("RoleArn").unset_when()),
                ..Push::new(TriggerKind::EventsRule, rule, &item, item.get("Arn"))
            },
            out,
        );
    }
}

/// A rule's ARN has its bus in it unless that is the default one; where the bus may be any, anything may stand there.
fn rule_arn(rule: &Resource) -> Option<Text> {
    let bus = rule.get("EventBusName");
    let plain = bus.text().only().is_some_and(|bus| {
        let named = bus.as_symbol().is_some_and(|symbol| matches!(symbol.kind, SymbolKind::Name));
        named || bus.as_literal().is_some_and(|literal| !literal.starts_with("arn:"))
    });
    if plain || bus.is_unset() {
        return rule.names.arn.clone();
    }
    let mut arn = own_arn("events").with("rule/");
    arn.push(Piece::Any);
    arn.append(&rule.names.name);
    Some(arn)
}
