//! Which of the CLI's documents a document is, decided by its content alone.
//!
//! Strict, because most JSON files are somebody else's: what the CLI prints must hold the ARNs that it always prints,
//! what it takes must have the required members of the call and no other than the call's.
//! Source of the members: botocore 1.44 (`lambda`, `iam`, `s3` service models).

use super::tree::Embedded;
use crate::syntax::{Document, Kind, NodeId};

/// What an element of a document is.
#[derive(Debug)]
pub(super) enum Shape {
    /// `get-function`.
    GetFunction,
    /// A function's configuration as printed.
    Function,
    /// `create-function`'s input.
    CreateFunction,
    /// `update-function-configuration`'s input.
    UpdateFunction,
    /// `get-policy`, or the output of `add-permission` (one statement).
    Policy {
        /// The text that holds the JSON, or the policy itself where somebody has unpacked it.
        holder: NodeId,
        /// The JSON.
        json: Option<Box<Embedded>>,
        /// Whether it is the whole policy.
        whole: bool,
    },
    /// `add-permission`'s input.
    AddPermission,
    /// An event source mapping as printed.
    Mapping,
    /// `create-event-source-mapping`'s input.
    CreateMapping,
    /// A function URL as printed.
    Url,
    /// `create-function-url-config`'s input.
    CreateUrl,
    /// An asynchronous invocation's configuration as printed.
    InvokeConfig,
    /// `put-function-event-invoke-config`'s input.
    PutInvokeConfig,
    /// An alias as printed.
    Alias,
    /// `create-alias`'s input.
    CreateAlias,
    /// A layer version as printed.
    Layer,
    /// Something about a function that is a property of it in CloudFormation: its reserved concurrency, recursion, runtime management and code signing
    /// configurations. The function's name or ARN is in it or not.
    Setting,
    /// `get-role`, and the output of `create-role`.
    GetRole,
    /// An alias's or version's provisioned concurrency, an item of `list-provisioned-concurrency-configs`.
    Provisioned,
    /// A role as printed, an item of `list-roles`.
    Role,
    /// A role of `get-account-authorization-details`, with its policies.
    RoleDetail,
    /// A managed policy of `get-account-authorization-details`, with its versions.
    PolicyDetail,
    /// `create-role`'s input.
    CreateRole,
    /// `get-role-policy`, and `put-role-policy`'s input.
    RolePolicy,
    /// `list-attached-role-policies`.
    AttachedPolicies,
    /// `attach-role-policy`'s input.
    AttachPolicy,
    /// `list-role-policies`.
    PolicyNames,
    /// `get-policy-version`.
    PolicyVersion,
    /// `get-bucket-notification-configuration`.
    Notification,
    /// `put-bucket-notification-configuration`'s input.
    PutNotification,
}

/// One thing in a document.
#[derive(Debug)]
pub(super) struct Element {
    /// What it is.
    pub(super) shape: Shape,
    /// The node that holds it.
    pub(super) node: NodeId,
    /// How many steps it is below the root.
    pub(super) depth: usize,
}

/// The lists that the CLI prints, and what each of their items must be.
const LISTS: &[(&str, fn(&Look, NodeId) -> Option<Shape>)] = &[
    ("Functions", |look, node| look.function(node)),
    ("Versions", |look, node| look.function(node)),
    ("EventSourceMappings", |look, node| look.mapping(node)),
    ("FunctionUrlConfigs", |look, node| look.url(node)),
    ("FunctionEventInvokeConfigs", |look, node| look.invoke_config(node)),
    ("Aliases", |look, node| look.alias(node)),
    ("LayerVersions", |look, node| look.layer(node)),
    ("ProvisionedConcurrencyConfigs", |look, node| look.provisioned(node)),
    ("Roles", |look, node| look.role(node)),
    ("RoleDetailList", |look, node| look.role(node).map(|_| Shape::RoleDetail)),
    ("Policies", |look, node| look.policy_detail(node)),
];

const CREATE_FUNCTION: &[&str] =
    &["Code", "Publish", "PublishTo", "PackageType", "Tags", "CodeSigningConfigArn", "Architectures", "TenancyConfig"];
const CONFIGURATION: &[&str] = &[
    "Role",
    "Handler",
    "Description",
    "Timeout",
    "MemorySize",
    "VpcConfig",
    "Environment",
    "Runtime",
    "DeadLetterConfig",
    "KMSKeyArn",
    "TracingConfig",
    "Layers",
    "FileSystemConfigs",
    "ImageConfig",
    "EphemeralStorage",
    "SnapStart",
    "LoggingConfig",
    "CapacityProviderConfig",
    "DurableConfig",
    "RuntimeConfig",
    "AcceleratorConfig",
];
const MAPPING: &[&str] = &[
    "EventSourceArn",
    "FunctionName",
    "Enabled",
    "BatchSize",
    "FilterCriteria",
    "KMSKeyArn",
    "MetricsConfig",
    "LoggingConfig",
    "ScalingConfig",
    "MaximumBatchingWindowInSeconds",
    "ParallelizationFactor",
    "StartingPosition",
    "StartingPositionTimestamp",
    "DestinationConfig",
    "MaximumRecordAgeInSeconds",
    "BisectBatchOnFunctionError",
    "MaximumRetryAttempts",
    "Tags",
    "TumblingWindowInSeconds",
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "SelfManagedEventSource",
    "FunctionResponseTypes",
    "AmazonManagedKafkaEventSourceConfig",
    "SelfManagedKafkaEventSourceConfig",
    "DocumentDBEventSourceConfig",
    "ProvisionedPollerConfig",
];
const PERMISSION: &[&str] = &[
    "FunctionName",
    "StatementId",
    "Action",
    "Principal",
    "SourceArn",
    "FunctionUrlAuthType",
    "InvokedViaFunctionUrl",
    "SourceAccount",
    "EventSourceToken",
    "Qualifier",
    "RevisionId",
    "PrincipalOrgID",
];
const CREATE_ROLE: &[&str] = &[
    "Path",
    "RoleName",
    "AssumeRolePolicyDocument",
    "Description",
    "MaxSessionDuration",
    "PermissionsBoundary",
    "Tags",
];
/// What a bucket's notification configuration is made of.
pub(super) const NOTIFICATION: &[&str] =
    &["TopicConfigurations", "QueueConfigurations", "LambdaFunctionConfigurations", "EventBridgeConfiguration"];

/// The elements of a document; none when it is not the CLI's.
pub(super) fn elements(text: &str, document: &Document, root: NodeId) -> Vec<Element> {
    let look = Look { text, document };
    let mut out = Vec::new();
    if let Kind::List(items) = &document.node(root).kind {
        // `--query 'Functions[]'`, and the pages of `--output yaml-stream`.
        for item in items {
            if !look.element(*item, 1, &mut out) {
                return Vec::new();
            }
        }
    } else {
        look.element(root, 0, &mut out);
    }
    out
}

struct Look<'a> {
    text: &'a str,
    document: &'a Document,
}

impl Look<'_> {
    /// Adds what a node is, if it is one of the CLI's documents.
    fn element(&self, node: NodeId, depth: usize, out: &mut Vec<Element>) -> bool {
        if !matches!(self.document.node(node).kind, Kind::Map(_)) {
            return false;
        }
        if let Some(shape) = self.single(node) {
            out.push(Element { shape, node, depth });
            return true;
        }
        let before = out.len();
        for (key, item_shape) in LISTS {
            let Some(list) = self.document.get(node, key) else { continue };
            for item in self.document.items(list) {
                match item_shape(self, *item) {
                    Some(shape) => out.push(Element { shape, node: *item, depth: depth + 2 }),
                    None => {
                        out.truncate(before);
                        return false;
                    }
                }
            }
        }
        out.len() > before
    }

    fn single(&self, node: NodeId) -> Option<Shape> {
        let get_function = || {
            let configuration = self.get(node, "Configuration")?;
            self.function(configuration).map(|_| Shape::GetFunction)
        };
        let get_role = || {
            let role = self.get(node, "Role")?;
            self.role(role).map(|_| Shape::GetRole)
        };
        get_function()
            .or_else(|| self.function(node))
            .or_else(|| self.mapping(node))
            .or_else(|| self.url(node))
            .or_else(|| self.alias(node))
            .or_else(|| self.invoke_config(node))
            .or_else(|| self.layer(node))
            .or_else(|| self.policy(node))
            .or_else(get_role)
            .or_else(|| self.iam(node))
            .or_else(|| self.setting(node))
            .or_else(|| self.notification(node))
            .or_else(|| self.input(node))
    }

    fn get(&self, node: NodeId, key: &str) -> Option<NodeId> {
        self.document.get(node, key)
    }

    fn text(&self, node: NodeId, key: &str) -> Option<&str> {
        self.get(node, key).and_then(|value| self.document.text(value))
    }

    fn has(&self, node: NodeId, key: &str) -> bool {
        self.get(node, key).is_some()
    }

    fn is_map(&self, node: NodeId, key: &str) -> bool {
        self.get(node, key).is_some_and(|value| matches!(self.document.node(value).kind, Kind::Map(_)))
    }

    /// Whether a key holds an ARN of a service.
    fn arn(&self, node: NodeId, key: &str, service: &str) -> bool {
        self.text(node, key).is_some_and(|text| is_arn(text, service))
    }

    /// Whether a mapping has no other keys than these.
    fn only(&self, node: NodeId, keys: &[&[&str]]) -> bool {
        self.document.effective_entries(node).iter().all(|entry| {
            self.document
                .text(entry.key)
                .is_some_and(|key| key == "ResponseMetadata" || keys.iter().any(|keys| keys.contains(&key)))
        })
    }

    fn function(&self, node: NodeId) -> Option<Shape> {
        let printed = ["CodeSha256", "CodeSize", "LastModified", "RevisionId", "State"];
        (self.has(node, "FunctionName")
            && self.arn(node, "FunctionArn", "lambda")
            && self.arn(node, "Role", "iam")
            && printed.iter().any(|key| self.has(node, key)))
        .then_some(Shape::Function)
    }

    fn mapping(&self, node: NodeId) -> Option<Shape> {
        (self.has(node, "UUID") && self.arn(node, "FunctionArn", "lambda")).then_some(Shape::Mapping)
    }

    fn url(&self, node: NodeId) -> Option<Shape> {
        (self.has(node, "FunctionUrl") && self.has(node, "AuthType") && self.arn(node, "FunctionArn", "lambda"))
            .then_some(Shape::Url)
    }

    fn invoke_config(&self, node: NodeId) -> Option<Shape> {
        let own = ["MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig"];
        (self.arn(node, "FunctionArn", "lambda")
            && own.iter().any(|key| self.has(node, key))
            && self.only(node, &[&["FunctionArn", "LastModified"], &own]))
        .then_some(Shape::InvokeConfig)
    }

    fn alias(&self, node: NodeId) -> Option<Shape> {
        (self.arn(node, "AliasArn", "lambda") && self.has(node, "Name") && self.has(node, "FunctionVersion"))
            .then_some(Shape::Alias)
    }

    fn layer(&self, node: NodeId) -> Option<Shape> {
        (self.arn(node, "LayerVersionArn", "lambda") && self.has(node, "Version") && self.has(node, "CreatedDate"))
            .then_some(Shape::Layer)
    }

    fn provisioned(&self, node: NodeId) -> Option<Shape> {
        (self.arn(node, "FunctionArn", "lambda") && self.has(node, "RequestedProvisionedConcurrentExecutions"))
            .then_some(Shape::Provisioned)
    }

    fn policy(&self, node: NodeId) -> Option<Shape> {
        let (key, whole) = if self.only(node, &[&["Policy", "RevisionId"]]) {
            ("Policy", true)
        } else if self.only(node, &[&["Statement"]]) {
            ("Statement", false)
        } else {
            return None;
        };
        let holder = self.get(node, key)?;
        // Buckets, queues and keys have policies of the same form.
        let Some(text) = self.document.text(holder) else {
            return super::permission::is_about_lambda(self.document, holder, whole).then_some(Shape::Policy {
                holder,
                json: None,
                whole,
            });
        };
        if !text.contains(":lambda:") {
            return None;
        }
        let json = Box::new(Embedded::read(self.text, self.document, holder)?);
        super::permission::is_about_lambda(json.document(), json.root()?, whole).then_some(Shape::Policy {
            holder,
            json: Some(json),
            whole,
        })
    }

    fn role(&self, node: NodeId) -> Option<Shape> {
        (self.has(node, "RoleName") && self.arn(node, "Arn", "iam") && self.has(node, "AssumeRolePolicyDocument"))
            .then_some(Shape::Role)
    }

    fn policy_detail(&self, node: NodeId) -> Option<Shape> {
        (self.arn(node, "Arn", "iam") && self.has(node, "PolicyVersionList")).then_some(Shape::PolicyDetail)
    }

    fn iam(&self, node: NodeId) -> Option<Shape> {
        let pages = ["IsTruncated", "Marker"];
        if self.has(node, "PolicyDocument") {
            return (self.text(node, "RoleName").is_some()
                && self.text(node, "PolicyName").is_some()
                && self.only(node, &[&["RoleName", "PolicyName", "PolicyDocument"]]))
            .then_some(Shape::RolePolicy);
        }
        if let Some(list) = self.get(node, "AttachedPolicies") {
            let attached = |item: &NodeId| self.arn(*item, "PolicyArn", "iam") && self.has(*item, "PolicyName");
            return (matches!(self.document.node(list).kind, Kind::List(_))
                && self.document.items(list).iter().all(attached)
                && self.only(node, &[&["AttachedPolicies"], &pages]))
            .then_some(Shape::AttachedPolicies);
        }
        if let Some(list) = self.get(node, "PolicyNames") {
            return (matches!(self.document.node(list).kind, Kind::List(_))
                && self.document.items(list).iter().all(|item| self.document.text(*item).is_some())
                && self.only(node, &[&["PolicyNames"], &pages]))
            .then_some(Shape::PolicyNames);
        }
        let version = self.get(node, "PolicyVersion")?;
        (self.has(version, "Document")
            && self.has(version, "VersionId")
            && self.has(version, "IsDefaultVersion")
            && self.only(node, &[&["PolicyVersion"]]))
        .then_some(Shape::PolicyVersion)
    }

    fn setting(&self, node: NodeId) -> Option<Shape> {
        let number = |key| self.text(node, key).is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let concurrency = number("ReservedConcurrentExecutions")
            && self.only(node, &[&["FunctionName", "ReservedConcurrentExecutions"]]);
        let recursion = matches!(self.text(node, "RecursiveLoop"), Some("Allow" | "Terminate"))
            && self.only(node, &[&["FunctionName", "RecursiveLoop"]]);
        let management = self.arn(node, "FunctionArn", "lambda") && self.text(node, "UpdateRuntimeOn").is_some();
        let signing = self.arn(node, "CodeSigningConfigArn", "lambda")
            && self.only(node, &[&["FunctionName", "CodeSigningConfigArn"]]);
        (concurrency || recursion || management || signing).then_some(Shape::Setting)
    }

    /// Whether a node is a bucket's notification configuration.
    fn is_notification(&self, node: NodeId) -> bool {
        let destinations = ["TopicArn", "QueueArn", "LambdaFunctionArn"];
        let lists = NOTIFICATION.iter().take(3).filter_map(|key| self.get(node, key));
        let items: Vec<NodeId> = lists.flat_map(|list| self.document.items(list).iter().copied()).collect();
        let event_bridge = self.is_map(node, "EventBridgeConfiguration");
        let complete =
            |item: &NodeId| self.has(*item, "Events") && destinations.iter().any(|key| self.text(*item, key).is_some());
        self.only(node, &[NOTIFICATION]) && (event_bridge || !items.is_empty()) && items.iter().all(complete)
    }

    fn notification(&self, node: NodeId) -> Option<Shape> {
        if self.is_notification(node) {
            return Some(Shape::Notification);
        }
        let configuration = self.get(node, "NotificationConfiguration")?;
        let known = ["Bucket", "NotificationConfiguration", "ExpectedBucketOwner", "SkipDestinationValidation"];
        (self.text(node, "Bucket").is_some() && self.is_notification(configuration) && self.only(node, &[&known]))
            .then_some(Shape::PutNotification)
    }

    fn input(&self, node: NodeId) -> Option<Shape> {
        if self.text(node, "RoleName").is_some() {
            if self.has(node, "AssumeRolePolicyDocument") && self.only(node, &[CREATE_ROLE]) {
                return Some(Shape::CreateRole);
            }
            return (self.arn(node, "PolicyArn", "iam") && self.only(node, &[&["RoleName", "PolicyArn"]]))
                .then_some(Shape::AttachPolicy);
        }
        self.text(node, "FunctionName")?;
        let all = |keys: &[&str]| keys.iter().all(|key| self.text(node, key).is_some());
        if self.is_map(node, "Code") && self.arn(node, "Role", "iam") {
            return Some(Shape::CreateFunction);
        }
        if all(&["StatementId", "Action", "Principal"]) && self.only(node, &[PERMISSION]) {
            return Some(Shape::AddPermission);
        }
        if (self.text(node, "EventSourceArn").is_some_and(|arn| arn.starts_with("arn:"))
            || self.is_map(node, "SelfManagedEventSource"))
            && self.only(node, &[MAPPING])
        {
            return Some(Shape::CreateMapping);
        }
        if matches!(self.text(node, "AuthType"), Some("NONE" | "AWS_IAM"))
            && self.only(node, &[&["FunctionName", "Qualifier", "AuthType", "Cors", "InvokeMode"]])
        {
            return Some(Shape::CreateUrl);
        }
        let invoke = ["MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig"];
        if invoke.iter().any(|key| self.has(node, key)) && self.only(node, &[&["FunctionName", "Qualifier"], &invoke]) {
            return Some(Shape::PutInvokeConfig);
        }
        if all(&["Name", "FunctionVersion"])
            && self.only(node, &[&["FunctionName", "Name", "FunctionVersion", "Description", "RoutingConfig"]])
        {
            return Some(Shape::CreateAlias);
        }
        let described = CONFIGURATION.iter().filter(|key| **key != "Description").any(|key| self.has(node, key));
        (described && self.only(node, &[&["FunctionName", "RevisionId"], CONFIGURATION, CREATE_FUNCTION]))
            .then_some(Shape::UpdateFunction)
    }
}

/// Whether a text is an ARN of a service.
fn is_arn(text: &str, service: &str) -> bool {
    let mut parts = text.splitn(4, ':');
    parts.next() == Some("arn")
        && parts.next().is_some_and(|partition| partition.starts_with("aws"))
        && parts.next() == Some(service)
        && parts.next().is_some()
}
