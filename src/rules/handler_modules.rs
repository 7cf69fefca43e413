//! Whether what a handler names is there: the file, and the name in it.
//!
//! How each runtime reads a handler: the open sources of the runtime interface clients (aws-lambda-nodejs-runtime-interface-client,
//! `UserFunction.js`; aws-lambda-python-runtime-interface-client, `bootstrap.py`; aws-lambda-ruby-runtime-interface-client,
//! `lambda_handler.rb`), and for inline code
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html>; 2026-11-23.

use super::handlers::{Family, Folders, Handled, is_build_folder, is_recipe, may_be_build_folder, shown, within};
use crate::code::{Exports, Language, MAX_CODE, exports};
use crate::data::nearest;
use crate::model::Package;
use crate::source::{Listing, Look};
use crate::value::{Answer, Piece, Text};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What a handler names that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is no file for its module.
    NoFile {
        /// The file that would be, as the user would call it.
        wanted: String,
        /// A handler that names what is there.
        instead: Option<String>,
    },
    /// There is no folder, or no file, where the package should be.
    NoPackage {
        /// The package's path, as the user would call it.
        wanted: String,
        /// The path that was probably meant.
        instead: String,
    },
    /// Inline code is in a file called `index`.
    NotIndex {
        /// The handler that would be right.
        instead: String,
    },
    /// The file has no such name.
    NoName {
        /// The file, as the user would call it; `None` for inline code.
        file: Option<String>,
        /// The name.
        name: String,
        /// A handler that names what is there.
        instead: Option<String>,
    },
}

/// How many bytes of code are read for one world at most.
const MAX_TOTAL: usize = 32 * MAX_CODE;

/// Looks for what handlers name.
pub(super) struct Seeker<'a> {
    folders: Folders<'a>,
    known: RefCell<FxHashMap<String, Option<Rc<Exports>>>>,
    left: Cell<usize>,
}

/// A handler in its parts: the module's path (`src/app`) and the name in it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts<'h> {
    module: String,
    name: &'h str,
    /// What follows the module: `.handler`.
    rest: &'h str,
    /// Ruby: the name is a method of a class or module.
    within: bool,
}

impl<'a> Seeker<'a> {
    pub(super) fn new(folders: Folders<'a>) -> Self {
        Self { folders, known: RefCell::default(), left: Cell::new(MAX_TOTAL) }
    }

    /// What a handler names that is certainly not there.
    pub(super) fn fault(&self, handled: &Handled) -> Option<Fault> {
        let parts = parts(handled.family, &handled.handler)?;
        match &handled.package {
            Package::Inline(text) => inline(handled, &parts, text),
            Package::Beside { name, written, built } => self.beside(handled, &parts, name, written, *built),
        }
    }

    fn beside(&self, handled: &Handled, parts: &Parts, folder: &str, written: &str, built: bool) -> Option<Fault> {
        if !built && written.split('/').any(is_build_folder) {
            return None;
        }
        let method = handled.build_method()?;
        match self.folders.look(folder) {
            Look::Folder => {}
            Look::File => return self.lone_file(handled, parts, folder, written),
            Look::Absent if !built && matches!(method.as_str(), "" | "esbuild") => {
                return self.no_package(handled, parts, folder, written);
            }
            _ => return None,
        }
        let entry = match method.as_str() {
            "esbuild" => match entry(handled, parts)? {
                Ok(entry) => Some(entry),
                Err(fault) => return Some(fault),
            },
            "" => None,
            method if Family::of(method) == Some(handled.family) => None,
            _ => return None,
        };
        let module = entry.as_deref().unwrap_or(&parts.module);
        match self.module(handled.family, folder, module) {
            Found::Unknown => None,
            Found::Absent => self.absent(handled, parts, folder, written, built),
            Found::Files(files) => {
                let mut missing = None;
                for (path, language) in files {
                    let exports = self.exports(&within(folder, &path), language)?;
                    if has(&exports, parts) != Answer::No {
                        return None;
                    }
                    missing.get_or_insert((path, exports));
                }
                let (path, exports) = missing?;
                Some(Fault::NoName {
                    file: Some(shown(written, &path)),
                    name: parts.name.to_owned(),
                    instead: nearest_name(&exports, parts)
                        .and_then(|name| handled.handler.strip_suffix(parts.name).map(|rest| format!("{rest}{name}"))),
                })
            }
        }
    }

    /// The fault of a package that is one file of code: it is packed alone.
    fn lone_file(&self, handled: &Handled, parts: &Parts, path: &str, written: &str) -> Option<Fault> {
        let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
        let (stem, language) = extensions(handled.family)
            .iter()
            .find_map(|(ending, language)| Some((file.strip_suffix(ending)?, (*language)?)))?;
        let exports = self.exports(path, language)?;
        let there = has(&exports, parts);
        if stem != parts.module {
            let instead = (there == Answer::Yes).then(|| format!("{stem}{}", parts.rest));
            return handled.has_no_layers().then(|| Fault::NoFile {
                wanted: format!("{}{}", parts.module, file.get(stem.len()..).unwrap_or_default()),
                instead,
            });
        }
        (there == Answer::No).then(|| Fault::NoName {
            file: Some(shown(written, "").trim_end_matches('/').to_owned()),
            name: parts.name.to_owned(),
            instead: nearest_name(&exports, parts).map(|name| format!("{stem}.{name}")),
        })
    }

    /// The fault that a package is that is not there. What is not there may be made by somebody, so it is only told when it is to be
    /// seen what was meant: a folder that is spelled with other capitals, or the file that the handler names, one folder up.
    fn no_package(&self, handled: &Handled, parts: &Parts, path: &str, written: &str) -> Option<Fault> {
        if ARCHIVES.iter().any(|ending| path.to_ascii_lowercase().ends_with(ending))
            || written.split('/').any(may_be_build_folder)
        {
            return None;
        }
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let (written_above, _) = written.trim_end_matches('/').rsplit_once('/').unwrap_or((".", ""));
        let listing = self.folders.list(above)?;
        let same = listing.folders().find(|folder| folder.eq_ignore_ascii_case(name));
        let instead = match same {
            Some(same) => within(if written_above == "." { "" } else { written_above }, same),
            None => {
                let Found::Files(_) = self.module(handled.family, above, &parts.module) else { return None };
                written_above.to_owned()
            }
        };
        if self.is_built(handled, above) {
            return None;
        }
        Some(Fault::NoPackage { wanted: written.to_owned(), instead })
    }

    /// The fault that a module without a file is, if nothing else can bring it.
    fn absent(&self, handled: &Handled, parts: &Parts, folder: &str, written: &str, built: bool) -> Option<Fault> {
        let first = parts.module.split('/').next().unwrap_or_default();
        let is_there = |name: &str| self.folders.look(&within(folder, name)) != Look::Absent;
        if !handled.has_no_layers()
            || parts.module.split('/').any(|part| part == "node_modules")
            || (may_be_build_folder(first) && !is_there(first))
            || (!built && self.is_built(handled, folder))
            || (handled.family == Family::Python && !is_there(first) && self.may_be_installed(folder, first))
        {
            return None;
        }
        let extension = match handled.family {
            Family::Node => ".js",
            Family::Python => ".py",
            _ => ".rb",
        };
        let wanted = shown(written, &format!("{}{extension}", parts.module));
        Some(Fault::NoFile { wanted, instead: self.instead(handled, parts, folder) })
    }

    /// A handler that names something that is there.
    fn instead(&self, handled: &Handled, parts: &Parts, folder: &str) -> Option<String> {
        let rest = parts.rest;
        let named = |module: &str| match self.module(handled.family, folder, module) {
            Found::Files(files) => files.into_iter().find_map(|(path, language)| {
                let exports = self.exports(&within(folder, &path), language)?;
                (has(&exports, parts) == Answer::Yes).then(|| format!("{module}{rest}"))
            }),
            _ => None,
        };
        // The path counts from the package's folder: people write the folder again.
        let mut tail = parts.module.as_str();
        while let Some((_, shorter)) = tail.split_once('/') {
            tail = shorter;
            if let Some(found) = named(tail) {
                return Some(found);
            }
        }
        let (inner, stem) = parts.module.rsplit_once('/').unwrap_or(("", &parts.module));
        let listing = self.folders.list(&within(folder, inner))?;
        let endings = extensions(handled.family);
        let stems: Vec<&str> =
            listing.files().filter_map(|file| endings.iter().find_map(|(end, _)| file.strip_suffix(end))).collect();
        let near = nearest(stem, stems.iter().copied());
        let only = || match stems.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        named(&within(inner, near.or_else(only)?))
    }

    /// Whether something that makes files lies beside the code, or above it as far as the template.
    fn is_built(&self, handled: &Handled, folder: &str) -> bool {
        let Some(top) = self.folders.folder_of(handled.function.source) else { return false };
        let top = common_folder(&[within(&top, "x"), within(folder, "x")]);
        let mut at = folder;
        for _ in 0..MAX_ABOVE {
            let Some(listing) = self.folders.list(at) else { return false };
            if listing.files().any(|file| is_recipe(file, handled.family))
                || handled.family == Family::Node && self.has_build_script(at, &listing)
            {
                return true;
            }
            if at == top || at.is_empty() {
                return false;
            }
            at = at.rsplit_once('/').map_or("", |(above, _)| above);
        }
        false
    }

    fn has_build_script(&self, folder: &str, listing: &Listing) -> bool {
        if listing.look("package.json") == Look::Absent {
            return false;
        }
        let text = self.folders.read(&within(folder, "package.json"), MAX_CODE);
        let json = text.and_then(|source| serde_json::from_str::<serde_json::Value>(source.text()).ok());
        // One that cannot be read may say anything.
        let Some(json) = json else { return true };
        let scripts = json.get("scripts").and_then(|scripts| scripts.as_object());
        scripts.is_some_and(|scripts| {
            scripts
                .keys()
                .any(|name| BUILD_SCRIPTS.iter().any(|script| name.split([':', '-']).any(|part| part == *script)))
        })
    }

    /// Whether a module of Python may be that of a package that is installed beside the code.
    fn may_be_installed(&self, folder: &str, module: &str) -> bool {
        let Some(listing) = self.folders.list(folder) else { return true };
        if listing.files().any(|file| PYTHON_PROJECTS.contains(&file)) {
            return true;
        }
        if listing.look("requirements.txt") == Look::Absent {
            return false;
        }
        let Some(source) = self.folders.read(&within(folder, "requirements.txt"), MAX_CODE) else { return true };
        let plain = |name: &str| name.to_ascii_lowercase().replace(['-', '_', '.'], "");
        let module = plain(module);
        source.text().lines().map(str::trim).filter(|line| !(line.is_empty() || line.starts_with('#'))).any(|line| {
            let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
            let name = plain(line.get(..end.unwrap_or(line.len())).unwrap_or_default());
            // A path, an option, a URL.
            line.starts_with(['.', '/', '-']) || line.contains('@') || name.contains(&module) || module.contains(&name)
        })
    }

    fn module(&self, family: Family, folder: &str, module: &str) -> Found {
        let (inner, stem) = module.rsplit_once('/').unwrap_or(("", module));
        let holder = within(folder, inner);
        let Some(listing) = self.folders.list(&holder) else {
            return match self.folders.look(&holder) {
                Look::Absent => Found::Absent,
                _ => Found::Unknown,
            };
        };
        let mut files = Vec::new();
        for (ending, language) in extensions(family) {
            match (listing.look(&format!("{stem}{ending}")), language) {
                (Look::Absent, _) => {}
                (Look::File, Some(language)) => files.push((format!("{module}{ending}"), *language)),
                _ => return Found::Unknown,
            }
        }
        if !files.is_empty() {
            return Found::Files(files);
        }
        // A file without an ending, or a package.
        match listing.look(stem) {
            Look::Absent => Found::Absent,
            Look::Folder => self.folder_module(family, folder, module),
            _ => Found::Unknown,
        }
    }

    /// A folder that is a module: `app/index.js`, `app/__init__.py`.
    fn folder_module(&self, family: Family, folder: &str, module: &str) -> Found {
        let (file, language) = match family {
            Family::Node => ("index.js", Language::JavaScript),
            Family::Python => ("__init__.py", Language::Python),
            _ => return Found::Absent,
        };
        let Some(listing) = self.folders.list(&within(folder, module)) else { return Found::Unknown };
        match listing.look(file) {
            Look::File => Found::Files(vec![(format!("{module}/{file}"), language)]),
            // Without its file it is a package all the same, of which no name can be a handler.
            Look::Absent if family == Family::Python => Found::Absent,
            _ => Found::Unknown,
        }
    }

    /// What a file exports; `None` when it is not to be told.
    fn exports(&self, file: &str, language: Language) -> Option<Rc<Exports>> {
        if let Some(known) = self.known.borrow().get(file) {
            return known.clone();
        }
        let most = MAX_CODE.min(self.left.get());
        let found = self.folders.read(file, most).and_then(|source| {
            self.left.set(self.left.get().saturating_sub(source.text().len()));
            exports(language, source.text()).map(Rc::new)
        });
        self.known.borrow_mut().insert(file.to_owned(), found.clone());
        found
    }
}

/// What there is for a module.
enum Found {
    /// These files, of which the runtime takes one.
    Files(Vec<(String, Language)>),
    /// No file.
    Absent,
    /// It cannot be told.
    Unknown,
}

/// Endings of archives, which somebody makes.
const ARCHIVES: &[&str] = &[".zip", ".jar", ".war", ".tgz", ".gz"];

/// How far above the code recipes are looked for.
const MAX_ABOVE: usize = 8;

/// Scripts of a `package.json` that make files.
const BUILD_SCRIPTS: &[&str] = &[
    "build",
    "bundle",
    "compile",
    "dist",
    "package",
    "postinstall",
    "prebuild",
    "prepack",
    "prepare",
    "transpile",
    "tsc",
    "webpack",
    "esbuild",
];

/// Files that say that Python's packages are installed with the code, the code's own among them.
const PYTHON_PROJECTS: &[&str] = &["pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "poetry.lock", "uv.lock"];

/// The endings of files that can be a module. Those without a language cannot be looked into.
fn extensions(family: Family) -> &'static [(&'static str, Option<Language>)] {
    match family {
        Family::Node => &[
            (".js", Some(Language::JavaScript)),
            (".mjs", Some(Language::JavaScript)),
            (".cjs", Some(Language::JavaScript)),
            (".ts", Some(Language::TypeScript)),
            (".mts", Some(Language::TypeScript)),
            (".cts", Some(Language::TypeScript)),
            (".jsx", Some(Language::JavaScript)),
            (".tsx", None),
            (".coffee", None),
            (".es6", None),
            (".json", None),
            (".node", None),
        ],
        Family::Python => &[(".py", Some(Language::Python)), (".pyc", None), (".so", None), (".pyx", None)],
        Family::Ruby => &[(".rb", Some(Language::Ruby))],
        _ => &[],
    }
}

/// Takes a handler apart as its runtime does. `None` where it names nothing that could be looked for: it is malformed, or a path that
/// leads out of the package.
fn parts(family: Family, handler: &str) -> Option<Parts<'_>> {
    if handler.contains("..")
        || handler.starts_with('/')
        || handler.contains(|c: char| c.is_whitespace() || c.is_control())
    {
        return None;
    }
    let parts = match family {
        Family::Node => {
            let handler = handler.strip_prefix("./").unwrap_or(handler);
            let (root, file) = handler.rsplit_once('/').unwrap_or(("", handler));
            let (module, names) = file.split_once('.')?;
            // Of what is nested only the first name is looked for.
            let name = names.split('.').next()?;
            let rest = file.get(module.len()..)?;
            Parts { module: within(root, module), name, rest, within: false }
        }
        Family::Python => {
            let (module, name) = handler.rsplit_once('.')?;
            if module.starts_with('.') {
                return None;
            }
            Parts { module: module.replace('.', "/"), name, rest: handler.get(module.len()..)?, within: false }
        }
        Family::Ruby => {
            let mut pieces = handler.split('.');
            let (module, first) = (pieces.next()?, pieces.next()?);
            let second = pieces.next();
            if pieces.next().is_some() {
                return None;
            }
            let rest = handler.get(module.len()..)?;
            Parts { module: module.to_owned(), name: second.unwrap_or(first), rest, within: second.is_some() }
        }
        _ => return None,
    };
    (!parts.module.is_empty() && !parts.name.is_empty() && !parts.module.ends_with('/')).then_some(parts)
}

/// Whether a module has what a handler names.
fn has(exports: &Exports, parts: &Parts) -> Answer {
    if parts.within { exports.has_method(parts.name) } else { exports.has(parts.name) }
}

/// The name that was probably meant: the nearest one, or the only one.
fn nearest_name(exports: &Exports, parts: &Parts) -> Option<String> {
    if parts.within {
        return None;
    }
    let names = || exports.names.iter().map(String::as_str);
    let near = nearest(parts.name, names());
    let usual = || names().find(|name| matches!(*name, "handler" | "lambda_handler" | "lambdaHandler"));
    let only = || match exports.names.as_slice() {
        [only] => Some(only.as_str()),
        _ => None,
    };
    near.or_else(usual).or_else(only).map(str::to_owned)
}

/// Words of code that only stands in a template until the real code comes.
const STOPGAPS: &[&str] = &["placeholder", "stub", "dummy", "will be replaced", "will be updated", "bootstrap"];

/// Code that stands in the template.
fn inline(handled: &Handled, parts: &Parts, text: &Text) -> Option<Fault> {
    let language = match handled.family {
        Family::Node => Language::JavaScript,
        Family::Python => Language::Python,
        _ => return None,
    };
    if parts.module != "index" {
        // Code in a template is in no folder: it only stands there until the real code comes.
        let is_stopgap = parts.module.contains('/')
            || text.literal_parts().any(|part| STOPGAPS.iter().any(|word| part.to_ascii_lowercase().contains(word)));
        if is_stopgap {
            return None;
        }
        return Some(Fault::NotIndex { instead: format!("index{}", parts.rest) });
    }
    // What the deployment puts in its place is a word, wherever it stands.
    let mut code = String::new();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(literal) => code.push_str(literal),
            Piece::Symbol(_) => code.push_str("_0"),
            Piece::Any => code.push('*'),
            Piece::One => code.push('?'),
        }
    }
    let exports = exports(language, &code)?;
    (has(&exports, parts) == Answer::No).then(|| Fault::NoName {
        file: None,
        name: parts.name.to_owned(),
        instead: nearest_name(&exports, parts).map(|name| format!("index.{name}")),
    })
}

/// The module of `EntryPoints` that esbuild makes the handler's module from.
fn entry(handled: &Handled, parts: &Parts) -> Option<Result<String, Fault>> {
    let (items, closed) = handled.function.metadata.get("BuildProperties.EntryPoints").items(false);
    let entries: Option<Vec<String>> = items.iter().map(|item| item.literals().only().cloned()).collect();
    let entries = entries.filter(|entries| closed && !entries.is_empty())?;
    let stems: Vec<String> = entries
        .iter()
        .map(|entry| {
            let entry = entry.strip_prefix("./").unwrap_or(entry);
            let (path, file) = entry.rsplit_once('/').map_or(("", entry), |(path, file)| (path, file));
            within(path, file.rsplit_once('.').map_or(file, |(stem, _)| stem))
        })
        .collect();
    // What is made lies where the entry does, seen from the folder that all entries are in.
    let base = common_folder(&stems);
    let made = |stem: &str| stem.get(base.len()..).unwrap_or_default().trim_start_matches('/').to_owned();
    let entry = stems.iter().find(|stem| made(stem) == parts.module);
    match entry {
        Some(stem) => Some(Ok(stem.clone())),
        // Older and newer versions of the builder may lay files out differently.
        None if stems.contains(&parts.module) => None,
        None => {
            let rest = parts.rest;
            let instead = match stems.as_slice() {
                [only] => Some(format!("{}{rest}", made(only))),
                _ => None,
            };
            Some(Err(Fault::NoFile { wanted: format!("{}.js", parts.module), instead }))
        }
    }
}

/// The folder that all paths are in.
fn common_folder(paths: &[String]) -> String {
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let mut common = paths.first().map(|path| folder(path)).unwrap_or_default();
    for path in paths {
        while !(common.is_empty() || path.starts_with(&format!("{common}/"))) {
            common = folder(&common);
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(family: Family, handler: &str) -> Option<(String, &str)> {
        parts(family, handler).map(|parts| (parts.module, parts.name))
    }

    #[test]
    fn each_runtime_reads_handlers_in_its_own_way() {
        assert_eq!(split(Family::Node, "src/app.handler"), Some(("src/app".to_owned(), "handler")));
        assert_eq!(split(Family::Node, "./app.a.b"), Some(("app".to_owned(), "a")));
        assert_eq!(split(Family::Python, "src.app.handler"), Some(("src/app".to_owned(), "handler")));
        assert_eq!(split(Family::Python, "src/app.handler"), Some(("src/app".to_owned(), "handler")));
        assert_eq!(split(Family::Ruby, "src/app.A::B.process"), Some(("src/app".to_owned(), "process")));
        for malformed in ["app", ".handler", "app.", "../app.handler", "/opt/app.handler", "a b.handler"] {
            assert_eq!(split(Family::Node, malformed), None, "{malformed}");
        }
    }

    #[test]
    fn what_is_made_lies_where_the_entries_do() {
        let common = |paths: &[&str]| common_folder(&paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>());
        assert_eq!(common(&["src/app"]), "src");
        assert_eq!(common(&["src/a/x", "src/b/y"]), "src");
        assert_eq!(common(&["src/x", "y"]), "");
        assert_eq!(common(&["srca/x", "src/y"]), "");
    }
}
