-- Jobs, bulk changes, triggers, automatic actions, webhooks, notifications.

-- Work that follows from a change, written in the transaction that causes it (design, section 7).
-- A claimed job is one whose `run_at` was moved to the end of a lease: if its holder dies, it is
-- due again then.
CREATE TABLE job (
    org_id {id} NOT NULL,
    id {id} NOT NULL,
    -- Work on the database, or with the world outside, which may be slow.
    lane {id} NOT NULL,
    kind {text} NOT NULL,
    -- A named job waits at most once.
    name {text},
    -- Jobs of one strand run one after the other, oldest first.
    strand {id},
    payload {text} NOT NULL,
    created_at {id} NOT NULL,
    run_at {id} NOT NULL,
    attempts {id} NOT NULL,
    -- Who has claimed it; empty for nobody.
    holder {text} NOT NULL,
    -- 0: waiting or claimed, 1: given up.
    dead {id} NOT NULL,
    error {text} NOT NULL,
    PRIMARY KEY (org_id, id)
) {strict_keyed};
CREATE INDEX job_due ON job (lane, dead, run_at, id);
CREATE UNIQUE INDEX job_name ON job (org_id, kind, name);
CREATE INDEX job_strand ON job (org_id, strand, id);
CREATE INDEX job_id ON job (id);
CREATE INDEX job_held ON job (holder) WHERE holder <> '';
{postgres:CREATE SEQUENCE job_seq INCREMENT BY 64 MINVALUE 0 START 0;}

-- Changes of many issues at once.
CREATE TABLE bulk_change (
    org_id {id} NOT NULL,
    id {id} NOT NULL,
    created_at {id} NOT NULL,
    created_by {id} NOT NULL,
    -- 0 created, 1 in progress, 2 complete, 3 failed, 4 cancelled.
    status {id} NOT NULL,
    -- JSON of what is done to each issue.
    operation {text} NOT NULL,
    notify {id} NOT NULL,
    total {id} NOT NULL,
    handled {id} NOT NULL,
    failed {id} NOT NULL,
    chunks {id} NOT NULL,
    next_chunk {id} NOT NULL,
    PRIMARY KEY (org_id, id)
) {strict_keyed};
CREATE INDEX bulk_change_id ON bulk_change (id);
{postgres:CREATE SEQUENCE bulk_change_seq INCREMENT BY 64 MINVALUE 0 START 0;}

-- The issues of a bulk change, by the transaction that will handle them: a JSON list of keys.
CREATE TABLE bulk_chunk (
    org_id {id} NOT NULL,
    bulk_id {id} NOT NULL,
    num {id} NOT NULL,
    issues {text} NOT NULL,
    PRIMARY KEY (org_id, bulk_id, num)
) {strict_keyed};

CREATE TABLE bulk_failure (
    org_id {id} NOT NULL,
    bulk_id {id} NOT NULL,
    place {id} NOT NULL,
    issue {text} NOT NULL,
    -- JSON of the answer a single change would have given, by language.
    error {text} NOT NULL,
    PRIMARY KEY (org_id, bulk_id, place)
) {strict_keyed};

-- Requests to other systems, each attempt once. Rule 0 is a webhook of the organisation.
CREATE TABLE webhook_log (
    org_id {id} NOT NULL,
    rule_id {id} NOT NULL,
    id {id} NOT NULL,
    action {id} NOT NULL,
    issue {text} NOT NULL,
    started_at {id} NOT NULL,
    ended_at {id} NOT NULL,
    request {text} NOT NULL,
    response {text} NOT NULL,
    PRIMARY KEY (org_id, rule_id, id)
) {strict_keyed};
CREATE INDEX webhook_log_id ON webhook_log (id);
{postgres:CREATE SEQUENCE webhook_log_seq INCREMENT BY 64 MINVALUE 0 START 0;}

-- What is known of the launches of an automatic action, besides its settings.
CREATE TABLE autoaction_state (
    org_id {id} NOT NULL,
    autoaction_id {id} NOT NULL,
    last_launch {id} NOT NULL,
    processed {id} NOT NULL,
    -- Where the next launch goes on.
    last_issue {id} NOT NULL,
    PRIMARY KEY (org_id, autoaction_id)
) {strict_keyed};

CREATE TABLE autoaction_launch (
    org_id {id} NOT NULL,
    autoaction_id {id} NOT NULL,
    id {id} NOT NULL,
    at {id} NOT NULL,
    hits {id} NOT NULL,
    successes {id} NOT NULL,
    failures {id} NOT NULL,
    search_failed {id} NOT NULL,
    PRIMARY KEY (org_id, autoaction_id, id)
) {strict_keyed};
CREATE INDEX autoaction_launch_id ON autoaction_launch (id);
{postgres:CREATE SEQUENCE autoaction_launch_seq INCREMENT BY 64 MINVALUE 0 START 0;}

CREATE TABLE autoaction_issue (
    org_id {id} NOT NULL,
    launch_id {id} NOT NULL,
    place {id} NOT NULL,
    issue_id {id} NOT NULL,
    failed {id} NOT NULL,
    PRIMARY KEY (org_id, launch_id, place)
) {strict_keyed};
CREATE INDEX autoaction_issue_issue ON autoaction_issue (org_id, issue_id);

-- What is known of the creations of a rule of recurring issues, besides its settings.
CREATE TABLE schedule_state (
    org_id {id} NOT NULL,
    schedule_id {id} NOT NULL,
    last_run {id} NOT NULL,
    created {id} NOT NULL,
    -- Why issues of the last creation could not be made.
    error {text} NOT NULL,
    PRIMARY KEY (org_id, schedule_id)
) {strict_keyed};

-- The log of events in the order of commits (see `event/log.rs`).
{postgres:ALTER TABLE event ADD COLUMN xid BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint);}
{postgres:CREATE INDEX event_xid ON event (xid, id);}

-- How far a reader of that log has come.
CREATE TABLE follower (
    name {text} NOT NULL PRIMARY KEY,
    xid {id} NOT NULL,
    event_id {id} NOT NULL
) {strict};

-- The inboxes.
CREATE TABLE notice (
    org_id {id} NOT NULL,
    user_id {id} NOT NULL,
    id {id} NOT NULL,
    at {id} NOT NULL,
    issue_id {id} NOT NULL,
    event_id {id} NOT NULL,
    kind {text} NOT NULL,
    actor {id} NOT NULL,
    reason {text} NOT NULL,
    is_read {id} NOT NULL,
    mailed {id} NOT NULL,
    PRIMARY KEY (org_id, user_id, id)
) {strict_keyed};
CREATE UNIQUE INDEX notice_event ON notice (org_id, user_id, event_id);
CREATE INDEX notice_id ON notice (id);
CREATE INDEX notice_issue ON notice (org_id, issue_id);
{postgres:CREATE SEQUENCE notice_seq INCREMENT BY 64 MINVALUE 0 START 0;}

-- What users want of notifications; without a row, the defaults.
CREATE TABLE notice_setting (
    org_id {id} NOT NULL,
    user_id {id} NOT NULL,
    mail {text} NOT NULL,
    PRIMARY KEY (org_id, user_id)
) {strict_keyed};

-- Who is told of the issues of a queue, component, version or goal.
CREATE TABLE subscription (
    org_id {id} NOT NULL,
    object_id {id} NOT NULL,
    user_id {id} NOT NULL,
    kind {text} NOT NULL,
    -- 1: of creations only.
    created_only {id} NOT NULL,
    PRIMARY KEY (org_id, object_id, user_id, kind)
) {strict_keyed};
CREATE INDEX subscription_user ON subscription (org_id, user_id);

-- Timers of service levels.
CREATE TABLE sla_timer (
    org_id {id} NOT NULL,
    issue_id {id} NOT NULL,
    rule_id {id} NOT NULL,
    -- 0 counting, 1 held, 2 ended.
    state {id} NOT NULL,
    started_at {id} NOT NULL,
    -- Since when it is in this state.
    since {id} NOT NULL,
    -- Working time before that.
    spent {id} NOT NULL,
    paused_ms {id} NOT NULL,
    stopped_at {id},
    warn {id},
    max_spent {id} NOT NULL,
    warn_at {id},
    fail_at {id},
    -- 1 warned, 2 failed.
    violated {id} NOT NULL,
    PRIMARY KEY (org_id, issue_id, rule_id)
) {strict_keyed};
