//! A world: the units that belong together, and the view that rules have of them.

use super::application::{Application, Function, FunctionId, Role, RoleId, Target};
use super::misfit::{self, Misfit};
use super::{About, Elsewhere, Resource, ResourceId, build};
use crate::data::Date;
use crate::engine::Address;
use crate::frontend::{Region, Unit};
use crate::secrets::Secrets;
use crate::source::{Files, SourceId, Span};
use crate::syntax::Document;
use crate::value::{Guard, SymbolKind, Text, Value};
use rustc_hash::FxHashMap;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// Units that are linked, with everything that rules read.
#[derive(Debug)]
pub struct World<'a> {
    /// The units.
    pub units: Vec<&'a Unit>,
    /// All resources.
    pub resources: Vec<&'a Resource>,
    /// The typed view.
    pub application: Application<'a>,
    /// Whether there may be resources that are not seen.
    pub open: bool,
    /// The day for which dated facts are judged.
    pub today: Date,
    /// The files beside the units.
    pub files: Files<'a>,
    by_address: FxHashMap<(u32, Address), ResourceId>,
    functions_by_name: FxHashMap<Text, FunctionId>,
    roles_by_name: FxHashMap<Text, RoleId>,
    by_arn: FxHashMap<Text, ResourceId>,
    /// By what `Ref` gives and by physical name.
    by_name: FxHashMap<Text, Vec<ResourceId>>,
    /// The regions of each unit, sorted by where they start.
    regions: FxHashMap<SourceId, Vec<&'a Region>>,
    /// What the worlds of the run say, and which of them this one is.
    elsewhere: Option<(&'a Elsewhere, usize)>,
    secrets: OnceLock<Secrets>,
    misfits: OnceLock<Vec<Misfit>>,
}

impl<'a> World<'a> {
    /// Builds the view of some units.
    #[must_use]
    pub fn new(units: Vec<&'a Unit>, today: Date) -> Self {
        let resources: Vec<&'a Resource> = units.iter().flat_map(|unit| &unit.resources).collect();
        let open = units.iter().any(|unit| unit.open);
        let mut world = Self {
            units,
            resources,
            application: Application::default(),
            open,
            today,
            files: Files::none(),
            by_address: FxHashMap::default(),
            functions_by_name: FxHashMap::default(),
            roles_by_name: FxHashMap::default(),
            by_arn: FxHashMap::default(),
            by_name: FxHashMap::default(),
            regions: FxHashMap::default(),
            elsewhere: None,
            secrets: OnceLock::new(),
            misfits: OnceLock::new(),
        };
        world.index();
        build::application(&mut world);
        world
    }

    /// The same world with the files beside its units.
    #[must_use]
    pub fn with_files(self, files: Files<'a>) -> Self {
        Self { files, ..self }
    }

    /// The same as one of the worlds of a run: the `own`th of those that `elsewhere` was made from.
    #[must_use]
    pub fn among(self, elsewhere: &'a Elsewhere, own: usize) -> Self {
        Self { elsewhere: Some((elsewhere, own)), ..self }
    }

    /// Whether another world of the run says this of a resource, by a literal name. Where it does, nothing is missing here.
    #[must_use]
    pub fn is_said_elsewhere(&self, about: About, resource: &Resource) -> bool {
        self.elsewhere.is_some_and(|(elsewhere, own)| elsewhere.says(about, &resource.names.name, own))
    }

    /// Where what the user wrote does not fit the schema of its type.
    #[must_use]
    pub fn misfits(&self) -> &[Misfit] {
        self.misfits.get_or_init(|| misfit::all(&self.units))
    }

    fn index(&mut self) {
        for unit in &self.units {
            for region in &unit.regions {
                self.regions.entry(region.span.source).or_default().push(region);
            }
        }
        for regions in self.regions.values_mut() {
            regions.sort_by_key(|region| (region.span.start, std::cmp::Reverse(region.span.end)));
        }
        for (index, resource) in self.resources.iter().enumerate() {
            let id = ResourceId(u32::try_from(index).unwrap_or(u32::MAX));
            self.by_address.insert((resource.source.0, resource.address.clone()), id);
            let (name, reference) = (resource.names.name.canonical(), resource.names.reference.canonical());
            if name != reference {
                self.by_name.entry(reference).or_default().push(id);
            }
            self.by_name.entry(name).or_default().push(id);
            if let Some(arn) = &resource.names.arn {
                self.by_arn.entry(arn.canonical()).or_insert(id);
            }
            match &*resource.kind {
                "AWS::Lambda::Function" => {
                    let function = FunctionId(self.application.functions.len());
                    self.functions_by_name.entry(resource.names.name.clone()).or_insert(function);
                    self.application.functions.push(Function {
                        id: function,
                        resource,
                        resource_id: id,
                        roles: Vec::new(),
                        roles_known: false,
                    });
                }
                "AWS::IAM::Role" => {
                    let role = RoleId(self.application.roles.len());
                    self.roles_by_name.entry(resource.names.name.clone()).or_insert(role);
                    self.application.roles.push(Role {
                        id: role,
                        resource,
                        policies: Vec::new(),
                        trust: None,
                        open: false,
                        functions: Vec::new(),
                        bounded: false,
                    });
                }
                _ => {}
            }
        }
    }

    /// The secrets in it, looked for once.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        self.secrets.get_or_init(|| Secrets::of(self))
    }

    /// All resources of a type.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &'a Resource> {
        self.resources.iter().copied().filter(move |resource| resource.is(kind))
    }

    /// Whether there are nested stacks whose templates are not among the units: what is in them is not seen.
    #[must_use]
    pub fn has_unseen_stacks(&self) -> bool {
        let mut stacks = self.of_kind("AWS::CloudFormation::Stack").chain(self.of_kind("AWS::Serverless::Application"));
        stacks.any(|stack| {
            let unit = self.units.iter().find(|unit| unit.source == stack.source);
            !unit.is_some_and(|unit| unit.ties.joined.contains(&stack.address))
        })
    }

    /// A resource by its address in the source of another.
    #[must_use]
    pub fn resource(&self, beside: &Resource, address: &str) -> Option<&'a Resource> {
        let id = self.by_address.get(&(beside.source.0, Arc::from(address)))?;
        self.resources.get(id.0 as usize).copied()
    }

    /// The function with this place.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> Option<&Function<'a>> {
        self.application.functions.get(id.0)
    }

    /// The role with this place.
    #[must_use]
    pub fn role(&self, id: RoleId) -> Option<&Role<'a>> {
        self.application.roles.get(id.0)
    }

    /// The roles of a function that are known, each with its guard.
    pub fn roles_of(&self, function: &Function<'a>) -> impl Iterator<Item = (&Role<'a>, Guard)> {
        function.roles.iter().filter_map(|(id, when)| self.role(*id).map(|role| (role, when.clone())))
    }

    /// The functions that use a role, each once and in the deployments in which it certainly does. What several documents
    /// of the AWS CLI print about one function is one.
    #[must_use]
    pub fn users_of(&self, role: &Role) -> Vec<(&Function<'a>, Guard)> {
        let mut out: Vec<(&Function<'a>, Guard)> = Vec::new();
        let mut places: FxHashMap<&Text, usize> = FxHashMap::default();
        for function in role.functions.iter().filter_map(|id| self.function(*id)) {
            let uses = function.roles.iter().filter(|(used, _)| *used == role.id);
            let when = uses.fold(Guard::never(), |guard, (_, when)| guard.or(when)).and(&role.resource.when);
            if !when.is_possible() {
                continue;
            }
            let place = *places.entry(&function.resource.names.name).or_insert(out.len());
            match out.get_mut(place) {
                Some((_, known)) => *known = known.or(&when),
                None => out.push((function, when)),
            }
        }
        out
    }

    /// The function that a text names, by name, ARN, partial ARN or invocation URI, and the qualifier that it
    /// names with it.
    #[must_use]
    pub fn function_named(&self, text: &Text) -> Option<(FunctionId, Option<Text>)> {
        let text = match text.around("/functions/") {
            Some((_, rest)) => rest.around("/invocations").map_or(rest, |(arn, _)| arn),
            None => text.clone(),
        };
        let name = match text.around(":function:") {
            Some((_, name)) => name,
            None if text.known_prefix().starts_with("arn:") => return None,
            None => text,
        };
        if let Some(id) = self.functions_by_name.get(&name) {
            return Some((*id, None));
        }
        let (name, qualifier) = name.around(":")?;
        self.functions_by_name.get(&name).map(|id| (*id, Some(qualifier).filter(|qualifier| !qualifier.is_empty())))
    }

    /// The functions that a value can name, and whether those are all (a name that is none of the world's is known too).
    #[must_use]
    pub fn targets(&self, value: &Value<&Text>) -> (Vec<Target>, bool) {
        let mut known = value.is_exhaustive();
        let mut out = Vec::new();
        for (text, span, when) in value.set() {
            match self.function_named(text) {
                Some((function, qualifier)) => {
                    out.push(Target { function, qualifier, when: when.clone(), span });
                }
                // A name that holds a parameter or an import may be one of the world's functions.
                None => {
                    known &= text
                        .symbols()
                        .all(|symbol| !matches!(symbol.kind, SymbolKind::Parameter(_) | SymbolKind::Other));
                }
            }
        }
        (out, known)
    }

    /// The role that a text names, by name or ARN.
    #[must_use]
    pub fn role_named(&self, text: &Text) -> Option<RoleId> {
        if let Some(id) = self.roles_by_name.get(text) {
            return Some(*id);
        }
        let resource = self.resource_with_arn(text)?;
        self.roles_by_name.get(&resource.names.name).copied()
    }

    /// The resource with this ARN (any partition).
    #[must_use]
    pub fn resource_with_arn(&self, arn: &Text) -> Option<&'a Resource> {
        self.by_arn.get(&arn.canonical()).and_then(|id| self.resources.get(id.0 as usize)).copied()
    }

    /// The resource of a type that a text names by `Ref`, physical name or ARN.
    #[must_use]
    pub fn resource_named(&self, kind: &str, text: &Text) -> Option<&'a Resource> {
        if let Some(found) = self.resource_with_arn(text).filter(|resource| resource.is(kind)) {
            return Some(found);
        }
        let candidates = self.by_name.get(&text.canonical())?;
        candidates.iter().filter_map(|id| self.resources.get(id.0 as usize)).find(|resource| resource.is(kind)).copied()
    }

    /// The resources that a text names by `Ref`, physical name or ARN, whatever their type.
    #[must_use]
    pub fn resources_named(&self, text: &Text) -> Vec<&'a Resource> {
        if let Some(found) = self.resource_with_arn(text) {
            return vec![found];
        }
        let ids = self.by_name.get(&text.canonical()).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| self.resources.get(id.0 as usize)).copied().collect()
    }

    /// The address that some bytes belong to, and their path below it as the user spells it.
    #[must_use]
    pub fn locate(&self, span: Span) -> (Address, String) {
        let of = |document: &&Document| document.source() == span.source;
        let documents = || self.units.iter().map(|unit| &unit.document);
        let definitions = || self.units.iter().flat_map(|unit| &unit.definitions);
        let Some(document) = documents().find(of).or_else(|| definitions().find(of)) else {
            return (Arc::from(""), String::new());
        };
        // Regions nest at most a few deep: the innermost that holds the span is close before its start.
        let regions = self.regions.get(&span.source).map(Vec::as_slice).unwrap_or_default();
        let before = regions.partition_point(|region| region.span.start <= span.start);
        let region = regions.iter().take(before).rev().find(|region| region.span.contains(span));
        let (address, depth) = region.map_or((Arc::from(""), 0), |region| (region.address.clone(), region.depth));
        (address, document.path_at(span.start).below(depth).to_string())
    }

    /// A guard in words (`when IsProd is false`); `None` when it holds always.
    #[must_use]
    pub fn words(&self, guard: &Guard) -> Option<String> {
        let cubes = guard.cubes()?;
        for unit in &self.units {
            for (name, condition) in &unit.conditions {
                if condition.is_always() || !condition.is_possible() {
                    continue;
                }
                if guard.same(condition) {
                    return Some(format!("when {name} is true"));
                }
                if guard.same(&condition.not()) {
                    return Some(format!("when {name} is false"));
                }
            }
        }
        let atoms = || self.units.iter().flat_map(|unit| &unit.atoms);
        let mut out = String::from("when ");
        for (index, cube) in cubes.iter().take(3).enumerate() {
            if index > 0 {
                out.push_str(", or ");
            }
            for (index, (atom, values)) in cube.iter().enumerate() {
                if index > 0 {
                    out.push_str(" and ");
                }
                let Some(name) = atoms().find(|name| name.atom == *atom) else { continue };
                let chosen = |set: bool| {
                    name.values
                        .iter()
                        .enumerate()
                        .filter(|(bit, _)| (values >> bit & 1 == 1) == set)
                        .map(|(_, value)| &**value)
                        .collect::<Vec<_>>()
                };
                let other = atom.size as usize > name.values.len() && values >> name.values.len() & 1 == 1;
                let (verb, list) = if other { ("is not", chosen(false)) } else { ("is", chosen(true)) };
                let _ = write!(out, "{} {verb} {}", name.operand, list.join(" or "));
            }
        }
        if cubes.len() > 3 {
            out.push_str(", or in other cases");
        }
        Some(out)
    }
}
