//! Conditions to bitmaps.

use std::borrow::Cow;

use roaring::{MultiOps, RoaringBitmap};

use crate::field::Field;
use crate::{Cond, DocId, Index, bits};

/// A set that is borrowed from the index as long as nothing changes it.
type Set<'a> = Cow<'a, RoaringBitmap>;

/// Testing a document costs about as much as taking this many into a bitmap.
const TEST: u64 = 4;
/// So many tests of a document for a value are cheaper than working with sets.
const FEW_TESTS: u64 = if cfg!(test) { 8 } else { 16_384 };

impl Index {
    /// The documents that a condition names.
    pub fn eval(&self, cond: &Cond) -> RoaringBitmap {
        self.set(cond).into_owned()
    }

    /// The documents of `within` that a condition names, for instance of those an actor may see.
    pub fn eval_within(&self, cond: &Cond, within: &RoaringBitmap) -> RoaringBitmap {
        // What is within may have been gathered before a removal.
        intersect(self.all_of(Some(within), std::slice::from_ref(cond)), &self.alive).into_owned()
    }

    fn set<'a>(&'a self, cond: &'a Cond) -> Set<'a> {
        match cond {
            Cond::All => Cow::Borrowed(&self.alive),
            Cond::None => Set::default(),
            Cond::Has(no, value) => {
                self.fields.get(no).map_or_else(Set::default, |field| field.has(*value))
            }
            Cond::AnyOf(no, values) => Cow::Owned(
                self.fields.get(no).map(|field| field.any_of(values)).unwrap_or_default(),
            ),
            Cond::Range { field, from, to } => {
                self.fields.get(field).map_or_else(Set::default, |field| field.range(*from, *to))
            }
            Cond::Exists(no) => self
                .fields
                .get(no)
                .map_or_else(Set::default, |field| Cow::Borrowed(field.present())),
            Cond::Docs(docs) => Cow::Owned(docs & &self.alive),
            Cond::And(conds) => self.all_of(None, conds),
            Cond::Or(conds) => match conds.as_slice() {
                [cond] => self.set(cond),
                conds => Cow::Owned(bits::union(conds.iter().map(|cond| self.set(cond)))),
            },
            Cond::Not(cond) => self.subtract(Cow::Borrowed(&self.alive), cond),
        }
    }

    /// What all conditions name, and `within` if given: the smallest set first, the others
    /// restrict it, negations last.
    fn all_of<'a>(&'a self, within: Option<&'a RoaringBitmap>, conds: &'a [Cond]) -> Set<'a> {
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        flatten(conds, &mut wanted, &mut unwanted);
        let mut wanted: Vec<_> =
            wanted.into_iter().map(|cond| (self.estimate(cond), cond)).collect();
        wanted.sort_by_key(|&(estimate, _)| estimate);
        let mut wanted = wanted.into_iter();
        let mut acc = match (within, wanted.next()) {
            (None, None) => Cow::Borrowed(&self.alive),
            (None, Some((_, first))) => self.set(first),
            (Some(within), None) => Cow::Borrowed(within),
            (Some(within), Some((estimate, first))) if within.len() <= estimate => {
                self.restrict(Cow::Borrowed(within), first, estimate)
            }
            (Some(within), Some((_, first))) => intersect(self.set(first), within),
        };
        for (estimate, cond) in wanted {
            if acc.is_empty() {
                return acc;
            }
            acc = self.restrict(acc, cond, estimate);
        }
        unwanted.into_iter().fold(acc, |acc, cond| self.subtract(acc, cond))
    }

    /// The documents of `acc` that the condition names; `estimate` is that of the condition.
    fn restrict<'a>(&'a self, acc: Set<'a>, cond: &'a Cond, estimate: u64) -> Set<'a> {
        let small = acc.len().saturating_mul(TEST) < estimate;
        match cond {
            Cond::Docs(docs) => intersect(acc, docs),
            Cond::Range { field, from, to } if small => {
                let Some(ordered) = self.fields.get(field).and_then(|field| field.ordered()) else {
                    return intersect(acc, &self.set(cond));
                };
                let (from, to) = (from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX));
                let inside = |&doc: &DocId| {
                    ordered.get(doc).is_some_and(|value| from <= value && value <= to)
                };
                Cow::Owned(bits::from_sorted(acc.iter().filter(inside)))
            }
            Cond::AnyOf(no, values) if small => {
                let Some(field) = self.fields.get(no) else { return Set::default() };
                self.restrict_to_any(&acc, field, values, estimate)
            }
            Cond::Or(conds) if small => {
                let parts = conds
                    .iter()
                    .map(|cond| self.restrict(Cow::Borrowed(&*acc), cond, self.estimate(cond)));
                Cow::Owned(bits::union(parts))
            }
            Cond::And(conds) => Cow::Owned(self.all_of(Some(&acc), conds).into_owned()),
            Cond::Not(cond) => self.subtract(acc, cond),
            _ => intersect(acc, &self.set(cond)),
        }
    }

    /// The documents of `acc` that have any of the values: one by one if there are few, from the
    /// parts they have in common with each value, or from the union of the values.
    fn restrict_to_any<'a>(
        &'a self,
        acc: &RoaringBitmap,
        field: &'a Field,
        values: &[i64],
        estimate: u64,
    ) -> Set<'a> {
        let sets: Vec<Set<'a>> = values.iter().map(|&value| field.has(value)).collect();
        let tests = acc.len().saturating_mul(values.len() as u64);
        // However many documents a value has, it is no more than bits to go through.
        let words = (self.versions.len() / 64 * values.len()) as u64;
        Cow::Owned(if tests < FEW_TESTS {
            let any = |&doc: &DocId| sets.iter().any(|set| set.contains(doc));
            bits::from_sorted(acc.iter().filter(any))
        } else if tests < estimate.min(words) {
            sets.iter().map(|set| acc & &**set).union()
        } else {
            acc & bits::union(sets.into_iter())
        })
    }

    /// The documents of `acc` that the condition does not name.
    fn subtract<'a>(&'a self, acc: Set<'a>, cond: &'a Cond) -> Set<'a> {
        let estimate = self.estimate(cond);
        match cond {
            Cond::Not(cond) => self.restrict(acc, cond, self.estimate(cond)),
            Cond::Or(conds) => conds.iter().fold(acc, |acc, cond| self.subtract(acc, cond)),
            Cond::Docs(docs) => difference(acc, docs),
            _ if acc.len().saturating_mul(TEST) < estimate => {
                let named = self.restrict(Cow::Borrowed(&*acc), cond, estimate).into_owned();
                difference(acc, &named)
            }
            _ => difference(acc, &self.set(cond)),
        }
    }

    /// At most so many documents are named; cheap to find.
    fn estimate(&self, cond: &Cond) -> u64 {
        let sum = |counts: &mut dyn Iterator<Item = u64>| {
            counts.fold(0, u64::saturating_add).min(self.alive.len())
        };
        match cond {
            Cond::All | Cond::Not(_) => self.alive.len(),
            Cond::None => 0,
            Cond::Has(no, value) => {
                self.fields.get(no).map_or(0, |field| field.estimate_has(*value))
            }
            Cond::AnyOf(no, values) => self
                .fields
                .get(no)
                .map_or(0, |field| sum(&mut values.iter().map(|&value| field.estimate_has(value)))),
            Cond::Range { field, from, to } => {
                self.fields.get(field).map_or(0, |field| field.estimate_range(*from, *to))
            }
            Cond::Exists(no) => self.fields.get(no).map_or(0, |field| field.present().len()),
            Cond::Docs(docs) => docs.len(),
            Cond::And(conds) => {
                let least = conds.iter().map(|cond| self.estimate(cond)).min();
                least.unwrap_or_else(|| self.alive.len())
            }
            Cond::Or(conds) => sum(&mut conds.iter().map(|cond| self.estimate(cond))),
        }
    }
}

/// Sorts conditions that must all hold into positive and negated ones, nested lists opened.
fn flatten<'a>(conds: &'a [Cond], wanted: &mut Vec<&'a Cond>, unwanted: &mut Vec<&'a Cond>) {
    for cond in conds {
        match cond {
            Cond::And(conds) => flatten(conds, wanted, unwanted),
            Cond::Not(cond) => match &**cond {
                Cond::Not(cond) => flatten(std::slice::from_ref(cond), wanted, unwanted),
                cond => unwanted.push(cond),
            },
            Cond::All => {}
            cond => wanted.push(cond),
        }
    }
}

fn intersect<'a>(acc: Set<'a>, other: &RoaringBitmap) -> Set<'a> {
    Cow::Owned(match acc {
        Cow::Borrowed(acc) => acc & other,
        Cow::Owned(acc) => acc & other,
    })
}

fn difference<'a>(acc: Set<'a>, other: &RoaringBitmap) -> Set<'a> {
    Cow::Owned(match acc {
        Cow::Borrowed(acc) => acc - other,
        Cow::Owned(acc) => acc - other,
    })
}
