//! The rows of the audit log.

use serde_json::{Value, json};
use trackway_db::Tx;

use crate::error::Result;
use crate::time::instant_text;

trackway_db::row! {
    /// A recorded change.
    pub struct AuditRow {
        pub id: i64,
        pub at: i64,
        pub actor: i64,
        pub action: String,
        pub kind: String,
        pub object: String,
        pub name: String,
        pub address: String,
        pub request_id: String,
        pub before: Option<String>,
        pub after: Option<String>,
    }
}

impl AuditRow {
    /// What happened, where the record is of an account or an application and not of an object.
    pub fn event(&self) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Said {
            event: String,
        }
        let said = serde_json::from_str::<Said>(self.after.as_deref()?).ok()?;
        Some(said.event)
    }

    /// The record for an export; `organization` is the value of `X-Org-ID`, or empty for the
    /// installation.
    pub fn json(&self, organization: &str) -> Value {
        let state = |text: &Option<String>| {
            text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null)
        };
        json!({
            "organization": organization,
            "id": self.id,
            "at": instant_text(self.at),
            "actor": self.actor,
            "action": self.action,
            "type": self.kind,
            "object": self.object,
            "name": self.name,
            "address": self.address,
            "requestId": self.request_id,
            "before": state(&self.before),
            "after": state(&self.after),
        })
    }
}

/// Adds a change.
pub const INSERT: &str = "INSERT INTO audit \
     (org_id, id, at, actor, action, kind, object, name, address, request_id, before, after, \
     place, hash) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

macro_rules! page {
    ($condition:literal, $limit:literal) => {
        concat!(
            "SELECT id, at, actor, action, kind, object, name, address, request_id, before, after ",
            "FROM audit WHERE org_id = $1 AND id < $2 AND at >= $3 AND at < $4 ",
            $condition,
            "ORDER BY id DESC LIMIT ",
            $limit
        )
    };
}

/// The newest changes before one of them.
pub const NEWEST: &str = page!("", "$5");
/// Those of one person.
pub const OF_ACTOR: &str = page!("AND actor = $5 ", "$6");
/// Those of one kind of object.
pub const OF_KIND: &str = page!("AND kind = $5 ", "$6");
/// Those of one object.
pub const OF_OBJECT: &str = page!("AND kind = $5 AND object = $6 ", "$7");

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[INSERT, NEWEST, OF_ACTOR, OF_KIND, OF_OBJECT];

/// Which changes are asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// By one person.
    pub actor: Option<i64>,
    /// Of one kind of object.
    pub kind: Option<String>,
    /// Of the object of that kind with this id.
    pub object: Option<String>,
    /// Not before.
    pub from: Option<i64>,
    /// Before.
    pub to: Option<i64>,
}

impl Filter {
    /// What the statements leave to us when person and object are both named.
    fn wants(&self, row: &AuditRow) -> bool {
        self.actor.is_none_or(|actor| row.actor == actor)
    }
}

/// The newest `limit` changes before the change `cursor`.
///
/// # Errors
/// The database fails.
pub fn page(
    tx: &mut Tx<'_>,
    org_id: i64,
    filter: &Filter,
    cursor: Option<i64>,
    limit: usize,
) -> Result<Vec<AuditRow>> {
    let mut cursor = cursor.unwrap_or(i64::MAX);
    let (from, to) = (filter.from.unwrap_or(i64::MIN), filter.to.unwrap_or(i64::MAX));
    let size = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut found = Vec::new();
    loop {
        let rows: Vec<AuditRow> = match (&filter.kind, &filter.object, filter.actor) {
            (Some(kind), Some(object), _) => {
                tx.all(OF_OBJECT, &[&org_id, &cursor, &from, &to, kind, object, &size])?
            }
            (Some(kind), None, _) => {
                tx.all(OF_KIND, &[&org_id, &cursor, &from, &to, kind, &size])?
            }
            (None, _, Some(actor)) => {
                tx.all(OF_ACTOR, &[&org_id, &cursor, &from, &to, &actor, &size])?
            }
            (None, _, None) => tx.all(NEWEST, &[&org_id, &cursor, &from, &to, &size])?,
        };
        let last = rows.len() < limit;
        cursor = rows.last().map_or(cursor, |row| row.id);
        found.extend(rows.into_iter().filter(|row| filter.wants(row)));
        if last || found.len() >= limit {
            found.truncate(limit);
            return Ok(found);
        }
    }
}
