//! Conditions on links (query-language.md, 6.2 and 6.3). Parents and epics are fields of the index
//! (`hierarchy.rs`); the other links are looked up in their table.

use trackway_search::{Cond, DocId, RoaringBitmap};

use super::names::Relation;
use super::resolve::Resolver;
use crate::error::Result;
use crate::field::no;
use crate::link::kinds::LinkKind;

/// Issues that play the outward part to some others.
pub const OUTWARD: &str = "SELECT issue_id FROM link \
     WHERE org_id = $1 AND kind = $2 AND other_id {any:$3}";
/// Issues that play the inward part to some others.
pub const INWARD: &str = "SELECT other_id FROM link \
     WHERE org_id = $1 AND kind = $2 AND issue_id {any:$3}";
/// Issues linked to some others.
pub const LINKED: &str = "SELECT issue_id FROM link WHERE org_id = $1 AND other_id {any:$2} \
     UNION SELECT other_id FROM link WHERE org_id = $1 AND issue_id {any:$2}";
/// All links of a type.
pub const OF_KIND: &str = "SELECT issue_id, other_id FROM link WHERE org_id = $1 AND kind = $2";
/// All links.
pub const ALL: &str = "SELECT issue_id, other_id FROM link WHERE org_id = $1";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[OUTWARD, INWARD, LINKED, OF_KIND, ALL];

/// With fewer issues in a queue their links are looked up one by one.
const FEW: u64 = 2000;

fn docs(ids: impl IntoIterator<Item = i64>) -> Cond {
    let mut ids: Vec<DocId> = ids.into_iter().filter_map(|id| id.try_into().ok()).collect();
    ids.sort_unstable();
    ids.dedup();
    Cond::Docs(ids.into_iter().collect())
}

impl Resolver<'_, '_, '_> {
    /// Issues linked to any of these.
    pub(super) fn linked(&mut self, relation: Relation, issues: &[i64]) -> Result<Cond> {
        match relation {
            Relation::Inward(LinkKind::Subtask) => {
                return Ok(Cond::AnyOf(no::PARENT, issues.to_vec()));
            }
            Relation::Inward(LinkKind::Epic) => return Ok(Cond::AnyOf(no::EPIC, issues.to_vec())),
            Relation::Outward(LinkKind::Subtask) => return Ok(self.above(no::PARENT, issues)),
            Relation::Outward(LinkKind::Epic) => return Ok(self.above(no::EPIC, issues)),
            _ if issues.is_empty() => return Ok(Cond::None),
            _ => {}
        }
        let mut ids = Vec::new();
        for chunk in issues.chunks(500) {
            match relation {
                Relation::Any => {
                    let rows: Vec<(i64,)> =
                        self.cx.tx.all_by_ids(LINKED, &[&self.dict.org_id], chunk)?;
                    ids.extend(rows.into_iter().map(|(id,)| id));
                }
                Relation::Outward(kind) => self.ends(OUTWARD, kind, chunk, &mut ids)?,
                Relation::Inward(kind) => self.ends(INWARD, kind, chunk, &mut ids)?,
                Relation::Either(kind) => {
                    self.ends(OUTWARD, kind, chunk, &mut ids)?;
                    self.ends(INWARD, kind, chunk, &mut ids)?;
                }
            }
        }
        Ok(docs(ids))
    }

    fn ends(
        &mut self,
        sql: &str,
        kind: LinkKind,
        issues: &[i64],
        ids: &mut Vec<i64>,
    ) -> Result<()> {
        let rows: Vec<(i64,)> =
            self.cx.tx.all_by_ids(sql, &[&self.dict.org_id, &kind.key()], issues)?;
        ids.extend(rows.into_iter().map(|(id,)| id));
        Ok(())
    }

    /// Issues linked to any issue of these queues.
    pub(super) fn linked_to_queues(
        &mut self,
        relation: Relation,
        queues: Vec<i64>,
    ) -> Result<Cond> {
        match relation {
            Relation::Inward(LinkKind::Subtask) => {
                return Ok(self.below_queues(no::PARENT, queues));
            }
            Relation::Inward(LinkKind::Epic) => return Ok(self.below_queues(no::EPIC, queues)),
            Relation::Outward(LinkKind::Subtask) => {
                return Ok(self.above_queues(no::PARENT, queues));
            }
            Relation::Outward(LinkKind::Epic) => return Ok(self.above_queues(no::EPIC, queues)),
            _ => {}
        }
        let within = self.eval(&Cond::AnyOf(no::QUEUE, queues));
        if within.len() < FEW {
            let issues: Vec<i64> = within.iter().map(i64::from).collect();
            return self.linked(relation, &issues);
        }
        self.pairs(relation, &within)
    }

    /// Issues with any link of this kind.
    pub(super) fn having_links(&mut self, relation: Relation) -> Result<Cond> {
        match relation {
            Relation::Inward(LinkKind::Subtask) => return Ok(Cond::Exists(no::PARENT)),
            Relation::Inward(LinkKind::Epic) => return Ok(Cond::Exists(no::EPIC)),
            _ => {}
        }
        let everything = self.eval(&Cond::All);
        self.pairs(relation, &everything)
    }

    /// Issues whose link goes to one of a large set.
    fn pairs(&mut self, relation: Relation, within: &RoaringBitmap) -> Result<Cond> {
        let org = self.dict.org_id;
        let rows: Vec<(i64, i64)> = match relation {
            Relation::Any => self.cx.tx.all(ALL, &[&org])?,
            Relation::Either(kind) | Relation::Outward(kind) | Relation::Inward(kind) => {
                self.cx.tx.all(OF_KIND, &[&org, &kind.key()])?
            }
        };
        let is_within = |id: i64| DocId::try_from(id).is_ok_and(|id| within.contains(id));
        let (outward, inward) = match relation {
            Relation::Any | Relation::Either(_) => (true, true),
            Relation::Outward(_) => (true, false),
            Relation::Inward(_) => (false, true),
        };
        let ids = rows.into_iter().flat_map(|(issue, other)| {
            let main = (outward && is_within(other)).then_some(issue);
            let rest = (inward && is_within(issue)).then_some(other);
            main.into_iter().chain(rest)
        });
        Ok(docs(ids))
    }
}
