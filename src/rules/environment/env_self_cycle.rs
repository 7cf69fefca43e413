//! `env-self-cycle`: see `rules/environment/env-self-cycle.md`.

use super::log_groups::is_template;
use super::variables::{functions, variables};
use crate::engine::{Address, Finding, Findings, Grade};
use crate::model::{Resource, SAM_ROUTE, World};
use crate::source::{SourceId, Span};
use crate::value::{Symbol, SymbolKind, Text};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many steps are followed from all resources together; beyond that nothing more is said.
const MAX_STEPS: usize = 500_000;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut search = Search { world, routes: routes(world), reached: FxHashMap::default(), left: MAX_STEPS };
    for function in functions(world).filter(|function| is_template(world, function)) {
        let own = own_references(function);
        for (entry, when) in variables(function) {
            let value = entry.value.span();
            let begin = own.partition_point(|(span, _)| span.start < value.start);
            let written = own.get(begin..).unwrap_or_default().iter().take_while(|(span, _)| value.contains(*span));
            let written: Vec<(Span, &str)> = written.copied().collect();
            for (data, span, case) in entry.value.set() {
                let Some(text) = data.text() else { continue };
                let when = when.and(case);
                // A name that is written out is no symbol any more, and what is inherited is not among the function's own references.
                let symbols = text.symbols().filter(|symbol| symbol.scope == function.source);
                let written = written.iter().filter(|(at, _)| span.contains(*at)).map(|(_, to)| *to);
                let mut referred = symbols.filter_map(|symbol| resource(symbol)).chain(written);
                let Some(to) = referred.find(|to| search.waits(function, to)) else { continue };
                if when.is_possible() {
                    out.push(finding(world, function, to, &entry.key, span).when(&when));
                }
            }
        }
    }
}

/// Where a function's properties refer to other resources, in order.
fn own_references(function: &Resource) -> Vec<(Span, &str)> {
    let mut out: Vec<(Span, &str)> =
        function.references.iter().map(|reference| (reference.span, &*reference.to)).collect();
    out.sort_unstable();
    out
}

/// Properties of SAM's types of which other resources are made: those wait for what these name, the resource itself does not.
const OF_OTHERS: &[&str] = &[
    "AccessLogSetting",
    "CanarySetting",
    "DataSources",
    "DefaultRouteSettings",
    "Domain",
    "Functions",
    "MethodSettings",
    "Resolvers",
    "RouteSettings",
    "Routes",
    "StageName",
    "Variables",
];

/// The bytes of what the resource itself is made with.
fn own_values(resource: &Resource) -> Vec<Span> {
    let properties = resource.properties.set().filter_map(|(data, ..)| data.map());
    let entries = properties.flat_map(|map| &map.entries).filter(|entry| !OF_OTHERS.contains(&&*entry.key));
    entries.map(|entry| entry.value.span()).collect()
}

/// The resource that a symbol is of.
fn resource(symbol: &Symbol) -> Option<&str> {
    matches!(symbol.kind, SymbolKind::Name | SymbolKind::Attribute).then(|| symbol.name.split('.').next()).flatten()
}

/// What SAM writes into the bodies of APIs: the functions of their routes, by API.
type Routes = FxHashMap<(SourceId, Box<str>), Vec<Box<str>>>;

fn routes(world: &World) -> Routes {
    let mut out = Routes::default();
    let one = |route: &Resource, property: &str| {
        let text = route.get(property);
        let text = text.text();
        let symbol: Option<&Text> = text.only().copied();
        symbol.and_then(|text| text.symbols().find_map(|symbol| resource(symbol).map(Box::<str>::from)))
    };
    for route in world.of_kind(SAM_ROUTE) {
        let (Some(api), Some(function)) = (one(route, "Api"), one(route, "Function")) else { continue };
        // A body of the user's says what it says: SAM adds nothing.
        let declared = world.resource(route, &api);
        let own = ["DefinitionBody", "DefinitionUri"];
        if declared.is_none_or(|api| own.iter().all(|property| api.get(property).is_unset())) {
            out.entry((route.source, api)).or_default().push(function);
        }
    }
    out
}

struct Search<'w, 'a> {
    world: &'w World<'a>,
    routes: Routes,
    /// What each resource that was asked for waits for.
    reached: FxHashMap<(SourceId, Box<str>), FxHashSet<Address>>,
    left: usize,
}

impl Search<'_, '_> {
    /// Whether CloudFormation makes `from`, a resource of the function's template, after the function.
    fn waits(&mut self, function: &Resource, from: &str) -> bool {
        if *function.address == *from {
            return true;
        }
        let key = (function.source, Box::from(from));
        if !self.reached.contains_key(&key) {
            let reached = self.reach(function, from);
            self.reached.insert(key.clone(), reached);
        }
        self.reached.get(&key).is_some_and(|reached| reached.contains(&function.address))
    }

    fn reach(&mut self, beside: &Resource, from: &str) -> FxHashSet<Address> {
        let mut seen: FxHashSet<Address> = FxHashSet::default();
        let mut waiting: Vec<Address> = vec![Address::from(from)];
        while let Some(at) = waiting.pop() {
            let routed = self.routes.get(&(beside.source, Box::from(&*at))).into_iter().flatten();
            let mut next: Vec<Address> = routed.map(|function| Address::from(&**function)).collect();
            if let Some(resource) = self.world.resource(beside, &at) {
                next.extend(resource.depends_on.iter().map(|(to, _)| to.clone()));
                let own = own_values(resource);
                let is_own = |span: Span| own.iter().any(|value| value.contains(span) || span.contains(*value));
                let sure = resource.references.iter().filter(|reference| reference.always && is_own(reference.span));
                next.extend(sure.map(|reference| reference.to.clone()));
            }
            for to in next {
                let Some(left) = self.left.checked_sub(1) else { return FxHashSet::default() };
                self.left = left;
                if seen.insert(to.clone()) {
                    waiting.push(to);
                }
            }
        }
        seen
    }
}

fn finding(world: &World, function: &Resource, to: &str, name: &str, span: Span) -> Finding {
    let address = &function.address;
    let message = if to == &**address {
        format!("the stack is not created: `{name}` of `{address}` needs `{address}` itself")
    } else {
        format!("the stack is not created: `{name}` of `{address}` needs `{to}`, which needs `{address}`")
    };
    let help = if to == &**address {
        "its own name is in `AWS_LAMBDA_FUNCTION_NAME`".to_owned()
    } else {
        format!("take it from the event or the context, or give `{to}` a fixed name and write that")
    };
    let mut finding = Finding::new(Grade::ERROR, span, message)
        .here("CloudFormation refuses circular dependencies")
        .help(help)
        .related(address);
    if let Some(other) = world.resource(function, to).filter(|other| other.address != *address) {
        if other.span != function.span && other.origin.is_written() {
            finding = finding.label(other.span, format!("waits for `{address}`"));
        }
        finding = finding.related(&other.address);
    }
    finding
}
