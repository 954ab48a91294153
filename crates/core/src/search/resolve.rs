//! From the tree of a query or filter to a condition on the index.

use trackway_query::value::Clock;
use trackway_query::{Clause, Expr, Function, Operand, Test, Value};
use trackway_search::{Cond, Index};

use super::bounds::{self, Scale};
use super::names::{self, Special, Style, Target, shown};
use crate::actor::Actor;
use crate::dict::Dict;
use crate::dict::model::{SprintStatus, ValueType};
use crate::error::{Code, Error, Result};
use crate::field::FieldDef;
use crate::field::no::{self, FieldNo};
use crate::issue::value::Form;

/// What conditions are resolved against.
pub(crate) struct Resolver<'a> {
    pub(super) dict: &'a Dict,
    pub(super) index: &'a Index,
    pub(super) actor: &'a Actor,
    /// The present instant and the zone in which days begin.
    pub(super) clock: Clock,
    /// Where the names stand.
    pub(super) style: Style,
}

/// Counters that answers show as 0 when nothing is stored (real-samples, 3); a filter takes them
/// so too.
const COUNTERS: [FieldNo; 3] = [no::VOTES, no::COMMENTS_WITH_MESSAGE, no::COMMENTS_WITHOUT_MESSAGE];

impl Resolver<'_> {
    /// The condition of a tree.
    ///
    /// # Errors
    /// 422: a filter or value that does not exist, a value or operator that does not fit, or a
    /// condition this server cannot answer yet.
    pub(crate) fn cond(&self, expr: &Expr) -> Result<Cond> {
        let all = |exprs: &[Expr]| exprs.iter().map(|e| self.cond(e)).collect::<Result<Vec<_>>>();
        match expr {
            Expr::And(exprs) => all(exprs).map(Cond::And),
            Expr::Or(exprs) => all(exprs).map(Cond::Or),
            Expr::Not(expr) => self.cond(expr).map(Cond::negated),
            Expr::Clause(clause) => self.clause(clause),
            Expr::Text(text) => Err(Code::FilterUnserved.with(format!("«{text}»"))),
        }
    }

    /// Any of the positive values, and none of the negated ones (query-language.md, 4.1).
    fn clause(&self, clause: &Clause) -> Result<Cond> {
        let target = names::lookup(self.dict, &clause.field, self.style)?;
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        for value in &clause.values {
            let cond = self.value(target, clause, value)?;
            if value.negated { unwanted.push(cond) } else { wanted.push(cond) }
        }
        let mut conds = Vec::with_capacity(2);
        if !wanted.is_empty() {
            conds.push(any(wanted));
        }
        if !unwanted.is_empty() {
            conds.push(any(unwanted).negated());
        }
        Ok(Cond::And(conds))
    }

    fn value(&self, target: Target, clause: &Clause, value: &Value) -> Result<Cond> {
        if let Test::Is(Operand::Function(Function::Changed(_))) = value.test {
            return Err(Code::FilterUnserved.with("changed()"));
        }
        match target {
            Target::Field(no) => {
                let def = self.dict.field_index.get(no);
                let def = def.ok_or_else(|| Code::FilterUnknown.with(shown(&clause.field)))?;
                self.field(def, clause, value)
            }
            Target::Special(special) => self.special(special, clause, value),
        }
    }

    fn field(&self, def: &FieldDef, clause: &Clause, value: &Value) -> Result<Cond> {
        if matches!(value.test, Test::NotExact(_)) && def.no != no::SUMMARY {
            return Err(misfit(clause, value));
        }
        if !is_indexed(def) {
            return Err(Code::FilterUnserved.with(shown(&clause.field)));
        }
        if let Test::Is(Operand::Function(function)) = &value.test
            && let Some(cond) = presence(def.no, function)
        {
            return Ok(cond);
        }
        if let Some(scale) = Scale::of(def.value_type) {
            let cond = bounds::cond(def.no, scale, &value.test, &self.clock);
            return cond.map(|c| counted(def.no, c)).ok_or_else(|| misfit(clause, value));
        }
        let operand = match &value.test {
            Test::Is(operand) => operand.clone(),
            // Texts other than those of issue 4 are compared whole anyway.
            Test::Exact(text) if is_text(def) => Operand::Literal(text.clone()),
            _ => return Err(misfit(clause, value)),
        };
        let values = match (def.no, &operand) {
            (no::KEY, Operand::Literal(text)) => Some(self.key(text).into_iter().collect()),
            (no::FAVORITED_BY, Operand::Function(Function::Me)) => Some(vec![self.actor.uid]),
            (no::KEY | no::FAVORITED_BY, _) => None,
            _ => self.ids(def.value_type, &operand),
        };
        values.map(|ids| having(def.no, ids)).ok_or_else(|| misfit(clause, value))
    }

    fn special(&self, special: Special, clause: &Clause, value: &Value) -> Result<Cond> {
        if special == Special::Unserved {
            return Err(Code::FilterUnserved.with(shown(&clause.field)));
        }
        let Test::Is(operand) = &value.test else { return Err(misfit(clause, value)) };
        if special == Special::HasEpic
            && let Operand::Function(function) = operand
            && let Some(cond) = presence(no::EPIC, function)
        {
            return Ok(cond);
        }
        self.special_is(special, operand).ok_or_else(|| misfit(clause, value))
    }

    fn special_is(&self, special: Special, operand: &Operand) -> Option<Cond> {
        let issues = || self.ids(ValueType::Issue, operand);
        Some(match special {
            Special::Related => {
                let users = self.users(operand)?;
                let fields = [no::CREATED_BY, no::ASSIGNEE, no::FOLLOWERS];
                Cond::Or(fields.map(|field| having(field, users.clone())).to_vec())
            }
            Special::ComponentOwner => {
                let users = self.users(operand)?;
                let led = |lead: Option<i64>| lead.is_some_and(|uid| users.contains(&uid));
                let components = self.dict.components.iter().filter(|c| led(c.body.lead));
                having(no::COMPONENTS, components.map(|c| c.id).collect())
            }
            Special::QueueOwner => {
                let users = self.users(operand)?;
                let queues = self.dict.queues.iter().filter(|q| users.contains(&q.body.lead));
                having(no::QUEUE, queues.map(|q| q.id).collect())
            }
            Special::SprintsByBoard => having(no::SPRINT, self.sprints(operand, |_| true)?),
            Special::SprintInProgressByBoard => {
                let running = |status| status == SprintStatus::InProgress;
                having(no::SPRINT, self.sprints(operand, running)?)
            }
            Special::IsSubtaskFor => having(no::PARENT, issues()?),
            Special::HasEpic => having(no::EPIC, issues()?),
            Special::IsParentTaskFor => self.above(no::PARENT, &issues()?),
            Special::IsEpicOf => self.above(no::EPIC, &issues()?),
            Special::SubtasksForQueue => self.below_queues(no::PARENT, self.queues(operand)?),
            Special::InEpicsOfQueue => self.below_queues(no::EPIC, self.queues(operand)?),
            Special::ParentTasksForQueue => self.above_queues(no::PARENT, self.queues(operand)?),
            Special::EpicsForQueue => self.above_queues(no::EPIC, self.queues(operand)?),
            Special::Unserved => return None,
        })
    }
}

/// One condition for any of these; values of one field are looked up together.
fn any(mut conds: Vec<Cond>) -> Cond {
    if conds.len() == 1 {
        return conds.remove(0);
    }
    let mut shared = None;
    let mut values = Vec::with_capacity(conds.len());
    for cond in &conds {
        let (field, more) = match cond {
            Cond::Has(field, value) => (*field, std::slice::from_ref(value)),
            Cond::AnyOf(field, more) => (*field, more.as_slice()),
            _ => return Cond::Or(conds),
        };
        if *shared.get_or_insert(field) != field {
            return Cond::Or(conds);
        }
        values.extend_from_slice(more);
    }
    shared.map_or(Cond::None, |field| having(field, values))
}

fn having(field: FieldNo, mut values: Vec<i64>) -> Cond {
    values.sort_unstable();
    values.dedup();
    match values.as_slice() {
        [] => Cond::None,
        [value] => Cond::Has(field, *value),
        _ => Cond::AnyOf(field, values),
    }
}

/// `empty()`, `notEmpty()` and, for the resolution, `unresolved()`.
fn presence(field: FieldNo, function: &Function) -> Option<Cond> {
    let some = if COUNTERS.contains(&field) { Cond::All } else { Cond::Exists(field) };
    match function {
        Function::NotEmpty => Some(some),
        Function::Empty => Some(some.negated()),
        Function::Unresolved if field == no::RESOLUTION => Some(some.negated()),
        _ => None,
    }
}

/// Adds the issues without a stored counter where the bounds admit 0.
fn counted(field: FieldNo, cond: Cond) -> Cond {
    let admits_zero = match &cond {
        Cond::Range { from, to, .. } => {
            from.is_none_or(|from| from <= 0) && to.is_none_or(|to| to >= 0)
        }
        _ => false,
    };
    if admits_zero && COUNTERS.contains(&field) {
        return Cond::Or(vec![cond, Cond::Exists(field).negated()]);
    }
    cond
}

/// Whether the index knows the values of a field: all but free texts and structures. The summary
/// is known by a hash of the whole only, and is searched by words.
pub(super) fn is_indexed(def: &FieldDef) -> bool {
    !matches!(def.no, no::SUMMARY | no::DESCRIPTION)
        && def.value_type != ValueType::Text
        && Form::of(def) != Form::Json
}

fn is_text(def: &FieldDef) -> bool {
    def.no != no::KEY && matches!(Form::of(def), Form::Text | Form::Texts)
}

/// A value that does not fit a filter.
fn misfit(clause: &Clause, value: &Value) -> Error {
    Code::FilterValue.with(value).and(shown(&clause.field))
}
