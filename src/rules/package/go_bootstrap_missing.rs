//! `go-bootstrap-missing`: see `rules/package/go-bootstrap-missing.md`.

use super::go_code::{GoCode, folder_of, go_files};
use super::handlers::{Family, Folders, Handled, handled, is_build_folder, is_recipe, shown, told, within};
use crate::engine::{Findings, Grade};
use crate::model::World;
use crate::source::Look;

/// What Lambda starts on `provided.*`.
const BOOTSTRAP: &str = "bootstrap";

pub(super) fn check(world: &World, out: &mut Findings) {
    let code = GoCode::new(Folders::new(world.files));
    for handled in handled(world) {
        if handled.family != Family::Provided || !handled.has_no_layers() {
            continue;
        }
        let Some((folder, written, built)) = folder_of(&handled, &code.folders) else { continue };
        let Some((what, help)) = fault(&code, &handled, folder, written, built) else { continue };
        let message = format!("`{}` cannot start: {what}", handled.function.address);
        out.push(told(&handled, Grade::WARNING, handled.package_span, message).help(help));
    }
}

fn fault(code: &GoCode, handled: &Handled, folder: &str, written: &str, built: bool) -> Option<(String, &'static str)> {
    let listing = code.folders.list(folder)?;
    if listing.look(BOOTSTRAP) != Look::Absent || written.split('/').any(is_build_folder) {
        return None;
    }
    let folder_shown = shown(written, "");
    let folder_shown = folder_shown.trim_end_matches('/');
    let here = if folder_shown.is_empty() { "the package".to_owned() } else { format!("`{folder_shown}`") };
    // What the CDK has built is what is deployed.
    if built {
        return Some((
            format!("there is no `{BOOTSTRAP}` in {here}, which is what `provided` runtimes start"),
            "call the executable `bootstrap`",
        ));
    }
    let has_files = go_files(&listing).next().is_some();
    if !has_files && listing.look("go.mod") != Look::File {
        return None;
    }
    let is_executable = |folder: &str| code.package(folder).map(|package| package.is_executable());
    let help = "the folder that is built needs `package main` with a function `main`";
    match handled.build_method()?.as_str() {
        // SAM builds the folder and, where that fails, the one in it that the handler names.
        "go1.x" => {
            if is_executable(folder)? != Some(false) {
                return None;
            }
            let inner = within(folder, handled.handler.trim_start_matches("./").trim_end_matches('/'));
            match code.folders.look(&inner) {
                Look::Absent => {}
                Look::Folder if is_executable(&inner)? == Some(false) => {}
                _ => return None,
            }
            Some((format!("nothing in {here} builds to an executable"), help))
        }
        // Somebody else builds it, in a way that is not to be seen, but hardly from what has no executable anywhere.
        "" => {
            let has_executable =
                || listing.folders().any(|inner| is_executable(&within(folder, inner)) != Some(Some(false)));
            let may_be_built = !has_files
                || listing.files().any(|file| is_recipe(file, handled.family))
                || is_executable(folder)? != Some(false)
                || listing.folders().count() > MAX_FOLDERS
                || has_executable();
            (!may_be_built).then(|| (format!("nothing in {here} builds to `{BOOTSTRAP}`"), help))
        }
        _ => None,
    }
}

/// So many folders are looked into for an executable.
const MAX_FOLDERS: usize = 16;
