//! Source code of functions, as far as configuration depends on it: which names a module gives to whoever loads it.
//!
//! Code is parsed, never run, and only what is asked for. What cannot be told from one file (a module that passes on another's names,
//! names that are put together, code that does not parse) is open, and whoever asks gets no answer. Without the feature `source-code`
//! nothing is parsed and everything is open.

pub mod dockerfile;
pub mod go;
#[cfg(feature = "source-code")]
mod javascript;
#[cfg(feature = "source-code")]
mod python;
#[cfg(feature = "source-code")]
mod ruby;
#[cfg(feature = "source-code")]
mod tree;

use crate::value::Answer;

/// Code larger than this is not read: what people write is smaller, and what a bundler writes says little.
pub const MAX_CODE: usize = 512 * 1024;

/// The languages that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// JavaScript of any kind of module.
    JavaScript,
    /// TypeScript, without JSX.
    TypeScript,
    /// Python 3.
    Python,
    /// Ruby.
    Ruby,
}

/// The names that a module gives to whoever loads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exports {
    /// The names, in the order of the file.
    pub names: Vec<String>,
    /// What the module may be asked for as well, though nobody means it: imports, variables, classes.
    pub others: Vec<String>,
    /// Methods of classes and modules, for Ruby.
    pub methods: Vec<String>,
    /// Whether it may give further names.
    pub open: bool,
}

impl Exports {
    /// Whether there is this name.
    #[must_use]
    pub fn has(&self, name: &str) -> Answer {
        self.answer(self.names.iter().chain(&self.others).any(|known| known == name))
    }

    /// Whether there is a method of this name in a class or module.
    #[must_use]
    pub fn has_method(&self, name: &str) -> Answer {
        self.answer(self.names.iter().chain(&self.methods).any(|known| known == name))
    }

    fn answer(&self, is_there: bool) -> Answer {
        if is_there {
            Answer::Yes
        } else if self.open {
            Answer::Unknown
        } else {
            Answer::No
        }
    }
}

/// What a module exports; `None` when it cannot be read.
#[cfg(feature = "source-code")]
#[must_use]
pub fn exports(language: Language, text: &str) -> Option<Exports> {
    let parsed = tree::parse(language, text)?;
    let root = parsed.root_node();
    let mut found = match language {
        Language::JavaScript | Language::TypeScript => javascript::exports(root, text),
        Language::Python => python::exports(root, text),
        Language::Ruby => ruby::exports(root, text),
    };
    found.open |= root.has_error();
    Some(found)
}

/// What a module exports: nothing is known of it without the feature `source-code`.
#[cfg(not(feature = "source-code"))]
#[must_use]
pub fn exports(_: Language, _: &str) -> Option<Exports> {
    None
}

#[cfg(all(test, feature = "source-code"))]
mod tests;
