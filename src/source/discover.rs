//! From the paths that the user named to the files that are read.
//!
//! A path that is named is read, whatever its name and whatever git thinks of it. A directory is searched: for files
//! with the endings of templates, without what git ignores, without what tools leave behind. Symbolic links that
//! are met on the way are not followed: what they point to inside the tree is found anyway, and what is outside was
//! not named. Nothing but regular files is ever opened.

use crate::data::nearest;
use crate::report::RunError;
use ignore::WalkBuilder;
use ignore::gitignore::Gitignore;
use rustc_hash::FxHashSet;
use std::ffi::OsStr;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

/// Endings of files that can be ours.
const EXTENSIONS: [&str; 4] = ["yaml", "yml", "json", "template"];
/// Directories that hold other people's files, or copies of ours.
const SKIPPED: [&str; 4] = [".git", "node_modules", ".aws-sam", ".terraform"];
/// Directory entries that are looked at to say what a misspelt path may have meant.
const MAX_ENTRIES: usize = 2_000;

/// Something to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File {
        /// Where it is.
        path: PathBuf,
        /// Whether the user named it, rather than a directory above it.
        named: bool,
    },
}

/// What was found.
#[derive(Debug, Default)]
pub struct Discovered {
    /// What to read, in the order of the arguments and by name within a directory, nothing twice.
    pub inputs: Vec<Input>,
    /// Paths that are not there, cannot be searched or are no files.
    pub errors: Vec<RunError>,
    /// Whether one file, or standard input, is all that was named: then whatever is wrong with it is worth saying.
    pub alone: bool,
    /// Whether no directory was named.
    pub only_files: bool,
}

/// Finds what there is to read. `-` stands for standard input.
#[must_use]
pub fn discover(paths: &[PathBuf]) -> Discovered {
    let mut found = Discovered { only_files: true, ..Discovered::default() };
    let mut seen = Seen::new(paths.len());
    for path in paths {
        if path == Path::new("-") {
            if !found.inputs.contains(&Input::Stdin) {
                found.inputs.push(Input::Stdin);
            }
            continue;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                found.only_files = false;
                search(path, &mut found, &mut seen);
            }
            Ok(metadata) if metadata.is_file() => {
                if seen.is_new(path) {
                    found.inputs.push(Input::File { path: path.clone(), named: true });
                }
            }
            Ok(metadata) => found.errors.push(error(path, &no_file(metadata.file_type()))),
            Err(problem) => found.errors.push(error(path, &not_there(path, &problem))),
        }
    }
    found.alone = paths.len() == 1 && found.only_files;
    found
}

/// The name of a path in the output: with `/` between its parts, and without the `./` that a search of `.` begins with.
#[must_use]
pub(super) fn name(path: &Path, named: bool) -> String {
    let path = if named { path } else { path.strip_prefix(".").unwrap_or(path) };
    let name = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { name.into_owned() } else { name.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// Files that were found already, by where they really are.
struct Seen {
    paths: FxHashSet<PathBuf>,
    /// One path names every file once; there is nothing to compare.
    needed: bool,
}

impl Seen {
    fn new(paths: usize) -> Self {
        Self { paths: FxHashSet::default(), needed: paths > 1 }
    }

    fn is_new(&mut self, path: &Path) -> bool {
        !self.needed || self.paths.insert(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
    }
}

/// Adds the files below a directory.
fn search(root: &Path, found: &mut Discovered, seen: &mut Seen) {
    // A directory that git ignores was named for what is in it, so its files are not judged by git's rules.
    let entries: &mut dyn Iterator<Item = Result<(PathBuf, Option<FileType>), RunError>> = if is_ignored(root) {
        &mut walkdir::WalkDir::new(root)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry.path()))
            .map(|entry| match entry {
                Ok(entry) => Ok((entry.path().to_owned(), Some(entry.file_type()))),
                Err(problem) => {
                    let path = problem.path().unwrap_or(root).to_owned();
                    Err(walk_error(&path, &describe(&problem.into())))
                }
            })
    } else {
        &mut WalkBuilder::new(root)
            // A template may well be called `.sam.yaml`; what else is hidden is cheap to pass over.
            .hidden(false)
            // A checkout without its `.git`, such as a container's, has the same files.
            .require_git(false)
            .sort_by_file_name(OsStr::cmp)
            .filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry.path()))
            .build()
            .map(|entry| match entry {
                Ok(entry) => Ok((entry.path().to_owned(), entry.file_type())),
                Err(problem) => {
                    let (path, message) = unwrap(root, &problem);
                    Err(walk_error(&path, &message))
                }
            })
    };
    for entry in entries {
        match entry {
            Ok((path, kind)) => {
                if kind.is_some_and(|kind| kind.is_file()) && has_extension(&path) && seen.is_new(&path) {
                    found.inputs.push(Input::File { path, named: false });
                }
            }
            Err(problem) => found.errors.push(problem),
        }
    }
}

fn has_extension(path: &Path) -> bool {
    path.extension()
        .and_then(OsStr::to_str)
        .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// Whether a search stays out of this path.
fn is_skipped(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(OsStr::to_str) else { return false };
    if SKIPPED.contains(&name) {
        return true;
    }
    // What CDK copies beside the templates that it makes.
    name.starts_with("asset.")
        && std::path::absolute(path)
            .is_ok_and(|path| path.parent().and_then(Path::file_name).is_some_and(|parent| parent == "cdk.out"))
}

/// Whether a `.gitignore` above a directory, up to the top of its repository, leaves the directory out.
fn is_ignored(directory: &Path) -> bool {
    let Ok(directory) = fs::canonicalize(directory) else { return false };
    if directory.join(".git").exists() {
        return false;
    }
    for above in directory.ancestors().skip(1) {
        let file = above.join(".gitignore");
        if file.is_file() {
            let (rules, _) = Gitignore::new(&file);
            let matched = rules.matched_path_or_any_parents(&directory, true);
            if !matched.is_none() {
                return matched.is_ignore();
            }
        }
        if above.join(".git").exists() {
            break;
        }
    }
    false
}

fn error(path: &Path, message: &str) -> RunError {
    RunError { file: Some(name(path, true)), message: message.to_owned() }
}

/// What kept a search from going on.
fn walk_error(path: &Path, message: &str) -> RunError {
    RunError { file: Some(name(path, false)), message: message.to_owned() }
}

/// The path and the words of an error of the `ignore` crate, which wraps them in layers.
fn unwrap(root: &Path, problem: &ignore::Error) -> (PathBuf, String) {
    let mut path = root;
    let mut inner = problem;
    loop {
        match inner {
            ignore::Error::WithPath { path: at, err } => {
                path = at;
                inner = err;
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => inner = err,
            ignore::Error::Io(problem) => return (path.to_owned(), describe(problem)),
            other => return (path.to_owned(), other.to_string()),
        }
    }
}

/// An error of the operating system in words, and what to do about it.
pub(super) fn describe(problem: &io::Error) -> String {
    match problem.kind() {
        io::ErrorKind::PermissionDenied => "permission denied; make it readable, or leave it out".to_owned(),
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        _ => problem.to_string(),
    }
}

/// What a path is that is neither a file nor a directory.
pub(super) fn no_file(kind: FileType) -> String {
    #[cfg(unix)]
    let what = {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            "a named pipe"
        } else if kind.is_socket() {
            "a socket"
        } else {
            "a device"
        }
    };
    #[cfg(not(unix))]
    let what = {
        let _ = kind;
        "neither a file nor a directory"
    };
    format!("is {what} and not read; use `-` for what another program writes")
}

/// Why a named path cannot be looked at: what, where, and what to do.
fn not_there(path: &Path, problem: &io::Error) -> String {
    if problem.kind() != io::ErrorKind::NotFound {
        return describe(problem);
    }
    let mut message = "no such file or directory".to_owned();
    if path.is_relative()
        && let Ok(here) = std::env::current_dir()
    {
        message.push_str(" in ");
        message.push_str(&here.to_string_lossy());
    }
    match neighbour(path) {
        Some(neighbour) => format!("{message}; did you mean `{neighbour}`?"),
        None => format!("{message}; check the spelling, or name the directory to search"),
    }
}

/// What stands in the same directory under a similar name.
fn neighbour(path: &Path) -> Option<String> {
    let wanted = path.file_name()?.to_str()?;
    let parent = path.parent()?;
    let directory = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let mut names: Vec<String> = fs::read_dir(directory)
        .ok()?
        .take(MAX_ENTRIES)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort_unstable();
    nearest(wanted, names.iter().map(String::as_str)).map(|name| parent.join(name).to_string_lossy().into_owned())
}
