//! Whose rights are a function's: the statements that rules about execution roles look at.

use super::policy::{DocumentKind, Effect, Element, Policy, Statement};
use crate::engine::{Address, Finding};
use crate::model::{Function, Role, World};
use crate::source::Span;
use crate::value::{Answer, Guard, Text};
use rustc_hash::FxHashMap;

/// A statement that grants something to functions, with everybody who has it. A statement of a policy that is attached to several
/// roles is one subject.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// The roles that have it.
    pub roles: Vec<&'a Role<'a>>,
    /// The functions that use those roles.
    pub functions: Vec<&'a Function<'a>>,
    /// The deployments in which somebody has it.
    pub when: Guard,
}

/// One literal that an element can be, as [`readings`] gives it.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The text: a literal unless parts of it are not known.
    pub text: Text,
    /// Where it is written: at a parameter's default, if that is where it comes from.
    pub span: Span,
    /// The deployments in which the element is this.
    pub when: Guard,
    /// Whether a deployer may choose something else (a default without allowed values).
    pub may_differ: bool,
}

/// More refusals of a role are not looked at, for each statement asks for all of them. No real role has as many.
const MOST_REFUSALS: usize = 200;

/// The texts that an element can be.
#[must_use]
pub fn readings(element: &Element) -> Vec<Reading> {
    let literals = element.text.literals(element.span);
    if literals.cases().is_empty() {
        let (text, span, when) = (element.text.clone(), element.span, element.when.clone());
        return vec![Reading { text, span, when, may_differ: false }];
    }
    let may_differ = !literals.is_exhaustive();
    literals
        .set()
        .map(|(literal, span, when)| Reading {
            text: Text::literal(literal.as_str()),
            span,
            when: element.when.and(when),
            may_differ,
        })
        .filter(|reading| reading.when.is_possible())
        .collect()
}

/// The `Allow` statements of all roles in scope, those of one document one after the other.
///
/// In scope is a role that a function of the world uses, or that lets Lambda assume it.
#[must_use]
pub fn subjects<'a>(world: &'a World<'_>) -> Vec<Subject<'a>> {
    let mut subjects: Vec<Subject<'a>> = Vec::new();
    let mut seen: FxHashMap<(Span, usize), usize> = FxHashMap::default();
    for role in &world.application.roles {
        for (index, subject) in numbered(world, role) {
            let known = seen.entry((subject.statement.span, index)).or_insert(subjects.len());
            if let Some(known) = subjects.get_mut(*known) {
                known.when = known.when.or(&subject.when);
                known.roles.push(role);
                for function in &subject.functions {
                    if !known.functions.iter().any(|known| known.id == function.id) {
                        known.functions.push(function);
                    }
                }
            } else {
                subjects.push(subject);
            }
        }
    }
    subjects
}

/// The `Allow` statements of one role; none when it is not in scope.
#[must_use]
pub fn subjects_of<'a>(world: &'a World<'_>, role: &'a Role<'a>) -> Vec<Subject<'a>> {
    numbered(world, role).map(|(_, subject)| subject).collect()
}

/// The `Allow` statements of a role, each with its place in its policy.
fn numbered<'a>(world: &'a World<'_>, role: &'a Role<'a>) -> impl Iterator<Item = (usize, Subject<'a>)> {
    let (functions, scope) = users(world, role);
    let statements = role.policies.iter().flat_map(|policy| policy.statements.iter().enumerate());
    statements.filter(|(_, statement)| statement.effect == Effect::Allow).filter_map(move |(index, statement)| {
        let when = statement.when.and(&scope);
        let subject = || Subject { statement, roles: vec![role], functions: functions.clone(), when: when.clone() };
        when.is_possible().then(|| (index, subject()))
    })
}

/// The functions that use a role, and the deployments in which it is a function's.
fn users<'a>(world: &'a World<'_>, role: &Role<'_>) -> (Vec<&'a Function<'a>>, Guard) {
    let mut scope = role.trust.as_ref().map_or_else(Guard::never, trusts_lambda);
    let mut functions = Vec::new();
    for id in &role.functions {
        let Some(function) = world.function(*id) else { continue };
        let function: &'a Function<'a> = function;
        for (_, when) in function.roles.iter().filter(|(used, _)| *used == role.id) {
            scope = scope.or(when);
        }
        functions.push(function);
    }
    (functions, scope.and(&role.resource.when))
}

/// The deployments in which a trust policy lets Lambda assume the role.
#[must_use]
pub fn trusts_lambda(trust: &Policy) -> Guard {
    let lambda = Text::literal("lambda.amazonaws.com");
    let allow =
        trust.statements.iter().filter(|statement| statement.effect == Effect::Allow && !statement.not_principal);
    allow
        .flat_map(|statement| statement.principals.iter().map(move |principal| (statement, principal)))
        .filter(|(_, principal)| &*principal.kind == "Service" && principal.text.equals(&lambda).is_yes())
        .fold(Guard::never(), |guard, (statement, principal)| guard.or(&statement.when.and(&principal.when)))
}

impl<'a> Subject<'a> {
    /// The name of the AWS managed policy that the statement is part of.
    #[must_use]
    pub fn managed(&self) -> Option<&'a str> {
        let document = &self.statement.document;
        (document.kind == DocumentKind::AwsManaged).then_some(&*document.name)
    }

    /// Whether the user wrote the statement itself, and not only the name of something that holds it (a managed policy, a SAM policy
    /// template): then its elements have bytes of their own.
    #[must_use]
    pub fn is_written(&self) -> bool {
        let mut elements = self.statement.actions.items.iter().chain(&self.statement.resources.items);
        self.managed().is_none() && elements.any(|element| element.span != self.statement.span)
    }

    /// The bytes that findings about this statement have as their cause.
    #[must_use]
    pub fn cause(&self) -> Span {
        self.statement.span
    }

    /// Whether each of the roles certainly has a permissions boundary, or may have one.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.roles.iter().all(|role| role.bounded)
    }

    /// Who has the statement, as the subject of a sentence.
    #[must_use]
    pub fn who(&self) -> String {
        let of_functions = |names: &[&Function]| match names {
            [one] => Some(format!("`{}`", one.address())),
            [one, two] => Some(format!("`{}` and `{}`", one.address(), two.address())),
            [one, two, rest @ ..] => {
                let functions = if rest.len() == 1 { "function" } else { "functions" };
                Some(format!("`{}`, `{}` and {} more {functions}", one.address(), two.address(), rest.len()))
            }
            [] => None,
        };
        of_functions(&self.functions).unwrap_or_else(|| {
            let role = self.roles.first().map_or("", |role| &role.resource.address);
            format!("the role `{role}`")
        })
    }

    /// Adds everybody who has the statement to a finding, and the cause.
    #[must_use]
    pub fn relate(&self, finding: Finding) -> Finding {
        let functions = self.functions.iter().map(|function| function.address());
        let roles = self.roles.iter().map(|role| &role.resource.address);
        let holder: &Address = &self.statement.document.address;
        let addresses = functions.chain(roles).chain([holder]);
        addresses.fold(finding, Finding::related).cause(self.cause())
    }

    /// The refusals of `role` that hold without a condition, whatever the resource, wherever `when` does.
    #[must_use]
    pub fn refusals(role: &'a Role<'a>, when: &Guard) -> Vec<&'a Statement> {
        let everything = Text::literal("*").pattern();
        role.statements()
            .filter(|statement| statement.effect == Effect::Deny && statement.is_unconditional())
            .filter(|statement| !statement.resources.negated)
            .take(MOST_REFUSALS)
            .filter(|statement| {
                let mut resources = statement.resources.items.iter();
                resources.any(|element| {
                    element.text.pattern().covers(&everything).is_yes()
                        && !when.and(&statement.when.and(&element.when).not()).is_possible()
                })
            })
            .collect()
    }
}

/// Whether a refusal certainly takes in this action, wherever `when` holds.
#[must_use]
pub fn refuses(refusal: &Statement, action: &str, when: &Guard) -> bool {
    let applies = |element: &&Element| !when.and(&element.when.not()).is_possible();
    if refusal.actions.negated {
        // An exception that may be made spares the action.
        return !refusal.actions.open
            && refusal.actions.items.iter().all(|element| super::action_matches(&element.text, action) == Answer::No);
    }
    let mut certain = refusal.actions.items.iter().filter(applies);
    certain.any(|element| super::action_matches(&element.text, action).is_yes())
}
