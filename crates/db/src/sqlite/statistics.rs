//! What SQLite's planner is told of the tables.
//!
//! Without statistics it takes an index by its first column alone for one that finds ten rows. Here
//! that column is nearly always the organisation, whose rows are the whole table: the planner then
//! prefers walking an organisation to a few dozen look-ups by id. Measured numbers (`ANALYZE`)
//! would make plans depend on when they were taken, so each index gets the same assumptions.

use crate::error::Result;
use crate::tx::Tx;

/// One row for each index: a million rows; the organisation alone tells nothing; each further
/// column narrows it down; all columns of a unique index find one row.
const FILL: &str = "ANALYZE sqlite_schema;
    DELETE FROM sqlite_stat1;
    INSERT INTO sqlite_stat1 (tbl, idx, stat)
    SELECT t.name, CASE WHEN t.wr AND i.origin = 'pk' THEN t.name ELSE i.name END,
           '1000000' || (SELECT group_concat(part, '') FROM (
               SELECT ' ' || CASE
                   WHEN c.seqno = last AND i.\"unique\" THEN 1
                   WHEN c.seqno = 0 AND c.name = 'org_id' THEN 1000000
                   WHEN c.seqno = last THEN 10
                   ELSE 100 END AS part
               FROM pragma_index_info(i.name) c,
                    (SELECT max(seqno) AS last FROM pragma_index_info(i.name))
               ORDER BY c.seqno))
    FROM pragma_table_list t, pragma_index_list(t.name) i
    WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%';
    INSERT INTO sqlite_stat1 (tbl, idx, stat)
    SELECT t.name, NULL, '1000000' FROM pragma_table_list t
    WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'
      AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name));
    ANALYZE sqlite_schema;";

const PRESENT: &str = "SELECT name FROM sqlite_schema WHERE name = 'sqlite_stat1'";

/// Whether the database has them.
pub(crate) fn present(tx: &mut Tx<'_>) -> Result<bool> {
    let found: Option<(String,)> = tx.opt(PRESENT, &[])?;
    Ok(found.is_some())
}

/// Writes them for all tables.
pub(crate) fn fill(tx: &mut Tx<'_>) -> Result<()> {
    tx.batch(FILL)
}
