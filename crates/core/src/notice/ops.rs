//! Operations on the caller's notifications; an extension of ours.

use trackway_api::notifications::{
    CountNotifications, GetNotificationSettings, ListNotifications, Notification,
    NotificationSettings, ReadAllNotifications, ReadNotification, UpdateNotificationSettings,
};
use trackway_api::types::KeyedRef;

use super::mail::Mode;
use super::store::{self, NoticeRow};
use crate::access::{self, Right};
use crate::cx::{Cx, Paging, Reply};
use crate::error::{Code, Error, Result};
use crate::field::no;
use crate::ids::{Tag, hex_id};
use crate::issue::{self, key_text};
use crate::paging;
use crate::time::instant_text;
use crate::user;

/// Notifications of the caller, newest first. What the caller may no longer read is left out.
///
/// # Errors
/// 400 for wrong parameters.
pub fn list(cx: &mut Cx<'_, '_>, r: &ListNotifications) -> Result<Reply<Vec<Notification>>> {
    let per_page = paging::size(r.per_page, paging::MAX)?;
    let limit = i64::try_from(per_page).map_err(Error::internal)?;
    let before = r.id.unwrap_or(i64::MAX);
    let most_read = i64::from(!r.unread.unwrap_or(false));
    let params: [&dyn trackway_db::Param; 5] =
        [&cx.dict.org_id, &cx.actor.uid, &before, &most_read, &(limit + 1)];
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
    let key = key_text(&cx.dict, issue.queue, issue.num);
    Notification {
        self_url: cx.view.url(&format!("/notifications/{}", row.id)),
        id: row.id,
        created_at: instant_text(row.at),
        kind: row.kind.clone(),
        reason: row.reason.clone(),
        read: row.is_read != 0,
        change_id: (row.event_id > 0).then(|| hex_id(Tag::Change, row.at, row.event_id)),
        actor: user::reference(&cx.dict, &cx.view, row.actor),
        issue: KeyedRef {
            self_url: cx.view.url(&format!("/issues/{key}")),
            id: issue.hex(),
            display: issue.text(no::SUMMARY).into(),
            key,
        },
    }
}

/// How many notifications of the caller are unread.
///
/// # Errors
/// The database fails.
pub fn count(cx: &mut Cx<'_, '_>, _: &CountNotifications) -> Result<Reply<i64>> {
    let (count,): (i64,) = cx.tx.one(store::COUNT, &[&cx.dict.org_id, &cx.actor.uid])?;
    Ok(count.into())
}

/// Marks a notification as read.
///
/// # Errors
/// 404 when the caller has none of this id.
pub fn read(cx: &mut Cx<'_, '_>, r: &ReadNotification) -> Result<Reply<()>> {
    let missing = || Code::NotificationNotFound.err();
    let id: i64 = r.id.parse().map_err(|_| missing())?;
    let changed = cx.tx.exec(store::READ, &[&cx.dict.org_id, &cx.actor.uid, &id])?;
    if changed == 0 { Err(missing()) } else { Ok(Reply::new(())) }
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
