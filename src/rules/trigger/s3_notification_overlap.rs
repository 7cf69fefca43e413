//! `s3-notification-overlap`: see `rules/trigger/s3-notification-overlap.md`.

use super::notifications::{Keys, Notification, notifications};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::FxHashSet;

/// How many notifications of one bucket are compared with one another; S3 takes 100.
const MAX_NOTIFICATIONS: usize = 128;

pub(super) fn check(world: &World, out: &mut Findings) {
    let all = notifications(world);
    for of_bucket in all.chunk_by(|one, two| std::ptr::eq(one.holder, two.holder)) {
        let mut read: Vec<(&Notification, Vec<(Keys, Guard)>)> = Vec::new();
        let mut reported = FxHashSet::default();
        for notification in of_bucket.iter().take(MAX_NOTIFICATIONS) {
            let keys = notification.keys();
            if read.iter().any(|(earlier, _)| notification.is_merged_into(earlier)) {
                continue;
            }
            let overlap =
                read.iter().find_map(|(earlier, its_keys)| overlap((earlier, its_keys), (notification, &keys)));
            if let Some(overlap) = overlap
                && reported.insert(notification.declaration.span())
            {
                report(world, notification, &overlap, out);
            }
            read.push((notification, keys));
        }
    }
}

/// Two notifications of the same event for the same key.
struct Overlap<'n, 'a> {
    earlier: &'n Notification<'a>,
    /// Where the earlier one names its event, and what it is for.
    first: (Span, String),
    /// The same of the later one.
    second: (Span, String),
    when: Guard,
}

fn overlap<'n, 'a>(
    (one, one_keys): (&'n Notification<'a>, &[(Keys, Guard)]),
    (two, two_keys): (&Notification<'a>, &[(Keys, Guard)]),
) -> Option<Overlap<'n, 'a>> {
    for (one_event, one_span, one_when) in one.event.set() {
        for (two_event, two_span, two_when) in two.event.set() {
            if !covers(one_event, two_event) && !covers(two_event, one_event) {
                continue;
            }
            let events_when = one_when.and(two_when);
            for (a, a_when) in one_keys {
                for (b, b_when) in two_keys {
                    let when = events_when.and(a_when).and(b_when);
                    if when.is_possible() && a.overlap(b) {
                        return Some(Overlap {
                            earlier: one,
                            first: (one_span, format!("`{one_event}` for {}", a.words())),
                            second: (two_span, format!("`{two_event}` for {}", b.words())),
                            when,
                        });
                    }
                }
            }
        }
    }
    None
}

/// Whether an event is among those of a pattern (`s3:ObjectCreated:*`).
fn covers(pattern: &str, event: &str) -> bool {
    pattern == event || pattern.strip_suffix('*').is_some_and(|stem| event.starts_with(stem))
}

fn report(world: &World, later: &Notification, overlap: &Overlap, out: &mut Findings) {
    let bucket = &later.holder.address;
    let (first, second) = (&overlap.first, &overlap.second);
    let message = format!("S3 refuses the notifications of `{bucket}`: two are for the same event and the same keys");
    let mut finding =
        Finding::new(Grade::ERROR, second.0, message).here(second.1.clone()).when(&overlap.when).related(bucket).help(
            "give them prefixes or suffixes that no key shares, or send the event once, to a topic or to EventBridge, \
             that passes it on to both",
        );
    if first.0 != second.0 {
        finding = finding.label(first.0, format!("the other is {}", first.1));
    }
    for notification in [overlap.earlier, later] {
        let (targets, _) = world.targets(&notification.target.text());
        for function in targets.iter().filter_map(|target| world.function(target.function)) {
            finding = finding.related(function.address());
        }
    }
    out.push(finding);
}
