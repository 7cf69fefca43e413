//! The rules.
//!
//! A rule is a page (`rules/<group>/<name>.md`), a file here (`<group>/<name>.rs` with a function `check`) and a line in
//! the list below. A rule reads the [`World`] and never a syntax; what only a format can get wrong is reported by
//! its front-end, under a rule that has a page alone.

mod asynchronous;
mod base_images;
pub mod catalogue;
mod channels;
mod concurrency;
mod databases;
mod environment_size;
mod escalation;
mod event_patterns;
mod excess;
mod exposure;
mod go_code;
mod handler_modules;
mod handlers;
mod layers;
mod log_groups;
mod mappings;
mod meta;
mod misfits;
mod modes;
mod narrow;
mod notifications;
mod packaging;
pub mod pages;
pub mod peers;
mod permissions;
mod places;
mod policies;
mod principal;
mod roles;
mod runtimes;
mod schedules;
mod senders;
mod settings;
mod statements;
mod variables;

pub use meta::{ReportedBy, RuleMeta};
pub use pages::{all, meta};

use crate::engine::Findings;
use crate::model::World;

/// Looks at a world and reports what is wrong.
pub type Check = fn(&World, &mut Findings);

/// The name of a rule from that of its module: `role_admin` is `role-admin`.
const fn hyphenated<const N: usize>(module: &str) -> [u8; N] {
    let mut out = [b'-'; N];
    let (mut from, mut to) = (module.as_bytes(), out.as_mut_slice());
    while let (Some((letter, letters)), Some((slot, slots))) = (from.split_first(), to.split_first_mut()) {
        if *letter != b'_' {
            *slot = *letter;
        }
        from = letters;
        to = slots;
    }
    out
}

macro_rules! rules {
    ($($module:ident in $path:literal,)*) => {
        $(#[path = $path] mod $module;)*

        /// Every rule that has a check, by name.
        pub static CHECKS: &[(&str, Check)] = &[
            $(({
                const BYTES: [u8; stringify!($module).len()] = hyphenated(stringify!($module));
                match std::str::from_utf8(&BYTES) { Ok(name) => name, Err(_) => "" }
            }, $module::check),)*
        ];
    };
}

rules! {
    alexa_token in "permission/alexa_token.rs",
    api_authorizer in "api/api_authorizer.rs",
    api_deployment in "api/api_deployment.rs",
    api_integration in "api/api_integration.rs",
    api_route_open in "api/api_route_open.rs",
    deprecated_runtime in "runtime/deprecated_runtime.rs",
    newer_runtime_available in "runtime/newer_runtime_available.rs",
    runtime_feature_mismatch in "runtime/runtime_feature_mismatch.rs",
    runtime_pinned in "runtime/runtime_pinned.rs",
    x86_architecture in "runtime/x86_architecture.rs",
    secret_in_environment in "environment/secret_in_environment.rs",
    env_cmk in "environment/env_cmk.rs",
    env_count in "environment/env_count.rs",
    env_reserved_name in "environment/env_reserved_name.rs",
    env_self_cycle in "environment/env_self_cycle.rs",
    env_tuning in "environment/env_tuning.rs",
    log_format_level in "logs/log_format_level.rs",
    log_group_cmk in "logs/log_group_cmk.rs",
    log_group_mismatch in "logs/log_group_mismatch.rs",
    log_group_shared in "logs/log_group_shared.rs",
    log_retention in "logs/log_retention.rs",
    esm_metrics in "logs/esm_metrics.rs",
    missing_alarms in "logs/missing_alarms.rs",
    tracing in "logs/tracing.rs",
    eventbridge_target in "trigger/eventbridge_target.rs",
    function_url_dual_permission in "url/function_url_dual_permission.rs",
    durable in "limits/durable.rs",
    managed_instances in "limits/managed_instances.rs",
    tenancy in "limits/tenancy.rs",
    function_url_public in "url/function_url_public.rs",
    function_url_cors in "url/function_url_cors.rs",
    function_url_shape in "url/function_url_shape.rs",
    web_function_endpoint in "url/web_function_endpoint.rs",
    limit_exceeded in "limits/limit_exceeded.rs",
    missing_property in "template/missing_property.rs",
    unknown_property in "template/unknown_property.rs",
    wrong_type in "template/wrong_type.rs",
    invalid_value in "template/invalid_value.rs",
    read_only_property in "template/read_only_property.rs",
    missing_permission in "permission/missing_permission.rs",
    vpc_single_az in "network/vpc_single_az.rs",
    vpc_incomplete in "network/vpc_incomplete.rs",
    not_in_vpc in "network/not_in_vpc.rs",
    efs_requires_vpc in "network/efs_requires_vpc.rs",
    database_without_proxy in "network/database_without_proxy.rs",
    rds_proxy_access in "network/rds_proxy_access.rs",
    url_streaming_in_vpc in "network/url_streaming_in_vpc.rs",
    ipv6_dual_stack in "network/ipv6_dual_stack.rs",
    vpc_egress_closed in "network/vpc_egress_closed.rs",
    vpc_ingress_unused in "network/vpc_ingress_unused.rs",
    poller_no_egress in "network/poller_no_egress.rs",
    vpc_eni_spread in "network/vpc_eni_spread.rs",
    vpc_no_egress in "network/vpc_no_egress.rs",
    permission_action in "permission/permission_action.rs",
    permission_cross_account in "permission/permission_cross_account.rs",
    permission_dangling in "permission/permission_dangling.rs",
    permission_duplicate in "permission/permission_duplicate.rs",
    permission_multiple_principals in "permission/permission_multiple_principals.rs",
    permission_order in "permission/permission_order.rs",
    permission_principal_mismatch in "permission/permission_principal_mismatch.rs",
    permission_qualifier in "permission/permission_qualifier.rs",
    permission_source_account in "permission/permission_source_account.rs",
    permission_source_too_wide in "permission/permission_source_too_wide.rs",
    permission_without_source in "permission/permission_without_source.rs",
    policy_detached in "role/policy_detached.rs",
    policy_malformed in "role/policy_malformed.rs",
    policy_old_version in "role/policy_old_version.rs",
    layer_incompatible in "layer/layer_incompatible.rs",
    layer_retention in "layer/layer_retention.rs",
    layer_total_size in "layer/layer_total_size.rs",
    layer_arn in "layer/layer_arn.rs",
    layer_third_party in "layer/layer_third_party.rs",
    public_layer in "layer/public_layer.rs",
    public_permission in "permission/public_permission.rs",
    resource_policy_overwrites in "permission/resource_policy_overwrites.rs",
    role_admin in "role/role_admin.rs",
    role_credential_exposure in "role/role_credential_exposure.rs",
    role_data_exfiltration in "role/role_data_exfiltration.rs",
    role_not_action in "role/role_not_action.rs",
    role_permissions_management in "role/role_permissions_management.rs",
    role_privilege_escalation in "role/role_privilege_escalation.rs",
    role_pass_role in "role/role_pass_role.rs",
    role_missing_permission in "role/role_missing_permission.rs",
    role_resource_wildcard in "role/role_resource_wildcard.rs",
    role_aws_managed_policy in "role/role_aws_managed_policy.rs",
    role_inline_policy in "role/role_inline_policy.rs",
    role_path_ref in "role/role_path_ref.rs",
    role_self_mutation in "role/role_self_mutation.rs",
    role_service_wildcard in "role/role_service_wildcard.rs",
    role_shared in "role/role_shared.rs",
    role_trust_policy in "role/role_trust_policy.rs",
    recursion_detection_disabled in "trigger/recursion_detection_disabled.rs",
    recursive_trigger in "trigger/recursive_trigger.rs",
    s3_fifo_target in "trigger/s3_fifo_target.rs",
    s3_filter_invalid in "trigger/s3_filter_invalid.rs",
    s3_notification_overlap in "trigger/s3_notification_overlap.rs",
    schedule_expression in "trigger/schedule_expression.rs",
    sns_subscription in "trigger/sns_subscription.rs",
    queue_policy_missing in "trigger/queue_policy_missing.rs",
    topic_policy_missing in "trigger/topic_policy_missing.rs",
    queue_policy_public in "trigger/queue_policy_public.rs",
    alb_target in "trigger/alb_target.rs",
    cognito_trigger in "trigger/cognito_trigger.rs",
    key_policy_missing in "trigger/key_policy_missing.rs",
    lambda_edge_version in "trigger/lambda_edge_version.rs",
    log_subscription in "trigger/log_subscription.rs",
    stepfunctions_task in "trigger/stepfunctions_task.rs",
    function_untriggered in "trigger/function_untriggered.rs",
    custom_resource in "trigger/custom_resource.rs",
    queue_policy_order in "trigger/queue_policy_order.rs",
    esm_batch_size in "source/esm_batch_size.rs",
    esm_kms_filter in "source/esm_kms_filter.rs",
    esm_on_success in "source/esm_on_success.rs",
    esm_property_unsupported in "source/esm_property_unsupported.rs",
    esm_scaling_mode in "source/esm_scaling_mode.rs",
    esm_starting_position in "source/esm_starting_position.rs",
    esm_disabled in "source/esm_disabled.rs",
    esm_duplicate in "source/esm_duplicate.rs",
    esm_failure_destination in "source/esm_failure_destination.rs",
    partial_batch_response in "source/partial_batch_response.rs",
    sqs_redrive in "source/sqs_redrive.rs",
    stream_poison_pill in "source/stream_poison_pill.rs",
    stream_readers in "source/stream_readers.rs",
    stream_view_type in "source/stream_view_type.rs",
    esm_state in "source/esm_state.rs",
    tumbling_window in "source/tumbling_window.rs",
    sqs_visibility_timeout in "source/sqs_visibility_timeout.rs",
    go_bootstrap_missing in "package/go_bootstrap_missing.rs",
    go_handler_signature in "package/go_handler_signature.rs",
    handler_format in "package/handler_format.rs",
    package_contents in "package/package_contents.rs",
    package_type in "package/package_type.rs",
    image_tag_mutable in "package/image_tag_mutable.rs",
    code_local_path in "package/code_local_path.rs",
    code_signing in "package/code_signing.rs",
    handler_not_found in "package/handler_not_found.rs",
    async_failure_unhandled in "async/async_failure_unhandled.rs",
    async_silent_loss in "async/async_silent_loss.rs",
    dlq_missing in "async/dlq_missing.rs",
    dlq_target_invalid in "async/dlq_target_invalid.rs",
    dlq_without_async in "async/dlq_without_async.rs",
    dlq_without_alarm in "async/dlq_without_alarm.rs",
    sns_destination_size in "async/sns_destination_size.rs",
    invoke_config_qualifier in "async/invoke_config_qualifier.rs",
    reserved_concurrency_zero in "concurrency/reserved_concurrency_zero.rs",
    reserved_concurrency_missing in "concurrency/reserved_concurrency_missing.rs",
    reserved_below_esm in "concurrency/reserved_below_esm.rs",
    provisioned_over_reserved in "concurrency/provisioned_over_reserved.rs",
    provisioned_latest in "concurrency/provisioned_latest.rs",
    provisioned_twice in "concurrency/provisioned_twice.rs",
    provisioned_idle_cost in "concurrency/provisioned_idle_cost.rs",
    concurrency_pool in "concurrency/concurrency_pool.rs",
    unknown_runtime in "runtime/unknown_runtime.rs",
}

/// The rule or group that a misspelt name may have meant.
#[must_use]
pub fn nearest_name(name: &str) -> Option<&'static str> {
    crate::data::nearest(name, all().iter().flat_map(|rule| [rule.name, rule.group]).chain(["all"]))
}
