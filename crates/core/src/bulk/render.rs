//! Bulk changes as the API shows them.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;
use trackway_api::bulk::{BulkChange, BulkChangeIssue};
use trackway_api::types::{KeyedRef, Members};

use super::store::{self, BulkRow, FailureRow};
use super::{Operation, Status};
use crate::access::{self, EntityRight, Right};
use crate::cx::Cx;
use crate::dict::model::EntityType;
use crate::error::{Error, Result};
use crate::field::no;
use crate::ids::{Tag, hex_id};
use crate::issue;
use crate::lang::Lang;
use crate::time::instant_text;
use crate::user;

/// 24-digit id.
pub fn hex(row: &BulkRow) -> String {
    hex_id(Tag::BulkChange, row.created_at, row.id)
}

/// The state of a bulk change.
pub fn bulk(cx: &Cx<'_, '_>, row: &BulkRow) -> BulkChange {
    let status = Status::from_number(row.status);
    let id = hex(row);
    let begun = status != Status::Created;
    BulkChange {
        self_url: cx.view.url(&format!("/bulkchange/{id}")),
        id,
        created_by: user::reference(&cx.dict, &cx.view, row.created_by),
        created_at: instant_text(row.created_at),
        status: status.word().to_owned(),
        status_text: status.text().get(cx.view.lang).to_owned(),
        execution_chunk_percent: percent(row.next_chunk, row.chunks, status),
        execution_issue_percent: percent(row.handled, row.total, status),
        total_issues: begun.then_some(row.total),
        total_completed_issues: begun.then_some(row.handled - row.failed),
    }
}

fn percent(done: i64, total: i64, status: Status) -> i64 {
    if status == Status::Complete || total == 0 {
        return if status == Status::Created { 0 } else { 100 };
    }
    (done * 100 / total).clamp(0, 100)
}

/// The issues or entities a bulk change failed on. What the caller may not read is mentioned as it
/// was named.
///
/// # Errors
/// The database fails.
pub fn failures(cx: &mut Cx<'_, '_>, bulk: &BulkRow) -> Result<Vec<BulkChangeIssue>> {
    let rows: Vec<FailureRow> = cx.tx.all(store::FAILURES, &[&cx.dict.org_id, &bulk.id])?;
    let operation: Operation = serde_json::from_str(&bulk.operation).map_err(Error::internal)?;
    let mut replies = Vec::with_capacity(rows.len());
    for row in rows {
        let issue = match operation {
            Operation::Entities { kind, .. } => mention_entity(cx, kind, &row.issue),
            _ => mention(cx, &row.issue)?,
        };
        let texts: BTreeMap<String, Members> =
            serde_json::from_str(&row.error).map_err(Error::internal)?;
        let error = texts.get(cx.view.lang.tag()).cloned().unwrap_or_default();
        replies.push(BulkChangeIssue {
            issue,
            status: "FAILED".to_owned(),
            status_text: first_message(&error),
            error,
        });
    }
    Ok(replies)
}

fn first_message(error: &Members) -> Option<String> {
    let general = error.get("errorMessages").and_then(Json::as_array).and_then(|list| list.first());
    let field =
        || error.get("errors").and_then(Json::as_object).and_then(|all| all.values().next());
    general.or_else(field).and_then(Json::as_str).map(str::to_owned)
}

fn mention(cx: &mut Cx<'_, '_>, name: &str) -> Result<KeyedRef> {
    let loaded = issue::store::find(cx, name)?
        .filter(|loaded| access::may(&cx.dict, &cx.actor, &loaded.issue, Right::Read));
    let Some(loaded) = loaded else { return Ok(as_named(cx, "/issues", name)) };
    let key = loaded.issue.key(&cx.dict);
    Ok(KeyedRef {
        self_url: cx.view.url(&format!("/issues/{key}")),
        id: loaded.issue.hex(),
        display: loaded.issue.text(no::SUMMARY).into(),
        key,
    })
}

/// An entity in place of an issue: its short number stands for the key.
fn mention_entity(cx: &Cx<'_, '_>, kind: EntityType, name: &str) -> KeyedRef {
    match cx.entity(kind, name, EntityRight::Read) {
        Ok(entity) => KeyedRef {
            self_url: cx.view.url(&entity.body.path(entity.id)),
            id: entity.body.hex(entity.id),
            key: entity.id.to_string(),
            display: entity.body.summary.as_str().into(),
        },
        Err(_) => as_named(cx, &format!("/entities/{}", kind.name()), name),
    }
}

/// What a name keeps of itself in an address: keys look the same in both.
const UNSAFE: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

fn as_named(cx: &Cx<'_, '_>, path: &str, name: &str) -> KeyedRef {
    KeyedRef {
        self_url: cx.view.url(&format!("{path}/{}", utf8_percent_encode(name, &UNSAFE))),
        id: name.to_owned(),
        key: name.to_owned(),
        display: name.into(),
    }
}

/// What a caller of either language would have been told, ready to be stored.
///
/// # Errors
/// Texts that cannot be written, which is a bug.
pub fn stored_error(error: &Error) -> Result<String> {
    let mut texts: BTreeMap<&str, Members> = BTreeMap::new();
    for lang in [Lang::Ru, Lang::En] {
        let body = error.body(lang);
        let mut members = Members::new();
        members.insert(
            "errors".to_owned(),
            serde_json::to_value(&body.errors).map_err(Error::internal)?,
        );
        members.insert("errorMessages".to_owned(), body.error_messages.into());
        texts.insert(lang.tag(), members);
    }
    serde_json::to_string(&texts).map_err(Error::internal)
}
