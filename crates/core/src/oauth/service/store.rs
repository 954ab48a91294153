//! Rows and statements of service accounts.

trackway_db::row! {
    /// A service account.
    pub(in crate::oauth) struct ServiceRow {
        pub account_id: i64,
        pub org_id: i64,
        pub created_at: i64,
    }
}

trackway_db::row! {
    /// An authorised key.
    pub(in crate::oauth) struct KeyRow {
        pub id: String,
        pub account_id: i64,
        pub public_key: String,
        pub description: String,
        pub created_at: i64,
    }
}

pub(in crate::oauth) const SERVICES: &str = "SELECT account_id, org_id, created_at FROM service_account WHERE org_id = $1 \
     ORDER BY account_id";
pub(in crate::oauth) const SERVICE: &str =
    "SELECT account_id, org_id, created_at FROM service_account WHERE account_id = $1";
pub(in crate::oauth) const INSERT_SERVICE: &str = "INSERT INTO service_account (account_id, org_id, created_at, created_by) \
     VALUES ($1, $2, $3, $4)";
pub(in crate::oauth) const KEY: &str =
    "SELECT id, account_id, public_key, description, created_at FROM service_key WHERE id = $1";
pub(in crate::oauth) const KEYS: &str = "SELECT id, account_id, public_key, description, created_at FROM service_key \
     WHERE account_id = $1 ORDER BY created_at, id";
pub(in crate::oauth) const INSERT_KEY: &str = "INSERT INTO service_key (id, account_id, public_key, description, created_at) \
     VALUES ($1, $2, $3, $4, $5)";
pub(in crate::oauth) const DELETE_KEY: &str =
    "DELETE FROM service_key WHERE id = $1 AND account_id = $2";
pub(in crate::oauth) const DELETE_KEYS: &str = "DELETE FROM service_key WHERE account_id = $1";
/// Notes an assertion; nothing happens when it is known.
pub(in crate::oauth) const USE_ASSERTION: &str = "INSERT INTO service_assertion (hash, expires_at) VALUES ($1, $2) \
     ON CONFLICT (hash) DO NOTHING";
/// Forgets assertions that are over.
pub(in crate::oauth) const PURGE: &str = "DELETE FROM service_assertion WHERE expires_at <= $1";

/// Every statement.
#[cfg(test)]
pub(in crate::oauth) const ALL_SQL: &[&str] = &[
    SERVICES,
    SERVICE,
    INSERT_SERVICE,
    KEY,
    KEYS,
    INSERT_KEY,
    DELETE_KEY,
    DELETE_KEYS,
    USE_ASSERTION,
    PURGE,
];
