//! `package-contents`: see `rules/package/package-contents.md`.

use super::handlers::{Family, Folders, Handled, handled, is_build_folder, shown, told, within};
use crate::engine::{Findings, Grade};
use crate::model::{Package, World};
use crate::source::Look;
use rustc_hash::FxHashMap;

/// How much of one world's packages is looked at: folders, the depth of one in its package, and the bytes of a file that may be a secret.
const MAX_FOLDERS: usize = 2_000;
const MAX_DEPTH: usize = 6;
const MAX_SECRET: usize = 64 * 1024;

/// Where it cannot be told from the file's content alone what it is, a finding of one kind says it all.
const MAX_OF_A_KIND: usize = 3;

pub(super) fn check(world: &World, out: &mut Findings) {
    let functions = handled(world);
    let mut packages: Vec<(&str, Vec<&Handled>)> = Vec::new();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    for handled in &functions {
        let Package::Beside { name, .. } = &handled.package else { continue };
        let next = packages.len();
        match packages.get_mut(*places.entry(name).or_insert(next)) {
            Some((_, users)) => users.push(handled),
            None => packages.push((name, vec![handled])),
        }
    }
    if packages.is_empty() {
        return;
    }
    let folders = Folders::new(world.files);
    let mut left = MAX_FOLDERS;
    for (folder, users) in packages {
        let Some(first) = users.iter().find(|user| ships_all(user, folder, &folders)) else { continue };
        let Package::Beside { written, .. } = &first.package else { continue };
        for found in contents(first.family, folder, &folders, &mut left) {
            let who = match users.iter().filter(|user| user.function.address != first.function.address).count() {
                0 => format!("`{}`", first.function.address),
                others => format!("`{}` (and {others} more)", first.function.address),
            };
            let path = shown(written, &found.path).escape_debug().to_string();
            let (grade, what, help) = match found.kind {
                Kind::Settings => (
                    Grade::WARNING,
                    format!("the package of {who} contains `{path}`, so whoever may read the function's code reads it"),
                    "keep it out of the folder that is packaged, and its secrets in Secrets Manager or Parameter Store",
                ),
                Kind::PrivateKey => (
                    Grade::WARNING,
                    format!("the package of {who} contains a private key, `{path}`"),
                    "keep it out of the folder that is packaged, and the key in Secrets Manager or Parameter Store",
                ),
                Kind::Ballast(reader) => (
                    Grade::NOTE,
                    format!("the package of {who} contains `{path}`, which {reader} does not read"),
                    "keep it out of the folder that is packaged: it counts for the size limit and the start",
                ),
            };
            let mut finding = told(first, grade, first.package_span, what).help(help);
            for user in &users {
                finding = finding.related(&user.function.address);
            }
            out.push(finding);
        }
    }
}

/// Whether all that is in the folder becomes the package.
///
/// Source: the workflows of aws-lambda-builders (`EXCLUDED_FILES`, `NodejsNpmPackAction`); 2026-11-23.
fn ships_all(handled: &Handled, folder: &str, folders: &Folders) -> bool {
    let Package::Beside { written, built, .. } = &handled.package else { return false };
    if *built {
        return true;
    }
    if written.split('/').any(is_build_folder) {
        return false;
    }
    let Some(method) = handled.build_method() else { return false };
    let Some(listing) = folders.list(folder) else { return false };
    let plain = method.is_empty() || Family::of(&method) == Some(handled.family);
    match handled.family {
        Family::Python | Family::Ruby => plain,
        // What npm packs is decided by these files.
        Family::Node => {
            let chosen =
                [".npmignore", ".gitignore", "package.json"].iter().any(|file| listing.look(file) != Look::Absent);
            plain && !chosen
        }
        _ => false,
    }
}

/// Something that does not belong into a package.
struct Found {
    /// Its path in the package.
    path: String,
    kind: Kind,
}

enum Kind {
    /// Settings of a developer's machine, with values in them.
    Settings,
    PrivateKey,
    /// What is of no use there, to whom.
    Ballast(&'static str),
}

fn contents(family: Family, package: &str, folders: &Folders, left: &mut usize) -> Vec<Found> {
    let mut out: Vec<Found> = Vec::new();
    let (mut settings, mut keys) = (0, 0);
    let mut open: Vec<(String, usize)> = vec![(String::new(), 0)];
    while let Some((inner, depth)) = open.pop() {
        if *left == 0 {
            return out;
        }
        *left -= 1;
        let Some(listing) = folders.list(&within(package, &inner)) else { continue };
        for file in listing.files() {
            let path = within(&inner, file);
            let read = || folders.read(&within(package, &path), MAX_SECRET);
            if is_settings(file) {
                if settings < MAX_OF_A_KIND && read().is_some_and(|source| has_values(source.text())) {
                    settings += 1;
                    out.push(Found { path, kind: Kind::Settings });
                }
            } else if may_be_key(file) && keys < MAX_OF_A_KIND && read().is_some_and(|source| is_key(source.text())) {
                keys += 1;
                out.push(Found { path, kind: Kind::PrivateKey });
            }
        }
        for folder in listing.folders() {
            let path = within(&inner, folder);
            match inner_folder(family, folder, &within(package, &path), folders) {
                Inner::Ballast(reader) => out.push(Found { path, kind: Kind::Ballast(reader) }),
                Inner::Code if depth < MAX_DEPTH => open.push((path, depth + 1)),
                Inner::Code | Inner::Others => {}
            }
        }
    }
    out
}

/// A folder in a package.
enum Inner {
    /// It holds code, as far as can be told.
    Code,
    /// It is not looked into.
    Others,
    /// It is of no use to whom.
    Ballast(&'static str),
}

fn inner_folder(family: Family, name: &str, path: &str, folders: &Folders) -> Inner {
    let language = match family {
        Family::Python => "Python",
        Family::Ruby => "Ruby",
        _ => "Node.js",
    };
    match name {
        "node_modules" if family == Family::Node => Inner::Others,
        "node_modules" => Inner::Ballast(language),
        // An environment is made for the machine that it lies on, and Lambda's Python looks elsewhere.
        ".venv" | "venv" | "env"
            if folders.list(path).is_some_and(|listing| listing.look("pyvenv.cfg") == Look::File) =>
        {
            Inner::Ballast(language)
        }
        ".git" | ".aws-sam" | ".serverless" | ".terraform" | "cdk.out" => Inner::Others,
        _ => Inner::Code,
    }
}

/// Whether a file is called as settings of a developer's machine are: `.env`, `.env.production`, and not `.env.example`.
fn is_settings(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(".env") else { return false };
    let examples = ["example", "sample", "template", "dist", "defaults", "schema"];
    rest.is_empty() || rest.strip_prefix('.').is_some_and(|rest| !rest.split('.').any(|word| examples.contains(&word)))
}

/// Whether something is set in settings.
fn has_values(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
        .any(|line| line.split_once('=').is_some_and(|(_, value)| !value.trim().trim_matches(['"', '\'']).is_empty()))
}

/// Whether a private key may be in a file of this name.
fn may_be_key(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [".pem", ".key", ".ppk"].iter().any(|ending| lower.ends_with(ending))
        || ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"].contains(&lower.as_str())
}

/// Whether a text is a private key in PEM's form.
fn is_key(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("-----BEGIN ") && line.trim_end().ends_with("PRIVATE KEY-----"))
        || text.starts_with("PuTTY-User-Key-File-")
}
