//! The `object` table: dictionary objects as JSON.

use trackway_db::Tx;

use serde_json::Value as Json;

use super::model::{Body, Kind};
use super::{Object, Stored};
use crate::audit::{self, Action, Entry, Who};
use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::ids::Series;

trackway_db::row! {
    /// A row of the `object` table.
    pub struct ObjectRow {
        pub kind: String,
        pub id: i64,
        pub key: Option<String>,
        pub version: i64,
        pub body: String,
    }
}

/// All objects of an organisation.
pub const OF_ORG: &str = "SELECT kind, id, key, version, body FROM object WHERE org_id = $1";
/// One object.
pub const ONE: &str = "SELECT kind, id, key, version, body FROM object \
     WHERE org_id = $1 AND kind = $2 AND id = $3";
/// Adds an object.
pub const INSERT: &str =
    "INSERT INTO object (org_id, kind, id, key, version, body) VALUES ($1, $2, $3, $4, $5, $6)";
/// Changes an object that still has the version the change was made from.
pub const UPDATE: &str = "UPDATE object SET key = $4, version = version + 1, body = $5 \
     WHERE org_id = $1 AND kind = $2 AND id = $3 AND version = $6";

/// The body of a removed object. Its row stays without key: ids stand in the history of issues and
/// must not be given out again, and other processes learn of the removal by reading the row.
const REMOVED: &str = "null";

impl ObjectRow {
    fn stored(self) -> Option<Stored> {
        Some(Stored {
            kind: Kind::from_name(&self.kind)?,
            id: self.id,
            key: self.key.unwrap_or_default(),
            version: self.version,
            body: Some(self.body).filter(|body| body != REMOVED),
        })
    }
}

/// Every object of an organisation. Kinds this program does not know are skipped.
///
/// # Errors
/// The database fails.
pub fn of_org(tx: &mut Tx<'_>, org_id: i64) -> Result<Vec<Stored>> {
    let rows: Vec<ObjectRow> = tx.all(OF_ORG, &[&org_id])?;
    Ok(rows.into_iter().filter_map(ObjectRow::stored).collect())
}

/// One object as it stands in the database.
///
/// # Errors
/// The database fails.
pub fn one(tx: &mut Tx<'_>, org_id: i64, kind: Kind, id: i64) -> Result<Option<Stored>> {
    let row: Option<ObjectRow> = tx.opt(ONE, &[&org_id, &kind.name(), &id])?;
    Ok(row.and_then(ObjectRow::stored))
}

fn json<T: Body>(body: &T) -> Result<String> {
    serde_json::to_string(body).map_err(Error::internal)
}

/// Adds an object with a given id; for the stock dictionaries and the first objects.
///
/// # Errors
/// The database fails; 409 when the key is taken.
pub fn insert_at<T: Body>(
    tx: &mut Tx<'_>,
    org_id: i64,
    id: i64,
    key: &str,
    body: &T,
) -> Result<Stored> {
    let json = json(body)?;
    let column = (!key.is_empty()).then_some(key);
    tx.exec(INSERT, &[&org_id, &T::KIND.name(), &id, &column, &1_i64, &json]).map_err(|error| {
        match error {
            trackway_db::Error::Unique { .. } => Code::KeyTaken.with(key),
            other => other.into(),
        }
    })?;
    Ok(Stored { kind: T::KIND, id, key: key.to_owned(), version: 1, body: Some(json) })
}

/// Adds an object under the next number and tells the effects.
///
/// # Errors
/// The database fails; 409 when the key is taken.
pub fn insert<T: Body>(cx: &mut Cx<'_, '_>, key: &str, body: T) -> Result<Object<T>> {
    insert_keyed(cx, |_| key.to_owned(), body)
}

/// As [`insert`], with a key made from the number.
///
/// # Errors
/// As [`insert`].
pub fn insert_keyed<T: Body>(
    cx: &mut Cx<'_, '_>,
    key: impl FnOnce(i64) -> String,
    body: T,
) -> Result<Object<T>> {
    let id = cx.next(Series::Object)?;
    let key = key(id);
    let stored = insert_at(cx.tx, cx.dict.org_id, id, &key, &body)?;
    cx.changed_object(stored)?;
    audit_change(cx, id, None, Some(&body))?;
    Ok(Object::new(id, key, 1, body))
}

/// Replaces the body of an object and tells the effects.
///
/// # Errors
/// The database fails; 409 when somebody else changed the object meanwhile.
pub fn update<T: Body>(cx: &mut Cx<'_, '_>, old: &Object<T>, body: T) -> Result<Object<T>> {
    let stored = update_at(cx.tx, cx.dict.org_id, old, &body)?;
    let (key, version) = (stored.key.clone(), stored.version);
    cx.changed_object(stored)?;
    audit_change(cx, old.id, Some(&old.body), Some(&body))?;
    Ok(Object::new(old.id, key, version, body))
}

/// Replaces the body of an object outside of an operation on issues and records who did it; the
/// caller tells the effects.
///
/// # Errors
/// The database fails; 409 when somebody else changed the object meanwhile.
pub fn update_by<T: Body>(
    tx: &mut Tx<'_>,
    org_id: i64,
    who: &Who,
    old: &Object<T>,
    body: &T,
) -> Result<Stored> {
    let stored = update_at(tx, org_id, old, body)?;
    with_entry(old.id, Some(&old.body), Some(body), |entry| {
        audit::record_in(tx, org_id, who, entry)
    })?;
    Ok(stored)
}

/// Adds an object outside of an operation on issues and records who did it; the caller tells the
/// effects.
///
/// # Errors
/// The database fails; 409 when the key is taken.
pub fn insert_by<T: Body>(
    tx: &mut Tx<'_>,
    org_id: i64,
    who: &Who,
    id: i64,
    key: &str,
    body: &T,
) -> Result<Stored> {
    let stored = insert_at(tx, org_id, id, key, body)?;
    with_entry(id, None, Some(body), |entry| audit::record_in(tx, org_id, who, entry))?;
    Ok(stored)
}

fn update_at<T: Body>(tx: &mut Tx<'_>, org_id: i64, old: &Object<T>, body: &T) -> Result<Stored> {
    let json = json(body)?;
    let column = (!old.key.is_empty()).then_some(old.key.as_str());
    let changed =
        tx.exec(UPDATE, &[&org_id, &T::KIND.name(), &old.id, &column, &json, &old.version])?;
    if changed == 0 {
        return Err(Code::VersionConflict.with(old.version));
    }
    let (key, version) = (old.key.clone(), old.version + 1);
    Ok(Stored { kind: T::KIND, id: old.id, key, version, body: Some(json) })
}

/// Removes an object and tells the effects.
///
/// # Errors
/// The database fails; 409 when somebody else changed the object meanwhile.
pub fn remove<T: Body>(cx: &mut Cx<'_, '_>, old: &Object<T>) -> Result<()> {
    let (kind, key) = (T::KIND, None::<&str>);
    let params: [&dyn trackway_db::Param; 6] =
        [&cx.dict.org_id, &kind.name(), &old.id, &key, &REMOVED, &old.version];
    if cx.tx.exec(UPDATE, &params)? == 0 {
        return Err(Code::VersionConflict.with(old.version));
    }
    let version = old.version + 1;
    cx.changed_object(Stored { kind, id: old.id, key: String::new(), version, body: None })?;
    audit_change(cx, old.id, Some(&old.body), None)
}

/// Writes a change of an object to the audit log.
fn audit_change<T: Body>(
    cx: &mut Cx<'_, '_>,
    id: i64,
    before: Option<&T>,
    after: Option<&T>,
) -> Result<()> {
    with_entry(id, before, after, |entry| audit::record(cx, entry))
}

/// Hands over what the audit log is told of a change, if it is told.
fn with_entry<T: Body>(
    id: i64,
    before: Option<&T>,
    after: Option<&T>,
    record: impl FnOnce(Entry<'_>) -> Result<()>,
) -> Result<()> {
    let (Some(shown), true) = (after.or(before), T::AUDITED) else { return Ok(()) };
    let json = |body: Option<&T>| -> Result<Option<Json>> {
        body.map(|body| serde_json::to_value(body).map_err(Error::internal)).transpose()
    };
    let action = match (before, after) {
        (None, _) => Action::Create,
        (_, None) => Action::Delete,
        _ => Action::Update,
    };
    let name = shown.name();
    record(Entry {
        action,
        kind: T::KIND.name(),
        object: id.to_string(),
        name: name.get(crate::lang::Lang::Ru),
        before: json(before)?,
        after: json(after)?,
    })
}
