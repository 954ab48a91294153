-- Full text, history of fields, scrolls.

-- Issues whose texts changed and are not in `word` yet. Searches look at their texts themselves.
CREATE TABLE word_pending (
    org_id {id} NOT NULL,
    issue_id {id} NOT NULL,
    -- Another one with each change.
    version {id} NOT NULL,
    PRIMARY KEY (org_id, issue_id)
) {strict_keyed};

-- How often `word` was changed; bitmaps made from it in memory remember the number.
CREATE TABLE word_state (
    org_id {id} NOT NULL PRIMARY KEY,
    generation {id} NOT NULL
) {strict};

-- Stems of all words of an issue, each with the field it stands in (words/stem.rs). On PostgreSQL a
-- search for a word visits the row of each issue that has it, so rows are to be small: stems go out of
-- line, which PostgreSQL considers for rows above 2 KB only. The padding makes them that large while
-- they are written; compressed, it takes some 30 bytes. A tenth of the pages, a third of the time.
{sqlite:CREATE VIRTUAL TABLE word USING fts5 (
    stems, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '-_'"
);}
{postgres:CREATE TABLE word (
    org_id {id} NOT NULL,
    issue_id {id} NOT NULL,
    generation {id} NOT NULL,
    stems tsvector NOT NULL,
    padding text NOT NULL DEFAULT repeat(' ', 2048),
    PRIMARY KEY (org_id, issue_id)
) WITH (toast_tuple_target = 128);
CREATE INDEX word_stems ON word USING gin (stems);
CREATE INDEX word_generation ON word (org_id, generation);}

INSERT INTO word_pending (org_id, issue_id, version) SELECT org_id, id, 0 FROM issue;

-- What was changed in the fields of issues, for `changed()`: a row for each value that went or
-- came. The smallest number stands for "no value", NULL for "nothing to say of this side".
CREATE TABLE field_change (
    org_id {id} NOT NULL,
    field {id} NOT NULL,
    at {id} NOT NULL,
    event_id {id} NOT NULL,
    n {id} NOT NULL,
    issue_id {id} NOT NULL,
    actor {id} NOT NULL,
    old {id},
    new {id},
    PRIMARY KEY (org_id, field, at, event_id, n)
) {strict_keyed};

-- Issues by the authors of their comments.
CREATE INDEX comment_author ON comment (org_id, created_by, issue_id);

-- Links of a kind, for conditions on queues.
CREATE INDEX link_kind ON link (org_id, kind, issue_id, other_id);

-- Results of searches kept for scrolling; on SQLite they are kept in memory.
{postgres:CREATE TABLE scroll (
    org_id {id} NOT NULL,
    id {id} NOT NULL,
    uid {id} NOT NULL,
    token {text} NOT NULL,
    sorted {id} NOT NULL,
    per_scroll {id} NOT NULL,
    ttl {id} NOT NULL,
    expires_at {id} NOT NULL,
    total {id} NOT NULL,
    ids {bytes} NOT NULL,
    PRIMARY KEY (org_id, id)
);
-- Pages are cut out of the bytes, which compression would not allow.
ALTER TABLE scroll ALTER COLUMN ids SET STORAGE EXTERNAL;
CREATE INDEX scroll_expiry ON scroll (expires_at);}
