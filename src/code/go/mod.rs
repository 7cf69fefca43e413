//! Files of Go, as far as Lambda depends on them: whether they make an executable, and what they hand to `lambda.Start`.

#[cfg(feature = "source-code")]
mod read;

#[cfg(feature = "source-code")]
pub use read::read;

use rustc_hash::{FxHashMap, FxHashSet};

/// Reads a file; `None` when it cannot be read, as nothing can without the feature `source-code`.
#[cfg(not(feature = "source-code"))]
#[must_use]
pub fn read(_: &str) -> Option<GoFile> {
    None
}

/// One file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoFile {
    /// Its package's name.
    pub package: String,
    /// Whether a build constraint says when it is part of the package at all.
    pub constrained: bool,
    /// The functions of the package (no methods), by name.
    pub functions: Vec<GoFunction>,
    /// What is handed to `lambda.Start` and the like.
    pub starts: Vec<Start>,
    /// Structs of the package that embed nothing.
    pub structs: Vec<String>,
    /// Types with a method `Error`, and all types that are not structs.
    pub unknown_types: Vec<String>,
    /// Whether it could be read to the end.
    pub whole: bool,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoFunction {
    /// Its name.
    pub name: String,
    /// The line that it begins on, from 1.
    pub line: usize,
    /// What it takes and returns; `None` where it has type parameters.
    pub signature: Option<Signature>,
}

/// A call that starts a handler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The line, from 1.
    pub line: usize,
    /// The handler.
    pub handler: Handler,
}

/// What is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handler {
    /// A function of the package, by name.
    Named(String),
    /// A function that is written there.
    Literal(Signature),
}

/// What a function takes and returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// The types of its parameters.
    pub takes: Vec<GoType>,
    /// The types of its results.
    pub returns: Vec<GoType>,
}

/// A type, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GoType {
    /// `context.Context`.
    Context,
    /// `error`.
    Error,
    /// Certainly neither.
    Other,
    /// A type of the package, or a pointer to it.
    Local(String),
    /// It may be anything.
    Unknown,
}

/// A package: all its files that are not tests.
#[derive(Clone, Debug, Default)]
pub struct GoPackage {
    /// The files, by name.
    pub files: Vec<(String, GoFile)>,
    structs: FxHashSet<String>,
    unknown: FxHashSet<String>,
}

impl GoPackage {
    /// A package of these files.
    #[must_use]
    pub fn new(files: Vec<(String, GoFile)>) -> Self {
        let structs = files.iter().flat_map(|(_, file)| file.structs.iter().cloned()).collect();
        let unknown = files.iter().flat_map(|(_, file)| file.unknown_types.iter().cloned()).collect();
        Self { files, structs, unknown }
    }

    /// Whether an executable is built from it: it is `package main` and has a function `main`. `None` where that depends on constraints.
    #[must_use]
    pub fn is_executable(&self) -> Option<bool> {
        let has_main =
            |file: &GoFile| file.package == "main" && file.functions.iter().any(|function| function.name == "main");
        if self.files.iter().any(|(_, file)| has_main(file)) {
            return Some(true);
        }
        self.files.iter().all(|(_, file)| file.whole && !file.constrained).then_some(false)
    }

    /// The handlers that are started and that the library refuses: the file, the line, what it is called, and why.
    #[must_use]
    pub fn refused(&self) -> Vec<Refused<'_>> {
        let mut out = Vec::new();
        let mut functions: FxHashMap<&str, Option<(&str, &GoFunction)>> = FxHashMap::default();
        for (name, file) in &self.files {
            for function in &file.functions {
                // One name twice: constraints choose.
                let entry = functions.entry(&function.name).or_insert(Some((name, function)));
                if entry.is_some_and(|(_, known)| !std::ptr::eq(known, function)) {
                    *entry = None;
                }
            }
        }
        for (file, content) in &self.files {
            for start in &content.starts {
                let found = match &start.handler {
                    Handler::Literal(signature) => Some((file.as_str(), start.line, None, signature)),
                    Handler::Named(name) => {
                        functions.get(name.as_str()).copied().flatten().and_then(|(file, function)| {
                            Some((file, function.line, Some(function.name.as_str()), function.signature.as_ref()?))
                        })
                    }
                };
                let Some((file, line, name, signature)) = found else { continue };
                if let Some(why) = self.fault(signature) {
                    out.push(Refused { file, line, name, why });
                }
            }
        }
        out
    }

    /// Whether a type is certainly not the interface that is asked for.
    fn is_other(&self, kind: &GoType, wanted: &GoType) -> bool {
        match kind {
            GoType::Unknown => false,
            GoType::Local(name) => self.structs.contains(name) && !self.unknown.contains(name),
            kind => kind != wanted,
        }
    }

    /// Why the library refuses a handler.
    ///
    /// Source: `lambda/handler.go` of aws-lambda-go (`validateArguments`, `validateReturns`); 2026-11-23.
    fn fault(&self, signature: &Signature) -> Option<String> {
        match signature.takes.as_slice() {
            [first, _] if self.is_other(first, &GoType::Context) => {
                return Some("takes two arguments of which the first is no `context.Context`".to_owned());
            }
            [] | [_] | [_, _] => {}
            more => return Some(format!("takes {} arguments, and two are the most", more.len())),
        }
        match signature.returns.as_slice() {
            [one] if self.is_other(one, &GoType::Error) => Some("returns one value that is no `error`".to_owned()),
            [_, second] if self.is_other(second, &GoType::Error) => {
                Some("returns two values of which the second is no `error`".to_owned())
            }
            [_, _, _, ..] => Some(format!("returns {} values, and two are the most", signature.returns.len())),
            _ => None,
        }
    }
}

/// A handler that the library refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused<'p> {
    /// The file that it is in.
    pub file: &'p str,
    /// Its line, from 1.
    pub line: usize,
    /// Its name, if it has one.
    pub name: Option<&'p str>,
    /// What is wrong with it, to follow its name.
    pub why: String,
}
