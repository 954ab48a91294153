//! Issues.

pub(crate) mod cache;
mod choice;
pub mod codec;
pub mod copy;
pub mod edit;
pub mod expand;
pub mod import;
pub mod input;
mod kept;
mod load;
mod money;
pub mod ops;
pub(crate) mod project;
pub mod refs;
pub mod remove;
pub mod render;
pub mod restore;
pub mod shelf;
pub mod store;
pub mod suggest;
pub mod transfer;
pub mod value;
pub mod vote;

#[cfg(test)]
mod tests;

use trackway_api::types::KeyedRef;

use crate::cx::Cx;
use crate::dict::Dict;
use crate::dict::model::StatusType;
use crate::field::no::{self, FieldNo};
use crate::time::Instant;
use value::Val;

/// How many values an issue has, by and large.
const USUAL_VALUES: usize = 24;

/// An issue with all its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// Number, unique in the installation.
    pub id: i64,
    /// Queue.
    pub queue: i64,
    /// Number within the queue.
    pub num: i64,
    /// What callers see and name in `If-Match`: grows by one with each change of its fields.
    pub version: i64,
    /// Grows by one whenever the row changes, comments and links included.
    pub(crate) revision: i64,
    /// Ascending by field: as they are stored, so that reading appends.
    vals: Vec<(FieldNo, Val)>,
}

impl Issue {
    /// An issue without values.
    pub fn new(id: i64, queue: i64, num: i64, version: i64) -> Self {
        Self { id, queue, num, version, revision: version, vals: Vec::with_capacity(USUAL_VALUES) }
    }

    /// Every value, by field number.
    pub fn vals(&self) -> impl Iterator<Item = (FieldNo, &Val)> {
        self.vals.iter().map(|(field, val)| (*field, val))
    }

    /// A value.
    pub fn get(&self, field: FieldNo) -> Option<&Val> {
        self.place(field).ok().and_then(|i| self.vals.get(i)).map(|(_, val)| val)
    }

    /// Sets or clears a value; an empty one is the same as none.
    pub fn set(&mut self, field: FieldNo, val: Option<Val>) {
        match (self.place(field), val.filter(|v| !v.is_empty())) {
            (Ok(i), Some(val)) => {
                if let Some(old) = self.vals.get_mut(i) {
                    old.1 = val;
                }
            }
            (Ok(i), None) => drop(self.vals.remove(i)),
            (Err(i), Some(val)) => self.vals.insert(i, (field, val)),
            (Err(_), None) => {}
        }
    }

    /// Where the value of a field is, or would be.
    fn place(&self, field: FieldNo) -> Result<usize, usize> {
        match self.vals.last() {
            Some((last, _)) if *last < field => Err(self.vals.len()),
            _ => self.vals.binary_search_by_key(&field, |(field, _)| *field),
        }
    }

    /// A single reference or integer.
    pub fn one(&self, field: FieldNo) -> Option<i64> {
        match self.get(field) {
            Some(Val::Ref(n) | Val::At(n) | Val::Span(n)) => Some(*n),
            _ => None,
        }
    }

    /// Several references.
    pub fn many(&self, field: FieldNo) -> &[i64] {
        match self.get(field) {
            Some(Val::Refs(ids)) => ids,
            _ => &[],
        }
    }

    /// A text.
    pub fn text(&self, field: FieldNo) -> &str {
        match self.get(field) {
            Some(Val::Text(text)) => text,
            _ => "",
        }
    }

    /// The issue's key.
    pub fn key(&self, dict: &Dict) -> String {
        key_text(dict, self.queue, self.num)
    }

    /// Status.
    pub fn status(&self) -> i64 {
        self.one(no::STATUS).unwrap_or(0)
    }

    /// Type.
    pub fn issue_type(&self) -> i64 {
        self.one(no::TYPE).unwrap_or(0)
    }

    /// Puts the issue, which was `before`, into a status of this type, with everything that tells of
    /// the change (contract, `executeTransition`).
    pub(crate) fn enter(&mut self, before: &Self, status: i64, kind: StatusType, now: Instant) {
        self.set(no::STATUS, Some(Val::Ref(status)));
        self.set(no::STATUS_TYPE, Some(Val::Ref(kind.number())));
        self.set(no::STATUS_START_TIME, Some(Val::At(now)));
        self.set(no::PREVIOUS_STATUS, Some(Val::Ref(before.status())));
        self.set(no::PREVIOUS_STATUS_LAST_ASSIGNEE, before.get(no::ASSIGNEE).cloned());
    }

    /// Whether it was archived: nobody finds or changes it until it is restored.
    pub fn is_archived(&self) -> bool {
        self.get(no::ARCHIVED_AT).is_some()
    }

    /// When it was created.
    pub fn created(&self) -> Instant {
        self.one(no::CREATED_AT).unwrap_or(0)
    }

    /// 24-digit id.
    pub fn hex(&self) -> String {
        crate::ids::hex_id(crate::ids::Tag::Issue, self.created(), self.id)
    }
}

/// A key from queue and number.
pub fn key_text(dict: &Dict, queue: i64, num: i64) -> String {
    dict.queues.get(queue).map_or_else(|| format!("?-{num}"), |q| format!("{}-{num}", q.key))
}

/// A reference to an issue that the actor may read.
pub(crate) fn keyed(cx: &Cx<'_, '_>, issue: &Issue) -> KeyedRef {
    let key = issue.key(&cx.dict);
    KeyedRef {
        self_url: cx.view.url(&format!("/issues/{key}")),
        id: issue.hex(),
        display: issue.text(no::SUMMARY).into(),
        key,
    }
}
