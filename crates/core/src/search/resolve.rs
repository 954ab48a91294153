//! From the tree of a query or filter to a condition on the index.

use std::sync::Arc;

use trackway_query::value::Clock;
use trackway_query::{Clause, Expr, FieldName, Function, Operand, Test, Value};
use trackway_search::{Cond, RoaringBitmap};

use super::bounds::{self, Scale};
use super::names::{self, Style, Target, shown};
use super::{guess, place, visible};
use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::ValueType;
use crate::error::{Code, Error, Result};
use crate::field::FieldDef;
use crate::field::no::{self, FieldNo};
use crate::issue::value::Form;
use crate::words::find::Session;
use crate::zone;

/// What conditions are resolved against. The lock of the index is held for moments only, because
/// some conditions read the database.
pub(crate) struct Resolver<'r, 'a, 't> {
    pub(super) cx: &'r mut Cx<'a, 't>,
    pub(super) dict: Arc<Dict>,
    /// The present instant and the zone in which days begin.
    pub(super) clock: Clock,
    /// Where the names stand.
    pub(super) style: Style,
    /// The text of the query, for places in messages.
    pub(super) text: Option<Arc<str>>,
    /// The word index, once somebody asked for words.
    pub(super) words: Option<Session>,
    /// What the conditions resolved so far leave; the rest need not be looked at.
    pub(super) scope: Option<RoaringBitmap>,
    /// Saved filters that are being resolved, each within the one before.
    pub(super) saved: Vec<i64>,
}

/// Counters that answers show as 0 when nothing is stored (real-samples, 3); a filter takes them
/// so too.
const COUNTERS: [FieldNo; 3] = [no::VOTES, no::COMMENTS_WITH_MESSAGE, no::COMMENTS_WITHOUT_MESSAGE];

impl<'r, 'a, 't> Resolver<'r, 'a, 't> {
    /// A resolver for the conditions of one search.
    pub(crate) fn new(
        cx: &'r mut Cx<'a, 't>,
        style: Style,
        text: Option<Arc<str>>,
    ) -> Result<Self> {
        let now = jiff::Timestamp::from_millisecond(cx.now).map_err(Error::internal)?;
        let dict = Arc::clone(&cx.dict);
        let clock = Clock { now, zone: zone::of(&dict, cx.actor.uid) };
        Ok(Self { cx, dict, clock, style, text, words: None, scope: None, saved: Vec::new() })
    }
}

impl Resolver<'_, '_, '_> {
    /// The condition of a tree.
    ///
    /// # Errors
    /// 422: a filter or value that does not exist, a value or operator that does not fit, saved
    /// filters within themselves.
    pub(crate) fn cond(&mut self, expr: &Expr) -> Result<Cond> {
        match expr {
            Expr::And(exprs) => self.all(exprs),
            Expr::Or(exprs) => {
                exprs.iter().map(|e| self.cond(e)).collect::<Result<_>>().map(Cond::Or)
            }
            Expr::Not(expr) => self.cond(expr).map(Cond::negated),
            Expr::Clause(clause) => self.clause(clause),
            Expr::Text(text) => self.free_text(text),
        }
    }

    /// All conditions. Those that read texts or changes come last and look only at what the others
    /// leave.
    fn all(&mut self, exprs: &[Expr]) -> Result<Cond> {
        let (late, early): (Vec<&Expr>, Vec<&Expr>) =
            exprs.iter().partition(|expr| reads_rows(expr));
        let early: Result<Vec<Cond>> = early.into_iter().map(|expr| self.cond(expr)).collect();
        let mut conds = early?;
        if !late.is_empty() {
            let together = Cond::And(std::mem::take(&mut conds));
            let left = match &self.scope {
                Some(scope) => self.cx.index.index.read().eval_within(&together, scope),
                None => self.within_visible(&together),
            };
            conds.push(together);
            let before = self.scope.replace(left);
            let rest: Result<Vec<Cond>> = late.into_iter().map(|expr| self.cond(expr)).collect();
            self.scope = before;
            conds.extend(rest?);
        }
        Ok(Cond::And(conds))
    }

    fn within_visible(&self, cond: &Cond) -> RoaringBitmap {
        let index = self.cx.index.index.read();
        self.cx.index.kept.hits(&index, cond, visible::of(self.cx, &index).scope()).into()
    }

    /// Of these issues those that may still be found.
    pub(super) fn in_scope(&self, docs: RoaringBitmap) -> RoaringBitmap {
        match &self.scope {
            Some(scope) => docs & scope,
            None => self.within_visible(&Cond::Docs(docs)),
        }
    }

    /// The issues of a condition, whoever may see them.
    pub(super) fn eval(&self, cond: &Cond) -> RoaringBitmap {
        self.cx.index.index.read().eval(cond)
    }

    /// Any of the positive values, and none of the negated ones (query-language.md, 4.1).
    fn clause(&mut self, clause: &Clause) -> Result<Cond> {
        let target = names::lookup(&self.dict, &clause.field, self.style)
            .map_err(|error| place::hinted(error, self.text.as_deref(), clause.span))?;
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
        Ok(if conds.len() == 1 { conds.remove(0) } else { Cond::And(conds) })
    }

    fn value(&mut self, target: Target, clause: &Clause, value: &Value) -> Result<Cond> {
        match target {
            Target::Field(no) => {
                let dict = Arc::clone(&self.dict);
                let def = dict.field_index.get(no);
                let def = def.ok_or_else(|| Code::FilterUnknown.with(shown(&clause.field)))?;
                if let Test::Is(Operand::Function(Function::Changed(changed))) = &value.test {
                    return self.changed(def, clause, value, changed);
                }
                self.field(def, clause, value)
            }
            Target::Special(special) => self.special(special, clause, value),
        }
    }

    /// The condition of one value of a field, its negation apart.
    pub(super) fn field(&mut self, def: &FieldDef, clause: &Clause, value: &Value) -> Result<Cond> {
        if is_worded(def) {
            return self.text_field(def, clause, value);
        }
        if def.no == no::FAVORITED_BY {
            // What others like is nobody's business.
            return match &value.test {
                Test::Is(Operand::Function(Function::Me)) => {
                    Ok(Cond::Has(def.no, self.cx.actor.uid))
                }
                _ => Err(self.misfit(clause, value, Code::ExpectedMe)),
            };
        }
        if let Test::Is(Operand::Function(function)) = &value.test
            && let Some(cond) = presence(def.no, function)
        {
            return Ok(cond);
        }
        if let Some(scale) = Scale::of(def.value_type).filter(|_| !def.array) {
            let cond = bounds::cond(def.no, scale, &value.test, &self.clock);
            return match cond {
                Some(cond) => Ok(counted(def.no, cond)),
                None => Err(self.misfit(clause, value, expected_by(scale))),
            };
        }
        if Form::of(def) == Form::Json {
            return Err(self.misfit(clause, value, Code::ExpectedPresence));
        }
        let operand = match &value.test {
            Test::Is(operand) => operand.clone(),
            // Texts other than those searched by words are compared whole anyway.
            Test::Exact(text) if is_text(def) => Operand::Literal(text.clone()),
            Test::Exact(_) => return Err(self.misfit(clause, value, Code::OnlyTexts)),
            Test::NotExact(_) => return Err(self.misfit(clause, value, Code::OnlySummary)),
            Test::Compare(..) | Test::Range(..) => {
                return Err(self.misfit(clause, value, Code::ExpectedEquality));
            }
        };
        let values = match (def.no, &operand) {
            (no::KEY, Operand::Literal(text)) => Some(self.key(text).into_iter().collect()),
            (no::KEY, _) => None,
            _ => self.ids(def.value_type, &operand),
        };
        match values {
            Some(ids) => Ok(having(def.no, ids)),
            None => Err(self.misfit_of(def, clause, value)),
        }
    }

    /// A value that does not fit a filter, with what would fit.
    pub(super) fn misfit(&self, clause: &Clause, value: &Value, expected: Code) -> Error {
        let error = Code::FilterValue.with(value).and(shown(&clause.field));
        place::hinted(error, self.text.as_deref(), value.span).hint(expected.err())
    }

    /// The same for a value of a field whose values are objects: one that is spelt like it may be
    /// meant.
    fn misfit_of(&self, def: &FieldDef, clause: &Clause, value: &Value) -> Error {
        let expected = match def.value_type {
            ValueType::User => Code::ExpectedUser,
            ValueType::Issue => Code::ExpectedIssue,
            _ if def.no == no::KEY => Code::ExpectedIssue,
            _ => Code::ExpectedName,
        };
        let error = self.misfit(clause, value, expected);
        let Test::Is(Operand::Literal(text)) = &value.test else { return error };
        let known = self.spellings(def.value_type);
        match guess::closest(text, &known) {
            Some(guess) => error.hint(Code::QueryGuess.with(guess)),
            None => error,
        }
    }
}

/// Whether a condition reads the texts or changes of what it may find.
fn reads_rows(expr: &Expr) -> bool {
    match expr {
        Expr::And(exprs) | Expr::Or(exprs) => exprs.iter().any(reads_rows),
        Expr::Not(expr) => reads_rows(expr),
        Expr::Text(_) => false,
        Expr::Clause(clause) => {
            is_one_of_many(&clause.field)
                || clause.values.iter().any(|value| match &value.test {
                    Test::Exact(_) | Test::NotExact(_) => true,
                    Test::Is(Operand::Function(function)) => {
                        matches!(function, Function::Changed(_))
                    }
                    _ => false,
                })
        }
    }
}

/// Whether a field is text of which an issue may have several: comments, names of files.
fn is_one_of_many(field: &FieldName) -> bool {
    let is = |name| names::same(&field.name, name);
    field.queue.is_none() && (is("comment") || is("attachment"))
}

fn expected_by(scale: Scale) -> Code {
    match scale {
        Scale::Integer | Scale::Float => Code::ExpectedNumber,
        Scale::Span => Code::ExpectedDuration,
        Scale::Day | Scale::Instant => Code::ExpectedDate,
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

pub(super) fn having(field: FieldNo, mut values: Vec<i64>) -> Cond {
    values.sort_unstable();
    values.dedup();
    match values.as_slice() {
        [] => Cond::None,
        [value] => Cond::Has(field, *value),
        _ => Cond::AnyOf(field, values),
    }
}

/// `empty()`, `notEmpty()` and, for the resolution, `unresolved()`.
pub(super) fn presence(field: FieldNo, function: &Function) -> Option<Cond> {
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

/// Whether a field is searched by words: the summary, the description and other long texts.
pub(super) fn is_worded(def: &FieldDef) -> bool {
    def.no == no::SUMMARY || def.value_type == ValueType::Text
}

fn is_text(def: &FieldDef) -> bool {
    def.no != no::KEY && matches!(Form::of(def), Form::Text | Form::Texts)
}
