//! Fields of issues: their numbers, and what issues need to know of them.

pub mod no;
pub mod ops;

use rustc_hash::FxHashMap;

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
    pub values: Option<Vec<serde_json::Value>>,
}

/// All fields by number and by wire id.
#[derive(Clone, Debug, Default)]
pub struct FieldIndex {
    by_no: FxHashMap<FieldNo, FieldDef>,
    by_wire: FxHashMap<String, FieldNo>,
}

impl FieldIndex {
    /// The index of a field table.
    pub fn new(fields: &Table<Field>) -> Self {
        let mut index = Self::default();
        for object in fields.iter() {
            let Ok(no) = FieldNo::try_from(object.id) else { continue };
            let member = format!("{}:", serde_json::Value::from(object.key.as_str()));
            let def = FieldDef {
                no,
                wire: object.key.clone(),
                member: member.into_bytes().into_boxed_slice(),
                value_type: object.body.value_type,
                array: object.body.array,
                readonly: object.body.readonly,
                queue: object.body.queue,
                values: object.body.values.clone(),
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

    /// Every field.
    pub fn iter(&self) -> impl Iterator<Item = &FieldDef> {
        self.by_no.values()
    }
}
