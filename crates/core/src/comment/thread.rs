//! Comments of anything: issues and entities keep theirs in tables of the same form, and what is
//! done to a row is the same for both.

use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::ids::Series;

use super::store::{Called, CommentRow};

/// The statements of the comments of one kind of object.
pub(crate) struct Thread {
    series: Series,
    after: &'static str,
    before: &'static str,
    one: &'static str,
    count: &'static str,
    newest: &'static str,
    insert: &'static str,
    update: &'static str,
    delete: &'static str,
    empty: &'static str,
    pub(super) reactions: &'static str,
    pub(super) react: &'static str,
    pub(super) unreact: &'static str,
}

macro_rules! thread {
    ($table:literal, $owner:literal, $series:ident) => {
        Thread {
            series: Series::$series,
            after: concat!(
                "SELECT id, ",
                $owner,
                ", version, created_at, created_by, updated_at, updated_by, \
                 text, extra FROM ",
                $table,
                " WHERE org_id = $1 AND ",
                $owner,
                " = $2 \
                 AND id > $3 AND deleted = 0 ORDER BY id LIMIT $4"
            ),
            before: concat!(
                "SELECT id, ",
                $owner,
                ", version, created_at, created_by, updated_at, updated_by, \
                 text, extra FROM ",
                $table,
                " WHERE org_id = $1 AND ",
                $owner,
                " = $2 \
                 AND id < $3 AND deleted = 0 ORDER BY id DESC LIMIT $4"
            ),
            one: concat!(
                "SELECT id, ",
                $owner,
                ", version, created_at, created_by, updated_at, updated_by, \
                 text, extra FROM ",
                $table,
                " WHERE org_id = $1 AND ",
                $owner,
                " = $2 \
                 AND id = $3 AND deleted = 0"
            ),
            count: concat!(
                "SELECT COUNT(*) FROM ",
                $table,
                " WHERE org_id = $1 AND ",
                $owner,
                " = $2 \
                 AND deleted = 0"
            ),
            newest: concat!(
                "SELECT created_at FROM ",
                $table,
                " WHERE org_id = $1 AND ",
                $owner,
                " = $2 \
                 AND deleted = 0 ORDER BY id DESC LIMIT 1"
            ),
            insert: concat!(
                "INSERT INTO ",
                $table,
                " (org_id, ",
                $owner,
                ", id, version, created_at, \
                 created_by, updated_at, updated_by, deleted, text, extra) \
                 VALUES ($1, $2, $3, $4, $5, $6, $5, $6, 0, $7, $8)"
            ),
            update: concat!(
                "UPDATE ",
                $table,
                " SET version = version + 1, updated_at = $4, updated_by = $5, \
                 text = $6, extra = $7 WHERE org_id = $1 AND ",
                $owner,
                " = $2 AND id = $3 \
                 AND version = $8 AND deleted = 0"
            ),
            // The row stays, since its number must not come again.
            delete: concat!(
                "UPDATE ",
                $table,
                " SET version = version + 1, updated_at = $4, updated_by = $5, \
                 deleted = 1 WHERE org_id = $1 AND ",
                $owner,
                " = $2 AND id = $3 \
                 AND version = $6 AND deleted = 0"
            ),
            empty: concat!(
                "UPDATE ",
                $table,
                " SET deleted = 1, text = '', extra = '{}' \
                 WHERE org_id = $1 AND ",
                $owner,
                " = $2"
            ),
            reactions: concat!(
                "SELECT comment_id, reaction, user_id FROM ",
                $table,
                "_reaction \
                 WHERE org_id = $1 AND ",
                $owner,
                " = $2 AND comment_id {any:$3} \
                 ORDER BY created_at, user_id"
            ),
            react: concat!(
                "INSERT INTO ",
                $table,
                "_reaction (org_id, ",
                $owner,
                ", comment_id, reaction, \
                 user_id, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING"
            ),
            unreact: concat!(
                "DELETE FROM ",
                $table,
                "_reaction WHERE org_id = $1 AND ",
                $owner,
                " = $2 \
                 AND comment_id = $3 AND reaction = $4 AND user_id = $5"
            ),
        }
    };
}

/// Comments of issues.
pub(crate) static OF_ISSUES: Thread = thread!("comment", "issue_id", Comment);
/// Comments of projects, portfolios and goals.
pub(crate) static OF_ENTITIES: Thread = thread!("entity_comment", "entity_id", EntityComment);

impl Thread {
    /// Every statement.
    #[cfg(test)]
    pub(crate) const fn statements(&self) -> [&'static str; 12] {
        [
            self.after,
            self.before,
            self.one,
            self.count,
            self.newest,
            self.insert,
            self.update,
            self.delete,
            self.empty,
            self.reactions,
            self.react,
            self.unreact,
        ]
    }

    /// At most `limit` comments after the one with number `id`, oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn after(
        &self,
        cx: &mut Cx<'_, '_>,
        owner: i64,
        id: i64,
        limit: usize,
    ) -> Result<Vec<CommentRow>> {
        let limit = i64::try_from(limit).map_err(Error::internal)?;
        Ok(cx.tx.all(self.after, &[&cx.dict.org_id, &owner, &id, &limit])?)
    }

    /// At most `limit` comments before the one with number `id`, newest first.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn before(
        &self,
        cx: &mut Cx<'_, '_>,
        owner: i64,
        id: i64,
        limit: usize,
    ) -> Result<Vec<CommentRow>> {
        let limit = i64::try_from(limit).map_err(Error::internal)?;
        Ok(cx.tx.all(self.before, &[&cx.dict.org_id, &owner, &id, &limit])?)
    }

    /// One comment.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn one(
        &self,
        cx: &mut Cx<'_, '_>,
        owner: i64,
        id: i64,
    ) -> Result<Option<CommentRow>> {
        Ok(cx.tx.opt(self.one, &[&cx.dict.org_id, &owner, &id])?)
    }

    /// How many comments there are.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn count(&self, cx: &mut Cx<'_, '_>, owner: i64) -> Result<u64> {
        let (count,): (i64,) = cx.tx.one(self.count, &[&cx.dict.org_id, &owner])?;
        u64::try_from(count).map_err(Error::internal)
    }

    /// When the newest comment was written.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn newest(&self, cx: &mut Cx<'_, '_>, owner: i64) -> Result<Option<i64>> {
        let row: Option<(i64,)> = cx.tx.opt(self.newest, &[&cx.dict.org_id, &owner])?;
        Ok(row.map(|(at,)| at))
    }

    /// Adds a comment of the actor.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn insert(
        &self,
        cx: &mut Cx<'_, '_>,
        owner: i64,
        text: String,
        called: &Called,
    ) -> Result<CommentRow> {
        let row = CommentRow {
            id: cx.next(self.series)?,
            issue_id: owner,
            version: 1,
            created_at: cx.now,
            created_by: cx.actor.uid,
            updated_at: cx.now,
            updated_by: cx.actor.uid,
            text,
            extra: called.json()?,
        };
        let org = cx.dict.org_id;
        let params: [&dyn trackway_db::Param; 8] = [
            &org,
            &owner,
            &row.id,
            &row.version,
            &row.created_at,
            &row.created_by,
            &row.text,
            &row.extra,
        ];
        cx.tx.exec(self.insert, &params)?;
        Ok(row)
    }

    /// Changes a comment and answers its new state.
    ///
    /// # Errors
    /// The database fails; 409 when somebody else changed it meanwhile.
    pub(crate) fn update(
        &self,
        cx: &mut Cx<'_, '_>,
        old: &CommentRow,
        text: String,
        called: &Called,
    ) -> Result<CommentRow> {
        let row = CommentRow {
            version: old.version + 1,
            updated_at: cx.now,
            updated_by: cx.actor.uid,
            text,
            extra: called.json()?,
            ..old.clone()
        };
        let org = cx.dict.org_id;
        let params: [&dyn trackway_db::Param; 8] = [
            &org,
            &row.issue_id,
            &row.id,
            &row.updated_at,
            &row.updated_by,
            &row.text,
            &row.extra,
            &old.version,
        ];
        unraced(cx.tx.exec(self.update, &params)?, old)?;
        Ok(row)
    }

    /// Deletes a comment.
    ///
    /// # Errors
    /// The database fails; 409 when somebody else changed it meanwhile.
    pub(crate) fn delete(&self, cx: &mut Cx<'_, '_>, row: &CommentRow) -> Result<()> {
        let org = cx.dict.org_id;
        let params: [&dyn trackway_db::Param; 6] =
            [&org, &row.issue_id, &row.id, &cx.now, &cx.actor.uid, &row.version];
        unraced(cx.tx.exec(self.delete, &params)?, row)
    }

    /// Empties the comments of something that is being removed.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) fn empty(&self, cx: &mut Cx<'_, '_>, owner: i64) -> Result<()> {
        cx.tx.exec(self.empty, &[&cx.dict.org_id, &owner])?;
        Ok(())
    }
}

fn unraced(changed: u64, old: &CommentRow) -> Result<()> {
    if changed == 0 { Err(Code::VersionConflict.with(old.version)) } else { Ok(()) }
}
