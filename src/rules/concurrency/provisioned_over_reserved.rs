//! `provisioned-over-reserved`: see `rules/concurrency/provisioned-over-reserved.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::rules::concurrency::{provisioned, reserved, sums};
use crate::value::Guard;

pub(super) fn check(world: &World, out: &mut Findings) {
    let provisioned = provisioned(world);
    for function in &world.application.functions {
        let Some(own) = provisioned.get(&function.id) else { continue };
        let parts: Vec<Vec<(i64, Guard)>> = own
            .iter()
            .map(|part| part.amounts.iter().map(|amount| (amount.value, amount.when.and(&part.when))).collect())
            .collect();
        let Some(sums) = sums(&parts) else { continue };
        for reserved in reserved(function) {
            let over = sums
                .iter()
                .map(|(sum, when)| (*sum, when.and(&reserved.when).and(&function.resource.when)))
                .filter(|(sum, when)| *sum > reserved.value && when.is_possible() && !when.is_rounded())
                .max_by_key(|(sum, _)| *sum);
            let (Some((sum, when)), Some(span)) = (over, reserved.written) else { continue };
            let name = function.address();
            let message = format!(
                "Lambda refuses to provision {sum} environments for `{name}`, for which {} are reserved",
                reserved.value
            );
            let mut finding = Finding::new(Grade::ERROR, span, message)
                .when(&when)
                .related(name)
                .help(format!("reserve at least {sum}, or provision less"));
            for part in own.iter().filter(|part| part.when.compatible(&when)) {
                let at = part.amounts.iter().find_map(|amount| amount.written).unwrap_or(part.span);
                finding = finding.label(at, format!("for {}", part.called())).related(part.resource.called());
            }
            out.push(finding);
        }
    }
}
