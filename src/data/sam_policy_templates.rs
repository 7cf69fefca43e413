//! SAM's policy templates and connectors: the statements that it writes into roles and policies for the user.
//!
//! Source: `facts/sam-policy-templates.yaml`.

use super::Date;

include!(concat!(env!("OUT_DIR"), "/sam_policy_templates.rs"));

/// A policy template (`DynamoDBCrudPolicy`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its name.
    pub name: &'static str,
    /// Its parameters. All are required.
    pub parameters: &'static [&'static str],
    /// Its statements as a JSON list. Text in them is that of `Fn::Sub`, with `${Parameter}` for a parameter and
    /// `${AWS::Region}` and its like for the others.
    pub statements_json: &'static str,
}

/// What SAM makes of a connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creates {
    /// A managed policy on the source's role.
    SourceRolePolicy,
    /// A managed policy on the destination's role.
    DestinationRolePolicy,
    /// A permission on the destination, a function.
    LambdaPermission,
    /// A policy of the destination, a queue.
    QueuePolicy,
    /// A policy of the destination, a topic.
    TopicPolicy,
}

/// What SAM makes of an `AWS::Serverless::Connector` between two types of resource. Text is that of `Fn::Sub`,
/// with `%{Source.Arn}`, `%{Destination.Arn}` and their like for the two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connector {
    /// The CloudFormation type of the source.
    pub source: &'static str,
    /// The CloudFormation type of the destination.
    pub destination: &'static str,
    /// What is made.
    pub creates: Creates,
    /// The statements for `Read`, where it is possible: a JSON list, or for a permission the object of its properties.
    pub read_json: Option<&'static str>,
    /// The same for `Write`.
    pub write_json: Option<&'static str>,
}

/// The day on which the tables were read.
#[must_use]
pub fn table_date() -> Date {
    TABLE_DATE
}

/// The policy template of this name.
#[must_use]
pub fn template(name: &str) -> Option<&'static Template> {
    let index = TEMPLATES.binary_search_by(|template| template.name.cmp(name)).ok()?;
    TEMPLATES.get(index)
}

/// All policy templates, sorted by name.
#[must_use]
pub fn templates() -> &'static [Template] {
    TEMPLATES
}

/// The connector from one type of resource to another.
#[must_use]
pub fn connector(source: &str, destination: &str) -> Option<&'static Connector> {
    let index = CONNECTORS.binary_search_by(|c| (c.source, c.destination).cmp(&(source, destination))).ok()?;
    CONNECTORS.get(index)
}

/// All connectors, sorted by source and destination.
#[must_use]
pub fn connectors() -> &'static [Connector] {
    CONNECTORS
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The names in `${…}` of a text, without those of AWS.
    fn parameters_in(json: &str) -> Vec<&str> {
        let names = json.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
        names.filter(|name| !name.starts_with("AWS::")).collect()
    }

    #[test]
    fn templates_use_exactly_their_parameters() {
        assert!(templates().len() >= 81, "{}", templates().len());
        assert!(templates().is_sorted_by(|a, b| a.name < b.name));
        for template in templates() {
            assert_eq!(super::template(template.name), Some(template));
            let statements: Vec<serde_json::Map<String, Value>> =
                serde_json::from_str(template.statements_json).unwrap();
            assert!(!statements.is_empty() && statements.iter().all(|s| s.contains_key("Action")), "{template:?}");
            let mut used = parameters_in(template.statements_json);
            used.sort_unstable();
            used.dedup();
            let mut declared = template.parameters.to_vec();
            declared.sort_unstable();
            assert_eq!(used, declared, "{}", template.name);
        }
        assert_eq!(template("S3CrudPolicy").unwrap().parameters, ["BucketName"]);
        assert_eq!(template("S3CrudPolic"), None);
    }

    #[test]
    fn connectors_give_some_access_as_json() {
        assert!(connectors().len() >= 31, "{}", connectors().len());
        assert!(connectors().is_sorted_by(|a, b| (a.source, a.destination) < (b.source, b.destination)));
        for connector in connectors() {
            assert_eq!(super::connector(connector.source, connector.destination), Some(connector));
            let texts: Vec<_> = [connector.read_json, connector.write_json].into_iter().flatten().collect();
            assert!(!texts.is_empty(), "{connector:?}");
            for text in texts {
                let value: Value = serde_json::from_str(text).unwrap();
                assert_eq!(value.is_object(), connector.creates == Creates::LambdaPermission, "{connector:?}");
                assert!(value.is_object() || value.is_array());
            }
        }
        let to_table = connector("AWS::Lambda::Function", "AWS::DynamoDB::Table").unwrap();
        assert_eq!(to_table.creates, Creates::SourceRolePolicy);
        assert!(to_table.write_json.unwrap().contains("dynamodb:PutItem"));
    }
}
