//! Who may run a function: which statements of its resource-based policy cover which invocation.
//!
//! A service that pushes events needs a statement whose principal, action, `SourceArn` and `SourceAccount` all match what
//! Lambda is told about the call. Source: "Granting Lambda function access to AWS services",
//! <https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html>.

use super::arn;
use crate::iam::grant::action_matches;
use crate::model::{FunctionId, Permission, Trigger};
use crate::value::{Answer, Guard, Text, Value};

/// A call that a service makes.
#[derive(Clone, Debug)]
pub struct Invocation<'a> {
    /// The function that is called, under whatever qualifier.
    pub function: FunctionId,
    /// The service, without a region: `logs.amazonaws.com`.
    pub principal: &'a str,
    /// The ARN of what calls; wildcards in it stand for parts that may be anything. `None` when it is not known.
    pub source: Option<&'a Text>,
    /// In which deployments it is made.
    pub when: Guard,
}

impl<'a> Invocation<'a> {
    /// The call that a trigger makes; `None` for one that uses a role.
    #[must_use]
    pub fn of(trigger: &'a Trigger) -> Option<Self> {
        Some(Self {
            function: trigger.target.function,
            principal: trigger.kind.principal()?,
            source: trigger.source_arn.as_ref(),
            when: trigger.target.when.and(&trigger.without_role),
        })
    }
}

/// The deployments in which a permission covers an invocation.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Where it certainly does.
    pub sure: Guard,
    /// Where it may; a superset of `sure`.
    pub maybe: Guard,
}

impl Coverage {
    fn never() -> Self {
        Self { sure: Guard::never(), maybe: Guard::never() }
    }

    /// Where both hold.
    fn and(&self, other: &Self) -> Self {
        Self { sure: self.sure.and(&other.sure), maybe: self.maybe.and(&other.maybe) }
    }

    fn add(&mut self, answer: Answer, when: &Guard) {
        if answer.is_yes() {
            self.sure = self.sure.or(when);
        }
        if !answer.is_no() {
            self.maybe = self.maybe.or(when);
        }
    }

    /// The deployments in which the value passes `test`; where it is not set, `unset` decides.
    fn of(value: &Value<&Text>, unset: Answer, mut test: impl FnMut(&Text) -> Answer) -> Self {
        let mut out = Self::never();
        for case in value.cases() {
            let answer = case.value.map_or(unset, &mut test);
            out.add(answer, &case.when);
        }
        if !value.is_exhaustive() {
            out.maybe = Guard::always();
        }
        out
    }
}

/// Whether a permission lets a trigger run its function: Yes in every deployment that has the trigger, No in none of
/// them. A trigger that uses a role needs none: Yes.
#[must_use]
pub fn grants_invoke(permission: &Permission, trigger: &Trigger) -> Answer {
    let Some(invocation) = Invocation::of(trigger) else { return Answer::Yes };
    let covered = coverage(permission, &invocation);
    if invocation.when.implies(&covered.sure) {
        Answer::Yes
    } else if invocation.when.compatible(&covered.maybe) {
        Answer::Unknown
    } else {
        Answer::No
    }
}

/// Where a permission covers an invocation, qualifiers aside.
#[must_use]
pub fn coverage(permission: &Permission, invocation: &Invocation) -> Coverage {
    let mut covered = names(permission, invocation.function);
    for part in [
        Coverage::of(&permission.action, Answer::No, |action| action_matches(action, "lambda:InvokeFunction")),
        principal_coverage(permission, invocation.principal),
        Coverage::of(&permission.source_arn, Answer::Yes, |pattern| match invocation.source {
            Some(source) => arn::may_match(pattern, source),
            None => Answer::Unknown,
        }),
        // A statement for calls through the function's URL covers no other.
        Coverage::of(&permission.via_url, Answer::Yes, |via_url| match via_url.as_literal() {
            Some(literal) => {
                if literal.eq_ignore_ascii_case("true") {
                    Answer::No
                } else {
                    Answer::Yes
                }
            }
            None => Answer::Unknown,
        }),
    ] {
        covered = covered.and(&part);
        if !covered.maybe.is_possible() {
            break;
        }
    }
    // Another account in SourceAccount would not match; whose account it is cannot be told.
    covered
}

/// Where a permission is about a function.
#[must_use]
pub fn names(permission: &Permission, function: FunctionId) -> Coverage {
    let mut covered = Coverage::never();
    for target in permission.functions.iter().filter(|target| target.function == function) {
        covered.add(Answer::Yes, &target.when);
    }
    if !permission.functions_known {
        covered.maybe = permission.resource.when.clone();
    }
    covered
}

/// Where a permission is about a function under one name: its own (`None`), or that of an alias or version. Each has a
/// policy of its own. Source: Lambda developer guide, "Using resource-based policies with aliases".
#[must_use]
pub fn names_as(permission: &Permission, function: FunctionId, qualifier: Option<&Text>) -> Coverage {
    let mut covered = Coverage::never();
    for target in permission.functions.iter().filter(|target| target.function == function) {
        covered.add(same_qualifier(target.qualifier.as_ref(), qualifier), &target.when);
    }
    if !permission.functions_known {
        covered.maybe = permission.resource.when.clone();
    }
    covered
}

/// Whether two names of a function are one. Which policy holds for `$LATEST` is not documented.
fn same_qualifier(left: Option<&Text>, right: Option<&Text>) -> Answer {
    let latest = |name: Option<&Text>| name.is_some_and(|name| name.as_literal() == Some("$LATEST"));
    match (left, right) {
        (None, None) => Answer::Yes,
        _ if latest(left) || latest(right) => Answer::Unknown,
        (Some(left), Some(right)) => left.equals(right),
        // What only the deployment knows may be an alias, but not nothing: the colon before it is written.
        (None, Some(_)) | (Some(_), None) => Answer::No,
    }
}

/// Where a permission's principal is this service.
#[must_use]
pub fn principal_coverage(permission: &Permission, service: &str) -> Coverage {
    Coverage::of(&permission.principal, Answer::No, |principal| is_service(principal, service))
}

/// Whether a principal is this service (`logs.amazonaws.com`), or its form for one region or partition
/// (`logs.eu-west-1.amazonaws.com`, `….amazonaws.com.cn`), or everybody.
#[must_use]
pub fn is_service(principal: &Text, service: &str) -> Answer {
    if principal.as_literal() == Some("*") {
        return Answer::Yes;
    }
    let name = service.strip_suffix(".amazonaws.com").unwrap_or(service);
    let mut answer = Answer::No;
    for form in [
        format!("{name}.amazonaws.com"),
        format!("{name}.*.amazonaws.com"),
        format!("{name}.amazonaws.com.cn"),
        format!("{name}.*.amazonaws.com.cn"),
    ] {
        answer = answer.or(Text::literal(form).pattern().covers(principal));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Date;
    use crate::frontend::{self, Read};
    use crate::model::World;
    use crate::source::SourceId;
    use crate::value::{Symbol, SymbolKind};

    fn regional(service: &str) -> Text {
        let region = Symbol { kind: SymbolKind::Pseudo, name: "AWS::Region".into(), scope: SourceId::default() };
        let mut text = Text::literal(format!("{service}."));
        text.append(&Text::symbol(region));
        text.with(".amazonaws.com")
    }

    #[test]
    fn a_service_is_itself_in_every_region_and_partition() {
        let is = |principal: &str| is_service(&Text::literal(principal), "logs.amazonaws.com");
        assert_eq!(is("logs.amazonaws.com"), Answer::Yes);
        assert_eq!(is("logs.eu-west-1.amazonaws.com"), Answer::Yes);
        assert_eq!(is("logs.cn-north-1.amazonaws.com.cn"), Answer::Yes);
        assert_eq!(is("*"), Answer::Yes);
        assert_eq!(is_service(&regional("logs"), "logs.amazonaws.com"), Answer::Yes);
        assert_eq!(is("events.amazonaws.com"), Answer::No);
        assert_eq!(is("123456789012"), Answer::No);
        assert_eq!(is_service(&regional("logs"), "events.amazonaws.com"), Answer::No);
    }

    /// The answer for the only trigger of a template and the permission with these properties, which stand behind
    /// `FunctionName: !Ref Fn`, in a template with this before its resources.
    #[track_caller]
    fn answer(before: &str, trigger: &str, permission: &str) -> Answer {
        let text = format!(
            "{before}
Resources:
  Fn: {{Type: 'AWS::Lambda::Function', Properties: {{}}}}
  Other: {{Type: 'AWS::Lambda::Function', Properties: {{}}}}
  Uploads: {{Type: 'AWS::SNS::Topic'}}
  Downloads: {{Type: 'AWS::SNS::Topic'}}
  {trigger}
  Allow: {{Type: 'AWS::Lambda::Permission', {permission}}}
"
        );
        let Read::Unit(unit) = frontend::read(SourceId(0), "template.yaml", &text, true) else { panic!("no template") };
        let world = World::new(vec![&*unit], Date::new(2026, 11, 22).unwrap());
        let (permissions, triggers) = (&world.application.permissions, &world.application.triggers);
        assert_eq!((permissions.len(), triggers.len()), (1, 1), "{text}");
        grants_invoke(&permissions[0], &triggers[0])
    }

    const SUBSCRIPTION: &str = "Subscription: {Type: 'AWS::SNS::Subscription', \
        Properties: {Protocol: lambda, TopicArn: !Ref Uploads, Endpoint: !GetAtt Fn.Arn}}";

    /// What a permission says, for the subscription.
    #[track_caller]
    fn says(properties: &str) -> Answer {
        answer("", SUBSCRIPTION, &format!("Properties: {{{properties}}}"))
    }

    #[test]
    fn a_permission_covers_its_own_trigger() {
        let right = "FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com";
        assert_eq!(says(&format!("{right}, SourceArn: !Ref Uploads")), Answer::Yes);
        assert_eq!(says(right), Answer::Yes, "without a source it covers all of them");
        let spelled = "!Sub 'arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${Uploads.TopicName}'";
        assert_eq!(says(&format!("{right}, SourceArn: {spelled}")), Answer::Yes);
        assert_eq!(says(&format!("{right}, SourceArn: !Sub 'arn:aws:sns:*:${{AWS::AccountId}}:*'")), Answer::Yes);
    }

    #[test]
    fn what_differs_in_one_part_covers_nothing() {
        for wrong in [
            "FunctionName: !Ref Other, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com",
            "FunctionName: !Ref Fn, Action: 'lambda:GetFunction', Principal: sns.amazonaws.com",
            "FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: events.amazonaws.com",
            "FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com, SourceArn: !Ref Downloads",
            "FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: '*', InvokedViaFunctionUrl: true",
        ] {
            assert_eq!(says(wrong), Answer::No, "{wrong}");
        }
    }

    #[test]
    fn what_only_the_deployment_knows_may_cover() {
        let before = "Parameters: {P: {Type: String}}";
        for unknown in [
            "FunctionName: !Ref P, Action: 'lambda:InvokeFunction', Principal: sns.amazonaws.com",
            "FunctionName: !Ref Fn, Action: !Ref P, Principal: sns.amazonaws.com",
            "FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: !Ref P",
            "FunctionName: !Ref Fn, Action: 'lambda:*', Principal: sns.amazonaws.com, SourceArn: !Ref P",
        ] {
            assert_eq!(
                answer(before, SUBSCRIPTION, &format!("Properties: {{{unknown}}}")),
                Answer::Unknown,
                "{unknown}"
            );
        }
    }

    #[test]
    fn a_permission_of_some_deployments_covers_a_trigger_of_these() {
        let before = "Parameters: {Env: {Type: String, AllowedValues: [dev, prod]}}
Conditions: {IsProd: !Equals [!Ref Env, prod], IsDev: !Equals [!Ref Env, dev]}";
        let when = |trigger: &str, permission: &str| {
            let trigger = SUBSCRIPTION.replace("Properties", &format!("{trigger}Properties"));
            let properties = "Properties: {FunctionName: !Ref Fn, Action: '*', Principal: sns.amazonaws.com}";
            answer(before, &trigger, &format!("{permission}{properties}"))
        };
        assert_eq!(when("Condition: IsProd, ", ""), Answer::Yes);
        assert_eq!(when("Condition: IsProd, ", "Condition: IsProd, "), Answer::Yes);
        assert_eq!(when("Condition: IsProd, ", "Condition: IsDev, "), Answer::No);
        assert_eq!(when("", "Condition: IsProd, "), Answer::Unknown);
    }

    #[test]
    fn a_trigger_with_a_role_needs_no_permission() {
        let schedule = "Nightly: {Type: 'AWS::Scheduler::Schedule', Properties: {Target: {Arn: !GetAtt Fn.Arn}}}";
        let other = "Properties: {FunctionName: !Ref Other, Action: '*', Principal: sns.amazonaws.com}";
        assert_eq!(answer("", schedule, other), Answer::Yes);
    }
}
