//! The event log (design, section 7): what happened to an issue, written in the transaction of the
//! change. It is the changelog, the audit trail, and the source of whatever follows a change.

pub mod changes;
pub mod log;
pub mod ops;
pub mod render;
pub mod store;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::field::no::FieldNo;
use crate::ids::Series;
use crate::issue::Issue;
use crate::issue::value::Val;

/// Forgets what happened to an issue that is removed; that something did is left.
///
/// # Errors
/// The database fails, or holds what cannot be read.
pub fn forget(cx: &mut Cx<'_, '_>, issue: i64) -> Result<()> {
    changes::forget(cx, issue)?;
    cx.tx.exec(store::EMPTY, &[&cx.dict.org_id, &issue])?;
    Ok(())
}

/// Kinds of events: the types of changelog entries (contract, x-changelog-types).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum EventKind {
    IssueCreated,
    IssueUpdated,
    IssueWorkflow,
    IssueCommentAdded,
    IssueCommentUpdated,
    IssueCommentRemoved,
    IssueLinked,
    IssueUnlinked,
    IssueAttachmentAdded,
    IssueAttachmentRemoved,
    IssueMoved,
    IssueCloned,
    IssueCommentReactionAdded,
    IssueCommentReactionRemoved,
    IssueWorklogAdded,
    IssueWorklogUpdated,
    IssueWorklogRemoved,
    IssueVoteAdded,
    IssueVoteRemoved,
    IssueArchived,
    IssueRestored,
    RelatedIssueResolutionChanged,
}

impl EventKind {
    /// Name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IssueCreated => "IssueCreated",
            Self::IssueUpdated => "IssueUpdated",
            Self::IssueWorkflow => "IssueWorkflow",
            Self::IssueCommentAdded => "IssueCommentAdded",
            Self::IssueCommentUpdated => "IssueCommentUpdated",
            Self::IssueCommentRemoved => "IssueCommentRemoved",
            Self::IssueLinked => "IssueLinked",
            Self::IssueUnlinked => "IssueUnlinked",
            Self::IssueAttachmentAdded => "IssueAttachmentAdded",
            Self::IssueAttachmentRemoved => "IssueAttachmentRemoved",
            Self::IssueMoved => "IssueMoved",
            Self::IssueCloned => "IssueCloned",
            Self::IssueCommentReactionAdded => "IssueCommentReactionAdded",
            Self::IssueCommentReactionRemoved => "IssueCommentReactionRemoved",
            Self::IssueWorklogAdded => "IssueWorklogAdded",
            Self::IssueWorklogUpdated => "IssueWorklogUpdated",
            Self::IssueWorklogRemoved => "IssueWorklogRemoved",
            Self::IssueVoteAdded => "IssueVoteAdded",
            Self::IssueVoteRemoved => "IssueVoteRemoved",
            Self::IssueArchived => "IssueArchived",
            Self::IssueRestored => "IssueRestored",
            Self::RelatedIssueResolutionChanged => "RelatedIssueResolutionChanged",
        }
    }
}

/// One field's change, in stored form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldDelta(pub FieldNo, pub Json, pub Json);

/// A comment in an event. Texts are those of the moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CommentDelta {
    /// Number of the comment.
    pub id: i64,
    /// Text before an edit, or of a removed comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Text after an edit, or of an added comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// A reaction put on the comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_reaction: Option<String>,
    /// A reaction taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_reaction: Option<String>,
}

/// What a time record said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorklogState {
    /// Working seconds.
    pub seconds: i64,
    /// When work began.
    pub start: i64,
    /// What it was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

/// A time record in an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorklogDelta {
    /// Number of the record.
    pub id: i64,
    /// Before.
    pub from: Option<WorklogState>,
    /// After.
    pub to: Option<WorklogState>,
}

/// The new resolution of a linked issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedResolution {
    /// The link, as seen from the issue of the event.
    pub link: LinkEnd,
    /// Resolution; none when it was cleared.
    pub resolution: Option<i64>,
}

/// One end of a link in an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkEnd {
    /// Type id.
    pub kind: String,
    /// `inward` or `outward`, as seen from the issue of the event.
    pub direction: String,
    /// The other issue.
    pub other: i64,
    /// In place of an issue: an object of another application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<RemoteEnd>,
}

/// An object of another application in an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteEnd {
    /// Application id.
    pub application: String,
    /// Key of the object there.
    pub key: String,
}

/// A link in an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkDelta {
    /// Before.
    pub from: Option<LinkEnd>,
    /// After.
    pub to: Option<LinkEnd>,
}

/// A file in an event. Its name never changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentDelta {
    /// Number of the file.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Whether it was removed, not added.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

/// Why something happened, as far as what follows depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct Cause {
    /// Nobody is to be notified (`notify=false`).
    #[serde(skip_serializing_if = "is_false")]
    pub silent: bool,
    /// Whoever made the change is to be notified too (`notifyAuthor=true`).
    #[serde(skip_serializing_if = "is_false")]
    pub notify_author: bool,
    /// A change of settings asked for it, not work on the issue: nobody is notified, and no trigger
    /// fires.
    #[serde(skip_serializing_if = "is_false")]
    pub upkeep: bool,
    /// It happened elsewhere and is only written down here: no rule follows from it.
    #[serde(skip_serializing_if = "is_false")]
    pub imported: bool,
    /// The automatic rules that led to it, first to last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

fn is_plain(cause: &Cause) -> bool {
    *cause == Cause::default()
}

/// What an event says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventBody {
    /// Changed fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldDelta>,
    /// Comments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comments: Vec<CommentDelta>,
    /// Links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkDelta>,
    /// Files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentDelta>,
    /// Why it happened; filled in when the event is written.
    #[serde(skip_serializing_if = "is_plain")]
    pub cause: Cause,
    /// Time records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub worklog: Vec<WorklogDelta>,
    /// Resolutions of linked issues.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resolutions: Vec<RelatedResolution>,
}

trackway_db::row! {
    /// A row of the event log.
    pub struct EventRow {
        pub id: i64,
        pub at: i64,
        pub actor: i64,
        pub kind: String,
        pub body: String,
    }
}

/// Adds an event.
pub const INSERT: &str = "INSERT INTO event (org_id, issue_id, id, at, actor, kind, body) \
     VALUES ($1, $2, {sqlite:$3}{postgres:nextval('event_seq') + $3}, $4, $5, $6, $7) RETURNING id";

/// Writes an event about an issue.
///
/// # Errors
/// The database fails.
pub fn record(cx: &mut Cx<'_, '_>, issue: i64, kind: EventKind, body: &EventBody) -> Result<()> {
    let number = cx.next_in_order(Series::Event)?;
    let json = if is_plain(&cx.cause) {
        serde_json::to_string(body)
    } else {
        serde_json::to_string(&EventBody { cause: cx.cause.clone(), ..body.clone() })
    };
    let json = json.map_err(Error::internal)?;
    let org = cx.dict.org_id;
    let (id,): (i64,) =
        cx.tx.one(INSERT, &[&org, &issue, &number, &cx.now, &cx.actor.uid, &kind.name(), &json])?;
    cx.effects.events.push((issue, id));
    if kind != EventKind::IssueCreated {
        changes::record(cx, issue, id, &body.fields)?;
    }
    Ok(())
}

/// The fields that differ between two states of an issue, `quiet` ones left out.
pub fn diff(before: &Issue, after: &Issue, quiet: &[FieldNo]) -> Vec<FieldDelta> {
    let mut fields: Vec<FieldNo> =
        before.vals().chain(after.vals()).map(|(field, _)| field).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
        .into_iter()
        .filter(|field| !quiet.contains(field) && before.get(*field) != after.get(*field))
        .map(|field| FieldDelta(field, json(before.get(field)), json(after.get(field))))
        .collect()
}

fn json(val: Option<&Val>) -> Json {
    val.map_or(Json::Null, Val::to_json)
}
