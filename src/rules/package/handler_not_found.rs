//! `handler-not-found`: see `rules/package/handler-not-found.md`.

use super::handler_modules::{Fault, Seeker};
use super::handlers::{self, Folders, Handled, handled};
use crate::engine::{Applicability, Finding, Findings, Fix, Grade};
use crate::fix::{self, Expression};
use crate::model::{Package, World};
use crate::source::Span;

pub(super) fn check(world: &World, out: &mut Findings) {
    let functions = handled(world);
    if functions.is_empty() {
        return;
    }
    let seeker = Seeker::new(Folders::new(world.files));
    // Several values of a parameter can be wrong in the same way.
    let mut told: Vec<(Span, Fault, Finding)> = Vec::new();
    for handled in &functions {
        let Some(fault) = seeker.fault(handled) else { continue };
        let finding = finding(world, handled, &fault);
        match told.last_mut() {
            Some((span, known, before))
                if *span == handled.span && *known == fault && before.related == finding.related =>
            {
                before.when = before.when.or(&handled.when);
            }
            _ => told.push((handled.span, fault, finding)),
        }
    }
    for (_, _, finding) in told {
        out.push(finding);
    }
}

fn finding(world: &World, handled: &Handled, fault: &Fault) -> Finding {
    let who = &handled.function.address;
    let (message, instead, help) = match fault {
        Fault::NoFile { wanted, instead } => (
            format!("`{who}` cannot start: there is no file `{}`", shown(wanted)),
            instead,
            "name a file of the package, by its path from the package's folder",
        ),
        Fault::NoPackage { wanted, instead } => {
            let message = format!("`{who}` cannot be packaged: there is no `{}`", shown(wanted));
            let finding = handlers::told(handled, Grade::WARNING, handled.package_span, message);
            return use_instead(world, handled, finding, instead);
        }
        Fault::NotIndex { instead } => {
            let message = format!("`{who}` cannot start: code in a template is in a file called `index`");
            return use_instead(world, handled, told(handled, message), instead);
        }
        Fault::NoName { file, name, instead } => {
            let file = file.as_ref().map_or_else(|| "its code".to_owned(), |file| format!("`{}`", shown(file)));
            let message = format!("`{who}` cannot start: {file} has no `{}`", shown(name));
            (message, instead, "name a function that the file exports")
        }
    };
    let finding = told(handled, message);
    match instead {
        Some(instead) => use_instead(world, handled, finding, instead),
        None => finding.help(help),
    }
}

/// Says what to write instead. What several functions inherit is not theirs to change.
fn use_instead(world: &World, handled: &Handled, finding: Finding, instead: &str) -> Finding {
    let span = finding.primary.span;
    let finding = finding.help(format!("use `{}`", shown(instead)));
    if !handled.function.body.contains(span) {
        return finding;
    }
    match fix::replace(world, span, &Expression::Literal(instead.into())) {
        Some(edit) => finding.fix(Fix {
            title: format!("Use `{}`", shown(instead)),
            applicability: Applicability::Unsafe,
            edits: vec![edit],
        }),
        None => finding,
    }
}

fn told(handled: &Handled, message: String) -> Finding {
    let what = match handled.package {
        Package::Inline(_) => "this is its code",
        Package::Beside { .. } => "its code is from here",
    };
    handlers::told(handled, Grade::WARNING, handled.span, message).label(handled.package_span, what)
}

/// A text of the file as it can be shown in a message.
fn shown(text: &str) -> String {
    text.escape_debug().to_string()
}
