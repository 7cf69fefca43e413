//! What a front-end makes of one source.

use crate::engine::{Address, Finding};
use crate::model::{Reference, Resource};
use crate::source::{SourceId, Span};
use crate::syntax::Document;
use crate::value::{Atom, Data, Guard, Parameter, Value};
use std::sync::Arc;

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A CloudFormation template without SAM resources; what CDK synthesises too.
    CloudFormation,
    /// A template with `AWS::Serverless` resources.
    Sam,
    /// What the AWS CLI prints or takes.
    AwsCli,
}

/// One source, read and lowered. It depends on the source's content alone, so it can be cached by it.
#[derive(Debug)]
pub struct Unit {
    /// The source.
    pub source: SourceId,
    /// What it is.
    pub format: Format,
    /// The tree that it was read into.
    pub document: Document,
    /// What it declares.
    pub resources: Vec<Resource>,
    /// What `resources` has in another form (SAM's types), as the user wrote it. Properties that are set for all resources of a
    /// type are a resource of their own, of the type [`crate::data::schemas::GLOBALS`].
    pub written: Vec<Resource>,
    /// The resources that are referred to elsewhere than in properties: by outputs, `Globals`, metadata, update policies.
    pub mentions: Vec<Reference>,
    /// Whether there may be more resources than are seen (a macro, `Fn::ForEach` over an unknown list).
    pub open: bool,
    /// Which bytes belong to which address. Regions nest; the innermost one counts.
    pub regions: Vec<Region>,
    /// The named conditions, for putting guards in words.
    pub conditions: Vec<(Box<str>, Guard)>,
    /// The atoms of its guards.
    pub atoms: Vec<AtomName>,
    /// What ties it to other units.
    pub ties: Ties,
    /// The files that hold parts of its resources (definitions of state machines and APIs), as they were read.
    pub definitions: Vec<Document>,
    /// What only this format can get wrong. The rule of each is set.
    pub findings: Vec<Finding>,
}

/// What a template takes from others and gives to them.
#[derive(Debug, Default)]
pub struct Ties {
    /// Its parameters.
    pub parameters: Vec<Arc<Parameter>>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    /// What it imports: the names of the symbols that stand for imports.
    pub imports: Vec<Box<str>>,
    /// The nested stacks whose templates are units of the same world. Set by [`crate::engine::worlds`].
    pub joined: Vec<Address>,
}

/// An output of a template.
#[derive(Debug)]
pub struct Output {
    /// Its name.
    pub name: Box<str>,
    /// Its value, in the deployments that have the output.
    pub value: Value<Data>,
    /// The name of its export; unset where it has none.
    pub export: Value<Data>,
}

/// Bytes that belong to an address.
#[derive(Debug)]
pub struct Region {
    /// The bytes.
    pub span: Span,
    /// The address.
    pub address: Address,
    /// How many steps of the path to a place in it name the region itself.
    pub depth: usize,
}

/// An atom in the user's words.
#[derive(Clone, Debug)]
pub struct AtomName {
    /// The atom.
    pub atom: Atom,
    /// What is compared (`Env`, `AWS::Region`).
    pub operand: Box<str>,
    /// Its values by bit; an atom with one more bit than values has "anything else" as its last.
    pub values: Vec<Box<str>>,
}
