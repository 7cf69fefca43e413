//! The typed view: Lambda's own things, built once over the resources of a world.

use super::trigger::Trigger;
use super::{Resource, ResourceId};
use crate::engine::Address;
use crate::iam::{Policy, Statement};
use crate::source::Span;
use crate::value::{Data, Guard, Text, Value};

/// A function's place in its application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionId(pub usize);

/// A role's place in its application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleId(pub usize);

/// What a world declares about Lambda.
#[derive(Debug, Default)]
pub struct Application<'a> {
    /// The functions.
    pub functions: Vec<Function<'a>>,
    /// The IAM roles.
    pub roles: Vec<Role<'a>>,
    /// The statements of the functions' resource-based policies.
    pub permissions: Vec<Permission<'a>>,
    /// The policies that are written as a whole; their statements are among the permissions.
    pub resource_policies: Vec<ResourcePolicy<'a>>,
    /// What runs functions.
    pub triggers: Vec<Trigger<'a>>,
}

/// A Lambda function.
#[derive(Debug)]
pub struct Function<'a> {
    /// Its place.
    pub id: FunctionId,
    /// The resource.
    pub resource: &'a Resource,
    /// The resource's place.
    pub resource_id: ResourceId,
    /// Its execution role, for each case that is known to be one of the world's.
    pub roles: Vec<(RoleId, Guard)>,
    /// Whether `roles` is all that its role can be.
    pub roles_known: bool,
}

/// An IAM role with all that is attached to it.
#[derive(Debug)]
pub struct Role<'a> {
    /// Its place.
    pub id: RoleId,
    /// The resource.
    pub resource: &'a Resource,
    /// Its policies, inline, attached and managed.
    pub policies: Vec<Policy>,
    /// Who may assume it.
    pub trust: Option<Policy>,
    /// Whether it may have policies that are not seen (an imported one, a customer managed one by ARN).
    pub open: bool,
    /// The functions that use it.
    pub functions: Vec<FunctionId>,
    /// Whether it has, or may have, a permissions boundary that keeps it from more than its policies say.
    pub bounded: bool,
}

impl Role<'_> {
    /// All statements.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> + Clone {
        self.policies.iter().flat_map(|policy| &policy.statements)
    }
}

/// One statement of a function's resource-based policy: an `AWS::Lambda::Permission`, or a statement of an
/// `AWS::Lambda::ResourcePolicy`.
#[derive(Debug)]
pub struct Permission<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// All its bytes: the resource's or the statement's.
    pub body: Span,
    /// The functions that it may be about, with the qualifier that it names.
    pub functions: Vec<Target>,
    /// Whether `functions` is all that it can be about.
    pub functions_known: bool,
    /// `Action`.
    pub action: Value<&'a Text>,
    /// `Principal`.
    pub principal: Value<&'a Text>,
    /// `SourceArn`.
    pub source_arn: Value<&'a Text>,
    /// `SourceAccount`.
    pub source_account: Value<&'a Text>,
    /// `PrincipalOrgID`.
    pub organization: Value<&'a Text>,
    /// `FunctionUrlAuthType`.
    pub url_auth_type: Value<&'a Text>,
    /// `InvokedViaFunctionUrl`.
    pub via_url: Value<&'a Text>,
    /// `EventSourceToken`.
    pub token: Value<&'a Text>,
}

impl<'a> Permission<'a> {
    /// What it is about, as it is written.
    #[must_use]
    pub fn subject(&self) -> Value<&'a Text> {
        let whole = self.resource.is("AWS::Lambda::ResourcePolicy");
        let resource: &'a Resource = self.resource;
        let named = resource.get(if whole { "ResourceArn" } else { "FunctionName" });
        named.filter_map(|data: &&'a Data| data.text())
    }

    /// Whether it is a resource of its own, and not a statement of a whole policy.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        !self.resource.is("AWS::Lambda::ResourcePolicy")
    }
}

/// The whole resource-based policy of something: an `AWS::Lambda::ResourcePolicy`.
#[derive(Debug)]
pub struct ResourcePolicy<'a> {
    /// The resource.
    pub resource: &'a Resource,
    /// The functions that it may be about, with the qualifier that it names.
    pub functions: Vec<Target>,
    /// Whether `functions` is all that it can be about, as far as functions go.
    pub functions_known: bool,
    /// Whether its statements let in what the permissions say, and nothing else.
    pub closed: bool,
}

/// A function of the world, as some place names it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The function.
    pub function: FunctionId,
    /// The alias or version that is named; `None` when none is.
    pub qualifier: Option<Text>,
    /// In which deployments.
    pub when: Guard,
    /// Where it is named.
    pub span: Span,
}

impl Function<'_> {
    /// The function's address.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.resource.address
    }
}
