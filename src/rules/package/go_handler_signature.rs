//! `go-handler-signature`: see `rules/package/go-handler-signature.md`.

use super::go_code::{GoCode, folder_of};
use super::handlers::{Family, Folders, handled, shown, told};
use crate::engine::{Findings, Grade};
use crate::model::World;

pub(super) fn check(world: &World, out: &mut Findings) {
    let code = GoCode::new(Folders::new(world.files));
    for handled in handled(world) {
        let Some((folder, written, false)) = folder_of(&handled, &code.folders) else { continue };
        if !matches!(handled.family, Family::Provided | Family::Go) {
            continue;
        }
        let Some(package) = code.package(folder) else { continue };
        for refused in package.refused() {
            let place = format!("`{}`, line {}", shown(written, refused.file), refused.line);
            let what = match refused.name {
                Some(name) => format!("`{}` ({place})", name.escape_debug()),
                None => format!("the function that is started in {place}"),
            };
            let who = &handled.function.address;
            let message = format!("every invocation of `{who}` fails: {what} {}", refused.why);
            out.push(
                told(&handled, Grade::WARNING, handled.package_span, message)
                    .help("take at most a `context.Context` and an event, return at most a value and an `error`"),
            );
        }
    }
}
