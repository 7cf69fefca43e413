//! Which ways to more rights the statements of a role open, taken together.

use crate::data::escalation::{DEFUSING_KEYS, GAINS, Gain, TAKERS, Taker};
use crate::data::iam_actions;
use crate::iam::{Condition, Effect, Reading, Statement, Subject, Width, readings, width};
use crate::model::{Role, RoleId, World};
use crate::value::{Answer, Guard, Text};
use crate::wiring::arn::Arn;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

const PASS_ROLE: &str = "iam:PassRole";

/// Grants of one action that are tried together with others.
const TRIED: usize = 6;
/// Elements of one statement that are looked at for one action: the others say the same again.
const SAID: usize = 3;
/// Places at which one action is looked at in one role.
const PLACES: usize = 64;
/// A role that is refused more often than this is left alone.
const REFUSALS: usize = 500;

/// An action of the tables that an element of a statement grants.
pub(super) struct Granted<'a> {
    /// The statement, with everybody who has it.
    pub(super) subject: &'a Subject<'a>,
    /// The action.
    pub(super) action: &'static str,
    /// The element that grants it.
    pub(super) element: Reading,
}

/// An action that a role certainly may use on some resource.
#[derive(Clone)]
pub(super) struct Step<'a> {
    /// The statement, with everybody who has it.
    pub(super) subject: &'a Subject<'a>,
    /// The action.
    pub(super) action: &'static str,
    /// The element that grants it.
    pub(super) element: Reading,
    /// The element that says on what.
    pub(super) resource: Reading,
    /// Whether a condition limits it.
    pub(super) narrowed: bool,
    /// The deployments in which all of this holds.
    pub(super) when: Guard,
}

/// A way that is open.
pub(super) struct Open<'a> {
    /// What it is.
    pub(super) way: Way<'a>,
    /// What it takes, in the order of the story.
    pub(super) steps: Vec<Step<'a>>,
    /// Whether a condition limits something that it needs.
    pub(super) narrowed: bool,
    /// In which deployments.
    pub(super) when: Guard,
}

/// What kind of way it is.
pub(super) enum Way<'a> {
    /// Single actions are enough.
    Gain(&'static Gain),
    /// A role is passed to something.
    Pass {
        /// Which roles.
        roles: Passed<'a>,
        /// The services that the condition leaves, as the user spells them; none where there is no condition.
        services: Vec<String>,
        /// To what.
        takers: Vec<&'static Taker>,
    },
}

/// The roles that may be passed.
pub(super) enum Passed<'a> {
    /// Whatever there is.
    Any,
    /// One of the template's that may do everything.
    Admin(&'a Role<'a>),
}

/// What a statement grants of what the tables speak of.
pub(super) fn granted<'a>(subject: &'a Subject<'a>) -> Vec<Granted<'a>> {
    let statement = subject.statement;
    // "Everything but" is a rule of its own: `role-not-action`.
    if statement.actions.negated || statement.resources.negated || is_defused(statement) {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut said: FxHashMap<&str, usize> = FxHashMap::default();
    for element in statement.actions.items.iter().flat_map(readings) {
        let Some(pattern) = element.text.as_literal() else { continue };
        for action in actions().filter(|action| iam_actions::glob_matches(pattern, action)) {
            let times = said.entry(action).or_default();
            *times += 1;
            if *times <= SAID {
                out.push(Granted { subject, action, element: element.clone() });
            }
        }
    }
    out
}

/// The actions of the tables, each once.
fn actions() -> impl Iterator<Item = &'static str> {
    static ACTIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let of_takers = TAKERS.iter().flat_map(|taker| taker.needs.iter().copied().flatten());
        let of_gains = GAINS.iter().flat_map(|gain| gain.actions);
        let mut all: Vec<&str> = std::iter::once(&PASS_ROLE).chain(of_takers).chain(of_gains).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    });
    ACTIONS.iter().copied()
}

fn is_defused(statement: &Statement) -> bool {
    let defuses = |key: &str| DEFUSING_KEYS.iter().any(|known| known.eq_ignore_ascii_case(key));
    statement.conditions.iter().any(|condition| defuses(&condition.key) && condition.narrows())
}

/// The ways that a role's statements open, the gravest first. `granted` is what they grant of the tables, `admins` the
/// roles that may do everything.
pub(super) fn open<'a>(
    world: &'a World<'a>,
    role: &'a Role<'a>,
    granted: &[Granted<'a>],
    admins: &FxHashSet<RoleId>,
) -> Vec<Open<'a>> {
    let denies = |statement: &&Statement| statement.effect == Effect::Deny && statement.is_unconditional();
    let refusals: Vec<&Statement> = role.statements().filter(denies).collect();
    if refusals.len() > REFUSALS {
        return Vec::new();
    }
    let mut by_action: FxHashMap<&'static str, Vec<&Granted<'a>>> = FxHashMap::default();
    for granted in granted {
        by_action.entry(granted.action).or_default().push(granted);
    }
    let holder = Holder { world, role, by_action, admins, refusals };
    let gains = |of_iam: bool| {
        let of_service = move |gain: &&Gain| gain.actions.iter().all(|action| action.starts_with("iam:")) == of_iam;
        GAINS.iter().filter(of_service).filter_map(|gain| holder.gain(gain))
    };
    gains(true).chain(holder.passes()).chain(gains(false)).collect()
}

struct Holder<'a, 'b> {
    world: &'a World<'a>,
    role: &'a Role<'a>,
    by_action: FxHashMap<&'static str, Vec<&'b Granted<'a>>>,
    admins: &'b FxHashSet<RoleId>,
    refusals: Vec<&'a Statement>,
}

impl<'a> Holder<'a, '_> {
    /// The ways in which the role may use an action on resources that satisfy `on`; those without a condition first.
    fn steps(&self, action: &str, on: impl Fn(&Reading, &Width) -> bool) -> Vec<Step<'a>> {
        let of_action = self.by_action.get(action).into_iter().flatten();
        let places = of_action.flat_map(|granted| {
            let resources = granted.subject.statement.resources.items.iter().flat_map(readings);
            resources.filter(|resource| on(resource, &width(&resource.text))).map(move |resource| (granted, resource))
        });
        let mut out = Vec::new();
        for (granted, resource) in places.take(PLACES) {
            let statement = granted.subject.statement;
            let when = granted.subject.when.and(&granted.element.when).and(&resource.when);
            if when.is_possible() && !self.refused(action, &resource.text, &when) {
                let narrowed = statement.may_be_narrowed();
                let (subject, element) = (granted.subject, granted.element.clone());
                out.push(Step { subject, action: granted.action, element, resource, narrowed, when });
            }
        }
        out.sort_by_key(|step| (step.narrowed, !step.when.is_always()));
        out
    }

    fn refused(&self, action: &str, resource: &Text, when: &Guard) -> bool {
        let refuses = |statement: &&Statement| {
            let mut all = statement.matches(action, resource, false).into_iter();
            all.any(|grant| grant.answer == Answer::Yes && when.implies(&grant.when))
        };
        self.refusals.iter().any(refuses)
    }

    fn gain(&self, gain: &'static Gain) -> Option<Open<'a>> {
        let own = self.role.resource.names.arn.as_ref().map(Text::pattern);
        let itself = |text: &Text| {
            let own = own.as_ref().filter(|_| gain.on_itself);
            own.is_some_and(|own| text.pattern().covers(own).is_yes())
        };
        let mut steps: Vec<Step<'a>> = Vec::new();
        for action in gain.actions {
            steps.extend(self.steps(action, |resource, width| is_every(action, width) || itself(&resource.text)));
        }
        // What is limited adds nothing to what is not.
        let narrowed = steps.iter().all(|step| step.narrowed);
        steps.retain(|step| step.narrowed == narrowed);
        let when = steps.iter().fold(Guard::never(), |guard, step| guard.or(&step.when));
        when.is_possible().then_some(Open { way: Way::Gain(gain), steps, narrowed, when })
    }

    /// The ways in which a role can be passed to something that the function starts; those without a condition first.
    fn passes(&self) -> Vec<Open<'a>> {
        let any = self.steps(PASS_ROLE, |_, width| is_every(PASS_ROLE, width));
        let any = any.into_iter().map(|step| (step, Passed::Any));
        let named = self.steps(PASS_ROLE, |resource, _| self.admin(&resource.text).is_some());
        let named = named.into_iter().filter_map(|step| {
            let role = self.admin(&step.resource.text)?;
            Some((step, Passed::Admin(role)))
        });
        let mut all: Vec<Open<'a>> =
            any.chain(named).take(TRIED).filter_map(|(step, roles)| self.pass_by(step, roles)).collect();
        all.sort_by_key(|open| open.narrowed);
        all
    }

    /// The role of the template that a text names, where it may do everything and this one is not it.
    fn admin(&self, resource: &Text) -> Option<&'a Role<'a>> {
        let id = self.world.role_named(resource).filter(|id| *id != self.role.id && self.admins.contains(id))?;
        self.world.role(id)
    }

    fn pass_by(&self, pass: Step<'a>, roles: Passed<'a>) -> Option<Open<'a>> {
        let services = Services::of(pass.subject.statement)?;
        let may_take = |taker: &&'static Taker| services.allow(taker);
        let mut takers: Vec<(&'static Taker, Vec<Step<'a>>, Guard)> = Vec::new();
        for taker in TAKERS.iter().filter(may_take) {
            let mut steps = Vec::new();
            if let Some(when) = self.complete(taker, &pass.when, &mut steps) {
                takers.push((taker, steps, when));
            }
        }
        let is_narrowed = |steps: &[Step]| steps.iter().any(|step| step.narrowed);
        let narrowed = takers.iter().all(|(_, steps, _)| is_narrowed(steps));
        takers.retain(|(_, steps, _)| is_narrowed(steps) == narrowed);
        let when = takers.iter().fold(Guard::never(), |guard, (_, _, when)| guard.or(when));
        let mut others = pass.subject.statement.conditions.iter().filter(|condition| !is_about_services(condition));
        let narrowed = narrowed || others.any(Condition::narrows);
        let mut all = vec![pass];
        all.extend(takers.iter().flat_map(|(_, steps, _)| steps.iter().cloned()));
        let takers: Vec<&Taker> = takers.into_iter().map(|(taker, ..)| taker).collect();
        let of_a_taker = |service: &String| takers.iter().any(|taker| is_of(taker, service));
        let services = services.only.into_iter().filter(of_a_taker).collect();
        let way = Way::Pass { roles, services, takers };
        when.is_possible().then_some(Open { way, steps: all, narrowed, when })
    }

    /// Finds what `taker` needs beyond what is in `steps`; the deployments in which all of it is there.
    fn complete(&self, taker: &'static Taker, when: &Guard, steps: &mut Vec<Step<'a>>) -> Option<Guard> {
        let Some(need) = taker.needs.get(steps.len()) else { return Some(when.clone()) };
        let mut candidates: Vec<Step<'a>> = Vec::new();
        for action in *need {
            candidates.extend(self.steps(action, |resource, width| may_concern(action, &resource.text, width)));
        }
        candidates.sort_by_key(|step| (step.narrowed, !step.when.is_always()));
        for step in candidates.into_iter().take(TRIED) {
            let both = when.and(&step.when);
            let same = |other: &Step| {
                let (left, right) = (step.resource.text.pattern(), other.resource.text.pattern());
                !taker.same || left.overlaps(&right).is_yes()
            };
            if both.is_possible() && steps.iter().all(same) {
                steps.push(step);
                let found = self.complete(taker, &both, steps);
                if found.is_some() {
                    return found;
                }
                steps.pop();
            }
        }
        None
    }
}

/// Whether what is written in `iam:PassedToService` is the service that takes the role.
fn is_of(taker: &Taker, service: &str) -> bool {
    taker.services.iter().any(|known| matches(service, known))
}

/// Whether what is written is a service's name, in whatever partition.
fn matches(written: &str, service: &str) -> bool {
    iam_actions::glob_matches(written, service) || iam_actions::glob_matches(written, &format!("{service}.cn"))
}

/// Whether a resource is all that an action is about.
fn is_every(action: &str, width: &Width) -> bool {
    iam_actions::action(action).is_some_and(|action| width.is_all_of(&action))
}

/// Whether an action can be used on a resource: one of its service.
fn may_concern(action: &str, resource: &Text, width: &Width) -> bool {
    let Some(action) = iam_actions::action(action) else { return false };
    if *width == Width::Everything {
        return true;
    }
    let service = Arn::parse(&resource.pattern()).map(|arn| arn.service);
    let same =
        service.as_ref().and_then(Text::as_literal).is_some_and(|name| name.eq_ignore_ascii_case(action.service));
    same && action.takes_resources()
}

fn is_about_services(condition: &Condition) -> bool {
    condition.key.eq_ignore_ascii_case("iam:PassedToService")
}

/// What a statement says of the services to which roles may be passed.
struct Services {
    /// To these alone; empty where it does not say.
    only: Vec<String>,
    /// Not to these.
    not: Vec<String>,
}

impl Services {
    /// `None` where it is not known.
    fn of(statement: &Statement) -> Option<Self> {
        let mut services = Self { only: Vec::new(), not: Vec::new() };
        for condition in statement.conditions.iter().filter(|condition| is_about_services(condition)) {
            let values = condition.values.items.iter().flat_map(readings).map(|value| value.text.canonical());
            let all: Vec<Option<String>> = values.map(|text| text.as_literal().map(str::to_owned)).collect();
            if condition.operator.to_ascii_lowercase().contains("not") {
                // What is excepted has to be known.
                services.not.extend(all.into_iter().collect::<Option<Vec<String>>>()?);
                if condition.values.open {
                    return None;
                }
            } else {
                services.only.extend(all.into_iter().flatten());
                if services.only.is_empty() {
                    return None;
                }
            }
        }
        (!statement.conditions_open).then_some(services)
    }

    fn allow(&self, taker: &Taker) -> bool {
        let spared = |known: &&&str| !self.not.iter().any(|service| matches(service, known));
        let mut left = taker.services.iter().filter(spared);
        left.any(|known| self.only.is_empty() || self.only.iter().any(|service| matches(service, known)))
    }
}
