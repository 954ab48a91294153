//! Operations on bulk changes.

use serde_json::Value as Json;
use trackway_api::bulk::{
    BulkChange, BulkChangeIssue, BulkMove, BulkTransition, BulkUpdate, CancelBulkChange,
    GetBulkChange, ListBulkChangeIssues,
};
use trackway_api::issues::SearchRequest;
use trackway_api::types::Members;

use super::store::{self, BulkRow};
use super::{CHUNK, MAX_ISSUES, Operation, Status, render};
use crate::cx::{Cx, Reply};
use crate::dict::Dict;
use crate::error::{Code, Error, Result};
use crate::ids::{Series, Tag, parse_hex_id};
use crate::job::{self, Kind, NewJob};
use crate::{access, issue, search};

/// Members of values that are no fields.
const BESIDES: [&str; 5] =
    ["comment", "author", "attachmentIds", "descriptionAttachmentIds", "markupType"];

/// Changes fields of issues.
///
/// # Errors
/// 422 when issues or values cannot be read.
pub fn update(cx: &mut Cx<'_, '_>, r: &BulkUpdate) -> Result<Reply<BulkChange>> {
    let body = &r.body.0;
    let values = body.values.clone().ok_or_else(|| Code::FieldRequired.at("values"))?;
    check_fields(&cx.dict, &values)?;
    start(cx, &Operation::Update { values }, body.issues.as_ref(), r.notify)
}

/// Moves issues to another queue.
///
/// # Errors
/// 422 when issues, queue or values cannot be read, 404 for an unknown queue, 403 when the caller
/// may not create issues there, 423 when it is archived.
pub fn relocate(cx: &mut Cx<'_, '_>, r: &BulkMove) -> Result<Reply<BulkChange>> {
    let body = &r.body.0;
    let queue = issue::input::queue(&cx.dict, body.queue.as_ref().map(|queue| &queue.0))?;
    if !access::may_create(&queue, &cx.actor) {
        return Err(Code::CreateDenied.with(&queue.key));
    }
    access::in_use(&queue)?;
    let values = body.values.clone().unwrap_or_default();
    check_fields(&cx.dict, &values)?;
    let operation = Operation::Move {
        queue: queue.id,
        values,
        all_fields: body.move_all_fields.unwrap_or(false),
        initial_status: body.initial_status.unwrap_or(false),
    };
    start(cx, &operation, body.issues.as_ref(), r.notify)
}

/// Takes issues through a transition.
///
/// # Errors
/// 422 when issues, transition or values cannot be read.
pub fn transition(cx: &mut Cx<'_, '_>, r: &BulkTransition) -> Result<Reply<BulkChange>> {
    let body = &r.body.0;
    let transition = match &body.transition {
        None | Some(Json::Null) => return Err(Code::FieldRequired.at("transition")),
        Some(Json::String(id)) => id.clone(),
        Some(Json::Object(members)) => members
            .get("id")
            .and_then(Json::as_str)
            .ok_or_else(|| Code::ValueType.with("string").under("transition"))?
            .to_owned(),
        Some(_) => return Err(Code::ValueType.with("string").under("transition")),
    };
    if transition.is_empty() {
        return Err(Code::ValueEmpty.at("transition"));
    }
    let values = body.values.clone().unwrap_or_default();
    check_fields(&cx.dict, &values)?;
    start(cx, &Operation::Transition { transition, values }, body.issues.as_ref(), r.notify)
}

/// The state of a bulk change.
///
/// # Errors
/// 404 when there is none, 403 when it is somebody else's.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetBulkChange) -> Result<Reply<BulkChange>> {
    let row = find(cx, &r.id)?;
    Ok(render::bulk(cx, &row).into())
}

/// The issues a bulk change failed on.
///
/// # Errors
/// As [`get`].
pub fn issues(
    cx: &mut Cx<'_, '_>,
    r: &ListBulkChangeIssues,
) -> Result<Reply<Vec<BulkChangeIssue>>> {
    let row = find(cx, &r.id)?;
    Ok(render::failures(cx, &row)?.into())
}

/// Stops a bulk change. One that has ended stays as it is.
///
/// # Errors
/// As [`get`].
pub fn cancel(cx: &mut Cx<'_, '_>, r: &CancelBulkChange) -> Result<Reply<()>> {
    let row = find(cx, &r.id)?;
    cx.tx.exec(store::END, &[&cx.dict.org_id, &row.id, &Status::Cancelled.number()])?;
    Ok(Reply::new(()))
}

/// Whoever started it may look at it, and administrators.
fn find(cx: &mut Cx<'_, '_>, id: &str) -> Result<BulkRow> {
    let missing = || Code::BulkChangeNotFound.err();
    let number = parse_hex_id(Tag::BulkChange, id).ok_or_else(missing)?;
    let row = store::one(cx, number)?
        .filter(|row| render::hex(row).eq_ignore_ascii_case(id))
        .ok_or_else(missing)?;
    if row.created_by == cx.actor.uid || cx.actor.admin {
        return Ok(row);
    }
    Err(Code::BulkChangeDenied.err())
}

/// Names that no queue has as a field are told at once; everything else depends on the issue.
pub(super) fn check_fields(dict: &Dict, values: &Members) -> Result<()> {
    let unknown = values
        .keys()
        .filter(|name| {
            !BESIDES.contains(&name.as_str()) && dict.field_index.by_member(name).is_none()
        })
        .map(|name| Code::FieldUnknown.at(name))
        .reduce(Error::join);
    unknown.map_or(Ok(()), Err)
}

/// Accepts a bulk change: its row, its issues, its job.
pub(super) fn start(
    cx: &mut Cx<'_, '_>,
    operation: &Operation,
    issues: Option<&Json>,
    notify: Option<bool>,
) -> Result<Reply<BulkChange>> {
    let issues = read_issues(cx, issues)?;
    begin(cx, operation, &issues, notify)
}

/// Accepts a bulk change of what was named.
///
/// # Errors
/// The database fails.
pub(crate) fn begin(
    cx: &mut Cx<'_, '_>,
    operation: &Operation,
    issues: &[String],
    notify: Option<bool>,
) -> Result<Reply<BulkChange>> {
    let id = cx.next(Series::BulkChange)?;
    let chunks: Result<Vec<String>> = issues
        .chunks(CHUNK)
        .map(|chunk| serde_json::to_string(chunk).map_err(Error::internal))
        .collect();
    let chunks = chunks?;
    let operation = serde_json::to_string(operation).map_err(Error::internal)?;
    let total = i64::try_from(issues.len()).map_err(Error::internal)?;
    let count = i64::try_from(chunks.len()).map_err(Error::internal)?;
    let params: [&dyn trackway_db::Param; 8] = [
        &cx.dict.org_id,
        &id,
        &cx.now,
        &cx.actor.uid,
        &operation,
        &i64::from(notify.unwrap_or(false)),
        &total,
        &count,
    ];
    cx.tx.exec(store::INSERT, &params)?;
    store::insert_chunks(cx, id, &chunks)?;
    let job = NewJob {
        kind: Kind::Bulk,
        name: Some(&id.to_string()),
        strand: None,
        payload: id.to_string(),
        run_at: cx.now,
    };
    job::enqueue(cx, &job)?;
    let row = store::one(cx, id)?.ok_or_else(|| Error::internal("a bulk change vanished"))?;
    Ok(render::bulk(cx, &row).into())
}

/// The issues as a list of keys and ids without repetitions, or as a query.
fn read_issues(cx: &mut Cx<'_, '_>, json: Option<&Json>) -> Result<Vec<String>> {
    let under = |error: Error| error.under("issues");
    let issues = match json {
        None | Some(Json::Null) => return Err(Code::FieldRequired.at("issues")),
        Some(Json::String(query)) => found(cx, query)?,
        Some(Json::Array(items)) => {
            if items.len() > MAX_ISSUES {
                return Err(under(Code::TooManyValues.with(MAX_ISSUES)));
            }
            let mut seen = rustc_hash::FxHashSet::default();
            let mut issues = Vec::with_capacity(items.len());
            for item in items {
                let name = named(item).ok_or_else(|| under(Code::ValueType.with("issue")))?;
                if seen.insert(name.to_owned()) {
                    issues.push(name.to_owned());
                }
            }
            issues
        }
        Some(_) => return Err(under(Code::ValueType.with("array"))),
    };
    if issues.is_empty() && json.is_some_and(Json::is_array) {
        return Err(Code::ValueEmpty.at("issues"));
    }
    Ok(issues)
}

/// The key or id of an issue. The official client sends an issue it holds as an object.
fn named(item: &Json) -> Option<&str> {
    let text = match item {
        Json::Object(members) => {
            let named = |member: &str| members.get(member).and_then(Json::as_str);
            named("key").or_else(|| named("id")).or_else(|| {
                let url = named("url").or_else(|| named("self"))?;
                url.trim_end_matches('/').rsplit('/').next()
            })?
        }
        other => other.as_str()?,
    };
    let text = text.trim();
    (!text.is_empty() && text.len() <= 64).then_some(text)
}

/// The issues of a query, by id.
fn found(cx: &mut Cx<'_, '_>, query: &str) -> Result<Vec<String>> {
    let request = SearchRequest { query: Some(query.into()), ..SearchRequest::default() };
    let (total, ids) = search::ops::select(cx, &request, MAX_ISSUES)?;
    if total > MAX_ISSUES as u64 {
        return Err(Code::TooManyValues.with(MAX_ISSUES).under("issues"));
    }
    Ok(ids)
}
