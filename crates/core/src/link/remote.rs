//! Links of issues to objects of other applications, and these applications.

use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use trackway_api::links::{
    AddRemoteLink, Application, DeleteRemoteLink, GetApplication, GetRemoteLink, ListApplications,
    ListRemoteLinks, RemoteLink, RemoteObject,
};

use super::kinds::{Direction, LinkKind, Relationship};
use super::remote_store::{self as store, RemoteRow};
use crate::access::Editable;
use crate::cx::{Cx, Reply};
use crate::dict::Object;
use crate::dict::model::RemoteApp;
use crate::error::{Code, Result};
use crate::event::{EventBody, EventKind, LinkDelta, LinkEnd, RemoteEnd};
use crate::issue::{Issue, edit};
use crate::queue::input::{Problems, required, text};
use crate::time::instant_text;
use crate::user;
use crate::view::View;

/// Longest key of an object, in characters.
const MAX_KEY: usize = 1024;
/// Most remote links of an issue.
const MAX_LINKS: usize = 1000;

/// Remote links of an issue, oldest first.
///
/// # Errors
/// 404 and 403 as for the issue.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListRemoteLinks) -> Result<Reply<Vec<RemoteLink>>> {
    let visible = cx.issue(&r.issue)?;
    let rows = store::of_issue(cx, visible.issue().id)?;
    Ok(rows.iter().filter_map(|row| wire(cx, visible.issue(), row)).collect::<Vec<_>>().into())
}

/// One remote link.
///
/// # Errors
/// 404 and 403 as for the issue; 404 when the issue has no such link.
pub fn get(cx: &mut Cx<'_, '_>, r: &GetRemoteLink) -> Result<Reply<RemoteLink>> {
    let visible = cx.issue(&r.issue)?;
    let row = find(cx, visible.issue(), &r.link)?;
    reply(cx, visible.issue(), &row)
}

/// Links an issue to an object of another application. The application itself is not asked, not
/// even with `backlink`; a link that is there already is answered again.
///
/// # Errors
/// 404 and 403 as for an edit; 404 for an unknown application, 422 for wrong members.
pub fn add(cx: &mut Cx<'_, '_>, r: &AddRemoteLink) -> Result<Reply<RemoteLink>> {
    let issue = cx.issue(&r.issue)?.editable(cx)?;
    let body = &r.body.0;
    let mut problems = Problems::default();
    let relationship = required(body.relationship.as_ref(), "relationship")
        .and_then(|json| text(json, "relationship"));
    let relationship = problems.note(relationship.and_then(|word| {
        let known = Relationship::parse_any(&word.replace('_', " "));
        let word = super::ops::shortened(word);
        known.ok_or_else(|| Code::RelationshipUnknown.with(word).under("relationship"))
    }));
    let key = required(body.key.as_ref(), "key").and_then(|json| text(json, "key")).and_then(key);
    let key = problems.note(key);
    let origin = required(body.origin.as_ref(), "origin").and_then(|json| text(json, "origin"));
    let origin = problems.note(origin).unwrap_or_default();
    problems.end()?;
    let app = cx.dict.remote_apps.by_key(origin).ok_or_else(|| Code::ApplicationNotFound.err())?;
    let app = Arc::clone(app);
    let Relationship { kind, direction } = relationship.unwrap_or(Relationship::CLONE);
    let row = RemoteRow {
        id: 0,
        issue_id: issue.issue().id,
        kind: kind.key().to_owned(),
        outward: i64::from(direction == Direction::Outward),
        application_id: app.id,
        object_key: key.unwrap_or_default(),
        created_at: cx.now,
        created_by: cx.actor.uid,
    };
    let present = store::of_issue(cx, row.issue_id)?;
    let same = |other: &&RemoteRow| {
        (&other.kind, other.outward, other.application_id, &other.object_key)
            == (&row.kind, row.outward, row.application_id, &row.object_key)
    };
    if let Some(same) = present.iter().find(same) {
        return reply(cx, issue.issue(), same);
    }
    if present.len() >= MAX_LINKS {
        return Err(Code::TooManyValues.with(MAX_LINKS));
    }
    let row = store::insert(cx, row)?;
    let end = end(&app, &row);
    mark(cx, &issue, EventKind::IssueLinked, LinkDelta { from: None, to: Some(end) })?;
    reply(cx, issue.issue(), &row)
}

/// Removes a remote link.
///
/// # Errors
/// 404 and 403 as for an edit; 404 when the issue has no such link.
pub fn delete(cx: &mut Cx<'_, '_>, r: &DeleteRemoteLink) -> Result<Reply<()>> {
    let issue = cx.issue(&r.issue)?.editable(cx)?;
    let row = find(cx, issue.issue(), &r.link)?;
    store::delete(cx, row.id)?;
    let app = cx.dict.remote_apps.get(row.application_id).map(Arc::clone);
    let end = app.map(|app| end(&app, &row));
    mark(cx, &issue, EventKind::IssueUnlinked, LinkDelta { from: end, to: None })?;
    Ok(Reply::new(()))
}

/// Applications one can link to.
///
/// # Errors
/// None.
pub fn list_applications(
    cx: &mut Cx<'_, '_>,
    _: &ListApplications,
) -> Result<Reply<Vec<Application>>> {
    let apps = cx.dict.remote_apps.iter().map(|app| application(&cx.view, app));
    Ok(apps.collect::<Vec<_>>().into())
}

/// One application.
///
/// # Errors
/// 404 when there is none.
pub fn get_application(cx: &mut Cx<'_, '_>, r: &GetApplication) -> Result<Reply<Application>> {
    let app = cx.dict.remote_apps.by_key(&r.id).ok_or_else(|| Code::ApplicationNotFound.err())?;
    Ok(application(&cx.view, app).into())
}

/// Removes the remote links of an issue that is being removed.
///
/// # Errors
/// The database fails.
pub fn forget_all(cx: &mut Cx<'_, '_>, issue: i64) -> Result<()> {
    store::delete_of(cx, issue)
}

/// Every statement about remote links.
pub const ALL_SQL: &[&str] = store::ALL_SQL;

/// Address of an object, which this server does not answer: it belongs to the application.
pub(crate) fn object_url(view: &View, application: &str, key: &str) -> String {
    let key = utf8_percent_encode(key, NON_ALPHANUMERIC);
    view.url(&format!("/applications/{application}/objects/{key}"))
}

fn key(key: &str) -> Result<String> {
    let key = key.trim();
    if key.is_empty() {
        return Err(Code::ValueEmpty.at("key"));
    }
    if key.chars().count() > MAX_KEY {
        return Err(Code::ValueTooLong.with(MAX_KEY).under("key"));
    }
    Ok(key.to_owned())
}

fn find(cx: &mut Cx<'_, '_>, issue: &Issue, id: &str) -> Result<RemoteRow> {
    let missing = || Code::RemoteLinkNotFound.err();
    let id: i64 = id.parse().map_err(|_| missing())?;
    store::of_issue(cx, issue.id)?.into_iter().find(|row| row.id == id).ok_or_else(missing)
}

fn end(app: &Object<RemoteApp>, row: &RemoteRow) -> LinkEnd {
    let remote = RemoteEnd { application: app.key.clone(), key: row.object_key.clone() };
    LinkEnd {
        kind: row.kind.clone(),
        direction: direction(row).key().to_owned(),
        other: 0,
        remote: Some(remote),
    }
}

const fn direction(row: &RemoteRow) -> Direction {
    if row.outward == 0 { Direction::Inward } else { Direction::Outward }
}

fn mark(cx: &mut Cx<'_, '_>, issue: &Editable, kind: EventKind, link: LinkDelta) -> Result<()> {
    let body = EventBody { links: vec![link], ..EventBody::default() };
    let same = issue.loaded().full(cx)?;
    edit::commit_with(cx, issue, same, kind, body)?;
    Ok(())
}

fn reply(cx: &Cx<'_, '_>, issue: &Issue, row: &RemoteRow) -> Result<Reply<RemoteLink>> {
    wire(cx, issue, row).map(Reply::new).ok_or_else(|| Code::RemoteLinkNotFound.err())
}

fn application(view: &View, app: &Object<RemoteApp>) -> Application {
    Application {
        self_url: view.url(&app.path()),
        id: app.key.clone(),
        kind: app.key.clone(),
        name: app.name.get(view.lang).to_owned(),
    }
}

fn wire(cx: &Cx<'_, '_>, issue: &Issue, row: &RemoteRow) -> Option<RemoteLink> {
    let (dict, view) = (&cx.dict, &cx.view);
    let app = dict.remote_apps.get(row.application_id)?;
    let author = user::reference(dict, view, row.created_by);
    let at = instant_text(row.created_at);
    Some(RemoteLink {
        self_url: view.url(&format!("/issues/{}/remotelinks/{}", issue.key(dict), row.id)),
        id: row.id,
        link_type: LinkKind::from_key(&row.kind)?.wire(view),
        direction: direction(row).key().to_owned(),
        object: RemoteObject {
            self_url: object_url(view, &app.key, &row.object_key),
            id: row.object_key.clone(),
            key: row.object_key.clone(),
            application: application(view, app),
        },
        created_by: author.clone(),
        updated_by: author,
        created_at: at.clone(),
        updated_at: at,
    })
}
