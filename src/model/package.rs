//! Where a function's code is from.

use super::Resource;
use crate::source::Files;
use crate::value::{Data, Text, Value};

/// Where a function's code is from, as far as it can be looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Package<'a> {
    /// A file or folder beside the file that names it.
    Beside {
        /// Its name in the tree.
        name: String,
        /// The path as it is written.
        written: String,
        /// Whether it is what is deployed, rather than what that is built from.
        built: bool,
    },
    /// Written in the template.
    Inline(&'a Text),
}

impl<'a> Package<'a> {
    /// The packages of a function, by case. What is elsewhere (a bucket, a registry) is unknown.
    #[must_use]
    pub fn of(function: &'a Resource, files: Files) -> Value<Self> {
        if let Some(asset) = asset(function, files) {
            return Value::known(asset, function.properties.get("Code").span());
        }
        let code = function.get("Code");
        code.filter_map(|data| match data {
            Data::Text(text) => {
                let written = text.as_literal()?;
                let name = files.named(function.source, written)?;
                Some(Self::Beside { name, written: written.to_owned(), built: false })
            }
            Data::Map(map) if !map.open => {
                let [only] = map.entries.as_slice() else { return None };
                let text = (&*only.key == "ZipFile").then(|| only.value.only()?.text()).flatten()?;
                Some(Self::Inline(text))
            }
            _ => None,
        })
    }
}

/// The CDK says beside the function which of its files it will upload.
fn asset<'a>(function: &Resource, files: Files) -> Option<Package<'a>> {
    let metadata = |key: &str| function.metadata.only().and_then(Data::map)?.get(key)?.only()?.text()?.as_literal();
    let property = metadata("aws:asset:property")?;
    let written = metadata("aws:asset:path").filter(|_| property == "Code")?.to_owned();
    let name = files.named(function.source, &written)?;
    Some(Package::Beside { name, written, built: true })
}
