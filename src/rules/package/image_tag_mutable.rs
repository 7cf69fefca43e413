//! `image-tag-mutable`: see `rules/package/image-tag-mutable.md`.

use super::places::Places;
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::value::{Piece, SymbolKind, Text};

/// What an image's URI says about the image.
enum Named {
    /// `…:latest`, or no tag, which is the same.
    Latest,
    /// `…:prod`
    Tag,
}

pub(super) fn check(world: &World, out: &mut Findings) {
    let (mut latest, mut tagged): (Places, Places) = Default::default();
    for function in world.of_kind("AWS::Lambda::Function") {
        for (text, span, when) in function.get("Code.ImageUri").text().set() {
            match named(text) {
                Some(Named::Latest) => latest.add(span, when, function),
                Some(Named::Tag) => tagged.add(span, when, function),
                None => {}
            }
        }
    }
    for place in latest.into_vec() {
        let stays = place.verb("stays", "stay");
        let message =
            format!("{} {stays} at the old image when a new one is pushed: `latest` says the same", place.subject());
        let finding = Finding::new(Grade::WARNING, place.span, message).help(
            "name the image by its digest (`repository@sha256:…`), or by a tag that a parameter gives for each release",
        );
        out.push(place.tell(finding));
    }
    for place in tagged.into_vec() {
        let message = format!("which image {} gets depends on the day: the tag can be moved", place.subject());
        let finding = Finding::new(Grade::NOTE, place.span, message)
            .help("name the image by its digest (`repository@sha256:…`), or make the repository's tags immutable");
        out.push(place.tell(finding));
    }
}

/// Whether it certainly is in a registry: a name alone may be an image on somebody's machine, that is pushed later.
fn is_registry(uri: &Text) -> bool {
    uri.literal_parts().any(|part| part.contains(".dkr.ecr"))
}

/// What is certain of the tag.
fn named(uri: &Text) -> Option<Named> {
    if uri.literal_parts().any(|part| part.contains('@')) {
        return None;
    }
    match uri.pieces().last()? {
        Piece::Literal(tail) => {
            // Without a slash the end of the repository's name may be a symbol: `${Repository}:latest`.
            let name = tail.rsplit('/').next().unwrap_or(tail);
            match name.rsplit_once(':') {
                Some((_, "latest")) => Some(Named::Latest),
                Some((_, tag)) => (!tag.is_empty()).then_some(Named::Tag),
                // `…/repository`, as far as no symbol before it has a tag.
                None => (tail.contains('/') && is_registry(uri)).then_some(Named::Latest),
            }
        }
        Piece::Symbol(symbol) => {
            let repository = matches!(symbol.kind, SymbolKind::Attribute) && symbol.name.ends_with(".RepositoryUri");
            (repository && uri.pieces().len() == 1).then_some(Named::Latest)
        }
        Piece::Any | Piece::One => None,
    }
}
