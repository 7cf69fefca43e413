//! `function-url-public`: see `rules/url/function-url-public.md`.

use super::packaging::word_where;
use super::places::Places;
use crate::engine::{Applicability, Finding, Findings, Fix, Grade};
use crate::fix::{self, Expression};
use crate::model::World;

const OPEN: &str = "NONE";
const CLOSED: &str = "AWS_IAM";

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut places = Places::default();
    for url in world.of_kind("AWS::Lambda::Url") {
        let user = match world.targets(&url.get("TargetFunctionArn").text()).0.as_slice() {
            [one] => world.function(one.function).map_or(url, |function| function.resource),
            _ => url,
        };
        for (_, span, when) in word_where(&url.get("AuthType"), |auth| auth == OPEN) {
            places.add(span, &when.and(&url.when), user);
        }
    }
    for place in places.into_vec() {
        let message = format!("anybody on the internet can call {} by the URL", place.subject());
        let mut finding = Finding::new(Grade::WARNING, place.span, message)
            .here("nobody is asked who they are")
            .help("let callers sign: `AuthType: AWS_IAM`; where browsers call, put CloudFront with an origin access control before it");
        if let Some(edit) = fix::replace(world, place.span, &Expression::Word(CLOSED.into())) {
            finding = finding.fix(Fix {
                title: "Let in only who signs their requests".to_owned(),
                applicability: Applicability::Unsafe,
                edits: vec![edit],
            });
        }
        out.push(place.tell(finding));
    }
}
