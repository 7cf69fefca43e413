//! What the rules about resource-based policies share.

use crate::engine::Finding;
use crate::model::{FunctionId, Permission, Resource, Target, WHOLE_POLICY, World};
use crate::value::{Answer, Guard, Text, Value};
use rustc_hash::FxHashSet;

/// The deployments in which a permission is limited neither to an account nor to an organization.
pub(super) fn without_owner(permission: &Permission) -> Guard {
    permission.source_account.unset_when().and(&permission.organization.unset_when())
}

/// The deployments in which a value is something for which `test` does not certainly say No; all that it can
/// be beside its known cases counts.
pub(super) fn may_be(value: &Value<&Text>, mut test: impl FnMut(&Text) -> Answer) -> Guard {
    if !value.is_exhaustive() {
        return Guard::always();
    }
    value.set().filter(|(text, ..)| !test(text).is_no()).fold(Guard::never(), |guard, (_, _, when)| guard.or(when))
}

/// Where `guard` holds and `except` does not, if that is sure to be somewhere.
pub(super) fn certainly(guard: &Guard, except: &Guard) -> Option<Guard> {
    let left = guard.and(&except.not());
    (left.is_possible() && !left.is_rounded()).then_some(left)
}

/// Of which functions all permissions are seen.
pub(super) struct Seen {
    /// Whether no permission can be where it is not seen: in what a macro adds, in a nested stack.
    all: bool,
    /// Functions, with the qualifier, whose whole policy was dumped.
    whole: Vec<Target>,
    /// Functions whose whole policy is a resource of its own that cannot be read in full.
    elsewhere: FxHashSet<FunctionId>,
    /// Whether such a policy may be any function's.
    any_elsewhere: bool,
}

impl Seen {
    pub(super) fn of(world: &World) -> Self {
        let targets = |resource: &'_ Resource, property: &str| {
            let value = resource.properties.get(property);
            let mut known = value.text().is_exhaustive();
            let mut targets = Vec::new();
            for (text, span, when) in value.text().set() {
                match world.function_named(text) {
                    Some((function, qualifier)) => {
                        targets.push(Target { function, qualifier, when: when.clone(), span });
                    }
                    None => known &= text.symbols().next().is_none(),
                }
            }
            (targets, known)
        };
        let mut seen = Self {
            all: !world.open && !world.has_unseen_stacks(),
            whole: Vec::new(),
            elsewhere: FxHashSet::default(),
            any_elsewhere: false,
        };
        for policy in &world.application.resource_policies {
            seen.any_elsewhere |= !policy.functions_known;
            if !policy.closed {
                seen.elsewhere.extend(policy.functions.iter().map(|target| target.function));
            }
        }
        for policy in world.of_kind(WHOLE_POLICY) {
            seen.whole.extend(targets(policy, "FunctionName").0);
        }
        seen
    }

    /// Whether all permissions of a function are seen, for calls under this name of it.
    pub(super) fn all_of(&self, target: &Target) -> bool {
        if self.any_elsewhere || self.elsewhere.contains(&target.function) {
            return false;
        }
        // An alias has a policy of its own, which is dumped by itself.
        let same = |whole: &Target| whole.function == target.function && whole.qualifier == target.qualifier;
        self.all || self.whole.iter().any(same)
    }

    /// The same for each of some functions; of none, when nothing can be hidden.
    pub(super) fn all_among(&self, targets: &[Target]) -> bool {
        if targets.is_empty() {
            self.all && !self.any_elsewhere
        } else {
            targets.iter().all(|target| self.all_of(target))
        }
    }

    /// Whether what is seen is deployed already.
    pub(super) fn is_live(&self) -> bool {
        !self.whole.is_empty()
    }
}

/// The service's name in a principal: `logs` of `logs.eu-west-1.amazonaws.com`. `None` for what is no service
/// for certain.
pub(super) fn service(principal: &Text) -> Option<String> {
    let spelled = principal.to_string().replace("${AWS::URLSuffix}", "amazonaws.com");
    let name = spelled.strip_suffix(".cn").unwrap_or(&spelled).strip_suffix(".amazonaws.com")?;
    let is_region = |part: &str| {
        part == "${AWS::Region}" || part.split('-').count() >= 3 && part.ends_with(|last: char| last.is_ascii_digit())
    };
    let name = match name.rsplit_once('.') {
        Some((name, region)) if is_region(region) => name,
        _ => name,
    };
    (!name.is_empty() && !name.contains("${")).then(|| name.to_owned())
}

/// `*`, or a principal of whatever account.
pub(super) fn is_everybody(principal: &str) -> bool {
    principal == "*" || principal.strip_prefix("arn:").is_some_and(|rest| rest.contains(":iam::*:"))
}

/// How a permission's function is called in a message: `` `Resize` ``, or words where it is none of the template's.
pub(super) fn function_name(world: &World, permission: &Permission) -> String {
    match permission.functions.first().and_then(|target| world.function(target.function)) {
        Some(function) => format!("`{}`", function.address()),
        None => "the function".to_owned(),
    }
}

/// Names the permission and its functions in a finding and points at the function.
pub(super) fn with_parties(world: &World, permission: &Permission, mut finding: Finding) -> Finding {
    finding = finding.related(&permission.resource.address);
    for (index, target) in permission.functions.iter().enumerate() {
        let Some(function) = world.function(target.function) else { continue };
        finding = finding.related(function.address());
        if index == 0 && function.resource.span != finding.primary.span {
            finding = finding.label(function.resource.span, "this function");
        }
    }
    finding
}

/// What a statement's action lets somebody do with the function, in words before its name.
pub(super) fn verb(permission: &Permission) -> String {
    let actions: Vec<&str> = permission.action.set().filter_map(|(action, ..)| action.as_literal()).collect();
    match actions.as_slice() {
        ["lambda:InvokeFunction"] | [] => "invoke".to_owned(),
        ["lambda:InvokeFunctionUrl"] => "call the URL of".to_owned(),
        ["*" | "lambda:*"] => "do anything with".to_owned(),
        [action] => format!("`{action}` on"),
        _ => "invoke".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_named_without_its_region() {
        let name = |principal: &str| service(&Text::literal(principal));
        assert_eq!(name("logs.eu-west-1.amazonaws.com").as_deref(), Some("logs"));
        assert_eq!(name("events.amazonaws.com").as_deref(), Some("events"));
        assert_eq!(name("events.amazonaws.com.cn").as_deref(), Some("events"));
        assert_eq!(name("lambda.alarms.cloudwatch.amazonaws.com").as_deref(), Some("lambda.alarms.cloudwatch"));
        assert_eq!(name("alexa-appkit.amazon.com"), None);
        assert_eq!(name("123456789012"), None);
        assert_eq!(name("*"), None);
    }
}
