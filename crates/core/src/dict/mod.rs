//! Dictionaries: the small data of an organisation, held in memory ready to be sent
//! (design, section 9).

pub mod defaults;
pub mod model;
pub mod store;
mod table;

use rustc_hash::FxHashMap;

pub use table::{Object, Table};

use crate::field::FieldIndex;
use model::{Body, Org, Queue};

/// Everything that has to be said of the kinds of dictionary objects, a line each: documentation,
/// table in [`Dict`], type, name in the `kind` column.
macro_rules! dictionaries {
    ($($(#[doc = $doc:literal])* $table:ident: $kind:ident $name:literal;)*) => {
        /// Kinds of dictionary objects; the name is the `kind` column.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Kind {
            /// The organisation itself; there is one.
            Org,
            $($(#[doc = $doc])* $kind,)*
        }

        impl Kind {
            /// Every kind, in the order in which one may refer to another.
            pub const ALL: &[Self] = &[Self::Org, $(Self::$kind),*];

            /// Name in the `kind` column.
            pub const fn name(self) -> &'static str {
                match self {
                    Self::Org => "org",
                    $(Self::$kind => $name,)*
                }
            }

            /// The kind of a `kind` column.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|k| k.name() == name)
            }
        }

        /// All dictionaries of one organisation: an immutable snapshot, replaced whole after a
        /// change.
        #[derive(Clone, Debug, Default)]
        pub struct Dict {
            /// Number of the organisation, first in every key of the database.
            pub org_id: i64,
            /// The organisation.
            pub org: Org,
            /// Its version.
            pub org_version: i64,
            $($(#[doc = $doc])* pub $table: Table<model::$kind>,)*
            /// Fields prepared for issues.
            pub field_index: FieldIndex,
            /// Triggers by queue, in the order in which they act.
            pub triggers_of: FxHashMap<i64, Vec<i64>>,
            /// Components by queue.
            pub components_of: FxHashMap<i64, Vec<i64>>,
            /// Versions by queue.
            pub versions_of: FxHashMap<i64, Vec<i64>>,
            /// Grows with every change of anything; caches made from the dictionaries compare it.
            pub generation: u64,
        }

        impl Dict {
            fn put_object(&mut self, stored: &Stored) -> serde_json::Result<()> {
                match stored.kind {
                    Kind::Org => Ok(()),
                    $(Kind::$kind => put(&mut self.$table, stored),)*
                }
            }

            fn fill_kind(&mut self, kind: Kind, rows: &[Stored]) -> serde_json::Result<()> {
                match kind {
                    Kind::Org => Ok(()),
                    $(Kind::$kind => fill(&mut self.$table, rows),)*
                }
            }
        }
    };
}

dictionaries! {
    /// Statuses.
    statuses: Status "status";
    /// Issue types.
    types: IssueType "issuetype";
    /// Priorities.
    priorities: Priority "priority";
    /// Resolutions.
    resolutions: Resolution "resolution";
    /// Categories of fields.
    categories: Category "category";
    /// Fields.
    fields: Field "field";
    /// Workflows.
    workflows: Workflow "workflow";
    /// Groups.
    groups: Group "group";
    /// Members by uid; the key is the login in lower case.
    users: Member "member";
    /// Queues, deleted ones too.
    queues: Queue "queue";
    /// Components.
    components: Component "component";
    /// Versions.
    versions: Version "version";
    /// Triggers of queues.
    triggers: Trigger "trigger";
    /// Automatic actions of queues.
    autoactions: Autoaction "autoaction";
    /// Recurring issues of queues.
    schedules: Schedule "schedule";
    /// Work calendars.
    calendars: Calendar "calendar";
    /// Service levels of queues.
    sla_rules: SlaRule "sla";
    /// Webhooks of the organisation.
    org_hooks: OrgHook "webhook";
    /// Macros of queues.
    macros: Macro "macro";
    /// Applications whose objects issues can be linked to.
    remote_apps: RemoteApp "remoteApp";
    /// Saved filters.
    filters: Filter "filter";
    /// Default values of queues.
    default_values: DefaultValues "defaultvalues";
    /// Boards.
    boards: Board "board";
    /// Sprints.
    sprints: Sprint "sprint";
    /// Departments.
    departments: Department "department";
    /// Mail lists; the key is the address in lower case.
    maillists: MailList "maillist";
    /// Issue templates.
    issue_templates: IssueTemplate "issuetemplate";
    /// Comment templates.
    comment_templates: CommentTemplate "commenttemplate";
    /// Projects, portfolios and goals.
    entities: Entity "entity";
    /// Dashboards.
    dashboards: Dashboard "dashboard";
    /// Widgets of dashboards.
    widgets: Widget "widget";
    /// Ordered exports of issues.
    reports: Report "report";
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
    rows.iter().filter(|row| row.body.is_none()).for_each(|row| table.remove(row.id));
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
            dict.fill_kind(kind, &rows)?;
        }
        dict.finish();
        Ok(dict)
    }

    fn put(&mut self, stored: &Stored) -> serde_json::Result<()> {
        if let (Kind::Org, Some(body)) = (stored.kind, &stored.body)
            && stored.version >= self.org_version
        {
            self.org = serde_json::from_str(body)?;
            self.org_version = stored.version;
        }
        self.put_object(stored)
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
        self.triggers_of = by_queue(&self.triggers, |t| Some(t.queue));
        self.components_of = by_queue(&self.components, |c| (!c.deleted).then_some(c.queue));
        self.versions_of = by_queue(&self.versions, |v| (!v.deleted).then_some(v.queue));
    }

    /// A queue that is not deleted, by key or id. Keys are case-sensitive (real-samples, 4).
    pub fn live_queue(&self, key_or_id: &str) -> Option<&std::sync::Arc<Object<Queue>>> {
        self.queues.find(key_or_id).filter(|q| !q.body.deleted)
    }

    /// Whether a queue is archived: its rules do nothing meanwhile.
    pub fn rests(&self, queue: i64) -> bool {
        self.queues.get(queue).is_some_and(|queue| queue.body.archived)
    }
}

/// Ids of objects by queue; those without one are left out.
fn by_queue<T: Body>(
    table: &Table<T>,
    queue: impl Fn(&T) -> Option<i64>,
) -> FxHashMap<i64, Vec<i64>> {
    let mut map: FxHashMap<i64, Vec<i64>> = FxHashMap::default();
    for object in table.iter() {
        if let Some(queue) = queue(&object.body) {
            map.entry(queue).or_default().push(object.id);
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(kind: Kind, version: i64, body: Option<&str>) -> Stored {
        Stored { kind, id: 1, key: String::new(), version, body: body.map(str::to_owned) }
    }

    /// The follower of the feed reads a row, and what is answered meanwhile changes it.
    #[test]
    fn what_was_read_before_a_change_comes_too_late() {
        let json = |name: &str| {
            let mut org = Dict::default().org;
            org.name.en = name.to_owned();
            serde_json::to_string(&org).expect("JSON")
        };
        let (old, new) = (json("old"), json("new"));
        let dict = Dict::load(1, vec![stored(Kind::Org, 1, Some(&old))]).expect("dictionaries");
        let dict = dict.with(&[stored(Kind::Org, 2, Some(&new))]).expect("a change");
        let dict = dict.with(&[stored(Kind::Org, 1, Some(&old))]).expect("a late one");
        assert_eq!(dict.org.name.en, "new");

        let body = r#"{"name":{"ru":"a","en":"a"}}"#;
        let category = |version, body| stored(Kind::Category, version, body);
        let dict = dict.with(&[category(1, Some(body))]).expect("an object");
        assert!(dict.categories.get(1).is_some());
        let dict = dict.with(&[category(2, None)]).expect("a removal");
        let dict = dict.with(&[category(1, Some(body))]).expect("a late one");
        assert!(dict.categories.get(1).is_none(), "removed objects stay removed");
        let dict = Dict::load(1, vec![category(2, None)]).expect("dictionaries");
        let dict = dict.with(&[category(1, Some(body))]).expect("a late one");
        assert!(dict.categories.get(1).is_none(), "also after a start");
    }
}
