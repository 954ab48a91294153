//! The present time.

use std::time::{SystemTime, UNIX_EPOCH};

use trackway_core::Result;
use trackway_db::Tx;

/// How far, in milliseconds, the clock may be from that of the database, by which the processes of
/// an installation are compared (API-34).
pub(crate) const MOST_SKEW: i64 = 5_000;

/// What the database takes the time to be.
const OF_DATABASE: &str = "SELECT {sqlite:CAST(unixepoch('subsec') * 1000 AS INTEGER)}\
     {postgres:CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)}";

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// By how many milliseconds this machine's clock and the database's are surely apart, however long
/// the question took.
///
/// # Errors
/// The database fails.
pub(crate) fn skew(tx: &mut Tx<'_>) -> Result<i64> {
    let before = now();
    let (there,): (i64,) = tx.one(OF_DATABASE, &[])?;
    Ok(apart(before, there, now()))
}

fn apart(before: i64, there: i64, after: i64) -> i64 {
    (before - there).max(there - after).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// API-34.
    #[test]
    fn a_slow_answer_is_no_skew() {
        assert_eq!(apart(1_000, 9_000, 20_000), 0);
        assert_eq!(apart(1_000, 1_000, 1_000), 0);
        assert_eq!(apart(10_000, 3_000, 10_001), 7_000);
        assert_eq!(apart(10_000, 17_000, 10_001), 6_999);
    }

    #[test]
    fn the_database_tells_its_time() {
        trackway_db::testing::each_engine(|db| {
            let skew = db.read(skew).expect("a time");
            assert!(skew < MOST_SKEW, "{skew} ms apart");
        });
    }
}
