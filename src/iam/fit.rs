//! Whether an action can be about a resource.
//!
//! Forms of ARNs: the "Resource types" tables of the service authorization reference,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>,
//! read 2026-11-22. Only services are listed whose resources all have one of these forms.

use super::{Width, width};
use crate::data::iam_actions::Action;
use crate::value::{Answer, Piece, SymbolKind, Text};

/// The form of the ARNs of one type of resource.
struct Form {
    service: &'static str,
    /// The type's name in the table of actions.
    name: &'static str,
    /// A pattern that all of its ARNs match.
    pattern: &'static str,
    /// What none of its ARNs has after the service's part: what follows it makes another type.
    without: &'static [&'static str],
}

const fn form(
    service: &'static str,
    name: &'static str,
    pattern: &'static str,
    without: &'static [&'static str],
) -> Form {
    Form { service, name, pattern, without }
}

static FORMS: &[Form] = &[
    form("s3", "bucket", "arn:*:s3:::*", &["/"]),
    form("s3", "object", "arn:*:s3:::*/*", &[]),
    form("dynamodb", "table", "arn:*:dynamodb:*:*:table/*", &["/index/", "/stream/", "/backup/", "/export/"]),
    form("dynamodb", "index", "arn:*:dynamodb:*:*:table/*/index/*", &[]),
    form("dynamodb", "stream", "arn:*:dynamodb:*:*:table/*/stream/*", &[]),
    form("sqs", "queue", "arn:*:sqs:*:*:*", &[]),
    form("sns", "topic", "arn:*:sns:*:*:*", &[]),
    form("kinesis", "stream", "arn:*:kinesis:*:*:stream/*", &["/consumer/"]),
    form("kinesis", "consumer", "arn:*:kinesis:*:*:*/*/consumer/*", &[]),
    form("firehose", "deliverystream", "arn:*:firehose:*:*:deliverystream/*", &[]),
    form("secretsmanager", "Secret", "arn:*:secretsmanager:*:*:secret:*", &[]),
    form("ssm", "parameter", "arn:*:ssm:*:*:parameter/*", &[]),
    form("states", "statemachine", "arn:*:states:*:*:stateMachine:*", &[]),
    form("states", "execution", "arn:*:states:*:*:execution:*", &[]),
    form("lambda", "function", "arn:*:lambda:*:*:function:*", &[]),
    form("lambda", "function alias", "arn:*:lambda:*:*:function:*", &[]),
    form("lambda", "function version", "arn:*:lambda:*:*:function:*", &[]),
    form("events", "event-bus", "arn:*:events:*:*:event-bus/*", &[]),
];

/// Types of S3 that are no bucket and no object.
const OTHER_NAMES: &[&str] = &["accesspoint", "accesspointobject", "accessgrantsinstance", "accessgrantslocation"];

/// Actions that the table knows no resources for and that are granted on resources all the same: CDK grants the answers of
/// tasks on their state machine (`grantTaskResponse`), and SAM's template does.
const UNLISTED: &[&str] = &["SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"];

/// Whether an action can be about a resource of this pattern. Unknown where the forms of its resources are not listed, or
/// the pattern is not known well enough.
#[must_use]
pub fn fits(action: &Action, resource: &Text) -> Answer {
    let pattern = resource.pattern();
    if matches!(pattern.pieces().first(), Some(Piece::Any)) {
        return Answer::Yes;
    }
    // What takes no resource is sometimes asked of all of them: `s3:ListAllMyBuckets` of `arn:aws:s3:::*`.
    if !action.takes_resources() && (width(resource) != Width::Named || UNLISTED.contains(&action.name)) {
        return Answer::Unknown;
    }
    if !pattern.known_prefix().starts_with("arn:") || pattern.symbols().any(|symbol| may_hold_separators(&symbol.kind))
    {
        return Answer::Unknown;
    }
    let is_bucket_or_object = action.service == "s3" && pattern.canonical().known_prefix().starts_with("arn:aws:s3:::");
    let mut answer = Answer::No;
    for name in action.resource_types() {
        let form = FORMS.iter().find(|form| form.service == action.service && form.name == name);
        answer = answer.or(match form {
            Some(form) => form.fits(&pattern),
            // An access point of S3 has a region in its ARN, a bucket has none.
            None if OTHER_NAMES.contains(&name) && is_bucket_or_object => Answer::No,
            None => Answer::Unknown,
        });
    }
    answer
}

/// Whether a symbol may be more than a name: a parameter may be `orders/index/*`.
fn may_hold_separators(kind: &SymbolKind) -> bool {
    !matches!(kind, SymbolKind::Pseudo | SymbolKind::Name | SymbolKind::Attribute)
}

impl Form {
    fn fits(&self, pattern: &Text) -> Answer {
        let overlaps = pattern.overlaps(&Text::literal(self.pattern).pattern());
        if overlaps.is_no() {
            return Answer::No;
        }
        // What is written out after the service makes it another type, whatever wildcards follow.
        let is_other = |piece: &Piece| match piece {
            Piece::Literal(text) => self.without.iter().any(|part| text.contains(part)),
            _ => false,
        };
        if pattern.pieces().iter().any(is_other) { Answer::No } else { overlaps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::iam_actions;

    fn fit(action: &str, resource: &str) -> Answer {
        fits(&iam_actions::action(action).unwrap(), &Text::literal(resource))
    }

    #[test]
    fn objects_are_not_buckets() {
        assert_eq!(fit("s3:GetObject", "arn:aws:s3:::uploads"), Answer::No);
        assert_eq!(fit("s3:GetObject", "arn:aws:s3:::uploads/*"), Answer::Yes);
        assert_eq!(fit("s3:GetObject", "arn:aws:s3:::uploads*"), Answer::Yes);
        assert_eq!(fit("s3:GetObject", "arn:aws:s3:::*"), Answer::Yes);
        assert_eq!(fit("s3:GetObject", "*"), Answer::Yes);
        assert_eq!(fit("s3:ListBucket", "arn:aws:s3:::uploads/*"), Answer::No);
        assert_eq!(fit("s3:ListBucket", "arn:aws-cn:s3:::uploads"), Answer::Yes);
        assert_ne!(fit("s3:GetObject", "arn:aws:s3:eu-west-1:123456789012:accesspoint/a/object/*"), Answer::No);
    }

    #[test]
    fn streams_and_indexes_are_not_tables() {
        assert_eq!(fit("dynamodb:GetRecords", "arn:aws:dynamodb:eu-west-1:1:table/Orders"), Answer::No);
        assert_eq!(fit("dynamodb:GetRecords", "arn:aws:dynamodb:*:*:table/Orders*"), Answer::Yes);
        assert_eq!(fit("dynamodb:GetRecords", "arn:aws:dynamodb:eu-west-1:1:table/Orders/stream/*"), Answer::Yes);
        assert_eq!(fit("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:1:table/Orders/index/*"), Answer::No);
        assert_eq!(fit("dynamodb:Query", "arn:aws:dynamodb:eu-west-1:1:table/Orders/index/*"), Answer::Yes);
    }

    #[test]
    fn each_service_has_its_own() {
        assert_eq!(fit("sqs:SendMessage", "arn:aws:sns:eu-west-1:123456789012:orders"), Answer::No);
        assert_eq!(fit("sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:orders"), Answer::Yes);
        assert_eq!(fit("ssm:GetParameter", "arn:aws:ssm:*:*:*"), Answer::Yes);
        assert_eq!(fit("rekognition:DetectFaces", "arn:aws:s3:::uploads/*"), Answer::No, "it takes no resource");
        assert_eq!(fit("ec2:RunInstances", "arn:aws:s3:::uploads/*"), Answer::Unknown, "its forms are not listed");
    }
}
