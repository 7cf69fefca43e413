//! `sam-policy-templates.yaml` as static tables; statements become JSON text.

use crate::emit::{Files, Result, json, optional_text, retrieved, texts};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const NAME: &str = "src/data/facts/sam-policy-templates.yaml";

#[derive(Deserialize)]
struct Table {
    templates: BTreeMap<String, Template>,
    connectors: Vec<Connector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    parameters: Vec<String>,
    statements: serde_yaml::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Connector {
    source: String,
    destination: String,
    creates: String,
    attached_to: Option<String>,
    access: Access,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Access {
    #[serde(rename = "Read")]
    read: Option<serde_yaml::Value>,
    #[serde(rename = "Write")]
    write: Option<serde_yaml::Value>,
}

/// Writes `sam_policy_templates.rs`: both tables, sorted by name.
pub(crate) fn write(files: &Files) -> Result<()> {
    let mut table: Table = files.yaml(NAME)?;
    let mut rust = format!("static TABLE_DATE: Date = {};\n", retrieved(NAME, &files.read(NAME)?)?);
    rust.push_str("static TEMPLATES: &[Template] = &[\n");
    for (name, template) in &table.templates {
        let _ = writeln!(
            rust,
            "Template {{ name: {name:?}, parameters: {}, statements_json: {:?} }},",
            texts(&template.parameters),
            json(&template.statements)?
        );
    }
    rust.push_str("];\nstatic CONNECTORS: &[Connector] = &[\n");
    table.connectors.sort_by(|a, b| (&a.source, &a.destination).cmp(&(&b.source, &b.destination)));
    for connector in &table.connectors {
        let wrong = |what: &str| format!("{NAME}: {} to {}: {what}", connector.source, connector.destination);
        let creates = match (connector.creates.as_str(), connector.attached_to.as_deref()) {
            ("AWS_IAM_ROLE_MANAGED_POLICY", Some("source role")) => "SourceRolePolicy",
            ("AWS_IAM_ROLE_MANAGED_POLICY", Some("destination role")) => "DestinationRolePolicy",
            ("AWS_LAMBDA_PERMISSION", None) => "LambdaPermission",
            ("AWS_SQS_QUEUE_POLICY", None) => "QueuePolicy",
            ("AWS_SNS_TOPIC_POLICY", None) => "TopicPolicy",
            _ => return Err(wrong("unknown creates or attached_to")),
        };
        let text = |value: &Option<serde_yaml::Value>| value.as_ref().map(json).transpose();
        let (read, write) = (text(&connector.access.read)?, text(&connector.access.write)?);
        let _ = writeln!(
            rust,
            "Connector {{ source: {:?}, destination: {:?}, creates: Creates::{creates}, read_json: {}, write_json: {} }},",
            connector.source,
            connector.destination,
            optional_text(read.as_deref()),
            optional_text(write.as_deref())
        );
    }
    rust.push_str("];\n");
    files.write("sam_policy_templates.rs", &rust)
}
