//! `unknown-property`: see `rules/template/unknown-property.md`.

use super::misfits::{finding, holder, is_globals, who};
use crate::data::schemas::{self, Shape};
use crate::engine::{Applicability, Findings, Fix, Grade};
use crate::fix;
use crate::model::{Fault, Misfit, World};

/// What a property of a function is called in SAM, and what in CloudFormation, where the names differ.
const RENAMED: &[(&str, &str)] = &[
    ("AutoPublishAlias", "an `AWS::Lambda::Alias`"),
    ("CodeUri", "Code"),
    ("DeadLetterQueue", "DeadLetterConfig"),
    ("EventInvokeConfig", "an `AWS::Lambda::EventInvokeConfig`"),
    ("Events", "a resource for each trigger"),
    ("FunctionUrlConfig", "an `AWS::Lambda::Url`"),
    ("ImageUri", "Code.ImageUri"),
    ("InlineCode", "Code.ZipFile"),
    ("Policies", "an `AWS::IAM::Role`"),
    ("ProvisionedConcurrencyConfig", "an `AWS::Lambda::Alias` or `AWS::Lambda::Version`"),
    ("Tracing", "TracingConfig"),
];

pub(super) fn check(world: &World, out: &mut Findings) {
    for misfit in world.misfits() {
        let Fault::Unknown { name, shape, meant } = &misfit.fault else { continue };
        let written = name.escape_debug().to_string();
        let elsewhere = other_dialect(shape, name);
        let (grade, help) = match (meant, &elsewhere) {
            (_, Some(help)) => (Grade::ERROR, help.clone()),
            (Some(meant), None) => (Grade::ERROR, format!("write `{meant}`")),
            (None, None) => {
                let help = format!(
                    "remove it, or see whether AWS has added it: the schemas known here are of {}",
                    schemas::day()
                );
                (Grade::WARNING, help)
            }
        };
        let mut found = finding(world, misfit, grade, message(misfit, &written)).help(help);
        if let Some(meant) = meant.filter(|_| elsewhere.is_none())
            && let Some(edit) = fix::word(misfit.span, name, meant)
        {
            found = found.fix(Fix {
                title: format!("Write `{meant}`"),
                applicability: Applicability::Unsafe,
                edits: vec![edit],
            });
        }
        out.push(found);
    }
}

fn message(misfit: &Misfit, written: &str) -> String {
    if is_globals(misfit) {
        return match misfit.path.matches('.').count() {
            0 => format!("SAM knows no section `{written}` of `Globals`"),
            1 => format!("SAM takes no `{written}` from `Globals` for what is under {}", holder(misfit)),
            _ => format!("{} has no property `{written}`", holder(misfit)),
        };
    }
    if misfit.path.contains('.') {
        format!("{} has no property `{written}`", holder(misfit))
    } else {
        format!("`{}` has no property `{written}`, and {} refuses {}", misfit.kind, who(misfit), holder(misfit))
    }
}

/// What to do about a name that another type or the resources under `Globals` have.
fn other_dialect(shape: &Shape, name: &str) -> Option<String> {
    match shape.name {
        "AWS::Serverless::Function" => {
            let (sam, _) = RENAMED.iter().find(|(_, theirs)| *theirs == name)?;
            Some(format!("SAM calls it `{sam}`"))
        }
        "AWS::Lambda::Function" => {
            let (_, theirs) = RENAMED.iter().find(|(sam, _)| *sam == name)?;
            let what = if theirs.contains(' ') { (*theirs).to_owned() } else { format!("`{theirs}`") };
            Some(format!("it is a property of SAM's `AWS::Serverless::Function`; here it is {what}"))
        }
        _ => {
            let section = shape.name.strip_prefix("SAM/Globals.")?;
            let kind = schemas::shape(&format!("AWS::Serverless::{section}"))?;
            kind.property(name)?;
            Some(format!("set it in each `{}`", kind.name))
        }
    }
}
