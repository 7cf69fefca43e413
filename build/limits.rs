//! The property rows of `limits.yaml` as a static table, the hand-written corrections laid over the generated rows.

use crate::emit::{Files, Result, at, retrieved, texts};
use serde::Deserialize;
use serde_yaml::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const NAME: &str = "src/data/facts/limits.yaml";

#[derive(Deserialize)]
struct Table {
    properties: BTreeMap<String, Type>,
    corrections: BTreeMap<String, BTreeMap<String, Row>>,
    neighbours: BTreeMap<String, BTreeMap<String, Row>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Type {
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    replacement: Vec<String>,
    #[serde(default)]
    read_only: Vec<String>,
    #[serde(rename = "replacement_sometimes", default)]
    _replacement_sometimes: Vec<String>,
    #[serde(rename = "deployer_create_actions", default)]
    _deployer_create_actions: Vec<String>,
    fields: BTreeMap<String, Row>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Row {
    r#type: Option<String>,
    min: Option<i64>,
    max: Option<i64>,
    next_min: Option<i64>,
    raised_max: Option<i64>,
    raised_by: Option<String>,
    min_length: Option<u32>,
    max_length: Option<u32>,
    arn_max_length: Option<u32>,
    min_items: Option<u32>,
    max_items: Option<u32>,
    unique: Option<bool>,
    r#enum: Option<Enum>,
    pattern: Option<String>,
    key_pattern: Option<String>,
    #[serde(default)]
    required: Vec<String>,
    default: Option<Value>,
    unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Enum {
    Values(Vec<String>),
    /// "see runtimes.yaml": the values are in another table.
    Elsewhere(String),
}

impl Row {
    /// Lays `over` on top: what it says replaces what the schema says.
    fn correct(&mut self, over: Self) {
        macro_rules! lay {
            ($($field:ident),*) => { $(if over.$field.is_some() { self.$field = over.$field; })* };
        }
        lay!(
            next_min,
            r#type,
            min,
            max,
            raised_max,
            raised_by,
            min_length,
            max_length,
            arn_max_length,
            min_items,
            max_items
        );
        lay!(unique, r#enum, pattern, key_pattern, default, unit);
        if !over.required.is_empty() {
            self.required = over.required;
        }
    }

    fn literal(&self, path: &str) -> Result<String> {
        let kind = match (self.r#type.as_deref(), &self.r#enum) {
            (Some("string"), _) | (None, Some(_)) => "Text",
            (Some("integer"), _) => "Integer",
            (Some("number"), _) => "Number",
            (Some("boolean"), _) => "Boolean",
            (Some("array"), _) => "List",
            (Some("object"), _) => "Map",
            // The values of a map of which only the keys are restricted.
            (None, None) if path.ends_with(".*") => "Any",
            (kind, _) => return Err(format!("{path}: unknown type {kind:?}")),
        };
        let raised = match (self.raised_max, &self.raised_by) {
            (Some(max), Some(by)) => format!("Some(Raised {{ max: {max}, with: {by:?} }})"),
            (None, None) => "None".to_owned(),
            _ => return Err(format!("{path}: raised_max and raised_by go together")),
        };
        let values = match &self.r#enum {
            Some(Enum::Values(values)) => texts(values),
            Some(Enum::Elsewhere(place)) if place == "see runtimes.yaml" => "&[]".to_owned(),
            Some(Enum::Elsewhere(place)) => return Err(format!("{path}: unknown enum {place:?}")),
            None => "&[]".to_owned(),
        };
        let default = match &self.default {
            None => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Number(number)) => Some(number.to_string()),
            Some(Value::Bool(truth)) => Some(truth.to_string()),
            Some(_) => return Err(format!("{path}: a default is a scalar")),
        };
        Ok(format!(
            "Limit {{ path: {path:?}, kind: Kind::{kind}, min: {:?}, max: {:?}, next_min: {:?}, raised: {raised}, unit: {:?}, \
             min_length: {:?}, max_length: {:?}, arn_max_length: {:?}, min_items: {:?}, max_items: {:?}, unique: {}, \
             values: {values}, pattern: {:?}, key_pattern: {:?}, required: {}, default: {default:?} }}",
            self.min,
            self.max,
            self.next_min,
            self.unit,
            self.min_length,
            self.max_length,
            self.arn_max_length,
            self.min_items,
            self.max_items,
            self.unique.unwrap_or(false),
            self.pattern,
            self.key_pattern,
            texts(&self.required),
        ))
    }
}

/// Single numbers of the hand-written part: where, the name of the constant, its meaning.
const NUMBERS: &[(&str, &str, &str)] = &[
    (
        "environment.total_bytes_max",
        "ENVIRONMENT_BYTES",
        "Bytes of all environment variables of a function, keys and values together.",
    ),
    ("function.resource_policy_bytes.max", "RESOURCE_POLICY_BYTES", "Bytes of a function's resource-based policy."),
    ("function.layers.max", "LAYERS", "Layers of a function."),
    ("package.unzipped_mb", "UNZIPPED_MB", "MB of a function's code and layers, unzipped."),
    ("function.tags.max", "TAGS", "Tags of a resource."),
    ("function.vpc.subnets_max", "SUBNETS", "Subnets of a function."),
    ("function.vpc.security_groups_max", "SECURITY_GROUPS", "Security groups of a function."),
    (
        "function.reserved_concurrency.unreserved_pool_must_keep",
        "UNRESERVED_CONCURRENCY",
        "Concurrency of an account and Region that no function may reserve.",
    ),
    (
        "function.reserved_concurrency.account_default",
        "ACCOUNT_CONCURRENCY",
        "Concurrency of an account and Region, unless AWS raised it.",
    ),
    (
        "function.timeout_s.kafka_mq_docdb_esm_max",
        "TIMEOUT_KAFKA_MQ_DOCDB",
        "Seconds that a function may run which a mapping of Kafka, MQ or DocumentDB invokes.",
    ),
    (
        "function.ephemeral_storage_mb.snapstart_max",
        "EPHEMERAL_STORAGE_SNAPSTART",
        "MB of ephemeral storage with SnapStart.",
    ),
    (
        "integrations.logs_subscription.filters_per_log_group",
        "SUBSCRIPTION_FILTERS",
        "Subscription filters of a log group.",
    ),
    ("integrations.cognito_trigger.caller_waits_s", "COGNITO_SECONDS", "Seconds that Cognito waits for a function."),
    (
        "integrations.cloudformation_custom_resource.service_timeout_s.max",
        "CUSTOM_RESOURCE_SECONDS",
        "Seconds that CloudFormation waits for a custom resource, unless it is told a shorter time.",
    ),
    (
        "managed_instances.min_memory_mb",
        "MEMORY_MANAGED_INSTANCES_MIN",
        "MB of memory that a function on managed instances has at least.",
    ),
];

/// Writes `limits.rs`.
pub(crate) fn write(files: &Files) -> Result<()> {
    let in_file = |error: String| format!("{NAME}: {error}");
    let Table { mut properties, corrections, neighbours } = files.yaml(NAME)?;
    for (name, rows) in corrections {
        let fields = &mut properties.get_mut(&name).ok_or(in_file(format!("correction of unknown {name}")))?.fields;
        for (path, row) in rows {
            fields.entry(path).or_default().correct(row);
        }
    }
    for (name, fields) in neighbours {
        if properties.insert(name.clone(), Type { fields, ..Type::default() }).is_some() {
            return Err(in_file(format!("{name} is there twice")));
        }
    }
    let mut rust = format!("static TABLE_DATE: Date = {};\n", retrieved(NAME, &files.read(NAME)?)?);
    let whole: Value = files.yaml(NAME)?;
    for (path, name, meaning) in NUMBERS {
        let number = at(&whole, path).map_err(in_file)?.as_u64();
        let number = number.ok_or(in_file(format!("{path} is no number")))?;
        let _ = writeln!(
            rust,
            "/// {meaning}\n#[allow(clippy::unreadable_literal, reason = \"generated\")]\npub const {name}: u64 = {number};"
        );
    }
    let reserved: Vec<String> =
        serde_yaml::from_value(at(&whole, "environment.reserved_names").map_err(in_file)?.clone())
            .map_err(|error| in_file(error.to_string()))?;
    let _ = writeln!(
        rust,
        "/// Environment variables that Lambda sets and a function must not.\npub const RESERVED_VARIABLES: &[&str] = {};",
        texts(&reserved)
    );
    rust.push_str("#[allow(clippy::unreadable_literal, reason = \"generated\")]\nstatic TYPES: &[LimitedType] = &[\n");
    for (name, kind) in &properties {
        let _ = writeln!(
            rust,
            "LimitedType {{ name: {name:?}, required: {}, replacement: {}, read_only: {}, limits: &[",
            texts(&kind.required),
            texts(&kind.replacement),
            texts(&kind.read_only)
        );
        for (path, row) in &kind.fields {
            let literal = row.literal(path).map_err(|error| in_file(format!("{name}: {error}")))?;
            let _ = writeln!(rust, "    {literal},");
        }
        rust.push_str("] },\n");
    }
    rust.push_str("];\n");
    files.write("limits.rs", &rust)
}
