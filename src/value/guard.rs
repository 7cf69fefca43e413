//! Guards: the deployments in which something holds.
//!
//! A deployment is an assignment of the template's [`Atom`]s (the operands that its conditions compare, its map
//! keys, its parameters with allowed values). A guard is a set of assignments, kept as a sum of [`Cube`]s. There
//! is no solver: operations are plain set operations, exact while a guard stays small (the rule, in practice).
//! Beyond [`MAX_CUBES`] a guard becomes a superset of what it should be and says so, so that every question
//! leans to "possible".

use std::sync::Arc;

/// How many cubes a guard may have before it is rounded up to a superset.
const MAX_CUBES: usize = 64;

/// An operand with a small domain, of which every deployment takes exactly one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Atom {
    /// Unique among all templates of a run.
    pub id: u64,
    /// How many values it has (at most 64); the last may stand for "anything else".
    pub size: u8,
}

impl Atom {
    fn full(self) -> u64 {
        if self.size >= 64 { u64::MAX } else { (1 << self.size) - 1 }
    }
}

/// A product: for some atoms, the values that they may take (never none, never all). Sorted by atom.
type Cube = Vec<(Atom, u64)>;

/// The deployments in which something holds. Cheap to clone; most hold always and allocate nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Guard {
    /// `None`: always. Otherwise the sum of the cubes; none means never.
    cubes: Option<Arc<Vec<Cube>>>,
    /// Whether this was rounded up to a superset of the truth.
    rounded: bool,
}

impl Guard {
    /// Holds in every deployment.
    #[must_use]
    pub fn always() -> Self {
        Self::default()
    }

    /// Holds in no deployment.
    #[must_use]
    pub fn never() -> Self {
        Self { cubes: Some(Arc::new(Vec::new())), rounded: false }
    }

    /// Holds where `atom` takes one of the values whose bits are set.
    #[must_use]
    pub fn atom(atom: Atom, values: u64) -> Self {
        let values = values & atom.full();
        if values == atom.full() {
            Self::always()
        } else if values == 0 {
            Self::never()
        } else {
            Self { cubes: Some(Arc::new(vec![vec![(atom, values)]])), rounded: false }
        }
    }

    /// Whether it holds in every deployment.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.cubes.is_none()
    }

    /// Whether there may be a deployment in which it holds.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        self.cubes.as_ref().is_none_or(|cubes| !cubes.is_empty())
    }

    /// Holds where both hold.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let (Some(left), Some(right)) = (&self.cubes, &other.cubes) else {
            let one = if self.cubes.is_none() { other } else { self };
            return Self { cubes: one.cubes.clone(), rounded: self.rounded || other.rounded };
        };
        if Arc::ptr_eq(left, right) {
            return Self { cubes: self.cubes.clone(), rounded: self.rounded || other.rounded };
        }
        let mut product = Vec::new();
        for a in left.iter() {
            for b in right.iter() {
                if let Some(cube) = intersect(a, b) {
                    product.push(cube);
                }
            }
        }
        if product.len() > MAX_CUBES * 4 {
            // One factor alone is a superset of the product.
            return Self { cubes: self.cubes.clone(), rounded: true };
        }
        Self::from_cubes(product, self.rounded || other.rounded)
    }

    /// Holds where at least one holds.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let (Some(left), Some(right)) = (&self.cubes, &other.cubes) else {
            return Self { cubes: None, rounded: self.rounded || other.rounded };
        };
        let cubes = left.iter().chain(right.iter()).cloned().collect();
        Self::from_cubes(cubes, self.rounded || other.rounded)
    }

    /// Holds where this does not. The complement of a rounded guard is not known, so it is "always", rounded.
    #[must_use]
    pub fn not(&self) -> Self {
        if self.rounded {
            return Self { cubes: None, rounded: true };
        }
        let Some(cubes) = &self.cubes else { return Self::never() };
        let mut result = Self::always();
        for cube in cubes.iter() {
            let complement = cube.iter().map(|(atom, values)| vec![(*atom, atom.full() & !values)]).collect();
            result = result.and(&Self::from_cubes(complement, false));
        }
        result
    }

    /// Whether this certainly holds nowhere but where `other` does.
    #[must_use]
    pub fn implies(&self, other: &Self) -> bool {
        other.is_always() && !other.rounded || {
            let rest = self.and(&other.not());
            !rest.is_possible()
        }
    }

    /// Whether both can hold in one deployment.
    #[must_use]
    pub fn compatible(&self, other: &Self) -> bool {
        self.and(other).is_possible()
    }

    /// Whether both hold in exactly the same deployments, as far as that is known.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self == other || (!self.rounded && !other.rounded && self.implies(other) && other.implies(self))
    }

    /// The guard with every atom replaced for which `by` has something: it gets the atom and the values that it may take.
    #[must_use]
    pub fn rewrite(&self, by: &mut impl FnMut(Atom, u64) -> Option<Self>) -> Self {
        let Some(cubes) = &self.cubes else { return self.clone() };
        let mut sum = Self::never();
        for cube in cubes.iter() {
            let mut product = Self::always();
            for (atom, values) in cube {
                let factor = by(*atom, *values).unwrap_or_else(|| Self::atom(*atom, *values));
                product = product.and(&factor);
            }
            sum = sum.or(&product);
        }
        sum.rounded |= self.rounded;
        sum
    }

    /// Whether the guard was rounded up to a superset of the truth.
    #[must_use]
    pub fn is_rounded(&self) -> bool {
        self.rounded
    }

    /// The sum of products, for putting it in words; `None` when it holds always.
    #[must_use]
    pub fn cubes(&self) -> Option<&[Vec<(Atom, u64)>]> {
        self.cubes.as_deref().map(Vec::as_slice)
    }

    fn from_cubes(cubes: Vec<Cube>, rounded: bool) -> Self {
        let cubes = simplify(cubes);
        if cubes.iter().any(Vec::is_empty) {
            return Self { cubes: None, rounded };
        }
        if cubes.len() > MAX_CUBES {
            return Self { cubes: None, rounded: true };
        }
        Self { cubes: Some(Arc::new(cubes)), rounded }
    }
}

/// The product of two cubes, if it is not empty.
fn intersect(left: &Cube, right: &Cube) -> Option<Cube> {
    let mut out = Vec::with_capacity(left.len() + right.len());
    let (mut a, mut b) = (left.iter().peekable(), right.iter().peekable());
    loop {
        match (a.peek(), b.peek()) {
            (Some((left_atom, left_values)), Some((right_atom, right_values))) => match left_atom.cmp(right_atom) {
                std::cmp::Ordering::Less => {
                    out.push((*left_atom, *left_values));
                    a.next();
                }
                std::cmp::Ordering::Greater => {
                    out.push((*right_atom, *right_values));
                    b.next();
                }
                std::cmp::Ordering::Equal => {
                    let values = left_values & right_values;
                    if values == 0 {
                        return None;
                    }
                    out.push((*left_atom, values));
                    a.next();
                    b.next();
                }
            },
            (Some(rest), None) => {
                out.push(**rest);
                a.next();
            }
            (None, Some(rest)) => {
                out.push(**rest);
                b.next();
            }
            (None, None) => return Some(out),
        }
    }
}

/// Whether every assignment of `small` is one of `large`.
fn contains(large: &Cube, small: &Cube) -> bool {
    large.iter().all(|(atom, values)| small.iter().any(|(other, have)| other == atom && have & !values == 0))
}

/// Drops cubes that another holds and merges pairs that differ in one atom only, until nothing changes.
fn simplify(mut cubes: Vec<Cube>) -> Vec<Cube> {
    cubes.sort();
    cubes.dedup();
    let mut budget = 2_000;
    'again: loop {
        for (i, a) in cubes.iter().enumerate() {
            for (j, b) in cubes.iter().enumerate() {
                budget -= 1;
                if budget == 0 {
                    return cubes;
                }
                if i == j {
                    continue;
                }
                if contains(a, b) {
                    cubes.remove(j);
                    continue 'again;
                }
                if i < j
                    && let Some(merged) = merge(a, b)
                {
                    cubes.remove(j);
                    if let Some(slot) = cubes.get_mut(i) {
                        *slot = merged;
                    }
                    cubes.sort();
                    continue 'again;
                }
            }
        }
        return cubes;
    }
}

/// The union of two cubes over the same atoms that differ in one of them.
fn merge(a: &Cube, b: &Cube) -> Option<Cube> {
    if a.len() != b.len() || a.iter().zip(b).any(|(x, y)| x.0 != y.0) {
        return None;
    }
    let mut differing = a.iter().zip(b).filter(|(x, y)| x.1 != y.1);
    let (((atom, left), (_, right)), None) = (differing.next()?, differing.next()) else { return None };
    let union = left | right;
    Some(
        a.iter()
            .filter(|(other, _)| !(other == atom && union == atom.full()))
            .map(|(other, values)| if other == atom { (*other, union) } else { (*other, *values) })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn env(values: u64) -> Guard {
        Guard::atom(Atom { id: 1, size: 3 }, values)
    }

    fn flag(values: u64) -> Guard {
        Guard::atom(Atom { id: 2, size: 2 }, values)
    }

    #[test]
    fn values_of_one_atom_exclude_each_other() {
        assert!(!env(0b001).compatible(&env(0b010)));
        assert!(env(0b001).compatible(&flag(0b01)));
        assert!(env(0b001).or(&env(0b110)).is_always());
        assert!(env(0b001).not().same(&env(0b110)));
    }

    /// All 24 assignments of three atoms decide every question by enumeration.
    fn holds(guard: &Guard, assignment: &[(Atom, u64)]) -> bool {
        guard.cubes().is_none_or(|cubes| {
            cubes.iter().any(|cube| {
                cube.iter()
                    .all(|(atom, values)| assignment.iter().any(|(other, value)| other == atom && values & value != 0))
            })
        })
    }

    fn assignments() -> Vec<Vec<(Atom, u64)>> {
        let atoms = [Atom { id: 1, size: 3 }, Atom { id: 2, size: 2 }, Atom { id: 3, size: 4 }];
        let mut all = vec![Vec::new()];
        for atom in atoms {
            all = all
                .into_iter()
                .flat_map(|before: Vec<(Atom, u64)>| {
                    (0..atom.size).map(move |bit| {
                        let mut next = before.clone();
                        next.push((atom, 1 << bit));
                        next
                    })
                })
                .collect();
        }
        all
    }

    fn guards() -> impl Strategy<Value = Guard> {
        let leaf = prop_oneof![
            (0u64..8).prop_map(|values| Guard::atom(Atom { id: 1, size: 3 }, values)),
            (0u64..4).prop_map(|values| Guard::atom(Atom { id: 2, size: 2 }, values)),
            (0u64..16).prop_map(|values| Guard::atom(Atom { id: 3, size: 4 }, values)),
        ];
        leaf.prop_recursive(4, 24, 2, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(&b)),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(&b)),
                inner.prop_map(|a| a.not()),
            ]
        })
    }

    proptest! {
        #[test]
        fn operations_agree_with_enumeration(a in guards(), b in guards()) {
            for assignment in assignments() {
                prop_assert_eq!(holds(&a.and(&b), &assignment), holds(&a, &assignment) && holds(&b, &assignment));
                prop_assert_eq!(holds(&a.or(&b), &assignment), holds(&a, &assignment) || holds(&b, &assignment));
                prop_assert_eq!(holds(&a.not(), &assignment), !holds(&a, &assignment));
            }
            let possible = assignments().iter().any(|assignment| holds(&a, assignment) && holds(&b, assignment));
            prop_assert_eq!(a.compatible(&b), possible);
            let implied = assignments().iter().all(|assignment| !holds(&a, assignment) || holds(&b, assignment));
            prop_assert_eq!(a.implies(&b), implied);
        }
    }
}
