//! `layer-total-size`: see `rules/layer/layer-total-size.md`.

use crate::data::limits::UNZIPPED_MB;
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::model::{LAYER_SIZES, Resource, World};

/// What is zipped is rarely more than half of what it is unzipped.
const RATIO: i64 = 2;
/// Bytes of an MB, as Lambda counts.
const MB: i64 = 1024 * 1024;

pub(super) fn check(world: &World, out: &mut Findings) {
    let limit = i64::try_from(UNZIPPED_MB).unwrap_or(i64::MAX);
    for function in &world.application.functions {
        let function = function.resource;
        let (Some(code), Some(layers)) = (code(function), layers(function)) else { continue };
        let sum = layers.iter().fold(code, |sum, size| sum.saturating_add(*size));
        if sum.saturating_mul(RATIO) <= limit.saturating_mul(MB) {
            continue;
        }
        let name = function.called();
        let message = format!(
            "`{name}` and its {} are {} MB zipped, where {limit} MB are allowed unzipped",
            if layers.len() == 1 { "layer".to_owned() } else { format!("{} layers", layers.len()) },
            sum / MB
        );
        out.push(
            Finding::new(Grade::NOTE, function.get("Layers").span(), message)
                .confidence(Confidence::Medium)
                .when(&function.when)
                .related(name)
                .help("take out what is not needed, or deploy the function as an image, which may have 10 GB"),
        );
    }
}

/// Bytes of the function's own code, zipped.
fn code(function: &Resource) -> Option<i64> {
    function.get("CodeSize").integers().only().copied()
}

/// Bytes of its layers, zipped.
fn layers(function: &Resource) -> Option<Vec<i64>> {
    let list = function.properties.borrow().only()?.map()?.get(LAYER_SIZES)?.borrow();
    let (items, closed) = list.items(false);
    let sizes: Option<Vec<i64>> = items.iter().map(|item| item.integers().only().copied()).collect();
    sizes.filter(|sizes| closed && !sizes.is_empty())
}
