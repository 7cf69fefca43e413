//! Functions with their handlers and code, for the rules that look beside a template.

use crate::engine::{Finding, Grade};
use crate::model::{Package, Resource, World};
use crate::source::{Files, Listing, Look, Source, SourceId, Span};
use crate::value::{Data, Guard, Value};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// The kinds of runtimes, by how they find a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Node,
    Python,
    Ruby,
    Java,
    DotNet,
    /// `provided.*`: an executable called `bootstrap`.
    Provided,
    /// `go1.x`, gone since the end of 2023: an executable that the handler names.
    Go,
}

impl Family {
    /// The kind of a runtime by its identifier.
    pub(super) fn of(runtime: &str) -> Option<Self> {
        let kinds = [
            ("nodejs", Self::Node),
            ("python", Self::Python),
            ("ruby", Self::Ruby),
            ("java", Self::Java),
            ("dotnet", Self::DotNet),
            ("provided", Self::Provided),
            ("go1", Self::Go),
        ];
        kinds.into_iter().find(|(prefix, _)| runtime.starts_with(prefix)).map(|(_, family)| family)
    }
}

/// A function with one of the handlers that it can have and one of the packages.
#[derive(Debug)]
pub(super) struct Handled<'a> {
    pub(super) function: &'a Resource,
    pub(super) handler: String,
    /// Where the handler is written.
    pub(super) span: Span,
    pub(super) family: Family,
    pub(super) package: Package<'a>,
    /// Where the package is named.
    pub(super) package_span: Span,
    pub(super) when: Guard,
}

/// So many handlers, runtimes and packages of one function are looked at.
const MAX_CASES: usize = 8;

/// All functions whose handler, runtime and code are known. A function whose handler is only the default of a parameter is none of them,
/// nor is one whose handler is run by something else: a wrapper in a layer.
pub(super) fn handled<'a>(world: &World<'a>) -> Vec<Handled<'a>> {
    let mut out = Vec::new();
    for function in &world.application.functions {
        let function: &'a Resource = function.resource;
        if function.get("PackageType").literals().some(|kind| kind.is_some_and(|kind| kind == "Image")) {
            continue;
        }
        let packages = Package::of(function, world.files);
        if packages.cases().is_empty() || !has_no_wrapper(function) {
            continue;
        }
        let handlers = function.get("Handler").literals();
        if !handlers.is_exhaustive() {
            continue;
        }
        let runtimes = function.get("Runtime").literals();
        for (handler, span, handler_when) in handlers.set().take(MAX_CASES) {
            for (runtime, _, runtime_when) in runtimes.set().take(MAX_CASES) {
                let Some(family) = Family::of(runtime) else { continue };
                for (package, package_span, when) in packages.set().take(MAX_CASES) {
                    let when = when.and(handler_when).and(runtime_when);
                    if when.is_possible() {
                        out.push(Handled {
                            function,
                            handler: handler.clone(),
                            span,
                            family,
                            package: package.clone(),
                            package_span,
                            when,
                        });
                    }
                }
            }
        }
    }
    out
}

/// Whether nothing but the runtime starts the handler.
pub(super) fn has_no_wrapper(function: &Resource) -> bool {
    function.get("Environment.Variables.AWS_LAMBDA_EXEC_WRAPPER").is_unset()
}

impl Handled<'_> {
    /// Whether it certainly has no layers.
    pub(super) fn has_no_layers(&self) -> bool {
        let layers = self.function.get("Layers");
        layers.every(|data| match data {
            None => true,
            Some(Data::List(list)) => list.items.is_empty() && !list.open,
            Some(_) => false,
        })
    }

    /// How SAM is told to build it: nothing where it is not, `None` where that is not known.
    pub(super) fn build_method(&self) -> Option<String> {
        let method: Value<String> = self.function.metadata.get("BuildMethod").literals();
        if method.is_unset() || self.function.metadata.is_unset() {
            return Some(String::new());
        }
        method.only().cloned()
    }
}

/// The tree, with what was seen of it: functions share folders.
pub(super) struct Folders<'a> {
    files: Files<'a>,
    listings: RefCell<FxHashMap<String, Option<Rc<Listing>>>>,
}

impl<'a> Folders<'a> {
    pub(super) fn new(files: Files<'a>) -> Self {
        Self { files, listings: RefCell::default() }
    }

    /// What is in a folder.
    pub(super) fn list(&self, folder: &str) -> Option<Rc<Listing>> {
        if let Some(known) = self.listings.borrow().get(folder) {
            return known.clone();
        }
        let listing = self.files.tree().list(folder).map(Rc::new);
        self.listings.borrow_mut().insert(folder.to_owned(), listing.clone());
        listing
    }

    /// The folder that a source is in.
    pub(super) fn folder_of(&self, source: SourceId) -> Option<String> {
        self.files.named(source, ".")
    }

    pub(super) fn look(&self, name: &str) -> Look {
        self.files.tree().look(name)
    }

    pub(super) fn read(&self, name: &str, most: usize) -> Option<Source> {
        self.files.tree().read(name, most)
    }
}

/// The name of what is called `name` in a folder.
pub(super) fn within(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

/// Folders that only builds write to. What is in them, or not, says nothing about the next build.
pub(super) fn is_build_folder(name: &str) -> bool {
    let known = [
        ".aws-sam",
        ".build",
        ".dist",
        ".esbuild",
        ".next",
        ".output",
        ".serverless",
        ".webpack",
        "artifacts",
        "bin",
        "build",
        "built",
        "bundle",
        "compiled",
        "dist",
        "node_modules",
        "obj",
        "out",
        "output",
        "publish",
        "target",
    ];
    known.contains(&name) || name.starts_with("cdk.out")
}

/// Folders that builds write to, or people: where one is not there, a build may make it.
pub(super) fn may_be_build_folder(name: &str) -> bool {
    let known = [
        "artifact",
        "bundles",
        "generated",
        "gen",
        "js",
        "lib",
        "package",
        "packages",
        "release",
        "tmp",
        "vendor",
        "zip",
    ];
    is_build_folder(name) || known.contains(&name)
}

/// Whether a file tells how others are made.
pub(super) fn is_recipe(file: &str, family: Family) -> bool {
    let lower = file.to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default();
    let scripts = ["build", "bundle", "package", "compile"];
    let is_script = [".sh", ".py", ".js", ".mjs", ".cjs", ".ts", ".ps1", ".bat"].iter().any(|end| lower.ends_with(end))
        && stem.split(['-', '_']).any(|word| scripts.contains(&word));
    let is_any = matches!(lower.as_str(), "makefile" | "taskfile.yml" | "taskfile.yaml" | "justfile") || is_script;
    let is_node = ["tsconfig", "webpack", "rollup", "vite", "esbuild", "tsup", "gulpfile", "gruntfile", "nx", "turbo"]
        .contains(&stem)
        || lower.starts_with(".babelrc")
        || lower.starts_with("babel.config")
        || lower == ".swcrc";
    is_any || (family == Family::Node && is_node)
}

/// A file of the package as the user would call it.
pub(super) fn shown(written: &str, path: &str) -> String {
    let folder = written.trim_end_matches('/').trim_start_matches("./");
    if folder.is_empty() || folder == "." { path.to_owned() } else { format!("{folder}/{path}") }
}

/// A finding about a function with its handler and package: it names the function, and says where it is when that is not to be seen.
pub(super) fn told(handled: &Handled, grade: Grade, span: Span, message: String) -> Finding {
    let function = handled.function;
    let finding = Finding::new(grade, span, message).related(&function.address).when(&handled.when);
    if function.body.contains(span) { finding } else { finding.label(function.span, "for this function") }
}
