//! `function-url-cors`: see `rules/url/function-url-cors.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Data, Guard, Value};

pub(super) fn check(world: &World, out: &mut Findings) {
    for url in world.of_kind("AWS::Lambda::Url") {
        let cors = url.get("Cors");
        let mut tell = |grade, span, when: &Guard, message: String, help: &str, label: Option<(Span, &str)>| {
            if !when.is_possible() || when.is_rounded() {
                return;
            }
            let mut finding = Finding::new(grade, span, message).when(when).related(url.called()).help(help);
            if let Some((span, text)) = label {
                finding = finding.label(span, text);
            }
            out.push(finding);
        };
        let name = name(world, url);
        for (span, when) in items(&cors.get("AllowMethods"), "OPTIONS") {
            let message = format!("Lambda refuses the URL of `{name}`: it answers `OPTIONS` itself");
            tell(Grade::ERROR, span, &when, message, "take `OPTIONS` out of the list", None);
        }
        let credentials = cors.get("AllowCredentials").booleans();
        for (span, everywhere) in items(&cors.get("AllowOrigins"), "*") {
            let mut left = everywhere.clone();
            for (_, at, allowed) in credentials.set().filter(|(allowed, ..)| **allowed) {
                let when = everywhere.and(allowed);
                left = left.and(&when.not());
                let message = format!("the URL of `{name}` takes cookies and credentials from pages of every website");
                let help = "name the websites in `AllowOrigins`, or take out `AllowCredentials`";
                tell(Grade::WARNING, span, &when, message, help, Some((at, "and lets them send credentials")));
            }
            let message = format!("pages of every website can read what the URL of `{name}` answers");
            tell(Grade::NOTE, span, &left, message, "name the websites that call it in `AllowOrigins`", None);
        }
    }
}

/// Where a list certainly has an item.
fn items(list: &Value<&Data>, wanted: &str) -> Vec<(Span, Guard)> {
    let mut out = Vec::new();
    for item in list.items(false).0 {
        for (word, span, when) in item.literals().set() {
            if word.eq_ignore_ascii_case(wanted) {
                out.push((span, when.clone()));
            }
        }
    }
    out
}

/// What the user calls the function.
fn name(world: &World, url: &Resource) -> String {
    match world.targets(&url.get("TargetFunctionArn").text()).0.as_slice() {
        [one] => world.function(one.function).map_or_else(|| url.called().to_string(), |it| it.address().to_string()),
        _ => url.called().to_string(),
    }
}
