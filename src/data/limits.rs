//! What values the properties of Lambda's resources can have.
//!
//! Source: `facts/limits.yaml`: the schemas that CloudFormation publishes, and corrections where the service is
//! stricter than its schema. Limits are inclusive.

use super::Date;

include!(concat!(env!("OUT_DIR"), "/limits.rs"));

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A list; what its items can be is told under the same path with `[]`.
    List,
    /// A map; what its entries can be is told under longer paths, or under the same path with `.*`.
    Map,
    /// Anything.
    Any,
}

/// A higher maximum, for resources that have a certain property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The maximum then.
    pub max: i64,
    /// The property that raises it (`CapacityProviderConfig`).
    pub with: &'static str,
}

/// What one property can be. What is not restricted is `None` or empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The property: dots between nested names, `[]` for the items of a list, `.*` for the values of a map.
    pub path: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The smallest number.
    pub min: Option<i64>,
    /// The largest number, ordinarily.
    pub max: Option<i64>,
    /// The smallest number above `min`, where those between are refused (`min` means "no limit" then).
    pub next_min: Option<i64>,
    /// A larger one, under a condition.
    pub raised: Option<Raised>,
    /// What the number counts (`seconds`).
    pub unit: Option<&'static str>,
    /// The fewest characters of a text.
    pub min_length: Option<u32>,
    /// The most characters of a text.
    pub max_length: Option<u32>,
    /// The most characters when the text is an ARN, where that differs.
    pub arn_max_length: Option<u32>,
    /// The fewest items of a list.
    pub min_items: Option<u32>,
    /// The most items of a list, or entries of a map.
    pub max_items: Option<u32>,
    /// Whether the items of a list must differ.
    pub unique: bool,
    /// The values that it can have; empty for any. (Those of `Runtime` are in [`super::runtimes`].)
    pub values: &'static [&'static str],
    /// A regular expression that a text matches somewhere. A few have look-around, which the `regex` crate lacks.
    pub pattern: Option<&'static str>,
    /// The same for the keys of a map.
    pub key_pattern: Option<&'static str>,
    /// The entries that a map must have.
    pub required: &'static [&'static str],
    /// What it is when it is not set.
    pub default: Option<&'static str>,
}

/// A type of resource, and what its properties can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitedType {
    /// The CloudFormation type.
    pub name: &'static str,
    /// The properties that it must have.
    pub required: &'static [&'static str],
    /// The properties that cannot change without a new resource.
    pub replacement: &'static [&'static str],
    /// The properties that only the service sets.
    pub read_only: &'static [&'static str],
    /// Its properties, sorted by path. For Lambda's own types all that the schemas had on the table's day; for those
    /// of other services only some.
    pub limits: &'static [Limit],
}

/// The day on which the table was read.
#[must_use]
pub fn table_date() -> Date {
    TABLE_DATE
}

/// All types, sorted by name.
#[must_use]
pub fn types() -> &'static [LimitedType] {
    TYPES
}

/// The type of this name (`AWS::Lambda::Function`).
#[must_use]
pub fn limited_type(name: &str) -> Option<&'static LimitedType> {
    let index = TYPES.binary_search_by(|limited| limited.name.cmp(name)).ok()?;
    TYPES.get(index)
}

/// What the properties of a type can be; empty for a type that the table lacks.
#[must_use]
pub fn limits_of(type_name: &str) -> &'static [Limit] {
    limited_type(type_name).map_or(&[], |limited| limited.limits)
}

/// What one property can be (`AWS::Lambda::Function`, `EphemeralStorage.Size`).
#[must_use]
pub fn limit(type_name: &str, path: &str) -> Option<&'static Limit> {
    let limits = limits_of(type_name);
    let index = limits.binary_search_by(|limit| limit.path.cmp(path)).ok()?;
    limits.get(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "AWS::Lambda::Function";

    #[test]
    fn every_property_is_found_and_makes_sense() {
        assert!(types().is_sorted_by(|a, b| a.name < b.name));
        assert!(types().iter().filter(|limited| limited.name.starts_with("AWS::Lambda::")).count() >= 17);
        for limited in types() {
            assert!(limited.limits.is_sorted_by(|a, b| a.path < b.path), "{}", limited.name);
            for found in limited.limits {
                assert_eq!(limit(limited.name, found.path), Some(found));
                let ordered = |min: Option<u32>, max: Option<u32>| min.zip(max).is_none_or(|(min, max)| min <= max);
                assert!(found.min.zip(found.max).is_none_or(|(min, max)| min <= max), "{found:?}");
                assert!(ordered(found.min_length, found.max_length), "{found:?}");
                assert!(ordered(found.min_items, found.max_items), "{found:?}");
                if let Some(raised) = found.raised {
                    assert!(found.max.is_some_and(|max| max < raised.max), "{found:?}");
                    assert!(limit(limited.name, raised.with).is_some(), "{found:?}");
                }
                for name in found.required {
                    let path = format!("{}.{name}", found.path);
                    assert!(limit(limited.name, &path).is_some(), "{path}");
                }
                if let (Some(default), false) = (found.default, found.values.is_empty()) {
                    assert!(found.values.contains(&default), "{found:?}");
                }
            }
            for name in limited.required.iter().chain(limited.replacement) {
                assert!(limit(limited.name, name).is_some(), "{} {name}", limited.name);
            }
        }
    }

    #[test]
    fn ordinary_functions_have_ordinary_limits() {
        let range = |path| {
            let found = limit(FUNCTION, path).unwrap();
            (found.min.unwrap(), found.max.unwrap(), found.raised.map(|raised| (raised.max, raised.with)))
        };
        assert_eq!(range("Timeout"), (1, 900, Some((5_400, "CapacityProviderConfig"))));
        assert_eq!(range("MemorySize"), (128, 10_240, Some((32_768, "CapacityProviderConfig"))));
        assert_eq!(range("EphemeralStorage.Size"), (512, 10_240, Some((32_768, "AcceleratorConfig"))));
        assert_eq!(limit(FUNCTION, "Layers").unwrap().max_items, Some(5));
        assert_eq!(limit(FUNCTION, "Handler").unwrap().max_length, Some(128));
        assert_eq!(limit(FUNCTION, "TracingConfig.Mode").unwrap().values, ["Active", "PassThrough"]);
        assert_eq!(limit("AWS::SQS::Queue", "VisibilityTimeout").unwrap().max, Some(43_200));
        assert_eq!((limit(FUNCTION, "TimeOut"), limits_of("AWS::S3::Bucket").len()), (None, 0));
    }

    #[test]
    fn single_numbers_are_those_of_the_quota_page() {
        assert_eq!((ENVIRONMENT_BYTES, RESOURCE_POLICY_BYTES), (4_096, 20_480));
        assert!(RESERVED_VARIABLES.contains(&"AWS_REGION") && !RESERVED_VARIABLES.contains(&"TZ"));
    }

    #[test]
    fn all_patterns_but_the_known_few_compile() {
        let patterns = types().iter().flat_map(|limited| limited.limits).flat_map(|l| [l.pattern, l.key_pattern]);
        for pattern in patterns.flatten() {
            let look_around = pattern.contains("(?!") || pattern.contains("(?<!");
            assert_eq!(regex::Regex::new(pattern).is_err(), look_around, "{pattern}");
        }
    }
}
