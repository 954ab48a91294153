//! Operations on the caller's notifications; an extension of ours.

use trackway_api::notifications::{
    CountNotifications, FinishNotification, GetNotificationSettings, ListMutes, ListNotifications,
    MuteIssue, Notification, NotificationSettings, ReadAllNotifications, ReadNotification,
    SnoozeNotification, UnmuteIssue, UpdateNotificationSettings,
};
use trackway_api::types::KeyedRef;

use super::mail::Mode;
use super::store::{self, NoticeRow};
use crate::access::{self, Right};
use crate::cx::{Cx, Paging, Reply};
use crate::error::{Code, Error, Result};
use crate::ids::{Tag, hex_id};
use crate::issue;
use crate::paging;
use crate::time::{instant_text, parse_instant};
use crate::user;

/// Issues that are muted by one person at most, as far as they are told.
const MOST_MUTES: i64 = 1000;

/// Notifications of the caller, newest first; without those that are done or snoozed, unless all
/// are wanted. What the caller may no longer read is left out.
///
/// # Errors
/// 400 for wrong parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListNotifications) -> Result<Reply<Vec<Notification>>> {
    let per_page = paging::size(r.per_page, paging::MAX)?;
    let limit = i64::try_from(per_page).map_err(Error::internal)?;
    let before = r.id.unwrap_or(i64::MAX);
    let most_read = i64::from(!r.unread.unwrap_or(false));
    let all = r.all.unwrap_or(false);
    let (most_done, latest) = if all { (1, i64::MAX) } else { (0, cx.now) };
    let params: [&dyn trackway_db::Param; 7] =
        [&cx.dict.org_id, &cx.actor.uid, &before, &most_read, &most_done, &latest, &(limit + 1)];
    let mut rows: Vec<NoticeRow> = cx.tx.all(store::LIST, &params)?;
    let more = rows.len() as u64 > per_page;
    rows.truncate(usize::try_from(per_page).map_err(Error::internal)?);
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let mut ids: Vec<i64> = rows.iter().map(|row| row.issue_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let briefs = issue::store::briefs(cx, &ids)?;
    let replies = rows
        .iter()
        .filter_map(|row| {
            let issue = &briefs.get(&row.issue_id)?.issue;
            access::may(&cx.dict, &cx.actor, issue, Right::Read).then(|| reply(cx, row, issue))
        })
        .collect::<Vec<_>>();
    Ok(Reply::new(replies).paged(Paging::Relative { per_page, next }))
}

fn reply(cx: &Cx<'_, '_>, row: &NoticeRow, issue: &issue::Issue) -> Notification {
    Notification {
        self_url: cx.view.url(&format!("/notifications/{}", row.id)),
        id: row.id,
        created_at: instant_text(row.at),
        kind: row.kind.clone(),
        reason: row.reason.clone(),
        read: row.is_read != 0,
        done: row.is_done != 0,
        snoozed_until: (row.snoozed_until > cx.now).then(|| instant_text(row.snoozed_until)),
        change_id: (row.event_id > 0).then(|| hex_id(Tag::Change, row.at, row.event_id)),
        actor: user::reference(&cx.dict, &cx.view, row.actor),
        issue: issue::keyed(cx, issue),
    }
}

/// How many notifications of the caller are unread.
///
/// # Errors
/// The database fails.
pub fn count(cx: &mut Cx<'_, '_>, _: &CountNotifications) -> Result<Reply<i64>> {
    let params: [&dyn trackway_db::Param; 3] = [&cx.dict.org_id, &cx.actor.uid, &cx.now];
    let (count,): (i64,) = cx.tx.one(store::COUNT, &params)?;
    Ok(count.into())
}

/// Marks a notification as read.
///
/// # Errors
/// 404 when the caller has none of this id.
pub fn read(cx: &mut Cx<'_, '_>, r: &ReadNotification) -> Result<Reply<()>> {
    mark(cx, store::READ, &r.id)
}

/// Marks a notification as read and done.
///
/// # Errors
/// 404 when the caller has none of this id.
pub fn finish(cx: &mut Cx<'_, '_>, r: &FinishNotification) -> Result<Reply<()>> {
    mark(cx, store::FINISH, &r.id)
}

fn mark(cx: &mut Cx<'_, '_>, sql: &str, id: &str) -> Result<Reply<()>> {
    let id = number(id)?;
    found(cx.tx.exec(sql, &[&cx.dict.org_id, &cx.actor.uid, &id])?)
}

fn number(id: &str) -> Result<i64> {
    id.parse().map_err(|_| Code::NotificationNotFound.err())
}

/// Whether the caller has the notification that was to be changed.
fn found(changed: u64) -> Result<Reply<()>> {
    if changed == 0 { Err(Code::NotificationNotFound.err()) } else { Ok(Reply::new(())) }
}

/// Takes a notification out of the inbox until a moment; without one it comes back at once.
///
/// # Errors
/// 404 when the caller has none of this id; 422 for what is no moment.
pub fn snooze(cx: &mut Cx<'_, '_>, r: &SnoozeNotification) -> Result<Reply<()>> {
    let until = match &r.body.0.until {
        Some(text) => {
            parse_instant(text).ok_or_else(|| Code::ValueType.with("datetime").under("until"))?
        }
        None => 0,
    };
    let id = number(&r.id)?;
    found(cx.tx.exec(store::SNOOZE, &[&cx.dict.org_id, &cx.actor.uid, &id, &until])?)
}

/// Issues the caller is told nothing of, as far as the caller may still read them.
///
/// # Errors
/// The database fails.
pub fn mutes(cx: &mut Cx<'_, '_>, _: &ListMutes) -> Result<Reply<Vec<KeyedRef>>> {
    let params: [&dyn trackway_db::Param; 3] = [&cx.dict.org_id, &cx.actor.uid, &MOST_MUTES];
    let rows: Vec<(i64,)> = cx.tx.all(store::MUTED, &params)?;
    let ids: Vec<i64> = rows.iter().map(|(id,)| *id).collect();
    let briefs = issue::store::briefs(cx, &ids)?;
    let issues = ids.iter().filter_map(|id| Some(&briefs.get(id)?.issue));
    let visible = issues.filter(|issue| access::may(&cx.dict, &cx.actor, issue, Right::Read));
    Ok(Reply::new(visible.map(|issue| issue::keyed(cx, issue)).collect()))
}

/// Tells the caller nothing more of an issue; what they were told of it is done.
///
/// # Errors
/// 404 and 403 as for the issue.
pub fn mute(cx: &mut Cx<'_, '_>, r: &MuteIssue) -> Result<Reply<()>> {
    let id = cx.issue(&r.issue)?.issue().id;
    cx.tx.exec(store::MUTE, &[&cx.dict.org_id, &cx.actor.uid, &id, &cx.now])?;
    cx.tx.exec(store::FINISH_OF_ISSUE, &[&cx.dict.org_id, &id, &cx.actor.uid])?;
    Ok(Reply::new(()))
}

/// Tells the caller of an issue again.
///
/// # Errors
/// 404 and 403 as for the issue.
pub fn unmute(cx: &mut Cx<'_, '_>, r: &UnmuteIssue) -> Result<Reply<()>> {
    let id = cx.issue(&r.issue)?.issue().id;
    cx.tx.exec(store::UNMUTE, &[&cx.dict.org_id, &cx.actor.uid, &id])?;
    Ok(Reply::new(()))
}

/// Marks all notifications of the caller as read, or those up to one.
///
/// # Errors
/// The database fails.
pub fn read_all(cx: &mut Cx<'_, '_>, r: &ReadAllNotifications) -> Result<Reply<()>> {
    let last = r.id.unwrap_or(i64::MAX);
    cx.tx.exec(store::READ_ALL, &[&cx.dict.org_id, &cx.actor.uid, &last])?;
    Ok(Reply::new(()))
}

/// What the caller wants of notifications.
///
/// # Errors
/// The database fails.
pub fn settings(
    cx: &mut Cx<'_, '_>,
    _: &GetNotificationSettings,
) -> Result<Reply<NotificationSettings>> {
    let row: Option<(String,)> = cx.tx.opt(store::MODE, &[&cx.dict.org_id, &cx.actor.uid])?;
    let mode = row.and_then(|(mode,)| Mode::from_name(&mode)).unwrap_or_default();
    Ok(NotificationSettings { mail: Some(mode.name().to_owned()) }.into())
}

/// Changes what the caller wants of notifications.
///
/// # Errors
/// 422 for what is no choice.
pub fn set(
    cx: &mut Cx<'_, '_>,
    r: &UpdateNotificationSettings,
) -> Result<Reply<NotificationSettings>> {
    if let Some(name) = &r.body.0.mail {
        let shown: String = name.chars().take(40).collect();
        let mode = Mode::from_name(name);
        let mode = mode.ok_or_else(|| Code::ValueUnknown.with(shown).under("mail"))?;
        let params: [&dyn trackway_db::Param; 3] = [&cx.dict.org_id, &cx.actor.uid, &mode.name()];
        cx.tx.exec(store::SET_MODE, &params)?;
    }
    settings(cx, &GetNotificationSettings::new())
}
