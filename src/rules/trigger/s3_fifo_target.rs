//! `s3-fifo-target`: see `rules/trigger/s3-fifo-target.md`.

use super::notifications::{Destination, notifications};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::{Guard, Piece, Text};
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut reported = FxHashSet::default();
    for notification in notifications(world) {
        let (kind, property, word) = match notification.to {
            Destination::Queue => ("AWS::SQS::Queue", "FifoQueue", "queue"),
            Destination::Topic => ("AWS::SNS::Topic", "FifoTopic", "topic"),
            Destination::Function => continue,
        };
        let bucket = &notification.holder.address;
        for (text, span, when) in notification.target.text().set() {
            let declared = world.resource_named(kind, text);
            let fifo = declared.map_or_else(Guard::never, |declared| {
                let fifo = declared.get(property).booleans();
                fifo.set().filter(|(fifo, ..)| **fifo).fold(Guard::never(), |all, (_, _, when)| all.or(when))
            });
            let fifo = if named_fifo(text) { Guard::always() } else { fifo };
            let when = when.and(&fifo);
            if !when.is_possible() || !reported.insert(span) {
                continue;
            }
            let name = declared.map_or_else(|| format!("`{text}`"), |declared| format!("`{}`", declared.address));
            let message = format!("S3 refuses the notification of `{bucket}`: {name} is a FIFO {word}");
            let mut finding = Finding::new(Grade::ERROR, span, message).when(&when).related(bucket).help(format!(
                "send it to a standard {word}, or send the bucket's events to EventBridge and let a rule pass them on"
            ));
            if let Some(declared) = declared {
                finding = finding.label(declared.key_span(property), "FIFO here").related(&declared.address);
            }
            out.push(finding);
        }
    }
}

/// Whether a name or ARN ends as those of FIFO queues and topics must, and only theirs can.
fn named_fifo(text: &Text) -> bool {
    matches!(text.pieces().last(), Some(Piece::Literal(end)) if end.ends_with(".fifo"))
}
