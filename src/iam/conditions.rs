//! The condition keys of a function's resource-based policy that `AWS::Lambda::Permission` has properties for.

/// The keys, in lower case, with the property that says the same.
///
/// Source: Lambda API reference, `AddPermission`; IAM user guide, global condition keys.
const KEYS: &[(&str, &str)] = &[
    ("aws:sourcearn", "SourceArn"),
    ("aws:sourceaccount", "SourceAccount"),
    ("aws:principalorgid", "PrincipalOrgID"),
    ("lambda:functionurlauthtype", "FunctionUrlAuthType"),
    ("lambda:eventsourcetoken", "EventSourceToken"),
    ("lambda:invokedviafunctionurl", "InvokedViaFunctionUrl"),
];

/// The operators, in lower case, that `add-permission` writes or that mean the same.
const POSITIVE: &[&str] = &[
    "stringequals",
    "stringlike",
    "arnequals",
    "arnlike",
    "bool",
    "foranyvalue:stringequals",
    "foranyvalue:stringlike",
];

/// The property that says what a condition on this key says.
#[must_use]
pub fn property_of(key: &str) -> Option<&'static str> {
    KEYS.iter().find(|(known, _)| key.eq_ignore_ascii_case(known)).map(|(_, property)| *property)
}

/// Whether an operator lets in what is equal or matches, and nothing else.
#[must_use]
pub fn is_positive(operator: &str) -> bool {
    POSITIVE.iter().any(|known| operator.eq_ignore_ascii_case(known))
}
