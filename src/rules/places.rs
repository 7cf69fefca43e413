//! What is wrong at one place for several resources: SAM's globals set the properties of many functions.

use crate::engine::Finding;
use crate::model::Resource;
use crate::source::Span;
use crate::value::Guard;
use rustc_hash::FxHashMap;

/// How many of the resources are pointed at.
const LABELS: usize = 3;

/// A place, and the resources that have what is written there.
pub(super) struct Place<'a> {
    /// Where.
    pub(super) span: Span,
    /// In which deployments.
    pub(super) when: Guard,
    users: Vec<&'a Resource>,
}

/// Places, in the order in which they were met.
#[derive(Default)]
pub(super) struct Places<'a> {
    list: Vec<Place<'a>>,
    known: FxHashMap<Span, usize>,
}

impl<'a> Places<'a> {
    /// Adds a resource to a place. Where it holds in no deployment, nothing is added.
    pub(super) fn add(&mut self, span: Span, when: &Guard, user: &'a Resource) {
        if !when.is_possible() || when.is_rounded() {
            return;
        }
        let index = *self.known.entry(span).or_insert(self.list.len());
        match self.list.get_mut(index) {
            Some(place) => {
                place.when = place.when.or(when);
                if !place.users.last().is_some_and(|user_before| std::ptr::eq(*user_before, user)) {
                    place.users.push(user);
                }
            }
            None => self.list.push(Place { span, when: when.clone(), users: vec![user] }),
        }
    }

    /// The places.
    pub(super) fn into_vec(self) -> Vec<Place<'a>> {
        self.list
    }
}

impl Place<'_> {
    /// The resources in words: "`A`", "`A` and `B`", "`A` and 3 others".
    pub(super) fn subject(&self) -> String {
        match self.users.as_slice() {
            [] => String::new(),
            [one] => format!("`{}`", one.called()),
            [one, two] => format!("`{}` and `{}`", one.called(), two.called()),
            [first, rest @ ..] => format!("`{}` and {} others", first.called(), rest.len()),
        }
    }

    /// The word that fits the number of resources.
    pub(super) fn verb<'w>(&self, one: &'w str, several: &'w str) -> &'w str {
        if self.users.len() == 1 { one } else { several }
    }

    /// Names the resources in a finding about this place, and labels the first of those that stand elsewhere.
    pub(super) fn tell(&self, mut finding: Finding) -> Finding {
        let mut labels = 0;
        for user in &self.users {
            finding = finding.related(user.called());
            if labels < LABELS && !user.body.contains(self.span) && user.span != self.span {
                finding = finding.label(user.span, "for this function");
                labels += 1;
            }
        }
        finding.when(&self.when)
    }
}
