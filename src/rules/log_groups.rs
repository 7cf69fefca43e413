//! Log groups, and the functions that write to them.

use crate::frontend::Format;
use crate::model::{Function, Resource, World};
use crate::source::Span;
use crate::value::{Guard, SymbolKind, Text};

pub(super) const LOG_GROUP: &str = "AWS::Logs::LogGroup";
/// The CDK's own way to give a log group a retention.
pub(super) const LOG_RETENTION: &str = "Custom::LogRetention";

/// More pairs of a function and a log group whose name is not known are not compared.
const MAX_PAIRS: usize = 50_000;

/// A log group that a function writes to.
pub(super) struct Log<'a> {
    /// Its name.
    pub(super) name: Text,
    /// Where that is written; `None` for the group that Lambda makes.
    pub(super) written: Option<Span>,
    /// The group, if a template declares it.
    pub(super) group: Option<&'a Resource>,
    /// The deployments in which the function writes there.
    pub(super) when: Guard,
}

/// `/aws/lambda/NAME`.
pub(super) fn usual(function: &Function) -> Text {
    let mut name = Text::literal("/aws/lambda/");
    name.append(&function.resource.names.name);
    name
}

/// Where a function certainly writes its logs to.
pub(super) fn logs_of<'a>(world: &World<'a>, function: &Function<'a>) -> Vec<Log<'a>> {
    let configured = function.resource.get("LoggingConfig.LogGroup");
    let named = |name: Text, written: Option<Span>, when: Guard| {
        let group = world.resource_named(LOG_GROUP, &name);
        let when = group.map_or(when.clone(), |group| when.and(&group.when));
        Log { name, written, group, when }
    };
    let mut out = Vec::new();
    for case in configured.text().cases() {
        match case.value {
            Some(name) => out.push(named(name.clone(), Some(case.span), case.when.clone())),
            None => out.push(named(usual(function), None, case.when.clone())),
        }
    }
    out.retain(|log| log.when.is_possible());
    out
}

/// Whether log groups are made by CloudFormation, so that one that is not declared is not there.
pub(super) fn is_template(world: &World, resource: &Resource) -> bool {
    world.units.iter().any(|unit| unit.source == resource.source && unit.format != Format::AwsCli)
}

/// Tells whether a name may be that of a log group that is declared under a name that is not known.
pub(super) struct Unnamed<'a> {
    groups: Vec<&'a Resource>,
    left: usize,
}

impl<'a> Unnamed<'a> {
    /// The log groups of a world whose names hold parameters, imports and the like.
    pub(super) fn of(world: &World<'a>) -> Self {
        let is_open = |group: &&Resource| {
            let name = &group.names.name;
            name.symbols().any(|symbol| {
                matches!(symbol.kind, SymbolKind::Parameter(_) | SymbolKind::Other | SymbolKind::Attribute)
            })
        };
        Self { groups: world.of_kind(LOG_GROUP).filter(is_open).collect(), left: MAX_PAIRS }
    }

    /// Whether one of them may have this name.
    pub(super) fn may_be(&mut self, name: &Text) -> bool {
        let Some(left) = self.left.checked_sub(self.groups.len()) else { return true };
        self.left = left;
        self.groups.iter().any(|group| !group.names.name.equals(name).is_no())
    }
}
