//! The files beside those that are checked.
//!
//! A template names others by paths, and a path leads anywhere. Nothing is opened but regular files of a limited size that lie, links
//! followed, in the repository of a file that is checked; where there is no repository, in its directory.

use super::{Source, Tree};
use crate::engine::normal_name;
use crate::lint::MAX_BYTES;
use crate::source::discover::{self, Discovered, Input};
use crate::syntax;
use rustc_hash::FxHashSet;
use std::fs::{self, File};
use std::io::Read as _;
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

    fn read(&self, name: &str) -> Option<Source> {
        let path = fs::canonicalize(name).ok()?;
        if !self.roots().iter().any(|root| path.starts_with(root)) {
            return None;
        }
        let metadata = fs::metadata(&path).ok()?;
        if !metadata.is_file() || metadata.len() > MAX_BYTES as u64 {
            return None;
        }
        let mut bytes = Vec::new();
        File::open(&path).ok()?.take(MAX_BYTES as u64).read_to_end(&mut bytes).ok()?;
        Some(Source::new(name, syntax::decode(&bytes).ok()?))
    }
}
