//! The files beside the sources of a run, for what templates name by a path.

use super::{Source, SourceId, Sources, name};
use std::collections::BTreeMap;
use std::fmt;

/// Files beside the sources of a run. Names are as those of sources; `""` is the folder of the run itself.
///
/// A tree has an edge: what lies beyond it is not told, whether or not it is there. That something is absent is said only of what would
/// lie within.
pub trait Tree: fmt::Debug + Sync {
    /// The file of this name, if there is one that may be read: a text that lies inside the tree and has at most `most` bytes.
    fn read(&self, name: &str, most: usize) -> Option<Source>;

    /// What there is under this name.
    fn look(&self, name: &str) -> Look;

    /// What is in the folder of this name, if it is one inside the tree.
    fn list(&self, folder: &str) -> Option<Listing>;

    /// Whether the file of this name is among those that the run was asked to check, whatever became of it.
    fn is_input(&self, name: &str) -> bool {
        let _ = name;
        false
    }
}

/// What there is under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Nothing, and that is certain.
    Absent,
    /// It cannot be told: it is outside of the tree, or neither a file nor a folder, or may not be looked at.
    Unknown,
}

/// What is in a folder.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Each name (without the folder's) with what it is, sorted by name.
    pub entries: Vec<(String, Look)>,
    /// Whether that is all. Very large folders are not listed to the end, and a name may be no text.
    pub complete: bool,
}

impl Listing {
    /// What there is of this name in the folder.
    #[must_use]
    pub fn look(&self, name: &str) -> Look {
        match self.entries.binary_search_by(|(entry, _)| entry.as_str().cmp(name)) {
            Ok(place) => self.entries.get(place).map_or(Look::Unknown, |(_, look)| *look),
            Err(_) if self.complete => Look::Absent,
            Err(_) => Look::Unknown,
        }
    }

    /// The names of the files in it.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|(_, look)| *look == Look::File).map(|(name, _)| name.as_str())
    }

    /// The names of the folders in it.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|(_, look)| *look == Look::Folder).map(|(name, _)| name.as_str())
    }
}

/// The tree of which nothing is known: for standard input, and where there are no files.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTree;

impl Tree for NoTree {
    fn read(&self, _: &str, _: usize) -> Option<Source> {
        None
    }

    fn look(&self, _: &str) -> Look {
        Look::Unknown
    }

    fn list(&self, _: &str) -> Option<Listing> {
        None
    }
}

/// A tree of texts that are at hand, by their names: the folder of the run with all that is in it.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree(BTreeMap<String, String>);

impl MemoryTree {
    /// Adds a file. Those whose names lead out of the folder of the run are not in the tree.
    pub fn add(&mut self, name: &str, text: impl Into<String>) {
        self.0.insert(name::normal_name(name), text.into());
    }

    fn inside(name: &str) -> bool {
        !name.starts_with('/') && name != ".." && !name.starts_with("../")
    }

    /// What is below a folder, by its name relative to it.
    fn below<'t>(&'t self, folder: &str) -> impl Iterator<Item = &'t str> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let from = self.0.range(prefix.clone()..);
        from.map_while(move |(name, _)| name.strip_prefix(prefix.as_str())).filter(|name| Self::inside(name))
    }
}

impl Tree for MemoryTree {
    fn read(&self, name: &str, most: usize) -> Option<Source> {
        let text = self.0.get(&name::normal_name(name)).filter(|text| text.len() <= most)?;
        Some(Source::new(name, text.as_str()))
    }

    fn look(&self, name: &str) -> Look {
        let name = name::normal_name(name);
        match name {
            name if !Self::inside(&name) => Look::Unknown,
            name if self.0.contains_key(&name) => Look::File,
            name if name.is_empty() || self.below(&name).next().is_some() => Look::Folder,
            _ => Look::Absent,
        }
    }

    fn list(&self, folder: &str) -> Option<Listing> {
        if self.look(folder) != Look::Folder {
            return None;
        }
        let mut entries: BTreeMap<String, Look> = BTreeMap::new();
        for name in self.below(&name::normal_name(folder)) {
            match name.split_once('/') {
                Some((folder, _)) => entries.insert(folder.to_owned(), Look::Folder),
                None => entries.insert(name.to_owned(), Look::File),
            };
        }
        Some(Listing { entries: entries.into_iter().collect(), complete: true })
    }
}

/// The files beside a world: a tree, and what the sources are called that name files in it.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    tree: &'a dyn Tree,
    sources: Option<&'a Sources>,
}

impl Default for Files<'_> {
    fn default() -> Self {
        Self::none()
    }
}

impl<'a> Files<'a> {
    /// Files of which nothing is known.
    #[must_use]
    pub fn none() -> Self {
        Self { tree: &NoTree, sources: None }
    }

    /// No files but the sources themselves.
    #[must_use]
    pub fn only(sources: &'a Sources) -> Self {
        Self { tree: &NoTree, sources: Some(sources) }
    }

    /// The files of `tree`, as these sources name them.
    #[must_use]
    pub fn new(tree: &'a dyn Tree, sources: &'a Sources) -> Self {
        Self { tree, sources: Some(sources) }
    }

    /// The tree.
    #[must_use]
    pub fn tree(&self) -> &'a dyn Tree {
        self.tree
    }

    /// The text of a source, for a fix that has to fit in.
    #[must_use]
    pub fn text(&self, source: SourceId) -> Option<&'a str> {
        Some(self.sources?.get(source)?.text())
    }

    /// The name in the tree of what a source calls `path`: relative to the folder that it is in. `None` for what is no such path.
    #[must_use]
    pub fn named(&self, holder: SourceId, path: &str) -> Option<String> {
        name::beside(self.sources?.get(holder)?.name(), path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_at_hand_are_a_tree() {
        let mut tree = MemoryTree::default();
        for name in ["src/app.js", "src/lib/util.js", "./a-b", "../outside.js"] {
            tree.add(name, "x");
        }
        assert_eq!(tree.look("src"), Look::Folder);
        assert_eq!(tree.look("src/./app.js"), Look::File);
        assert_eq!(tree.look("sr"), Look::Absent);
        assert_eq!(tree.look("../outside.js"), Look::Unknown);
        let listing = tree.list("src").unwrap_or_default();
        assert_eq!(listing.entries, [("app.js".to_owned(), Look::File), ("lib".to_owned(), Look::Folder)]);
        assert_eq!(listing.look("app.py"), Look::Absent);
        let root = tree.list("").unwrap_or_default();
        assert_eq!(root.files().chain(root.folders()).collect::<Vec<_>>(), ["a-b", "src"]);
        assert!(tree.read("src/app.js", 0).is_none() && tree.read("src/app.js", 1).is_some());
        assert!(tree.list("src/app.js").is_none());
    }

    #[test]
    fn of_no_tree_nothing_is_known() {
        assert_eq!(NoTree.look("src"), Look::Unknown);
        assert_eq!(Files::none().named(SourceId(0), "src"), None);
    }
}
