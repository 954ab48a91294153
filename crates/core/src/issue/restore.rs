//! What was deleted or archived comes back: operations of ours. A deleted issue is kept for 30 days;
//! a job then lets go of it, one for each issue, so that none keeps another.

use std::sync::Arc;

use trackway_api::issues::{ArchiveIssue, Issue as IssueReply, RestoreIssue};

use super::expand::Shape;
use super::kept::Kept;
use super::store::{self, Loaded};
use super::value::Val;
use super::{Issue, ops, shelf};
use crate::access::Editable;
use crate::attachment::{self, Owner};
use crate::audit::{self, Action, Entry};
use crate::cx::{Cx, Reply};
use crate::dict::Dict;
use crate::error::{Code, Error, Result};
use crate::event::{self, EventBody, EventKind};
use crate::field::no;
use crate::ids::{Tag, parse_hex_id};
use crate::job::{self, Job, Kind, NewJob, Next};
use crate::time::DAY_MS;
use crate::{link, sla};

/// How long a deleted issue is kept.
pub const KEPT_MS: i64 = 30 * DAY_MS;

/// A deleted issue by its number.
pub const BY_ID: &str =
    "SELECT id, queue_id, kept FROM issue_removed WHERE org_id = $1 AND id = $2";
/// A deleted issue by its key.
pub const BY_KEY: &str = "SELECT id, queue_id, kept FROM issue_removed \
     WHERE org_id = $1 AND queue_id = $2 AND num = $3";
/// Forgets that an issue is deleted, unless it is gone for good.
pub const TAKE: &str =
    "DELETE FROM issue_removed WHERE org_id = $1 AND id = $2 AND kept IS NOT NULL";
/// Lets go of what is kept of an issue.
pub const LET_GO: &str = "UPDATE issue_removed SET kept = NULL \
     WHERE org_id = $1 AND id = $2 AND kept IS NOT NULL";

/// Changes what is kept of an issue.
pub const REPLACE: &str = "UPDATE issue_removed SET kept = $3 \
     WHERE org_id = $1 AND id = $2 AND kept IS NOT NULL";

trackway_db::row! {
    /// What is known of a deleted issue.
    pub struct RemovedRow {
        pub id: i64,
        pub queue_id: i64,
        pub kept: Option<String>,
    }
}

/// Takes an issue out of searches and lists; nobody changes it until it is restored. One that is
/// archived already stays so.
///
/// # Errors
/// As for an edit.
pub fn archive(cx: &mut Cx<'_, '_>, r: &ArchiveIssue) -> Result<Reply<IssueReply>> {
    let editable = cx.issue(&r.issue)?.writable(cx)?;
    if editable.issue().is_archived() {
        return ops::reply(cx, editable.loaded(), &Shape::default());
    }
    let saved = mark(cx, &editable, Some(Val::At(cx.now)), EventKind::IssueArchived)?;
    ops::reply(cx, &saved, &Shape::default())
}

/// Brings back an issue that is archived or was deleted in the last 30 days.
///
/// # Errors
/// 404 when there is none and nothing is kept of it; 403 without the right to edit an archived one,
/// or to change the settings of the queue of a deleted one; 409 for an issue that is neither, and
/// when its `unique` value was given to another one.
pub fn restore(cx: &mut Cx<'_, '_>, r: &RestoreIssue) -> Result<Reply<IssueReply>> {
    if store::find(cx, &r.issue)?.is_none() {
        let issue = revive(cx, &r.issue)?;
        return ops::reply(cx, &issue, &Shape::default());
    }
    let editable = cx.issue(&r.issue)?.writable(cx)?;
    if !editable.issue().is_archived() {
        return Err(Code::IssueInPlace.with(editable.issue().key(&cx.dict)));
    }
    let saved = mark(cx, &editable, None, EventKind::IssueRestored)?;
    ops::reply(cx, &saved, &Shape::default())
}

/// Saves whether an issue is archived. It is no edit: not even a locked issue is kept from it.
fn mark(
    cx: &mut Cx<'_, '_>,
    editable: &Editable,
    archived: Option<Val>,
    kind: EventKind,
) -> Result<Loaded> {
    let mut after = editable.loaded().full(cx)?;
    if archived.is_none() {
        fit(cx, &mut after)?;
    }
    let (org, id, queue) = (cx.dict.org_id, after.id, after.queue);
    match archived {
        Some(_) => cx.tx.exec(shelf::PUT, &[&org, &id, &queue, &cx.now])?,
        None => cx.tx.exec(shelf::TAKE, &[&org, &id])?,
    };
    after.set(no::ARCHIVED_AT, archived);
    stamp(cx, &mut after);
    let saved = store::save(cx, editable.loaded(), after, false)?;
    event::record(cx, saved.issue.id, kind, &EventBody::default())?;
    Ok(saved)
}

fn stamp(cx: &Cx<'_, '_>, issue: &mut Issue) {
    issue.set(no::UPDATED_AT, Some(Val::At(cx.now)));
    issue.set(no::UPDATED_BY, Some(Val::Ref(cx.actor.uid)));
}

/// Has a deleted issue let go of when its time is over.
///
/// # Errors
/// The database fails.
pub(super) fn watch(cx: &mut Cx<'_, '_>, id: i64) -> Result<()> {
    let name = id.to_string();
    let run_at = cx.now + KEPT_MS;
    let (kind, strand, payload) = (Kind::Removed, None, name.clone());
    job::enqueue(cx, &NewJob { kind, name: Some(&name), strand, payload, run_at })
}

/// Lets go of a deleted issue; its files go with it.
///
/// # Errors
/// The database fails.
pub fn step(cx: &mut Cx<'_, '_>, job: &Job) -> Result<Next> {
    let id: i64 = job.payload.parse().map_err(Error::internal)?;
    if cx.tx.exec(LET_GO, &[&cx.dict.org_id, &id])? > 0 {
        attachment::remove_of_owner(cx, Owner::Removed(id, 0))?;
    }
    Ok(Next::Done)
}

/// The deleted issue that a key or id names.
fn removed(cx: &mut Cx<'_, '_>, key_or_id: &str) -> Result<RemovedRow> {
    let dict = Arc::clone(&cx.dict);
    let row = if let Some(id) = parse_hex_id(Tag::Issue, key_or_id) {
        cx.tx.opt(BY_ID, &[&dict.org_id, &id])?
    } else {
        let named = store::split_key(key_or_id)
            .and_then(|(queue, num)| Some((dict.queues.find(queue)?.id, num)));
        match named {
            Some((queue, num)) => cx.tx.opt(BY_KEY, &[&dict.org_id, &queue, &num])?,
            None => None,
        }
    };
    row.ok_or_else(|| Code::IssueNotFound.err())
}

fn revive(cx: &mut Cx<'_, '_>, key_or_id: &str) -> Result<Loaded> {
    let row = removed(cx, key_or_id)?;
    cx.queue_to_configure(&row.queue_id.to_string())?;
    let kept = row.kept.ok_or_else(|| Code::IssueNotFound.err())?;
    let kept: Kept = serde_json::from_str(&kept).map_err(Error::internal)?;
    let org = cx.dict.org_id;
    if cx.tx.exec(TAKE, &[&org, &row.id])? == 0 {
        return Err(Code::IssueNotFound.err());
    }
    let name = row.id.to_string();
    cx.tx.exec(job::store::REMOVE_NAMED, &[&org, &Kind::Removed.name(), &name])?;
    let mut issue = kept.issue(cx, row.id)?;
    // Deleting took one revision, which may be what others know last.
    issue.revision += 2;
    issue.version += 1;
    let own = link::again::own(cx, &mut issue)?;
    fit(cx, &mut issue)?;
    stamp(cx, &mut issue);
    store::insert_again(cx, issue)?;
    kept.put_back(cx, row.id)?;
    event::changes::remember(cx, row.id)?;
    attachment::store::hand_over(cx, Owner::Removed(row.id, 0), Owner::issue(row.id))?;
    sla::run::resume(cx, row.id)?;
    event::record(cx, row.id, EventKind::IssueRestored, &EventBody::default())?;
    link::again::make(cx, row.id, &own, &kept.links)?;
    let loaded = store::by_id(cx, row.id)?.ok_or_else(|| Code::IssueNotFound.err())?;
    let key = loaded.issue.key(&cx.dict);
    let after = serde_json::json!({"key": key, "summary": loaded.issue.text(no::SUMMARY)});
    let (action, object) = (Action::Create, loaded.issue.hex());
    let entry =
        Entry { action, kind: "issue", object, name: &key, before: None, after: Some(after) };
    audit::record(cx, entry)?;
    Ok(loaded)
}

/// Gives a link to an issue that is deleted, for the time when it comes back. Its own end of the link
/// went when the other issue was deleted.
///
/// # Errors
/// The database fails.
pub(crate) fn pass_on(cx: &mut Cx<'_, '_>, id: i64, link: &(String, i64, i64)) -> Result<()> {
    let org = cx.dict.org_id;
    let row: Option<RemovedRow> = cx.tx.opt(BY_ID, &[&org, &id])?;
    let Some(kept) = row.and_then(|row| row.kept) else { return Ok(()) };
    let mut kept: Kept = serde_json::from_str(&kept).map_err(Error::internal)?;
    if !kept.links.contains(link) {
        kept.links.push(link.clone());
        let kept = serde_json::to_string(&kept).map_err(Error::internal)?;
        cx.tx.exec(REPLACE, &[&org, &id, &kept])?;
    }
    Ok(())
}

/// Brings an issue in step with what changed while it was out of sight: its queue may know its type
/// or status no more, and components, versions, sprints and boards may be gone.
fn fit(cx: &Cx<'_, '_>, issue: &mut Issue) -> Result<()> {
    let dict = &cx.dict;
    let queue = dict.queues.get(issue.queue).ok_or_else(|| Code::QueueNotFound.err())?;
    if queue.body.type_config(issue.issue_type()).is_none() {
        issue.set(no::TYPE, Some(Val::Ref(queue.body.default_type)));
    }
    let config = queue.body.type_config(issue.issue_type());
    let workflow = config.and_then(|config| dict.workflows.get(config.workflow));
    let workflow = &workflow.ok_or_else(|| Code::WorkflowNotFound.err())?.body;
    if workflow.status_type(issue.status()).is_none() {
        let kind = workflow.status_type(workflow.initial).unwrap_or_default();
        let before = issue.clone();
        issue.enter(&before, workflow.initial, kind, cx.now);
        if !kind.is_closed() {
            for field in [no::RESOLUTION, no::RESOLVED_AT, no::RESOLVED_BY] {
                issue.set(field, None);
            }
        }
    }
    for (field, is_there) in LISTS {
        let left: Vec<i64> =
            issue.many(field).iter().copied().filter(|id| is_there(dict, *id)).collect();
        issue.set(field, Some(Val::Refs(left)));
    }
    Ok(())
}

type IsThere = fn(&Dict, i64) -> bool;

/// Fields whose values may be deleted, and whether one is there.
const LISTS: [(no::FieldNo, IsThere); 5] = [
    (no::COMPONENTS, |dict, id| dict.components.get(id).is_some_and(|c| !c.body.deleted)),
    (no::FIX_VERSIONS, |dict, id| dict.versions.get(id).is_some_and(|v| !v.body.deleted)),
    (no::AFFECTED_VERSIONS, |dict, id| dict.versions.get(id).is_some_and(|v| !v.body.deleted)),
    (no::SPRINT, |dict, id| dict.sprints.get(id).is_some()),
    (no::BOARDS, |dict, id| dict.boards.get(id).is_some()),
];
