-- How people sign in: passwords, second factors, sessions, and one-time links.

CREATE TABLE account_password (
    account_id {id} NOT NULL PRIMARY KEY REFERENCES account (id),
    -- Argon2id with its parameters, in the PHC form.
    phc {text} NOT NULL,
    changed_at {id} NOT NULL
) {strict};

-- Browser sessions by the SHA-256 of their id; the id itself is only in the cookie.
CREATE TABLE account_session (
    hash {text} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES account (id),
    -- `full`, or `second` while the second factor is awaited.
    stage {text} NOT NULL,
    created_at {id} NOT NULL,
    seen_at {id} NOT NULL,
    -- How long it lives unused.
    idle_ms {id} NOT NULL,
    expires_at {id} NOT NULL,
    -- When the person last proved who they are.
    proven_at {id} NOT NULL,
    -- Failures at the second factor.
    failures {id} NOT NULL,
    address {text} NOT NULL,
    agent {text} NOT NULL
) {strict};
CREATE INDEX account_session_account ON account_session (account_id, seen_at);
CREATE INDEX account_session_end ON account_session (expires_at);

-- Secrets of one-time codes, encrypted under the server key.
CREATE TABLE account_totp (
    account_id {id} NOT NULL PRIMARY KEY REFERENCES account (id),
    secret {text} NOT NULL,
    -- NULL until the first code was given.
    confirmed_at {id},
    -- The last 30-second step used; each is good once.
    last_step {id} NOT NULL
) {strict};

-- Passkeys (WebAuthn) by their id in base64url.
CREATE TABLE account_passkey (
    id {text} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES account (id),
    name {text} NOT NULL,
    -- Number in the registry of COSE.
    algorithm {id} NOT NULL,
    public_key {bytes} NOT NULL,
    -- How often it was used, as it says itself.
    counter {id} NOT NULL,
    -- When the last challenge it answered was made; each is good once.
    asked_at {id} NOT NULL,
    created_at {id} NOT NULL,
    used_at {id}
) {strict};
CREATE INDEX account_passkey_account ON account_passkey (account_id);

CREATE TABLE account_recovery (
    account_id {id} NOT NULL REFERENCES account (id),
    hash {text} NOT NULL,
    used_at {id},
    PRIMARY KEY (account_id, hash)
) {strict_keyed};

-- Links to choose a new password, by the SHA-256 of their token.
CREATE TABLE account_reset (
    hash {text} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES account (id),
    created_at {id} NOT NULL,
    created_by {id} NOT NULL,
    expires_at {id} NOT NULL,
    used_at {id}
) {strict};
CREATE INDEX account_reset_account ON account_reset (account_id);

-- Invitations to an organisation. `body` is JSON: name, mail, level, groups.
CREATE TABLE invitation (
    org_id {id} NOT NULL,
    hash {text} NOT NULL,
    body {text} NOT NULL,
    created_at {id} NOT NULL,
    created_by {id} NOT NULL,
    expires_at {id} NOT NULL,
    used_at {id},
    used_by {id},
    PRIMARY KEY (org_id, hash)
) {strict_keyed};
CREATE UNIQUE INDEX invitation_hash ON invitation (hash);

-- Accounts at other sign-in services (OpenID Connect).
CREATE TABLE account_upstream (
    issuer {text} NOT NULL,
    subject {text} NOT NULL,
    account_id {id} NOT NULL REFERENCES account (id),
    created_at {id} NOT NULL,
    PRIMARY KEY (issuer, subject)
) {strict_keyed};
CREATE INDEX account_upstream_account ON account_upstream (account_id);
