//! Functions that are built as images: what the Dockerfile beside the template begins with.

use super::handlers::within;
use crate::code::MAX_CODE;
use crate::code::dockerfile::{base_image, runtime_of};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Map};
use rustc_hash::FxHashMap;

/// A function whose image begins with one of AWS's base images.
pub(super) struct Based<'a> {
    pub(super) function: &'a Resource,
    /// The base image.
    pub(super) image: String,
    /// The runtime that it is made for.
    pub(super) runtime: String,
    /// The Dockerfile, and the line that names the image.
    pub(super) file: String,
    pub(super) line: usize,
    /// Where the Dockerfile, or the folder that it is in, is named.
    pub(super) span: Span,
}

/// How a front-end says from what an image is built: the keys of a resource's metadata.
struct Keys {
    folder: &'static str,
    file: &'static str,
    target: &'static str,
    arguments: &'static str,
}

/// Those of SAM and of the CDK.
///
/// Sources: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build.html>; `cx-api` of
/// aws-cdk (`assets.ts`); 2026-11-23.
const KEYS: [Keys; 2] = [
    Keys { folder: "DockerContext", file: "Dockerfile", target: "DockerBuildTarget", arguments: "DockerBuildArgs" },
    Keys {
        folder: "aws:asset:path",
        file: "aws:asset:dockerfile-path",
        target: "aws:asset:docker-build-target",
        arguments: "aws:asset:docker-build-args",
    },
];

/// All of them.
pub(super) fn based<'a>(world: &World<'a>) -> Vec<Based<'a>> {
    let functions = world.application.functions.iter().map(|function| function.resource);
    functions.filter_map(|function| of(world, function)).collect()
}

fn of<'a>(world: &World<'a>, function: &'a Resource) -> Option<Based<'a>> {
    let metadata = function.metadata.only().and_then(Data::map)?;
    if metadata.open {
        return None;
    }
    let literal = |key: &str| {
        let value = metadata.get(key)?;
        Some((value.only()?.text()?.as_literal()?, value.span()))
    };
    let keys = KEYS.iter().find(|keys| metadata.get(keys.folder).is_some())?;
    // A folder of the CDK's may as well hold code that is packed.
    if keys.folder == "aws:asset:path"
        && literal("aws:asset:property").is_none_or(|(property, _)| property != "Code.ImageUri")
    {
        return None;
    }
    let (folder, folder_span) = literal(keys.folder)?;
    let (file, span) = match metadata.get(keys.file) {
        Some(_) => literal(keys.file)?,
        None => ("Dockerfile", folder_span),
    };
    let target = match metadata.get(keys.target) {
        Some(_) => Some(literal(keys.target)?.0),
        None => None,
    };
    let arguments = arguments(metadata, keys.arguments)?;
    let name = world.files.named(function.source, &within(folder.trim_end_matches('/'), file))?;
    let source = world.files.tree().read(&name, MAX_CODE)?;
    let base = base_image(source.text(), target, &|name| arguments.get(name).cloned())?;
    let runtime = runtime_of(&base.name)?;
    Some(Based { function, image: base.name, runtime, file: name, line: base.line, span })
}

/// What the build is given; `None` when that is not known.
fn arguments(metadata: &Map, key: &str) -> Option<FxHashMap<String, String>> {
    let Some(value) = metadata.get(key) else { return Some(FxHashMap::default()) };
    let map = value.only()?.map().filter(|map| !map.open)?;
    let entry = |entry: &crate::value::Entry| {
        Some((entry.key.to_string(), entry.value.only()?.text()?.as_literal()?.to_owned()))
    };
    map.entries.iter().map(entry).collect()
}
