//! `deprecated-runtime`: see `rules/runtime/deprecated-runtime.md`.

use super::base_images::{Based, based};
use super::runtimes::{Use, uses};
use crate::data::Date;
use crate::data::runtimes::{Runtime, Status, runtime, table_date};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use std::fmt::Write as _;

/// Days before the deprecation from which on it is worth a note.
const NOTE_DAYS: i64 = 90;

/// Days after which a table of runtimes is old: AWS has moved dates several times a year.
const TABLE_DAYS: i64 = 180;

pub(super) fn check(world: &World, out: &mut Findings) {
    for used in uses(world) {
        let Some(known) = runtime(&used.id) else { continue };
        if let Some(finding) = judge(&used, known, world.today) {
            out.push(used.tell(finding).help(help(&used, known, world.today)));
        }
    }
    for based in based(world) {
        let Some(known) = runtime(&based.runtime).filter(|known| known.status(world.today) >= Status::Deprecated)
        else {
            continue;
        };
        out.push(image(&based, known));
    }
}

/// A function in an image can be created and updated whatever is in it; it only gets no more patches.
fn image(based: &Based, known: &Runtime) -> Finding {
    let who = &based.function.address;
    let (image, file) = (based.image.escape_debug(), based.file.escape_debug());
    let since = known.deprecated.map_or_else(String::new, |date| format!(" since {date}"));
    let message = format!(
        "the image of `{who}` is built on `{image}` (`{file}`, line {}), which gets no updates{since}",
        based.line
    );
    let finding = Finding::new(Grade::NOTE, based.span, message).related(who).when(&based.function.when);
    match known.successor {
        Some(newest) => finding.help(format!("build it on the image for `{newest}`")),
        None => finding.help("build it on another image"),
    }
}

fn judge(used: &Use, known: &Runtime, today: Date) -> Option<Finding> {
    let (who, s, id) = (used.subject(), used.ending(), known.id);
    let status = known.status(today);
    let since = |date: Option<Date>| date.map_or_else(String::new, |date| format!(" since {date}"));
    let (grade, message) = match status {
        Status::UpdateBlocked => (
            Grade::ERROR,
            format!("{who} cannot be updated: functions with `{id}` are blocked{}", since(known.block_update)),
        ),
        Status::CreateBlocked => {
            let until = known.block_update.map_or_else(String::new, |date| format!("; no updates from {date}"));
            let blocked = since(known.block_create);
            (Grade::WARNING, format!("{who} cannot be created anew: `{id}` is blocked{blocked}{until}"))
        }
        Status::Deprecated => {
            let mut text = format!("{who} run{s} on `{id}`, deprecated{}", since(known.deprecated));
            for (what, date) in [("new functions", known.block_create), ("updates", known.block_update)] {
                if let Some(date) = date {
                    let joint = if text.contains(": no ") { ',' } else { ':' };
                    let _ = write!(text, "{joint} no {what} from {date}");
                }
            }
            (Grade::WARNING, text)
        }
        _ => {
            known.days_left(today).filter(|&days| days <= NOTE_DAYS)?;
            let date = known.deprecated?;
            (Grade::NOTE, format!("{who} run{s} on `{id}`, which is deprecated from {date} on"))
        }
    };
    if !used.by_layers {
        return Some(Finding::new(grade, used.span, message));
    }
    // A layer that still serves an old runtime harms nobody; its author may want to know.
    let deprecated = known.deprecated.filter(|_| status >= Status::Deprecated)?;
    Some(Finding::new(Grade::NOTE, used.span, format!("{who} name{s} `{id}`, deprecated since {deprecated}")))
}

fn help(used: &Use, known: &Runtime, today: Date) -> String {
    let mut text = match (used.by_layers, known.successor, known.os_successor) {
        (true, ..) => "take it out of the list when no function needs it".to_owned(),
        (_, Some(newest), Some(same)) if newest != same => {
            format!("use `{newest}`, or `{same}` to keep the version of the language")
        }
        (_, Some(newest), _) => format!("use `{newest}`"),
        (_, None, _) => "move to another runtime".to_owned(),
    };
    if table_date().days_until(today) > TABLE_DAYS {
        let _ = write!(text, " (AWS moves these dates; ours are of {})", table_date());
    }
    text
}
