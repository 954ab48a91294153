//! Operations on links.

use serde_json::Value as Json;
use trackway_api::dictionaries::{GetLinkType, LinkType, ListLinkTypes};
use trackway_api::links::{AddLink, DeleteLink, GetLink, Link, LinkIssue, ListLinks, UnlinkIssue};

use super::kinds::{Direction, LinkKind, Relationship};
use super::store::{self, LinkRow};
use super::{ends, header, render};
use crate::access::{Editable, Visible};
use crate::cx::{Cx, Reply};
use crate::error::{Code, Error, Result};
use crate::event::EventKind;
use crate::field::no::FieldNo;
use crate::issue::value::Val;
use crate::issue::{Issue, edit, store::Loaded};

/// Links of an issue, oldest first.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListLinks) -> Result<Reply<Vec<Link>>> {
    let visible = cx.issue(&r.issue)?;
    let rows = store::of_issues(cx, &[visible.issue().id])?;
    let links = render::links(cx, &[visible.issue()], &rows)?;
    Ok(Reply::new(links.into_iter().next().unwrap_or_default()))
}

/// Links of several issues, for `expand=links`.
///
/// # Errors
/// The database fails.
pub fn of_issues(cx: &mut Cx<'_, '_>, issues: &[Loaded]) -> Result<Vec<Vec<Link>>> {
    let ids: Vec<i64> = issues.iter().map(|loaded| loaded.issue.id).collect();
    let rows = store::of_issues(cx, &ids)?;
    let issues: Vec<&Issue> = issues.iter().map(|loaded| &*loaded.issue).collect();
    render::links(cx, &issues, &rows)
}

/// Links two issues.
pub fn add(cx: &mut Cx<'_, '_>, r: &AddLink) -> Result<Reply<Link>> {
    let this = cx.issue(&r.issue)?.editable(cx)?;
    let body = &r.body.0;
    let relationship = Relationship::parse(&body.relationship).ok_or_else(|| {
        Code::RelationshipUnknown.with(shortened(&body.relationship)).under("relationship")
    })?;
    let other = other_end(cx, &body.issue.0)?;
    let row = make(cx, &this, other, relationship)?;
    reply(cx, this.issue(), &row)
}

/// One link.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetLink) -> Result<Reply<Link>> {
    let visible = cx.issue(&r.issue)?;
    let row = find(cx, visible.issue(), &r.link)?;
    reply(cx, visible.issue(), &row)
}

/// Removes a link, from either end.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteLink) -> Result<Reply<()>> {
    let this = cx.issue(&r.issue)?.editable(cx)?;
    let row = find(cx, this.issue(), &r.link)?;
    let other = cx.issue_by_id(row.other_end(this.issue().id)).map_err(hidden)?;
    unmake(cx, &this, other, &row)?;
    Ok(Reply::new(()))
}

/// Adds the link of a `Link` header; one that is there already stays.
pub fn link(cx: &mut Cx<'_, '_>, r: &LinkIssue) -> Result<Reply<Link>> {
    let this = cx.issue(&r.issue)?.editable(cx)?;
    let header = header::parse(r.link.as_deref())?;
    let other = cx.issue(&header.issue)?;
    let present = existing(cx, this.issue(), other.issue(), header.relationship)?;
    let row = match present {
        Some(row) => row,
        None => make(cx, &this, other, header.relationship)?,
    };
    reply(cx, this.issue(), &row)
}

/// Removes the link of a `Link` header.
pub fn unlink(cx: &mut Cx<'_, '_>, r: &UnlinkIssue) -> Result<Reply<()>> {
    let this = cx.issue(&r.issue)?.editable(cx)?;
    let header = header::parse(r.link.as_deref())?;
    let other = cx.issue(&header.issue)?;
    let row = existing(cx, this.issue(), other.issue(), header.relationship)?
        .ok_or_else(|| Code::LinkNotFound.err())?;
    unmake(cx, &this, other, &row)?;
    Ok(Reply::new(()))
}

/// Types of links.
pub fn list_types(cx: &mut Cx<'_, '_>, r: &ListLinkTypes) -> Result<Reply<Vec<LinkType>>> {
    cx.view.localize(r.localized);
    Ok(Reply::new(LinkKind::ALL.iter().map(|kind| kind.wire(&cx.view)).collect()))
}

/// One type of links.
pub fn get_type(cx: &mut Cx<'_, '_>, r: &GetLinkType) -> Result<Reply<LinkType>> {
    cx.view.localize(r.localized);
    let kind = LinkKind::from_key(&r.id).ok_or_else(|| Code::LinkTypeNotFound.err())?;
    Ok(Reply::new(kind.wire(&cx.view)))
}

pub(super) fn reply(cx: &mut Cx<'_, '_>, issue: &Issue, row: &LinkRow) -> Result<Reply<Link>> {
    let links = render::links(cx, &[issue], std::slice::from_ref(row))?;
    let link = links.into_iter().flatten().next();
    link.map(Reply::new).ok_or_else(|| Code::LinkNotFound.err())
}

/// A link of an issue by what stands in a path.
fn find(cx: &mut Cx<'_, '_>, issue: &Issue, id: &str) -> Result<LinkRow> {
    let id = id.parse::<i64>().map_err(|_| Code::LinkNotFound.err())?;
    store::by_id(cx, id)?
        .filter(|row| row.direction_of(issue.id).is_some())
        .ok_or_else(|| Code::LinkNotFound.err())
}

/// A link whose other issue cannot be read is not listed, so there is none.
fn hidden(error: Error) -> Error {
    if matches!(error.status(), 403 | 404) { Code::LinkNotFound.err() } else { error }
}

pub(super) fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

/// The issue that a body names by key, id or URL, alone or inside an object.
pub(super) fn other_end(cx: &mut Cx<'_, '_>, json: &Json) -> Result<Visible> {
    let text = match json {
        Json::Object(members) => ["key", "id", "url", "self"]
            .iter()
            .find_map(|name| members.get(*name).and_then(Json::as_str)),
        other => other.as_str(),
    };
    let key = text
        .and_then(header::key_of)
        .ok_or_else(|| Code::ValueType.with("issue").under("issue"))?;
    cx.issue(key).map_err(|error| {
        let unknown = error.code == Code::IssueNotFound;
        if unknown { Code::ValueUnknown.with(shortened(key)).under("issue") } else { error }
    })
}

/// The link that a relationship would make, if it is there already.
fn existing(
    cx: &mut Cx<'_, '_>,
    this: &Issue,
    other: &Issue,
    relationship: Relationship,
) -> Result<Option<LinkRow>> {
    let rows = store::between(cx, relationship.kind, this.id, other.id)?;
    Ok(rows.into_iter().find(|row| {
        relationship.kind == LinkKind::Relates
            || row.direction_of(this.id) == Some(relationship.direction)
    }))
}

/// Makes a link. The other issue needs to be readable only (workflow.md, section 6).
pub(crate) fn make(
    cx: &mut Cx<'_, '_>,
    this: &Editable,
    other: Visible,
    relationship: Relationship,
) -> Result<LinkRow> {
    let Relationship { kind, direction } = relationship;
    if this.issue().id == other.issue().id {
        return Err(Code::LinkToSelf.err());
    }
    if existing(cx, this.issue(), other.issue(), relationship)?.is_some() {
        return Err(Code::LinkExists.err());
    }
    let other = other.affected();
    let (outward, inward) =
        if direction == Direction::Outward { (this, &other) } else { (&other, this) };
    let Some(field) = kind.field() else { return ends::join(cx, kind, outward, inward) };
    set(cx, inward, field, Some(outward.issue().id))?;
    existing(cx, this.issue(), other.issue(), relationship)?
        .ok_or_else(|| Error::internal("the link of a field was not made"))
}

fn unmake(cx: &mut Cx<'_, '_>, this: &Editable, other: Visible, row: &LinkRow) -> Result<()> {
    let kind = row.kind().ok_or_else(|| Code::LinkNotFound.err())?;
    let other = other.affected();
    let (outward, inward) =
        if row.issue_id == this.issue().id { (this, &other) } else { (&other, this) };
    match kind.field().filter(|f| inward.issue().one(*f) == Some(outward.issue().id)) {
        Some(field) => set(cx, inward, field, None),
        None => ends::part(cx, row, kind, outward, inward),
    }
}

/// Changes `parent` or `epic`; the link follows (see [`super::hierarchy`]).
fn set(cx: &mut Cx<'_, '_>, issue: &Editable, field: FieldNo, value: Option<i64>) -> Result<()> {
    let mut after = issue.loaded().full(cx)?;
    after.set(field, value.map(Val::Ref));
    edit::commit(cx, issue, after, EventKind::IssueUpdated)?;
    Ok(())
}
