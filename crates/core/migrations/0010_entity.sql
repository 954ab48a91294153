-- What belongs to projects, portfolios and goals. They themselves are objects of kind `entity`.

CREATE TABLE entity_comment (
    org_id {id} NOT NULL,
    entity_id {id} NOT NULL,
    id {id} NOT NULL,
    version {id} NOT NULL,
    created_at {id} NOT NULL,
    created_by {id} NOT NULL,
    updated_at {id} NOT NULL,
    updated_by {id} NOT NULL,
    deleted {id} NOT NULL,
    text {text} NOT NULL,
    extra {text} NOT NULL,
    PRIMARY KEY (org_id, entity_id, id)
) {strict_keyed};
CREATE INDEX entity_comment_id ON entity_comment (id);

-- Who reacted to a comment, and how.
CREATE TABLE entity_comment_reaction (
    org_id {id} NOT NULL,
    entity_id {id} NOT NULL,
    comment_id {id} NOT NULL,
    reaction {text} NOT NULL,
    user_id {id} NOT NULL,
    created_at {id} NOT NULL,
    PRIMARY KEY (org_id, entity_id, comment_id, reaction, user_id)
) {strict_keyed};

-- A link is one row; `entity_id` plays the outward part ("depends on", "works towards").
CREATE TABLE entity_link (
    org_id {id} NOT NULL,
    id {id} NOT NULL,
    kind {text} NOT NULL,
    entity_id {id} NOT NULL,
    other_id {id} NOT NULL,
    created_at {id} NOT NULL,
    created_by {id} NOT NULL,
    PRIMARY KEY (org_id, id)
) {strict_keyed};
CREATE UNIQUE INDEX entity_link_pair ON entity_link (org_id, entity_id, other_id);
CREATE INDEX entity_link_other ON entity_link (org_id, other_id);
CREATE INDEX entity_link_id ON entity_link (id);

-- What happened to an entity. Append only.
CREATE TABLE entity_event (
    org_id {id} NOT NULL,
    entity_id {id} NOT NULL,
    id {id} NOT NULL,
    at {id} NOT NULL,
    actor {id} NOT NULL,
    kind {text} NOT NULL,
    body {text} NOT NULL,
    PRIMARY KEY (org_id, entity_id, id)
) {strict_keyed};
CREATE INDEX entity_event_id ON entity_event (id);

{postgres:CREATE SEQUENCE entity_comment_seq INCREMENT BY 64 MINVALUE 0 START 0;}
{postgres:CREATE SEQUENCE entity_link_seq INCREMENT BY 64 MINVALUE 0 START 0;}
{postgres:CREATE SEQUENCE entity_event_seq INCREMENT BY 64 MINVALUE 0 START 0;}
