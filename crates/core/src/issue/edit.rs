//! Changes to issues: from the members of a body to a saved issue with its event. Everything that
//! edits an issue (PATCH, transitions, links, comments) ends in [`commit`].

use serde_json::Value as Json;
use trackway_api::IfMatch;
use trackway_api::types::Members;

use super::store::{self, Loaded};
use super::value::Val;
use super::{Issue, input};
use crate::access::Editable;
use crate::attachment::{self, Owner};
use crate::cx::Cx;
use crate::error::{Code, Error, Result};
use crate::event::{self, EventBody, EventKind};
use crate::field::no::{self, FieldNo};
use crate::{board, link};

/// An issue with this many versions is locked (contract, x-global-rules.concurrency), and so is a
/// status, type, priority or resolution.
pub(crate) const MAX_VERSION: i64 = 11_100;

/// Fields that change with every edit and are not worth an entry in the history.
const QUIET: [FieldNo; 2] = [no::UPDATED_AT, no::UPDATED_BY];

/// Members of a body that are not fields.
const COMMENT: &str = "comment";
const ATTACHMENTS: [&str; 2] = ["attachmentIds", "descriptionAttachmentIds"];
const MARKUP: [&str; 2] = ["markupType", "descriptionRenderType"];

/// What a body asks for besides fields.
#[derive(Debug, Default)]
pub struct Besides {
    /// A comment to add.
    pub comment: Option<Json>,
    /// Files to hang on the issue.
    pub files: Vec<i64>,
}

/// Whether the body makes a new issue or changes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A new issue.
    Create,
    /// A change.
    Update,
}

/// Applies the members of a body to an issue. All fields are looked at, so that a caller hears of
/// every wrong one at once.
///
/// # Errors
/// 422 with the fields named.
pub fn apply(
    cx: &mut Cx<'_, '_>,
    issue: &mut Issue,
    body: &Members,
    purpose: Purpose,
) -> Result<Besides> {
    let mut besides = Besides::default();
    let mut failure: Option<Error> = None;
    for (member, json) in body {
        if let Err(error) = apply_member(cx, issue, member, json, purpose, &mut besides) {
            if error.status() != 422 {
                return Err(error);
            }
            failure = Some(match failure {
                Some(first) => first.join(error),
                None => error,
            });
        }
    }
    failure.map_or(Ok(besides), Err)
}

fn apply_member(
    cx: &mut Cx<'_, '_>,
    issue: &mut Issue,
    member: &str,
    json: &Json,
    purpose: Purpose,
    besides: &mut Besides,
) -> Result<()> {
    match member {
        COMMENT if purpose == Purpose::Update => {
            besides.comment = Some(json.clone()).filter(|c| !c.is_null());
            return Ok(());
        }
        // How a description is rendered; every text is rendered as Markdown here.
        _ if MARKUP.contains(&member) => return Ok(()),
        _ if ATTACHMENTS.contains(&member) => {
            besides.files.extend(attachment::ids(member, Some(json))?);
            return Ok(());
        }
        _ => {}
    }
    let dict = std::sync::Arc::clone(&cx.dict);
    let def = dict.field_index.by_member(member).ok_or_else(|| Code::FieldUnknown.at(member))?;
    if def.queue.is_some_and(|queue| queue != issue.queue) {
        return Err(Code::FieldUnknown.at(member));
    }
    // null in a creation means the member is absent (contract, x-global-rules.json).
    if purpose == Purpose::Create && json.is_null() {
        return Ok(());
    }
    match def.no {
        no::QUEUE => return queue_member(&dict, issue, json, purpose),
        no::STATUS => return Err(Code::StatusByTransition.at(member)),
        no::UNIQUE if purpose == Purpose::Create => {}
        no::UNIQUE | no::ALIASES => return Err(Code::FieldReadonly.at(member)),
        // The contract calls it read-only, the product lets people edit it (workflow.md, 11).
        no::PENDING_REPLY_FROM => {}
        _ if def.readonly => return Err(Code::FieldReadonly.at(member)),
        _ => {}
    }
    let after = input::apply(cx, def, issue.queue, issue.get(def.no), json)?;
    if after.is_none() && is_required(def.no) {
        return Err(Code::FieldRequired.at(member));
    }
    issue.set(def.no, after);
    Ok(())
}

const fn is_required(field: FieldNo) -> bool {
    matches!(field, no::SUMMARY | no::TYPE | no::PRIORITY | no::CREATED_BY)
}

fn queue_member(
    dict: &crate::dict::Dict,
    issue: &Issue,
    json: &Json,
    purpose: Purpose,
) -> Result<()> {
    if purpose == Purpose::Create {
        return Ok(());
    }
    let queue = input::queue(dict, Some(json))?;
    if queue.id == issue.queue { Ok(()) } else { Err(Code::MoveOnly.at("queue")) }
}

/// Rules that hold between fields of an issue, whoever changed it.
///
/// # Errors
/// 422 with the field named.
pub fn check(cx: &Cx<'_, '_>, before: Option<&Issue>, after: &Issue) -> Result<()> {
    let changed = |field| before.is_none_or(|b| b.get(field) != after.get(field));
    let queue = cx.dict.queues.get(after.queue).ok_or_else(|| Code::QueueNotFound.err())?;
    let config = queue.body.type_config(after.issue_type());
    if changed(no::TYPE) && config.is_none() {
        let name = cx.dict.types.get(after.issue_type()).map_or("", |t| t.key.as_str());
        return Err(Code::ValueNotAllowed.with(name).under("type"));
    }
    if let Some(resolution) = after.one(no::RESOLUTION)
        && changed(no::RESOLUTION)
        && !config.is_some_and(|c| c.resolutions.contains(&resolution))
    {
        let name = cx.dict.resolutions.get(resolution).map_or("", |r| r.key.as_str());
        return Err(Code::ValueNotAllowed.with(name).under("resolution"));
    }
    if changed(no::SPRINT) {
        one_sprint_of_each_board(cx, after)?;
    }
    Ok(())
}

fn one_sprint_of_each_board(cx: &Cx<'_, '_>, issue: &Issue) -> Result<()> {
    let sprints = issue.many(no::SPRINT).iter().filter_map(|id| cx.dict.sprints.get(*id));
    let mut boards: Vec<i64> = sprints.map(|sprint| sprint.body.board).collect();
    let count = boards.len();
    boards.sort_unstable();
    boards.dedup();
    if boards.len() == count { Ok(()) } else { Err(Code::SprintsOfOneBoard.at("sprint")) }
}

/// Compares the version a caller names with the issue's (contract, x-global-rules.concurrency).
///
/// # Errors
/// 409 for `?version=`, 412 for `If-Match`.
pub fn check_version(version: i64, param: Option<i64>, header: Option<IfMatch>) -> Result<()> {
    if let Some(IfMatch::Version(expected)) = header
        && expected != version
    {
        return Err(Code::PreconditionFailed.err());
    }
    if let Some(expected) = param
        && expected != version
    {
        return Err(Code::VersionConflict.with(expected));
    }
    Ok(())
}

/// Saves a changed issue and writes its event. An issue that did not really change stays as it is.
///
/// # Errors
/// 409 when somebody else changed it meanwhile, 423 when it has too many versions, 422 when the
/// new state breaks a rule.
pub fn commit(
    cx: &mut Cx<'_, '_>,
    editable: &Editable,
    after: Issue,
    kind: EventKind,
) -> Result<Option<Loaded>> {
    commit_with(cx, editable, after, kind, EventBody::default())
}

/// As [`commit`], with comments or links in the event besides the fields. A body that is not empty
/// is a change by itself.
///
/// # Errors
/// As [`commit`].
pub fn commit_with(
    cx: &mut Cx<'_, '_>,
    editable: &Editable,
    after: Issue,
    kind: EventKind,
    body: EventBody,
) -> Result<Option<Loaded>> {
    change(cx, editable, after, kind, body, MAX_VERSION)
}

/// As [`commit`], for an issue that must follow a change of settings however many versions it has.
///
/// # Errors
/// As [`commit`], but for 423.
pub(crate) fn enforce(
    cx: &mut Cx<'_, '_>,
    editable: &Editable,
    after: Issue,
    kind: EventKind,
) -> Result<Option<Loaded>> {
    change(cx, editable, after, kind, EventBody::default(), i64::MAX)
}

fn change(
    cx: &mut Cx<'_, '_>,
    editable: &Editable,
    mut after: Issue,
    kind: EventKind,
    mut body: EventBody,
    max_version: i64,
) -> Result<Option<Loaded>> {
    let old = editable.loaded();
    let before = old.full(cx)?;
    check(cx, Some(&before), &after)?;
    follow_resolution(cx, &before, &mut after);
    board::auto::follow(cx, Some(&before), &mut after)?;
    let mut fields = std::mem::take(&mut body.fields);
    fields.extend(event::diff(&before, &after, &QUIET));
    if fields.is_empty() && body == EventBody::default() {
        return Ok(None);
    }
    if before.version >= max_version {
        return Err(Code::IssueLocked.err());
    }
    body.fields = status_first(fields);
    if !cx.history {
        after.set(no::UPDATED_AT, Some(Val::At(cx.now)));
        after.set(no::UPDATED_BY, Some(Val::Ref(cx.actor.uid)));
    }
    let loaded = store::save(cx, old, after, is_silent(kind, &body))?;
    event::record(cx, loaded.issue.id, kind, &body)?;
    link::follow_hierarchy(cx, &before, &loaded.issue)?;
    if before.get(no::RESOLUTION) != loaded.issue.get(no::RESOLUTION) {
        link::tell_resolution(cx, &loaded.issue)?;
    }
    Ok(Some(loaded))
}

/// As [`commit`], and hangs files on the issue in the same change.
///
/// # Errors
/// As [`commit`], and 404 for a file that cannot be used.
pub fn commit_with_files(
    cx: &mut Cx<'_, '_>,
    editable: &Editable,
    after: Issue,
    kind: EventKind,
    files: &[i64],
) -> Result<Option<Loaded>> {
    let attachments = attachment::bind(cx, files, Owner::issue(editable.issue().id))?;
    commit_with(cx, editable, after, kind, EventBody { attachments, ..EventBody::default() })
}

/// Whether a change leaves the version of the issue alone. The official client's README adds a link
/// and then updates the issue it loaded before, with `If-Match`: comments, links and files must not
/// be in its way.
fn is_silent(kind: EventKind, body: &EventBody) -> bool {
    match kind {
        EventKind::IssueLinked | EventKind::IssueUnlinked => body.fields.is_empty(),
        EventKind::IssueCommentAdded
        | EventKind::IssueCommentUpdated
        | EventKind::IssueCommentRemoved
        | EventKind::IssueAttachmentAdded
        | EventKind::IssueAttachmentRemoved
        | EventKind::IssueCommentReactionAdded
        | EventKind::IssueCommentReactionRemoved
        | EventKind::IssueCloned
        | EventKind::RelatedIssueResolutionChanged => true,
        EventKind::IssueCreated
        | EventKind::IssueUpdated
        | EventKind::IssueWorkflow
        | EventKind::IssueMoved
        | EventKind::IssueWorklogAdded
        | EventKind::IssueWorklogUpdated
        | EventKind::IssueWorklogRemoved
        | EventKind::IssueVoteAdded
        | EventKind::IssueVoteRemoved
        | EventKind::IssueArchived
        | EventKind::IssueRestored => false,
    }
}

/// A resolution brings its time and author, and takes them along (workflow.md, section 3).
fn follow_resolution(cx: &Cx<'_, '_>, before: &Issue, after: &mut Issue) {
    if before.get(no::RESOLUTION) == after.get(no::RESOLUTION) {
        return;
    }
    let resolved = after.get(no::RESOLUTION).is_some();
    after.set(no::RESOLVED_AT, resolved.then_some(Val::At(cx.now)));
    after.set(no::RESOLVED_BY, resolved.then_some(Val::Ref(cx.actor.uid)));
}

/// An exporter reads `fields[0]` of a workflow entry as the status and `fields[1]` as its start
/// (contract, executeTransition).
fn status_first(mut fields: Vec<event::FieldDelta>) -> Vec<event::FieldDelta> {
    fields.sort_by_key(|f| match f.0 {
        no::STATUS => 0,
        no::STATUS_START_TIME => 1,
        other => other + 2,
    });
    fields
}
