//! SAM: `AWS::Serverless::*` lowered to CloudFormation's types.

use super::template::Template;
use crate::engine::Finding;
use crate::model::Resource;

/// Whether the template has SAM resources; registers the logical ids that SAM makes, so that they can be referred to.
pub(super) fn prepare(template: &mut Template) -> bool {
    template.declared.iter().any(|declared| declared.kind.starts_with("AWS::Serverless::"))
}

/// Replaces SAM's resources by what SAM makes of them.
pub(super) fn lower(_template: &Template, written: Vec<Resource>, _findings: &mut Vec<Finding>) -> Vec<Resource> {
    written
}
