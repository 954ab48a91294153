//! Browser sessions (oauth.md, SE-01..SE-07). The id is in the cookie only; the database knows its
//! hash.

use trackway_db::Tx;

use super::hashed;
use crate::error::Result;
use crate::secret;
use crate::time::{DAY_MS, Instant};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// How often the time of last use is written (once a minute is enough for people).
const TOUCH_MS: i64 = MINUTE_MS;

/// How long a proof of identity counts as fresh (`auth.reauth_ttl`).
pub const FRESH_MS: i64 = 10 * MINUTE_MS;

/// How long the second factor may take.
const SECOND_MS: i64 = 10 * MINUTE_MS;

/// Failures at the second factor after which the session ends (BF-04).
pub const SECOND_FAILURES: i64 = 5;

/// Sessions of one account at the same time; the oldest go.
const MOST: i64 = 50;

/// Characters of an address and of a browser's name that are kept.
const KEPT: usize = 200;

/// Adds a session.
pub const INSERT: &str = "INSERT INTO account_session (hash, account_id, stage, created_at, \
     seen_at, idle_ms, expires_at, proven_at, failures, address, agent) \
     VALUES ($1, $2, $3, $4, $4, $5, $6, $4, 0, $7, $8)";
/// A live session.
pub const FIND: &str = "SELECT hash, account_id, stage, created_at, seen_at, idle_ms, expires_at, \
     proven_at, failures, address, agent FROM account_session \
     WHERE hash = $1 AND expires_at > $2 AND seen_at + idle_ms > $2";
/// The live sessions of an account, the last used first.
pub const OF_ACCOUNT: &str = "SELECT hash, account_id, stage, created_at, seen_at, idle_ms, \
     expires_at, proven_at, failures, address, agent FROM account_session \
     WHERE account_id = $1 AND expires_at > $2 AND seen_at + idle_ms > $2 \
     ORDER BY seen_at DESC";
/// Notes a use.
pub const TOUCH: &str = "UPDATE account_session SET seen_at = $2 WHERE hash = $1";
/// Notes a failure at the second factor.
pub const FAIL: &str = "UPDATE account_session SET failures = failures + 1 WHERE hash = $1";
/// Ends a session.
pub const END: &str = "DELETE FROM account_session WHERE hash = $1";
/// Ends a session of an account by the beginning of its hash.
pub const END_NAMED: &str = "DELETE FROM account_session \
     WHERE account_id = $1 AND substr(hash, 1, 16) = $2";
/// Ends the sessions of an account but one.
pub const END_OTHERS: &str = "DELETE FROM account_session WHERE account_id = $1 AND hash <> $2";
/// Ends all sessions of an account.
pub const END_ALL: &str = "DELETE FROM account_session WHERE account_id = $1";
/// Deletes what has ended by itself.
pub const PURGE: &str = "DELETE FROM account_session WHERE expires_at <= $1";
/// Deletes the oldest sessions of an account that has too many.
pub const TRIM: &str = "DELETE FROM account_session WHERE account_id = $1 AND hash NOT IN \
     (SELECT hash FROM account_session WHERE account_id = $1 ORDER BY seen_at DESC LIMIT $2)";

/// Every statement of this module.
pub const ALL_SQL: &[&str] =
    &[INSERT, FIND, OF_ACCOUNT, TOUCH, FAIL, END, END_NAMED, END_OTHERS, END_ALL, PURGE, TRIM];

trackway_db::row! {
    /// A stored session.
    pub struct SessionRow {
        pub hash: String,
        pub account_id: i64,
        pub stage: String,
        pub created_at: i64,
        pub seen_at: i64,
        pub idle_ms: i64,
        pub expires_at: i64,
        pub proven_at: i64,
        pub failures: i64,
        pub address: String,
        pub agent: String,
    }
}

/// How far somebody has come with signing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The password was right, the second factor is awaited.
    Second,
    /// Signed in.
    Full,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::Second => "second",
            Self::Full => "full",
        }
    }
}

/// The browser a session lives in.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// Address of the client.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
    /// "Stay signed in": thirty days instead of one.
    pub remember: bool,
}

/// A session that is about to be stored.
#[derive(Clone, Debug)]
pub struct Start {
    /// The id for the cookie; shown to nobody else.
    pub id: String,
    /// Whose.
    pub account: i64,
    /// How far.
    pub stage: Stage,
    /// Where.
    pub browser: Browser,
}

impl Start {
    /// A session with a new id.
    ///
    /// # Errors
    /// There are no random numbers.
    pub fn new(account: i64, stage: Stage, browser: Browser) -> Result<Self> {
        Ok(Self { id: secret::random_text()?, account, stage, browser })
    }

    /// Seconds for which the browser keeps the cookie; `None` until it is closed.
    pub fn max_age(&self) -> Option<i64> {
        self.browser.remember.then_some(30 * DAY_MS / 1000)
    }
}

impl SessionRow {
    /// How far the person has come.
    pub fn stage(&self) -> Stage {
        if self.stage == Stage::Full.name() { Stage::Full } else { Stage::Second }
    }

    /// Whether the person proved who they are a moment ago (SE-04).
    pub fn is_fresh(&self, now: Instant) -> bool {
        now < self.proven_at + FRESH_MS
    }

    /// Name of the session in lists: the beginning of the hash, which tells nothing of the id.
    pub fn name(&self) -> &str {
        self.hash.get(..16).unwrap_or_default()
    }

    /// Whether the time of last use should be written again.
    pub fn is_stale(&self, now: Instant) -> bool {
        now >= self.seen_at + TOUCH_MS
    }

    /// Whether the person asked to stay signed in.
    pub fn is_remembered(&self) -> bool {
        self.idle_ms > DAY_MS
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(KEPT).collect()
}

/// Stores a session, and forgets those that have ended.
///
/// # Errors
/// The database fails.
pub fn start(tx: &mut Tx<'_>, s: &Start, now: Instant) -> Result<()> {
    tx.exec(PURGE, &[&now])?;
    let (idle, life) = match (s.stage, s.browser.remember) {
        (Stage::Second, _) => (SECOND_MS, SECOND_MS),
        (Stage::Full, true) => (30 * DAY_MS, 30 * DAY_MS),
        (Stage::Full, false) => (12 * HOUR_MS, DAY_MS),
    };
    let hash = secret::hash(&s.id);
    let (address, agent) = (cut(&s.browser.address), cut(&s.browser.agent));
    tx.exec(
        INSERT,
        &[&hash, &s.account, &s.stage.name(), &now, &idle, &(now + life), &address, &agent],
    )?;
    tx.exec(TRIM, &[&s.account, &MOST])?;
    Ok(())
}

/// The live session with this id.
///
/// # Errors
/// The database fails.
pub fn find(tx: &mut Tx<'_>, id: &str, now: Instant) -> Result<Option<SessionRow>> {
    let Some(hash) = hashed(id) else { return Ok(None) };
    Ok(tx.opt(FIND, &[&hash, &now])?)
}

/// The live sessions of an account.
///
/// # Errors
/// The database fails.
pub fn of_account(tx: &mut Tx<'_>, account: i64, now: Instant) -> Result<Vec<SessionRow>> {
    Ok(tx.all(OF_ACCOUNT, &[&account, &now])?)
}

/// Notes that a session was used.
///
/// # Errors
/// The database fails.
pub fn touch(tx: &mut Tx<'_>, hash: &str, now: Instant) -> Result<()> {
    tx.exec(TOUCH, &[&hash, &now])?;
    Ok(())
}

/// Counts a failure at the second factor; the last one ends the session.
///
/// # Errors
/// The database fails.
pub fn fail(tx: &mut Tx<'_>, session: &SessionRow) -> Result<()> {
    let sql = if session.failures + 1 >= SECOND_FAILURES { END } else { FAIL };
    tx.exec(sql, &[&session.hash])?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// The database fails.
pub fn end(tx: &mut Tx<'_>, hash: &str) -> Result<()> {
    tx.exec(END, &[&hash])?;
    Ok(())
}

/// Ends a session of an account by its name in lists.
///
/// # Errors
/// The database fails.
pub fn end_named(tx: &mut Tx<'_>, account: i64, name: &str) -> Result<u64> {
    Ok(tx.exec(END_NAMED, &[&account, &name])?)
}

/// Ends the sessions of an account, but `keep` if one is given.
///
/// # Errors
/// The database fails.
pub fn end_all(tx: &mut Tx<'_>, account: i64, keep: Option<&str>) -> Result<u64> {
    Ok(match keep {
        Some(hash) => tx.exec(END_OTHERS, &[&account, &hash])?,
        None => tx.exec(END_ALL, &[&account])?,
    })
}

/// Replaces a session by one with another id (SE-02): at the second factor and when somebody
/// proves who they are once more.
///
/// # Errors
/// The database fails.
pub fn replace(tx: &mut Tx<'_>, old: &str, new: &Start, now: Instant) -> Result<()> {
    end(tx, old)?;
    start(tx, new, now)
}
