//! The rows of notifications.

use crate::cx::Cx;
use crate::error::Result;
use crate::ids::Series;
use crate::notice::Reason;
use crate::time::Instant;

trackway_db::row! {
    /// A notification.
    pub struct NoticeRow {
        pub id: i64,
        pub at: i64,
        pub issue_id: i64,
        pub event_id: i64,
        pub kind: String,
        pub actor: i64,
        pub reason: String,
        pub is_read: i64,
        pub is_done: i64,
        pub snoozed_until: i64,
    }
}

/// Adds a notification, once for each event.
pub const INSERT: &str = "INSERT INTO notice (org_id, user_id, id, at, issue_id, event_id, kind, actor, \
     reason, is_read, mailed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0) \
     ON CONFLICT DO NOTHING";
/// Notifications of a user, newest first.
pub const LIST: &str = "SELECT id, at, issue_id, event_id, kind, actor, reason, is_read, is_done, \
     snoozed_until FROM notice WHERE org_id = $1 AND user_id = $2 AND id < $3 AND is_read <= $4 \
     AND is_done <= $5 AND snoozed_until <= $6 ORDER BY id DESC LIMIT $7";
/// How many of a user's notifications are unread.
pub const COUNT: &str = "SELECT COUNT(*) FROM notice WHERE org_id = $1 AND user_id = $2 \
     AND is_read = 0 AND snoozed_until <= $3";
/// Marks one as read and done.
pub const FINISH: &str = "UPDATE notice SET is_read = 1, is_done = 1, snoozed_until = 0 \
     WHERE org_id = $1 AND user_id = $2 AND id = $3";
/// Takes one out of the inbox until a moment.
pub const SNOOZE: &str = "UPDATE notice SET is_done = 0, snoozed_until = $4 \
     WHERE org_id = $1 AND user_id = $2 AND id = $3";
/// Marks those of an issue as read and done.
pub const FINISH_OF_ISSUE: &str = "UPDATE notice SET is_read = 1, is_done = 1, snoozed_until = 0 \
     WHERE org_id = $1 AND issue_id = $2 AND user_id = $3";
/// Issues that a user is told nothing of, the last one first.
pub const MUTED: &str = "SELECT issue_id FROM notice_mute WHERE org_id = $1 AND user_id = $2 \
     ORDER BY at DESC, issue_id DESC LIMIT $3";
/// Who is told nothing of an issue.
pub const MUTERS: &str = "SELECT user_id FROM notice_mute WHERE org_id = $1 AND issue_id = $2";
/// Tells a user nothing more of an issue.
pub const MUTE: &str = "INSERT INTO notice_mute (org_id, user_id, issue_id, at) \
     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
/// Tells a user of an issue again.
pub const UNMUTE: &str =
    "DELETE FROM notice_mute WHERE org_id = $1 AND user_id = $2 AND issue_id = $3";
/// Forgets who is told nothing of an issue that is removed.
pub const DELETE_MUTES_OF_ISSUE: &str =
    "DELETE FROM notice_mute WHERE org_id = $1 AND issue_id = $2";
/// Marks one as read.
pub const READ: &str =
    "UPDATE notice SET is_read = 1 WHERE org_id = $1 AND user_id = $2 AND id = $3";
/// Marks all up to one as read.
pub const READ_ALL: &str = "UPDATE notice SET is_read = 1 \
     WHERE org_id = $1 AND user_id = $2 AND id <= $3 AND is_read = 0";
/// Forgets the oldest of a user.
pub const PRUNE: &str = "DELETE FROM notice WHERE org_id = $1 AND user_id = $2 AND at < $3";
/// One notification of a user, as a list.
pub const ONE: &str = "SELECT id, at, issue_id, event_id, kind, actor, reason, is_read, is_done, \
     snoozed_until FROM notice WHERE org_id = $1 AND user_id = $2 AND id = $3";
/// Notifications of a user that no letter told of, oldest first.
pub const UNMAILED: &str = "SELECT id, at, issue_id, event_id, kind, actor, reason, is_read, \
     is_done, snoozed_until FROM notice WHERE org_id = $1 AND user_id = $2 AND is_read = 0 AND mailed = 0 \
     ORDER BY id LIMIT $3";
/// Notes that letters told of a user's notifications up to one.
pub const MAILED: &str = "UPDATE notice SET mailed = 1 \
     WHERE org_id = $1 AND user_id = $2 AND id <= $3 AND mailed = 0";
/// When several users want letters.
pub const MODES: &str =
    "SELECT user_id, mail FROM notice_setting WHERE org_id = $1 AND user_id {any:$2}";
/// When a user wants letters.
pub const MODE: &str = "SELECT mail FROM notice_setting WHERE org_id = $1 AND user_id = $2";
/// Notes when a user wants letters.
pub const SET_MODE: &str = "INSERT INTO notice_setting (org_id, user_id, mail) VALUES ($1, $2, $3) \
     ON CONFLICT (org_id, user_id) DO UPDATE SET mail = excluded.mail";
/// Where a follower of the event log stands. It is locked until the transaction ends; nothing when
/// another process has it.
pub const PLACE: &str =
    "SELECT xid, event_id FROM follower WHERE name = $1 {for_update} {skip_locked}";
/// Where a follower of the event log stands, to be looked at only.
pub const PEEK: &str = "SELECT xid, event_id FROM follower WHERE name = $1";
/// Makes a follower begin at the present end.
pub const BEGIN: &str =
    "INSERT INTO follower (name, xid, event_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
/// Notes how far a follower has come.
pub const ADVANCE: &str = "UPDATE follower SET xid = $2, event_id = $3 WHERE name = $1";

/// Deletes the notifications of an issue that is removed.
pub const DELETE_OF_ISSUE: &str = "DELETE FROM notice WHERE org_id = $1 AND issue_id = $2";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[
    DELETE_OF_ISSUE,
    INSERT,
    LIST,
    COUNT,
    FINISH,
    SNOOZE,
    FINISH_OF_ISSUE,
    MUTED,
    MUTERS,
    MUTE,
    UNMUTE,
    DELETE_MUTES_OF_ISSUE,
    READ,
    READ_ALL,
    PRUNE,
    ONE,
    UNMAILED,
    MAILED,
    MODES,
    MODE,
    SET_MODE,
    PLACE,
    PEEK,
    BEGIN,
    ADVANCE,
];

/// A notification about to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewNotice<'a> {
    /// Who is told.
    pub user: i64,
    /// When it happened.
    pub at: Instant,
    /// The issue.
    pub issue: i64,
    /// The entry of its history; nothing for what has none.
    pub event: Option<i64>,
    /// What happened.
    pub kind: &'a str,
    /// Who did it.
    pub actor: i64,
    /// Why the user is told.
    pub reason: Reason,
}

/// Writes a notification, unless the user was told of this event before; answers its number.
///
/// # Errors
/// The database fails.
pub fn insert(cx: &mut Cx<'_, '_>, new: &NewNotice<'_>) -> Result<Option<i64>> {
    let id = cx.next(Series::Notice)?;
    // A number of its own for what is in no history, so that it is never taken for a repetition.
    let event = new.event.unwrap_or(-id);
    let params: [&dyn trackway_db::Param; 9] = [
        &cx.dict.org_id,
        &new.user,
        &id,
        &new.at,
        &new.issue,
        &event,
        &new.kind,
        &new.actor,
        &new.reason.name(),
    ];
    Ok((cx.tx.exec(INSERT, &params)? == 1).then_some(id))
}
