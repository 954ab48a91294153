//! The rows of files.

use super::Owner;
use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::ids::Series;
use crate::words;

trackway_db::row! {
    /// A file.
    pub struct AttachmentRow {
        pub id: i64,
        pub owner_kind: i64,
        pub owner_id: i64,
        pub comment_id: i64,
        pub name: String,
        pub mimetype: String,
        pub size: i64,
        pub width: i64,
        pub height: i64,
        pub blob: String,
        pub created_at: i64,
        pub created_by: i64,
    }
}

impl AttachmentRow {
    /// What the file hangs on.
    pub fn owner(&self) -> Owner {
        match self.owner_kind {
            1 => Owner::Issue(self.owner_id, self.comment_id),
            2 => Owner::Entity(self.owner_id, self.comment_id),
            3 => Owner::Removed(self.owner_id, self.comment_id),
            _ => Owner::Nothing,
        }
    }

    /// Whether the file is a picture that this server can draw small.
    pub const fn is_picture(&self) -> bool {
        self.width > 0
    }
}

/// One file.
pub const ONE: &str = "SELECT id, owner_kind, owner_id, comment_id, name, mimetype, size, width, \
     height, blob, created_at, created_by FROM attachment WHERE org_id = $1 AND id = $2";
/// Files of an owner and its comments.
pub const OF_OWNER: &str = "SELECT id, owner_kind, owner_id, comment_id, name, mimetype, size, \
     width, height, blob, created_at, created_by FROM attachment \
     WHERE org_id = $1 AND owner_kind = $2 AND owner_id = $3 ORDER BY id";
/// Files of several owners of a kind.
pub const OF_OWNERS: &str = "SELECT id, owner_kind, owner_id, comment_id, name, mimetype, size, \
     width, height, blob, created_at, created_by FROM attachment \
     WHERE org_id = $1 AND owner_kind = $2 AND owner_id {any:$3} ORDER BY id";
/// Adds a file.
pub const INSERT: &str = "INSERT INTO attachment (org_id, id, owner_kind, owner_id, comment_id, \
     name, mimetype, size, width, height, blob, created_at, created_by) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
/// Gives a file that hangs on nothing an owner.
pub const BIND: &str = "UPDATE attachment SET owner_kind = $3, owner_id = $4, comment_id = $5 \
     WHERE org_id = $1 AND id = $2 AND owner_kind = 0";
/// Keeps the files of an issue that is deleted, or gives them back.
pub const HAND_OVER: &str = "UPDATE attachment SET owner_kind = $4 \
     WHERE org_id = $1 AND owner_kind = $3 AND owner_id = $2";
/// Removes a file.
pub const DELETE: &str = "DELETE FROM attachment WHERE org_id = $1 AND id = $2";
/// Lists bytes as trash.
pub const INSERT_TRASH: &str = "INSERT INTO blob_trash (blob, due) VALUES ($1, $2)";
/// Bytes that are needed after all.
pub const DELETE_TRASH: &str = "DELETE FROM blob_trash WHERE blob = $1";

/// One file.
///
/// # Errors
/// The database fails.
pub fn one(cx: &mut Cx<'_, '_>, id: i64) -> Result<Option<AttachmentRow>> {
    Ok(cx.tx.opt(ONE, &[&cx.dict.org_id, &id])?)
}

/// Files of an owner and its comments, in the order of upload.
///
/// # Errors
/// The database fails.
pub fn of_owner(cx: &mut Cx<'_, '_>, owner: Owner) -> Result<Vec<AttachmentRow>> {
    let [kind, id, _] = owner.columns();
    Ok(cx.tx.all(OF_OWNER, &[&cx.dict.org_id, &kind, &id])?)
}

/// Gives the files of an owner and its comments to an owner of another kind and the same number.
///
/// # Errors
/// The database fails.
pub fn hand_over(cx: &mut Cx<'_, '_>, from: Owner, to: Owner) -> Result<()> {
    let ([from, id, _], [to, ..]) = (from.columns(), to.columns());
    cx.tx.exec(HAND_OVER, &[&cx.dict.org_id, &id, &from, &to])?;
    Ok(())
}

/// Files of several issues and their comments, in the order of upload.
///
/// # Errors
/// The database fails.
pub fn of_issues(cx: &mut Cx<'_, '_>, issues: &[i64]) -> Result<Vec<AttachmentRow>> {
    if issues.is_empty() {
        return Ok(Vec::new());
    }
    let [kind, ..] = Owner::issue(0).columns();
    Ok(cx.tx.all_by_ids(OF_OWNERS, &[&cx.dict.org_id, &kind], issues)?)
}

/// Files of several projects, portfolios and goals, in the order of upload.
///
/// # Errors
/// The database fails.
pub fn of_entities(cx: &mut Cx<'_, '_>, entities: &[i64]) -> Result<Vec<AttachmentRow>> {
    if entities.is_empty() {
        return Ok(Vec::new());
    }
    let [kind, ..] = Owner::Entity(0, 0).columns();
    Ok(cx.tx.all_by_ids(OF_OWNERS, &[&cx.dict.org_id, &kind], entities)?)
}

/// Stores a file and gives it a number.
///
/// # Errors
/// The database fails.
pub fn insert(cx: &mut Cx<'_, '_>, row: AttachmentRow) -> Result<AttachmentRow> {
    let row = AttachmentRow { id: cx.next(Series::Attachment)?, ..row };
    let org = cx.dict.org_id;
    let params: [&dyn trackway_db::Param; 13] = [
        &org,
        &row.id,
        &row.owner_kind,
        &row.owner_id,
        &row.comment_id,
        &row.name,
        &row.mimetype,
        &row.size,
        &row.width,
        &row.height,
        &row.blob,
        &row.created_at,
        &row.created_by,
    ];
    cx.tx.exec(INSERT, &params)?;
    named(cx, row.owner())?;
    Ok(row)
}

/// Gives a file that hangs on nothing an owner; whether it was still free.
///
/// # Errors
/// The database fails.
pub fn bind(cx: &mut Cx<'_, '_>, id: i64, owner: Owner) -> Result<bool> {
    let [kind, number, comment] = owner.columns();
    let bound = cx.tx.exec(BIND, &[&cx.dict.org_id, &id, &kind, &number, &comment])? > 0;
    if bound {
        named(cx, owner)?;
    }
    Ok(bound)
}

/// An issue has another name among its files, by which it is found.
fn named(cx: &mut Cx<'_, '_>, owner: Owner) -> Result<()> {
    match owner {
        Owner::Issue(issue, _) => words::touch(cx, issue),
        Owner::Nothing | Owner::Removed(..) | Owner::Entity(..) => Ok(()),
    }
}

/// Removes a file; its bytes become trash.
///
/// # Errors
/// The database fails.
pub fn delete(cx: &mut Cx<'_, '_>, row: &AttachmentRow) -> Result<()> {
    cx.tx.exec(DELETE, &[&cx.dict.org_id, &row.id])?;
    cx.tx.exec(INSERT_TRASH, &[&row.blob, &cx.now])?;
    named(cx, row.owner())
}

/// Lists bytes as trash that is due at a time.
///
/// # Errors
/// The database fails.
pub fn expect(cx: &mut Cx<'_, '_>, blob: &str, due: i64) -> Result<()> {
    cx.tx.exec(INSERT_TRASH, &[&blob, &due])?;
    Ok(())
}

/// Takes bytes off the list of trash, because a row needs them.
///
/// # Errors
/// The database fails, or the bytes have been taken away.
pub fn keep(cx: &mut Cx<'_, '_>, blob: &str) -> Result<()> {
    if cx.tx.exec(DELETE_TRASH, &[&blob])? == 0 {
        return Err(Error::internal("the uploaded bytes are gone"));
    }
    Ok(())
}

/// Every statement of this module.
pub const ALL_SQL: &[&str] =
    &[ONE, OF_OWNER, OF_OWNERS, INSERT, BIND, HAND_OVER, DELETE, INSERT_TRASH, DELETE_TRASH];
