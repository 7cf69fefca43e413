//! From files to sources: reading, with a limit on the size, and decoding.

use super::discover::{self, Discovered, Input};
use super::{Source, Sources};
use crate::frontend::NotOurs;
use crate::lint::{MAX_BYTES, TOO_LARGE};
use crate::report::{RunError, Skipped};
use crate::{frontend, syntax};
use rayon::prelude::*;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// From so many files on they are read in parallel. A thread pool costs more than a few small files.
const MANY: usize = 32;
/// What one thread of the pool may use: as much as the main thread has, since templates nest.
const STACK: usize = 8 * 1024 * 1024;
/// What standard input is called when it has no other name.
const STDIN: &str = "<stdin>";

/// What was read.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The texts.
    pub sources: Sources,
    /// What was not read, on purpose.
    pub skipped: Vec<Skipped>,
    /// What could not be found or read.
    pub errors: Vec<RunError>,
}

/// What became of an input.
enum Outcome {
    Source(Source),
    Skipped(&'static str),
    Error(String),
}

/// Reads what was found. `stdin_name` is what to call standard input.
#[must_use]
pub fn load(found: &Discovered, stdin_name: Option<&Path>) -> Loaded {
    let read = |input: &Input| match input {
        Input::Stdin => {
            let name = stdin_name.map_or_else(|| STDIN.to_owned(), |path| discover::name(path, true));
            let outcome = standard_input(&name, found.alone);
            (name, outcome)
        }
        Input::File { path, named } => {
            let name = discover::name(path, *named);
            let outcome = file(path, &name, found.alone);
            (name, outcome)
        }
    };
    let outcomes: Vec<(String, Outcome)> = if found.inputs.len() < MANY {
        found.inputs.iter().map(read).collect()
    } else {
        // An error says that there is a pool already, which is as good.
        let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK).build_global();
        found.inputs.par_iter().map(read).collect()
    };
    let mut loaded = Loaded { errors: found.errors.clone(), ..Loaded::default() };
    for (name, outcome) in outcomes {
        match outcome {
            Outcome::Source(source) => {
                loaded.sources.add(source);
            }
            Outcome::Skipped(reason) => {
                loaded.skipped.push(Skipped { file: name, reason: reason.to_owned() });
            }
            Outcome::Error(message) => loaded.errors.push(RunError { file: Some(name), message }),
        }
    }
    loaded
}

fn file(path: &Path, name: &str, alone: bool) -> Outcome {
    // Looked at again because it may have changed since it was found; opening a pipe would wait for ever.
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Outcome::Error(discover::no_file(metadata.file_type())),
        Ok(metadata) if metadata.len() > MAX_BYTES as u64 => return Outcome::Skipped(TOO_LARGE),
        Ok(metadata) => match File::open(path) {
            Ok(file) => bounded(file, usize::try_from(metadata.len()).unwrap_or(MAX_BYTES)),
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    }
    .map_or_else(|error| Outcome::Error(discover::describe(&error)), |bytes| decoded(name, &bytes, alone))
}

fn standard_input(name: &str, alone: bool) -> Outcome {
    match bounded(io::stdin().lock(), 0) {
        Ok(bytes) => decoded(name, &bytes, alone),
        Err(error) => Outcome::Error(discover::describe(&error)),
    }
}

/// Reads to the end, or to one byte more than is taken.
fn bounded(input: impl io::Read, size: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size.saturating_add(1));
    input.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file, or why it is not worth keeping.
fn decoded(name: &str, bytes: &[u8], alone: bool) -> Outcome {
    if bytes.len() > MAX_BYTES {
        return Outcome::Skipped(TOO_LARGE);
    }
    let source = match syntax::decode(bytes) {
        Ok(text) => Source::new(name, text),
        Err(_) if bytes.contains(&0) && !matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) => {
            return Outcome::Skipped(NotOurs::Other.reason());
        }
        Err(error) => Source::damaged(name, bytes, error),
    };
    // Of the thousands of files in a repository few are ours; the others need not stay in memory.
    if alone || frontend::may_be_ours(source.text()) {
        Outcome::Source(source)
    } else {
        Outcome::Skipped(NotOurs::Other.reason())
    }
}
