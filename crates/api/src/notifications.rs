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
        change_id?: String,
        actor: UserRef,
        issue: KeyedRef,
    }
    /// What the caller wants of notifications.
    pub struct NotificationSettings {
        mail?: String,
    }
}

endpoints! {
    /// Notifications of the caller, newest first.
    ListNotifications GET "/notifications" read => 200 Vec<Notification> {
        query { unread: bool, per_page = "perPage": i64, id: i64 }
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
    /// Marks all notifications of the caller as read, or those up to one.
    ReadAllNotifications POST "/notifications/_readAll" personal => 204 () {
        query { id: i64 }
    }
}
