//! What runs a function.

use super::Resource;
use super::application::Target;
use crate::data::callers::{self, Caller};
use crate::source::Span;
use crate::value::{Data, Guard, Text, Value};

/// What kind of thing runs a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TriggerKind {
    /// A bucket's notification. The holder is the bucket, or the CDK's custom resource that sets its notifications.
    S3,
    /// A topic's subscription.
    Sns,
    /// A rule's target.
    EventsRule,
    /// A log group's subscription filter.
    Logs,
    /// A subscription filter of all the account's log groups.
    LogsAccount,
    /// A method or route of an API, or an authorizer.
    ApiGateway,
    /// An event source mapping.
    Poll,
    /// A schedule of EventBridge Scheduler.
    Scheduler,
    /// The target of a pipe. `source_arn` is what the pipe reads from.
    Pipe,
    /// The enrichment of a pipe, which answers it.
    PipeEnrichment,
    /// A task of a state machine.
    StateMachine,
    /// An action of an IoT rule.
    IotRule,
    /// A custom authorizer, a hook of fleet provisioning or a certificate provider of IoT.
    Iot,
    /// A load balancer's target group.
    LoadBalancer,
    /// A trigger of a user pool.
    Cognito,
    /// A trigger of an identity pool.
    CognitoSync,
    /// A data source of an AppSync API.
    AppSync,
    /// An authorizer of an AppSync API.
    AppSyncAuthorizer,
    /// A custom rule of Config.
    Config,
    /// The rotation of a secret.
    SecretRotation,
    /// A custom resource or a macro.
    CloudFormation,
    /// Lambda@Edge.
    Edge,
    /// A rule for mail that SES receives.
    Ses,
    /// A rule of SES's Mail Manager.
    MailManager,
    /// A trigger of a repository.
    CodeCommit,
    /// An action of a pipeline.
    CodePipeline,
    /// A hook of a deployment of ECS.
    Ecs,
    /// An action of an alarm.
    Alarm,
    /// An action group or a parser of a Bedrock agent.
    BedrockAgent,
    /// A node of a Bedrock flow.
    BedrockFlow,
    /// A target group of VPC Lattice.
    Lattice,
    /// A transformation of a Firehose stream.
    Firehose,
    /// A bot of Lex.
    Lex,
    /// A Connect instance.
    Connect,
    /// An identity provider of a Transfer server.
    Transfer,
    /// A step of a Transfer workflow.
    TransferWorkflow,
    /// A validator of an AppConfig profile.
    AppConfig,
    /// A hook of a Pinpoint campaign.
    Pinpoint,
    /// An access point of S3 Object Lambda.
    ObjectLambda,
    /// An application or a channel flow of Chime.
    Chime,
    /// An activity of IoT Analytics.
    IotAnalytics,
    /// A connector of AppFlow.
    AppFlow,
    /// An identity provider of HealthLake.
    HealthLake,
    /// An evaluator of Bedrock AgentCore.
    AgentCoreEvaluator,
    /// A target of a gateway of Bedrock AgentCore.
    AgentCoreGateway,
    /// The connection handler of a Client VPN endpoint.
    ClientVpn,
    /// A termination policy of an Auto Scaling group.
    AutoScaling,
    /// A transformation of a data source of a Bedrock knowledge base.
    KnowledgeBase,
    /// A hook of a data source of Kendra.
    Kendra,
    /// A hook of a data source of Q Business.
    QBusiness,
    /// The preprocessing of an application of Kinesis Data Analytics.
    KinesisAnalytics,
    /// A subscriber of an EventBridge bus.
    EventsSubscriber,
    /// A hook of CloudFormation.
    CloudFormationHook,
    /// An action of an AppConfig extension.
    AppConfigExtension,
    /// A URL of the function's own.
    Url,
    /// An asynchronous destination of another function.
    Destination,
}

impl TriggerKind {
    /// What is known of the service that makes the calls.
    #[must_use]
    pub fn caller(self) -> &'static Caller {
        match self {
            Self::S3 => &callers::S3,
            Self::Sns => &callers::SNS,
            Self::EventsRule => &callers::EVENTS,
            Self::Logs | Self::LogsAccount => &callers::LOGS,
            Self::ApiGateway => &callers::API_GATEWAY,
            Self::Poll => &callers::POLLER,
            Self::Scheduler => &callers::SCHEDULER,
            Self::Pipe | Self::PipeEnrichment => &callers::PIPES,
            Self::StateMachine => &callers::STEP_FUNCTIONS,
            Self::IotRule => &callers::IOT_RULE,
            Self::Iot => &callers::IOT,
            Self::LoadBalancer => &callers::LOAD_BALANCER,
            Self::Cognito => &callers::COGNITO,
            Self::CognitoSync => &callers::COGNITO_SYNC,
            Self::AppSync => &callers::APPSYNC,
            Self::AppSyncAuthorizer => &callers::APPSYNC_AUTHORIZER,
            Self::Config => &callers::CONFIG,
            Self::SecretRotation => &callers::SECRETS_MANAGER,
            Self::CloudFormation => &callers::CLOUDFORMATION,
            Self::Edge => &callers::EDGE,
            Self::Ses => &callers::SES,
            Self::MailManager => &callers::MAIL_MANAGER,
            Self::CodeCommit => &callers::CODECOMMIT,
            Self::CodePipeline => &callers::CODEPIPELINE,
            Self::Ecs => &callers::ECS,
            Self::Alarm => &callers::ALARM,
            Self::BedrockAgent => &callers::BEDROCK,
            Self::BedrockFlow => &callers::BEDROCK_FLOW,
            Self::Lattice => &callers::LATTICE,
            Self::Firehose => &callers::FIREHOSE,
            Self::Lex => &callers::LEX,
            Self::Connect => &callers::CONNECT,
            Self::Transfer => &callers::TRANSFER,
            Self::TransferWorkflow => &callers::TRANSFER_WORKFLOW,
            Self::AppConfig => &callers::APPCONFIG,
            Self::Pinpoint => &callers::PINPOINT,
            Self::ObjectLambda => &callers::OBJECT_LAMBDA,
            Self::Chime => &callers::CHIME,
            Self::IotAnalytics => &callers::IOT_ANALYTICS,
            Self::AppFlow => &callers::APPFLOW,
            Self::HealthLake => &callers::HEALTHLAKE,
            Self::AgentCoreEvaluator => &callers::AGENT_CORE_EVALUATOR,
            Self::AgentCoreGateway => &callers::AGENT_CORE_GATEWAY,
            Self::ClientVpn => &callers::CLIENT_VPN,
            Self::AutoScaling => &callers::AUTO_SCALING,
            Self::KnowledgeBase => &callers::KNOWLEDGE_BASE,
            Self::Kendra => &callers::KENDRA,
            Self::QBusiness => &callers::Q_BUSINESS,
            Self::KinesisAnalytics => &callers::KINESIS_ANALYTICS,
            Self::EventsSubscriber => &callers::EVENTS_SUBSCRIBER,
            Self::CloudFormationHook => &callers::CLOUDFORMATION_HOOK,
            Self::AppConfigExtension => &callers::APPCONFIG_EXTENSION,
            Self::Url => &callers::URL,
            Self::Destination => &callers::LAMBDA,
        }
    }

    /// The principal that needs a permission; `None` for those that use somebody else's right.
    #[must_use]
    pub fn principal(self) -> Option<&'static str> {
        self.caller().principal()
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
    /// The ARN of what runs the function, as its permission must name it (bucket, topic, rule, log group, API). Where no
    /// permission is needed: the ARN of what the events come from, if there is one.
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
