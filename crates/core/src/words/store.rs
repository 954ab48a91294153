//! The rows of the word index.

use rustc_hash::FxHashMap;
use trackway_db::{Engine, Tx};
use trackway_search::{DocId, RoaringBitmap};

use crate::error::Result;

/// Notes that texts of an issue changed.
pub const TOUCH: &str = "INSERT INTO word_pending (org_id, issue_id, version) VALUES ($1, $2, $3) \
     ON CONFLICT (org_id, issue_id) DO UPDATE SET version = excluded.version";
/// Notes it of every issue of an organisation.
pub const TOUCH_ALL: &str = "INSERT INTO word_pending (org_id, issue_id, version) \
     SELECT org_id, id, $2 FROM issue WHERE org_id = $1 \
     ON CONFLICT (org_id, issue_id) DO UPDATE SET version = excluded.version";
/// Notes it of every issue there is.
pub const TOUCH_EVERYTHING: &str = "INSERT INTO word_pending (org_id, issue_id, version) \
     SELECT org_id, id, 0 FROM issue WHERE TRUE ON CONFLICT (org_id, issue_id) DO NOTHING";
/// Issues of an organisation noted so.
pub const PENDING: &str = "SELECT issue_id, version FROM word_pending WHERE org_id = $1";
/// The first issues noted, of all organisations.
pub const FIRST: &str = "SELECT org_id, issue_id, version FROM word_pending \
     ORDER BY org_id, issue_id LIMIT $1";
/// How many are noted.
pub const COUNT: &str = "SELECT COUNT(*) FROM word_pending";
/// Takes an issue off the list unless its texts changed again.
pub const DONE: &str =
    "DELETE FROM word_pending WHERE org_id = $1 AND issue_id = $2 AND version = $3";
/// How often the words of an organisation were changed.
pub const GENERATION: &str = "SELECT generation FROM word_state WHERE org_id = $1";
/// Counts one more change.
pub const NEXT_GENERATION: &str = "INSERT INTO word_state (org_id, generation) VALUES ($1, 1) \
     ON CONFLICT (org_id) DO UPDATE SET generation = word_state.generation + 1 \
     RETURNING generation";

/// Forgets the words of an issue.
pub const SQLITE_REMOVE: &str = "DELETE FROM word WHERE rowid = $1";
/// Stores the words of an issue.
pub const SQLITE_ADD: &str = "INSERT INTO word (rowid, stems) VALUES ($1, $2)";
/// Issues of all organisations that have a word.
pub const SQLITE_MATCH: &str = "SELECT rowid FROM word WHERE word MATCH $1";

/// Stores the words of an issue. The padding is written anew, or the row would keep its stems (see
/// the migration).
pub const POSTGRES_PUT: &str = "INSERT INTO word (org_id, issue_id, generation, stems) \
     VALUES ($1, $2, $3, array_to_tsvector(string_to_array($4, ' '))) \
     ON CONFLICT (org_id, issue_id) \
     DO UPDATE SET generation = excluded.generation, stems = excluded.stems, \
     padding = excluded.padding";
/// Issues that have a word, their ids of eight bytes in one: a third of the time went into sending
/// rows. The sum keeps the planner from walking the organisation's part of another index for what the
/// word alone finds.
pub const POSTGRES_MATCH: &str = "SELECT COALESCE(string_agg(int8send(issue_id), ''), '') FROM word \
     WHERE org_id + 0 = $1 AND stems @@ CAST(CAST($2 AS TEXT) AS tsquery)";
/// What changed since a generation.
pub const POSTGRES_SINCE: &str = "SELECT issue_id, array_to_string(tsvector_to_array(stems), ' ') FROM word \
     WHERE org_id = $1 AND generation > $2 AND generation <= $3 LIMIT 5000";

/// Summaries and other texts of issues.
pub const TEXTS: &str =
    "SELECT id, summary, plain FROM issue_text WHERE org_id = $1 AND id {any:$2}";
/// Comments of issues.
pub const COMMENTS: &str = "SELECT issue_id, text FROM comment \
     WHERE org_id = $1 AND issue_id {any:$2} AND deleted = 0";
/// Names of files of issues and their comments.
pub const FILES: &str = "SELECT owner_id, name FROM attachment \
     WHERE org_id = $1 AND owner_kind = 1 AND owner_id {any:$2}";
/// Events of issues in which summary or description may have changed; fields are stored as
/// numbers (event/mod.rs).
pub const EVENTS: &str = "SELECT issue_id, body FROM event WHERE org_id = $1 \
     AND issue_id {any:$2} AND kind <> 'IssueCreated' \
     AND (body LIKE '%[8,%' OR body LIKE '%[9,%')";

/// Every statement that both engines take.
pub const ALL_SQL: &[&str] = &[
    TOUCH,
    TOUCH_ALL,
    TOUCH_EVERYTHING,
    PENDING,
    FIRST,
    COUNT,
    DONE,
    GENERATION,
    NEXT_GENERATION,
    TEXTS,
    COMMENTS,
    FILES,
    EVENTS,
];
/// Statements for SQLite.
pub const SQLITE_SQL: &[&str] = &[SQLITE_REMOVE, SQLITE_ADD, SQLITE_MATCH];
/// Statements for PostgreSQL.
pub const POSTGRES_SQL: &[&str] = &[POSTGRES_PUT, POSTGRES_MATCH, POSTGRES_SINCE];

/// An issue on the list, with its version there.
pub(crate) type Pending = (i64, i64);

/// Issues of an organisation whose words are not stored yet.
pub(crate) fn pending(tx: &mut Tx<'_>, org: i64) -> Result<Vec<Pending>> {
    Ok(tx.all(PENDING, &[&org])?)
}

/// Notes that no words are stored, of all issues there are.
pub(crate) fn touch_everything(tx: &mut Tx<'_>) -> Result<()> {
    tx.exec(TOUCH_EVERYTHING, &[])?;
    Ok(())
}

/// How often the words of an organisation were changed.
pub(crate) fn generation(tx: &mut Tx<'_>, org: i64) -> Result<i64> {
    let row: Option<(i64,)> = tx.opt(GENERATION, &[&org])?;
    Ok(row.map_or(0, |(generation,)| generation))
}

/// Issues that have a word; on SQLite also those of other organisations.
pub(crate) fn having(tx: &mut Tx<'_>, org: i64, token: &str) -> Result<RoaringBitmap> {
    let mut ids: Vec<DocId> = Vec::new();
    match tx.engine() {
        Engine::Sqlite => {
            tx.each(SQLITE_MATCH, &[&format!("\"{token}\"").as_str()], &mut |row| {
                ids.extend(DocId::try_from(row.get_i64(0)?));
                Ok(())
            })?;
        }
        Engine::Postgres => {
            let token = format!("'{token}'");
            let (found,): (Vec<u8>,) = tx.one(POSTGRES_MATCH, &[&org, &token.as_str()])?;
            let (found, _) = found.as_chunks::<8>();
            ids.extend(found.iter().filter_map(|id| DocId::try_from(i64::from_be_bytes(*id)).ok()));
        }
    }
    ids.sort_unstable();
    Ok(ids.into_iter().collect())
}

/// Replaces the stored words of an issue; `stems` are joined by spaces.
pub(crate) fn put(
    tx: &mut Tx<'_>,
    org: i64,
    generation: i64,
    issue: i64,
    stems: &str,
) -> Result<()> {
    match tx.engine() {
        Engine::Sqlite => {
            tx.exec(SQLITE_REMOVE, &[&issue])?;
            tx.exec(SQLITE_ADD, &[&issue, &stems])?;
        }
        Engine::Postgres => {
            tx.exec(POSTGRES_PUT, &[&org, &issue, &generation, &stems])?;
        }
    }
    Ok(())
}

/// Issues whose words changed between two generations, with all their words; none when these are
/// too many. On PostgreSQL only, where others write too.
pub(crate) fn since(
    tx: &mut Tx<'_>,
    org: i64,
    from: i64,
    to: i64,
) -> Result<Option<FxHashMap<i64, String>>> {
    let rows: Vec<(i64, String)> = tx.all(POSTGRES_SINCE, &[&org, &from, &to])?;
    Ok((rows.len() < 5000).then(|| rows.into_iter().collect()))
}
