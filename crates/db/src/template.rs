//! The few places where the SQL of the two engines differs, written as `{..}` in the text.
//!
//! | written | SQLite | PostgreSQL |
//! | --- | --- | --- |
//! | `id {any:$2}` | `id IN (SELECT value FROM json_each($2))` | `id = ANY($2)` |
//! | `{for_update}` | nothing, the writer is alone | `FOR UPDATE` |
//! | `{skip_locked}` | nothing | `SKIP LOCKED` |
//! | `{id}`, `{int}` | `INTEGER` | `BIGINT` |
//! | `{text}` | `TEXT` | `TEXT COLLATE "C"`, so that both order by bytes |
//! | `{bytes}` | `BLOB` | `BYTEA` |
//! | `{double}` | `REAL` | `DOUBLE PRECISION` |
//! | `{strict}` after `CREATE TABLE (..)` | `STRICT` | nothing |
//! | `{strict_keyed}` | `STRICT, WITHOUT ROWID` | nothing |
//! | `{sqlite:..}` | the text | nothing |
//! | `{postgres:..}` | nothing | the text |
//!
//! The text of the last two may hold other substitutions. Anything else in braces stays as it is,
//! so `DEFAULT '{}'` needs no escape and a misspelt name is a syntax error in the engine.

use std::borrow::Cow;

use crate::Engine;

/// Rewrites a statement or a migration for one engine.
pub(crate) fn expand(sql: &str, engine: Engine) -> Cow<'_, str> {
    if sql.contains('{') {
        let mut out = String::with_capacity(sql.len() + 64);
        expand_into(sql, engine, &mut out);
        Cow::Owned(out)
    } else {
        Cow::Borrowed(sql)
    }
}

fn expand_into(mut sql: &str, engine: Engine, out: &mut String) {
    while let Some(start) = sql.find('{') {
        out.push_str(&sql[..start]);
        let tail = &sql[start + 1..];
        match closing(tail) {
            Some(end) if substitute(&tail[..end], engine, out) => sql = &tail[end + 1..],
            _ => {
                out.push('{');
                sql = tail;
            }
        }
    }
    out.push_str(sql);
}

/// The position of the brace that closes the one before `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(position),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Appends what stands for `{name}`; false if there is no such name.
fn substitute(name: &str, engine: Engine, out: &mut String) -> bool {
    if let Some((engine_name, text)) = name.split_once(':') {
        match (engine_name, engine) {
            ("any", Engine::Sqlite) => {
                out.push_str("IN (SELECT value FROM json_each(");
                out.push_str(text);
                out.push_str("))");
            }
            ("any", Engine::Postgres) => {
                out.push_str("= ANY(");
                out.push_str(text);
                out.push(')');
            }
            ("sqlite", Engine::Sqlite) | ("postgres", Engine::Postgres) => {
                expand_into(text, engine, out);
            }
            ("sqlite" | "postgres", _) => {}
            _ => return false,
        }
        return true;
    }
    let (sqlite, postgres) = match name {
        "for_update" => ("", "FOR UPDATE"),
        "skip_locked" => ("", "SKIP LOCKED"),
        "id" | "int" => ("INTEGER", "BIGINT"),
        "text" => ("TEXT", "TEXT COLLATE \"C\""),
        "bytes" => ("BLOB", "BYTEA"),
        "double" => ("REAL", "DOUBLE PRECISION"),
        "strict" => ("STRICT", ""),
        "strict_keyed" => ("STRICT, WITHOUT ROWID", ""),
        _ => return false,
    };
    out.push_str(match engine {
        Engine::Sqlite => sqlite,
        Engine::Postgres => postgres,
    });
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(sql: &str) -> (String, String) {
        (expand(sql, Engine::Sqlite).into_owned(), expand(sql, Engine::Postgres).into_owned())
    }

    #[test]
    fn names_are_replaced() {
        let (sqlite, postgres) = both("WHERE id {any:$2} {for_update}");
        assert_eq!(sqlite, "WHERE id IN (SELECT value FROM json_each($2)) ");
        assert_eq!(postgres, "WHERE id = ANY($2) FOR UPDATE");
    }

    #[test]
    fn other_braces_stay() {
        let (sqlite, postgres) = both("a {text} DEFAULT '{}', b '{x:1}' {bytes} {");
        assert_eq!(sqlite, "a TEXT DEFAULT '{}', b '{x:1}' BLOB {");
        assert_eq!(postgres, "a TEXT COLLATE \"C\" DEFAULT '{}', b '{x:1}' BYTEA {");
    }

    #[test]
    fn blocks_belong_to_one_engine() {
        let (sqlite, postgres) = both("1{sqlite: a {bytes}}{postgres: b {double}}2");
        assert_eq!(sqlite, "1 a BLOB2");
        assert_eq!(postgres, "1 b DOUBLE PRECISION2");
    }

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(expand("SELECT 1", Engine::Sqlite), Cow::Borrowed(_)));
    }
}
