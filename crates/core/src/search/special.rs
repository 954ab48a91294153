//! Conditions that are no fields: people and queues behind an issue, links, boards, saved filters
//! (query-language.md, 6).

use trackway_query::{Clause, Function, Operand, Test, Value};
use trackway_search::Cond;

use super::criteria::Saved;
use super::names::{Relation, Special};
use super::resolve::{Resolver, having};
use crate::dict::model::SprintStatus;
use crate::error::{Code, Result};
use crate::field::no;
use crate::filter;
use crate::words::stem::Part;

/// Saved filters that may stand within each other.
const DEEPEST: usize = 8;

/// Issues by the authors of their comments.
pub const COMMENTED_BY: &str = "SELECT DISTINCT issue_id FROM comment \
     WHERE org_id = $1 AND created_by {any:$2} AND deleted = 0";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[COMMENTED_BY];

impl Resolver<'_, '_, '_> {
    pub(super) fn special(
        &mut self,
        special: Special,
        clause: &Clause,
        value: &Value,
    ) -> Result<Cond> {
        match special {
            Special::Comment => return self.comment(clause, value),
            Special::Attachment => return self.one_of_many(Part::File, clause, value),
            Special::History => return self.history(clause, value),
            _ => {}
        }
        let operand = match &value.test {
            Test::Is(operand) => operand,
            Test::Exact(_) => return Err(self.misfit(clause, value, Code::OnlyTexts)),
            Test::NotExact(_) => return Err(self.misfit(clause, value, Code::OnlySummary)),
            Test::Compare(..) | Test::Range(..) => {
                return Err(self.misfit(clause, value, Code::ExpectedEquality));
            }
        };
        let cond = match special {
            Special::Related | Special::ComponentOwner | Special::QueueOwner => {
                let users = self.users(operand);
                users.map(|users| self.of_people(special, &users))
            }
            Special::CommentAuthor => match self.users(operand) {
                Some(users) => Some(self.commented_by(&users)?),
                None => None,
            },
            Special::Linked(relation) => self.linked_by(relation, operand)?,
            Special::LinkedToQueue(relation) => match self.queues(operand) {
                Some(queues) => Some(self.linked_to_queues(relation, queues)?),
                None => None,
            },
            Special::SprintInProgressByBoard => {
                let running = |status| status == SprintStatus::InProgress;
                self.sprints(operand, running).map(|ids| having(no::SPRINT, ids))
            }
            Special::SprintsByBoard => {
                self.sprints(operand, |_| true).map(|ids| having(no::SPRINT, ids))
            }
            Special::SavedFilter => self.saved_filter(operand)?,
            Special::Comment | Special::Attachment | Special::History => None,
        };
        cond.ok_or_else(|| self.misfit(clause, value, expected_of(special)))
    }

    fn of_people(&self, special: Special, users: &[i64]) -> Cond {
        match special {
            Special::ComponentOwner => {
                let led = |lead: Option<i64>| lead.is_some_and(|uid| users.contains(&uid));
                let components = self.dict.components.iter().filter(|c| led(c.body.lead));
                having(no::COMPONENTS, components.map(|c| c.id).collect())
            }
            Special::QueueOwner => {
                let queues = self.dict.queues.iter().filter(|q| users.contains(&q.body.lead));
                having(no::QUEUE, queues.map(|q| q.id).collect())
            }
            _ => {
                let fields = [no::CREATED_BY, no::ASSIGNEE, no::FOLLOWERS];
                Cond::Or(fields.map(|field| having(field, users.to_vec())).to_vec())
            }
        }
    }

    fn commented_by(&mut self, users: &[i64]) -> Result<Cond> {
        let rows: Vec<(i64,)> = self.cx.tx.all_by_ids(COMMENTED_BY, &[&self.dict.org_id], users)?;
        let mut ids: Vec<u32> = rows.into_iter().filter_map(|(id,)| id.try_into().ok()).collect();
        ids.sort_unstable();
        Ok(Cond::Docs(ids.into_iter().collect()))
    }

    fn linked_by(&mut self, relation: Relation, operand: &Operand) -> Result<Option<Cond>> {
        match operand {
            Operand::Function(Function::NotEmpty) => self.having_links(relation).map(Some),
            Operand::Function(Function::Empty) => Ok(Some(self.having_links(relation)?.negated())),
            Operand::Literal(text) => {
                let issues = self.issues(text);
                self.linked(relation, &issues).map(Some)
            }
            Operand::Function(_) | Operand::Date(_) => Ok(None),
        }
    }

    /// What a saved filter finds, for whoever asks now.
    fn saved_filter(&mut self, operand: &Operand) -> Result<Option<Cond>> {
        let Operand::Literal(text) = operand else { return Ok(None) };
        let Some(filter) = filter::ops::by_name(self.cx, text) else { return Ok(None) };
        if self.saved.contains(&filter.id) {
            return Err(Code::FilterRing.with(&filter.body.name));
        }
        if self.saved.len() >= DEEPEST {
            return Err(Code::FilterRing.with(text));
        }
        let saved = Saved::read(self.cx, &filter.body)?;
        let Some(tree) = saved.tree else { return Ok(Some(Cond::All)) };
        let text = std::mem::replace(&mut self.text, saved.text);
        let style = std::mem::replace(&mut self.style, saved.style);
        self.saved.push(filter.id);
        let cond = self.cond(&tree);
        self.saved.pop();
        self.style = style;
        self.text = text;
        cond.map(Some)
    }
}

fn expected_of(special: Special) -> Code {
    match special {
        Special::Related
        | Special::ComponentOwner
        | Special::QueueOwner
        | Special::CommentAuthor => Code::ExpectedUser,
        Special::Linked(_) => Code::ExpectedIssue,
        Special::LinkedToQueue(_) => Code::ExpectedName,
        Special::SprintInProgressByBoard | Special::SprintsByBoard => Code::ExpectedBoard,
        Special::SavedFilter => Code::ExpectedFilter,
        Special::Comment | Special::Attachment | Special::History => Code::ExpectedText,
    }
}
