//! A property is not a value but the cases it can take.

use super::Guard;
use crate::source::Span;

/// What the source says a property can be. Known: one case, exhaustive. Either/or: several. Unknown: not
/// exhaustive. A predicate only ever sees a concrete value or "not set": unknown is no case at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Value<T> {
    cases: Vec<Case<T>>,
    exhaustive: bool,
    span: Span,
}

/// One way a value can turn out.
#[derive(Clone, Debug, PartialEq)]
pub struct Case<T> {
    /// The value; `None`: not set (absent, null, `AWS::NoValue`).
    pub value: Option<T>,
    /// Where it is written.
    pub span: Span,
    /// The deployments in which it is this.
    pub when: Guard,
}

impl<T> Value<T> {
    /// Exactly this, always.
    #[must_use]
    pub fn known(value: T, span: Span) -> Self {
        Self { cases: vec![Case { value: Some(value), span, when: Guard::always() }], exhaustive: true, span }
    }

    /// Certainly not set.
    #[must_use]
    pub fn unset(span: Span) -> Self {
        Self { cases: vec![Case { value: None, span, when: Guard::always() }], exhaustive: true, span }
    }

    /// Nothing is known of it.
    #[must_use]
    pub fn unknown(span: Span) -> Self {
        Self { cases: Vec::new(), exhaustive: false, span }
    }

    /// These cases, and whether there can be no other. Cases that hold in no deployment are dropped.
    #[must_use]
    pub fn from_cases(cases: Vec<Case<T>>, exhaustive: bool, span: Span) -> Self {
        let cases = cases.into_iter().filter(|case| case.when.is_possible()).collect();
        Self { cases, exhaustive, span }
    }

    /// Where the property is written (its value as a whole).
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The known cases.
    #[must_use]
    pub fn cases(&self) -> &[Case<T>] {
        &self.cases
    }

    /// The known cases, by value.
    #[must_use]
    pub fn into_cases(self) -> Vec<Case<T>> {
        self.cases
    }

    /// Whether the cases are all that there can be.
    #[must_use]
    pub fn is_exhaustive(&self) -> bool {
        self.exhaustive
    }

    /// The cases in which it is set.
    pub fn set(&self) -> impl Iterator<Item = (&T, Span, &Guard)> {
        self.cases.iter().filter_map(|case| case.value.as_ref().map(|value| (value, case.span, &case.when)))
    }

    /// The value when it is known to be exactly one, always.
    #[must_use]
    pub fn only(&self) -> Option<&T> {
        match self.cases.as_slice() {
            [case] if self.exhaustive => case.value.as_ref(),
            _ => None,
        }
    }

    /// As [`Self::only`], for changing it.
    #[must_use]
    pub fn only_mut(&mut self) -> Option<&mut T> {
        match self.cases.as_mut_slice() {
            [case] if self.exhaustive => case.value.as_mut(),
            _ => None,
        }
    }

    /// Whether some case satisfies `predicate`.
    pub fn some(&self, mut predicate: impl FnMut(Option<&T>) -> bool) -> bool {
        self.cases.iter().any(|case| predicate(case.value.as_ref()))
    }

    /// Whether all cases are known, there is one, and every one satisfies `predicate`.
    pub fn every(&self, mut predicate: impl FnMut(Option<&T>) -> bool) -> bool {
        self.exhaustive && !self.cases.is_empty() && self.cases.iter().all(|case| predicate(case.value.as_ref()))
    }

    /// Whether all cases are known and none satisfies `predicate`.
    pub fn never(&self, mut predicate: impl FnMut(Option<&T>) -> bool) -> bool {
        self.exhaustive && !self.cases.iter().any(|case| predicate(case.value.as_ref()))
    }

    /// Whether it is certainly not set. "X is missing" is this question.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        self.every(|value| value.is_none())
    }

    /// The deployments in which it is certainly not set.
    #[must_use]
    pub fn unset_when(&self) -> Guard {
        self.cases.iter().filter(|case| case.value.is_none()).fold(Guard::never(), |guard, case| guard.or(&case.when))
    }

    /// The cases that `narrow` leaves, each with its guard narrowed.
    #[must_use]
    pub fn within(mut self, narrow: &Guard) -> Self {
        if !narrow.is_always() {
            for case in &mut self.cases {
                case.when = case.when.and(narrow);
            }
            self.cases.retain(|case| case.when.is_possible());
        }
        self
    }

    /// Every set case turned into another; `None` makes the case unknown.
    #[must_use]
    pub fn filter_map<'a, U>(&'a self, mut turn: impl FnMut(&'a T) -> Option<U>) -> Value<U> {
        let mut exhaustive = self.exhaustive;
        let mut cases = Vec::with_capacity(self.cases.len());
        for case in &self.cases {
            let value = match &case.value {
                None => None,
                Some(value) => match turn(value) {
                    Some(turned) => Some(turned),
                    None => {
                        exhaustive = false;
                        continue;
                    }
                },
            };
            cases.push(Case { value, span: case.span, when: case.when.clone() });
        }
        Value { cases, exhaustive, span: self.span }
    }

    /// Every set case replaced by the cases of another value, under both guards.
    #[must_use]
    pub fn and_then<'a, U>(&'a self, mut turn: impl FnMut(&'a T, Span) -> Value<U>) -> Value<U> {
        if let ([case], true) = (self.cases.as_slice(), self.exhaustive)
            && case.when.is_always()
            && let Some(value) = &case.value
        {
            return turn(value, case.span);
        }
        let mut exhaustive = self.exhaustive;
        let mut cases = Vec::with_capacity(self.cases.len());
        let mut span = self.span;
        for case in &self.cases {
            match &case.value {
                None => cases.push(Case { value: None, span: case.span, when: case.when.clone() }),
                Some(value) => {
                    let inner = turn(value, case.span);
                    exhaustive &= inner.exhaustive;
                    span = inner.span;
                    for inner_case in inner.cases {
                        let when = inner_case.when.and(&case.when);
                        if when.is_possible() {
                            cases.push(Case { value: inner_case.value, span: inner_case.span, when });
                        }
                    }
                }
            }
        }
        if self.cases.len() != 1 {
            span = self.span;
        }
        Value { cases, exhaustive, span }
    }

    /// The same value with "not exhaustive" added.
    #[must_use]
    pub fn not_exhaustive(mut self) -> Self {
        self.exhaustive = false;
        self
    }
}
