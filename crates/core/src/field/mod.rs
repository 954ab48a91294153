//! Fields of issues: their numbers, and what issues need to know of them.

pub(crate) mod input;
pub mod no;
pub mod ops;
pub(crate) mod options;
pub(crate) mod render;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use crate::dict::Table;
use crate::dict::model::{Field, ValueType};
use no::FieldNo;

/// A field as issues need it.
#[derive(Clone, Debug)]
pub struct FieldDef {
    /// Number.
    pub no: FieldNo,
    /// Name on the wire.
    pub wire: String,
    /// `"<wire id>":`, ready to be written.
    pub member: Box<[u8]>,
    /// Type of a value or element.
    pub value_type: ValueType,
    /// Several values.
    pub array: bool,
    /// Clients cannot write it.
    pub readonly: bool,
    /// Queue of a local field.
    pub queue: Option<i64>,
    /// Allowed values.
    pub values: Option<Vec<Json>>,
    /// Allowed values in single queues (see [`Field::lists`]).
    pub lists: BTreeMap<String, Vec<Json>>,
}

impl FieldDef {
    /// Whether an issue of a queue may have a value. A local field has its lists by issue type,
    /// which may change in the same edit, so each of them is good.
    pub fn allows(&self, queue_key: &str, value: &Json) -> bool {
        let Some(common) = &self.values else { return true };
        if self.queue.is_some() {
            return self.lists.values().chain([common]).any(|list| list.contains(value));
        }
        self.lists.get(queue_key).unwrap_or(common).contains(value)
    }
}

/// All fields by number and by wire id.
#[derive(Clone, Debug, Default)]
pub struct FieldIndex {
    by_no: FxHashMap<FieldNo, FieldDef>,
    by_wire: FxHashMap<String, FieldNo>,
    /// Wire ids of removed fields, whose texts may still stand in issues.
    gone: Vec<String>,
}

/// Other names under which fields of an issue are sent. `dueDate` is what a published client sends
/// for the deadline, and what the documentation of automatic actions calls it.
const ALSO: [(&str, &str); 2] = [("author", "createdBy"), ("dueDate", "deadline")];

impl FieldIndex {
    /// The index of a field table.
    pub fn new(fields: &Table<Field>) -> Self {
        let mut index = Self::default();
        for object in fields.iter() {
            if object.body.deleted {
                index.gone.push(object.key.clone());
                continue;
            }
            let Ok(no) = FieldNo::try_from(object.id) else { continue };
            let member = format!("{}:", Json::from(object.key.as_str()));
            let def = FieldDef {
                no,
                wire: object.key.clone(),
                member: member.into_bytes().into_boxed_slice(),
                value_type: object.body.value_type,
                array: object.body.array,
                readonly: object.body.readonly,
                queue: object.body.queue,
                values: object.body.values.clone(),
                lists: object.body.lists.clone(),
            };
            index.by_wire.insert(object.key.clone(), no);
            index.by_no.insert(no, def);
        }
        index
    }

    /// A field by number.
    pub fn get(&self, no: FieldNo) -> Option<&FieldDef> {
        self.by_no.get(&no)
    }

    /// A field by wire id.
    pub fn by_wire(&self, wire: &str) -> Option<&FieldDef> {
        self.by_wire.get(wire).and_then(|no| self.by_no.get(no))
    }

    /// A field by the name of a member that is sent: its wire id, or another name of it.
    pub fn by_member(&self, member: &str) -> Option<&FieldDef> {
        let other = || ALSO.iter().find(|(name, _)| *name == member);
        self.by_wire(member).or_else(|| self.by_wire(other()?.1))
    }

    /// Whether stored texts may hold a value of a removed field.
    pub fn may_hold_removed(&self, plain: &str) -> bool {
        self.gone.iter().any(|wire| plain.contains(wire.as_str()))
    }

    /// Every field.
    pub fn iter(&self) -> impl Iterator<Item = &FieldDef> {
        self.by_no.values()
    }
}
