//! `alexa-token`: see `rules/permission/alexa-token.md`.

use super::permissions::{certainly, function_name, with_parties};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Origin, World};

/// Who calls for Alexa: the skills kit and the smart home API.
/// Source: Alexa Skills Kit, "Host a Custom Skill as an AWS Lambda Function" and "Host a Smart Home Skill".
const ALEXA: &[&str] = &["alexa-appkit.amazon.com", "alexa-connectedhome.amazon.com"];

pub(super) fn check(world: &World, out: &mut Findings) {
    for permission in &world.application.permissions {
        let open = permission.token.unset_when().and(&permission.source_account.unset_when());
        for (principal, span, when) in permission.principal.set() {
            if !principal.as_literal().is_some_and(|principal| ALEXA.contains(&principal)) {
                continue;
            }
            let Some(left) = certainly(when, &open.not()) else { continue };
            let function = function_name(world, permission);
            let message = format!("every Alexa skill of everybody may invoke {function}");
            let help = match &permission.resource.origin {
                Origin::Written => "add `EventSourceToken` with the skill's id",
                Origin::Made { .. } => "add `SkillId` to the event",
            };
            let finding =
                Finding::new(Grade::WARNING, span, message).here("for whichever skill").help(help).when(&left);
            out.push(with_parties(world, permission, finding));
        }
    }
}
