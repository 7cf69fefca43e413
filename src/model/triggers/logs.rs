//! Subscriptions to log groups.

use super::{Push, is, own_arn, push, whole};
use crate::model::world::World;
use crate::model::{Resource, Trigger, TriggerKind};
use crate::value::Piece;

/// `AWS::Logs::SubscriptionFilter`.
pub(super) fn filter<'a>(world: &World<'a>, filter: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let declaration = whole(filter);
    let group = filter.get("LogGroupName").text().only().copied();
    let source = group.and_then(|group| world.resource_named("AWS::Logs::LogGroup", group));
    let source_arn = source.and_then(|source| source.names.arn.clone()).or_else(|| {
        group.map(|group| {
            let mut arn = own_arn("logs").with("log-group:");
            arn.append(group);
            arn.with(":*")
        })
    });
    push(
        world,
        Push {
            source_arn,
            source,
            without_role: filter.get("RoleArn").unset_when(),
            ..Push::new(TriggerKind::Logs, filter, &declaration, filter.get("DestinationArn"))
        },
        out,
    );
}

/// `AWS::Logs::AccountPolicy`: a filter on all log groups of the account, but for those that `SelectionCriteria` takes out.
/// The filter itself (`DestinationArn`, `FilterPattern`) is the JSON text in `PolicyDocument`.
pub(super) fn account_policy<'a>(world: &World<'a>, policy: &'a Resource, out: &mut Vec<Trigger<'a>>) {
    let document = policy.get("PolicyDocument");
    let mut arn = own_arn("logs").with("log-group:");
    arn.push(Piece::Any);
    push(
        world,
        Push {
            source_arn: Some(arn),
            without_role: document.get("RoleArn").unset_when(),
            when: is(&policy.get("PolicyType"), "SUBSCRIPTION_FILTER_POLICY"),
            ..Push::new(TriggerKind::LogsAccount, policy, &document, document.get("DestinationArn"))
        },
        out,
    );
}
