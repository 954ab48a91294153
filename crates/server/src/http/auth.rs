//! Who makes a request: the `Authorization` header and the token in it (oauth.md, API-01..API-17).

use std::time::{Duration, Instant as Clock};

use http::HeaderMap;
use http::header::AUTHORIZATION;
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use trackway_core::account_cx::{AccountCx, Visit};
use trackway_core::token::{self, Token, TokenHash};
use trackway_core::{Code, Error, Result};

use crate::App;
use crate::lanes;

/// What the official Python client sends instead of nothing (API-06).
pub(super) const NOT_PROVIDED: &str = "not provided";

/// How often the use of a token is noted.
const NOTE_EVERY: Duration = Duration::from_secs(60);

/// Answers kept at the same time.
const CAPACITY: usize = 100_000;

/// What the database said about tokens lately, found and not found alike.
pub(crate) struct TokenCache {
    entries: RwLock<FxHashMap<TokenHash, Entry>>,
    life: Duration,
}

struct Entry {
    known: Known,
    until: Clock,
    /// What the tracker's count of changed credentials was before the database was asked.
    version: u64,
    /// When the use of the token was last noted.
    noted: Option<Clock>,
}

/// The token, or that there is none.
#[derive(Clone)]
struct Known(Option<Token>);

impl TokenCache {
    /// A cache whose entries live so long.
    pub(crate) fn new(life: Duration) -> Self {
        Self { entries: RwLock::default(), life }
    }

    /// What is known of a token, if anything is.
    fn get(&self, hash: &TokenHash, version: u64, now: Clock) -> Option<Known> {
        let entries = self.entries.read();
        let entry = entries.get(hash)?;
        (now < entry.until && entry.version == version).then(|| entry.known.clone())
    }

    /// Whether the use of a token is to be noted now: at most once a minute (API-32).
    fn is_to_be_noted(&self, hash: &TokenHash, now: Clock) -> bool {
        let is_due = |entry: &Entry| entry.noted.is_none_or(|last| now >= last + NOTE_EVERY);
        if !self.entries.read().get(hash).is_some_and(is_due) {
            return false;
        }
        match self.entries.write().get_mut(hash) {
            Some(entry) if is_due(entry) => {
                entry.noted = Some(now);
                true
            }
            _ => false,
        }
    }

    fn put(&self, hash: TokenHash, known: Known, version: u64, now: Clock) {
        let mut entries = self.entries.write();
        if entries.len() >= CAPACITY {
            entries.retain(|_, entry| now < entry.until);
        }
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        let noted = entries.get(&hash).and_then(|entry| entry.noted);
        entries.insert(hash, Entry { known, until: now + self.life, version, noted });
    }
}

/// The token a request carries.
///
/// # Errors
/// The answers of API-12 to API-17, and of API-24 when the database fails.
pub(crate) async fn token(app: &App, headers: &HeaderMap, visit: &Visit) -> Result<Token> {
    let token = presented_token(app, headers, visit).await?;
    // A token for another resource of this server is none for the API (RFC 8707).
    if token.resource.is_empty() { Ok(token) } else { Err(Code::TokenInvalid.err()) }
}

/// The same whatever resource the token is for; the caller looks at `resource`.
///
/// # Errors
/// As [`token`].
pub(crate) async fn presented_token(
    app: &App,
    headers: &HeaderMap,
    visit: &Visit,
) -> Result<Token> {
    let hash = TokenHash::of(presented(headers)?).ok_or_else(|| Code::TokenInvalid.err())?;
    let clock = Clock::now();
    let version = app.tracker.credentials_version();
    let known = match app.tokens.get(&hash, version, clock) {
        Some(known) => known,
        None => look_up(app, &hash, version, clock).await?,
    };
    let idle = app.config.auth.token_idle_ttl.saturating_mul(1000);
    let token = known
        .0
        .filter(|token| token.is_alive(visit.now, idle))
        .ok_or_else(|| Code::TokenInvalid.err())?;
    if app.tokens.is_to_be_noted(&hash, clock) {
        note(app, hash, token.clone(), visit.clone());
    }
    Ok(token)
}

/// Notes the use of a token, without making anybody wait for it.
fn note(app: &App, hash: TokenHash, token: Token, visit: Visit) {
    let run = move |cx: &mut AccountCx<'_, '_>| {
        let from = (cx.visit.address.clone(), cx.visit.agent.clone());
        if token::used(cx.tx, &hash, &token, cx.now(), (&from.0, &from.1))? {
            cx.credentials_changed();
        }
        Ok(())
    };
    let job = app.tracker.account_job("NoteTokenUse", visit, run, |result| {
        if let Err(error) = result {
            tracing::warn!(%error, "the use of a token could not be noted");
        }
    });
    // A full queue has better things to do.
    if app.tracker.db().submit_write(job).is_err() {
        tracing::debug!("the use of a token is not noted");
    }
}

async fn look_up(app: &App, hash: &TokenHash, version: u64, clock: Clock) -> Result<Known> {
    let wanted = hash.clone();
    let limit = Duration::from_secs(app.config.limits.read_seconds);
    let found = lanes::read(&app.tracker, limit, move |tx| token::find(tx, &wanted))
        .await
        .map_err(unavailable)?;
    let known = Known(found);
    app.tokens.put(hash.clone(), known.clone(), version, clock);
    Ok(known)
}

/// A database that fails while somebody is let in counts as down (API-24).
fn unavailable(error: Error) -> Error {
    let mut told = Code::Overloaded.err();
    told.cause = error.cause.or_else(|| Some(format!("{:?}", error.code)));
    told
}

/// The token text of the `Authorization` header.
pub(crate) fn presented(headers: &HeaderMap) -> Result<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or_else(|| Code::AuthRequired.err())?;
    if values.next().is_some() {
        return Err(Code::AuthMalformed.err());
    }
    let blank = [' ', '\t'];
    let text = value.to_str().map_err(|_| Code::AuthMalformed.err())?.trim_matches(blank);
    if text.is_empty() || text == NOT_PROVIDED {
        return Err(Code::AuthRequired.err());
    }
    let (scheme, token) = text.split_once(blank).unwrap_or((text, ""));
    if !["oauth", "bearer"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(Code::AuthScheme.err());
    }
    let token = token.trim_matches(blank);
    if token == NOT_PROVIDED {
        return Err(Code::AuthRequired.err());
    }
    if token.is_empty() || token.contains(blank) {
        return Err(Code::AuthMalformed.err());
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str]) -> Result<String, Code> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, http::HeaderValue::from_static(value));
        }
        presented(&headers).map(str::to_owned).map_err(|error| error.code)
    }

    /// The rows API-12 to API-14 and the rules API-01, API-02, API-06.
    #[test]
    fn the_table_of_authorization_headers() {
        for good in ["OAuth abc", "oauth abc", "Bearer abc", "BEARER   abc", " OAuth \t abc "] {
            assert_eq!(read(&[good]).as_deref(), Ok("abc"), "{good}");
        }
        for absent in ["", "not provided", "OAuth not provided", "Bearer not provided"] {
            assert_eq!(read(&[absent]), Err(Code::AuthRequired), "{absent}");
        }
        assert_eq!(read(&[]), Err(Code::AuthRequired));
        for scheme in ["Basic abc", "abc", "y0_abc", "Token abc"] {
            assert_eq!(read(&[scheme]), Err(Code::AuthScheme), "{scheme}");
        }
        for malformed in ["OAuth", "Bearer ", "OAuth a b", "OAuth a\tb"] {
            assert_eq!(read(&[malformed]), Err(Code::AuthMalformed), "{malformed}");
        }
        assert_eq!(read(&["OAuth abc", "OAuth abc"]), Err(Code::AuthMalformed));
    }

    #[test]
    fn answers_are_kept_for_a_while() {
        let cache = TokenCache::new(Duration::from_secs(5));
        let now = Clock::now();
        let hash = TokenHash("aa".to_owned());
        assert!(cache.get(&hash, 0, now).is_none());
        cache.put(hash.clone(), Known(None), 0, now);
        assert!(matches!(cache.get(&hash, 0, now + Duration::from_secs(4)), Some(Known(None))));
        assert!(cache.get(&hash, 0, now + Duration::from_secs(5)).is_none());
        assert!(cache.get(&hash, 1, now).is_none(), "credentials have changed since");
    }

    /// API-32.
    #[test]
    fn uses_are_noted_once_a_minute() {
        let cache = TokenCache::new(Duration::from_secs(5));
        let (now, hash) = (Clock::now(), TokenHash("aa".to_owned()));
        cache.put(hash.clone(), Known(None), 0, now);
        assert!(cache.is_to_be_noted(&hash, now));
        assert!(!cache.is_to_be_noted(&hash, now + Duration::from_secs(59)));
        cache.put(hash.clone(), Known(None), 1, now + Duration::from_secs(30));
        assert!(!cache.is_to_be_noted(&hash, now + Duration::from_secs(59)), "read again");
        assert!(cache.is_to_be_noted(&hash, now + NOTE_EVERY));
    }
}
