//! Operations on files. Who may read an issue may read its files; who may edit it, or brought a
//! file, may remove that (permissions.md, 3).

use trackway_api::attachments::{
    Attachment, DeleteAttachment, GetAttachment, GetTemporaryAttachment, ListAttachments,
};

use super::store::{self, AttachmentRow};
use super::{Owner, Place, attachment};
use crate::access::EntityRight;
use crate::cx::{Cx, Reply};
use crate::error::{Code, Result};
use crate::event::{AttachmentDelta, EventBody, EventKind};
use crate::issue::edit;

/// Files of an issue and of its comments.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListAttachments) -> Result<Reply<Vec<Attachment>>> {
    let visible = cx.issue(&r.issue)?;
    let place = Place::issue(&visible.issue().key(&cx.dict));
    let rows = store::of_owner(cx, Owner::issue(visible.issue().id))?;
    Ok(Reply::new(rows.iter().map(|row| attachment(cx, &place, row)).collect()))
}

/// Description of a file of an issue.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetAttachment) -> Result<Reply<Attachment>> {
    let (row, place) = of_issue(cx, &r.issue, &r.attachment)?;
    Ok(Reply::new(attachment(cx, &place, &row)))
}

/// Description of a file by its id alone.
pub fn get_alone(cx: &mut Cx<'_, '_>, r: &GetTemporaryAttachment) -> Result<Reply<Attachment>> {
    let (row, place) = alone(cx, &r.attachment)?;
    Ok(Reply::new(attachment(cx, &place, &row)))
}

/// Removes a file of an issue.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteAttachment) -> Result<Reply<()>> {
    let (row, _) = of_issue(cx, &r.issue, &r.attachment)?;
    let visible = cx.issue(&r.issue)?;
    let issue = if row.created_by == cx.actor.uid {
        visible.commentable(cx)?
    } else {
        visible.editable(cx)?
    };
    store::delete(cx, &row)?;
    let after = issue.loaded().full(cx)?;
    let delta = AttachmentDelta { id: row.id, name: row.name, removed: true };
    let body = EventBody { attachments: vec![delta], ..EventBody::default() };
    edit::commit_with(cx, &issue, after, EventKind::IssueAttachmentRemoved, body)?;
    Ok(Reply::new(()))
}

/// A file of an issue that the actor may read, and where it is found.
///
/// # Errors
/// 404 and 403 as for the issue, 404 when it has no such file.
pub fn of_issue(cx: &mut Cx<'_, '_>, issue: &str, id: &str) -> Result<(AttachmentRow, Place)> {
    let visible = cx.issue(issue)?;
    let row = find(cx, id)?;
    let own = matches!(row.owner(), Owner::Issue(issue, _) if issue == visible.issue().id);
    if !own {
        return Err(Code::AttachmentNotFound.err());
    }
    Ok((row, Place::issue(&visible.issue().key(&cx.dict))))
}

/// A file that the actor may read by its id alone: one's own that hangs on nothing yet, or one
/// under the rights of what it hangs on.
///
/// # Errors
/// 404 when there is no such file, 403 or 404 when the actor may not read it.
pub fn alone(cx: &mut Cx<'_, '_>, id: &str) -> Result<(AttachmentRow, Place)> {
    let row = find(cx, id)?;
    let place = match row.owner() {
        Owner::Nothing if row.created_by == cx.actor.uid => Place::alone(),
        Owner::Nothing | Owner::Removed(..) => return Err(Code::AttachmentNotFound.err()),
        Owner::Entity(entity, _) => {
            let missing = || Code::AttachmentNotFound.err();
            let entity = cx.dict.entities.get(entity).cloned().ok_or_else(missing)?;
            cx.may_entity(&entity, EntityRight::Read)?;
            Place::alone()
        }
        Owner::Issue(issue, _) => {
            let visible = cx.issue_by_id(issue)?;
            Place::issue(&visible.issue().key(&cx.dict))
        }
    };
    Ok((row, place))
}

fn find(cx: &mut Cx<'_, '_>, id: &str) -> Result<AttachmentRow> {
    let row = match id.parse() {
        Ok(id) => store::one(cx, id)?,
        Err(_) => None,
    };
    row.ok_or_else(|| Code::AttachmentNotFound.err())
}
