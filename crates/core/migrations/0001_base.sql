-- Everything a tracker stores. Every table that belongs to an organisation starts its primary key
-- with it, so that a distributed engine can shard by it (design, section 0).

-- Accounts of people and robots; membership of an organisation is an `object` of kind member.
CREATE TABLE account (
    id {id} NOT NULL PRIMARY KEY,
    login {text} NOT NULL UNIQUE,
    created_at {id} NOT NULL
) {strict};

-- Access tokens by the SHA-256 of the token; the token itself is stored nowhere.
CREATE TABLE token (
    hash {text} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES account (id),
    scopes {text} NOT NULL,
    label {text} NOT NULL,
    created_at {id} NOT NULL,
    expires_at {id}
) {strict};

CREATE TABLE organization (
    id {id} NOT NULL PRIMARY KEY,
    org_id {text} NOT NULL UNIQUE,
    cloud_id {text} NOT NULL UNIQUE
) {strict};

-- Dictionaries: small data that lives in memory. `body` is JSON the database never looks into.
CREATE TABLE object (
    org_id {id} NOT NULL,
    kind {text} NOT NULL,
    id {id} NOT NULL,
    key {text},
    version {id} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (org_id, kind, id)
) {strict_keyed};
CREATE UNIQUE INDEX object_key ON object (org_id, kind, key);
CREATE INDEX object_id ON object (id);

-- The last issue number of each queue.
CREATE TABLE queue_number (
    org_id {id} NOT NULL,
    queue_id {id} NOT NULL,
    last {id} NOT NULL,
    PRIMARY KEY (org_id, queue_id)
) {strict_keyed};

-- The narrow half of an issue: identity and everything that is not text. It feeds the index.
-- On SQLite both halves are found by row id: rows inside the inner pages of a clustered key make the
-- tree several levels deeper.
CREATE TABLE issue (
    org_id {id} NOT NULL,
    id {id} NOT NULL {sqlite:PRIMARY KEY},
    queue_id {id} NOT NULL,
    num {id} NOT NULL,
    version {id} NOT NULL,
    -- How many of these versions callers do not see: comments and links change the row, but not
    -- the version of the issue.
    silent {id} NOT NULL DEFAULT 0,
    vals {bytes} NOT NULL
    {postgres:, PRIMARY KEY (org_id, id)}
) {strict};
CREATE UNIQUE INDEX issue_key ON issue (org_id, queue_id, num);
{postgres:CREATE INDEX issue_id ON issue (id);}

-- The wide half: summary, and the other texts as ready JSON members.
CREATE TABLE issue_text (
    org_id {id} NOT NULL,
    id {id} NOT NULL {sqlite:PRIMARY KEY},
    summary {text} NOT NULL,
    plain {text} NOT NULL
    {postgres:, PRIMARY KEY (org_id, id)}
) {strict};

-- Keys an issue had before it moved.
CREATE TABLE issue_alias (
    org_id {id} NOT NULL,
    queue_id {id} NOT NULL,
    num {id} NOT NULL,
    issue_id {id} NOT NULL,
    PRIMARY KEY (org_id, queue_id, num)
) {strict_keyed};
CREATE INDEX issue_alias_issue ON issue_alias (org_id, issue_id);

-- Values of `unique`, each usable once.
CREATE TABLE issue_unique (
    org_id {id} NOT NULL,
    value {text} NOT NULL,
    issue_id {id} NOT NULL,
    PRIMARY KEY (org_id, value)
) {strict_keyed};

-- Tags ever used in a queue.
CREATE TABLE queue_tag (
    org_id {id} NOT NULL,
    queue_id {id} NOT NULL,
    tag {text} NOT NULL,
    PRIMARY KEY (org_id, queue_id, tag)
) {strict_keyed};

CREATE TABLE comment (
    org_id {id} NOT NULL,
    issue_id {id} NOT NULL,
    id {id} NOT NULL,
    version {id} NOT NULL,
    created_at {id} NOT NULL,
    created_by {id} NOT NULL,
    updated_at {id} NOT NULL,
    updated_by {id} NOT NULL,
    deleted {id} NOT NULL,
    text {text} NOT NULL,
    extra {text} NOT NULL,
    PRIMARY KEY (org_id, issue_id, id)
) {strict_keyed};
CREATE INDEX comment_id ON comment (id);

-- A link is one row; `issue_id` plays the outward part (contract, x-link-relationships).
CREATE TABLE link (
    org_id {id} NOT NULL,
    id {id} NOT NULL,
    kind {text} NOT NULL,
    issue_id {id} NOT NULL,
    other_id {id} NOT NULL,
    created_at {id} NOT NULL,
    created_by {id} NOT NULL,
    PRIMARY KEY (org_id, id)
) {strict_keyed};
CREATE UNIQUE INDEX link_pair ON link (org_id, issue_id, kind, other_id);
CREATE INDEX link_other ON link (org_id, other_id);
CREATE INDEX link_id ON link (id);

-- The event log: changelog, audit trail and source of everything that follows a change. Append only.
CREATE TABLE event (
    org_id {id} NOT NULL,
    issue_id {id} NOT NULL,
    id {id} NOT NULL,
    at {id} NOT NULL,
    actor {id} NOT NULL,
    kind {text} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (org_id, issue_id, id)
) {strict_keyed};
CREATE INDEX event_id ON event (id);

-- The change feed: what other nodes, and a starting one, have to look at again.
CREATE TABLE change (
    id {id} NOT NULL PRIMARY KEY,
    xid {id} NOT NULL {postgres:DEFAULT (pg_current_xact_id()::text::bigint)}{sqlite:DEFAULT 0},
    org_id {id} NOT NULL,
    kind {text} NOT NULL,
    entity {id} NOT NULL
) {strict};
{postgres:CREATE INDEX change_xid ON change (xid, id);}

{postgres:CREATE SEQUENCE issue_seq INCREMENT BY 64 MINVALUE 0 START 0;}
{postgres:CREATE SEQUENCE event_seq INCREMENT BY 64 MINVALUE 0 START 0;}
{postgres:CREATE SEQUENCE comment_seq INCREMENT BY 64 MINVALUE 0 START 0;}
{postgres:CREATE SEQUENCE link_seq INCREMENT BY 64 MINVALUE 0 START 0;}
{postgres:CREATE SEQUENCE object_seq INCREMENT BY 64 MINVALUE 0 START 0;}
{postgres:CREATE SEQUENCE account_seq INCREMENT BY 64 MINVALUE 0 START 0;}
{postgres:CREATE SEQUENCE change_seq INCREMENT BY 64 MINVALUE 0 START 0;}
