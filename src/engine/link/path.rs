//! The paths by which templates name each other.

use crate::model::Resource;
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
    beside(holder, &path)
}

/// The file that a path in the source `holder` leads to, as a source would be called. `None` for URLs and absolute paths.
pub(crate) fn beside(holder: &str, path: &str) -> Option<String> {
    let folder = holder.rsplit_once('/').map_or("", |(folder, _)| folder);
    let absolute = holder.starts_with('/');
    if path.is_empty() || path.starts_with('/') || path.contains("://") || path.chars().any(char::is_control) {
        return None;
    }
    Some(normal(absolute, folder.split('/').chain(path.split('/'))))
}

/// A source's name without `.` and `..` in it, as far as the name alone tells.
pub(crate) fn normal_name(name: &str) -> String {
    normal(name.starts_with('/'), name.split('/'))
}

fn normal<'a>(absolute: bool, parts: impl Iterator<Item = &'a str>) -> String {
    let mut out: Vec<&str> = Vec::new();
    for part in parts {
        match (part, out.last()) {
            ("" | ".", _) => {}
            ("..", Some(last)) if *last != ".." => {
                out.pop();
            }
            ("..", None) if absolute => {}
            _ => out.push(part),
        }
    }
    let joined = out.join("/");
    if absolute { format!("/{joined}") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_detours() {
        assert_eq!(normal_name("./infra/../app/./a.yaml"), "app/a.yaml");
        assert_eq!(normal_name("../../a.yaml"), "../../a.yaml");
        assert_eq!(normal_name("/srv/../../a.yaml"), "/a.yaml");
    }
}
