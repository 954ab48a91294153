//! Reading the rows of issues: whole, or as others mention them.

use std::sync::Arc;

use trackway_db::Ids;
use trackway_search::Doc;

use super::codec;
use super::{Issue, value::Val};
use crate::cx::Cx;
use crate::error::Result;
use crate::field::no;

trackway_db::row! {
    /// Both halves of an issue.
    pub struct IssueRow {
        pub id: i64,
        pub queue_id: i64,
        pub num: i64,
        pub version: i64,
        pub silent: i64,
        pub vals: Arc<[u8]>,
        pub summary: String,
        pub plain: Arc<str>,
    }
    /// What it takes to mention an issue.
    pub struct BriefRow {
        pub id: i64,
        pub queue_id: i64,
        pub num: i64,
        pub version: i64,
        pub silent: i64,
        pub vals: Vec<u8>,
        pub summary: String,
    }
}

/// By queue and number.
pub(super) const BY_KEY: &str = "SELECT i.id, i.queue_id, i.num, i.version, i.silent, i.vals, t.summary, t.plain \
     FROM issue i JOIN issue_text t ON t.org_id = i.org_id AND t.id = i.id \
     WHERE i.org_id = $1 AND i.queue_id = $2 AND i.num = $3";
/// By id.
pub(super) const BY_ID: &str = "SELECT i.id, i.queue_id, i.num, i.version, i.silent, i.vals, t.summary, t.plain \
     FROM issue i JOIN issue_text t ON t.org_id = i.org_id AND t.id = i.id \
     WHERE i.org_id = $1 AND i.id = $2";
/// Several by id, without those whose version is known. Removed ones have version 0. The offsets keep
/// the planner from joining whole tables, as it would while these are empty.
pub(super) const CHANGED: &str = "SELECT k.id, COALESCE(i.queue_id, 0), COALESCE(i.num, 0), COALESCE(i.version, 0), \
     COALESCE(i.silent, 0), COALESCE(i.vals, ''), COALESCE(t.summary, ''), COALESCE(t.plain, '') \
     FROM unnest($2::bigint[], $3::bigint[]) AS k (id, version) \
     LEFT JOIN LATERAL (SELECT * FROM issue WHERE org_id = $1 AND id = k.id OFFSET 0) i ON TRUE \
     LEFT JOIN LATERAL (SELECT summary, plain FROM issue_text \
     WHERE org_id = $1 AND id = i.id AND i.version <> k.version OFFSET 0) t ON TRUE \
     WHERE i.version IS DISTINCT FROM k.version";
/// As [`CHANGED`], to be mentioned.
pub(super) const CHANGED_BRIEFS: &str = "SELECT k.id, COALESCE(i.queue_id, 0), COALESCE(i.num, 0), \
     COALESCE(i.version, 0), COALESCE(i.silent, 0), COALESCE(i.vals, ''), COALESCE(t.summary, '') \
     FROM unnest($2::bigint[], $3::bigint[]) AS k (id, version) \
     LEFT JOIN LATERAL (SELECT * FROM issue WHERE org_id = $1 AND id = k.id OFFSET 0) i ON TRUE \
     LEFT JOIN LATERAL (SELECT summary FROM issue_text \
     WHERE org_id = $1 AND id = i.id AND i.version <> k.version OFFSET 0) t ON TRUE \
     WHERE i.version IS DISTINCT FROM k.version";
/// Several by id.
pub(super) const BY_IDS: &str = "SELECT i.id, i.queue_id, i.num, i.version, i.silent, i.vals, t.summary, t.plain \
     FROM issue i JOIN issue_text t ON t.org_id = i.org_id AND t.id = i.id \
     WHERE i.org_id = $1 AND i.id {any:$2}";
/// Several by id, to be mentioned.
pub(super) const BRIEFS: &str = "SELECT i.id, i.queue_id, i.num, i.version, i.silent, i.vals, t.summary \
     FROM issue i JOIN issue_text t ON t.org_id = i.org_id AND t.id = i.id \
     WHERE i.org_id = $1 AND i.id {any:$2}";
/// An issue as it was read: its values, and the stored texts for writing it out again. Cheap to
/// clone.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The issue; texts other than the summary are decoded on demand by [`Loaded::full`].
    pub issue: Arc<Issue>,
    /// Texts as ready JSON members.
    pub plain: Arc<str>,
    /// What the index is made from; only writes ask for it.
    pub(super) vals: Arc<[u8]>,
}

impl Loaded {
    pub(super) fn new(cx: &Cx<'_, '_>, row: IssueRow) -> Result<Self> {
        let mut issue = Issue::new(row.id, row.queue_id, row.num, row.version - row.silent);
        issue.revision = row.version;
        decode(cx, &mut issue, &row.vals, row.summary)?;
        Ok(Self { issue: Arc::new(issue), plain: row.plain, vals: row.vals })
    }

    /// An issue with a stored text.
    #[cfg(test)]
    pub(crate) fn with_text(issue: Issue, text: &str) -> Self {
        Self { issue: Arc::new(issue), plain: text.into(), vals: Vec::new().into() }
    }

    /// What the index has of the issue.
    pub(super) fn doc(&self) -> Result<Option<Doc>> {
        codec::doc(self.issue.queue, self.issue.num, self.issue.revision, &self.vals)
    }

    /// The issue with all its texts, as edits need it.
    ///
    /// # Errors
    /// A damaged row.
    pub fn full(&self, cx: &Cx<'_, '_>) -> Result<Issue> {
        let mut issue = Issue::clone(&self.issue);
        codec::decode_plain(&self.plain, &cx.dict.field_index, &mut issue)?;
        Ok(issue)
    }
}

fn decode(cx: &Cx<'_, '_>, issue: &mut Issue, vals: &[u8], summary: String) -> Result<()> {
    codec::decode_vals(vals, &cx.dict.field_index, issue)?;
    issue.set(no::SUMMARY, Some(Val::Text(summary)));
    Ok(())
}

/// An issue as others mention it: key, summary, and what links show besides.
#[derive(Clone, Debug)]
pub struct Brief {
    /// Values without texts other than the summary.
    pub issue: Arc<Issue>,
}

impl FromIssueRow for Loaded {
    type Row = IssueRow;
    const BY_IDS: &str = BY_IDS;
    const CHANGED: &str = CHANGED;

    fn from_row(cx: &Cx<'_, '_>, row: IssueRow) -> Result<Self> {
        Self::new(cx, row)
    }
}

impl FromIssueRow for Brief {
    type Row = BriefRow;
    const BY_IDS: &str = BRIEFS;
    const CHANGED: &str = CHANGED_BRIEFS;

    fn from_row(cx: &Cx<'_, '_>, row: BriefRow) -> Result<Self> {
        let mut issue = Issue::new(row.id, row.queue_id, row.num, row.version - row.silent);
        issue.revision = row.version;
        decode(cx, &mut issue, &row.vals, row.summary)?;
        Ok(Self { issue: Arc::new(issue) })
    }
}

/// What is made of the rows of an issue.
pub(super) trait FromIssueRow: Sized {
    /// The columns of the statements.
    type Row: trackway_db::FromRow;
    /// Reads several by id.
    const BY_IDS: &str;
    /// Reads those of several that are no longer of a known version; on PostgreSQL.
    const CHANGED: &str;
    /// Decodes a row.
    fn from_row(cx: &Cx<'_, '_>, row: Self::Row) -> Result<Self>;
}

/// Several by id, in no order.
pub(super) fn read<T: FromIssueRow>(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<Vec<T>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<T::Row> = cx.tx.all_by_ids(T::BY_IDS, &[&cx.dict.org_id], ids)?;
    rows.into_iter().map(|row| T::from_row(cx, row)).collect()
}

/// Those whose version is not the known one, in no order; without values and of revision 0 if they
/// are gone.
pub(super) fn read_changed<T: FromIssueRow>(
    cx: &mut Cx<'_, '_>,
    ids: &[i64],
    versions: &[i64],
) -> Result<Vec<T>> {
    let params: [&dyn trackway_db::Param; 3] = [&cx.dict.org_id, &Ids(ids), &Ids(versions)];
    let rows: Vec<T::Row> = cx.tx.all(T::CHANGED, &params)?;
    rows.into_iter().map(|row| T::from_row(cx, row)).collect()
}
