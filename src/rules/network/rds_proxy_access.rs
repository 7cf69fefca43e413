//! `rds-proxy-access`: see `rules/network/rds-proxy-access.md`.

use super::permissions::certainly;
use crate::engine::{Finding, Findings, Grade};
use crate::iam::{Effect, Statement, action_matches, grant};
use crate::model::network::{Firewall, declared, empty};
use crate::model::{Function, Resource, Role, World};
use crate::source::Span;
use crate::value::{Guard, SymbolKind, Text};
use crate::wiring::{Evidence, works_with};
use rustc_hash::FxHashSet;

/// More proxies than this are not looked at.
const PROXIES: usize = 50;
const PROXY: &str = "AWS::RDS::DBProxy";
const CONNECT: &str = "rds-db:connect";
const READ: &str = "secretsmanager:GetSecretValue";

pub(super) fn check(world: &World, out: &mut Findings) {
    let proxies: Vec<&Resource> = world.of_kind(PROXY).take(PROXIES).collect();
    if proxies.is_empty() {
        return;
    }
    let firewall = Firewall::of(world);
    let mut told = FxHashSet::default();
    for function in &world.application.functions {
        for usage in works_with(world, function) {
            let Evidence::Environment(_) = usage.shown_by else { continue };
            let Some(proxy) = proxy_of(world, usage.resource) else { continue };
            let when = usage.when.and(&function.resource.when).and(&proxy.when);
            let client = Client { function, proxy, span: usage.span, when };
            if client.when.is_possible() && told.insert((function.id, proxy.span)) {
                client.outside(out);
                client.login(world, out);
                client.kept_out(world, &firewall, out);
            }
        }
    }
    for proxy in proxies {
        unread_secrets(world, proxy, out);
        kept_from_database(world, &firewall, proxy, out);
    }
}

/// The proxy that a resource is, or is an endpoint of.
fn proxy_of<'a>(world: &World<'a>, resource: &'a Resource) -> Option<&'a Resource> {
    if resource.is(PROXY) {
        return Some(resource);
    }
    if !resource.is("AWS::RDS::DBProxyEndpoint") {
        return None;
    }
    let name = resource.get("DBProxyName").text();
    declared(world, resource, PROXY, name.only()?)
}

/// That a function connects to a proxy.
struct Client<'a> {
    function: &'a Function<'a>,
    proxy: &'a Resource,
    /// Where the function is told the proxy's address.
    span: Span,
    when: Guard,
}

impl Client<'_> {
    fn finding(&self, message: String, when: &Guard) -> Finding {
        Finding::new(Grade::WARNING, self.span, message)
            .here("the function connects to the proxy")
            .label(self.proxy.span, "this proxy")
            .when(when)
            .related(self.function.address())
            .related(self.proxy.called())
    }

    /// A proxy has private addresses only.
    fn outside(&self, out: &mut Findings) {
        let outside = empty(&self.function.resource.get("VpcConfig.SubnetIds"));
        let own = self.function.resource.get("CapacityProviderConfig").unset_when();
        let when = self.when.and(&outside).and(&own);
        if !when.is_possible() || when.is_rounded() {
            return;
        }
        let (name, proxy) = (self.function.address(), self.proxy.called());
        let message = format!("`{name}` cannot reach `{proxy}`: it is in no VPC, and a proxy is never public");
        out.push(self.finding(message, &when).help(format!("add a `VpcConfig` with subnets of the VPC of `{proxy}`")));
    }

    /// A proxy that takes IAM's word asks for a right that must name it.
    fn login(&self, world: &World, out: &mut Findings) {
        let required = iam_required(self.proxy);
        if !self.function.roles_known || world.has_unseen_stacks() {
            return;
        }
        for (role, role_when) in world.roles_of(self.function).filter(|(role, _)| !role.open) {
            let exists = self.when.and(&required).and(&role_when).and(&role.resource.when);
            let (allowed, wrong) = Self::connects(world, role);
            let Some(when) = certainly(&exists, &allowed) else { continue };
            let (name, proxy) = (self.function.address(), self.proxy.called());
            let mut finding;
            if let Some((span, what)) = wrong {
                let message = format!("`{name}` may not log in to `{proxy}`: its role allows `{CONNECT}` on {what}");
                finding = self.finding(message, &when).label(span, "never the proxy");
            } else {
                let message = format!("`{name}` may not log in to `{proxy}`, which asks for `{CONNECT}`");
                finding = self.finding(message, &when);
                if role.resource.span != self.function.resource.span {
                    finding = finding.label(role.resource.span, "the role that does not allow it");
                }
            }
            finding = finding.related(&role.resource.address).help(format!(
                "allow `{CONNECT}` on `arn:${{AWS::Partition}}:rds-db:${{AWS::Region}}:${{AWS::AccountId}}:dbuser:` \
                 with the id of the proxy, `prx-` and what follows it in its ARN, and `/` and the user"
            ));
            out.push(finding);
        }
    }

    /// The deployments in which a role may allow to log in to the proxy, and what it names instead.
    fn connects(world: &World, role: &Role) -> (Guard, Option<(Span, String)>) {
        let mut allowed = Guard::never();
        let mut wrong = None;
        for statement in role.statements().filter(|statement| statement.effect == Effect::Allow) {
            if !is_about_connecting(statement) {
                continue;
            }
            let resources = &statement.resources;
            if resources.open || resources.negated {
                allowed = allowed.or(&statement.when);
            }
            for element in &resources.items {
                match Self::other_thing(world, role, &element.text) {
                    Some(what) => wrong = wrong.or(Some((element.span, what))),
                    None => allowed = allowed.or(&element.when.and(&statement.when)),
                }
            }
        }
        (allowed, wrong)
    }

    /// What a resource of a statement is, when it certainly is not a user of the proxy.
    fn other_thing(world: &World, role: &Role, text: &Text) -> Option<String> {
        let start = text.known_prefix();
        let mut names = text.symbols().filter(|symbol| {
            symbol.scope == role.resource.source && matches!(symbol.kind, SymbolKind::Name | SymbolKind::Attribute)
        });
        let named = |name: &str| world.resource(role.resource, name.split('.').next()?);
        if let Some(symbol) = text.as_symbol() {
            let found = names.next().and_then(|symbol| named(&symbol.name));
            let is_arn =
                symbol.name.ends_with("Arn") && found.is_some_and(|found| found.kind.starts_with("AWS::RDS::"));
            return is_arn
                .then(|| format!("`{symbol}`, an ARN of `rds` where `rds-db` has its own", symbol = symbol.name));
        }
        if start.starts_with("arn:") && start.split(':').nth(2).is_some_and(|service| service == "rds") {
            return Some("an ARN of `rds`, where `rds-db` has its own".to_owned());
        }
        let (_, user) = text.around(":dbuser:")?;
        let id = user.known_prefix();
        if id.starts_with("cluster-") || id.starts_with("db-") {
            return Some(format!("`{id}`, which is a database"));
        }
        let symbol = names.find(|symbol| user.symbols().next().is_some_and(|first| first == *symbol))?;
        let found = named(&symbol.name)?;
        let database = found.is("AWS::RDS::DBCluster") || found.is("AWS::RDS::DBInstance");
        let by_name = found.is(PROXY) && matches!(symbol.kind, SymbolKind::Name);
        if database && user.known_prefix().is_empty() {
            Some(format!("the database `{}`", found.called()))
        } else if by_name && user.known_prefix().is_empty() {
            Some(format!("the name of `{}`, and not its id", found.called()))
        } else {
            None
        }
    }

    /// Security groups that do not let the function in.
    fn kept_out(&self, world: &World, firewall: &Firewall, out: &mut Findings) {
        let own = Firewall::groups(world, self.function.resource, "VpcConfig.SecurityGroupIds");
        let its = Firewall::groups(world, self.proxy, "VpcSecurityGroupIds");
        let (Some(own), Some(its)) = (own, its) else { return };
        let Some(group) = its.first() else { return };
        if firewall.may_reach(&own, &its) {
            return;
        }
        let (name, proxy) = (self.function.address(), self.proxy.called());
        let message = format!("`{name}` cannot reach `{proxy}`, whose security group does not let it in");
        let mut finding = self.finding(message, &self.when).label(group.span, "no rule of it names the function's");
        if let Some(own) = own.first() {
            finding = finding.related(own.called()).help(format!(
                "let `{}` in: an ingress rule with `SourceSecurityGroupId: !GetAtt {}.GroupId` and the port of the database",
                own.called(),
                own.called()
            ));
        }
        out.push(finding.related(group.called()));
    }
}

/// Whether a statement names the right to connect.
fn is_about_connecting(statement: &Statement) -> bool {
    let named = statement.actions.items.iter().any(|action| !action_matches(&action.text, CONNECT).is_no());
    statement.actions.open || statement.actions.negated || named
}

/// The deployments in which a proxy takes nothing but tokens of IAM.
fn iam_required(proxy: &Resource) -> Guard {
    let (items, closed) = proxy.get("Auth").items(false);
    let scheme = proxy.get("DefaultAuthScheme").literals();
    let by_default = scheme.set().filter(|(scheme, ..)| *scheme == "IAM_AUTH");
    let by_default = by_default.fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
    if !closed || items.is_empty() {
        return if items.is_empty() && closed { by_default } else { Guard::never() };
    }
    items.iter().fold(proxy.when.clone(), |all, item| {
        let auth = item.get("IAMAuth").literals();
        let required = auth.set().filter(|(auth, ..)| *auth == "REQUIRED");
        all.and(&required.fold(Guard::never(), |guard, (_, _, when)| guard.or(when)))
    })
}

/// Secrets that a proxy's own role may not read.
fn unread_secrets(world: &World, proxy: &Resource, out: &mut Findings) {
    let arns = proxy.get("RoleArn").text();
    let role = arns.only().and_then(|arn| world.role_named(arn)).and_then(|role| world.role(role));
    let Some(role) = role.filter(|role| !role.open && !world.has_unseen_stacks()) else { return };
    for item in proxy.get("Auth").items(false).0 {
        let secrets = item.get("SecretArn").text();
        for (secret, span, when) in secrets.set() {
            let given = grant::grants(role.statements(), READ, secret, true);
            let given = given.iter().filter(|grant| !grant.answer.is_no());
            let given = given.fold(Guard::never(), |guard, grant| guard.or(&grant.when));
            let exists = when.and(&role.resource.when);
            let Some(when) = certainly(&exists, &given) else { continue };
            let message =
                format!("`{}` cannot log in to its database: its role may not read the secret", proxy.called());
            out.push(
                Finding::new(Grade::WARNING, span, message)
                    .label(role.resource.span, format!("allows no `{READ}` on it"))
                    .when(&when)
                    .related(proxy.called())
                    .related(&role.resource.address)
                    .help(format!("allow the role `{READ}` on the secret")),
            );
        }
    }
}

/// Databases whose security groups do not let the proxy in.
fn kept_from_database(world: &World, firewall: &Firewall, proxy: &Resource, out: &mut Findings) {
    let Some(own) = Firewall::groups(world, proxy, "VpcSecurityGroupIds") else { return };
    for target in world.of_kind("AWS::RDS::DBProxyTargetGroup") {
        let names = target.get("DBProxyName").text();
        let of_proxy = names.only().and_then(|name| declared(world, target, PROXY, name));
        if !of_proxy.is_some_and(|found| std::ptr::eq(found, proxy)) {
            continue;
        }
        for (list, kind, property) in [
            ("DBClusterIdentifiers", "AWS::RDS::DBCluster", "VpcSecurityGroupIds"),
            ("DBInstanceIdentifiers", "AWS::RDS::DBInstance", "VPCSecurityGroups"),
        ] {
            for item in target.get(list).items(false).0 {
                let ids = item.text();
                for (id, _, when) in ids.set() {
                    let Some(database) = declared(world, target, kind, id) else { continue };
                    let Some(groups) = Firewall::groups(world, database, property) else { continue };
                    let Some(group) = groups.first().filter(|_| !firewall.may_reach(&own, &groups)) else { continue };
                    let when = when.and(&proxy.when).and(&database.when);
                    if !when.is_possible() {
                        continue;
                    }
                    let (name, target) = (proxy.called(), database.called());
                    let message = format!("`{name}` cannot reach `{target}`, whose security group does not let it in");
                    out.push(
                        Finding::new(Grade::WARNING, proxy.span, message)
                            .label(group.span, "no rule of it names the proxy's")
                            .when(&when)
                            .related(name)
                            .related(target)
                            .related(group.called())
                            .help(
                                "add an ingress rule with the proxy's group as its source and the port of the database",
                            ),
                    );
                }
            }
        }
    }
}
