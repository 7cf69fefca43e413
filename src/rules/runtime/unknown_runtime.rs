//! `unknown-runtime`: see `rules/runtime/unknown-runtime.md`.

use super::runtimes::uses;
use crate::data::runtimes::{did_you_mean, newer_than_known, runtime, table_date};
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    for used in uses(world) {
        let (who, id) = (used.subject(), used.id.as_str());
        if is_placeholder(id) {
            continue;
        }
        // The text is the file's; what cannot be shown is escaped.
        let shown = id.escape_debug();
        let finding = match (runtime(id), newer_than_known(id)) {
            (Some(known), _) if known.zip => continue,
            (Some(known), _) => {
                let message = format!("{who} cannot be deployed: `{shown}` is only a base image for a container");
                let finding = Finding::new(Grade::ERROR, used.span, message);
                match known.successor {
                    Some(newest) => finding.help(format!("use `{newest}`, or package the function as an image")),
                    None => finding.help("package the function as an image"),
                }
            }
            (None, Some(newest)) => {
                let message = format!("the runtime `{shown}` is not known to our table of {}", table_date());
                Finding::new(Grade::ADVICE, used.span, message)
                    .confidence(Confidence::Low)
                    .help(format!("check that AWS has launched it; the newest one known is `{}`", newest.id))
            }
            (None, None) => {
                let message = format!("{who} cannot be deployed: there is no runtime `{shown}`");
                let finding = Finding::new(Grade::ERROR, used.span, message);
                match did_you_mean(id, world.today) {
                    Some(meant) => finding.help(format!("use `{}`", meant.id)),
                    None => finding.help("use an identifier of AWS's list of runtimes, to the letter"),
                }
            }
        };
        out.push(used.tell(finding));
    }
}

/// Whether something is to be put in its place before the deployment: `JAVA_VERSION`, `<runtime>`, `@RUNTIME@`. Such
/// files are filled in by a script, and what it puts there is not known.
fn is_placeholder(id: &str) -> bool {
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    id.is_empty() || id.chars().all(upper) || id.contains(['<', '>', '{', '}', '%', '@', '$', '#'])
}
