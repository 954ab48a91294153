//! Files uploaded beforehand, given to issues and comments by their ids, and files that go with
//! what they hang on.

use serde_json::Value as Json;
use trackway_api::attachments::Attachment;
use trackway_api::types::PlainRef;

use super::store::{self, AttachmentRow};
use super::{Owner, Place, attachment, reference};
use crate::cx::Cx;
use crate::error::{Code, Result};
use crate::event::AttachmentDelta;
use crate::issue::store::Loaded;

/// Most files in one request.
const MAX_IDS: usize = 100;

/// Reads a list of ids of files; nothing and `null` are an empty one.
///
/// # Errors
/// 422 under the member for anything else, 404 for what cannot be the id of a file.
pub fn ids(member: &str, json: Option<&Json>) -> Result<Vec<i64>> {
    let items = match json {
        None | Some(Json::Null) => return Ok(Vec::new()),
        Some(Json::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    if items.len() > MAX_IDS {
        return Err(Code::TooManyValues.with(MAX_IDS).under(member));
    }
    let mut ids = Vec::with_capacity(items.len());
    for item in items {
        let id = match item {
            Json::Number(n) => n.as_i64(),
            Json::String(text) => text.trim().parse().ok(),
            _ => return Err(Code::ValueType.with("id").under(member)),
        };
        let id = id.ok_or_else(|| Code::AttachmentNotFound.err())?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// Hangs files on an owner. Only who uploaded a file may use it, and only once (contract,
/// `addTemporaryAttachment`).
///
/// # Errors
/// 404 for a file that is not there, not the actor's, or used already.
pub fn bind(cx: &mut Cx<'_, '_>, ids: &[i64], owner: Owner) -> Result<Vec<AttachmentDelta>> {
    let mut deltas = Vec::with_capacity(ids.len());
    for id in ids {
        let row = store::one(cx, *id)?
            .filter(|row| row.owner() == Owner::Nothing && row.created_by == cx.actor.uid)
            .ok_or_else(|| Code::AttachmentNotFound.err())?;
        if !store::bind(cx, *id, owner)? {
            return Err(Code::AttachmentNotFound.err());
        }
        deltas.push(AttachmentDelta { id: *id, name: row.name, removed: false });
    }
    Ok(deltas)
}

/// Removes the files of a comment.
///
/// # Errors
/// The database fails.
pub fn remove_of_comment(cx: &mut Cx<'_, '_>, owner: Owner) -> Result<Vec<AttachmentDelta>> {
    let rows = store::of_owner(cx, owner)?;
    remove(cx, rows.into_iter().filter(|row| row.owner() == owner).collect())
}

/// Removes the files of an owner and all its comments.
///
/// # Errors
/// The database fails.
pub fn remove_of_owner(cx: &mut Cx<'_, '_>, owner: Owner) -> Result<Vec<AttachmentDelta>> {
    let rows = store::of_owner(cx, owner)?;
    remove(cx, rows)
}

fn remove(cx: &mut Cx<'_, '_>, rows: Vec<AttachmentRow>) -> Result<Vec<AttachmentDelta>> {
    let mut deltas = Vec::with_capacity(rows.len());
    for row in rows {
        store::delete(cx, &row)?;
        deltas.push(AttachmentDelta { id: row.id, name: row.name, removed: true });
    }
    Ok(deltas)
}

/// References to the files of several issues, those of comments included, for
/// `expand=attachments`.
///
/// # Errors
/// The database fails.
pub fn references(cx: &mut Cx<'_, '_>, issues: &[Loaded]) -> Result<Vec<Vec<PlainRef>>> {
    let ids: Vec<i64> = issues.iter().map(|loaded| loaded.issue.id).collect();
    let rows = store::of_issues(cx, &ids)?;
    let refs = issues.iter().map(|loaded| {
        let place = Place::issue(&loaded.issue.key(&cx.dict));
        let own = rows.iter().filter(|row| row.owner_id == loaded.issue.id);
        own.map(|row| reference(&cx.view, &place, row)).collect()
    });
    Ok(refs.collect())
}

/// The files of several issues, for `embed=attachments`.
///
/// # Errors
/// The database fails.
pub fn whole_of(cx: &mut Cx<'_, '_>, issues: &[Loaded]) -> Result<Vec<Vec<Attachment>>> {
    let ids: Vec<i64> = issues.iter().map(|loaded| loaded.issue.id).collect();
    let rows = store::of_issues(cx, &ids)?;
    let files = issues.iter().map(|loaded| {
        let place = Place::issue(&loaded.issue.key(&cx.dict));
        let own = rows.iter().filter(|row| row.owner_id == loaded.issue.id);
        own.map(|row| attachment(cx, &place, row)).collect()
    });
    Ok(files.collect())
}
