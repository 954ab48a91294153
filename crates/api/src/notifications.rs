//! Notifications of the caller. An extension of ours.

use crate::input::Json;
use crate::types::{KeyedRef, UserRef};

wire! {
    /// Something the caller is told of.
    pub struct Notification {
        #[serde(rename = "self")] self_url: String,
        id: i64,
        created_at: String,
        #[serde(rename = "type")] kind: String,
        reason: String,
        read: bool,
        done: bool,
        snoozed_until?: String,
        change_id?: String,
        actor: UserRef,
        issue: KeyedRef,
    }
    /// When a notification comes back.
    pub struct NotificationSnooze {
        until?: String,
    }
    /// What the caller wants of notifications.
    pub struct NotificationSettings {
        mail?: String,
    }
}

endpoints! {
    /// Notifications of the caller, newest first; without those that are done or snoozed, unless
    /// all are wanted.
    ListNotifications GET "/notifications" read => 200 Vec<Notification> {
        query { unread: bool, all: bool, per_page = "perPage": i64, id: i64 }
    }
    /// How many notifications of the caller are unread.
    CountNotifications GET "/notifications/_count" read => 200 i64 {}
    /// What the caller wants of notifications.
    GetNotificationSettings GET "/notifications/settings" read => 200 NotificationSettings {}
    /// Changes what the caller wants of notifications.
    UpdateNotificationSettings PATCH "/notifications/settings" personal
        => 200 NotificationSettings {
        body Json<NotificationSettings>
    }
    /// Marks a notification as read.
    ReadNotification POST "/notifications/{notificationId}/_read" personal => 204 () {
        path { id }
    }
    /// Marks a notification as read and done: it leaves the inbox.
    FinishNotification POST "/notifications/{notificationId}/_done" personal => 204 () {
        path { id }
    }
    /// Takes a notification out of the inbox until a moment; without one it comes back at once.
    SnoozeNotification POST "/notifications/{notificationId}/_snooze" personal => 204 () {
        path { id }
        body Json<NotificationSnooze>
    }
    /// Issues the caller is told nothing of.
    ListMutes GET "/notifications/muted" read => 200 Vec<KeyedRef> {}
    /// Tells the caller nothing more of an issue, but what they are called for.
    MuteIssue POST "/issues/{issueId}/_mute" personal => 204 () {
        path { issue }
    }
    /// Tells the caller of an issue again.
    UnmuteIssue POST "/issues/{issueId}/_unmute" personal => 204 () {
        path { issue }
    }
    /// Marks all notifications of the caller as read, or those up to one.
    ReadAllNotifications POST "/notifications/_readAll" personal => 204 () {
        query { id: i64 }
    }
}
