//! What exceeds a limit: one for each place where it is written, however many resources share the value.

use crate::data::limits::Limit;
use crate::engine::{Address, Finding, Findings, Grade};
use crate::model::{Origin, Resource, World};
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::FxHashMap;

/// How much there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Amount {
    /// A number, as it is shown.
    Number(String),
    /// A text of so many characters.
    Characters(usize),
    /// A text of which only parts are known, with so many characters in them.
    CharactersAtLeast(usize),
    /// A list or map of at most so many items.
    Items(usize),
    /// Environment variables of so many bytes, keys and values.
    Bytes(usize),
    /// Environment variables of so many bytes as a JSON document.
    JsonBytes(usize),
}

/// How much there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Bound {
    /// At least so much.
    Least(i64),
    /// At most so much.
    Most(i64),
}

/// A value beyond its limit.
#[derive(Clone, Debug)]
pub(super) struct Excess {
    /// The row of the table.
    pub(super) limit: &'static Limit,
    /// How much there is.
    pub(super) amount: Amount,
    /// How much there may be.
    pub(super) bound: Bound,
    /// Where it is written.
    pub(super) span: Span,
}

/// An excess with all that is known of it.
struct Shared<'a> {
    excess: Excess,
    when: Guard,
    users: Vec<&'a Resource>,
    labels: Vec<(Span, String)>,
}

/// All excesses of a world, in the order in which they were found.
#[derive(Default)]
pub(super) struct Excesses<'a> {
    list: Vec<Shared<'a>>,
    known: FxHashMap<(Span, &'static str, Amount, Bound), usize>,
}

impl<'a> Excesses<'a> {
    /// Adds one of `user`'s.
    pub(super) fn add(&mut self, user: &'a Resource, excess: Excess, when: &Guard) {
        self.add_with_labels(user, excess, when, Vec::new());
    }

    /// Adds one of `user`'s that is explained at further places.
    pub(super) fn add_with_labels(
        &mut self,
        user: &'a Resource,
        excess: Excess,
        when: &Guard,
        labels: Vec<(Span, String)>,
    ) {
        let key = (excess.span, excess.limit.path, excess.amount.clone(), excess.bound);
        if let Some(old) = self.known.get(&key).and_then(|index| self.list.get_mut(*index)) {
            old.when = old.when.or(when);
            if !old.users.last().is_some_and(|last| std::ptr::eq(*last, user)) {
                old.users.push(user);
            }
            return;
        }
        self.known.insert(key, self.list.len());
        self.list.push(Shared { excess, when: when.clone(), users: vec![user], labels });
    }

    /// Reports all.
    pub(super) fn report(self, world: &World, out: &mut Findings) {
        for shared in self.list {
            out.push(shared.finding(world));
        }
    }
}

/// Users that are labelled when the value stands elsewhere.
const LABELLED: usize = 3;

impl Shared<'_> {
    fn finding(&self, world: &World) -> Finding {
        let excess = &self.excess;
        let grade = if matches!(excess.amount, Amount::JsonBytes(_)) { Grade::WARNING } else { Grade::ERROR };
        let mut finding = Finding::new(grade, excess.span, self.message(world)).when(&self.when).help(excess.help());
        for (span, message) in &self.labels {
            finding = finding.label(*span, message.clone());
        }
        let mut labelled = 0;
        for user in &self.users {
            finding = finding.related(&user.address);
            for function in functions_of(world, user) {
                finding = finding.related(&function);
            }
            if labelled < LABELLED && !user.body.contains(excess.span) && user.span != excess.span {
                finding = finding.label(user.span, if user.is(FUNCTION) { "for this function" } else { "used here" });
                labelled += 1;
            }
        }
        finding
    }

    /// The property in words: "`BatchSize`", "an entry of `CompatibleRuntimes`".
    fn property(&self, world: &World) -> String {
        let (path, span) = (self.excess.limit.path, self.excess.span);
        // The format may have another name for it: SAM's `AutoPublishAlias` is the `Name` of an alias.
        if let [Resource { origin: Origin::Made { from, .. }, .. }] = self.users.as_slice() {
            let (address, written) = world.locate(span);
            let made_from = from
                .strip_prefix(&*address)
                .is_some_and(|rest| rest.is_empty() || !rest.starts_with(char::is_alphanumeric));
            if made_from && !written.is_empty() && !path.ends_with("[]") {
                return format!("`{}`", last(&written));
            }
        }
        match path.strip_suffix("[]") {
            Some(list) => format!("an entry of `{}`", last(list)),
            None => format!("`{}`", last(path)),
        }
    }

    fn message(&self, world: &World) -> String {
        let excess = &self.excess;
        let property = self.property(world);
        let (who, one) = (subject(&self.users), self.users.len() == 1);
        let (asks, has) = if one { ("asks", "has") } else { ("ask", "have") };
        let bound = match excess.bound {
            Bound::Least(least) => format!("at least {least}"),
            Bound::Most(most) => format!("at most {most}"),
        };
        let service = match self.users.first().map(|user| &*user.kind) {
            Some(kind) if kind.starts_with("AWS::SQS::") => "SQS",
            Some(kind) if kind.starts_with("AWS::ApiGateway") => "API Gateway",
            _ => "Lambda",
        };
        let of_function = self.users.first().is_some_and(|user| user.is(FUNCTION));
        match (excess.limit.path, &excess.amount) {
            ("Timeout", Amount::Number(n)) if of_function => {
                format!("{who} {asks} for a timeout of {n} seconds; Lambda allows {bound} seconds")
            }
            ("MemorySize", Amount::Number(n)) if of_function => {
                format!("{who} {asks} for {n} MB of memory; Lambda gives {bound} MB")
            }
            ("EphemeralStorage.Size", Amount::Number(n)) if of_function => {
                format!("{who} {asks} for {n} MB of ephemeral storage; Lambda gives {bound} MB")
            }
            ("Layers", Amount::Items(n)) if of_function => {
                format!("{who} {has} {n} layers; Lambda takes {bound}")
            }
            (_, Amount::Number(n)) => {
                let unit = excess.limit.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
                format!("{property} of {who} is {n}{unit}; {service} takes {bound}{unit}")
            }
            (_, Amount::Characters(n)) => {
                format!("{property} of {who} has {}; {service} takes {bound}", plural(*n, "character"))
            }
            (_, Amount::CharactersAtLeast(n)) => {
                format!("{property} of {who} has {n} characters or more; {service} takes {bound}")
            }
            (_, Amount::Items(n)) => {
                format!("{property} of {who} has {}; {service} takes {bound}", plural(*n, "entry"))
            }
            (_, Amount::Bytes(n)) => {
                format!(
                    "the environment variables of {who} have {n} bytes; Lambda takes {bound}, names and values together"
                )
            }
            (_, Amount::JsonBytes(n)) => {
                let most = excess.number();
                format!("the environment variables of {who} have {n} bytes as JSON; Lambda may refuse more than {most}")
            }
        }
    }
}

/// The last name of a path: `EphemeralStorage.Size` ends in `Size`.
fn last(path: &str) -> &str {
    let name = path.rsplit('.').next().unwrap_or(path);
    name.split_once('[').map_or(name, |(name, _)| name)
}

impl Excess {
    fn number(&self) -> i64 {
        match self.bound {
            Bound::Least(number) | Bound::Most(number) => number,
        }
    }

    fn help(&self) -> String {
        let unit = self.limit.unit.map(|unit| format!(" {unit}")).unwrap_or_default();
        match (&self.amount, self.bound) {
            (Amount::Number(_), Bound::Most(most)) => {
                let raised = self
                    .limit
                    .raised
                    .filter(|raised| raised.max > most)
                    .map(|raised| format!("; up to {}{unit} need a `{}`", raised.max, raised.with));
                format!("set it to {most}{unit} or less{}", raised.unwrap_or_default())
            }
            (Amount::Number(_), Bound::Least(least)) => format!("set it to {least}{unit} or more"),
            (Amount::Items(_), Bound::Most(_)) if self.limit.path == "Layers" => {
                "merge some of them, or put what they hold into the function's own package".to_owned()
            }
            (Amount::Items(_), Bound::Most(most)) => format!("keep {most} of them"),
            (Amount::Items(_), Bound::Least(_)) => "fill the list, or leave the property out".to_owned(),
            (Amount::Characters(_) | Amount::CharactersAtLeast(_), Bound::Most(most)) => {
                format!("shorten it to {}", plural(usize::try_from(most).unwrap_or(0), "character"))
            }
            (Amount::Characters(_) | Amount::CharactersAtLeast(_), Bound::Least(_)) => {
                "write it out, or leave the property out".to_owned()
            }
            (Amount::Bytes(_) | Amount::JsonBytes(_), _) => {
                "keep large values in Parameter Store, Secrets Manager or a file of the package, and read them there"
                    .to_owned()
            }
        }
    }
}

const FUNCTION: &str = "AWS::Lambda::Function";

fn plural(n: usize, noun: &str) -> String {
    match (n, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (0, Some(stem)) => format!("no {stem}ies"),
        (0, None) => format!("no {noun}s"),
        (_, Some(stem)) => format!("{n} {stem}ies"),
        (_, None) => format!("{n} {noun}s"),
    }
}

/// What the user calls a resource: what the format made is called by what it was made from.
fn name(resource: &Resource) -> &Address {
    match &resource.origin {
        Origin::Written => &resource.address,
        Origin::Made { from, .. } => from,
    }
}

/// The users in words: "`A`", "`A` and `B`", "`A` and 3 others".
fn subject(users: &[&Resource]) -> String {
    match users {
        [] => String::new(),
        [one] => format!("`{}`", name(one)),
        [one, two] => format!("`{}` and `{}`", name(one), name(two)),
        [first, rest @ ..] => format!("`{}` and {} others", name(first), rest.len()),
    }
}

/// The functions that a mapping, alias, URL … is for.
fn functions_of(world: &World, resource: &Resource) -> Vec<Address> {
    if resource.is(FUNCTION) {
        return Vec::new();
    }
    ["FunctionName", "TargetFunctionArn"]
        .iter()
        .flat_map(|property| world.targets(&resource.get(property).text()).0)
        .filter_map(|target| world.function(target.function).map(|function| function.address().clone()))
        .collect()
}
