//! Dictionaries: the small data of an organisation, held in memory ready to be sent
//! (design, section 9).

pub mod defaults;
pub mod model;
pub mod store;
mod table;

use rustc_hash::FxHashMap;

pub use table::{Object, Table};

use crate::field::FieldIndex;
use model::{
    Body, Category, Component, Field, Group, IssueType, Kind, Member, Org, Priority, Queue,
    Resolution, Status, Version, Workflow,
};

/// All dictionaries of one organisation: an immutable snapshot, replaced whole after a change.
#[derive(Clone, Debug, Default)]
pub struct Dict {
    /// Number of the organisation, first in every key of the database.
    pub org_id: i64,
    /// The organisation.
    pub org: Org,
    /// Statuses.
    pub statuses: Table<Status>,
    /// Issue types.
    pub types: Table<IssueType>,
    /// Priorities.
    pub priorities: Table<Priority>,
    /// Resolutions.
    pub resolutions: Table<Resolution>,
    /// Categories of fields.
    pub categories: Table<Category>,
    /// Fields.
    pub fields: Table<Field>,
    /// Workflows.
    pub workflows: Table<Workflow>,
    /// Groups.
    pub groups: Table<Group>,
    /// Members by uid; the key is the login in lower case.
    pub users: Table<Member>,
    /// Queues, deleted ones too.
    pub queues: Table<Queue>,
    /// Components.
    pub components: Table<Component>,
    /// Versions.
    pub versions: Table<Version>,
    /// Fields prepared for issues.
    pub field_index: FieldIndex,
    /// Components by queue.
    pub components_of: FxHashMap<i64, Vec<i64>>,
    /// Versions by queue.
    pub versions_of: FxHashMap<i64, Vec<i64>>,
    /// Grows with every change of anything; caches made from the dictionaries compare it.
    pub generation: u64,
}

/// A row of the `object` table, or one about to become one.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Kind.
    pub kind: Kind,
    /// Id.
    pub id: i64,
    /// Key.
    pub key: String,
    /// Version.
    pub version: i64,
    /// JSON of the body; `None` when the object was removed.
    pub body: Option<String>,
}

/// Calls a function with the table of a kind.
macro_rules! on_table {
    ($self:ident, $kind:expr, $call:ident, $rows:expr) => {
        match $kind {
            Kind::Org => Ok(()),
            Kind::Status => $call(&mut $self.statuses, $rows),
            Kind::IssueType => $call(&mut $self.types, $rows),
            Kind::Priority => $call(&mut $self.priorities, $rows),
            Kind::Resolution => $call(&mut $self.resolutions, $rows),
            Kind::Category => $call(&mut $self.categories, $rows),
            Kind::Field => $call(&mut $self.fields, $rows),
            Kind::Workflow => $call(&mut $self.workflows, $rows),
            Kind::Group => $call(&mut $self.groups, $rows),
            Kind::Member => $call(&mut $self.users, $rows),
            Kind::Queue => $call(&mut $self.queues, $rows),
            Kind::Component => $call(&mut $self.components, $rows),
            Kind::Version => $call(&mut $self.versions, $rows),
        }
    };
}

fn put<T: Body>(table: &mut Table<T>, stored: &Stored) -> serde_json::Result<()> {
    match &stored.body {
        Some(body) => table.put(object(stored, body)?),
        None => table.remove(stored.id),
    }
    Ok(())
}

/// Loads a kind at once; one by one would sort the table again for each object.
fn fill<T: Body>(table: &mut Table<T>, rows: &[Stored]) -> serde_json::Result<()> {
    let objects: serde_json::Result<Vec<_>> =
        rows.iter().filter_map(|row| row.body.as_deref().map(|body| object(row, body))).collect();
    *table = Table::new(objects?);
    Ok(())
}

fn object<T: Body>(stored: &Stored, body: &str) -> serde_json::Result<Object<T>> {
    Ok(Object::new(stored.id, stored.key.clone(), stored.version, serde_json::from_str(body)?))
}

impl Dict {
    /// The dictionaries made of all stored objects of an organisation.
    ///
    /// # Errors
    /// A stored body that cannot be read.
    pub fn load(org_id: i64, stored: Vec<Stored>) -> serde_json::Result<Self> {
        let mut dict = Self { org_id, ..Self::default() };
        let mut by_kind: FxHashMap<Kind, Vec<Stored>> = FxHashMap::default();
        for row in stored {
            by_kind.entry(row.kind).or_default().push(row);
        }
        for (kind, rows) in by_kind {
            if kind == Kind::Org {
                rows.iter().try_for_each(|row| dict.put(row))?;
            }
            on_table!(dict, kind, fill, &rows)?;
        }
        dict.finish();
        Ok(dict)
    }

    fn put(&mut self, stored: &Stored) -> serde_json::Result<()> {
        if let (Kind::Org, Some(body)) = (stored.kind, &stored.body) {
            self.org = serde_json::from_str(body)?;
        }
        on_table!(self, stored.kind, put, stored)
    }

    /// The dictionaries after these changes.
    ///
    /// # Errors
    /// A stored body that cannot be read.
    pub fn with(&self, changes: &[Stored]) -> serde_json::Result<Self> {
        let mut dict = self.clone();
        for change in changes {
            dict.put(change)?;
        }
        dict.generation += 1;
        dict.finish();
        Ok(dict)
    }

    /// Makes what is derived from the tables.
    fn finish(&mut self) {
        self.field_index = FieldIndex::new(&self.fields);
        self.components_of = by_queue(&self.components, |c| c.queue);
        self.versions_of = by_queue(&self.versions, |v| v.queue);
    }

    /// A queue that is not deleted, by key or id. Keys are case-sensitive (real-samples, 4).
    pub fn live_queue(&self, key_or_id: &str) -> Option<&std::sync::Arc<Object<Queue>>> {
        self.queues.find(key_or_id).filter(|q| !q.body.deleted)
    }
}

fn by_queue<T: Body>(table: &Table<T>, queue: impl Fn(&T) -> i64) -> FxHashMap<i64, Vec<i64>> {
    let mut map: FxHashMap<i64, Vec<i64>> = FxHashMap::default();
    for object in table.iter() {
        map.entry(queue(&object.body)).or_default().push(object.id);
    }
    map
}
