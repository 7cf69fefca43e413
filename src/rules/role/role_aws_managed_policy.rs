//! `role-aws-managed-policy`: see `rules/role/role-aws-managed-policy.md`.

use super::roles::Held;
use crate::engine::{Finding, Findings, Grade};
use crate::iam::managed;
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    for held in Held::all(world) {
        let (arns, _) = held.role.resource.get("ManagedPolicyArns").items(true);
        for item in arns {
            let texts = item.text();
            for (arn, span, when) in texts.set() {
                let when = held.scope.and(when);
                let Some(name) = managed::name_of(arn).filter(|_| held.is_given(span) && when.is_possible()) else {
                    continue;
                };
                let message = format!("{} may do whatever AWS writes into `{name}`", held.name());
                let finding = Finding::new(Grade::OPINION, span, message)
                    .here("a policy of AWS")
                    .when(&when)
                    .cause(span)
                    .help("write a policy with the actions and resources that the function needs");
                out.push(held.relate(finding));
            }
        }
    }
}
