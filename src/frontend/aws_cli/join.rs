//! One folder of documents is one application.

use super::lower::FunctionArn;
use super::{ATTACHED_POLICIES, POLICY_NAMES, POLICY_VERSION, PROVISIONED, SETTING, bucket};
use crate::engine::Address;
use crate::frontend::{Format, Unit};
use crate::model::Resource;
use crate::source::{Source, Sources};
use crate::value::{Data, List, Map, Piece, SymbolKind, Text, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

const ROLE: &str = "AWS::IAM::Role";
const FUNCTION: &str = "AWS::Lambda::Function";

/// The folder that a source is in: sources of the CLI with the same one belong together.
#[must_use]
pub fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The words that say in a file's name whose its document is, by kind.
fn words(resource: &Resource) -> &'static [&'static str] {
    match &*resource.kind {
        bucket::KIND => &[
            "notification",
            "notifications",
            "notification-configuration",
            "bucket-notification-configuration",
            "get-bucket-notification-configuration",
        ],
        ATTACHED_POLICIES => &["attached-policies", "attached-role-policies", "list-attached-role-policies"],
        POLICY_NAMES => &["role-policies", "list-role-policies"],
        POLICY_VERSION => &["policy-version", "get-policy-version"],
        SETTING => &[
            "concurrency",
            "function-concurrency",
            "get-function-concurrency",
            "recursion-config",
            "function-recursion-config",
            "get-function-recursion-config",
        ],
        _ => &[],
    }
}

/// Whose document a file's name says that it is: `OWNER.WORD.json`.
fn owner<'n>(name: &'n str, words: &[&str]) -> Option<&'n str> {
    let file = name.rsplit('/').next()?;
    let (stem, extension) = file.rsplit_once('.')?;
    let (owner, word) = stem.rsplit_once('.')?;
    (["json", "yaml", "yml"].contains(&extension) && words.contains(&word) && !owner.is_empty()).then_some(owner)
}

/// A resource and the unit that it came from.
struct Item {
    unit: usize,
    resource: Resource,
}

/// Joins the units of the AWS CLI among these, folder by folder.
pub fn join_folders(units: &mut [Unit], sources: &Sources) {
    let mut folders: FxHashMap<&str, Vec<(&str, &mut Unit)>> = FxHashMap::default();
    for unit in units.iter_mut().filter(|unit| unit.format == Format::AwsCli) {
        let name = sources.get(unit.source).map_or("", Source::name);
        folders.entry(folder(name)).or_default().push((name, unit));
    }
    for units in folders.values_mut() {
        join(units);
    }
}

/// Joins the units of one folder, each with its source's name: documents that do not say whose they are find their owner, what
/// several documents tell of one thing becomes one resource (with the first one's places), and roles learn their
/// policies. Without this, each unit stands for itself.
pub fn join(units: &mut [(&str, &mut Unit)]) {
    let mut items: Vec<Item> = Vec::new();
    for (index, (name, unit)) in units.iter_mut().enumerate() {
        for mut resource in std::mem::take(&mut unit.resources) {
            if let Some(owner) = owner(name, words(&resource)) {
                own(&mut resource, owner, unit);
            }
            items.push(Item { unit: index, resource });
        }
    }
    merge(&mut items);
    role_arns(&mut items);
    let mut owned = Vec::new();
    settings(&mut items, &mut owned);
    provisioned(&mut items);
    policies(&mut items, &mut owned);
    policy_versions(&mut items, &mut owned);
    for (unit, address) in owned {
        let regions = units.get_mut(unit).map(|(_, unit)| &mut unit.regions);
        for region in regions.into_iter().flatten().filter(|region| region.address.is_empty()) {
            region.address = address.clone();
        }
    }
    for Item { unit, resource } in items {
        if let Some((_, unit)) = units.get_mut(unit) {
            unit.resources.push(resource);
        }
    }
}

/// Names a resource that came without a name.
fn own(resource: &mut Resource, owner: &str, unit: &mut Unit) {
    let nameless = resource.names.name.pieces().iter().all(is_name);
    if !nameless {
        return;
    }
    let address: Address = Arc::from(owner);
    for region in unit.regions.iter_mut().filter(|region| region.address == resource.address) {
        region.address = address.clone();
    }
    if resource.is(bucket::KIND) {
        let span = resource.span;
        if let Some(map) = properties(resource) {
            map.insert("BucketName", span, Value::known(Data::Text(Text::literal(owner)), span));
        }
        let start = resource.names.arn.take().unwrap_or_default();
        let start = Text::from_pieces(start.pieces().iter().filter(|piece| !is_name(piece)).cloned());
        resource.names = bucket::names(owner, &start);
    } else {
        resource.names.name = Text::literal(owner);
    }
    resource.address = address;
}

/// Whether a piece stands for a name that is not known.
fn is_name(piece: &Piece) -> bool {
    matches!(piece, Piece::Symbol(symbol) if matches!(symbol.kind, SymbolKind::Name))
}

fn properties(resource: &mut Resource) -> Option<&mut Map> {
    match resource.properties.only_mut()? {
        Data::Map(map) => Some(map),
        _ => None,
    }
}

fn name(resource: &Resource) -> &str {
    resource.names.name.as_literal().unwrap_or_default()
}

/// Takes what is `kind` out of the items.
fn take(items: &mut Vec<Item>, kind: &str) -> Vec<Item> {
    let (taken, rest) = std::mem::take(items).into_iter().partition(|item| item.resource.is(kind));
    *items = rest;
    taken
}

/// What makes two resources of different documents the same thing.
fn identity(resource: &Resource) -> Option<(Arc<str>, String)> {
    let literal = |text: &Text| text.as_literal().filter(|text| !text.is_empty()).map(str::to_owned);
    let id = match &*resource.kind {
        FUNCTION | ROLE | "AWS::Lambda::Version" | "AWS::Lambda::Alias" | "AWS::IAM::ManagedPolicy" => {
            literal(resource.names.arn.as_ref()?)?
        }
        "AWS::Lambda::LayerVersion" => literal(&resource.names.reference)?,
        "AWS::Lambda::EventSourceMapping" | bucket::KIND => literal(&resource.names.name)?,
        "AWS::IAM::RolePolicy" => {
            format!("{} {}", resource.get("RoleName").literals().only()?, literal(&resource.names.name)?)
        }
        "AWS::Lambda::Permission" => {
            format!("{} {}", resource.get("FunctionName").literals().only()?, literal(&resource.names.name)?)
        }
        "AWS::Lambda::Url" => resource.get("FunctionUrl").literals().only()?.clone(),
        _ => return None,
    };
    Some((resource.kind.clone(), id))
}

/// Of what several documents tell of the same thing keeps the first, with what it does not know from the others.
fn merge(items: &mut Vec<Item>) {
    let mut first: FxHashMap<(Arc<str>, String), usize> = FxHashMap::default();
    let mut kept: Vec<Item> = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        let Some(id) = identity(&item.resource) else {
            kept.push(item);
            continue;
        };
        // A statement of one document can be several permissions, which are all kept.
        let same = first.get(&id).copied().and_then(|at| kept.get_mut(at)).filter(|before| before.unit != item.unit);
        match same {
            Some(before) => fill(&mut before.resource, item.resource),
            None => {
                first.entry(id).or_insert(kept.len());
                kept.push(item);
            }
        }
    }
    *items = kept;
}

/// Whether nothing at all is known of a value.
fn is_unknown(value: &Value<Data>) -> bool {
    match value.only() {
        Some(Data::List(list)) => list.open && list.items.is_empty(),
        Some(_) => false,
        None => value.cases().is_empty(),
    }
}

/// Adds what `base` does not know and `other` does.
fn fill(base: &mut Resource, mut other: Resource) {
    let (Some(base), Some(other)) = (properties(base), properties(&mut other)) else { return };
    let open = base.open;
    for entry in std::mem::take(&mut other.entries) {
        match base.entry(&entry.key) {
            Some(known) if !is_unknown(&known.value) => {}
            None if !open => {}
            _ => base.insert(entry.key, entry.key_span, entry.value),
        }
    }
    base.open &= other.open;
}

/// Gives roles that are only an input the ARN by which the folder's functions name them.
fn role_arns(items: &mut [Item]) {
    let named: FxHashSet<String> = items
        .iter()
        .filter(|item| item.resource.is(FUNCTION))
        .filter_map(|item| item.resource.get("Role").literals().only().cloned())
        .collect();
    let mut by_name: FxHashMap<&str, Option<&str>> = FxHashMap::default();
    for arn in &named {
        let Some((_, role)) = arn.split_once(":role/") else { continue };
        // Two roles of one name are of two accounts, and the input does not say of which it is.
        by_name.entry(role.rsplit('/').next().unwrap_or(role)).and_modify(|arn| *arn = None).or_insert(Some(arn));
    }
    for item in items.iter_mut().filter(|item| item.resource.is(ROLE)) {
        let written = item.resource.names.arn.as_ref().is_some_and(|arn| arn.as_literal().is_some());
        if let (false, Some(Some(arn))) = (written, by_name.get(name(&item.resource))) {
            item.resource.names.arn = Some(Text::literal(*arn));
        }
    }
}

/// The only thing of a kind, or the one with this name.
fn find<'i>(items: &'i mut [Item], kind: &str, wanted: &str) -> Option<&'i mut Resource> {
    let mut found = items
        .iter_mut()
        .map(|item| &mut item.resource)
        .filter(|resource| resource.is(kind) && (wanted.is_empty() || name(resource) == wanted));
    let one = found.next()?;
    found.next().is_none().then_some(one)
}

/// A unit, and the owner that its nameless document has found.
type Owned = (usize, Address);

/// Moves settings to their functions.
fn settings(items: &mut Vec<Item>, owned: &mut Vec<Owned>) {
    for mut item in take(items, SETTING) {
        let wanted = FunctionArn::read(name(&item.resource)).name.to_owned();
        let Some(function) = find(items, FUNCTION, &wanted) else {
            items.push(item);
            continue;
        };
        owned.push((item.unit, function.address.clone()));
        let Some(function) = properties(function) else { continue };
        for entry in properties(&mut item.resource).map(|map| std::mem::take(&mut map.entries)).unwrap_or_default() {
            if function.get(&entry.key).is_none_or(is_unknown) {
                function.insert(entry.key, entry.key_span, entry.value);
            }
        }
    }
}

/// Moves provisioned concurrency to its alias or version.
fn provisioned(items: &mut Vec<Item>) {
    let configs = take(items, PROVISIONED);
    if configs.is_empty() {
        return;
    }
    let holders = items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.resource.is("AWS::Lambda::Alias") || item.resource.is("AWS::Lambda::Version"));
    let by_arn: FxHashMap<String, usize> = holders
        .filter_map(|(at, item)| Some((item.resource.names.arn.as_ref()?.as_literal()?.to_owned(), at)))
        .collect();
    for mut item in configs {
        let holder = by_arn.get(name(&item.resource)).and_then(|at| items.get_mut(*at));
        let entry = properties(&mut item.resource).and_then(|map| map.entries.pop());
        match (holder.and_then(|holder| properties(&mut holder.resource)), entry) {
            (Some(map), Some(entry)) => map.insert(entry.key, entry.key_span, entry.value),
            (None, Some(entry)) => {
                if let Some(map) = properties(&mut item.resource) {
                    map.entries.push(entry);
                }
                items.push(item);
            }
            (_, None) => {}
        }
    }
}

/// Gives roles their managed policies, and closes the list of their inline ones where all are at hand.
fn policies(items: &mut Vec<Item>, owned: &mut Vec<Owned>) {
    for mut item in take(items, ATTACHED_POLICIES) {
        let wanted = name(&item.resource).to_owned();
        let entry = properties(&mut item.resource).and_then(|map| map.entry("ManagedPolicyArns").cloned());
        let (Some(role), Some(entry)) = (find(items, ROLE, &wanted), entry) else {
            items.push(item);
            continue;
        };
        owned.push((item.unit, role.address.clone()));
        let Some(role) = properties(role) else { continue };
        let list = |value: &Value<Data>| match value.only() {
            Some(Data::List(list)) => list.clone(),
            _ => List { items: Vec::new(), open: true },
        };
        let mut known = role.get("ManagedPolicyArns").map_or_else(List::default, list);
        let more = list(&entry.value);
        known.items.extend(more.items);
        // One complete list is enough.
        known.open &= more.open;
        role.insert("ManagedPolicyArns", entry.key_span, Value::known(Data::List(known), entry.value.span()));
    }
    for mut item in take(items, POLICY_NAMES) {
        let wanted = name(&item.resource).to_owned();
        let names = properties(&mut item.resource).and_then(|map| map.entry("PolicyNames").cloned());
        let Some(role) = find(items, ROLE, &wanted).map(|role| name(role).to_owned()) else {
            items.push(item);
            continue;
        };
        let at_hand: FxHashSet<&str> = items
            .iter()
            .filter(|item| {
                item.resource.is("AWS::IAM::RolePolicy")
                    && item.resource.get("RoleName").literals().only().is_some_and(|name| *name == role)
            })
            .map(|item| name(&item.resource))
            .collect();
        let complete = names.as_ref().and_then(|names| names.value.only()).is_some_and(|names| match names {
            Data::List(list) => {
                let is_here = |name: &Arc<Value<Data>>| {
                    name.borrow().literals().only().is_some_and(|name| at_hand.contains(name.as_str()))
                };
                !list.open && list.items.iter().all(is_here)
            }
            _ => false,
        });
        if complete
            && let Some(span) = names.map(|names| names.value.span())
            && let Some(map) = find(items, ROLE, &role).and_then(properties)
            && map.get("Policies").is_some_and(is_unknown)
        {
            // The policies are resources of their own.
            map.insert("Policies", span, Value::unset(span));
        }
    }
}

/// Makes managed policies of their versions: by the file's name, or the only attached one that AWS does not own.
fn policy_versions(items: &mut Vec<Item>, owned: &mut Vec<Owned>) {
    let versions = take(items, POLICY_VERSION);
    if versions.is_empty() {
        return;
    }
    let alone = versions.len() == 1;
    let mut attached: Vec<String> = Vec::new();
    for item in items.iter().filter(|item| item.resource.is(ROLE)) {
        let (arns, _) = item.resource.get("ManagedPolicyArns").items(false);
        attached.extend(arns.iter().filter_map(|arn| arn.literals().only().cloned()));
    }
    attached.retain(|arn| !arn.contains(":iam::aws:"));
    attached.sort_unstable();
    attached.dedup();
    for mut item in versions {
        let wanted = name(&item.resource).to_owned();
        let in_force = item.resource.get("IsDefaultVersion").booleans().only() == Some(&true);
        let mut candidates = attached
            .iter()
            .filter(|arn| if wanted.is_empty() { alone } else { arn.rsplit('/').next() == Some(wanted.as_str()) });
        let arn = candidates.next().filter(|_| candidates.next().is_none());
        if in_force && let Some(arn) = arn {
            let name = arn.rsplit('/').next().unwrap_or(arn);
            item.resource.kind = Arc::from("AWS::IAM::ManagedPolicy");
            item.resource.address = Arc::from(name);
            owned.push((item.unit, item.resource.address.clone()));
            item.resource.names.name = Text::literal(name);
            item.resource.names.reference = Text::literal(arn.as_str());
            item.resource.names.arn = Some(Text::literal(arn.as_str()));
        }
        items.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_is_what_stands_before_the_word() {
        let words = ["notification"];
        assert_eq!(owner("dump/my.bucket.notification.json", &words), Some("my.bucket"));
        assert_eq!(owner("b.notification.yaml", &words), Some("b"));
        assert_eq!(owner("b.notification.yml", &words), Some("b"));
        for name in
            ["notification.json", ".notification.json", "b.policy.json", "b.notification.txt", "b.json", "b", ""]
        {
            assert_eq!(owner(name, &words), None, "{name}");
        }
        assert_eq!([folder("a/b/c.json"), folder("c.json")], ["a/b", ""]);
    }
}
