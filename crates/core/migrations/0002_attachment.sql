-- Files. The bytes lie in a store outside the database, under the name in `blob`.
CREATE TABLE attachment (
    org_id {id} NOT NULL,
    id {id} NOT NULL,
    -- What the file hangs on: 0 nothing yet, 1 an issue, 2 a project, portfolio or goal,
    -- 3 a deleted issue.
    owner_kind {id} NOT NULL,
    owner_id {id} NOT NULL,
    -- The comment of the owner; 0 for none.
    comment_id {id} NOT NULL,
    name {text} NOT NULL,
    mimetype {text} NOT NULL,
    size {id} NOT NULL,
    -- Of a picture in pixels; 0 for other files.
    width {id} NOT NULL,
    height {id} NOT NULL,
    blob {text} NOT NULL,
    created_at {id} NOT NULL,
    created_by {id} NOT NULL,
    PRIMARY KEY (org_id, id)
) {strict_keyed};
CREATE INDEX attachment_owner ON attachment (org_id, owner_kind, owner_id, id);
CREATE INDEX attachment_id ON attachment (id);
CREATE INDEX attachment_waiting ON attachment (created_at) WHERE owner_kind = 0;

-- What lies in the store of files and belongs to no row of `attachment`: uploads under way, and
-- what was deleted. It is taken away once it is due, so that no file is ever forgotten there.
CREATE TABLE blob_trash (
    blob {text} NOT NULL PRIMARY KEY,
    due {id} NOT NULL
) {strict_keyed};
CREATE INDEX blob_trash_due ON blob_trash (due);

-- Who needs the store of files to keep everything for the present (a backup), and until when.
CREATE TABLE blob_hold (
    name {text} NOT NULL PRIMARY KEY,
    until_at {id} NOT NULL
) {strict};

{postgres:CREATE SEQUENCE attachment_seq INCREMENT BY 64 MINVALUE 0 START 0;}
