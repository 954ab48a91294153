//! Uploads. The bytes go to the store first, listed as trash; then one short write makes the row
//! and takes them off that list. An upload that ends in between leaves trash and nothing else.

use std::sync::Arc;

use trackway_api::attachments::{
    AddAttachment, AddCommentAttachment, AddTemporaryAttachment, Attachment, ImportAttachment,
    ImportCommentAttachment,
};

use super::clean::UPLOAD_MS;
use super::store::{self, AttachmentRow};
use super::{MAX_NAME, Owner, Place, attachment};
use crate::access::Editable;
use crate::actor::Actor;
use crate::comment;
use crate::cx::{Cx, Reply};
use crate::error::{Code, Result};
use crate::event::{self, AttachmentDelta, EventBody, EventKind};
use crate::field::no;
use crate::issue::{edit, refs};
use crate::time::{Instant, parse_instant};

/// Where an upload goes.
#[derive(Clone, Debug)]
pub enum Target {
    /// To nothing yet.
    Nothing,
    /// To an issue.
    Issue(String),
    /// To a comment of an issue.
    Comment {
        /// Issue.
        issue: String,
        /// Comment.
        comment: String,
    },
    /// To an issue or a comment of it, with the history it had elsewhere.
    Import {
        /// Issue.
        issue: String,
        /// Comment.
        comment: Option<String>,
        /// When.
        created_at: Option<String>,
        /// By whom.
        created_by: Option<String>,
    },
}

impl From<&AddTemporaryAttachment> for Target {
    fn from(_: &AddTemporaryAttachment) -> Self {
        Self::Nothing
    }
}

impl From<&AddAttachment> for Target {
    fn from(r: &AddAttachment) -> Self {
        Self::Issue(r.issue.clone())
    }
}

impl From<&AddCommentAttachment> for Target {
    fn from(r: &AddCommentAttachment) -> Self {
        Self::Comment { issue: r.issue.clone(), comment: r.comment.clone() }
    }
}

impl From<&ImportAttachment> for Target {
    fn from(r: &ImportAttachment) -> Self {
        Self::Import {
            issue: r.issue.clone(),
            comment: None,
            created_at: r.created_at.clone(),
            created_by: r.created_by.clone(),
        }
    }
}

impl From<&ImportCommentAttachment> for Target {
    fn from(r: &ImportCommentAttachment) -> Self {
        Self::Import {
            issue: r.issue.clone(),
            comment: Some(r.comment.clone()),
            created_at: r.created_at.clone(),
            created_by: r.created_by.clone(),
        }
    }
}

/// A file whose bytes are in the store.
#[derive(Clone, Debug, Default)]
pub struct Uploaded {
    /// Name as given.
    pub name: String,
    /// Media type.
    pub mimetype: String,
    /// Bytes.
    pub size: i64,
    /// Width and height of a picture.
    pub pixels: Option<(u32, u32)>,
    /// Name in the store.
    pub blob: String,
}

/// A target that was looked at.
enum Checked {
    Nothing,
    /// An issue, and a comment of it unless 0.
    Issue(Box<Editable>, i64),
    Import {
        issue: Box<Editable>,
        comment: i64,
        at: Instant,
        by: i64,
    },
}

/// Lets an upload begin: whoever may not attach a file hears so before the bytes are sent.
///
/// # Errors
/// 403, 404 and 422 of the target.
pub fn begin(cx: &mut Cx<'_, '_>, target: &Target, blob: &str) -> Result<()> {
    check(cx, target)?;
    store::expect(cx, blob, cx.now + UPLOAD_MS)
}

/// Makes the row of a file whose bytes have come. Looks at the target again, since an upload may
/// take long.
///
/// # Errors
/// 403, 404 and 422 of the target.
pub fn finish(cx: &mut Cx<'_, '_>, target: &Target, file: &Uploaded) -> Result<Reply<Attachment>> {
    let checked = check(cx, target)?;
    store::keep(cx, &file.blob)?;
    let (owner, at, by) = match &checked {
        Checked::Nothing => (Owner::Nothing, cx.now, cx.actor.uid),
        Checked::Issue(issue, comment) => {
            (Owner::Issue(issue.issue().id, *comment), cx.now, cx.actor.uid)
        }
        Checked::Import { issue, comment, at, by } => {
            (Owner::Issue(issue.issue().id, *comment), *at, *by)
        }
    };
    let row = insert(cx, owner, at, by, file)?;
    let delta = AttachmentDelta { id: row.id, name: row.name.clone(), removed: false };
    let body = EventBody { attachments: vec![delta], ..EventBody::default() };
    let place = match checked {
        Checked::Nothing => Place::alone(),
        Checked::Issue(issue, _) => {
            let after = issue.loaded().full(cx)?;
            edit::commit_with(cx, &issue, after, EventKind::IssueAttachmentAdded, body)?;
            Place::issue(&issue.issue().key(&cx.dict))
        }
        Checked::Import { issue, at, by, .. } => {
            record_as(cx, issue.issue().id, at, by, &body)?;
            Place::issue(&issue.issue().key(&cx.dict))
        }
    };
    Ok(Reply::new(attachment(cx, &place, &row)))
}

/// Stores the row of a file whose bytes are in the store and no trash.
///
/// # Errors
/// The database fails.
pub fn insert(
    cx: &mut Cx<'_, '_>,
    owner: Owner,
    at: Instant,
    by: i64,
    file: &Uploaded,
) -> Result<AttachmentRow> {
    let [owner_kind, owner_id, comment_id] = owner.columns();
    let (width, height) = file.pixels.unwrap_or_default();
    store::insert(
        cx,
        AttachmentRow {
            id: 0,
            owner_kind,
            owner_id,
            comment_id,
            name: file.name.clone(),
            mimetype: file.mimetype.clone(),
            size: file.size,
            width: width.into(),
            height: height.into(),
            blob: file.blob.clone(),
            created_at: at,
            created_by: by,
        },
    )
}

fn check(cx: &mut Cx<'_, '_>, target: &Target) -> Result<Checked> {
    match target {
        Target::Nothing => Ok(Checked::Nothing),
        Target::Issue(issue) => {
            let editable = cx.issue(issue)?.editable(cx)?;
            Ok(Checked::Issue(Box::new(editable), 0))
        }
        Target::Comment { issue, comment } => {
            let (issue, row) = comment::ops::to_change(cx, issue, comment)?;
            Ok(Checked::Issue(Box::new(issue), row.id))
        }
        Target::Import { issue, comment, created_at, created_by } => {
            cx.actor.admin_only()?;
            let issue = cx.issue(issue)?.importable(cx)?;
            let (mut from, mut to) =
                (issue.issue().created(), issue.issue().one(no::UPDATED_AT).unwrap_or(cx.now));
            let mut number = 0;
            if let Some(comment) = comment {
                let row = comment::ops::find(cx, issue.issue(), comment)?;
                number = row.id;
                (from, to) = (from.max(row.created_at), row.updated_at);
            }
            let at = imported_at(created_at.as_deref(), from, to)?;
            let by = imported_by(cx, created_by.as_deref())?;
            Ok(Checked::Import { issue: Box::new(issue), comment: number, at, by })
        }
    }
}

/// The instant must lie in the life of what the file hangs on (contract, `importAttachment`;
/// real-samples, 1).
fn imported_at(text: Option<&str>, from: Instant, to: Instant) -> Result<Instant> {
    let text = text.ok_or_else(|| Code::FieldRequired.at("createdAt"))?;
    let at =
        parse_instant(text).ok_or_else(|| Code::ValueType.with("datetime").under("createdAt"))?;
    if at < from || at > to {
        return Err(Code::ValueRange.at("createdAt"));
    }
    Ok(at)
}

fn imported_by(cx: &Cx<'_, '_>, text: Option<&str>) -> Result<i64> {
    let text = text.ok_or_else(|| Code::FieldRequired.at("createdBy"))?;
    let user = refs::user_by_text(&cx.dict, text);
    user.map(|user| user.id).ok_or_else(|| {
        Code::ValueUnknown.with(text.chars().take(80).collect::<String>()).under("createdBy")
    })
}

/// Writes the event of an imported file as of the time and the person of the import.
fn record_as(
    cx: &mut Cx<'_, '_>,
    issue: i64,
    at: Instant,
    by: i64,
    body: &EventBody,
) -> Result<()> {
    let (now, actor) = (cx.now, Arc::clone(&cx.actor));
    (cx.now, cx.actor) = (at, Arc::new(Actor::robot(by)));
    let recorded = event::record(cx, issue, EventKind::IssueAttachmentAdded, body);
    (cx.now, cx.actor) = (now, actor);
    recorded
}

/// The name a file is kept under: the last part of a path, without control characters.
///
/// # Errors
/// 422 for a name that is too long.
pub fn clean_name(given: Option<&str>) -> Result<String> {
    let last = given.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).collect();
    let name = name.trim();
    if name.chars().count() > MAX_NAME {
        return Err(Code::ValueTooLong.with(MAX_NAME).under("filename"));
    }
    let usable = !matches!(name, "" | "." | "..");
    Ok(if usable { name.to_owned() } else { "file".to_owned() })
}
