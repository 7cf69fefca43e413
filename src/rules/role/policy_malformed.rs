//! `policy-malformed`: see `rules/role/policy-malformed.md`.

use crate::data::iam_actions;
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::iam::scope::trusts_lambda;
use crate::iam::{DocumentKind, Elements, Subject, readings, subjects};
use crate::model::{Role, World};
use crate::source::Span;
use crate::value::{Data, Guard, Map, Value};
use rustc_hash::FxHashSet;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut seen: FxHashSet<Span> = FxHashSet::default();
    for role in &world.application.roles {
        let used =
            !role.functions.is_empty() || role.trust.as_ref().is_some_and(|trust| trusts_lambda(trust).is_possible());
        if used {
            documents(world, role, &mut seen, out);
        }
    }
    let mut reported: FxHashSet<Span> = FxHashSet::default();
    for subject in subjects(world).iter().filter(|subject| subject.is_written()) {
        actions(subject, &mut reported, out);
    }
}

/// What a document says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// What whoever has the role may do.
    Rights,
    /// Who may assume it.
    Trust,
}

/// The documents that are written in a role, and those of the policies that are attached to it.
fn documents(world: &World, role: &Role, seen: &mut FxHashSet<Span>, out: &mut Findings) {
    document(role, &role.resource.get("AssumeRolePolicyDocument"), Says::Trust, seen, out);
    let (inline, _) = role.resource.get("Policies").items(false);
    for item in inline {
        document(role, &item.get("PolicyDocument"), Says::Rights, seen, out);
    }
    let attached = role.policies.iter().filter(|policy| policy.document.kind == DocumentKind::Attached);
    for policy in attached {
        if let Some(resource) = world.resource(role.resource, &policy.document.address) {
            document(role, &resource.get("PolicyDocument"), Says::Rights, seen, out);
        }
    }
}

/// What IAM refuses a document for.
fn document(role: &Role, body: &Value<&Data>, says: Says, seen: &mut FxHashSet<Span>, out: &mut Findings) {
    let (items, _) = body.get("Statement").items(true);
    for item in items {
        for (data, span, when) in item.set() {
            let Some(map) = data.map().filter(|_| seen.insert(span)) else { continue };
            // Key and value of what SAM writes are at one place.
            let made = map.entry("Effect").is_some_and(|entry| entry.key_span == entry.value.span());
            if !made {
                statement(role, map, says, span, when, out);
            }
        }
    }
}

/// Whether a map certainly lacks a key.
fn lacks(map: &Map, key: &str) -> bool {
    map.get(key).map_or(!map.open, Value::is_unset)
}

fn statement(role: &Role, map: &Map, says: Says, span: Span, when: &Guard, out: &mut Findings) {
    let name = &role.resource.address;
    let mut refuse = |at: Span, what: String, help: &str| {
        let finding = Finding::new(Grade::ERROR, at, format!("the deployment fails: {what}"));
        out.push(finding.when(when).related(name).cause(span).help(help));
    };
    if lacks(map, "Effect") {
        refuse(span, format!("a statement of `{name}` has no `Effect`"), "add `Effect: Allow`");
    } else if let Some(effect) = map.get("Effect") {
        let literals = effect.borrow().literals();
        for (effect, at, _) in literals.set().filter(|(effect, ..)| !matches!(effect.as_str(), "Allow" | "Deny")) {
            refuse(at, format!("`Effect` is `Allow` or `Deny`, not `{effect}`"), "write `Allow` or `Deny`");
        }
    }
    let about = match says {
        Says::Rights => ("Resource", "NotResource", "say on which resources, or `*`"),
        Says::Trust => ("Principal", "NotPrincipal", "say who may assume the role"),
    };
    for (plain, negated, help) in [("Action", "NotAction", "say which actions"), about] {
        if lacks(map, plain) && lacks(map, negated) {
            refuse(span, format!("a statement of `{name}` has no `{plain}`"), help);
        } else if let (Some(_), Some(entry)) = (map.entry(plain), map.entry(negated))
            && !lacks(map, plain)
            && !lacks(map, negated)
        {
            let what = format!("a statement of `{name}` has both `{plain}` and `{negated}`");
            refuse(entry.key_span, what, "split it into two statements");
        }
    }
    let (keys, policy, help) = match says {
        Says::Rights => {
            (["Principal", "NotPrincipal"], "a policy", "leave it out: the policy is about whoever has the role")
        }
        Says::Trust => (["Resource", "NotResource"], "the trust policy", "leave it out: the policy is about the role"),
    };
    for key in keys {
        if let Some(entry) = map.entry(key).filter(|_| !lacks(map, key)) {
            refuse(entry.key_span, format!("{policy} of the role `{name}` cannot have a `{key}`"), help);
        }
    }
    if says == Says::Trust {
        for action in map.get("Action").map(|actions| Elements::read(&actions.borrow()).items).unwrap_or_default() {
            let literal = action.text.as_literal().unwrap_or("sts:");
            if !literal.get(..4).is_some_and(|service| service.eq_ignore_ascii_case("sts:")) {
                let what = format!("the trust policy of the role `{name}` holds actions of STS only, not `{literal}`");
                refuse(action.span, what, "write `sts:AssumeRole`; rights belong into a policy of the role");
            }
        }
    }
}

/// Actions that do not exist. IAM takes them, and they grant nothing.
fn actions(subject: &Subject, reported: &mut FxHashSet<Span>, out: &mut Findings) {
    for reading in subject.statement.actions.items.iter().flat_map(readings) {
        let Some(action) = reading.text.as_literal() else { continue };
        if iam_actions::count(action).total() > 0 || !reported.insert(reading.span) {
            continue;
        }
        let (grade, message, help) = match action.split_once(':') {
            None => {
                let message = format!("the deployment fails: `{action}` does not say of which service it is an action");
                (Grade::ERROR, message, "write `service:Action`".to_owned())
            }
            Some((service, name)) => unknown(action, service, name),
        };
        let finding = Finding::new(grade, reading.span, message).when(&subject.when.and(&reading.when)).help(help);
        let sure = if reading.may_differ { Confidence::Medium } else { Confidence::High };
        out.push(subject.relate(finding.confidence(sure)));
    }
}

fn unknown(action: &str, service: &str, name: &str) -> (Grade, String, String) {
    let date = iam_actions::table_date();
    let nothing = format!("there is no action `{action}`, and it grants nothing");
    let unheard = || {
        let message = format!("AWS lists no action `{action}` as of {date}, so that it grants nothing");
        (Grade::NOTE, message, "look it up in the service's list of actions, or take it out".to_owned())
    };
    match iam_actions::service(service) {
        Some(known) => match known.nearest(name).filter(|_| !name.contains(['*', '?'])) {
            Some(near) => (Grade::WARNING, nothing, format!("did you mean `{}`?", near.full_name())),
            None => unheard(),
        },
        None => match iam_actions::nearest_service(service).filter(|_| !service.contains(['*', '?'])) {
            Some(near) if iam_actions::count(&format!("{}:{name}", near.prefix())).total() > 0 => {
                (Grade::WARNING, nothing, format!("did you mean `{}:{name}`?", near.prefix()))
            }
            _ => unheard(),
        },
    }
}
