//! The hash chain of the audit log (oauth.md, 7.7): each row holds the hash of its own content and of
//! the row before, so that a row that was changed, removed or put in later is found. Whoever may
//! write to the database could make the whole chain anew: the newest hash, noted somewhere else,
//! tells that too.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};
use trackway_db::Tx;

use super::store::{AuditRow, INSERT};
use crate::error::Result;

/// Takes the next place, and waits for whoever took the one before.
const ADVANCE: &str = "INSERT INTO audit_head (org_id, place, hash) VALUES ($1, 1, '') \
     ON CONFLICT (org_id) DO UPDATE SET place = audit_head.place + 1 RETURNING place, hash";
/// Moves the end of the chain to the row that was just added.
const SEAL: &str = "UPDATE audit_head SET hash = $2 WHERE org_id = $1";
/// Organisations with a chain or with rows.
const ORGANIZATIONS: &str = "SELECT org_id FROM audit_head UNION SELECT org_id FROM audit \
     ORDER BY org_id";
/// The end of a chain.
const HEAD: &str = "SELECT place, hash FROM audit_head WHERE org_id = $1";
/// Rows after a place, in the order of the chain.
const ROWS: &str = "SELECT id, at, actor, action, kind, object, name, address, request_id, \
     before, after, place, hash FROM audit WHERE org_id = $1 AND place > $2 \
     ORDER BY place LIMIT 1000";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[ADVANCE, SEAL, ORGANIZATIONS, HEAD, ROWS];

trackway_db::row! {
    struct LinkRow {
        id: i64,
        at: i64,
        actor: i64,
        action: String,
        kind: String,
        object: String,
        name: String,
        address: String,
        request_id: String,
        before: Option<String>,
        after: Option<String>,
        place: i64,
        hash: String,
    }
}

impl LinkRow {
    fn split(self) -> (AuditRow, i64, String) {
        let Self { id, at, actor, action, kind, object, name, address, .. } = self;
        let Self { request_id, before, after, place, hash, .. } = self;
        let row = AuditRow {
            id,
            at,
            actor,
            action,
            kind,
            object,
            name,
            address,
            request_id,
            before,
            after,
        };
        (row, place, hash)
    }
}

/// Adds a row behind the newest one of its organisation.
///
/// # Errors
/// The database fails.
pub(super) fn append(tx: &mut Tx<'_>, org_id: i64, row: &AuditRow) -> Result<()> {
    let (place, before): (i64, String) = tx.one(ADVANCE, &[&org_id])?;
    let hash = link(&before, org_id, place, row);
    let params: [&dyn trackway_db::Param; 14] = [
        &org_id,
        &row.id,
        &row.at,
        &row.actor,
        &row.action,
        &row.kind,
        &row.object,
        &row.name,
        &row.address,
        &row.request_id,
        &row.before,
        &row.after,
        &place,
        &hash,
    ];
    tx.exec(INSERT, &params)?;
    tx.exec(SEAL, &[&org_id, &hash])?;
    Ok(())
}

/// The hash of a row. Every text comes with its length, so that no two rows look alike however they
/// are cut into columns.
fn link(before: &str, org_id: i64, place: i64, row: &AuditRow) -> String {
    let AuditRow { id, at, actor, action, kind, object, name, address, request_id, .. } = row;
    let mut hash = Sha256::new();
    let mut text = |text: Option<&str>| {
        let length = text.map_or(u64::MAX, |text| text.len() as u64);
        hash.update(length.to_be_bytes());
        hash.update(text.unwrap_or_default());
    };
    text(Some(before));
    for one in [action, kind, object, name, address, request_id] {
        text(Some(one));
    }
    text(row.before.as_deref());
    text(row.after.as_deref());
    for number in [&org_id, &place, id, at, actor] {
        hash.update(number.to_be_bytes());
    }
    HEXLOWER.encode(&hash.finalize())
}

/// What is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// The row with this number in the log is not what was written, or the one before it is not.
    Changed(i64),
    /// The row at this place of the chain is missing.
    Missing(i64),
    /// The row with this number lies behind the end of the chain.
    Added(i64),
    /// The end of the chain is not the hash of its last row.
    End,
}

/// A chain that was looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Organisation; [`super::INSTALLATION`] for the installation itself.
    pub org_id: i64,
    /// How many rows it has.
    pub rows: i64,
    /// Hash of the newest one.
    pub hash: String,
    /// The first thing that is wrong, if any.
    pub broken: Option<Break>,
}

/// Looks through the chain of every organisation and of the installation, within a snapshot of the
/// database.
///
/// # Errors
/// The database fails.
pub fn verify(tx: &mut Tx<'_>) -> Result<Vec<Chain>> {
    let orgs: Vec<i64> = tx.all(ORGANIZATIONS, &[])?;
    orgs.into_iter().map(|org_id| verify_one(tx, org_id)).collect()
}

fn verify_one(tx: &mut Tx<'_>, org_id: i64) -> Result<Chain> {
    let head: Option<(i64, String)> = tx.opt(HEAD, &[&org_id])?;
    let (rows, hash) = head.unwrap_or_default();
    let broken = first_break(tx, org_id, rows, &hash)?;
    Ok(Chain { org_id, rows, hash, broken })
}

fn first_break(tx: &mut Tx<'_>, org_id: i64, rows: i64, end: &str) -> Result<Option<Break>> {
    let (mut seen, mut hash) = (0, String::new());
    loop {
        let found: Vec<LinkRow> = tx.all(ROWS, &[&org_id, &seen])?;
        if found.is_empty() {
            break;
        }
        for (row, place, said) in found.into_iter().map(LinkRow::split) {
            if place > rows {
                return Ok(Some(Break::Added(row.id)));
            }
            if place != seen + 1 {
                return Ok(Some(Break::Missing(seen + 1)));
            }
            hash = link(&hash, org_id, place, &row);
            if hash != said {
                return Ok(Some(Break::Changed(row.id)));
            }
            seen = place;
        }
    }
    if seen < rows {
        return Ok(Some(Break::Missing(seen + 1)));
    }
    Ok((hash != end).then_some(Break::End))
}

#[cfg(test)]
mod tests;
