-- Archived issues, of which the search index has nothing: lists begin with the last one.
CREATE TABLE issue_archived (
    org_id {id} NOT NULL,
    issue_id {id} NOT NULL,
    queue_id {id} NOT NULL,
    archived_at {id} NOT NULL,
    PRIMARY KEY (org_id, issue_id)
) {strict_keyed};
CREATE INDEX issue_archived_time ON issue_archived (org_id, archived_at, issue_id);

-- Deleted issues that can still be restored.
CREATE INDEX issue_removed_kept ON issue_removed (org_id, removed_at, id) WHERE kept IS NOT NULL;
