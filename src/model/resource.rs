//! Resources: what every front-end lowers to.
//!
//! The types and property names are CloudFormation's own, whatever the input was; every value carries the
//! place and the spelling that the user wrote.

use crate::engine::Address;
use crate::source::{SourceId, Span};
use crate::value::{Data, Guard, Text, Value};
use std::sync::Arc;

/// The type of a resource that says that a function's whole resource-based policy was seen: every statement of it is
/// among the permissions. Its property `FunctionName` is the function's ARN. A type of our own: CloudFormation has
/// no word for "there are no others".
pub const WHOLE_POLICY: &str = "LambdaLint::Cli::WholePolicy";

/// The type of a resource that says that SAM makes a route of an API of an event: its properties are `Api` (what `Ref` of the
/// API gives), `Function` (the ARN that it runs) and the event's `Path`, `Method` and `Auth`. A type of our own:
/// SAM writes it into the API's definition.
pub const SAM_ROUTE: &str = "LambdaLint::Sam::Route";

/// The entry of a mapping's metadata in which the type of the SAM event stands that it is made from.
pub const SAM_EVENT: &str = "LambdaLint::Sam::Event";

/// The property of a function that has the sizes of its layers, zipped, in bytes and in their order, as they are printed.
/// A name of our own: CloudFormation has no word for it.
pub const LAYER_SIZES: &str = "LambdaLint::Cli::LayerSizes";

/// A resource's place in its world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceId(pub u32);

/// One resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its name in the user's words: the logical id, a function's name, a Terraform address.
    pub address: Address,
    /// CloudFormation's type (`AWS::Lambda::Function`).
    pub kind: Arc<str>,
    /// Its properties, a map.
    pub properties: Value<Data>,
    /// The deployments in which it exists.
    pub when: Guard,
    /// What to point at when the resource as a whole is meant: its logical id, or what it was made from.
    pub span: Span,
    /// All its bytes.
    pub body: Span,
    /// What it waits for (`DependsOn`), each where that is written.
    pub depends_on: Vec<(Address, Span)>,
    /// The resources that its properties refer to, each once: it is made after them too.
    pub references: Vec<Reference>,
    /// Who makes it.
    pub origin: Origin,
    /// How other places name it.
    pub names: Names,
    /// The source that it is written in.
    pub source: SourceId,
    /// Its `Metadata` (unset where it has none).
    pub metadata: Value<Data>,
    /// What becomes of it when another takes its place: `UpdateReplacePolicy`, and what SAM makes of `RetentionPolicy`.
    pub update_replace_policy: Value<Data>,
}

/// That a resource's properties refer to another resource of its template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The other.
    pub to: Address,
    /// Where.
    pub span: Span,
    /// Whether it does in every deployment: not in an `Fn::If`.
    pub always: bool,
}

/// Who makes a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The user wrote it.
    Written,
    /// The format makes it from something that the user wrote.
    Made {
        /// Who: `SAM`.
        by: &'static str,
        /// From what: the address of the resource that was written, with the event's name where it was one.
        from: Address,
    },
}

impl Origin {
    /// Whether the user wrote it.
    #[must_use]
    pub fn is_written(&self) -> bool {
        *self == Self::Written
    }
}

/// How other places name a resource.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Its physical name: what `FunctionName`, `BucketName` … say, otherwise a symbol.
    pub name: Text,
    /// What `Ref` gives.
    pub reference: Text,
    /// Its ARN, where it has one.
    pub arn: Option<Text>,
}

impl Resource {
    /// What is at `path` (keys joined by `.`) in the properties.
    #[must_use]
    pub fn get(&self, path: &str) -> Value<&Data> {
        self.properties.get(path).within(&self.when)
    }

    /// Where the value at `path` of always-present plain maps has its key; the resource's own span otherwise.
    #[must_use]
    pub fn key_span(&self, path: &str) -> Span {
        let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
        let holder = if parent.is_empty() { self.properties.borrow() } else { self.properties.get(parent) };
        let found = holder.set().find_map(|(data, _, _)| data.map().and_then(|map| map.entry(key)));
        found.map_or(self.span, |entry| entry.key_span)
    }

    /// What the user calls it: what the format made is called by what it was made from.
    #[must_use]
    pub fn called(&self) -> &Address {
        match &self.origin {
            Origin::Written => &self.address,
            Origin::Made { from, .. } => from,
        }
    }

    /// Whether code of the user decides what it does: a custom resource.
    #[must_use]
    pub fn is_custom(&self) -> bool {
        self.kind.starts_with("Custom::") || self.is("AWS::CloudFormation::CustomResource")
    }

    /// Whether it is of this type.
    #[must_use]
    pub fn is(&self, kind: &str) -> bool {
        &*self.kind == kind
    }
}
