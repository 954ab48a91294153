-- Applications, grants, tokens (oauth.md). Nothing here belongs to an organisation.

-- Registered applications. `details` is what their owners may change, `standing` what administrators
-- decide, both JSON. The id is 32 hex digits, or the URL of a client ID metadata document; those have
-- no owner (0).
CREATE TABLE application (
    id {text} NOT NULL PRIMARY KEY,
    owner {id} NOT NULL,
    version {id} NOT NULL,
    details {text} NOT NULL,
    standing {text} NOT NULL,
    blocked {id} NOT NULL,
    secret_hash {text},
    -- The secret before the last one, as long as the owner asked to keep it.
    old_secret_hash {text},
    old_secret_until {id},
    -- The secret under a key that is not in the database, only while signed user info is on.
    sealed_secret {text},
    created_at {id} NOT NULL,
    updated_at {id} NOT NULL,
    -- Equal for names that look alike (`core/src/oauth/likeness.rs`).
    likeness {text} NOT NULL
) {strict};
CREATE INDEX application_owner ON application (owner);
CREATE INDEX application_likeness ON application (likeness);

-- The command line, so that `trackway auth login` works on every server. It keeps no secret.
INSERT INTO application
    (id, owner, version, details, standing, blocked, created_at, updated_at, likeness)
VALUES ('trackway-cli', 0, 1,
    '{"name":"Trackway command line","platform":"device","deviceFlow":true,'
    || '"scopes":"tracker:read tracker:write","redirectUris":["http://127.0.0.1/"]}',
    '{"verified":true}', 0, 0, 0, 'trackwaycornrnandllne');

-- Pictures of applications, drawn anew from what was uploaded: PNG, 256 by 256 pixels.
CREATE TABLE application_icon (
    application_id {text} NOT NULL PRIMARY KEY,
    png {bytes} NOT NULL
) {strict};

-- Web origins whose scripts may call the endpoints, by application.
CREATE TABLE application_origin (
    origin {text} NOT NULL,
    application_id {text} NOT NULL,
    PRIMARY KEY (origin, application_id)
) {strict_keyed};
CREATE INDEX application_origin_application ON application_origin (application_id);

-- One decision of a user for one application on one device: the root of a family of tokens.
CREATE TABLE oauth_grant (
    id {text} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    application_id {text} NOT NULL,
    device_id {text} NOT NULL,
    device_name {text} NOT NULL,
    scopes {text} NOT NULL,
    resource {text} NOT NULL,
    created_at {id} NOT NULL,
    -- Refreshing never goes beyond this.
    ends_at {id}
) {strict};
CREATE INDEX oauth_grant_account ON oauth_grant (account_id, application_id);
CREATE INDEX oauth_grant_application ON oauth_grant (application_id);

-- What a user let an application do, remembered for the next time.
CREATE TABLE consent (
    account_id {id} NOT NULL,
    application_id {text} NOT NULL,
    application_version {id} NOT NULL,
    scopes {text} NOT NULL,
    device_id {text} NOT NULL,
    given_at {id} NOT NULL,
    PRIMARY KEY (account_id, application_id)
) {strict_keyed};
CREATE INDEX consent_application ON consent (application_id);

-- Decisions that are being asked for; each is usable once, in the session that opened it.
CREATE TABLE consent_request (
    hash {text} NOT NULL PRIMARY KEY,
    session {text} NOT NULL,
    account_id {id} NOT NULL,
    request {text} NOT NULL,
    expires_at {id} NOT NULL
) {strict};
CREATE INDEX consent_request_end ON consent_request (expires_at);

CREATE TABLE auth_code (
    hash {text} NOT NULL PRIMARY KEY,
    application_id {text} NOT NULL,
    account_id {id} NOT NULL,
    request {text} NOT NULL,
    scopes {text} NOT NULL,
    expires_at {id} NOT NULL,
    used_at {id},
    -- What the first use made.
    grant_id {text}
) {strict};
CREATE INDEX auth_code_end ON auth_code (expires_at);
CREATE INDEX auth_code_application ON auth_code (application_id);
CREATE INDEX auth_code_account ON auth_code (account_id);

-- Requests of the device flow. `user_code` is a MAC under the installation's key: the codes are too
-- short for a bare hash.
CREATE TABLE device_request (
    hash {text} NOT NULL PRIMARY KEY,
    user_code {text} NOT NULL UNIQUE,
    application_id {text} NOT NULL,
    device_id {text} NOT NULL,
    details {text} NOT NULL,
    state {text} NOT NULL,
    account_id {id},
    scopes {text} NOT NULL,
    poll_interval {id} NOT NULL,
    polled_at {id},
    created_at {id} NOT NULL,
    expires_at {id} NOT NULL
) {strict};
CREATE INDEX device_request_application ON device_request (application_id, state);
CREATE INDEX device_request_end ON device_request (expires_at);

CREATE TABLE refresh_token (
    hash {text} NOT NULL PRIMARY KEY,
    grant_id {text} NOT NULL,
    created_at {id} NOT NULL,
    expires_at {id} NOT NULL,
    used_at {id},
    -- The one this use made.
    next_hash {text}
) {strict};
CREATE INDEX refresh_token_grant ON refresh_token (grant_id);
CREATE INDEX refresh_token_end ON refresh_token (expires_at);

-- Accounts that no person signs in as: members of one organisation with keys instead of passwords.
CREATE TABLE service_account (
    account_id {id} NOT NULL PRIMARY KEY REFERENCES account (id),
    org_id {id} NOT NULL,
    created_at {id} NOT NULL,
    created_by {id} NOT NULL
) {strict};
CREATE INDEX service_account_org ON service_account (org_id);

-- Their public keys (RSAPublicKey in base64).
CREATE TABLE service_key (
    id {text} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES account (id),
    public_key {text} NOT NULL,
    description {text} NOT NULL,
    created_at {id} NOT NULL
) {strict};
CREATE INDEX service_key_account ON service_key (account_id);

-- Assertions that were used, until they are over by themselves.
CREATE TABLE service_assertion (
    hash {text} NOT NULL PRIMARY KEY,
    expires_at {id} NOT NULL
) {strict};
CREATE INDEX service_assertion_end ON service_assertion (expires_at);

-- Beside access tokens of applications the table holds personal ones (no grant) and IAM tokens, which
-- live no longer than their parent.
ALTER TABLE token ADD COLUMN kind {text} NOT NULL DEFAULT 'personal';
ALTER TABLE token ADD COLUMN application_id {text};
ALTER TABLE token ADD COLUMN grant_id {text};
ALTER TABLE token ADD COLUMN parent {text};
-- The resource a token is meant for; empty: this server's API (RFC 8707).
ALTER TABLE token ADD COLUMN resource {text} NOT NULL DEFAULT '';
-- Ids of the queues a token is limited to; NULL: all that its user may reach.
ALTER TABLE token ADD COLUMN queues {text};
ALTER TABLE token ADD COLUMN last_used_at {id};
ALTER TABLE token ADD COLUMN last_address {text};
ALTER TABLE token ADD COLUMN last_agent {text};
CREATE INDEX token_account ON token (account_id);
CREATE INDEX token_grant ON token (grant_id);
CREATE INDEX token_parent ON token (parent);
CREATE INDEX token_application ON token (application_id);
CREATE INDEX token_end ON token (expires_at);
