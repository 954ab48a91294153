-- What its reader is done with, and what is to come back later.
ALTER TABLE notice ADD COLUMN is_done {id} NOT NULL DEFAULT 0;
ALTER TABLE notice ADD COLUMN snoozed_until {id} NOT NULL DEFAULT 0;

-- Issues that somebody does not want to hear of.
CREATE TABLE notice_mute (
    org_id {id} NOT NULL,
    user_id {id} NOT NULL,
    issue_id {id} NOT NULL,
    at {id} NOT NULL,
    PRIMARY KEY (org_id, user_id, issue_id)
) {strict_keyed};
CREATE INDEX notice_mute_issue ON notice_mute (org_id, issue_id);
