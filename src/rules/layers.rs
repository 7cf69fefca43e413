//! The layers of functions.

use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Guard, Text, Value};

/// More layers of a function than this are not looked at: Lambda takes five.
const LAYERS: usize = 40;

/// One entry of a function's `Layers`, in one case.
pub(super) struct Layer<'a> {
    /// What is written.
    pub(super) text: Text,
    /// Where.
    pub(super) span: Span,
    /// In which deployments.
    pub(super) when: Guard,
    /// The layer, where the world declares it.
    pub(super) declared: Option<&'a Resource>,
}

/// The layers of a function that are known. An image has none; another rule says so.
pub(super) fn layers<'a>(world: &World<'a>, function: &Resource) -> Vec<Layer<'a>> {
    let image = function.get("PackageType").literals();
    if image.every(|kind| kind.is_some_and(|kind| kind == "Image")) {
        return Vec::new();
    }
    let mut out = Vec::new();
    for item in function.get("Layers").items(false).0.into_iter().take(LAYERS) {
        for (text, span, when) in item.text().set() {
            if when.is_possible() {
                let declared = world.resource_named("AWS::Lambda::LayerVersion", text);
                out.push(Layer { text: (*text).clone(), span, when: when.clone(), declared });
            }
        }
    }
    out
}

/// The items of a list that is known in full; `None` where it is not, or not set.
pub(super) fn all_of(value: &Value<&crate::value::Data>) -> Option<Vec<String>> {
    let list = value.only()?.list().filter(|list| !list.open)?;
    list.items.iter().map(|item| item.borrow().literals().only().cloned()).collect()
}

/// The parts of a layer's ARN.
pub(super) struct LayerArn {
    /// The account, if it is written out.
    pub(super) account: Option<String>,
    /// The name.
    pub(super) name: Text,
    /// What follows the name; `None` where nothing does.
    pub(super) version: Option<Text>,
}

impl LayerArn {
    /// Reads an ARN. `None` for what is none, and where the parts cannot be told from one another.
    pub(super) fn read(text: &Text) -> Option<Self> {
        let (before, after) = text.around(":layer:")?;
        // The account stands right before, or is a symbol.
        let account = before.pieces().last().and_then(|piece| match piece {
            crate::value::Piece::Literal(literal) => literal.rsplit(':').next().map(str::to_owned),
            _ => None,
        });
        let account =
            account.filter(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
        let (name, version) = match after.around(":") {
            Some((name, version)) => (name, Some(version)),
            // A parameter may hold the version with its colon.
            None if after.symbols().all(|symbol| !symbol.allows(':')) => (after, None),
            None => return None,
        };
        Some(Self { account, name, version })
    }
}
