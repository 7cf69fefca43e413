//! Functions whose code is Go.

use super::handlers::{Family, Folders, Handled, within};
use crate::code::MAX_CODE;
use crate::code::go::{self, GoPackage};
use crate::model::Package;
use crate::source::{Listing, Look};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// How many files of one package are read at most, and how many bytes of one world.
const MAX_FILES: usize = 64;
const MAX_TOTAL: usize = 32 * MAX_CODE;

/// Reads packages of Go, each once.
pub(super) struct GoCode<'a> {
    pub(super) folders: Folders<'a>,
    known: RefCell<FxHashMap<String, Option<Rc<GoPackage>>>>,
    left: Cell<usize>,
}

impl<'a> GoCode<'a> {
    pub(super) fn new(folders: Folders<'a>) -> Self {
        Self { folders, known: RefCell::default(), left: Cell::new(MAX_TOTAL) }
    }

    /// The package in a folder: `None` when it cannot be read whole, an empty one where there are no files of Go.
    pub(super) fn package(&self, folder: &str) -> Option<Rc<GoPackage>> {
        if let Some(known) = self.known.borrow().get(folder) {
            return known.clone();
        }
        let found = self.read(folder).map(Rc::new);
        self.known.borrow_mut().insert(folder.to_owned(), found.clone());
        found
    }

    fn read(&self, folder: &str) -> Option<GoPackage> {
        let listing = self.folders.list(folder)?;
        if !listing.complete {
            return None;
        }
        let names: Vec<&str> = go_files(&listing).collect();
        if names.len() > MAX_FILES {
            return None;
        }
        let mut files = Vec::with_capacity(names.len());
        for name in names {
            let source = self.folders.read(&within(folder, name), MAX_CODE.min(self.left.get()))?;
            self.left.set(self.left.get().saturating_sub(source.text().len()));
            files.push((name.to_owned(), go::read(source.text())?));
        }
        Some(GoPackage::new(files))
    }
}

/// The files of Go in a folder that are no tests, and that the tool does not pass over.
pub(super) fn go_files(listing: &Listing) -> impl Iterator<Item = &str> {
    let is_part = |name: &&str| {
        let stem = name.strip_suffix(".go");
        stem.is_some_and(|stem| !stem.ends_with("_test") && !stem.starts_with(['_', '.']))
    };
    listing.files().filter(is_part)
}

/// The folder of a function that starts an executable, and the path by which the user calls it.
pub(super) fn folder_of<'h>(handled: &'h Handled, folders: &Folders) -> Option<(&'h str, &'h str, bool)> {
    let Package::Beside { name, written, built } = &handled.package else { return None };
    let starts = matches!(handled.family, Family::Provided | Family::Go);
    (starts && folders.look(name) == Look::Folder).then_some((name, written, *built))
}
