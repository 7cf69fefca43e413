//! `efs-requires-vpc`: see `rules/network/efs-requires-vpc.md`.

use super::places::Places;
use crate::engine::{Finding, Findings, Grade};
use crate::model::network::{declared, empty};
use crate::model::{Resource, Waits, World};
use crate::source::Span;
use crate::value::{Guard, SymbolKind, Text};
use rustc_hash::FxHashMap;

/// A kind of file system that a function can mount.
struct Kind {
    access_point: &'static str,
    system: &'static str,
    mount_target: &'static str,
}

static KINDS: [Kind; 2] = [
    Kind {
        access_point: "AWS::EFS::AccessPoint",
        system: "AWS::EFS::FileSystem",
        mount_target: "AWS::EFS::MountTarget",
    },
    Kind {
        access_point: "AWS::S3Files::AccessPoint",
        system: "AWS::S3Files::FileSystem",
        mount_target: "AWS::S3Files::MountTarget",
    },
];

/// References that are followed at most in a world.
const STEPS: usize = 20_000;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut outside = Places::default();
    let mut steps = STEPS;
    let mut targets: Option<Targets> = None;
    for function in &world.application.functions {
        let function = function.resource;
        let (items, _) = function.get("FileSystemConfigs").items(false);
        for item in items {
            let arns = item.get("Arn").text();
            for (arn, span, when) in arns.set() {
                // Managed instances are in the VPC of their capacity provider.
                let own = function.get("CapacityProviderConfig").unset_when();
                let outside_when = when.and(&empty(&function.get("VpcConfig.SubnetIds"))).and(&own);
                outside.add(span, &outside_when, function);
                if let Some(mount) = Mount::of(world, function, arn, span, when) {
                    let targets = targets.get_or_insert_with(|| Targets::of(world));
                    mount.check(world, targets, &mut steps, out);
                }
            }
        }
    }
    for place in outside.into_vec() {
        let message = format!("Lambda refuses {}: a file system is mounted, and there is no VPC", place.subject());
        out.push(
            place
                .tell(Finding::new(Grade::ERROR, place.span, message))
                .help("add a `VpcConfig` with subnets in which the file system has mount targets"),
        );
    }
}

/// The mount targets of a world.
#[derive(Default)]
struct Targets<'a> {
    /// By file system.
    of: FxHashMap<Span, Vec<&'a Resource>>,
    /// Whether there is one of which the file system cannot be told: it may be any.
    unclear: bool,
}

impl<'a> Targets<'a> {
    fn of(world: &World<'a>) -> Self {
        let mut out = Self::default();
        for kind in &KINDS {
            for target in world.of_kind(kind.mount_target) {
                let ids = target.get("FileSystemId").text();
                match ids.only().and_then(|id| declared(world, target, kind.system, id)) {
                    Some(system) => out.of.entry(system.span).or_default().push(target),
                    None => out.unclear = true,
                }
            }
        }
        out
    }
}

/// That a function mounts a file system of the same template.
struct Mount<'a> {
    function: &'a Resource,
    system: &'a Resource,
    kind: &'static Kind,
    span: Span,
    when: Guard,
}

impl<'a> Mount<'a> {
    fn of(world: &World<'a>, function: &'a Resource, arn: &Text, span: Span, when: &Guard) -> Option<Self> {
        let points = arn.symbols().filter(|symbol| {
            symbol.scope == function.source && matches!(symbol.kind, SymbolKind::Name | SymbolKind::Attribute)
        });
        let mut points = points.filter_map(|symbol| world.resource(function, symbol.name.split('.').next()?));
        let (point, kind) = points.find_map(|point| {
            let kind = KINDS.iter().find(|kind| point.is(kind.access_point))?;
            Some((point, kind))
        })?;
        let id = point.get("FileSystemId").text();
        let system = declared(world, point, kind.system, id.only()?)?;
        let when = when.and(&point.when).and(&system.when);
        (when.is_possible() && !when.is_rounded()).then_some(Self { function, system, kind, span, when })
    }

    fn check(&self, world: &World<'a>, targets: &Targets<'a>, steps: &mut usize, out: &mut Findings) {
        if targets.unclear {
            return;
        }
        let targets = targets.of.get(&self.system.span).map(Vec::as_slice).unwrap_or_default();
        if targets.is_empty() {
            self.never_mounted(world, out);
            return;
        }
        let waits = Waits::of(world, self.function, steps);
        if !waits.is_complete() {
            return;
        }
        let late = |target: &&&Resource| waits.get(&target.address).is_none_or(|wait| !wait.always);
        let missing: Vec<&Resource> = targets.iter().filter(late).copied().collect();
        let Some(first) = missing.first() else { return };
        let when = missing.iter().fold(Guard::never(), |all, target| all.or(&target.when)).and(&self.when);
        if !when.is_possible() || when.is_rounded() {
            return;
        }
        let (name, system) = (self.function.called(), self.system.called());
        let (grade, message) = if missing.len() == targets.len() {
            (Grade::ERROR, format!("`{name}` is made before `{system}` can be mounted: the first deployment fails"))
        } else {
            let target = first.called();
            (Grade::WARNING, format!("`{name}` may be made before `{target}`, by which it reaches `{system}`"))
        };
        let mut names: Vec<String> = missing.iter().take(4).map(|target| target.called().to_string()).collect();
        names.dedup();
        let mut finding = Finding::new(grade, self.span, message)
            .when(&when)
            .related(name)
            .related(system)
            .label(first.span, "made at the same time")
            .help(format!("add `DependsOn: [{}]` to `{name}`", names.join(", ")));
        for target in missing {
            finding = finding.related(target.called());
        }
        out.push(finding);
    }

    /// A file system that is made with the function, and that nothing can reach.
    fn never_mounted(&self, world: &World<'a>, out: &mut Findings) {
        // Something that cannot be looked into may make mount targets.
        let may_make = |resource: &&Resource| {
            let is_opaque = resource.is_custom() || resource.is("AWS::CloudFormation::Stack");
            is_opaque && resource.references.iter().any(|reference| reference.to == self.system.address)
        };
        if world.open
            || world.has_unseen_stacks()
            || world.resources.iter().copied().any(|resource| may_make(&resource))
        {
            return;
        }
        let (name, system) = (self.function.called(), self.system.called());
        let message = format!("Lambda refuses `{name}`: `{system}` has no mount target");
        out.push(
            Finding::new(Grade::ERROR, self.span, message)
                .when(&self.when)
                .label(self.system.span, "made here, and nowhere reachable")
                .related(name)
                .related(system)
                .help(format!(
                    "add an `{}` for each subnet of the function, and let the function wait for it with `DependsOn`",
                    self.kind.mount_target
                )),
        );
    }
}
