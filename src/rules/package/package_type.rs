//! `package-type`: see `rules/package/package-type.md`.

use super::packaging::{image, set_where, zip};
use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Guard};

/// What only archives have.
const OF_ARCHIVES: &[&str] = &[
    "Handler",
    "Runtime",
    "Layers",
    "CodeSigningConfigArn",
    "Code.ZipFile",
    "Code.S3Bucket",
    "Code.S3Key",
    "Code.S3ObjectVersion",
    "Code.SourceKMSKeyArn",
];

/// What only images have.
const OF_IMAGES: &[&str] = &["ImageConfig", "Code.ImageUri"];

/// What archives need.
const NEEDED: &[&str] = &["Handler", "Runtime"];

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in world.of_kind("AWS::Lambda::Function") {
        let (image, zip) = (image(function), zip(function));
        let mut told = Told { function, out };
        told.wrong(OF_ARCHIVES, &image, "an image", "take it out, or `PackageType: Image`");
        told.wrong(OF_IMAGES, &zip, "an archive", "add `PackageType: Image`, or take it out");
        told.image_without_uri(&image);
        told.missing(&zip);
        told.code(&zip);
    }
}

struct Told<'a, 'o> {
    function: &'a Resource,
    out: &'o mut Findings,
}

impl Told<'_, '_> {
    fn push(&mut self, span: Span, when: &Guard, message: String, help: &str, label: Option<(Span, &str)>) {
        if !when.is_possible() || when.is_rounded() {
            return;
        }
        let mut finding =
            Finding::new(Grade::ERROR, span, message).when(when).related(self.function.called()).help(help);
        if let Some((span, text)) = label {
            finding = finding.label(span, text);
        }
        self.out.push(finding);
    }

    /// Properties that the other kind of package has.
    fn wrong(&mut self, properties: &[&str], kind: &Guard, what: &str, help: &str) {
        if !kind.is_possible() {
            return;
        }
        let name = self.function.called().clone();
        for property in properties {
            let Some((span, when)) = set_where(&self.function.get(property)) else { continue };
            let declared = self.function.get("PackageType");
            let label = (!declared.is_unset() && declared.span() != span).then(|| (declared.span(), "the package"));
            let message = format!("Lambda refuses `{name}`: it is {what}, which has no `{property}`");
            self.push(span, &when.and(kind), message, help, label);
        }
    }

    /// Images whose code is known and names none.
    fn image_without_uri(&mut self, image: &Guard) {
        let code = self.function.get("Code");
        let plain = code.set().all(|(data, ..)| matches!(data, Data::Map(map) if !map.open));
        // What is there instead is reported as such.
        let other = ["ZipFile", "S3Bucket", "S3Key"].iter().any(|key| !code.get(key).is_unset());
        if !plain || other {
            return;
        }
        let when = code.get("ImageUri").unset_when().and(image);
        let message =
            format!("Lambda refuses `{}`: it is an image, and no `ImageUri` says which", self.function.called());
        self.push(self.function.get("PackageType").span(), &when, message, "set `Code.ImageUri`", None);
    }

    /// Archives without a handler or a runtime.
    fn missing(&mut self, zip: &Guard) {
        // What is an image in all but the name is told once.
        let code = self.function.get("Code");
        if set_where(&code.get("ImageUri")).is_some() || set_where(&self.function.get("ImageConfig")).is_some() {
            return;
        }
        let mut absent: Vec<&str> = Vec::new();
        let mut guard = Guard::always();
        for property in NEEDED {
            let when = self.function.get(property).unset_when().and(zip);
            if when.is_possible() && guard.and(&when).is_possible() {
                absent.push(property);
                guard = guard.and(&when);
            }
        }
        if absent.is_empty() {
            return;
        }
        let what: Vec<String> = absent.iter().map(|property| format!("`{property}`")).collect();
        let name = self.function.called();
        let message = format!("Lambda refuses `{name}`: an archive needs {}", what.join(" and "));
        let help = format!("add {}, or `PackageType: Image` with the image's URI", what.join(" and "));
        self.push(self.function.span, &guard, message, &help, None);
    }

    /// Archives whose code is at half a place, or at two.
    fn code(&mut self, zip: &Guard) {
        let code = self.function.get("Code");
        let name = self.function.called().clone();
        let at = |key: &str| set_where(&code.get(key));
        for (one, other) in [("S3Bucket", "S3Key"), ("S3Key", "S3Bucket")] {
            if let Some((span, when)) = at(one) {
                let message = format!("Lambda refuses `{name}`: its code has an `{one}` and no `{other}`");
                let when = when.and(&code.get(other).unset_when()).and(zip);
                self.push(span, &when, message, &format!("add the `{other}`"), None);
            }
        }
        if let (Some((inline, when)), Some((bucket, and))) = (at("ZipFile"), at("S3Bucket").or_else(|| at("S3Key"))) {
            let message = format!("Lambda refuses `{name}`: its code is here and in a bucket");
            self.push(inline, &when.and(&and).and(zip), message, "keep one of them", Some((bucket, "also from here")));
        }
    }
}
