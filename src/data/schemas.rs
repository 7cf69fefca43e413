//! Which properties the types of resources have, and what those can be.
//!
//! Source: `facts/schemas.tsv`, made by `facts/schemas.py` from the schemas that CloudFormation publishes and from SAM's
//! translator. The table is text, searched in place; a line is read when somebody asks for its property.

use super::{sorted_lines, spelling};

static LINES: &str = include_str!("facts/schemas.tsv");

/// The shape of what may stand in the `Globals` section of a SAM template.
pub const GLOBALS: &str = "SAM/Globals";

/// The day on which the schemas were those of AWS, as in `2026-10-20`.
#[must_use]
pub fn day() -> &'static str {
    LINES.lines().find_map(|line| line.strip_prefix("# day: ")).unwrap_or("")
}

/// The properties of a type of resource, or of a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The type (`AWS::Lambda::Function`), with `/` and a name where it is a part (`AWS::Lambda::Function/VpcConfig`).
    pub name: &'static str,
    /// What is said of the shape itself.
    own: &'static str,
    /// The lines of its properties.
    lines: &'static str,
}

/// One property of a shape, the items of a list or the values of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub name: &'static str,
    flags: &'static str,
    /// What it can hold: letters as in the table.
    kinds: &'static str,
    facts: &'static str,
}

/// The shape of this name.
#[must_use]
pub fn shape(name: &str) -> Option<Shape> {
    let block = sorted_lines::block(LINES, name)?;
    let (own, lines) = block.split_once('\n')?;
    Some(Shape { name: sorted_lines::key(own), own, lines })
}

/// All types of resources in the table.
pub fn types() -> impl Iterator<Item = &'static str> {
    LINES.lines().filter(|line| line.starts_with("AWS::") && !sorted_lines::key(line).contains('/')).filter_map(
        |line| {
            let mut fields = line.split('\t');
            let name = fields.next()?;
            fields.next().is_none_or(str::is_empty).then_some(name)
        },
    )
}

impl Shape {
    /// Whether it may have properties that are not listed.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.own.split('\t').nth(2).is_some_and(|flags| flags.contains('x'))
    }

    /// Pairs of properties that exclude each other.
    pub fn exclusions(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let facts = self.own.split('\t').filter_map(|field| field.strip_prefix("not="));
        facts
            .filter_map(|fact| fact.split_once('>'))
            .flat_map(|(one, others)| others.split(',').map(move |other| (one, other)))
    }

    /// Its properties.
    pub fn properties(&self) -> impl Iterator<Item = Property> {
        self.lines.lines().filter_map(Property::read).filter(|property| !property.name.ends_with([']', '}']))
    }

    /// The property of this name; of `Name[]` the items, of `Name{}` the values.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<Property> {
        self.lines.lines().filter_map(Property::read).find(|property| property.name == name)
    }

    /// The property that was probably meant by a name that there is not.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&'static str> {
        let writable = self.properties().filter(|property| !property.is_read_only());
        spelling::nearest(name, writable.map(|property| property.name))
    }
}

impl Property {
    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.splitn(5, '\t');
        let (_, name) = (fields.next()?, fields.next()?);
        let mut next = || fields.next().unwrap_or("");
        Some(Self { name, flags: next(), kinds: next(), facts: next() })
    }

    /// Whether it must be given.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.flags.contains('r')
    }

    /// Whether only AWS sets it.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.flags.contains('o')
    }

    /// Whether it can hold anything.
    #[must_use]
    pub fn takes_anything(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Whether it can be text.
    #[must_use]
    pub fn takes_text(&self) -> bool {
        self.takes_anything() || self.kinds.contains('s')
    }

    /// Whether it can be a scalar of any kind.
    #[must_use]
    pub fn takes_scalars(&self) -> bool {
        self.takes_anything() || self.kinds.contains(['s', 'i', 'n', 'b'])
    }

    /// Whether it can be a whole number.
    #[must_use]
    pub fn takes_integers(&self) -> bool {
        self.takes_anything() || self.kinds.contains(['i', 'n'])
    }

    /// Whether it can be a number with a fraction.
    #[must_use]
    pub fn takes_numbers(&self) -> bool {
        self.takes_anything() || self.kinds.contains('n')
    }

    /// Whether it can be true or false.
    #[must_use]
    pub fn takes_booleans(&self) -> bool {
        self.takes_anything() || self.kinds.contains('b')
    }

    /// Whether it can be a list.
    #[must_use]
    pub fn takes_lists(&self) -> bool {
        self.takes_anything() || self.kinds.contains('l')
    }

    /// Whether it can be a map.
    #[must_use]
    pub fn takes_maps(&self) -> bool {
        self.takes_anything() || self.kinds.contains('o')
    }

    /// What it can hold, in words: `a number`, `a list or text`.
    #[must_use]
    pub fn expected(&self) -> String {
        let words = self.kinds.chars().map(|kind| match kind {
            'i' => "a whole number",
            'n' => "a number",
            'b' => "`true` or `false`",
            'l' => "a list",
            'o' => "a map",
            _ => "text",
        });
        words.collect::<Vec<_>>().join(" or ")
    }

    /// The shape of what it holds.
    #[must_use]
    pub fn shape(&self) -> Option<Shape> {
        fact(self.facts, "of=").and_then(shape)
    }

    /// The property beside it that decides on its shape.
    #[must_use]
    pub fn decided_by(&self) -> Option<&'static str> {
        fact(self.facts, "by=")?.split_once(':').map(|(key, _)| key)
    }

    /// Its shape when the property that decides on it has this value.
    #[must_use]
    pub fn shape_for(&self, value: &str) -> Option<Shape> {
        let (_, cases) = fact(self.facts, "by=")?.split_once(':')?;
        cases
            .split(',')
            .filter_map(|case| case.split_once('>'))
            .find(|(name, _)| *name == value)
            .and_then(|(_, name)| shape(name))
    }

    /// The values that it can have; empty for any.
    pub fn values(&self) -> impl Iterator<Item = &'static str> + Clone {
        fact(self.facts, "enum=").into_iter().flat_map(|values| values.split('|'))
    }

    /// A regular expression that a text matches somewhere. Some need more than the `regex` crate has.
    #[must_use]
    pub fn pattern(&self) -> Option<&'static str> {
        fact(self.facts, "re=")
    }

    /// The same for the keys of a map.
    #[must_use]
    pub fn key_pattern(&self) -> Option<&'static str> {
        fact(self.facts, "key=")
    }

    /// The smallest number.
    #[must_use]
    pub fn min(&self) -> Option<f64> {
        fact(self.facts, "min=")?.parse().ok()
    }

    /// The largest number.
    #[must_use]
    pub fn max(&self) -> Option<f64> {
        fact(self.facts, "max=")?.parse().ok()
    }

    /// The fewest and the most characters of a text.
    #[must_use]
    pub fn characters(&self) -> (Option<usize>, Option<usize>) {
        span(fact(self.facts, "len="))
    }

    /// The fewest and the most items of a list.
    #[must_use]
    pub fn items(&self) -> (Option<usize>, Option<usize>) {
        span(fact(self.facts, "items="))
    }

    /// Whether the items of a list must differ.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.facts.split('\t').any(|fact| fact == "unique")
    }
}

/// What stands after the name of a fact.
fn fact(fields: &'static str, name: &str) -> Option<&'static str> {
    fields.split('\t').find_map(|field| field.strip_prefix(name))
}

/// Reads `low..high`, of which either may be missing.
fn span(text: Option<&str>) -> (Option<usize>, Option<usize>) {
    let Some((low, high)) = text.and_then(|text| text.split_once("..")) else { return (None, None) };
    (low.parse().ok(), high.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_shape_is_found() {
        let keys: Vec<(&str, &str)> = LINES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| (sorted_lines::key(line), line.split('\t').nth(1).unwrap_or("")))
            .collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "no line stands twice");
        for (name, property) in &keys {
            let found = shape(name).unwrap();
            assert_eq!(found.name, *name);
            if property.is_empty() {
                continue;
            }
            let property = found.property(property).unwrap();
            assert!(property.kinds.bytes().all(|kind| b"silnbo".contains(&kind)), "{name} {property:?}");
            for part in property.facts.split('\t').filter_map(|fact| fact.strip_prefix("of=")) {
                assert!(shape(part).is_some(), "{name} {property:?}");
            }
            let known = ["of=", "by=", "enum=", "re=", "key=", "min=", "max=", "len=", "items="];
            for fact in property.facts.split('\t').filter(|fact| !fact.is_empty() && *fact != "unique") {
                assert!(known.iter().any(|name| fact.starts_with(name)), "{name} {fact}");
            }
            if let Some(decider) = property.decided_by() {
                for value in found.property(decider).unwrap().values() {
                    assert!(property.shape_for(value).is_some(), "{name} {value}");
                }
            }
        }
        assert!(day().parse::<crate::data::Date>().is_ok());
        assert!(types().filter(|name| name.starts_with("AWS::Lambda::")).count() >= 17);
        assert!(types().filter(|name| name.starts_with("AWS::Serverless::")).count() >= 14);
        assert!(shape("AWS::Lambda::Functio").is_none() && shape("").is_none() && shape("#").is_none());
    }

    #[test]
    fn a_property_says_what_it_can_be() {
        let function = shape("AWS::Lambda::Function").unwrap();
        let property = |name| function.property(name).unwrap();
        assert!(property("Code").is_required() && !property("Timeout").is_required());
        assert!(property("Arn").is_read_only() && !function.is_open());
        assert_eq!((property("Timeout").min(), property("Timeout").max()), (Some(1.0), Some(5400.0)));
        assert!(!property("Timeout").takes_text() && property("Timeout").takes_integers());
        assert_eq!(property("PackageType").values().collect::<Vec<_>>(), ["Image", "Zip"]);
        assert_eq!(property("Runtime").values().count(), 0, "unknown-runtime knows those");
        assert_eq!(property("Handler").characters(), (Some(0), Some(128)));
        assert_eq!(property("Layers").items(), (None, Some(5)));
        assert!(property("Tags").is_unique() && !property("Layers").is_unique(), "layer-arn knows those");
        let vpc = property("VpcConfig").shape().unwrap();
        assert!(vpc.property("SubnetIds").unwrap().takes_lists());
        assert_eq!(vpc.nearest("SubnetId"), Some("SubnetIds"));
        assert_eq!(function.nearest("Memorysize"), Some("MemorySize"));
        assert_eq!(property("Timeout").expected(), "a whole number");
    }

    #[test]
    fn sam_has_events_by_type_and_globals() {
        let function = shape("AWS::Serverless::Function").unwrap();
        let event = function.property("Events{}").unwrap().shape().unwrap();
        let properties = event.property("Properties").unwrap();
        assert_eq!(properties.decided_by(), Some("Type"));
        assert!(properties.shape_for("SQS").unwrap().property("BatchSize").is_some());
        assert!(properties.shape_for("Sqs").is_none());
        let globals = shape(GLOBALS).unwrap().property("Function").unwrap().shape().unwrap();
        assert!(globals.property("Timeout").is_some() && globals.property("Role").is_none());
        let alias = shape("AWS::Lambda::Alias").unwrap();
        assert!(
            alias
                .exclusions()
                .any(|pair| pair.0 == "ProvisionedConcurrencyConfig" || pair.1 == "ProvisionedConcurrencyConfig")
        );
    }
}
