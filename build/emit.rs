//! Where the build script reads and writes, and how it spells Rust literals.

use crate::date::Date;
use serde::de::DeserializeOwned;
use serde_yaml::Value;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A failure is one line or more that the builder is shown.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// The repository and the folder for generated files.
pub(crate) struct Files {
    /// The repository.
    root: PathBuf,
    /// `OUT_DIR`.
    out: PathBuf,
}

impl Files {
    /// As Cargo tells them to a build script.
    pub(crate) fn from_environment() -> Result<Self> {
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).ok_or(format!("{name} is not set"));
        Ok(Self { root: folder("CARGO_MANIFEST_DIR")?, out: folder("OUT_DIR")? })
    }

    /// A path in the repository.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The text of a file of the repository.
    pub(crate) fn read(&self, name: &str) -> Result<String> {
        read(&self.path(name)).map_err(|error| format!("{name}: {error}"))
    }

    /// The content of a YAML file of the repository.
    pub(crate) fn yaml<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        serde_yaml::from_str(&self.read(name)?).map_err(|error| format!("{name}: {error}"))
    }

    /// Writes a generated file, unless it is there already: its time then stays, and nothing is compiled anew.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<()> {
        let path = self.out.join(name);
        if read(&path).is_ok_and(|old| old == text) {
            return Ok(());
        }
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

/// `Some("…")` or `None`.
pub(crate) fn optional_text(text: Option<&str>) -> String {
    format!("{text:?}")
}

/// `&["…", "…"]`.
pub(crate) fn texts<T: AsRef<str>>(list: &[T]) -> String {
    let mut literal = String::from("&[");
    for item in list {
        let _ = write!(literal, "{:?}, ", item.as_ref());
    }
    literal.push(']');
    literal
}

/// A literal of the program's own type for a day.
pub(crate) fn day(text: &str) -> Result<String> {
    let date: Date = text.parse().map_err(|error| format!("{text:?} is {error}"))?;
    Ok(format!("Date::of_table({}, {}, {})", date.year(), date.month(), date.day()))
}

/// `Some(…)` or `None` of a day.
pub(crate) fn optional_day(text: Option<&str>) -> Result<String> {
    text.map_or(Ok("None".to_owned()), |text| Ok(format!("Some({})", day(text)?)))
}

/// The day in the header line `# retrieved: …` of a table.
pub(crate) fn retrieved(name: &str, text: &str) -> Result<String> {
    let mut header = text.lines().take_while(|line| line.starts_with('#'));
    let found = header.find_map(|line| line.split_once("retrieved:"));
    let date =
        found.and_then(|(_, rest)| rest.trim_start().get(..10)).ok_or(format!("{name}: no '# retrieved: DATE'"))?;
    day(date).map_err(|error| format!("{name}: {error}"))
}

/// The value at a dotted path of keys.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> Result<&'a Value> {
    let mut here = value;
    for key in path.split('.') {
        here = here.get(key).ok_or(format!("nothing at {path}"))?;
    }
    Ok(here)
}

/// YAML values as JSON text, the keys in their order.
pub(crate) fn json(value: &Value) -> Result<String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}
