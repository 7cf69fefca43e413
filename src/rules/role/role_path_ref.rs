//! `role-path-ref`: see `rules/role/role-path-ref.md`.

use crate::engine::{Applicability, Finding, Findings, Fix, Grade};
use crate::fix::{self, Expression};
use crate::model::{Function, Role, World};
use crate::source::Span;
use crate::value::{Guard, SymbolKind, Text};
use crate::wiring::arn::Arn;
use rustc_hash::FxHashMap;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut by_name: FxHashMap<Text, &Role> = FxHashMap::default();
    for role in &world.application.roles {
        by_name.entry(role.resource.names.name.canonical()).or_insert(role);
    }
    for function in &world.application.functions {
        let values = function.resource.get("Role").text();
        for (text, span, when) in values.set() {
            let wrong = by_a_name(world, function, text, &by_name).or_else(|| by_another_path(text, &by_name));
            if let Some(wrong) = wrong {
                report(world, function, &wrong, span, when, out);
            }
        }
    }
}

/// What stands for a role and is not its ARN.
struct Wrong<'a> {
    /// The role that is meant, where the world declares it.
    role: Option<&'a Role<'a>>,
    /// Why it fails, after "`Fn` is not created: ".
    why: String,
    here: &'static str,
    /// Whether it is so only where the role exists.
    with_role: bool,
}

/// A name or an id where the ARN has to be.
fn by_a_name<'a>(
    world: &'a World<'_>,
    function: &Function,
    text: &Text,
    by_name: &FxHashMap<Text, &'a Role<'a>>,
) -> Option<Wrong<'a>> {
    let symbol = text.as_symbol();
    let named = by_name.get(&text.canonical()).copied();
    if let Some(role) = named.filter(|_| symbol.is_some_and(|symbol| matches!(symbol.kind, SymbolKind::Name))) {
        let why = format!("the name of `{}` stands for its ARN", role.resource.address);
        return Some(Wrong { role: Some(role), why, here: "gives the name", with_role: false });
    }
    if let Some((id, "RoleId")) = symbol.and_then(|symbol| symbol.name.split_once('.')) {
        let declared = world.resource(function.resource, id).filter(|resource| resource.is("AWS::IAM::Role"))?;
        let role = by_name.get(&declared.names.name.canonical()).copied()?;
        let why = format!("the id of `{id}` stands for its ARN");
        return Some(Wrong { role: Some(role), why, here: "gives the id", with_role: false });
    }
    // The characters of a role's name, after its path if there is one.
    let literal = text.as_literal()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
    if literal.is_empty() || !literal.chars().all(is_name) {
        return None;
    }
    let by_id = || world.application.roles.iter().find(|role| &*role.resource.address == literal);
    let role = named.or_else(by_id).filter(|role| role.resource.source == function.resource.source);
    let why = format!("`{literal}` is not the ARN of a role");
    Some(Wrong { role, why, here: "a name", with_role: false })
}

/// An ARN that is put together from the role's name, without its path or with another.
fn by_another_path<'a>(text: &Text, by_name: &FxHashMap<Text, &'a Role<'a>>) -> Option<Wrong<'a>> {
    let given = Arn::parse(text).filter(|arn| arn.service.as_literal() == Some("iam"))?;
    let parts = given.resource.split("/")?;
    let name = parts.last().filter(|_| parts.len() > 1)?;
    let role = by_name.get(&name.canonical()).copied()?;
    let own = role.resource.names.arn.as_ref().and_then(Arn::parse)?;
    if !own.account.equals(&given.account).is_yes() || !own.resource.equals(&given.resource).is_no() {
        return None;
    }
    let path = role.resource.get("Path").text();
    let written = path.only().map(|path| format!("`{path}`"));
    let why = match written {
        Some(path) => format!("this is not the ARN of `{}`, whose path is {path}", role.resource.address),
        None => format!("this is not the ARN of `{}`, which has no path", role.resource.address),
    };
    Some(Wrong { role: Some(role), why, here: "no role has this ARN", with_role: true })
}

fn report(world: &World, function: &Function, wrong: &Wrong, span: Span, when: &Guard, out: &mut Findings) {
    let when = match wrong.role {
        Some(role) if wrong.with_role => when.and(&role.resource.when),
        _ => when.clone(),
    };
    if !when.is_possible() {
        return;
    }
    let message = format!("`{}` is not created: {}", function.address(), wrong.why);
    let mut finding =
        Finding::new(Grade::ERROR, span, message).here(wrong.here).when(&when).related(function.address());
    finding = match wrong.role {
        None => finding.help("write the whole ARN: `arn:aws:iam::ACCOUNT:role/NAME`"),
        Some(role) => {
            let id = &role.resource.address;
            let arn = Expression::Attribute(id.as_ref().into(), "Arn".into());
            // What a parameter's default or a template's `Globals` says may stand for more than this function.
            let beside = role.resource.source == function.resource.source;
            let edit = fix::replace(world, span, &arn).filter(|_| beside && role.resource.origin.is_written());
            if span != role.resource.span {
                finding = finding.label(role.resource.span, "the role");
            }
            finding.fix = edit.map(|edit| Fix {
                title: format!("Use the ARN of `{id}`"),
                applicability: Applicability::Safe,
                edits: vec![edit],
            });
            finding.related(id).help(format!("write `!GetAtt {id}.Arn`"))
        }
    };
    out.push(finding);
}
