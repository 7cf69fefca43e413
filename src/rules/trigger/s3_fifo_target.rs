//! `s3-fifo-target`: see `rules/trigger/s3-fifo-target.md`.

use super::channels::{Channel, Named};
use super::notifications::{Destination, notifications};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut reported = FxHashSet::default();
    for notification in notifications(world) {
        let channel = match notification.to {
            Destination::Queue => Channel::Queue,
            Destination::Topic => Channel::Topic,
            Destination::Function => continue,
        };
        let (bucket, word) = (&notification.holder.address, channel.word());
        for (text, span, when) in notification.target.text().set() {
            let named = Named::of(world, channel, text);
            let when = when.and(&named.fifo);
            if !when.is_possible() || !reported.insert(span) {
                continue;
            }
            let message = format!("S3 refuses the notification of `{bucket}`: {} is a FIFO {word}", named.name);
            let mut finding = Finding::new(Grade::ERROR, span, message).when(&when).related(bucket).help(format!(
                "send it to a standard {word}, or send the bucket's events to EventBridge and let a rule pass them on"
            ));
            if let Some(declared) = named.declared {
                let at = declared.key_span(channel.fifo_property());
                finding = finding.label(at, "FIFO here").related(&declared.address);
            }
            out.push(finding);
        }
    }
}
