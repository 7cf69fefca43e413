//! Types that name a function at a place of theirs, and nothing more to it: where that is, and what calls for it.
//!
//! Source: the resource schemas of CloudFormation (as of 2026-11-22).

use super::{Push, is, own_arn, push, whole};
use crate::model::world::World;
use crate::model::{Resource, Trigger, TriggerKind};
use crate::value::{Data, Guard, Piece, Text, Value};

/// A place that names a function.
struct Place {
    /// The resource's type.
    holder: &'static str,
    /// The path to the function: keys joined by `.`; `[]` behind a key for each item of a list, `*` for each key of a
    /// map.
    path: &'static str,
    kind: TriggerKind,
    /// What the permission calls it by.
    source: Source,
    /// Where it is meant at all.
    only: Only,
    /// What tells it from others of the resource, in words.
    route: &'static str,
    /// The property that says which events, beside the function.
    events: &'static str,
}

/// The ARN that a service calls for.
enum Source {
    /// None that is known, or none at all.
    None,
    /// The resource's own.
    Own,
    /// What a property names, by ARN or as a resource of this type.
    Named(&'static str, &'static str),
    /// One of the service's that is not known as a whole: `{A.B}` is what that property says, `*` anything.
    Form(&'static str, &'static str),
}

/// Where a place is meant.
enum Only {
    Always,
    /// Where this property of the resource is this.
    Whole(&'static str, &'static str),
    /// Where this property beside the function is this.
    Beside(&'static str, &'static str),
}

const fn place(holder: &'static str, path: &'static str, kind: TriggerKind, source: Source) -> Place {
    Place { holder, path, kind, source, only: Only::Always, route: "", events: "" }
}

impl Place {
    const fn only(self, only: Only) -> Self {
        Self { only, ..self }
    }

    const fn route(self, route: &'static str) -> Self {
        Self { route, ..self }
    }

    const fn events(self, events: &'static str) -> Self {
        Self { events, ..self }
    }
}

use Source::{Form, Named, Own};
use TriggerKind as Kind;

/// Sorted by type.
static PLACES: &[Place] = &[
    place("AWS::AppConfig::ConfigurationProfile", "Validators[].Content", Kind::AppConfig, Source::None)
        .only(Only::Beside("Type", "LAMBDA")),
    place("AWS::AppConfig::Extension", "Actions.*[].Uri", Kind::AppConfigExtension, Source::None),
    place("AWS::AppFlow::Connector", "ConnectorProvisioningConfig.Lambda.LambdaArn", Kind::AppFlow, Source::None),
    place(
        "AWS::AppSync::Api",
        "EventConfig.AuthProviders[].LambdaAuthorizerConfig.AuthorizerUri",
        Kind::AppSyncAuthorizer,
        Own,
    )
    .route(Trigger::AUTHORIZER),
    place(
        "AWS::AppSync::DataSource",
        "LambdaConfig.LambdaFunctionArn",
        Kind::AppSync,
        Named("ApiId", "AWS::AppSync::GraphQLApi"),
    ),
    place(
        "AWS::AppSync::GraphQLApi",
        "AdditionalAuthenticationProviders[].LambdaAuthorizerConfig.AuthorizerUri",
        Kind::AppSyncAuthorizer,
        Own,
    )
    .route(Trigger::AUTHORIZER),
    place("AWS::AppSync::GraphQLApi", "LambdaAuthorizerConfig.AuthorizerUri", Kind::AppSyncAuthorizer, Own)
        .route(Trigger::AUTHORIZER),
    place("AWS::AutoScaling::AutoScalingGroup", "TerminationPolicies[]", Kind::AutoScaling, Source::None),
    place("AWS::Bedrock::Agent", "ActionGroups[].ActionGroupExecutor.Lambda", Kind::BedrockAgent, Own),
    place("AWS::Bedrock::Agent", "CustomOrchestration.Executor.Lambda", Kind::BedrockAgent, Own),
    place("AWS::Bedrock::Agent", "PromptOverrideConfiguration.OverrideLambda", Kind::BedrockAgent, Own),
    place(
        "AWS::Bedrock::DataSource",
        "VectorIngestionConfiguration.CustomTransformationConfiguration.Transformations[].TransformationFunction.TransformationLambdaConfiguration.LambdaArn",
        Kind::KnowledgeBase,
        Source::None,
    ),
    place(
        "AWS::Bedrock::Flow",
        "Definition.Nodes[].Configuration.LambdaFunction.LambdaArn",
        Kind::BedrockFlow,
        Source::None,
    ),
    place(
        "AWS::BedrockAgentCore::Evaluator",
        "EvaluatorConfig.CodeBased.LambdaConfig.LambdaArn",
        Kind::AgentCoreEvaluator,
        Source::None,
    ),
    place(
        "AWS::BedrockAgentCore::GatewayTarget",
        "TargetConfiguration.Mcp.Lambda.LambdaArn",
        Kind::AgentCoreGateway,
        Source::None,
    ),
    place("AWS::Chime::ChannelFlow", "Processors[].Configuration.Lambda.ResourceArn", Kind::Chime, Source::None),
    place("AWS::Chime::SipMediaApplication", "Endpoints[].LambdaArn", Kind::Chime, Source::None),
    place("AWS::CloudFormation::LambdaHook", "LambdaFunction", Kind::CloudFormationHook, Source::None),
    place("AWS::CloudFormation::Macro", "FunctionName", Kind::CloudFormation, Source::None),
    place(
        "AWS::CloudFront::Distribution",
        "DistributionConfig.CacheBehaviors[].LambdaFunctionAssociations[].LambdaFunctionARN",
        Kind::Edge,
        Source::None,
    )
    .events("EventType"),
    place(
        "AWS::CloudFront::Distribution",
        "DistributionConfig.DefaultCacheBehavior.LambdaFunctionAssociations[].LambdaFunctionARN",
        Kind::Edge,
        Source::None,
    )
    .events("EventType"),
    place("AWS::CloudWatch::Alarm", "AlarmActions[]", Kind::Alarm, Own),
    place("AWS::CloudWatch::Alarm", "InsufficientDataActions[]", Kind::Alarm, Own),
    place("AWS::CloudWatch::Alarm", "OKActions[]", Kind::Alarm, Own),
    place("AWS::CloudWatch::CompositeAlarm", "AlarmActions[]", Kind::Alarm, Own),
    place("AWS::CloudWatch::CompositeAlarm", "InsufficientDataActions[]", Kind::Alarm, Own),
    place("AWS::CloudWatch::CompositeAlarm", "OKActions[]", Kind::Alarm, Own),
    place("AWS::CodeCommit::Repository", "Triggers[].DestinationArn", Kind::CodeCommit, Own),
    place(
        "AWS::CodePipeline::Pipeline",
        "Stages[].Actions[].Configuration.FunctionName",
        Kind::CodePipeline,
        Source::None,
    )
    .only(Only::Beside("ActionTypeId.Provider", "Lambda")),
    place(
        "AWS::Cognito::IdentityPool",
        "CognitoEvents.*",
        Kind::CognitoSync,
        Form("cognito-identity", "identitypool/*"),
    ),
    place("AWS::Cognito::UserPool", "LambdaConfig.CreateAuthChallenge", Kind::Cognito, Own)
        .route("CreateAuthChallenge"),
    place("AWS::Cognito::UserPool", "LambdaConfig.CustomEmailSender.LambdaArn", Kind::Cognito, Own)
        .route("CustomEmailSender"),
    place("AWS::Cognito::UserPool", "LambdaConfig.CustomMessage", Kind::Cognito, Own).route("CustomMessage"),
    place("AWS::Cognito::UserPool", "LambdaConfig.CustomSMSSender.LambdaArn", Kind::Cognito, Own)
        .route("CustomSMSSender"),
    place("AWS::Cognito::UserPool", "LambdaConfig.DefineAuthChallenge", Kind::Cognito, Own)
        .route("DefineAuthChallenge"),
    place("AWS::Cognito::UserPool", "LambdaConfig.InboundFederation.LambdaArn", Kind::Cognito, Own)
        .route("InboundFederation"),
    place("AWS::Cognito::UserPool", "LambdaConfig.PostAuthentication", Kind::Cognito, Own).route("PostAuthentication"),
    place("AWS::Cognito::UserPool", "LambdaConfig.PostConfirmation", Kind::Cognito, Own).route("PostConfirmation"),
    place("AWS::Cognito::UserPool", "LambdaConfig.PreAuthentication", Kind::Cognito, Own).route("PreAuthentication"),
    place("AWS::Cognito::UserPool", "LambdaConfig.PreSignUp", Kind::Cognito, Own).route("PreSignUp"),
    place("AWS::Cognito::UserPool", "LambdaConfig.PreTokenGeneration", Kind::Cognito, Own).route("PreTokenGeneration"),
    place("AWS::Cognito::UserPool", "LambdaConfig.PreTokenGenerationConfig.LambdaArn", Kind::Cognito, Own)
        .route("PreTokenGenerationConfig"),
    place("AWS::Cognito::UserPool", "LambdaConfig.UserMigration", Kind::Cognito, Own).route("UserMigration"),
    place("AWS::Cognito::UserPool", "LambdaConfig.VerifyAuthChallengeResponse", Kind::Cognito, Own)
        .route("VerifyAuthChallengeResponse"),
    place("AWS::Config::ConfigRule", "Source.SourceIdentifier", Kind::Config, Own)
        .only(Only::Whole("Source.Owner", "CUSTOM_LAMBDA")),
    place(
        "AWS::Config::OrganizationConfigRule",
        "OrganizationCustomRuleMetadata.LambdaFunctionArn",
        Kind::Config,
        Source::None,
    ),
    place("AWS::Connect::IntegrationAssociation", "IntegrationArn", Kind::Connect, Source::None)
        .only(Only::Whole("IntegrationType", "LAMBDA_FUNCTION")),
    place("AWS::EC2::ClientVpnEndpoint", "ClientConnectOptions.LambdaFunctionArn", Kind::ClientVpn, Source::None),
    place("AWS::ECS::Service", "DeploymentConfiguration.LifecycleHooks[].HookTargetArn", Kind::Ecs, Source::None),
    place("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets[].Id", Kind::LoadBalancer, Own)
        .only(Only::Whole("TargetType", "lambda")),
    place("AWS::EventsV2::Subscriber", "InvokeConfiguration.TargetArn", Kind::EventsSubscriber, Source::None),
    place(
        "AWS::HealthLake::FHIRDatastore",
        "IdentityProviderConfiguration.IdpLambdaArn",
        Kind::HealthLake,
        Source::None,
    ),
    place("AWS::IoT::Authorizer", "AuthorizerFunctionArn", Kind::Iot, Form("iot", "authorizer/{AuthorizerName}"))
        .route(Trigger::AUTHORIZER),
    place(
        "AWS::IoT::CertificateProvider",
        "LambdaFunctionArn",
        Kind::Iot,
        Form("iot", "certificateprovider/{CertificateProviderName}"),
    )
    .route("a certificate provider"),
    place("AWS::IoT::DomainConfiguration", "ServerCertificateConfig.OcspLambdaArn", Kind::Iot, Source::None)
        .route("OCSP responses"),
    place(
        "AWS::IoT::ProvisioningTemplate",
        "PreProvisioningHook.TargetArn",
        Kind::Iot,
        Form("iot", "provisioningtemplate/{TemplateName}"),
    )
    .route("a hook of provisioning"),
    place("AWS::IoT::TopicRule", "TopicRulePayload.Actions[].Lambda.FunctionArn", Kind::IotRule, Own),
    place("AWS::IoT::TopicRule", "TopicRulePayload.ErrorAction.Lambda.FunctionArn", Kind::IotRule, Own)
        .route("the action for errors"),
    place("AWS::IoTAnalytics::Pipeline", "PipelineActivities[].Lambda.LambdaName", Kind::IotAnalytics, Source::None),
    place(
        "AWS::Kendra::DataSource",
        "CustomDocumentEnrichmentConfiguration.PostExtractionHookConfiguration.LambdaArn",
        Kind::Kendra,
        Source::None,
    ),
    place(
        "AWS::Kendra::DataSource",
        "CustomDocumentEnrichmentConfiguration.PreExtractionHookConfiguration.LambdaArn",
        Kind::Kendra,
        Source::None,
    ),
    place(
        "AWS::KinesisAnalytics::Application",
        "Inputs[].InputProcessingConfiguration.InputLambdaProcessor.ResourceARN",
        Kind::KinesisAnalytics,
        Source::None,
    ),
    place(
        "AWS::KinesisFirehose::DeliveryStream",
        "*.ProcessingConfiguration.Processors[].Parameters[].ParameterValue",
        Kind::Firehose,
        Own,
    )
    .only(Only::Beside("ParameterName", "LambdaArn")),
    place("AWS::Lambda::EventInvokeConfig", "DestinationConfig.OnFailure.Destination", Kind::Destination, Source::None)
        .route("failures"),
    place("AWS::Lambda::EventInvokeConfig", "DestinationConfig.OnSuccess.Destination", Kind::Destination, Source::None)
        .route("results"),
    place("AWS::Lambda::Url", "TargetFunctionArn", Kind::Url, Source::None),
    place(
        "AWS::Lex::Bot",
        "TestBotAliasSettings.BotAliasLocaleSettings[].BotAliasLocaleSetting.CodeHookSpecification.LambdaCodeHook.LambdaArn",
        Kind::Lex,
        Form("lex", "bot-alias/*"),
    ),
    place(
        "AWS::Lex::BotAlias",
        "BotAliasLocaleSettings[].BotAliasLocaleSetting.CodeHookSpecification.LambdaCodeHook.LambdaArn",
        Kind::Lex,
        Form("lex", "bot-alias/{BotId}/*"),
    ),
    place("AWS::Pinpoint::ApplicationSettings", "CampaignHook.LambdaFunctionName", Kind::Pinpoint, Source::None),
    place("AWS::Pinpoint::Campaign", "CampaignHook.LambdaFunctionName", Kind::Pinpoint, Source::None),
    place("AWS::Pipes::Pipe", "Enrichment", Kind::PipeEnrichment, Named("Source", "")).route("an enrichment"),
    place("AWS::Pipes::Pipe", "Target", Kind::Pipe, Named("Source", "")),
    place(
        "AWS::QBusiness::DataSource",
        "DocumentEnrichmentConfiguration.PostExtractionHookConfiguration.LambdaArn",
        Kind::QBusiness,
        Source::None,
    ),
    place(
        "AWS::QBusiness::DataSource",
        "DocumentEnrichmentConfiguration.PreExtractionHookConfiguration.LambdaArn",
        Kind::QBusiness,
        Source::None,
    ),
    place(
        "AWS::S3ObjectLambda::AccessPoint",
        "ObjectLambdaConfiguration.TransformationConfigurations[].ContentTransformation.AwsLambda.FunctionArn",
        Kind::ObjectLambda,
        Source::None,
    ),
    place(
        "AWS::SES::MailManagerRuleSet",
        "Rules[].Actions[].InvokeLambda.FunctionArn",
        Kind::MailManager,
        Source::None,
    ),
    place(
        "AWS::SES::ReceiptRule",
        "Rule.Actions[].LambdaAction.FunctionArn",
        Kind::Ses,
        Form("ses", "receipt-rule-set/{RuleSetName}:receipt-rule/{Rule.Name}"),
    ),
    place("AWS::Scheduler::Schedule", "Target.Arn", Kind::Scheduler, Source::None),
    place(
        "AWS::SecretsManager::RotationSchedule",
        "RotationLambdaARN",
        Kind::SecretRotation,
        Named("SecretId", "AWS::SecretsManager::Secret"),
    ),
    place("AWS::Transfer::Server", "IdentityProviderDetails.Function", Kind::Transfer, Own),
    place(
        "AWS::Transfer::Workflow",
        "OnExceptionSteps[].CustomStepDetails.Target",
        Kind::TransferWorkflow,
        Source::None,
    ),
    place("AWS::Transfer::Workflow", "Steps[].CustomStepDetails.Target", Kind::TransferWorkflow, Source::None),
    place("AWS::VpcLattice::TargetGroup", "Targets[].Id", Kind::Lattice, Own).only(Only::Whole("Type", "LAMBDA")),
];

/// The triggers that a resource declares at the places of its type.
pub(super) fn of<'a>(world: &World<'a>, holder: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let first = PLACES.partition_point(|place| place.holder < &*holder.kind);
    for place in PLACES.iter().skip(first).take_while(|place| place.holder == &*holder.kind) {
        let declaration = whole(holder);
        walk(&declaration, &declaration, place.path, &mut |beside, function| {
            add(world, holder, place, &beside, function, out);
        });
    }
}

/// `AWS::CloudFormation::CustomResource` and `Custom::…`: CloudFormation calls with the rights of whoever deploys.
pub(super) fn custom_resource<'a>(world: &World<'a>, holder: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let declaration = whole(holder);
    push(world, Push::new(Kind::CloudFormation, holder, &declaration, holder.get("ServiceToken")), out);
}

fn add<'a>(
    world: &World<'a>,
    holder: &'a Resource,
    place: &Place,
    beside: &Value<&'a Data>,
    function: Value<&'a Data>,
    out: &mut Vec<Trigger<'a>>,
) {
    let when = match place.only {
        Only::Always => Guard::always(),
        Only::Whole(path, literal) => is(&holder.get(path), literal),
        Only::Beside(path, literal) => is(&beside.get(path), literal),
    };
    if !when.is_possible() {
        return;
    }
    let (source_arn, source) = source(world, holder, &place.source);
    let first = out.len();
    push(
        world,
        Push {
            source_arn,
            source,
            events: if place.events.is_empty() { Value::unset(beside.span()) } else { beside.get(place.events).text() },
            route: place.route.to_owned(),
            when,
            ..Push::new(place.kind, holder, beside, function)
        },
        out,
    );
    // A URL names its alias apart from its function.
    if place.kind == Kind::Url {
        let qualifier = holder.get("Qualifier").text().only().map(|text| (*text).clone());
        for trigger in out.iter_mut().skip(first).filter(|trigger| trigger.target.qualifier.is_none()) {
            trigger.target.qualifier.clone_from(&qualifier);
        }
    }
}

/// The ARN that a service calls for, and the resource that it is.
fn source<'a>(world: &World<'a>, holder: &'a Resource, source: &Source) -> (Option<Text>, Option<&'a Resource>) {
    match source {
        Source::None => (None, None),
        Own => (holder.names.arn.clone(), Some(holder)),
        Named(path, kind) => {
            let value = holder.get(path);
            let named = value.text().only().copied();
            let found = named.and_then(|named| match *kind {
                "" => world.resource_with_arn(named),
                kind => world.resource_named(kind, named),
            });
            let arn = found.and_then(|found| found.names.arn.clone());
            let written = || named.filter(|named| named.known_prefix().starts_with("arn:")).cloned();
            (arn.or_else(written), found)
        }
        Form(service, form) => (Some(fill(holder, own_arn(service), form)), Some(holder)),
    }
}

/// An ARN with what the resource's properties say, or anything where they do not.
fn fill(holder: &Resource, mut arn: Text, form: &str) -> Text {
    let mut rest = form;
    while let Some(at) = rest.find(['{', '*']) {
        let (before, from) = rest.split_at(at);
        arn = arn.with(before);
        let (path, after) = match from.strip_prefix('{').and_then(|from| from.split_once('}')) {
            Some((path, after)) => (Some(path), after),
            None => (None, from.get(1..).unwrap_or_default()),
        };
        let value = path.map(|path| holder.get(path));
        match value.as_ref().and_then(|value| value.text().only().copied()) {
            Some(text) => arn.append(text),
            None => arn.push(Piece::Any),
        }
        rest = after;
    }
    arn.with(rest)
}

/// Each value at a path, with the innermost item of a list that holds it (the whole where none does).
fn walk<'a>(
    at: &Value<&'a Data>,
    beside: &Value<&'a Data>,
    path: &str,
    found: &mut dyn FnMut(Value<&'a Data>, Value<&'a Data>),
) {
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let mut next = |value: Value<&'a Data>, beside: &Value<&'a Data>| {
        if value.is_unset() || value.cases().is_empty() {
            return;
        }
        if rest.is_empty() {
            found(beside.clone(), value);
        } else {
            walk(&value, beside, rest, found);
        }
    };
    if step == "*" {
        for (_, value) in at.entries().0 {
            next(value, beside);
        }
    } else if step == "*[]" {
        for (_, list) in at.entries().0 {
            for item in list.items(false).0 {
                next(item.clone(), &item);
            }
        }
    } else if let Some(key) = step.strip_suffix("[]") {
        for item in at.get(key).items(false).0 {
            next(item.clone(), &item);
        }
    } else {
        next(at.get(step), beside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_are_sorted_by_type() {
        assert!(PLACES.is_sorted_by_key(|place| (place.holder, place.path)));
    }
}
