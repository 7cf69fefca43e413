//! `invalid-value`: see `rules/template/invalid-value.md`.

use super::misfits::{choice, finding, holder, itself, shown, who};
use crate::data::schemas;
use crate::engine::{Applicability, Finding, Findings, Fix, Grade};
use crate::fix;
use crate::model::{Fault, Misfit, World};

/// A list of values that is longer than this grows now and then: a value that is not in it may be new.
const SETTLED: usize = 12;

pub(super) fn check(world: &World, out: &mut Findings) {
    for misfit in world.misfits() {
        if let Some(finding) = out_of(world, misfit) {
            out.push(finding);
        }
    }
}

fn out_of(world: &World, misfit: &Misfit) -> Option<Finding> {
    let error = |message: String| finding(world, misfit, Grade::ERROR, message);
    Some(match &misfit.fault {
        Fault::Value { property, value, meant, plain } => {
            let message = format!("{} cannot be {}", itself(misfit), shown(value));
            let may_be_new = meant.is_none() && property.values().count() > SETTLED;
            let choice = choice(property.values());
            if may_be_new {
                let help = format!("write {choice}; the schemas known here are of {}", schemas::day());
                return Some(finding(world, misfit, Grade::WARNING, message).help(help));
            }
            let mut finding = error(message).help(match meant {
                Some(meant) => format!("write `{meant}`"),
                None => format!("write {choice}"),
            });
            if let Some(meant) = meant.filter(|_| *plain)
                && let Some(edit) = fix::word(misfit.span, value, meant)
            {
                finding = finding.fix(Fix {
                    title: format!("Write `{meant}`"),
                    applicability: Applicability::Unsafe,
                    edits: vec![edit],
                });
            }
            finding
        }
        Fault::Form { property, value } => {
            let message = format!("{} cannot be {}: it has another form", itself(misfit), shown(value));
            error(message).help(format!("{} asks for text that matches `{}`", who(misfit), property.pattern()?))
        }
        Fault::Key { property, key } => {
            let message = format!("{} cannot have the key {}", holder(misfit), shown(key));
            error(message).help(format!("{} asks for keys that match `{}`", who(misfit), property.key_pattern()?))
        }
        Fault::Bound { found, bound } => {
            error(format!("{} is {found}; {} takes {bound}", itself(misfit), who(misfit))).help(format!("take {bound}"))
        }
        Fault::Both { names: (first, second), other } => {
            let message = format!("`{second}` and `{first}` of `{}` exclude each other", misfit.address);
            error(message).label(*other, "the other").help(format!("remove `{first}` or `{second}`"))
        }
        Fault::Twice { first } => {
            let message = format!("{} has an item twice, and {} refuses that", itself(misfit), who(misfit));
            error(message).label(*first, "the first").help("remove one of the two")
        }
        _ => return None,
    })
}
