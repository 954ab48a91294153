-- Queues, workflows, fields, audit.

-- Who changed what in the administration of an organisation. Append only. `org_id` 0 stands for
-- the installation itself; `actor` 0 for the command line.
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
    PRIMARY KEY (org_id, id)
) {strict_keyed};
CREATE INDEX audit_id ON audit (id);
CREATE INDEX audit_actor ON audit (org_id, actor, id);
CREATE INDEX audit_object ON audit (org_id, kind, object, id);

{postgres:CREATE SEQUENCE audit_seq INCREMENT BY 64 MINVALUE 0 START 0;}
