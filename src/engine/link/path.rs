//! The paths by which templates name each other.

use crate::model::Resource;
use crate::source;
use crate::value::Data;

/// The type of a nested stack; SAM's `AWS::Serverless::Application` is one, too.
pub(super) const STACK: &str = "AWS::CloudFormation::Stack";

/// The file beside a template that a nested stack is made from, as a source would be called. `None` for what is no nested stack, and for
/// templates that are not beside it: a URL, an application of a repository, a path that is put together by the deployment.
pub(super) fn template_of(holder: &str, resource: &Resource) -> Option<String> {
    if !resource.is(STACK) {
        return None;
    }
    let literal = |data: &Data| data.text().and_then(|text| text.as_literal()).map(str::to_owned);
    let property = |name: &str| resource.properties.get(name).only().and_then(|data| literal(data));
    // CDK says beside the resource which of its files it will upload.
    let asset = || {
        let metadata = |key: &str| resource.metadata.only().and_then(Data::map)?.get(key)?.only().and_then(literal);
        metadata("aws:asset:path").filter(|_| metadata("aws:asset:property").as_deref() == Some("TemplateURL"))
    };
    let path = property("TemplateURL").or_else(|| property("Location")).or_else(asset)?;
    source::beside(holder, &path)
}
