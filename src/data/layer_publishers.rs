//! Who publishes layers that many use.
//!
//! Sources, as of 2026-11-23: the pages of AWS about each extension (CloudWatch Lambda Insights, AppConfig, Parameters and
//! Secrets, ADOT and Application Signals, Powertools, the AWS SDK for pandas) for AWS; the installation pages of
//! the vendors for the others.

/// Accounts of AWS that publish one layer in all regions.
static AWS: [&str; 7] = [
    // Powertools.
    "017000801446",
    // Lambda Insights, in most regions.
    "580247275435",
    // AWS Distro for OpenTelemetry.
    "901920570463",
    // Application Signals, in some regions.
    "615299751070",
    // AWS SDK for pandas.
    "336392948345",
    // Lambda Web Adapter.
    "753240598075",
    // CodeGuru Profiler.
    "157417159150",
];

/// Layers of AWS that each region has from another account.
static OF_REGIONS: [&str; 6] = [
    "AWS-AppConfig-Extension",
    "AWS-Parameters-and-Secrets-Lambda-Extension",
    "LambdaInsightsExtension",
    "AWSOpenTelemetryDistro",
    "AWSSDKPandas-",
    "AWSLambdaPowertools",
];

/// Vendors, by account.
static VENDORS: [(&str, &str); 7] = [
    ("267093732750", "Elastic"),
    ("451483290750", "New Relic"),
    ("464622532012", "Datadog"),
    ("534081306603", "Bref"),
    ("770693421928", "Klayers"),
    ("943013980633", "Sentry"),
    ("114300393969", "Lumigo"),
];

/// Whether a layer of this name from this account is one of AWS's own.
#[must_use]
pub fn is_of_aws(account: &str, name: &str) -> bool {
    AWS.contains(&account) || OF_REGIONS.iter().any(|start| name.starts_with(start))
}

/// Who has an account.
#[must_use]
pub fn publisher(account: &str) -> Option<&'static str> {
    VENDORS.iter().find(|(known, _)| *known == account).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_of_aws_are_told_from_others() {
        assert!(is_of_aws("017000801446", "AWSLambdaPowertoolsPythonV3-python313-x86_64"));
        assert!(is_of_aws("027255383542", "AWS-AppConfig-Extension"));
        assert!(!is_of_aws("464622532012", "Datadog-Extension"));
        assert_eq!(publisher("464622532012"), Some("Datadog"));
        assert_eq!(publisher("123456789012"), None);
    }
}
