//! Statements and rows of the authorization server.

trackway_db::row! {
    /// A registered application.
    pub(super) struct ApplicationRow {
        pub id: String,
        pub owner: i64,
        pub version: i64,
        pub details: String,
        pub standing: String,
        pub blocked: i64,
        pub secret_hash: Option<String>,
        pub old_secret_hash: Option<String>,
        pub old_secret_until: Option<i64>,
        pub sealed_secret: Option<String>,
        pub created_at: i64,
        pub updated_at: i64,
    }
}

macro_rules! application {
    ($rest:literal) => {
        concat!(
            "SELECT id, owner, version, details, standing, blocked, secret_hash, old_secret_hash, \
             old_secret_until, sealed_secret, created_at, updated_at FROM application ",
            $rest
        )
    };
}

pub(super) const APPLICATION: &str = application!("WHERE id = $1");
pub(super) const APPLICATIONS_OF: &str =
    application!("WHERE owner = $1 ORDER BY created_at, id LIMIT 1000");
pub(super) const APPLICATIONS: &str = application!("WHERE id > $1 ORDER BY id LIMIT 200");
pub(super) const APPLICATIONS_LIKE: &str =
    application!("WHERE likeness = $1 ORDER BY created_at, id LIMIT 1000");
pub(super) const APPLICATION_COUNT: &str = "SELECT COUNT(*) FROM application WHERE owner = $1";
pub(super) const INSERT_APPLICATION: &str = "INSERT INTO application (id, owner, version, details, standing, blocked, secret_hash, \
     created_at, updated_at, likeness) VALUES ($1, $2, 1, $3, $4, 0, $5, $6, $6, $7)";
pub(super) const UPDATE_DETAILS: &str = "UPDATE application SET details = $2, version = version + 1, updated_at = $3, likeness = $4 \
     WHERE id = $1";
pub(super) const UPDATE_STANDING: &str =
    "UPDATE application SET standing = $2, blocked = $3, updated_at = $4 WHERE id = $1";
pub(super) const UPDATE_SECRET: &str = "UPDATE application SET secret_hash = $2, old_secret_hash = $3, old_secret_until = $4, \
     sealed_secret = $5, updated_at = $6 WHERE id = $1";
pub(super) const DELETE_APPLICATION: &str = "DELETE FROM application WHERE id = $1";

// Origins of scripts.
pub(super) const ORIGIN: &str =
    "SELECT application_id FROM application_origin WHERE origin = $1 LIMIT 1";
pub(super) const ORIGIN_OF: &str =
    "SELECT application_id FROM application_origin WHERE origin = $1 AND application_id = $2";
pub(super) const DELETE_ORIGINS: &str = "DELETE FROM application_origin WHERE application_id = $1";
pub(super) const INSERT_ORIGIN: &str = "INSERT INTO application_origin (origin, application_id) \
     VALUES ($1, $2) ON CONFLICT DO NOTHING";

// Everything an application was given.
pub(super) const DELETE_TOKENS_OF_APPLICATION: &str = "DELETE FROM token WHERE application_id = $1";
pub(super) const DELETE_REFRESH_OF_APPLICATION: &str = "DELETE FROM refresh_token WHERE grant_id IN \
     (SELECT id FROM oauth_grant WHERE application_id = $1)";
pub(super) const DELETE_GRANTS_OF_APPLICATION: &str =
    "DELETE FROM oauth_grant WHERE application_id = $1";
pub(super) const DELETE_CODES_OF_APPLICATION: &str =
    "DELETE FROM auth_code WHERE application_id = $1";
pub(super) const DELETE_DEVICES_OF_APPLICATION: &str =
    "DELETE FROM device_request WHERE application_id = $1";
pub(super) const DELETE_CONSENTS_OF_APPLICATION: &str =
    "DELETE FROM consent WHERE application_id = $1";

// Everything an account gave.
pub(super) const DELETE_TOKENS_OF_ACCOUNT: &str = "DELETE FROM token WHERE account_id = $1";
pub(super) const DELETE_REFRESH_OF_ACCOUNT: &str = "DELETE FROM refresh_token WHERE grant_id IN \
     (SELECT id FROM oauth_grant WHERE account_id = $1)";
pub(super) const DELETE_GRANTS_OF_ACCOUNT: &str = "DELETE FROM oauth_grant WHERE account_id = $1";
pub(super) const DELETE_CODES_OF_ACCOUNT: &str = "DELETE FROM auth_code WHERE account_id = $1";
pub(super) const DELETE_DEVICES_OF_ACCOUNT: &str =
    "DELETE FROM device_request WHERE account_id = $1";
pub(super) const DELETE_REQUESTS_OF_ACCOUNT: &str =
    "DELETE FROM consent_request WHERE account_id = $1";

// Everything an account gave an application.
pub(super) const DELETE_TOKENS_OF_PAIR: &str =
    "DELETE FROM token WHERE account_id = $1 AND application_id = $2";
pub(super) const DELETE_REFRESH_OF_PAIR: &str = "DELETE FROM refresh_token WHERE grant_id IN \
     (SELECT id FROM oauth_grant WHERE account_id = $1 AND application_id = $2)";
pub(super) const DELETE_GRANTS_OF_PAIR: &str =
    "DELETE FROM oauth_grant WHERE account_id = $1 AND application_id = $2";
pub(super) const DELETE_CODES_OF_PAIR: &str =
    "DELETE FROM auth_code WHERE account_id = $1 AND application_id = $2";
pub(super) const DELETE_CONSENT: &str =
    "DELETE FROM consent WHERE account_id = $1 AND application_id = $2";
pub(super) const DELETE_DEVICES_OF_PAIR: &str =
    "DELETE FROM device_request WHERE account_id = $1 AND application_id = $2";

// A family of tokens.
pub(super) const DELETE_TOKENS_OF_GRANT: &str = "DELETE FROM token WHERE grant_id = $1";
pub(super) const DELETE_REFRESH_OF_GRANT: &str = "DELETE FROM refresh_token WHERE grant_id = $1";
pub(super) const DELETE_GRANT: &str = "DELETE FROM oauth_grant WHERE id = $1";
pub(super) const DELETE_CHILDREN: &str = "DELETE FROM token WHERE parent = $1";
pub(super) const DELETE_TOKEN: &str = "DELETE FROM token WHERE hash = $1";

trackway_db::row! {
    /// A grant.
    pub(super) struct GrantRow {
        pub id: String,
        pub account_id: i64,
        pub application_id: String,
        pub device_id: String,
        pub device_name: String,
        pub scopes: String,
        pub resource: String,
        pub created_at: i64,
        pub ends_at: Option<i64>,
    }
}

macro_rules! grant {
    ($rest:literal) => {
        concat!(
            "SELECT id, account_id, application_id, device_id, device_name, scopes, resource, \
             created_at, ends_at FROM oauth_grant ",
            $rest
        )
    };
}

pub(super) const GRANT: &str = grant!("WHERE id = $1");
pub(super) const GRANTS_OF_ACCOUNT: &str =
    grant!("WHERE account_id = $1 ORDER BY created_at DESC, id LIMIT 1000");
pub(super) const GRANTS_ON_DEVICES: &str = grant!(
    "WHERE account_id = $1 AND application_id = $2 AND device_id <> '' ORDER BY created_at, id"
);
pub(super) const GRANT_ON_DEVICE: &str =
    grant!("WHERE account_id = $1 AND application_id = $2 AND device_id = $3");
pub(super) const OLDEST_GRANTS: &str = grant!(
    "WHERE account_id = $1 AND application_id = $2 AND device_id = '' ORDER BY created_at, id"
);
pub(super) const INSERT_GRANT: &str = "INSERT INTO oauth_grant (id, account_id, application_id, device_id, device_name, scopes, \
     resource, created_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

trackway_db::row! {
    /// How the tokens of a grant, or a personal token, were last used.
    pub(super) struct TokenUseRow {
        pub hash: String,
        pub kind: String,
        pub grant_id: Option<String>,
        pub label: String,
        pub scopes: String,
        pub queues: Option<String>,
        pub created_at: i64,
        pub expires_at: Option<i64>,
        pub last_used_at: Option<i64>,
        pub last_address: Option<String>,
    }
}

pub(super) const TOKENS_OF_ACCOUNT: &str = "SELECT hash, kind, grant_id, label, scopes, queues, created_at, expires_at, last_used_at, \
     last_address FROM token WHERE account_id = $1 ORDER BY created_at DESC, hash LIMIT 2000";
pub(super) const INSERT_TOKEN: &str = "INSERT INTO token (hash, account_id, scopes, label, created_at, expires_at, kind, \
     application_id, grant_id, parent, resource, queues) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
pub(super) const INSERT_REFRESH: &str =
    "INSERT INTO refresh_token (hash, grant_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";

trackway_db::row! {
    /// A remembered consent.
    pub(super) struct ConsentRow {
        pub application_version: i64,
        pub scopes: String,
        pub device_id: String,
    }
}

pub(super) const CONSENT: &str = "SELECT application_version, scopes, device_id FROM consent \
     WHERE account_id = $1 AND application_id = $2";
pub(super) const UPSERT_CONSENT: &str = "INSERT INTO consent (account_id, application_id, application_version, scopes, device_id, \
     given_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, application_id) DO UPDATE \
     SET application_version = excluded.application_version, scopes = excluded.scopes, \
     device_id = excluded.device_id, given_at = excluded.given_at";
pub(super) const INSERT_CONSENT_REQUEST: &str = "INSERT INTO consent_request (hash, session, account_id, request, expires_at) \
     VALUES ($1, $2, $3, $4, $5)";
pub(super) const TAKE_CONSENT_REQUEST: &str = "DELETE FROM consent_request WHERE hash = $1 AND session = $2 AND account_id = $3 \
     AND expires_at > $4 RETURNING request";

pub(super) const INSERT_CODE: &str = "INSERT INTO auth_code (hash, application_id, account_id, request, scopes, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";

trackway_db::row! {
    /// A code as it was before this use.
    pub(super) struct CodeRow {
        pub application_id: String,
        pub account_id: i64,
        pub request: String,
        pub scopes: String,
        pub expires_at: i64,
        pub grant_id: Option<String>,
    }
}

// TK-01: one statement decides who of many is first.
pub(super) const USE_CODE: &str = "UPDATE auth_code SET used_at = $2 WHERE hash = $1 \
     AND used_at IS NULL RETURNING application_id, account_id, request, scopes, expires_at, grant_id";
pub(super) const USED_CODE: &str = "SELECT application_id, account_id, request, scopes, expires_at, grant_id FROM auth_code \
     WHERE hash = $1";
pub(super) const CODE_MADE: &str = "UPDATE auth_code SET grant_id = $2 WHERE hash = $1";

trackway_db::row! {
    /// A refresh token.
    pub(super) struct RefreshRow {
        pub grant_id: String,
        pub expires_at: i64,
        pub used_at: Option<i64>,
        pub next_hash: Option<String>,
    }
}

pub(super) const REFRESH: &str =
    "SELECT grant_id, expires_at, used_at, next_hash FROM refresh_token WHERE hash = $1";
pub(super) const USE_REFRESH: &str = "UPDATE refresh_token SET used_at = $2, next_hash = $3 \
     WHERE hash = $1 AND used_at IS NULL";
pub(super) const SET_NEXT: &str = "UPDATE refresh_token SET next_hash = $2 WHERE hash = $1";
pub(super) const DELETE_REFRESH: &str = "DELETE FROM refresh_token WHERE hash = $1";
// TK-14: what was issued before ends soon.
pub(super) const SHORTEN: &str = "UPDATE token SET expires_at = $2 WHERE grant_id = $1 \
     AND (expires_at IS NULL OR expires_at > $2)";

trackway_db::row! {
    /// A request of the device flow.
    pub(super) struct DeviceRow {
        pub hash: String,
        pub application_id: String,
        pub details: String,
        pub state: String,
        pub account_id: Option<i64>,
        pub scopes: String,
        pub poll_interval: i64,
        pub polled_at: Option<i64>,
        pub expires_at: i64,
    }
}

macro_rules! device {
    ($rest:literal) => {
        concat!(
            "SELECT hash, application_id, details, state, account_id, scopes, poll_interval, \
             polled_at, expires_at FROM device_request ",
            $rest
        )
    };
}

pub(super) const DEVICE: &str = device!("WHERE hash = $1 {for_update}");
pub(super) const DEVICE_BY_USER_CODE: &str = device!("WHERE user_code = $1 {for_update}");
pub(super) const INSERT_DEVICE: &str = "INSERT INTO device_request (hash, user_code, application_id, device_id, details, state, \
     scopes, poll_interval, created_at, expires_at) \
     VALUES ($1, $2, $3, $4, $5, 'waiting', '', 5, $6, $7)";
pub(super) const VOID_DEVICE: &str = "DELETE FROM device_request WHERE application_id = $1 \
     AND device_id = $2 AND state = 'waiting'";
pub(super) const PENDING_DEVICES: &str = "SELECT COUNT(*) FROM device_request \
     WHERE application_id = $1 AND state = 'waiting' AND expires_at > $2";
pub(super) const CLAIM_DEVICE: &str = "UPDATE device_request SET account_id = $2 WHERE hash = $1";
pub(super) const DECIDE_DEVICE: &str =
    "UPDATE device_request SET state = $2, account_id = $3, scopes = $4 WHERE hash = $1";
pub(super) const POLLED_DEVICE: &str =
    "UPDATE device_request SET polled_at = $2, poll_interval = $3 WHERE hash = $1";
pub(super) const TAKE_DEVICE: &str =
    "DELETE FROM device_request WHERE hash = $1 AND state = 'approved'";

pub(super) const DELETE_TOKENS_SINCE: &str =
    "DELETE FROM token WHERE grant_id = $1 AND created_at >= $2";
pub(super) const CHILDREN: &str =
    "SELECT hash FROM token WHERE parent = $1 ORDER BY created_at, hash";

/// What is over stays so long, in ms.
pub(super) const KEPT: i64 = 3_600_000;

// What is over (T-46).
pub(super) const PURGE: [&str; 6] = [
    "DELETE FROM consent_request WHERE expires_at <= $1",
    "DELETE FROM auth_code WHERE expires_at <= $1",
    "DELETE FROM device_request WHERE expires_at <= $1",
    "DELETE FROM refresh_token WHERE expires_at <= $1",
    "DELETE FROM token WHERE expires_at <= $1",
    "DELETE FROM oauth_grant WHERE created_at <= $1 \
     AND NOT EXISTS (SELECT 1 FROM token t WHERE t.grant_id = oauth_grant.id) \
     AND NOT EXISTS (SELECT 1 FROM refresh_token r WHERE r.grant_id = oauth_grant.id)",
];

/// Every statement.
#[cfg(test)]
pub(super) const ALL_SQL: &[&str] = &[
    APPLICATION,
    APPLICATIONS_OF,
    APPLICATIONS,
    APPLICATION_COUNT,
    INSERT_APPLICATION,
    APPLICATIONS_LIKE,
    UPDATE_DETAILS,
    UPDATE_STANDING,
    UPDATE_SECRET,
    DELETE_APPLICATION,
    DELETE_TOKENS_OF_APPLICATION,
    DELETE_REFRESH_OF_APPLICATION,
    DELETE_GRANTS_OF_APPLICATION,
    DELETE_CODES_OF_APPLICATION,
    DELETE_DEVICES_OF_APPLICATION,
    DELETE_CONSENTS_OF_APPLICATION,
    DELETE_TOKENS_OF_ACCOUNT,
    DELETE_REFRESH_OF_ACCOUNT,
    DELETE_GRANTS_OF_ACCOUNT,
    DELETE_CODES_OF_ACCOUNT,
    DELETE_DEVICES_OF_ACCOUNT,
    DELETE_REQUESTS_OF_ACCOUNT,
    DELETE_TOKENS_OF_PAIR,
    DELETE_REFRESH_OF_PAIR,
    DELETE_GRANTS_OF_PAIR,
    DELETE_CODES_OF_PAIR,
    DELETE_CONSENT,
    DELETE_DEVICES_OF_PAIR,
    DELETE_TOKENS_OF_GRANT,
    DELETE_REFRESH_OF_GRANT,
    DELETE_GRANT,
    DELETE_CHILDREN,
    DELETE_TOKEN,
    GRANT,
    GRANTS_OF_ACCOUNT,
    GRANTS_ON_DEVICES,
    GRANT_ON_DEVICE,
    OLDEST_GRANTS,
    INSERT_GRANT,
    TOKENS_OF_ACCOUNT,
    INSERT_TOKEN,
    INSERT_REFRESH,
    CONSENT,
    UPSERT_CONSENT,
    INSERT_CONSENT_REQUEST,
    TAKE_CONSENT_REQUEST,
    INSERT_CODE,
    USE_CODE,
    USED_CODE,
    CODE_MADE,
    REFRESH,
    USE_REFRESH,
    SET_NEXT,
    DELETE_REFRESH,
    SHORTEN,
    DEVICE,
    DEVICE_BY_USER_CODE,
    INSERT_DEVICE,
    VOID_DEVICE,
    PENDING_DEVICES,
    CLAIM_DEVICE,
    DECIDE_DEVICE,
    POLLED_DEVICE,
    TAKE_DEVICE,
    ORIGIN,
    ORIGIN_OF,
    DELETE_ORIGINS,
    INSERT_ORIGIN,
    DELETE_TOKENS_SINCE,
    CHILDREN,
    super::live::LOGIN,
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_statement_fits_the_engine() {
        let f = crate::testing::Fixture::new();
        f.tracker.db().prepare_all(super::ALL_SQL).expect("good statements");
        f.tracker.db().prepare_all(&super::PURGE).expect("good statements");
        f.tracker.db().prepare_all(super::super::service::store::ALL_SQL).expect("good statements");
        f.tracker.db().prepare_all(super::super::icon::ALL_SQL).expect("good statements");
    }
}
