//! The files beside those that are checked.
//!
//! A template names others by paths, and a path leads anywhere. Nothing is opened but regular files of a limited size that lie, links
//! followed, in the repository of a file that is checked; where there is no repository, in its directory.

use super::{Listing, Look, Source, Tree, normal_name};
use crate::source::discover::{self, Discovered, Input};
use crate::syntax;
use rustc_hash::FxHashSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The files beside what was found.
#[derive(Debug)]
pub struct Beside<'a> {
    found: &'a Discovered,
    roots: OnceLock<Vec<PathBuf>>,
    inputs: OnceLock<FxHashSet<String>>,
}

impl<'a> Beside<'a> {
    /// Those beside these.
    #[must_use]
    pub fn new(found: &'a Discovered) -> Self {
        Self { found, roots: OnceLock::new(), inputs: OnceLock::new() }
    }

    /// The directories below which files may be read. Looked for when the first file is asked for: most runs ask for none.
    fn roots(&self) -> &[PathBuf] {
        self.roots.get_or_init(|| {
            let mut folders: FxHashSet<&Path> = FxHashSet::default();
            for input in &self.found.inputs {
                if let Input::File { path, .. } = input {
                    folders.extend(path.parent());
                }
            }
            let mut roots: FxHashSet<PathBuf> = FxHashSet::default();
            for folder in folders {
                let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
                let Ok(folder) = fs::canonicalize(folder) else { continue };
                if !folder.ancestors().any(|above| roots.contains(above)) {
                    let repository = folder.ancestors().find(|above| above.join(".git").exists());
                    roots.insert(repository.unwrap_or(&folder).to_owned());
                }
            }
            roots.into_iter().collect()
        })
    }
}

/// How many entries of a folder are read at most.
const MAX_ENTRIES: usize = 8192;
/// How many parts a name has at most. Deeper trees exist in attacks alone.
const MAX_PARTS: usize = 64;

impl Beside<'_> {
    /// Whether a path without links in it lies inside.
    fn holds(&self, path: &Path) -> bool {
        self.roots().iter().any(|root| path.starts_with(root))
    }

    /// The path of a name, links followed, if it is there and inside.
    fn inside(&self, name: &str) -> Option<PathBuf> {
        fs::canonicalize(path_of(name)).ok().filter(|path| self.holds(path))
    }

    /// Whether a name that is not there would lie inside: the last folder on the way to it that is there does, and what is missing is not
    /// a link that leads nowhere.
    fn would_hold(&self, name: &str) -> bool {
        let mut at = path_of(name);
        while fs::symlink_metadata(at).is_err_and(|error| is_absence(&error)) {
            match at.parent() {
                Some(above) => at = if above.as_os_str().is_empty() { Path::new(".") } else { above },
                None => return false,
            }
        }
        fs::canonicalize(at).is_ok_and(|path| self.holds(&path))
    }
}

/// The path of a name: that of the folder of the run is empty.
fn path_of(name: &str) -> &Path {
    Path::new(if name.is_empty() { "." } else { name })
}

/// Whether an error says that there is nothing.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

impl Tree for Beside<'_> {
    fn is_input(&self, name: &str) -> bool {
        let inputs = self.inputs.get_or_init(|| {
            let name = |input: &Input| match input {
                Input::File { path, named } => Some(normal_name(&discover::name(path, *named))),
                Input::Stdin => None,
            };
            self.found.inputs.iter().filter_map(name).collect()
        });
        inputs.contains(name)
    }

    fn read(&self, name: &str, most: usize) -> Option<Source> {
        let path = self.inside(name)?;
        let metadata = fs::metadata(&path).ok()?;
        if !metadata.is_file() || metadata.len() > most as u64 {
            return None;
        }
        let mut bytes = Vec::new();
        File::open(&path).ok()?.take(most as u64).read_to_end(&mut bytes).ok()?;
        Some(Source::new(name, syntax::decode(&bytes).ok()?))
    }

    fn look(&self, name: &str) -> Look {
        if name.split('/').count() > MAX_PARTS {
            return Look::Unknown;
        }
        match fs::canonicalize(path_of(name)) {
            Ok(path) if self.holds(&path) => match fs::metadata(&path) {
                Ok(metadata) if metadata.is_file() => Look::File,
                Ok(metadata) if metadata.is_dir() => Look::Folder,
                _ => Look::Unknown,
            },
            Err(error) if is_absence(&error) => {
                // A link that leads nowhere is there.
                let is_there = fs::symlink_metadata(path_of(name)).is_ok();
                if !is_there && self.would_hold(name) { Look::Absent } else { Look::Unknown }
            }
            _ => Look::Unknown,
        }
    }

    fn list(&self, folder: &str) -> Option<Listing> {
        let path = self.inside(folder)?;
        let mut listing = Listing { entries: Vec::new(), complete: true };
        for entry in fs::read_dir(&path).ok()? {
            if listing.entries.len() == MAX_ENTRIES {
                listing.complete = false;
                break;
            }
            let Ok(entry) = entry else {
                listing.complete = false;
                continue;
            };
            let Ok(name) = entry.file_name().into_string() else {
                listing.complete = false;
                continue;
            };
            let look = match entry.file_type() {
                Ok(kind) if kind.is_file() => Look::File,
                Ok(kind) if kind.is_dir() => Look::Folder,
                Ok(kind) if kind.is_symlink() => self.look(&format!("{}/{name}", path.display())),
                _ => Look::Unknown,
            };
            listing.entries.push((name, look));
        }
        listing.entries.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Some(listing)
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use std::time::{Duration, Instant};

    /// A folder with a repository in it, whose template is what is checked.
    struct Place {
        folder: tempfile::TempDir,
        found: Discovered,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir_all(folder.path().join("repository/.git")).unwrap();
            fs::create_dir_all(folder.path().join("repository/app/src")).unwrap();
            let template = folder.path().join("repository/app/template.yaml");
            let found = Discovered {
                inputs: vec![Input::File { path: template.clone(), named: true }],
                ..Discovered::default()
            };
            fs::write(template, "").unwrap();
            fs::write(folder.path().join("outside.txt"), "secret").unwrap();
            Self { folder, found }
        }

        fn path(&self, name: &str) -> PathBuf {
            self.folder.path().join("repository").join(name)
        }

        fn name(&self, name: &str) -> String {
            self.path(name).display().to_string()
        }

        fn look(&self, name: &str) -> Look {
            Beside::new(&self.found).look(&self.name(name))
        }

        fn read(&self, name: &str, most: usize) -> Option<String> {
            Beside::new(&self.found).read(&self.name(name), most).map(|source| source.text().to_owned())
        }

        fn list(&self, name: &str) -> Option<Listing> {
            Beside::new(&self.found).list(&self.name(name))
        }
    }

    #[test]
    fn what_is_inside_is_told_and_what_is_outside_is_not() {
        let place = Place::new();
        fs::write(place.path("app/src/app.py"), "text").unwrap();
        assert_eq!(place.look("app/src"), Look::Folder);
        assert_eq!(place.look("app/src/app.py"), Look::File);
        assert_eq!(place.look("app/src/other.py"), Look::Absent);
        assert_eq!(place.look("app/none/of/these"), Look::Absent);
        assert_eq!(place.look("app/src/app.py/below"), Look::Absent);
        // Outside of the repository nothing is told, there or not.
        assert_eq!(place.look("../outside.txt"), Look::Unknown);
        assert_eq!(place.look("../nothing.txt"), Look::Unknown);
        assert_eq!(place.look("../../../../../../../.."), Look::Unknown);
        assert_eq!(place.read("../outside.txt", 99), None);
        assert!(place.list("..").is_none() && place.list("../..").is_none() && place.list("app/src/app.py").is_none());
        assert_eq!((place.read("app/src/app.py", 4), place.read("app/src/app.py", 3)), (Some("text".to_owned()), None));
    }

    #[test]
    fn links_are_judged_by_where_they_lead() {
        let place = Place::new();
        fs::write(place.path("app/src/app.py"), "text").unwrap();
        symlink("src", place.path("app/code")).unwrap();
        symlink("../../outside.txt", place.path("app/secret")).unwrap();
        symlink("../..", place.path("app/above")).unwrap();
        symlink("nowhere", place.path("app/dangling")).unwrap();
        symlink("loop-b", place.path("app/loop-a")).unwrap();
        symlink("loop-a", place.path("app/loop-b")).unwrap();
        symlink(".", place.path("app/self")).unwrap();
        assert_eq!(place.look("app/code/app.py"), Look::File);
        assert_eq!(place.look("app/code/none.py"), Look::Absent);
        for name in ["app/secret", "app/above", "app/above/none", "app/dangling", "app/dangling/x", "app/loop-a/x"] {
            assert_eq!(place.look(name), Look::Unknown, "{name}");
            assert_eq!(place.read(name, 99), None, "{name}");
            assert!(place.list(name).is_none(), "{name}");
        }
        assert_eq!(place.look(&format!("app/{}src", "self/".repeat(30))), Look::Folder);
        let listing = place.list("app").unwrap();
        assert!(listing.complete);
        assert_eq!(listing.look("code"), Look::Folder);
        assert_eq!(listing.look("secret"), Look::Unknown);
        assert_eq!(listing.look("loop-a"), Look::Unknown);
        assert_eq!(listing.look("template.yaml"), Look::File);
    }

    #[test]
    fn what_is_no_file_is_never_opened() {
        let place = Place::new();
        let made = std::process::Command::new("mkfifo").arg(place.path("app/pipe")).status();
        assert!(made.is_ok_and(|status| status.success()), "mkfifo");
        assert_eq!(place.look("app/pipe"), Look::Unknown);
        assert_eq!(place.read("app/pipe", 99), None);
        assert_eq!(place.list("app").unwrap().look("pipe"), Look::Unknown);
        let device = Beside::new(&place.found);
        assert!(device.read("/dev/zero", 99).is_none() && device.list("/dev").is_none());
    }

    #[test]
    fn strange_names_are_only_names() {
        let place = Place::new();
        let strange = ["a\nb.py", "\u{1b}[31m.py", "\u{202e}yp.ppa", "über.py", " .py"];
        for name in strange {
            fs::write(place.path("app/src").join(name), "").unwrap();
        }
        let listing = place.list("app/src").unwrap();
        assert!(listing.complete && strange.iter().all(|name| listing.look(name) == Look::File));
        assert_eq!(place.look("app/src/\u{0}.py"), Look::Unknown);
        assert_eq!(place.look(&"x".repeat(10_000)), Look::Unknown);
        assert_eq!(place.look(&"x/".repeat(2_000)), Look::Unknown);
        #[cfg(target_os = "linux")]
        {
            use std::os::unix::ffi::OsStrExt as _;
            fs::write(place.path("app/src").join(std::ffi::OsStr::from_bytes(b"\xff.py")), "").unwrap();
            // A name that is no text could be the one that is looked for.
            assert_eq!(place.list("app/src").unwrap().look("none.py"), Look::Unknown);
        }
    }

    #[test]
    fn a_folder_is_not_listed_without_end() {
        let place = Place::new();
        for number in 0..=MAX_ENTRIES {
            fs::write(place.path("app/src").join(format!("{number}.py")), "").unwrap();
        }
        let begin = Instant::now();
        let listing = place.list("app/src").unwrap();
        assert_eq!((listing.entries.len(), listing.complete), (MAX_ENTRIES, false));
        assert_eq!(listing.look("none.py"), Look::Unknown);
        assert!(begin.elapsed() < Duration::from_secs(5));
    }
}
