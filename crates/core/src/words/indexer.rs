//! Storing the words of issues that were noted.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use trackway_db::Tx;

use super::cache::Tokens;
use super::stem::{self, Part};
use super::{find, fresh, store};
use crate::error::{Error, Result};
use crate::field::no::FieldNo;
use crate::tracker::Tracker;

/// Issues whose texts are read at once.
const BATCH: i64 = 64;
/// The same when nobody waits.
const LARGE_BATCH: i64 = 2000;
/// How long one transaction may store words. On SQLite other writes wait meanwhile, and storing
/// those of one issue takes more than a millisecond with a million of them.
const TURN: Duration = Duration::from_millis(2);
/// With so many issues on the list searches become slow, so storing them comes before writes.
const URGENT: i64 = 2000;

/// An issue on the list, with its organisation and its version there.
type Noted = (i64, i64, i64);
/// It with its words, and these joined as they are stored.
type Words = (Noted, Tokens, String);
/// What one transaction did: the generation it made, how many issues it looked at, those it stored.
type Turn = (i64, usize, Vec<(i64, Tokens)>);

impl Tracker {
    /// Stores the words of some issues that were noted; whether there may be more. It does nothing
    /// while writes wait, unless the list has become long.
    ///
    /// # Errors
    /// The database fails.
    pub fn index_words(&self) -> Result<bool> {
        let count = self.pending_words()?;
        if count == 0 || (count < URGENT && self.db().queued().write > 0) {
            return Ok(false);
        }
        self.index_batch(BATCH, TURN)
    }

    /// Stores the words of all issues that were noted.
    ///
    /// # Errors
    /// The database fails.
    pub fn index_all_words(&self, mut progress: impl FnMut(u64)) -> Result<()> {
        while self.index_batch(LARGE_BATCH, Duration::MAX)? {
            progress(self.pending_words()?.unsigned_abs());
        }
        Ok(())
    }

    /// How many issues are noted.
    ///
    /// # Errors
    /// The database fails.
    pub fn pending_words(&self) -> Result<i64> {
        let (count,): (i64,) =
            self.db().read(|tx| tx.one(store::COUNT, &[]).map_err(Error::from))?;
        Ok(count)
    }

    /// Notes every issue of every organisation, so that all words are stored anew.
    ///
    /// # Errors
    /// The database fails.
    pub fn renew_words(&self) -> Result<()> {
        let orgs: Vec<i64> = self.world().orgs().map(|dict| dict.org_id).collect();
        for org in orgs {
            self.db().write_now(|tx| {
                tx.exec(store::TOUCH_ALL, &[&org, &fresh()]).map(drop).map_err(Error::from)
            })?;
        }
        Ok(())
    }

    fn index_batch(&self, size: i64, turn: Duration) -> Result<bool> {
        let noted: Vec<Noted> =
            self.db().read(|tx| tx.all(store::FIRST, &[&size]).map_err(Error::from))?;
        for of_org in noted.chunk_by(|a, b| a.0 == b.0) {
            let Some((org, ..)) = of_org.first() else { continue };
            self.index_org(*org, of_org, turn)?;
        }
        Ok(i64::try_from(noted.len()).unwrap_or(size) == size)
    }

    fn index_org(&self, org: i64, noted: &[Noted], turn: Duration) -> Result<()> {
        let world = self.world();
        let Some(dict) = world.org(org) else { return Ok(()) };
        let ids: Vec<i64> = noted.iter().map(|(_, issue, _)| *issue).collect();
        // Read and stemmed before the write, so that others are not kept waiting.
        let mut tokens = self.db().read(|tx| find::tokens_of(tx, dict, &ids))?;
        let issues: Vec<Words> = noted
            .iter()
            .map(|noted| {
                let tokens = tokens.remove(&noted.1).unwrap_or_default();
                let text = join(&tokens);
                (*noted, tokens, text)
            })
            .collect();
        let mut rest = issues.as_slice();
        while !rest.is_empty() {
            let (generation, done, stored) =
                self.db().write_now(|tx| store_some(tx, org, rest, turn))?;
            rest = rest.get(done..).unwrap_or_default();
            self.index(org)?.words.advance(generation - 1, generation, Some(&stored));
        }
        Ok(())
    }
}

fn join(tokens: &Tokens) -> String {
    let mut words: Vec<&str> = tokens.iter().map(AsRef::as_ref).collect();
    words.sort_unstable();
    words.join(" ")
}

/// Stores words of at least the first of `issues` and of more while the turn lasts, unless texts
/// changed after they were read. Returns the generation, how many were looked at, and those stored.
fn store_some(tx: &mut Tx<'_>, org: i64, issues: &[Words], turn: Duration) -> Result<Turn> {
    let start = clock();
    let (mut done, mut stored) = (0, Vec::new());
    let (generation,): (i64,) = tx.one(store::NEXT_GENERATION, &[&org])?;
    for ((_, issue, version), tokens, text) in issues {
        if tx.exec(store::DONE, &[&org, issue, version])? == 1 {
            store::put(tx, org, generation, *issue, text)?;
            stored.push((*issue, Arc::clone(tokens)));
        }
        done += 1;
        if start.elapsed() >= turn {
            break;
        }
    }
    Ok((generation, done, stored))
}

#[expect(clippy::disallowed_methods, reason = "how long a turn lasts is no time of the domain")]
fn clock() -> Instant {
    Instant::now()
}

/// Stores the words of new issues within the transaction that makes them (mass filling). Each
/// comes with the texts of its fields.
///
/// # Errors
/// The database fails.
pub(crate) fn store_now(
    tx: &mut Tx<'_>,
    org: i64,
    issues: impl Iterator<Item = (i64, Vec<(FieldNo, String)>)>,
) -> Result<()> {
    let (generation,): (i64,) = tx.one(store::NEXT_GENERATION, &[&org])?;
    for (issue, texts) in issues {
        let mut tokens = BTreeSet::new();
        for (field, text) in texts {
            stem::tokens(Part::Field(field), &text, &mut tokens);
        }
        let stems: Vec<String> = tokens.into_iter().collect();
        store::put(tx, org, generation, issue, &stems.join(" "))?;
    }
    Ok(())
}
