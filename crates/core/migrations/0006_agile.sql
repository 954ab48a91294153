-- Boards, sprints, filters, directory.

-- Where people put issues of a board; the others stand where they were made (core/src/board/rank.rs).
CREATE TABLE board_rank (
    org_id {id} NOT NULL,
    board_id {id} NOT NULL,
    issue_id {id} NOT NULL,
    place {id} NOT NULL,
    PRIMARY KEY (org_id, board_id, issue_id)
) {strict_keyed};
CREATE INDEX board_rank_issue ON board_rank (org_id, issue_id);
