//! `vpc-single-az`: see `rules/network/vpc-single-az.md`.

use super::places::Places;
use crate::engine::{Finding, Findings, Grade};
use crate::model::network::{Listed, declared, lists};
use crate::model::{Resource, World};
use crate::source::Span;
use crate::value::{Guard, Text};

/// More subnets than this are not compared.
const SUBNETS: usize = 16;

pub(super) fn check(world: &World, out: &mut Findings) {
    let (mut alone, mut together) = (Places::default(), Places::default());
    for function in &world.application.functions {
        let function = function.resource;
        for list in lists(&function.get("VpcConfig.SubnetIds")) {
            if let Some((span, when)) = only_subnet(&list) {
                alone.add(span, &when, function);
            } else if let Some((span, when)) = one_zone(world, function, &list) {
                together.add(span, &when, function);
            }
        }
    }
    for place in alone.into_vec() {
        let (who, stand) = (place.subject(), place.verb("stands", "stand"));
        let message = format!("{who} {stand} still when one Availability Zone does: there is a single subnet");
        out.push(place.tell(Finding::new(Grade::WARNING, place.span, message).help(HELP)));
    }
    for place in together.into_vec() {
        let (who, stand) = (place.subject(), place.verb("stands", "stand"));
        let message = format!("{who} {stand} still when one Availability Zone does: all the subnets are in the same");
        out.push(place.tell(Finding::new(Grade::WARNING, place.span, message).help(HELP)));
    }
}

const HELP: &str = "name subnets in two Availability Zones";

/// The subnet that is certainly the only one, and in which deployments.
fn only_subnet(list: &Listed) -> Option<(Span, Guard)> {
    let is_one = |text: Option<&&Text>| text.is_none_or(|text| !text.is_empty() && !holds_several(text));
    if list.open || !list.items.iter().all(|item| item.text().every(is_one)) {
        return None;
    }
    let is_set = |item: &&crate::value::Value<&crate::value::Data>| item.every(|case| case.is_some());
    let mut always = list.items.iter().filter(is_set);
    let (first, second) = (always.next(), always.next());
    let first = first.or_else(|| list.items.first())?;
    if second.is_some() {
        return None;
    }
    let others = list.items.iter().filter(|item| !std::ptr::eq(*item, first));
    let mut when = others.fold(list.when.clone(), |when, other| when.and(&other.unset_when()));
    when = when.and(&first.unset_when().not());
    let (_, span, _) = first.set().next()?;
    Some((span, when))
}

/// Whether a text may be several subnets in one: joined by commas, or out of something that cannot be looked into.
fn holds_several(text: &Text) -> bool {
    text.literal_parts().any(|part| part.contains(','))
        || text.symbols().any(|symbol| symbol.name.starts_with("Fn::") && !symbol.name.starts_with("Fn::Select"))
}

/// The list, where all its subnets are declared in one Availability Zone.
fn one_zone(world: &World, function: &Resource, list: &Listed) -> Option<(Span, Guard)> {
    if list.open || list.items.len() < 2 || list.items.len() > SUBNETS {
        return None;
    }
    let mut first: Option<(Span, Text)> = None;
    for item in &list.items {
        let text = item.text();
        let subnet = declared(world, function, "AWS::EC2::Subnet", text.only()?)?;
        let zone = subnet.get("AvailabilityZone").text();
        let zone = *zone.only()?;
        match &first {
            None => first = Some((item.span(), zone.clone())),
            Some((_, other)) if other.equals(zone).is_yes() => {}
            Some(_) => return None,
        }
    }
    first.map(|(span, _)| (span, list.when.clone()))
}
