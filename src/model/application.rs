//! The typed view: Lambda's own things, built once over the resources of a world.

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
    /// Whether it certainly has a permissions boundary, or may have one.
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

/// What kind of thing runs a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TriggerKind {
    /// A bucket's notification.
    S3,
    /// A topic's subscription.
    Sns,
    /// A rule's target.
    EventsRule,
    /// A log group's subscription filter.
    Logs,
    /// A method or route of an API, or an authorizer.
    ApiGateway,
    /// An event source mapping.
    Poll,
}

impl TriggerKind {
    /// The principal that needs a permission; `None` for those that use a role.
    #[must_use]
    pub fn principal(self) -> Option<&'static str> {
        match self {
            Self::S3 => Some("s3.amazonaws.com"),
            Self::Sns => Some("sns.amazonaws.com"),
            Self::EventsRule => Some("events.amazonaws.com"),
            Self::Logs => Some("logs.amazonaws.com"),
            Self::ApiGateway => Some("apigateway.amazonaws.com"),
            Self::Poll => None,
        }
    }
}

/// Something that runs a function.
#[derive(Debug)]
pub struct Trigger<'a> {
    /// Of what kind.
    pub kind: TriggerKind,
    /// The function.
    pub target: Target,
    /// The resource that declares it (the bucket, the subscription, the rule …).
    pub holder: &'a Resource,
    /// The ARN of what runs the function, as its permission must name it (bucket, topic, rule, log group, API).
    pub source_arn: Option<Text>,
    /// The resource that it is, where the world declares it.
    pub source: Option<&'a Resource>,
    /// The events (`s3:ObjectCreated:*`).
    pub events: Value<&'a Text>,
    /// The part of the configuration that declares it, for filters.
    pub declaration: Value<&'a Data>,
    /// Where it is declared: the event's name, the configuration's entry.
    pub span: Span,
    /// Who made it: the user, or the format from something the user wrote.
    pub made: bool,
    /// The deployments in which it certainly has no role of its own, so that it needs a permission.
    pub without_role: Guard,
    /// Which trigger of its source it is, in words that follow "`Fn` for": `GET /items`, `an authorizer`. Empty where the source is enough.
    pub route: String,
}

impl Trigger<'_> {
    /// The `route` of an API's authorizers.
    pub(super) const AUTHORIZER: &'static str = "an authorizer";

    /// Whether it is an API's authorizer.
    #[must_use]
    pub fn is_authorizer(&self) -> bool {
        self.route == Self::AUTHORIZER
    }
}

impl Function<'_> {
    /// The function's address.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.resource.address
    }
}
