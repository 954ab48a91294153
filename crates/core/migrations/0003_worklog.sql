-- Worklog, remote links, reactions, and what issues leave behind when they are removed.

-- Time spent. A deleted record stays as a row, since its number must not come again.
CREATE TABLE worklog (
    org_id {id} NOT NULL,
    id {id} NOT NULL,
    issue_id {id} NOT NULL,
    version {id} NOT NULL,
    created_at {id} NOT NULL,
    created_by {id} NOT NULL,
    updated_at {id} NOT NULL,
    updated_by {id} NOT NULL,
    start_at {id} NOT NULL,
    seconds {id} NOT NULL,
    deleted {id} NOT NULL,
    comment {text} NOT NULL,
    PRIMARY KEY (org_id, id)
) {strict_keyed};
CREATE INDEX worklog_issue ON worklog (org_id, issue_id, id);
CREATE INDEX worklog_created ON worklog (org_id, created_at, id);
CREATE INDEX worklog_author ON worklog (org_id, created_by, created_at, id);
CREATE INDEX worklog_id ON worklog (id);

-- Links to objects of other applications.
CREATE TABLE remote_link (
    org_id {id} NOT NULL,
    id {id} NOT NULL,
    issue_id {id} NOT NULL,
    kind {text} NOT NULL,
    outward {id} NOT NULL,
    application_id {id} NOT NULL,
    object_key {text} NOT NULL,
    created_at {id} NOT NULL,
    created_by {id} NOT NULL,
    PRIMARY KEY (org_id, id)
) {strict_keyed};
CREATE INDEX remote_link_issue ON remote_link (org_id, issue_id, id);
CREATE INDEX remote_link_id ON remote_link (id);

-- Who reacted to a comment, and how.
CREATE TABLE comment_reaction (
    org_id {id} NOT NULL,
    issue_id {id} NOT NULL,
    comment_id {id} NOT NULL,
    reaction {text} NOT NULL,
    user_id {id} NOT NULL,
    created_at {id} NOT NULL,
    PRIMARY KEY (org_id, issue_id, comment_id, reaction, user_id)
) {strict_keyed};

-- Issues that were removed: their numbers must not come again, and histories of others name them.
CREATE TABLE issue_removed (
    org_id {id} NOT NULL,
    id {id} NOT NULL,
    queue_id {id} NOT NULL,
    num {id} NOT NULL,
    created_at {id} NOT NULL,
    removed_at {id} NOT NULL,
    removed_by {id} NOT NULL,
    -- The last revision it had: what the index and memory know of it is not newer.
    revision {id} NOT NULL,
    -- What it is made from when it is restored (core/src/issue/kept.rs); NULL once it is gone for good.
    kept {text},
    PRIMARY KEY (org_id, id)
) {strict_keyed};
CREATE INDEX issue_removed_id ON issue_removed (id);
CREATE INDEX issue_removed_key ON issue_removed (org_id, queue_id, num);

-- Absences of people.
CREATE TABLE gap (
    org_id {id} NOT NULL,
    id {text} NOT NULL,
    user_id {id} NOT NULL,
    workflow {text} NOT NULL,
    from_at {id} NOT NULL,
    to_at {id} NOT NULL,
    full_day {id} NOT NULL,
    work_in_absence {id} NOT NULL,
    PRIMARY KEY (org_id, id)
) {strict_keyed};
CREATE INDEX gap_user ON gap (org_id, user_id, from_at);

-- When and by whom a link was last changed, where an import says so.
ALTER TABLE link ADD COLUMN updated_at {id};
ALTER TABLE link ADD COLUMN updated_by {id};

{postgres:CREATE SEQUENCE worklog_seq INCREMENT BY 64 MINVALUE 0 START 0;}
{postgres:CREATE SEQUENCE remote_link_seq INCREMENT BY 64 MINVALUE 0 START 0;}
