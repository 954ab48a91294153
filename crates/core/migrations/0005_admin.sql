-- Queues, workflows, fields, audit.

-- Who changed what in the administration of an organisation. Append only. `org_id` 0 stands for
-- the installation itself; `actor` 0 for the command line. `place` numbers the rows of an organisation
-- without gaps, and `hash` is taken over the row and the hash of the one before (`core/src/audit/chain.rs`).
CREATE TABLE audit (
    org_id {id} NOT NULL,
    id {id} NOT NULL,
    at {id} NOT NULL,
    actor {id} NOT NULL,
    action {text} NOT NULL,
    kind {text} NOT NULL,
    object {text} NOT NULL,
    name {text} NOT NULL,
    address {text} NOT NULL,
    request_id {text} NOT NULL,
    before {text},
    after {text},
    place {id} NOT NULL,
    hash {text} NOT NULL,
    PRIMARY KEY (org_id, id)
) {strict_keyed};
CREATE UNIQUE INDEX audit_place ON audit (org_id, place);
CREATE INDEX audit_id ON audit (id);
CREATE INDEX audit_actor ON audit (org_id, actor, id);
CREATE INDEX audit_object ON audit (org_id, kind, object, id);

-- The end of each organisation's chain. Whoever adds to it holds this row until the commit, so that
-- the order of the chain is that of the commits, whatever process they come from.
CREATE TABLE audit_head (
    org_id {id} PRIMARY KEY,
    place {id} NOT NULL,
    hash {text} NOT NULL
) {strict};

{postgres:CREATE SEQUENCE audit_seq INCREMENT BY 64 MINVALUE 0 START 0;}
