//! `layer-incompatible`: see `rules/layer/layer-incompatible.md`.

use super::layers::{all_of, layers};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::FxHashMap;

/// What a layer is not made for, and the functions that have it all the same.
struct Misfit<'a> {
    layer: &'a Resource,
    /// Where the layer is named.
    span: Span,
    /// `python3.14`, `arm64`
    wanted: String,
    /// The property of the layer that says what it is made for.
    property: &'static str,
    made_for: Vec<String>,
    functions: Vec<&'a Resource>,
    when: Guard,
}

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut misfits: Vec<Misfit> = Vec::new();
    let mut known: FxHashMap<(Span, String), usize> = FxHashMap::default();
    for function in &world.application.functions {
        let function = function.resource;
        for named in layers(world, function) {
            let Some(layer) = named.declared else { continue };
            for (property, wanted) in
                [("CompatibleRuntimes", runtimes(function)), ("CompatibleArchitectures", architectures(function))]
            {
                // A layer that names none is for any.
                let Some(made_for) = all_of(&layer.get(property)).filter(|list| !list.is_empty()) else { continue };
                for (wanted, when) in wanted {
                    let when = when.and(&named.when).and(&layer.when);
                    if made_for.iter().any(|one| fits(one, &wanted)) || !when.is_possible() || when.is_rounded() {
                        continue;
                    }
                    let index = *known.entry((named.span, wanted.clone())).or_insert(misfits.len());
                    if let Some(misfit) = misfits.get_mut(index) {
                        misfit.when = misfit.when.or(&when);
                        misfit.functions.push(function);
                    } else {
                        let (functions, made_for) = (vec![function], made_for.clone());
                        misfits.push(Misfit { layer, span: named.span, wanted, property, made_for, functions, when });
                    }
                }
            }
        }
    }
    for misfit in misfits {
        out.push(misfit.finding());
    }
}

/// The runtimes that a function can have.
fn runtimes(function: &Resource) -> Vec<(String, Guard)> {
    function.get("Runtime").literals().set().map(|(runtime, _, when)| (runtime.clone(), when.clone())).collect()
}

/// The architectures that a function can have.
fn architectures(function: &Resource) -> Vec<(String, Guard)> {
    let value = function.get("Architectures");
    let mut out = Vec::new();
    for item in value.items(false).0 {
        out.extend(item.literals().set().map(|(architecture, _, when)| (architecture.clone(), when.clone())));
    }
    let unset = value.unset_when();
    if unset.is_possible() {
        out.push(("x86_64".to_owned(), unset));
    }
    out
}

/// Whether what is made for one runs on the other. The runtimes of a Java version differ in the operating system only.
fn fits(made_for: &str, wanted: &str) -> bool {
    let version = |runtime: &str| runtime.split('.').next().unwrap_or(runtime).to_owned();
    made_for == wanted || wanted.starts_with("java") && version(made_for) == version(wanted)
}

impl Misfit<'_> {
    fn finding(&self) -> Finding {
        let layer = self.layer.called();
        let functions = match self.functions.as_slice() {
            [] => String::new(),
            [one] => format!("`{}` runs", one.called()),
            [one, two] => format!("`{}` and `{}` run", one.called(), two.called()),
            [one, rest @ ..] => format!("`{}` and {} others run", one.called(), rest.len()),
        };
        let wanted = &self.wanted;
        let message = format!("{functions} on `{wanted}`, and the layer `{layer}` is not made for it");
        let list = self.layer.get(self.property).span();
        let mut finding = Finding::new(Grade::WARNING, self.span, message)
            .label(list, format!("made for {}", self.made_for.join(", ")))
            .when(&self.when)
            .help(format!("build the layer for `{wanted}` and add that to `{}`", self.property));
        for function in &self.functions {
            finding = finding.related(function.called());
        }
        finding.related(layer)
    }
}
