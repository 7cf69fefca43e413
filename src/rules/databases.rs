//! How functions get at the relational databases of a template.

use crate::model::network::{Firewall, declared};
use crate::model::{Function, Resource, World};
use crate::source::Span;
use crate::value::Guard;
use crate::wiring::{Evidence, works_with};

const CLUSTER: &str = "AWS::RDS::DBCluster";
const INSTANCE: &str = "AWS::RDS::DBInstance";

/// That a function connects to a database of the template, as far as its configuration shows it.
pub(super) struct Connection<'a> {
    /// The cluster, or the instance where there is no cluster.
    pub(super) database: &'a Resource,
    /// What shows it.
    pub(super) shown_by: Shown,
    /// Where that is written.
    pub(super) span: Span,
    /// In which deployments.
    pub(super) when: Guard,
}

/// What shows that a function connects to a database.
pub(super) enum Shown {
    /// An environment variable has its address.
    Address(Box<str>),
    /// An environment variable names the secret that it is logged in to with.
    Secret(Box<str>),
    /// Its security group lets that of the function in.
    Group,
}

impl Shown {
    /// In a label.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Address(variable) => format!("`{variable}` tells the function where it is"),
            Self::Secret(variable) => format!("`{variable}` tells the function how to log in"),
            Self::Group => "its security group lets the function in".to_owned(),
        }
    }
}

/// More databases than this are not looked at.
const MOST: usize = 50;

/// The databases of a world.
pub(super) struct Databases<'a> {
    /// Clusters, and instances that belong to none.
    list: Vec<&'a Resource>,
    /// Those whose security groups are all declared, with them.
    guarded: Vec<(&'a Resource, Vec<&'a Resource>)>,
    firewall: Firewall<'a>,
}

impl<'a> Databases<'a> {
    /// The databases; `None` where there are none.
    pub(super) fn of(world: &World<'a>) -> Option<Self> {
        let alone = |instance: &&Resource| instance.get("DBClusterIdentifier").is_unset();
        let all = world.of_kind(CLUSTER).chain(world.of_kind(INSTANCE).filter(alone));
        let list: Vec<&Resource> = all.take(MOST).collect();
        let groups = |database: &&'a Resource| {
            let property = if database.is(CLUSTER) { "VpcSecurityGroupIds" } else { "VPCSecurityGroups" };
            Some((*database, Firewall::groups(world, database, property)?))
        };
        let guarded = list.iter().filter_map(groups).collect();
        (!list.is_empty()).then(|| Self { list, guarded, firewall: Firewall::of(world) })
    }

    /// What a function connects to: each database once, by the best evidence.
    pub(super) fn connections(&self, world: &World<'a>, function: &Function<'a>) -> Vec<Connection<'a>> {
        let mut out: Vec<Connection<'a>> = Vec::new();
        let mut add = |found: Connection<'a>| {
            if found.when.is_possible() && !out.iter().any(|known| std::ptr::eq(known.database, found.database)) {
                out.push(found);
            }
        };
        let uses = works_with(world, function);
        let named = uses.iter().filter_map(|usage| match &usage.shown_by {
            Evidence::Environment(variable) => Some((usage, variable)),
            _ => None,
        });
        for (usage, variable) in named.clone() {
            if let Some(database) = self.database(world, usage.resource) {
                let when = usage.when.and(&database.when);
                let shown_by = Shown::Address(variable.clone());
                add(Connection { database, shown_by, span: usage.span, when });
            }
        }
        for (usage, variable) in named.filter(|(usage, _)| usage.resource.is("AWS::SecretsManager::Secret")) {
            if let Some(database) = self.logged_in_with(world, usage.resource) {
                let when = usage.when.and(&database.when);
                add(Connection { database, shown_by: Shown::Secret(variable.clone()), span: usage.span, when });
            }
        }
        if let Some(own) = Firewall::groups(world, function.resource, "VpcConfig.SecurityGroupIds") {
            for (database, groups) in &self.guarded {
                if let Some(span) = self.firewall.lets_in(&own, groups) {
                    let when = function.resource.when.and(&database.when);
                    add(Connection { database, shown_by: Shown::Group, span, when });
                }
            }
        }
        out
    }

    /// The database that a resource is, or is part of.
    fn database(&self, world: &World<'a>, resource: &'a Resource) -> Option<&'a Resource> {
        let cluster = || {
            let id = resource.get("DBClusterIdentifier").text();
            declared(world, resource, CLUSTER, id.only()?)
        };
        let found = if resource.is(INSTANCE) { cluster().unwrap_or(resource) } else { resource };
        self.list.iter().copied().find(|known| std::ptr::eq(*known, found))
    }

    /// The one database that is logged in to with a secret.
    fn logged_in_with(&self, world: &World<'a>, secret: &Resource) -> Option<&'a Resource> {
        let names = |resource: &Resource| resource.references.iter().any(|reference| reference.to == secret.address);
        let same = |resource: &&&Resource| resource.source == secret.source && names(resource);
        let mut direct = self.list.iter().filter(same);
        if let (Some(database), None) = (direct.next(), direct.next()) {
            return Some(database);
        }
        let attached = world.of_kind("AWS::SecretsManager::SecretTargetAttachment");
        let mut attached = attached.filter(|attached| attached.source == secret.source && names(attached));
        let target = attached.next()?.get("TargetId").text().only()?.as_symbol()?.clone();
        let name = target.name.split('.').next()?;
        self.database(world, world.resource(secret, name)?)
    }
}
