//! Ways in which whoever holds some rights gets more of them.
//!
//! Sources, as of 2026-11-23: the paths that pathfinding.cloud (`DataDog/pathfinding.cloud`, `data/paths/aws`) and prowler
//! (`iam/lib/privilege_escalation.py`) list, and parliament's; what an operation takes a role for, the models of botocore
//! 1.44.5; what a service is called when a role is passed to it, the pages of AWS that are named with the way. A way that
//! is possible only against something that must happen to exist (a running instance with an agent, a stack with a role
//! of its own) is not here, but for functions: those of an account have roles.
//!
//! `lambda:CreateCapacityProvider` takes a role too, but only Lambda acts with that, and so it is no way.

/// A way to take a role: something is started that has it.
#[derive(Debug)]
pub struct Taker {
    /// What is started, as the object of "may pass a role to".
    pub what: &'static str,
    /// What it takes beside `iam:PassRole`: one action of each.
    pub needs: &'static [&'static [&'static str]],
    /// Whether all of that must be possible on the same resource.
    pub same: bool,
    /// The names of the service in `iam:PassedToService`.
    pub services: &'static [&'static str],
}

/// The ways to take a role that may be passed, those with least effort first.
pub static TAKERS: &[Taker] = &[
    Taker {
        what: "a new function that it runs",
        needs: &[&["lambda:CreateFunction"], &["lambda:InvokeFunction", "lambda:AddPermission"]],
        same: true,
        services: &["lambda.amazonaws.com"],
    },
    // What fills a queue or a stream runs the function.
    Taker {
        what: "a new function that it runs",
        needs: &[&["lambda:CreateFunction"], &["lambda:CreateEventSourceMapping"]],
        same: false,
        services: &["lambda.amazonaws.com"],
    },
    // The function itself, say.
    Taker {
        what: "a function whose role it changes",
        needs: &[&["lambda:UpdateFunctionConfiguration"]],
        same: false,
        services: &["lambda.amazonaws.com"],
    },
    // <https://docs.aws.amazon.com/lambda/latest/microvm-api/API_RunMicrovm.html>
    Taker {
        what: "a MicroVM that runs its code",
        needs: &[
            &["lambda:RunMicrovm"],
            &["lambda:CreateMicrovmImage", "lambda:UpdateMicrovmImage", "lambda:CreateMicrovmShellAuthToken"],
        ],
        same: false,
        services: &["lambda.amazonaws.com"],
    },
    Taker {
        what: "an instance that it starts",
        needs: &[&["ec2:RunInstances", "ec2:RequestSpotInstances"]],
        same: false,
        services: &["ec2.amazonaws.com"],
    },
    Taker {
        what: "the instances of a group that it makes",
        needs: &[
            &["autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"],
            &["autoscaling:CreateLaunchConfiguration", "ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion"],
        ],
        same: false,
        services: &["ec2.amazonaws.com"],
    },
    // The role and the command of a task can be overridden when it is run.
    Taker {
        what: "a task of ECS that it runs",
        needs: &[&["ecs:RunTask", "ecs:StartTask"]],
        same: false,
        services: &["ecs-tasks.amazonaws.com"],
    },
    Taker {
        what: "a service of ECS that it makes",
        needs: &[&["ecs:RegisterTaskDefinition"], &["ecs:CreateService", "ecs:UpdateService"]],
        same: false,
        services: &["ecs-tasks.amazonaws.com"],
    },
    Taker {
        what: "a job of Batch",
        needs: &[&["batch:RegisterJobDefinition"], &["batch:SubmitJob"]],
        same: false,
        services: &["ecs-tasks.amazonaws.com", "batch.amazonaws.com"],
    },
    Taker {
        what: "a stack that it makes",
        needs: &[&["cloudformation:CreateStack", "cloudformation:UpdateStack"]],
        same: false,
        services: &["cloudformation.amazonaws.com"],
    },
    Taker {
        what: "a change set that it executes",
        needs: &[&["cloudformation:CreateChangeSet"], &["cloudformation:ExecuteChangeSet"]],
        same: true,
        services: &["cloudformation.amazonaws.com"],
    },
    // A build can override the role of its project, and what it runs.
    Taker {
        what: "a build of CodeBuild",
        needs: &[&["codebuild:StartBuild", "codebuild:StartBuildBatch"]],
        same: false,
        services: &["codebuild.amazonaws.com"],
    },
    Taker {
        what: "a job of Glue",
        needs: &[&["glue:CreateJob", "glue:UpdateJob"], &["glue:StartJobRun", "glue:CreateTrigger"]],
        same: false,
        services: &["glue.amazonaws.com"],
    },
    Taker {
        what: "an endpoint of Glue that it opens",
        needs: &[&["glue:CreateDevEndpoint"]],
        same: false,
        services: &["glue.amazonaws.com"],
    },
    Taker {
        what: "a session of Glue",
        needs: &[&["glue:CreateSession"], &["glue:RunStatement"]],
        same: false,
        services: &["glue.amazonaws.com"],
    },
    Taker {
        what: "a job of SageMaker",
        needs: &[&["sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob"]],
        same: false,
        services: &["sagemaker.amazonaws.com"],
    },
    Taker {
        what: "a notebook of SageMaker",
        needs: &[&["sagemaker:CreateNotebookInstance"]],
        same: false,
        services: &["sagemaker.amazonaws.com"],
    },
    Taker {
        what: "a service of App Runner",
        needs: &[&["apprunner:CreateService", "apprunner:UpdateService"]],
        same: false,
        services: &["tasks.apprunner.amazonaws.com", "apprunner.amazonaws.com"],
    },
    Taker {
        what: "a code interpreter of Bedrock AgentCore",
        needs: &[
            &["bedrock-agentcore:CreateCodeInterpreter"],
            &["bedrock-agentcore:StartCodeInterpreterSession"],
            &["bedrock-agentcore:InvokeCodeInterpreter"],
        ],
        same: false,
        services: &["bedrock-agentcore.amazonaws.com"],
    },
    Taker {
        what: "an agent of Bedrock AgentCore",
        needs: &[
            &["bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:UpdateAgentRuntime"],
            &["bedrock-agentcore:InvokeAgentRuntime"],
        ],
        same: false,
        services: &["bedrock-agentcore.amazonaws.com"],
    },
    // <https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html>: a state calls any API.
    Taker {
        what: "a state machine that it runs",
        needs: &[
            &["states:CreateStateMachine", "states:UpdateStateMachine"],
            &["states:StartExecution", "states:StartSyncExecution"],
        ],
        same: false,
        services: &["states.amazonaws.com"],
    },
    // <https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html>: a schedule calls any API.
    Taker {
        what: "a schedule that it makes",
        needs: &[&["scheduler:CreateSchedule", "scheduler:UpdateSchedule"]],
        same: false,
        services: &["scheduler.amazonaws.com"],
    },
    Taker {
        what: "a cluster of EMR",
        needs: &[&["elasticmapreduce:RunJobFlow"]],
        same: false,
        services: &["ec2.amazonaws.com", "elasticmapreduce.amazonaws.com"],
    },
    Taker {
        what: "a job of EMR Serverless",
        needs: &[&["emr-serverless:StartJobRun"]],
        same: false,
        services: &["emr-serverless.amazonaws.com"],
    },
    Taker {
        what: "a pipeline of Data Pipeline",
        needs: &[
            &["datapipeline:CreatePipeline"],
            &["datapipeline:PutPipelineDefinition"],
            &["datapipeline:ActivatePipeline"],
        ],
        same: false,
        services: &["datapipeline.amazonaws.com", "elasticmapreduce.amazonaws.com", "ec2.amazonaws.com"],
    },
];

/// What somebody wins who may use one action on whatever there is.
#[derive(Debug)]
pub struct Gain {
    /// What it is, as the end of "the function may".
    pub may: &'static str,
    /// The actions, each of which is enough.
    pub actions: &'static [&'static str],
    /// The types in the ARNs of what the actions are about (`role`).
    pub kinds: &'static [&'static str],
    /// What that is called (`role`).
    pub noun: &'static str,
    /// Whether it is as good to be able to do it to the own role alone.
    pub on_itself: bool,
    /// What mends it.
    pub help: &'static str,
}

/// What single actions win, the most first.
pub static GAINS: &[Gain] = &[
    Gain {
        may: "give itself every right",
        actions: &["iam:AttachRolePolicy", "iam:PutRolePolicy"],
        kinds: &["role"],
        noun: "role",
        on_itself: true,
        help: "name the roles that it manages, none of them its own, and make them have a permissions boundary with \
               the condition `iam:PermissionsBoundary`",
    },
    Gain {
        may: "give every right to whoever has a policy, itself included",
        actions: &["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"],
        kinds: &["policy"],
        noun: "policy",
        on_itself: false,
        help: "name the policies that it manages, none of them its own",
    },
    Gain {
        may: "make every role trust it, and then do what the mightiest of them may",
        actions: &["iam:UpdateAssumeRolePolicy"],
        kinds: &["role"],
        noun: "role",
        on_itself: false,
        help: "name the roles that it manages",
    },
    Gain {
        may: "act as every user, the administrators included",
        actions: &["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"],
        kinds: &["user"],
        noun: "user",
        on_itself: false,
        help: "name the users, or a path that only those have whom it manages",
    },
    Gain {
        may: "give every user every right",
        actions: &[
            "iam:AttachUserPolicy",
            "iam:PutUserPolicy",
            "iam:AttachGroupPolicy",
            "iam:PutGroupPolicy",
            "iam:AddUserToGroup",
        ],
        kinds: &["user", "group"],
        noun: "user",
        on_itself: false,
        help: "name the users and groups, or a path that only those have whom it manages",
    },
    Gain {
        may: "replace the code of every function, and so do what the mightiest of their roles may",
        actions: &["lambda:UpdateFunctionCode"],
        kinds: &["function"],
        noun: "function",
        on_itself: false,
        help: "name the functions that it deploys",
    },
    // A layer, which may be another account's, is code that runs before the handler.
    Gain {
        may: "add a layer to every function, and so do what the mightiest of their roles may",
        actions: &["lambda:UpdateFunctionConfiguration"],
        kinds: &["function"],
        noun: "function",
        on_itself: false,
        help: "name the functions that it configures",
    },
    // <https://docs.aws.amazon.com/lambda/latest/microvm-api/API_CreateMicrovmShellAuthToken.html>
    Gain {
        may: "open a shell in every MicroVM, and so do what the mightiest of their roles may",
        actions: &["lambda:CreateMicrovmShellAuthToken"],
        kinds: &["microvm-image"],
        noun: "MicroVM",
        on_itself: false,
        help: "name the images of the MicroVMs that it opens",
    },
];

/// Keys of conditions that take the harm out of an action on whatever there is: what is given to somebody is limited.
pub static DEFUSING_KEYS: &[&str] = &["iam:PermissionsBoundary", "iam:PolicyARN"];

/// What a function may do to itself.
#[derive(Debug)]
pub struct SelfChange {
    /// The action.
    pub action: &'static str,
    /// What that is, after "the function may".
    pub may: &'static str,
}

/// The changes of itself that outlast whoever makes them, or open it to others, the gravest first.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>
pub static SELF_CHANGES: &[SelfChange] = &[
    SelfChange { action: "lambda:UpdateFunctionCode", may: "replace its own code" },
    SelfChange {
        action: "lambda:UpdateFunctionConfiguration",
        may: "change its own configuration, its layers included",
    },
    SelfChange { action: "lambda:AddPermission", may: "let others invoke it" },
    SelfChange { action: "lambda:PutResourcePolicy", may: "let others invoke it" },
    SelfChange { action: "lambda:PutFunctionRecursionConfig", may: "let itself run in a loop" },
    SelfChange { action: "lambda:PutFunctionConcurrency", may: "change how often it may run at once" },
    SelfChange { action: "lambda:DeleteFunctionConcurrency", may: "change how often it may run at once" },
    SelfChange { action: "lambda:DeleteFunctionCodeSigningConfig", may: "have its code signed no more" },
    SelfChange { action: "lambda:PutFunctionCodeSigningConfig", may: "choose who signs its code" },
];

/// Actions of whatever deploys functions: who has one of them changes functions for a living.
pub static DEPLOYING: &[&str] = &[
    "lambda:CreateFunction",
    "lambda:PublishVersion",
    "cloudformation:CreateStack",
    "cloudformation:UpdateStack",
    "cloudformation:CreateChangeSet",
    "cloudformation:ExecuteChangeSet",
    "codedeploy:CreateDeployment",
    "codedeploy:PutLifecycleEventHookExecutionStatus",
    "codepipeline:PutJobSuccessResult",
    "codepipeline:PutJobFailureResult",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::iam_actions;

    #[test]
    fn every_action_exists() {
        let of_takers = TAKERS.iter().flat_map(|taker| taker.needs.iter().copied().flatten());
        let of_gains = GAINS.iter().flat_map(|gain| gain.actions);
        let of_changes = SELF_CHANGES.iter().map(|change| &change.action);
        for action in of_takers.chain(of_gains).chain(of_changes).chain(DEPLOYING) {
            let known = iam_actions::action(action).unwrap_or_else(|| panic!("{action}"));
            assert_eq!(known.full_name(), *action);
        }
    }

    #[test]
    fn the_kinds_are_those_of_the_actions() {
        for gain in GAINS {
            for action in gain.actions {
                let known = iam_actions::action(action).unwrap();
                let same = |kind: &str| kind.replace('-', "").eq_ignore_ascii_case("microvmimage");
                assert!(
                    known.resource_types().any(|kind| gain.kinds.contains(&kind) || same(kind)),
                    "{action}: {}",
                    known.resources
                );
            }
        }
    }
}
