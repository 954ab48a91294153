//! `changed(from: … to: … by: … date: …)` (query-language.md, 5): one change must satisfy all
//! arguments together.

use std::sync::Arc;

use trackway_query::{Changed, Clause, Function, Operand, Test, Value};
use trackway_search::{Cond, DocId, RoaringBitmap};

use super::bounds::{self, Scale};
use super::resolve::{Resolver, is_worded};
use crate::dict::Dict;
use crate::error::{Code, Result};
use crate::event::changes::{self, Change, EMPTY, UNTRACKED};
use crate::field::FieldDef;
use crate::field::no;
use crate::issue::value::Form;
use crate::time::Instant;
use crate::words::stem;

/// So few issues have their own events read, which lie together.
const FEW: u64 = 1000;

/// Most rows of changes that one condition looks through: about a second.
const MOST: u64 = 1_000_000;

/// What a value list asks of the values on one side of a change.
struct Side {
    wanted: Vec<Want>,
    unwanted: Vec<Want>,
}

enum Want {
    /// Values of the index.
    Values(Cond),
    /// All these stems occur; for long texts.
    Words(std::collections::BTreeSet<String>),
    /// There is no text.
    NoText,
    /// There is some text.
    SomeText,
}

impl Resolver<'_, '_, '_> {
    /// The condition of `changed()` on a field.
    pub(super) fn changed(
        &mut self,
        def: &FieldDef,
        clause: &Clause,
        value: &Value,
        changed: &Changed,
    ) -> Result<Cond> {
        if UNTRACKED.contains(&def.no) || def.no == no::KEY {
            return Err(self.misfit(clause, value, Code::NoHistory));
        }
        let worded = is_worded(def);
        if Form::of(def) == Form::Json && !(changed.from.is_empty() && changed.to.is_empty()) {
            return Err(self.misfit(clause, value, Code::ExpectedPresence));
        }
        let from = self.side(def, clause, &changed.from, worded)?;
        let to = self.side(def, clause, &changed.to, worded)?;
        let by = self.actors(clause, &changed.by)?;
        let date = self.dates(clause, &changed.date)?;
        let mut found = Vec::new();
        let mut doubtful = Vec::new();
        let dict = Arc::clone(&self.dict);
        self.each_change(&dict, def, hull(&date), &mut |change: &Change| {
            if !date.holds(&[change.at]) || !by.holds(&[change.actor]) {
                return;
            }
            if worded && !(from.is_empty() && to.is_empty()) {
                doubtful.push(Change { old: Vec::new(), new: Vec::new(), ..change.clone() });
            } else if from.holds(&change.old) && to.holds(&change.new) {
                found.extend(DocId::try_from(change.issue));
            }
        })?;
        for change in doubtful {
            let (old, new) = changes::texts(self.cx.tx, dict.org_id, &change, def.no)?;
            if from.fits(&old) && to.fits(&new) {
                found.extend(DocId::try_from(change.issue));
            }
        }
        found.sort_unstable();
        Ok(Cond::Docs(found.into_iter().collect::<RoaringBitmap>()))
    }

    /// Looks at the changes of a field: of the issues that the other conditions leave, where these
    /// are few, else of all issues.
    fn each_change(
        &mut self,
        dict: &Dict,
        def: &FieldDef,
        time: (Instant, Instant),
        take: &mut dyn FnMut(&Change),
    ) -> Result<()> {
        let few = self.scope.as_ref().filter(|scope| scope.len() <= FEW);
        if let Some(few) = few {
            let ids: Vec<i64> = few.iter().map(i64::from).collect();
            return changes::of_issues(self.cx.tx, dict, def, &ids, time, take);
        }
        if changes::of_field(self.cx.tx, dict.org_id, def.no, time, MOST, take)? {
            return Ok(());
        }
        Err(Code::TooManyChanges.with(MOST))
    }

    fn side(
        &mut self,
        def: &FieldDef,
        clause: &Clause,
        values: &[Value],
        worded: bool,
    ) -> Result<Side> {
        let mut side = Side { wanted: Vec::new(), unwanted: Vec::new() };
        for value in values {
            let want = if worded {
                match &value.test {
                    Test::Is(Operand::Literal(text)) | Test::Exact(text) => {
                        Want::Words(stem::wanted(text))
                    }
                    Test::Is(Operand::Function(Function::Empty)) => Want::NoText,
                    Test::Is(Operand::Function(Function::NotEmpty)) => Want::SomeText,
                    _ => return Err(self.misfit(clause, value, Code::ExpectedText)),
                }
            } else {
                Want::Values(self.field(def, clause, value)?)
            };
            if value.negated { side.unwanted.push(want) } else { side.wanted.push(want) }
        }
        Ok(side)
    }

    fn actors(&mut self, clause: &Clause, values: &[Value]) -> Result<Side> {
        let mut side = Side { wanted: Vec::new(), unwanted: Vec::new() };
        for value in values {
            let users = match &value.test {
                Test::Is(operand) => self.users(operand),
                _ => None,
            };
            let users = users.ok_or_else(|| self.misfit(clause, value, Code::ExpectedUser))?;
            let want = Want::Values(Cond::AnyOf(no::UPDATED_BY, users));
            if value.negated { side.unwanted.push(want) } else { side.wanted.push(want) }
        }
        Ok(side)
    }

    fn dates(&mut self, clause: &Clause, values: &[Value]) -> Result<Side> {
        let mut side = Side { wanted: Vec::new(), unwanted: Vec::new() };
        for value in values {
            let cond = bounds::cond(no::UPDATED_AT, Scale::Instant, &value.test, &self.clock);
            let cond = cond.ok_or_else(|| self.misfit(clause, value, Code::ExpectedDate))?;
            let want = Want::Values(cond);
            if value.negated { side.unwanted.push(want) } else { side.wanted.push(want) }
        }
        Ok(side)
    }
}

impl Side {
    fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }

    /// As a condition: any of the positive values, if there is one, and none of the negated.
    fn all(&self, holds: impl Fn(&Want) -> bool) -> bool {
        (self.wanted.is_empty() || self.wanted.iter().any(&holds))
            && !self.unwanted.iter().any(&holds)
    }

    fn holds(&self, values: &[i64]) -> bool {
        self.all(|want| matches!(want, Want::Values(cond) if holds(cond, values)))
    }

    fn fits(&self, text: &str) -> bool {
        let stems = stem::stems(text);
        self.all(|want| match want {
            Want::Words(words) => !words.is_empty() && words.is_subset(&stems),
            Want::NoText => text.is_empty(),
            Want::SomeText => !text.is_empty(),
            Want::Values(_) => false,
        })
    }
}

/// Whether a condition on a field holds for these values of it.
fn holds(cond: &Cond, values: &[i64]) -> bool {
    let real = || values.iter().filter(|value| **value != EMPTY);
    match cond {
        Cond::All => true,
        Cond::None | Cond::Docs(_) => false,
        Cond::Has(_, value) => values.contains(value),
        Cond::AnyOf(_, some) => real().any(|value| some.contains(value)),
        Cond::Range { from, to, .. } => real().any(|value| {
            from.is_none_or(|from| from <= *value) && to.is_none_or(|to| *value <= to)
        }),
        Cond::Exists(_) => real().next().is_some(),
        Cond::And(conds) => conds.iter().all(|cond| holds(cond, values)),
        Cond::Or(conds) => conds.iter().any(|cond| holds(cond, values)),
        // "No value" is said, so that nothing said is not taken for it.
        Cond::Not(cond) if matches!(**cond, Cond::Exists(_)) => values.contains(&EMPTY),
        Cond::Not(cond) => !holds(cond, values),
    }
}

/// The stretch of time in which all wanted changes lie.
fn hull(date: &Side) -> (i64, i64) {
    let bounds = date.wanted.iter().map(|want| match want {
        Want::Values(Cond::Range { from, to, .. }) => {
            (from.unwrap_or(i64::MIN), to.unwrap_or(i64::MAX))
        }
        _ => (i64::MIN, i64::MAX),
    });
    bounds.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or((i64::MIN, i64::MAX))
}
