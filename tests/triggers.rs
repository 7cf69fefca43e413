//! What runs functions, by every way in which a template can say so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use lambda_lint::data::Date;
use lambda_lint::frontend::{Read, read};
use lambda_lint::model::World;
use lambda_lint::source::SourceId;
use std::fmt::Write as _;

const FUNCTION: &str = "
  Fn: {Type: 'AWS::Lambda::Function', Properties: {Runtime: python3.14}}
  Live: {Type: 'AWS::Lambda::Alias', Properties: {FunctionName: !Ref Fn, FunctionVersion: '1', Name: live}}
";

/// The triggers of a template of these resources and a function `Fn` with the alias `Live`, a line each: the kind, the function
/// as it is called, `from` and the source's ARN, `for` and what it is for, `at` and the bytes that declare it, `needs a
/// permission`.
fn triggers(resources: &str) -> Vec<String> {
    lines(&format!("Resources:{FUNCTION}{resources}"), "template.yaml")
}

fn lines(text: &str, name: &str) -> Vec<String> {
    let Read::Unit(unit) = read(SourceId(0), name, text, true) else { panic!("not a template") };
    let world = World::new(vec![&*unit], Date::new(2026, 11, 22).unwrap());
    let mut out = Vec::new();
    for trigger in &world.application.triggers {
        let mut line = format!("{:?} ", trigger.kind);
        line += world.function(trigger.target.function).unwrap().address();
        if let Some(qualifier) = &trigger.target.qualifier {
            let _ = write!(line, ":{qualifier}");
        }
        if let Some(source) = &trigger.source_arn {
            let short =
                source.to_string().replace("${AWS::Region}:${AWS::AccountId}", "").replace("${AWS::Partition}", "aws");
            let _ = write!(line, " from {short}");
        }
        if !trigger.route.is_empty() {
            let _ = write!(line, " for {}", trigger.route);
        }
        let _ = write!(line, " at {}", &text[trigger.span.range()]);
        if trigger.kind.principal().is_some() && trigger.without_role.is_possible() {
            line += ", needs a permission";
        }
        out.push(line);
    }
    out
}

#[test]
fn notifications_that_the_cdk_sets() {
    let found = triggers(
        "  Uploads: {Type: 'AWS::S3::Bucket'}
  Notifications:
    Type: Custom::S3BucketNotifications
    Properties:
      ServiceToken: !GetAtt Handler.Arn
      BucketName: !Ref Uploads
      NotificationConfiguration:
        LambdaFunctionConfigurations:
          - {Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'], LambdaFunctionArn: !GetAtt Fn.Arn}
  Handler: {Type: 'AWS::Lambda::Function', Properties: {}}
",
    );
    assert_eq!(
        found,
        [
            "S3 Fn from arn:aws:s3:::${Uploads} at !GetAtt Fn.Arn, needs a permission",
            "S3 Fn from arn:aws:s3:::${Uploads} at !GetAtt Fn.Arn, needs a permission",
            "CloudFormation Handler at !GetAtt Handler.Arn",
        ]
    );
}

#[test]
fn a_subscription_of_the_whole_account() {
    let policy = |kind: &str| {
        format!(
            "  Policy:
    Type: AWS::Logs::AccountPolicy
    Properties:
      PolicyName: all
      PolicyType: {kind}
      PolicyDocument: !Sub '{{\"DestinationArn\": \"${{Fn.Arn}}\", \"FilterPattern\": \"\"}}'
"
        )
    };
    assert_eq!(
        triggers(&policy("SUBSCRIPTION_FILTER_POLICY")),
        ["LogsAccount Fn from arn:aws:logs::log-group:* at \"${Fn.Arn}\", needs a permission"]
    );
    assert_eq!(triggers(&policy("DATA_PROTECTION_POLICY")), [""; 0]);
}

#[test]
fn what_calls_with_a_role_needs_no_permission() {
    let found = triggers(
        "  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties: {Target: {Arn: !GetAtt Fn.Arn, RoleArn: 'arn:aws:iam::123456789012:role/r'}}
  Queue: {Type: 'AWS::SQS::Queue'}
  Pipe:
    Type: AWS::Pipes::Pipe
    Properties: {Source: !GetAtt Queue.Arn, Enrichment: !GetAtt Fn.Arn, Target: !Ref Live}
  Data:
    Type: AWS::AppSync::DataSource
    Properties: {ApiId: !GetAtt Api.ApiId, LambdaConfig: {LambdaFunctionArn: !GetAtt Fn.Arn}}
  Api: {Type: 'AWS::AppSync::GraphQLApi', Properties: {Name: a}}
  Stream:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties:
      ExtendedS3DestinationConfiguration:
        ProcessingConfiguration:
          Processors:
            - Type: Lambda
              Parameters:
                - {ParameterName: BufferSizeInMBs, ParameterValue: '1'}
                - {ParameterName: LambdaArn, ParameterValue: !Sub '${Fn.Arn}:$LATEST'}
  Pipeline:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Stages:
        - Actions:
            - {ActionTypeId: {Category: Invoke, Provider: Lambda}, Configuration: {FunctionName: !Ref Fn}}
            - {ActionTypeId: {Category: Build, Provider: CodeBuild}, Configuration: {FunctionName: !Ref Fn}}
  Custom: {Type: 'Custom::Thing', Properties: {ServiceToken: !GetAtt Fn.Arn}}
  Url: {Type: 'AWS::Lambda::Url', Properties: {TargetFunctionArn: !Ref Fn, Qualifier: live}}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        DefaultCacheBehavior:
          LambdaFunctionAssociations: [{EventType: viewer-request, LambdaFunctionARN: !Sub '${Fn.Arn}:7'}]
",
    );
    assert_eq!(
        found,
        [
            "Scheduler Fn at !GetAtt Fn.Arn",
            "PipeEnrichment Fn from arn:aws:sqs::${Queue} for an enrichment at !GetAtt Fn.Arn",
            "Pipe Fn:live from arn:aws:sqs::${Queue} at !Ref Live",
            "AppSync Fn at !GetAtt Fn.Arn",
            "Firehose Fn:$LATEST from arn:aws:firehose::deliverystream/${Stream} at !Sub '${Fn.Arn}:$LATEST'",
            "CodePipeline Fn at !Ref Fn",
            "CloudFormation Fn at !GetAtt Fn.Arn",
            "Url Fn:live at !Ref Fn",
            "Edge Fn:7 at !Sub '${Fn.Arn}:7'",
        ]
    );
}

#[test]
fn what_calls_by_its_own_right_needs_one() {
    let found = triggers(
        "  Pool:
    Type: AWS::Cognito::UserPool
    Properties:
      LambdaConfig:
        PreSignUp: !GetAtt Fn.Arn
        CustomSMSSender: {LambdaArn: !GetAtt Fn.Arn, LambdaVersion: V1_0}
        PreTokenGenerationConfig: {LambdaArn: !Ref Live, LambdaVersion: V2_0}
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {TargetType: lambda, Targets: [{Id: !GetAtt Fn.Arn}]}
  Instances:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {TargetType: instance, Targets: [{Id: !GetAtt Fn.Arn}]}
  Rule:
    Type: AWS::IoT::TopicRule
    Properties:
      TopicRulePayload:
        Sql: SELECT * FROM 'a'
        Actions: [{Lambda: {FunctionArn: !GetAtt Fn.Arn}}]
        ErrorAction: {Lambda: {FunctionArn: !GetAtt Fn.Arn}}
  Check:
    Type: AWS::Config::ConfigRule
    Properties: {Source: {Owner: CUSTOM_LAMBDA, SourceIdentifier: !GetAtt Fn.Arn}}
  Secret: {Type: 'AWS::SecretsManager::Secret'}
  Rotation:
    Type: AWS::SecretsManager::RotationSchedule
    Properties: {SecretId: !Ref Secret, RotationLambdaARN: !GetAtt Fn.Arn}
  Mail:
    Type: AWS::SES::ReceiptRule
    Properties: {RuleSetName: mail, Rule: {Actions: [{LambdaAction: {FunctionArn: !GetAtt Fn.Arn}}]}}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {AlarmName: hot, AlarmActions: [!GetAtt Fn.Arn, 'arn:aws:sns:eu-west-1:123456789012:t']}
  Agent:
    Type: AWS::Bedrock::Agent
    Properties: {ActionGroups: [{ActionGroupExecutor: {Lambda: !GetAtt Fn.Arn}}]}
  Repository:
    Type: AWS::CodeCommit::Repository
    Properties: {RepositoryName: code, Triggers: [{DestinationArn: !GetAtt Fn.Arn, Events: [all], Name: t}]}
  Graph:
    Type: AWS::AppSync::GraphQLApi
    Properties:
      AdditionalAuthenticationProviders: [{LambdaAuthorizerConfig: {AuthorizerUri: !GetAtt Fn.Arn}}]
",
    );
    let expected = [
        "Cognito Fn from arn:aws:cognito-idp::userpool/${Pool} for CustomSMSSender at !GetAtt Fn.Arn",
        "Cognito Fn from arn:aws:cognito-idp::userpool/${Pool} for PreSignUp at !GetAtt Fn.Arn",
        "Cognito Fn:live from arn:aws:cognito-idp::userpool/${Pool} for PreTokenGenerationConfig at !Ref Live",
        "LoadBalancer Fn from arn:aws:elasticloadbalancing::${Group.TargetGroupFullName} at !GetAtt Fn.Arn",
        "IotRule Fn from arn:aws:iot::rule/${Rule} at !GetAtt Fn.Arn",
        "IotRule Fn from arn:aws:iot::rule/${Rule} for the action for errors at !GetAtt Fn.Arn",
        "Config Fn from arn:aws:config::config-rule/${Check.ConfigRuleId} at !GetAtt Fn.Arn",
        "SecretRotation Fn from ${Secret.Arn} at !GetAtt Fn.Arn",
        "Ses Fn from arn:aws:ses::receipt-rule-set/mail:receipt-rule/* at !GetAtt Fn.Arn",
        "Alarm Fn from arn:aws:cloudwatch::alarm:hot at !GetAtt Fn.Arn",
        "BedrockAgent Fn from arn:aws:bedrock::agent/${Agent} at !GetAtt Fn.Arn",
        "CodeCommit Fn from arn:aws:codecommit::code at !GetAtt Fn.Arn",
        "AppSyncAuthorizer Fn from arn:aws:appsync::apis/${Graph.ApiId} for an authorizer at !GetAtt Fn.Arn",
    ];
    assert_eq!(found, expected.map(|line| format!("{line}, needs a permission")));
}

#[test]
fn tasks_of_a_state_machine() {
    let found = triggers(
        "  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      DefinitionSubstitutions: {FnArn: !GetAtt Fn.Arn}
      Definition:
        StartAt: Plain
        States:
          Plain: {Type: Task, Resource: !GetAtt Fn.Arn}
          Substituted: {Type: Task, Resource: '${FnArn}'}
          Integrated:
            Type: Task
            Resource: arn:aws:states:::lambda:invoke.waitForTaskToken
            Parameters: {FunctionName: '${FnArn}:live'}
          Arguments:
            Type: Task
            Resource: !Sub arn:${AWS::Partition}:states:::lambda:invoke
            Arguments: {FunctionName: !Ref Fn}
          Dynamic: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Parameters: {FunctionName.$: $.fn}}
          Other: {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: {FunctionName: !Ref Fn}}
          Parallel: {Type: Parallel, Branches: [{States: {Inner: {Type: Task, Resource: !Ref Live}}}]}
          Each: {Type: Map, ItemProcessor: {States: {Item: {Type: Task, Resource: !GetAtt Fn.Arn}}}}
          Old: {Type: Map, Iterator: {States: {Step: {Type: Task, Resource: !GetAtt Fn.Arn}}}}
",
    );
    let expected = [
        "Fn from SOURCE for state `Plain` at !GetAtt Fn.Arn",
        "Fn from SOURCE for state `Substituted` at '${FnArn}'",
        "Fn:live from SOURCE for state `Integrated` at '${FnArn}:live'",
        "Fn from SOURCE for state `Arguments` at !Ref Fn",
        "Fn:live from SOURCE for state `Inner` at !Ref Live",
        "Fn from SOURCE for state `Item` at !GetAtt Fn.Arn",
        "Fn from SOURCE for state `Step` at !GetAtt Fn.Arn",
    ];
    let machine = "arn:aws:states::stateMachine:${Machine}";
    assert_eq!(found, expected.map(|line| format!("StateMachine {}", line.replace("SOURCE", machine))));
}

#[test]
fn a_definition_in_text_is_read_where_it_stands() {
    let machine = |definition: &str| {
        let found = triggers(&format!(
            "  Machine:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: {definition}\n"
        ));
        found
            .iter()
            .map(|line| line.replace("StateMachine Fn from arn:aws:states::stateMachine:${Machine} for state ", ""))
            .collect::<Vec<_>>()
    };
    let by_name = machine(
        "!Sub |
        {\"States\": {\"A\": {\"Type\": \"Task\", \"Resource\": \"${Fn.Arn}\", \"TimeoutSeconds\": ${Limit}}}}",
    );
    assert_eq!(by_name, ["`A` at \"${Fn.Arn}\""]);
    let by_variable = machine(
        "!Sub
        - '{\"States\": {\"A\": {\"Type\": \"Task\", \"Resource\": \"${Arn}\", \"Comment\": \"${!Kept}\"}}}'
        - {Arn: !GetAtt Fn.Arn}",
    );
    assert_eq!(by_variable, ["`A` at \"${Arn}\""]);
    // As the CDK writes it.
    let joined = machine(
        "{'Fn::Join': ['', ['{\"States\":{\"A\":{\"Type\":\"Task\",\"Resource\":\"', {'Fn::GetAtt': [Fn, Arn]}, '\"},\"B\":{\"Type\":\"Task\",\"Resource\":\"arn:', \
         !Ref AWS::Partition, ':states:::lambda:invoke\",\"Parameters\":{\"FunctionName\":\"', !Ref Fn, '\"}}}}']]}",
    );
    assert_eq!(joined, ["`A` at \"', {'Fn::GetAtt': [Fn, Arn]}, '\"", "`B` at \"', !Ref Fn, '\""]);
    // What is no JSON, or JSON of which nothing is known.
    assert_eq!(machine("!Sub '{\"States\": ${Fn.Arn}'"), [""; 0]);
    assert_eq!(machine("!Sub '{\"States\": {\"${Fn}\": {\"Type\": \"Task\"}}}'"), [""; 0]);
    assert_eq!(machine("!Ref Definition"), [""; 0]);
}

#[test]
fn a_condition_on_the_target_or_the_source_is_kept() {
    let text = format!(
        "Parameters: {{Env: {{Type: String, AllowedValues: [dev, prod]}}}}
Conditions: {{IsProd: !Equals [!Ref Env, prod]}}
Resources:{FUNCTION}  Nightly:
    Type: AWS::Scheduler::Schedule
    Condition: IsProd
    Properties: {{Target: {{Arn: !If [IsProd, !GetAtt Fn.Arn, 'arn:aws:sqs:eu-west-1:123456789012:q']}}}}
  Never:
    Type: AWS::Scheduler::Schedule
    Condition: IsProd
    Properties: {{Target: {{Arn: !If [IsProd, 'arn:aws:sqs:eu-west-1:123456789012:q', !GetAtt Fn.Arn]}}}}
"
    );
    assert_eq!(lines(&text, "template.yaml"), ["Scheduler Fn at !GetAtt Fn.Arn"]);
}

#[test]
fn a_substitution_with_many_cases_ends() {
    let count = 40;
    let names: Vec<String> = (0..count).map(|index| format!("C{index}")).collect();
    let all = |form: &dyn Fn(&str) -> String| names.iter().map(|name| form(name)).collect::<String>();
    let text = format!(
        "Parameters:\n{}Conditions:\n{}Resources:{FUNCTION}  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      DefinitionSubstitutions:\n{}      Definition: {{States: {{A: {{Type: Task, Resource: '{}'}}}}}}\n",
        all(&|name| format!("  P{name}: {{Type: String, AllowedValues: [a, b]}}\n")),
        all(&|name| format!("  {name}: !Equals [!Ref P{name}, a]\n")),
        all(&|name| format!("        {name}: !If [{name}, x, y]\n")),
        all(&|name| format!("${{{name}}}")),
    );
    assert_eq!(lines(&text, "template.yaml"), [""; 0]);
}

#[test]
fn what_few_people_run_functions_with() {
    let found = triggers(
        "  A: {Type: 'AWS::AppConfig::Extension', Properties: {Name: a, Actions: {PRE_START_DEPLOYMENT: [{Name: x, Uri: !GetAtt Fn.Arn, RoleArn: r}]}}}
  B: {Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: {MinSize: '1', MaxSize: '1', TerminationPolicies: [!Ref Live, OldestInstance]}}
  C: {Type: 'AWS::BedrockAgentCore::GatewayTarget', Properties: {TargetConfiguration: {Mcp: {Lambda: {LambdaArn: !GetAtt Fn.Arn}}}}}
  D: {Type: 'AWS::Chime::SipMediaApplication', Properties: {Endpoints: [{LambdaArn: !GetAtt Fn.Arn}]}}
  E: {Type: 'AWS::CloudFormation::LambdaHook', Properties: {LambdaFunction: !Ref Fn}}
  F: {Type: 'AWS::EC2::ClientVpnEndpoint', Properties: {ClientConnectOptions: {LambdaFunctionArn: !GetAtt Fn.Arn}}}
  G: {Type: 'AWS::EventsV2::Subscriber', Properties: {InvokeConfiguration: {TargetArn: !GetAtt Fn.Arn}}}
  H: {Type: 'AWS::Kendra::DataSource', Properties: {CustomDocumentEnrichmentConfiguration: {PreExtractionHookConfiguration: {LambdaArn: !GetAtt Fn.Arn}}}}
  I: {Type: 'AWS::KinesisAnalytics::Application', Properties: {Inputs: [{InputProcessingConfiguration: {InputLambdaProcessor: {ResourceARN: !GetAtt Fn.Arn}}}]}}
",
    );
    // None of them is told to need a permission: they have a role, or what they call for is not known.
    assert_eq!(
        found,
        [
            "AppConfigExtension Fn at !GetAtt Fn.Arn",
            "AutoScaling Fn:live at !Ref Live",
            "AgentCoreGateway Fn at !GetAtt Fn.Arn",
            "Chime Fn at !GetAtt Fn.Arn",
            "CloudFormationHook Fn at !Ref Fn",
            "ClientVpn Fn at !GetAtt Fn.Arn",
            "EventsSubscriber Fn at !GetAtt Fn.Arn",
            "Kendra Fn at !GetAtt Fn.Arn",
            "KinesisAnalytics Fn at !GetAtt Fn.Arn",
        ]
    );
}
