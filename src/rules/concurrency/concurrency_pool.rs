//! `concurrency-pool`: see `rules/concurrency/concurrency-pool.md`.

use crate::data::concurrency::{ACCOUNT, UNRESERVED};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::rules::concurrency::{reserved, sums};
use crate::rules::settings::Setting;
use crate::value::Guard;

/// How many functions are pointed at.
const MAX_LABELS: usize = 5;

pub(super) fn check(world: &World, out: &mut Findings) {
    let most = ACCOUNT - UNRESERVED;
    let mut all: Vec<(&crate::model::Function, Vec<Setting>)> = world
        .application
        .functions
        .iter()
        .map(|function| (function, reserved(function)))
        .filter(|(_, settings)| settings.iter().any(|setting| setting.value > 0))
        .collect();
    let parts: Vec<Vec<(i64, Guard)>> = all
        .iter()
        .map(|(function, settings)| {
            settings.iter().map(|setting| (setting.value, setting.when.and(&function.resource.when))).collect()
        })
        .collect();
    let Some(sums) = sums(&parts) else { return };
    let over = sums.into_iter().filter(|(sum, when)| *sum > most && when.is_possible() && !when.is_rounded());
    let Some((sum, when)) = over.max_by_key(|(sum, _)| *sum) else { return };
    all.sort_by_key(|(_, settings)| std::cmp::Reverse(settings.iter().map(|setting| setting.value).max()));
    let mut spans = all.iter().flat_map(|(function, settings)| {
        settings.iter().filter_map(move |setting| Some((*function, setting, setting.written?)))
    });
    let Some((function, first, span)) = spans.next() else { return };
    let whole = if all.len() == 1 {
        format!("`{}` reserves {}", function.address(), first.value)
    } else {
        format!("{} functions together reserve {sum}", all.len())
    };
    let message = format!(
        "{whole} of the {ACCOUNT} invocations that an account runs at once unless it asked for more: Lambda keeps \
         {UNRESERVED} for functions that reserve none, and refuses the rest"
    );
    let mut finding = Finding::new(Grade::NOTE, span, message)
        .when(&when)
        .related(function.address())
        .help(format!("reserve {most} together at most, or have the account's quota raised"));
    for (function, setting, span) in spans.take(MAX_LABELS) {
        finding = finding.label(span, format!("{} more", setting.value)).related(function.address());
    }
    out.push(finding);
}
