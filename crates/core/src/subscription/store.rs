//! The rows of subscriptions.

trackway_db::row! {
    /// Somebody who subscribed to an object.
    pub struct SubscriberRow {
        pub kind: String,
        pub object_id: i64,
        pub user_id: i64,
        pub created_only: i64,
    }
}

/// Subscriptions to several objects.
pub const OF_OBJECTS: &str = "SELECT kind, object_id, user_id, created_only FROM subscription \
     WHERE org_id = $1 AND object_id {any:$2}";
/// Subscriptions of a user.
pub const OF_USER: &str = "SELECT kind, object_id, user_id, created_only FROM subscription \
     WHERE org_id = $1 AND user_id = $2 ORDER BY kind, object_id";
/// Subscriptions to one object.
pub const OF_OBJECT: &str = "SELECT kind, object_id, user_id, created_only FROM subscription \
     WHERE org_id = $1 AND object_id = $2 AND kind = $3 ORDER BY user_id";
/// Subscribes somebody, or changes what they are told.
pub const PUT: &str = "INSERT INTO subscription (org_id, object_id, user_id, kind, created_only) \
     VALUES ($1, $2, $3, $4, $5) \
     ON CONFLICT (org_id, object_id, user_id, kind) DO UPDATE SET created_only = excluded.created_only";
/// Ends a subscription.
pub const DELETE: &str = "DELETE FROM subscription \
     WHERE org_id = $1 AND object_id = $2 AND user_id = $3 AND kind = $4";

/// Every statement of this module.
pub const ALL_SQL: &[&str] = &[OF_OBJECTS, OF_USER, OF_OBJECT, PUT, DELETE];
