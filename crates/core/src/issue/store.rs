//! The rows of issues. Every change of an issue goes through [`save`], which keeps the two halves,
//! the feed and the index together.

use std::sync::Arc;

use super::cache;
use super::codec;
use super::load;
use super::load::{BY_ID, BY_KEY, IssueRow};
pub use super::load::{Brief, Loaded};
use super::{Issue, value::Val};
use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::field::no;
use crate::ids::{Tag, parse_hex_id};
use crate::words;

/// Issue of a former key.
pub const BY_ALIAS: &str =
    "SELECT issue_id FROM issue_alias WHERE org_id = $1 AND queue_id = $2 AND num = $3";
/// Issue of a `unique` value.
pub const BY_UNIQUE: &str = "SELECT issue_id FROM issue_unique WHERE org_id = $1 AND value = $2";
/// Takes a `unique` value.
pub const INSERT_UNIQUE: &str =
    "INSERT INTO issue_unique (org_id, value, issue_id) VALUES ($1, $2, $3)";
/// The next number of a queue.
pub const NEXT_NUMBER: &str = "UPDATE queue_number SET last = last + 1 \
     WHERE org_id = $1 AND queue_id = $2 RETURNING last";
/// The first number of a queue.
pub const FIRST_NUMBER: &str =
    "INSERT INTO queue_number (org_id, queue_id, last) VALUES ($1, $2, $3)";
/// Adds the narrow half.
pub const INSERT: &str = "INSERT INTO issue (org_id, id, queue_id, num, version, vals) \
     VALUES ($1, $2, $3, $4, $5, $6)";
/// Adds the wide half.
pub const INSERT_TEXT: &str =
    "INSERT INTO issue_text (org_id, id, summary, plain) VALUES ($1, $2, $3, $4)";
/// Changes the narrow half if nobody did so meanwhile.
pub const UPDATE: &str = "UPDATE issue SET vals = $3, version = version + 1, silent = silent + $5 \
     WHERE org_id = $1 AND id = $2 AND version = $4";
/// Changes the wide half.
pub const UPDATE_TEXT: &str =
    "UPDATE issue_text SET summary = $3, plain = $4 WHERE org_id = $1 AND id = $2";
/// Puts an issue into another queue.
pub const MOVE: &str = "UPDATE issue SET queue_id = $3, num = $4 WHERE org_id = $1 AND id = $2";
/// Keeps a former key.
pub const INSERT_ALIAS: &str =
    "INSERT INTO issue_alias (org_id, queue_id, num, issue_id) VALUES ($1, $2, $3, $4)";
/// Makes the next number of a queue greater than a given one.
pub const RAISE_NUMBER: &str =
    "UPDATE queue_number SET last = $3 WHERE org_id = $1 AND queue_id = $2 AND last < $3";
/// Remembers that there was an issue.
pub const INSERT_REMOVED: &str = "INSERT INTO issue_removed \
     (org_id, id, queue_id, num, created_at, removed_at, removed_by, revision, kept) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
/// Adds the narrow half of an issue that was removed.
pub const INSERT_AGAIN: &str = "INSERT INTO issue \
     (org_id, id, queue_id, num, version, vals, silent) VALUES ($1, $2, $3, $4, $5, $6, $7)";
/// Removes the narrow half.
pub const DELETE: &str = "DELETE FROM issue WHERE org_id = $1 AND id = $2";
/// Removes the wide half.
pub const DELETE_TEXT: &str = "DELETE FROM issue_text WHERE org_id = $1 AND id = $2";
/// Removes the former keys of an issue.
pub const DELETE_ALIASES: &str = "DELETE FROM issue_alias WHERE org_id = $1 AND issue_id = $2";
/// Frees a `unique` value.
pub const DELETE_UNIQUE: &str = "DELETE FROM issue_unique WHERE org_id = $1 AND value = $2";
/// Removed issues that others still mention.
pub const REMOVED: &str = "SELECT id, queue_id, num, created_at FROM issue_removed \
     WHERE org_id = $1 AND id {any:$2}";
/// Whether a removed issue had a key.
pub const REMOVED_KEY: &str =
    "SELECT id FROM issue_removed WHERE org_id = $1 AND queue_id = $2 AND num = $3";
/// Forgets a tag of a queue.
pub const DELETE_TAG: &str =
    "DELETE FROM queue_tag WHERE org_id = $1 AND queue_id = $2 AND tag = $3";
/// Remembers a tag of a queue.
pub const INSERT_TAG: &str = "INSERT INTO queue_tag (org_id, queue_id, tag) VALUES ($1, $2, $3) \
     ON CONFLICT DO NOTHING";
/// Tags of a queue.
pub const TAGS: &str = "SELECT tag FROM queue_tag WHERE org_id = $1 AND queue_id = $2 ORDER BY tag";

/// Splits `DEV-17` into queue key and number.
pub fn split_key(key: &str) -> Option<(&str, i64)> {
    let (queue, num) = key.rsplit_once('-')?;
    if num.starts_with('0') || !num.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((queue, num.parse().ok()?))
}

/// The issue with this key (any it ever had, in any letter case) or 24-digit id.
///
/// # Errors
/// The database fails.
pub fn find(cx: &mut Cx<'_, '_>, key_or_id: &str) -> Result<Option<Loaded>> {
    if let Some(id) = parse_hex_id(Tag::Issue, key_or_id) {
        let loaded = by_id(cx, id)?;
        return Ok(loaded.filter(|l| l.issue.hex().eq_ignore_ascii_case(key_or_id)));
    }
    let Some((queue, num)) = split_key(key_or_id) else { return Ok(None) };
    let dict = Arc::clone(&cx.dict);
    let queue = dict.queues.by_key(queue).or_else(|| dict.queues.by_key(&queue.to_uppercase()));
    let Some(queue) = queue else { return Ok(None) };
    let row: Option<IssueRow> = cx.tx.opt(BY_KEY, &[&dict.org_id, &queue.id, &num])?;
    if let Some(row) = row {
        return Loaded::new(cx, row).map(Some);
    }
    let moved: Option<(i64,)> = cx.tx.opt(BY_ALIAS, &[&dict.org_id, &queue.id, &num])?;
    match moved {
        Some((id,)) => by_id(cx, id),
        None => Ok(None),
    }
}

/// The issue with this number.
///
/// # Errors
/// The database fails.
pub fn by_id(cx: &mut Cx<'_, '_>, id: i64) -> Result<Option<Loaded>> {
    let row: Option<IssueRow> = cx.tx.opt(BY_ID, &[&cx.dict.org_id, &id])?;
    row.map(|row| Loaded::new(cx, row)).transpose()
}

/// Several issues at once, in the order of `ids`; missing ones are skipped.
///
/// # Errors
/// The database fails.
pub fn by_ids(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<Vec<Loaded>> {
    let read = load::read::<Loaded>(cx, ids)?;
    Ok(in_order(read, ids))
}

/// As [`by_ids`], from memory where they are there: for pages, which are asked for again.
///
/// # Errors
/// The database fails.
pub fn to_show(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<Vec<Loaded>> {
    let found = cache::through(cx, ids)?;
    Ok(in_order(found, ids))
}

fn in_order(mut issues: Vec<Loaded>, ids: &[i64]) -> Vec<Loaded> {
    let place: rustc_hash::FxHashMap<i64, usize> =
        ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    issues.sort_by_key(|loaded| place.get(&loaded.issue.id));
    issues
}

/// Mentions of several issues, by id.
///
/// # Errors
/// The database fails.
pub fn briefs(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<rustc_hash::FxHashMap<i64, Brief>> {
    let found: Vec<Brief> = cache::through(cx, ids)?;
    Ok(found.into_iter().map(|brief| (brief.issue.id, brief)).collect())
}

/// The issue created with a `unique` value.
///
/// # Errors
/// The database fails.
pub fn by_unique(cx: &mut Cx<'_, '_>, value: &str) -> Result<Option<i64>> {
    let row: Option<(i64,)> = cx.tx.opt(BY_UNIQUE, &[&cx.dict.org_id, &value])?;
    Ok(row.map(|(id,)| id))
}

/// The next number of a queue. It holds the queue's row until the transaction ends.
///
/// # Errors
/// The database fails.
pub fn next_number(cx: &mut Cx<'_, '_>, queue: i64) -> Result<i64> {
    let row: Option<(i64,)> = cx.tx.opt(NEXT_NUMBER, &[&cx.dict.org_id, &queue])?;
    row.map(|(num,)| num).ok_or_else(|| Error::internal("a queue without a number row"))
}

/// Stores a new issue.
///
/// # Errors
/// The database fails; 409 when its `unique` value is taken.
pub fn insert(cx: &mut Cx<'_, '_>, issue: &Issue) -> Result<Loaded> {
    put(cx, Issue { revision: issue.version, ..issue.clone() })
}

/// Stores an issue that was removed, under another revision than any it had.
///
/// # Errors
/// As [`insert`].
pub fn insert_again(cx: &mut Cx<'_, '_>, issue: Issue) -> Result<Loaded> {
    put(cx, issue)
}

fn put(cx: &mut Cx<'_, '_>, issue: Issue) -> Result<Loaded> {
    let org = cx.dict.org_id;
    let dict = Arc::clone(&cx.dict);
    let fields = &dict.field_index;
    let unique = issue.text(no::UNIQUE);
    if !unique.is_empty() {
        cx.tx.exec(INSERT_UNIQUE, &[&org, &unique, &issue.id]).map_err(|error| match error {
            trackway_db::Error::Unique { .. } => Code::UniqueTaken.err(),
            other => other.into(),
        })?;
    }
    let vals = codec::encode_vals(&issue, fields);
    let plain = codec::encode_plain(&issue, fields);
    let silent = issue.revision - issue.version;
    let params: [&dyn trackway_db::Param; 7] =
        [&org, &issue.id, &issue.queue, &issue.num, &issue.revision, &vals, &silent];
    match silent {
        0 => cx.tx.exec(INSERT, &params[..6])?,
        _ => cx.tx.exec(INSERT_AGAIN, &params)?,
    };
    cx.tx.exec(INSERT_TEXT, &[&org, &issue.id, &issue.text(no::SUMMARY), &plain])?;
    remember_tags(cx, &issue, None)?;
    words::touch(cx, issue.id)?;
    let doc = codec::doc(issue.queue, issue.num, issue.revision, &vals)?;
    cx.changed_issue(issue.id, None, doc)?;
    Ok(Loaded { issue: Arc::new(issue), plain: plain.into(), vals: vals.into() })
}

/// Stores a changed issue under the next version; a `silent` change keeps the version that callers
/// see.
///
/// # Errors
/// The database fails; 409 when somebody else changed the issue meanwhile.
pub fn save(cx: &mut Cx<'_, '_>, old: &Loaded, mut issue: Issue, silent: bool) -> Result<Loaded> {
    let org = cx.dict.org_id;
    let dict = Arc::clone(&cx.dict);
    let fields = &dict.field_index;
    let vals = codec::encode_vals(&issue, fields);
    let changed =
        cx.tx.exec(UPDATE, &[&org, &issue.id, &vals, &old.issue.revision, &i64::from(silent)])?;
    if changed == 0 {
        // The caller named no version, or the one that was read: another attempt decides.
        cx.tx.collided();
        return Err(Code::VersionConflict.with(old.issue.version));
    }
    let plain = codec::encode_plain(&issue, fields);
    let summary = issue.text(no::SUMMARY);
    if *plain != *old.plain || summary != old.issue.text(no::SUMMARY) {
        cx.tx.exec(UPDATE_TEXT, &[&org, &issue.id, &summary, &plain])?;
        words::touch(cx, issue.id)?;
    }
    remember_tags(cx, &issue, Some(&old.full(cx)?))?;
    issue.version = old.issue.version + i64::from(!silent);
    issue.revision = old.issue.revision + 1;
    let doc = codec::doc(issue.queue, issue.num, issue.revision, &vals)?;
    cx.changed_issue(issue.id, old.doc()?, doc)?;
    Ok(Loaded { issue: Arc::new(issue), plain: plain.into(), vals: vals.into() })
}

/// Gives an issue its place in another queue; [`save`] writes the rest. The old key keeps
/// answering.
///
/// # Errors
/// The database fails.
pub fn rehouse(cx: &mut Cx<'_, '_>, before: &Issue, after: &Issue) -> Result<()> {
    let org = cx.dict.org_id;
    cx.tx.exec(MOVE, &[&org, &after.id, &after.queue, &after.num])?;
    cx.tx.exec(INSERT_ALIAS, &[&org, &before.queue, &before.num, &before.id])?;
    Ok(())
}

/// Sees to it that a number of a queue is not given out again.
///
/// # Errors
/// The database fails.
pub fn reserve_number(cx: &mut Cx<'_, '_>, queue: i64, number: i64) -> Result<()> {
    cx.tx.exec(RAISE_NUMBER, &[&cx.dict.org_id, &queue, &number])?;
    Ok(())
}

/// Removes an issue. What remains is that it was there, and `kept`, from which it can be made again.
///
/// # Errors
/// The database fails.
pub fn remove(cx: &mut Cx<'_, '_>, old: &Loaded, kept: &str) -> Result<()> {
    let (org, id) = (cx.dict.org_id, old.issue.id);
    let full = old.full(cx)?;
    let created = full.created();
    let params: [&dyn trackway_db::Param; 9] = [
        &org,
        &id,
        &full.queue,
        &full.num,
        &created,
        &cx.now,
        &cx.actor.uid,
        &old.issue.revision,
        &kept,
    ];
    cx.tx.exec(INSERT_REMOVED, &params)?;
    let unique = full.text(no::UNIQUE);
    if !unique.is_empty() {
        cx.tx.exec(DELETE_UNIQUE, &[&org, &unique])?;
    }
    for sql in [DELETE_ALIASES, DELETE_TEXT, DELETE] {
        cx.tx.exec(sql, &[&org, &id])?;
    }
    words::touch(cx, id)?;
    cx.changed_issue(id, old.doc()?, None)
}

/// Whether an issue of this key was removed.
///
/// # Errors
/// The database fails.
pub fn was_removed(cx: &mut Cx<'_, '_>, queue: i64, number: i64) -> Result<bool> {
    let row: Option<(i64,)> = cx.tx.opt(REMOVED_KEY, &[&cx.dict.org_id, &queue, &number])?;
    Ok(row.is_some())
}

/// Those of these issues that were removed, as far as they are known: without values.
///
/// # Errors
/// The database fails.
pub fn removed(cx: &mut Cx<'_, '_>, ids: &[i64]) -> Result<Vec<Issue>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<(i64, i64, i64, i64)> = cx.tx.all_by_ids(REMOVED, &[&cx.dict.org_id], ids)?;
    let issue = |(id, queue, num, created)| {
        let mut issue = Issue::new(id, queue, num, 0);
        issue.set(no::CREATED_AT, Some(Val::At(created)));
        issue
    };
    Ok(rows.into_iter().map(issue).collect())
}

/// Forgets a tag of a queue; whether there was one.
///
/// # Errors
/// The database fails.
pub fn forget_tag(cx: &mut Cx<'_, '_>, queue: i64, tag: &str) -> Result<bool> {
    Ok(cx.tx.exec(DELETE_TAG, &[&cx.dict.org_id, &queue, &tag])? > 0)
}

fn remember_tags(cx: &mut Cx<'_, '_>, issue: &Issue, old: Option<&Issue>) -> Result<()> {
    let Some(Val::Texts(tags)) = issue.get(no::TAGS) else { return Ok(()) };
    let old = old.filter(|o| o.queue == issue.queue);
    let known = match old.and_then(|o| o.get(no::TAGS)) {
        Some(Val::Texts(tags)) => tags.as_slice(),
        _ => &[],
    };
    for tag in tags.iter().filter(|t| !known.contains(t)) {
        cx.tx.exec(INSERT_TAG, &[&cx.dict.org_id, &issue.queue, &tag.as_str()])?;
    }
    Ok(())
}

/// Tags ever used in a queue, in order.
///
/// # Errors
/// The database fails.
pub fn tags(cx: &mut Cx<'_, '_>, queue: i64) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = cx.tx.all(TAGS, &[&cx.dict.org_id, &queue])?;
    Ok(rows.into_iter().map(|(tag,)| tag).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        assert_eq!(split_key("DEV-17"), Some(("DEV", 17)));
        for bad in ["DEV", "DEV-", "DEV-0", "DEV-01", "DEV--1x", "DEV-99999999999999999999"] {
            assert_eq!(split_key(bad), None, "{bad}");
        }
    }
}
