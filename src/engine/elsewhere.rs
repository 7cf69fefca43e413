//! What the other worlds of a run say of things that they call by a literal name.
//!
//! Two templates that are not linked may be deployed side by side, and one may complete what the other begins: a permission
//! for a function that another template declares under that name. An equal literal name across worlds silences a finding that
//! says that something is missing; it never causes one.

use crate::frontend::Unit;
use crate::model::{About, Elsewhere};

/// Where resources say something of another that they name: the type, the property (`[]`: each item of a list), what it is.
const PLACES: &[(&str, &str, About)] = &[
    ("AWS::Events::Rule", "Targets[].Arn", About::Invocations),
    ("AWS::IAM::ManagedPolicy", "Roles[]", About::RolePolicies),
    ("AWS::IAM::Policy", "Roles[]", About::RolePolicies),
    ("AWS::IAM::RolePolicy", "RoleName", About::RolePolicies),
    ("AWS::Lambda::EventInvokeConfig", "FunctionName", About::InvokeConfigs),
    ("AWS::Lambda::EventSourceMapping", "FunctionName", About::Invocations),
    ("AWS::Lambda::Permission", "FunctionName", About::Permissions),
    ("AWS::Lambda::ResourcePolicy", "ResourceArn", About::Permissions),
    ("AWS::Logs::LogGroup", "LogGroupName", About::LogGroups),
    ("AWS::SNS::Subscription", "Endpoint", About::Invocations),
    ("AWS::SNS::TopicPolicy", "Topics[]", About::TopicPolicies),
    ("AWS::SQS::QueuePolicy", "Queues[]", About::QueuePolicies),
];

/// What the worlds of a run say, by name.
#[must_use]
pub fn elsewhere(worlds: &[Vec<&Unit>]) -> Elsewhere {
    let mut out = Elsewhere::default();
    if worlds.len() < 2 {
        return out;
    }
    for (world, units) in worlds.iter().enumerate() {
        for resource in units.iter().flat_map(|unit| &unit.resources) {
            for (_, path, about) in PLACES.iter().filter(|(kind, ..)| resource.is(kind)) {
                let mut say = |value: crate::value::Value<&crate::value::Data>| {
                    for (text, ..) in value.text().set() {
                        out.say(*about, text, world);
                    }
                };
                match path.split_once("[]") {
                    None => say(resource.get(path)),
                    Some((list, rest)) => {
                        for item in resource.get(list).items(true).0 {
                            let rest = rest.trim_start_matches('.');
                            say(if rest.is_empty() { item } else { item.get(rest) });
                        }
                    }
                }
            }
        }
    }
    out
}
