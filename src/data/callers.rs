//! The services that run functions: who lets each in, and which ARN it calls for.
//!
//! Retrieved 2026-11-22 from: CloudFormation's resource schemas (cfn-lint 1.58.0), the permissions that SAM's
//! translator 1.115.0 and the AWS CDK 2.276.0 make, and the pages "Granting Lambda function access to AWS services" and
//! "Invoking Lambda with events from other AWS services",
//! <https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html>.

/// A service that runs functions, in one of the ways in which it does.
#[derive(Debug, PartialEq, Eq)]
pub struct Caller {
    /// The service's name in prose.
    pub name: &'static str,
    /// What its calls are for, as in "a bucket of any account": `bucket`.
    pub source: &'static str,
    /// Whose right it calls with.
    pub authority: Authority,
    /// The service in the ARNs that it calls for (`execute-api`); empty where it names none.
    pub arn: &'static str,
    /// Whether it waits for what the function answers.
    pub synchronous: bool,
    /// Whether it tries the function when it is told of it, so that the permission must be there first.
    pub tries_first: bool,
}

/// Whose right lets a service run a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// The service's own: a statement of the function's resource-based policy lets in this principal (written without
    /// the region that some put before `.amazonaws.com`).
    Permission(&'static str),
    /// A role's that is given to the service; it trusts this principal.
    Role(&'static str),
    /// The service's own, which it arranges for itself. A statement for this principal does no harm.
    Arranged(&'static str),
    /// Those of whoever uses the service (deploys a stack, reads an object).
    User,
    /// The function's own role: Lambda itself fetches the events.
    Poll,
}

use Authority::{Arranged, Permission, Poll, Role, User};

const fn caller(name: &'static str, source: &'static str, authority: Authority, arn: &'static str) -> Caller {
    Caller { name, source, authority, arn, synchronous: false, tries_first: false }
}

impl Caller {
    const fn waits(self) -> Self {
        Self { synchronous: true, ..self }
    }

    const fn tries(self) -> Self {
        Self { tries_first: true, ..self }
    }

    /// The principal that needs a permission.
    #[must_use]
    pub fn principal(&self) -> Option<&'static str> {
        match self.authority {
            Permission(principal) => Some(principal),
            Arranged(_) | Role(_) | User | Poll => None,
        }
    }

    /// The principal of its statements, without `.amazonaws.com`.
    #[must_use]
    pub fn service(&self) -> Option<&'static str> {
        match self.authority {
            Permission(principal) | Arranged(principal) => principal.strip_suffix(".amazonaws.com"),
            Role(_) | User | Poll => None,
        }
    }
}

/// What the calls of a service are for (`bucket`), by its principal without `.amazonaws.com`.
#[must_use]
pub fn source_of(service: &str) -> Option<&'static str> {
    ALL.iter().find(|caller| caller.service() == Some(service)).map(|caller| caller.source)
}

/// The principals, without `.amazonaws.com`, that call for ARNs of a service; the usual one first.
pub fn callers_for(arn: &str) -> impl Iterator<Item = &'static str> {
    ALL.iter().filter(move |caller| caller.arn == arn).filter_map(|caller| caller.service())
}

/// Whether a service can do without statements for it (its principal without `.amazonaws.com`): it uses a role, the rights of
/// a user or those that it arranges for itself, or it does not call at all. A statement for it is useless, not dangerous.
#[must_use]
pub fn needs_no_statement(service: &str) -> bool {
    let without = |caller: &&&Caller| match caller.authority {
        Role(role) => role == service,
        Arranged(_) => caller.service() == Some(service),
        Permission(_) | User | Poll => false,
    };
    let needed = |caller: &&&Caller| caller.principal().is_some() && caller.service() == Some(service);
    NEEDLESS.contains(&service)
        || ALL.iter().any(|caller| without(&caller)) && !ALL.iter().any(|caller| needed(&caller))
}

/// What names what a service calls for, before its name in the ARN (`rule/`); empty where the name comes first.
#[must_use]
pub fn prefix_of(arn: &str) -> &'static str {
    PREFIXES.iter().find(|(service, _)| *service == arn).map_or("", |(_, prefix)| prefix)
}

/// Services that people write statements for in vain: Lambda polls them, or they are no callers. AppSync is one
/// because its data sources, which use a role, are what nearly every statement for it is meant for.
static NEEDLESS: &[&str] = &["appsync", "cloudformation", "dynamodb", "kafka", "kinesis", "replicator.lambda", "sqs"];

/// What stands before the name in ARNs of these services.
static PREFIXES: &[(&str, &str)] = &[
    ("appsync", "apis/"),
    ("bedrock", "agent/"),
    ("cloudwatch", "alarm:"),
    ("cognito-identity", "identitypool/"),
    ("cognito-idp", "userpool/"),
    ("config", "config-rule/"),
    ("connect", "instance/"),
    ("elasticloadbalancing", "targetgroup/"),
    ("events", "rule/"),
    ("iot", "rule/"),
    ("lex", "bot-alias/"),
    ("logs", "log-group:"),
    ("mobiletargeting", "apps/"),
    ("secretsmanager", "secret:"),
    ("transfer", "server/"),
    ("vpc-lattice", "targetgroup/"),
];

/// Notifications of a bucket.
pub static S3: Caller = caller("S3", "bucket", Permission("s3.amazonaws.com"), "s3").tries();
/// Subscriptions to a topic.
pub static SNS: Caller = caller("SNS", "topic", Permission("sns.amazonaws.com"), "sns");
/// Rules.
pub static EVENTS: Caller = caller("EventBridge", "EventBridge rule", Permission("events.amazonaws.com"), "events");
/// Subscription filters, of a group or of the whole account.
pub static LOGS: Caller = caller("CloudWatch Logs", "log group", Permission("logs.amazonaws.com"), "logs").tries();
/// Methods, routes and authorizers, of REST, HTTP and WebSocket APIs.
pub static API_GATEWAY: Caller =
    caller("API Gateway", "API", Permission("apigateway.amazonaws.com"), "execute-api").waits();
/// Target groups of application load balancers.
pub static LOAD_BALANCER: Caller = caller(
    "Elastic Load Balancing",
    "target group",
    Permission("elasticloadbalancing.amazonaws.com"),
    "elasticloadbalancing",
)
.waits()
.tries();
/// Triggers of a user pool.
pub static COGNITO: Caller =
    caller("Cognito", "user pool", Permission("cognito-idp.amazonaws.com"), "cognito-idp").waits();
/// Sync triggers of an identity pool.
pub static COGNITO_SYNC: Caller =
    caller("Cognito Sync", "identity pool", Permission("cognito-sync.amazonaws.com"), "cognito-identity").waits();
/// Authorizers of GraphQL and Event APIs.
pub static APPSYNC_AUTHORIZER: Caller =
    caller("AppSync", "AppSync API", Permission("appsync.amazonaws.com"), "appsync").waits();
/// Data sources of GraphQL APIs.
pub static APPSYNC: Caller = caller("AppSync", "AppSync API", Role("appsync"), "appsync").waits();
/// Actions of rules.
pub static IOT_RULE: Caller = caller("IoT", "IoT rule", Permission("iot.amazonaws.com"), "iot");
/// Custom authorizers, hooks of fleet provisioning, certificate providers.
pub static IOT: Caller = caller("IoT", "IoT rule or authorizer", Permission("iot.amazonaws.com"), "iot").waits();
/// Custom rules.
pub static CONFIG: Caller = caller("Config", "Config rule", Permission("config.amazonaws.com"), "config").tries();
/// Rotation of a secret.
pub static SECRETS_MANAGER: Caller =
    caller("Secrets Manager", "secret", Permission("secretsmanager.amazonaws.com"), "secretsmanager").tries();
/// Triggers of a repository.
pub static CODECOMMIT: Caller =
    caller("CodeCommit", "repository", Permission("codecommit.amazonaws.com"), "codecommit").tries();
/// Rules for mail that is received.
pub static SES: Caller = caller("SES", "SES receipt rule", Permission("ses.amazonaws.com"), "ses").tries();
/// Actions of alarms.
pub static ALARM: Caller =
    caller("CloudWatch", "alarm", Permission("lambda.alarms.cloudwatch.amazonaws.com"), "cloudwatch");
/// Data sources of dashboards.
pub static CLOUDWATCH_DATA: Caller =
    caller("CloudWatch", "data source", Permission("cloudwatch.datasource.amazonaws.com"), "cloudwatch").waits();
/// Action groups and parsers of agents.
pub static BEDROCK: Caller = caller("Bedrock", "Bedrock agent", Permission("bedrock.amazonaws.com"), "bedrock").waits();
/// Target groups of VPC Lattice, which adds the permission when a function is registered:
/// <https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html>.
pub static LATTICE: Caller =
    caller("VPC Lattice", "target group", Arranged("vpc-lattice.amazonaws.com"), "vpc-lattice").waits();
/// Bots of Lex V2.
pub static LEX: Caller = caller("Lex", "bot", Permission("lexv2.amazonaws.com"), "lex").waits();
/// Bots of Lex V1.
pub static LEX_V1: Caller = caller("Lex", "bot", Permission("lex.amazonaws.com"), "lex").waits();
/// Contact flows.
pub static CONNECT: Caller =
    caller("Connect", "Connect instance", Permission("connect.amazonaws.com"), "connect").waits();
/// Identity providers of a server.
pub static TRANSFER: Caller =
    caller("Transfer Family", "Transfer server", Permission("transfer.amazonaws.com"), "transfer").waits();
/// Validators of configurations.
pub static APPCONFIG: Caller =
    caller("AppConfig", "configuration profile", Permission("appconfig.amazonaws.com"), "appconfig").waits();
/// Hooks of campaigns.
pub static PINPOINT: Caller =
    caller("Pinpoint", "application", Permission("pinpoint.amazonaws.com"), "mobiletargeting").waits();
/// What stands before a function's URL, where it signs for it.
pub static CLOUDFRONT: Caller =
    caller("CloudFront", "CloudFront distribution", Permission("cloudfront.amazonaws.com"), "cloudfront").waits();

/// Lambda@Edge. CloudFront copies the function with a role of its own.
pub static EDGE: Caller =
    caller("CloudFront", "CloudFront distribution", Arranged("edgelambda.amazonaws.com"), "cloudfront").waits();
/// Schedules.
pub static SCHEDULER: Caller = caller("EventBridge Scheduler", "schedule", Role("scheduler"), "scheduler");
/// Targets and enrichments of pipes.
pub static PIPES: Caller = caller("EventBridge Pipes", "pipe", Role("pipes"), "pipes").waits();
/// Tasks of state machines.
pub static STEP_FUNCTIONS: Caller = caller("Step Functions", "state machine", Role("states"), "states").waits();
/// Transformations of delivery streams.
pub static FIREHOSE: Caller = caller("Firehose", "delivery stream", Role("firehose"), "firehose").waits();
/// Actions of pipelines.
pub static CODEPIPELINE: Caller = caller("CodePipeline", "pipeline", Role("codepipeline"), "codepipeline");
/// Hooks of ECS deployments.
pub static ECS: Caller = caller("ECS", "service", Role("ecs"), "ecs").waits();
/// Nodes of Bedrock's flows.
pub static BEDROCK_FLOW: Caller = caller("Bedrock", "flow", Role("bedrock"), "bedrock").waits();
/// Rules of SES's Mail Manager.
pub static MAIL_MANAGER: Caller = caller("SES Mail Manager", "rule set", Role("ses"), "ses");
/// Steps of Transfer's workflows.
pub static TRANSFER_WORKFLOW: Caller = caller("Transfer Family", "workflow", Role("transfer"), "transfer");
/// Custom resources.
pub static CLOUDFORMATION: Caller = caller("CloudFormation", "stack", User, "cloudformation");
/// Objects that a function transforms as they are read.
pub static OBJECT_LAMBDA: Caller = caller("S3 Object Lambda", "access point", User, "s3-object-lambda").waits();
/// A URL of the function's own.
pub static URL: Caller = caller("Lambda", "function URL", User, "").waits();
/// Asynchronous destinations of another function.
pub static LAMBDA: Caller = caller("Lambda", "function", Role("lambda"), "lambda");
/// Event source mappings.
pub static POLLER: Caller = caller("Lambda", "event source", Poll, "").waits();

/// Applications and channel flows of Chime. It needs a statement, but which ARN it calls for is not written down anywhere.
pub static CHIME: Caller =
    caller("Chime", "application", Arranged("voiceconnector.chime.amazonaws.com"), "chime").waits();
/// Activities of IoT Analytics; as with [`CHIME`].
pub static IOT_ANALYTICS: Caller =
    caller("IoT Analytics", "pipeline", Arranged("iotanalytics.amazonaws.com"), "iotanalytics").waits();
/// Connectors of AppFlow; as with [`CHIME`].
pub static APPFLOW: Caller = caller("AppFlow", "connector", Arranged("appflow.amazonaws.com"), "appflow").waits();
/// Identity providers of HealthLake; as with [`CHIME`].
pub static HEALTHLAKE: Caller =
    caller("HealthLake", "data store", Arranged("healthlake.amazonaws.com"), "healthlake").waits();
/// Evaluators of Bedrock AgentCore; as with [`CHIME`].
pub static AGENT_CORE_EVALUATOR: Caller =
    caller("Bedrock AgentCore", "evaluator", Arranged("bedrock-agentcore.amazonaws.com"), "bedrock-agentcore").waits();
/// Client VPN, which has a service-linked role.
pub static CLIENT_VPN: Caller = caller("Client VPN", "endpoint", Arranged("clientvpn.amazonaws.com"), "ec2").waits();
/// Termination policies of Auto Scaling, which has a service-linked role.
pub static AUTO_SCALING: Caller =
    caller("Auto Scaling", "group", Arranged("autoscaling.amazonaws.com"), "autoscaling").waits();
/// Gateways of Bedrock AgentCore.
pub static AGENT_CORE_GATEWAY: Caller =
    caller("Bedrock AgentCore", "gateway", Role("bedrock-agentcore"), "bedrock-agentcore").waits();
/// Data sources of Bedrock's knowledge bases.
pub static KNOWLEDGE_BASE: Caller = caller("Bedrock", "data source", Role("bedrock"), "bedrock").waits();
/// Data sources of Kendra.
pub static KENDRA: Caller = caller("Kendra", "data source", Role("kendra"), "kendra").waits();
/// Data sources of Amazon Q Business.
pub static Q_BUSINESS: Caller = caller("Q Business", "data source", Role("qbusiness"), "qbusiness").waits();
/// Applications of Kinesis Data Analytics.
pub static KINESIS_ANALYTICS: Caller =
    caller("Kinesis Data Analytics", "application", Role("kinesisanalytics"), "kinesisanalytics").waits();
/// Subscribers of EventBridge buses.
pub static EVENTS_SUBSCRIBER: Caller = caller("EventBridge", "subscriber", Role("events"), "events");
/// Hooks of CloudFormation.
pub static CLOUDFORMATION_HOOK: Caller =
    caller("CloudFormation", "hook", Role("hooks.cloudformation"), "cloudformation").waits();
/// Extensions of AppConfig.
pub static APPCONFIG_EXTENSION: Caller = caller("AppConfig", "extension", Role("appconfig"), "appconfig").waits();

/// All whose statements are known.
pub static ALL: &[&Caller] = &[
    &S3,
    &SNS,
    &EVENTS,
    &LOGS,
    &API_GATEWAY,
    &LOAD_BALANCER,
    &COGNITO,
    &COGNITO_SYNC,
    &APPSYNC_AUTHORIZER,
    &APPSYNC,
    &IOT_RULE,
    &IOT,
    &CONFIG,
    &SECRETS_MANAGER,
    &CODECOMMIT,
    &SES,
    &ALARM,
    &CLOUDWATCH_DATA,
    &BEDROCK,
    &LATTICE,
    &LEX,
    &LEX_V1,
    &CONNECT,
    &TRANSFER,
    &APPCONFIG,
    &PINPOINT,
    &CLOUDFRONT,
    &EDGE,
    &SCHEDULER,
    &PIPES,
    &STEP_FUNCTIONS,
    &FIREHOSE,
    &CODEPIPELINE,
    &ECS,
    &BEDROCK_FLOW,
    &MAIL_MANAGER,
    &TRANSFER_WORKFLOW,
    &CLOUDFORMATION,
    &OBJECT_LAMBDA,
    &URL,
    &LAMBDA,
    &POLLER,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_needs_a_statement() {
        for needless in
            ["appsync", "scheduler", "states", "pipes", "firehose", "sqs", "vpc-lattice", "edgelambda", "lambda"]
        {
            assert!(needs_no_statement(needless), "{needless}");
        }
        for needed in ["s3", "bedrock", "ses", "iot", "cognito-idp", "transfer", "acme"] {
            assert!(!needs_no_statement(needed), "{needed}");
        }
    }

    #[test]
    fn who_calls_for_an_arn() {
        let callers = |arn| callers_for(arn).collect::<Vec<_>>();
        assert_eq!(callers("execute-api"), ["apigateway"]);
        assert_eq!(callers("lex"), ["lexv2", "lex"]);
        assert_eq!(callers("cloudfront"), ["cloudfront", "edgelambda"]);
        assert_eq!(callers("dynamodb"), [""; 0]);
        assert_eq!(source_of("lambda.alarms.cloudwatch"), Some("alarm"));
        assert_eq!(source_of("states"), None);
    }
}
