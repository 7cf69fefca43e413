//! `wrong-type`: see `rules/template/wrong-type.md`.

use super::misfits::{finding, itself, shown, who};
use crate::engine::{Applicability, Edit, Findings, Fix, Grade};
use crate::model::{Fault, Found, World};

pub(super) fn check(world: &World, out: &mut Findings) {
    for misfit in world.misfits() {
        let Fault::Kind { property, found, of_parameter } = &misfit.fault else { continue };
        let expected = property.expected();
        let is = match found {
            Found::Text(text) => shown(text),
            Found::List(_) => "a list".to_owned(),
            Found::Map => "a map".to_owned(),
        };
        let item = if misfit.path.ends_with("[]") { "an item of " } else { "" };
        let message = format!("{item}{} is {is}; {} takes {expected}", itself(misfit), who(misfit));
        let mut finding = finding(world, misfit, Grade::ERROR, message);
        let help = match found {
            Found::Text(_) if *of_parameter => format!("give the parameter a value that is {expected}"),
            Found::Text(text) if !property.takes_scalars() && property.takes_lists() && !property.takes_maps() => {
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/:".contains(&byte);
                let quoted = misfit.span.len() == text.len() + 2;
                let plain = misfit.span.len() == text.len() && !text.is_empty() && text.bytes().all(is_plain);
                if quoted || plain {
                    let (start, end) = (misfit.span.start, misfit.span.end);
                    let at = |offset| crate::source::Span { start: offset, end: offset, ..misfit.span };
                    finding = finding.fix(Fix {
                        title: "Make it a list".to_owned(),
                        applicability: Applicability::Safe,
                        edits: vec![
                            Edit { span: at(start), text: "[".to_owned() },
                            Edit { span: at(end), text: "]".to_owned() },
                        ],
                    });
                }
                "write a list of it, even if it has one item".to_owned()
            }
            Found::List(Some(_)) if property.takes_scalars() => "take the item out of its list".to_owned(),
            _ => format!("write {expected}"),
        };
        out.push(finding.help(help));
    }
}
