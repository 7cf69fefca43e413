//! Where the subnets of a template lead: route tables, internet gateways, VPC endpoints.

use super::{declared, given_out, lists};
use crate::data::vpc_endpoints::Service;
use crate::model::{Resource, World};
use crate::source::{SourceId, Span};
use crate::value::{Data, Guard, Piece, Text, Value};
use rustc_hash::{FxHashMap, FxHashSet};

const VPC: &str = "AWS::EC2::VPC";
const SUBNET: &str = "AWS::EC2::Subnet";
const TABLE: &str = "AWS::EC2::RouteTable";
const GATEWAY: &str = "AWS::EC2::InternetGateway";

/// More subnets of a function than this are not looked at: Lambda takes as many.
const SUBNETS: usize = 16;
/// Nor are more routes of a table, nor more endpoints.
const ROUTES: usize = 200;

/// The routes and endpoints that a template declares.
#[derive(Debug)]
pub struct Routes<'a> {
    /// By subnet: its route tables; `None` for one that is not declared.
    tables: FxHashMap<Span, Vec<(Option<&'a Resource>, Guard)>>,
    /// By route table.
    by_table: FxHashMap<Span, Vec<Route<'a>>>,
    endpoints: Vec<Endpoint<'a>>,
    /// Whether there may be routes that are not seen.
    open: bool,
    /// What somebody else may add endpoints or routes to.
    shared: FxHashSet<(SourceId, &'a str)>,
}

#[derive(Debug)]
struct Route<'a> {
    resource: &'a Resource,
    /// The deployments in which it leads everything to an internet gateway.
    internet: Guard,
}

#[derive(Debug)]
struct Endpoint<'a> {
    /// Its VPC; `None` where that cannot be told.
    vpc: Option<&'a Resource>,
    service: Option<Text>,
    when: Guard,
}

/// A subnet of a function out of which nothing leads that the function could take.
#[derive(Debug)]
pub struct DeadEnd<'a> {
    /// The subnet.
    pub subnet: &'a Resource,
    /// Where the function names it.
    pub span: Span,
    /// The route to an internet gateway, which takes only who has a public address; `None` where there is no route at all.
    pub route: Option<&'a Resource>,
    /// In which deployments.
    pub when: Guard,
    /// Whether all that its VPC is served by is seen: no endpoints of another stack, no routes into another network.
    pub endpoints_seen: bool,
    /// Whether its routes lead into other networks (a peer, a transit gateway), of which nothing is known.
    pub leads_elsewhere: bool,
    vpc: Option<&'a Resource>,
}

impl<'a> Routes<'a> {
    /// The routes of a world; `None` where it declares no subnets.
    #[must_use]
    pub fn of(world: &World<'a>) -> Option<Self> {
        world.of_kind(SUBNET).next()?;
        let mut routes = Self {
            tables: FxHashMap::default(),
            by_table: FxHashMap::default(),
            endpoints: Vec::new(),
            open: world.open || world.has_unseen_stacks(),
            shared: given_out(world),
        };
        for resource in &world.resources {
            match &*resource.kind {
                "AWS::EC2::SubnetRouteTableAssociation" => routes.associate(world, resource),
                "AWS::EC2::Route" => routes.route(world, resource),
                "AWS::EC2::VPCEndpoint" if routes.endpoints.len() < ROUTES => {
                    let (vpc, service) = (resource.get("VpcId").text(), resource.get("ServiceName").text());
                    let vpc = vpc.only().and_then(|vpc| declared(world, resource, VPC, vpc));
                    let service = service.only().map(|service| (*service).clone());
                    routes.endpoints.push(Endpoint { vpc, service, when: resource.when.clone() });
                }
                // Routes that come by themselves.
                "AWS::EC2::VPNGatewayRoutePropagation" => routes.open = true,
                kind if resource.is_custom() || kind.ends_with("::MODULE") => {
                    let named = resource.references.iter().map(|reference| (resource.source, &*reference.to));
                    routes.shared.extend(named);
                }
                _ => {}
            }
        }
        Some(routes)
    }

    fn associate(&mut self, world: &World<'a>, association: &'a Resource) {
        let (subnets, tables) = (association.get("SubnetId").text(), association.get("RouteTableId").text());
        self.open |= !subnets.is_exhaustive();
        for (subnet, _, when) in subnets.set() {
            let Some(subnet) = declared(world, association, SUBNET, subnet) else { continue };
            let known = self.tables.entry(subnet.span).or_default();
            if !tables.is_exhaustive() {
                known.push((None, when.clone()));
            }
            for (table, _, table_when) in tables.set() {
                known.push((declared(world, association, TABLE, table), when.and(table_when)));
            }
        }
    }

    fn route(&mut self, world: &World<'a>, route: &'a Resource) {
        let tables = route.get("RouteTableId").text();
        self.open |= !tables.is_exhaustive();
        let everything = route.get("DestinationCidrBlock").literals();
        let everything = everything.set().filter(|(block, ..)| *block == "0.0.0.0/0");
        let everything = everything.fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
        let gateways = route.get("GatewayId").text();
        let gateways = gateways.set().filter(|(gateway, ..)| {
            gateway.known_prefix().starts_with("igw-") || declared(world, route, GATEWAY, gateway).is_some()
        });
        let internet = gateways.fold(Guard::never(), |guard, (_, _, when)| guard.or(when)).and(&everything);
        for (table, _, when) in tables.set() {
            if let Some(table) = declared(world, route, TABLE, table) {
                let internet = internet.and(when);
                self.by_table.entry(table.span).or_default().push(Route { resource: route, internet });
            }
        }
    }

    /// The subnets of a function that it cannot get out of, by IPv4: those with an internet gateway, as a function has
    /// no public address, and those with no route at all.
    #[must_use]
    pub fn dead_ends(&self, world: &World<'a>, function: &Resource) -> Vec<DeadEnd<'a>> {
        // An address of IPv6 is public.
        if !function.get("VpcConfig.Ipv6AllowedForDualStack").is_unset() {
            return Vec::new();
        }
        self.dead_ends_among(world, function, &function.get("VpcConfig.SubnetIds"))
    }

    /// The same among a list of subnets that some resource has.
    #[must_use]
    pub fn dead_ends_among(&self, world: &World<'a>, holder: &Resource, subnets: &Value<&Data>) -> Vec<DeadEnd<'a>> {
        let mut out = Vec::new();
        for list in lists(subnets) {
            for item in list.items.iter().take(SUBNETS) {
                for (id, span, when) in item.text().set() {
                    self.dead_ends_at(world, holder, id, span, when, &mut out);
                }
            }
        }
        out
    }

    /// The same of one subnet that some resource names.
    pub fn dead_ends_at(
        &self,
        world: &World<'a>,
        holder: &Resource,
        id: &Text,
        span: Span,
        when: &Guard,
        out: &mut Vec<DeadEnd<'a>>,
    ) {
        if let Some(subnet) = declared(world, holder, SUBNET, id) {
            self.look(world, subnet, span, &when.and(&holder.when), out);
        }
    }

    fn look(&self, world: &World<'a>, subnet: &'a Resource, span: Span, when: &Guard, out: &mut Vec<DeadEnd<'a>>) {
        let when = when.and(&subnet.when);
        let vpc = subnet.get("VpcId").text();
        let vpc = vpc.only().and_then(|vpc| declared(world, subnet, VPC, vpc));
        let is_own = |resource: &Resource| !self.shared.contains(&(resource.source, &*resource.address));
        let endpoints_seen = !self.open && vpc.is_some_and(is_own);
        let mut add = |route: Option<&'a Resource>, leads_elsewhere: bool, when: &Guard| {
            if when.is_possible() && !when.is_rounded() {
                let endpoints_seen = endpoints_seen && !leads_elsewhere;
                out.push(DeadEnd { subnet, span, route, when: when.clone(), endpoints_seen, leads_elsewhere, vpc });
            }
        };
        let tables = self.tables.get(&subnet.span).map(Vec::as_slice).unwrap_or_default();
        let mut unassociated = when.clone();
        for (table, table_when) in tables.iter().take(SUBNETS) {
            unassociated = unassociated.and(&table_when.not());
            let Some(table) = table else { continue };
            let mut closed = when.and(table_when);
            let routes = self.by_table.get(&table.span).map(Vec::as_slice).unwrap_or_default();
            if routes.len() > ROUTES {
                continue;
            }
            let leads_elsewhere = routes.iter().any(|route| !route.internet.is_possible());
            for route in routes {
                closed = closed.and(&route.resource.when.not());
                add(Some(route.resource), leads_elsewhere, &when.and(table_when).and(&route.internet));
            }
            if endpoints_seen && is_own(table) {
                add(None, false, &closed);
            }
        }
        // The main route table of a VPC that is made here has no routes but the local one.
        if endpoints_seen && is_own(subnet) {
            add(None, false, &unassociated);
        }
    }

    /// The deployments in which an endpoint in the VPC of a dead end may serve this.
    #[must_use]
    pub fn served(&self, end: &DeadEnd, service: &Service) -> Guard {
        let serves = |endpoint: &&Endpoint| {
            let here = match (endpoint.vpc, end.vpc) {
                (Some(one), Some(other)) => std::ptr::eq(one, other),
                _ => true,
            };
            here && endpoint.service.as_ref().is_none_or(|name| match name.pieces().last() {
                Some(Piece::Literal(last)) => service
                    .endpoints
                    .iter()
                    .any(|endpoint| last.strip_suffix(endpoint).is_some_and(|before| before.ends_with('.'))),
                _ => true,
            })
        };
        self.endpoints.iter().filter(serves).fold(Guard::never(), |guard, endpoint| guard.or(&endpoint.when))
    }

    /// Whether the VPC of a dead end has endpoints of any kind.
    #[must_use]
    pub fn has_endpoints(&self, end: &DeadEnd) -> bool {
        self.endpoints.iter().any(|endpoint| match (endpoint.vpc, end.vpc) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            _ => true,
        })
    }
}
