//! Who makes a request: the `Authorization` header and the token in it (oauth.md, API-01..API-17).

use std::time::{Duration, Instant as Clock};

use http::HeaderMap;
use http::header::AUTHORIZATION;
use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use trackway_core::time::Instant;
use trackway_core::token::{self, Token, TokenHash};
use trackway_core::{Code, Error, Result};

use crate::App;
use crate::lanes;

/// What the official Python client sends instead of nothing (API-06).
pub(super) const NOT_PROVIDED: &str = "not provided";

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
    fn get(&self, hash: &TokenHash, now: Clock) -> Option<Known> {
        let entries = self.entries.read();
        entries.get(hash).filter(|entry| now < entry.until).map(|entry| entry.known.clone())
    }

    fn put(&self, hash: TokenHash, known: Known, now: Clock) {
        let mut entries = self.entries.write();
        if entries.len() >= CAPACITY {
            entries.retain(|_, entry| now < entry.until);
        }
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.insert(hash, Entry { known, until: now + self.life });
    }
}

/// The token a request carries.
///
/// # Errors
/// The answers of API-12 to API-17, and of API-24 when the database fails.
pub(super) async fn token(app: &App, headers: &HeaderMap, now: Instant) -> Result<Token> {
    let hash = TokenHash::of(presented(headers)?).ok_or_else(|| Code::TokenInvalid.err())?;
    let clock = Clock::now();
    let known = match app.tokens.get(&hash, clock) {
        Some(known) => known,
        None => look_up(app, hash, clock).await?,
    };
    known.0.filter(|token| token.is_alive(now)).ok_or_else(|| Code::TokenInvalid.err())
}

async fn look_up(app: &App, hash: TokenHash, clock: Clock) -> Result<Known> {
    let wanted = hash.clone();
    let limit = Duration::from_secs(app.config.limits.read_seconds);
    let found = lanes::read(&app.tracker, limit, move |tx| token::find(tx, &wanted))
        .await
        .map_err(unavailable)?;
    let known = Known(found);
    app.tokens.put(hash, known.clone(), clock);
    Ok(known)
}

/// A database that fails while somebody is let in counts as down (API-24).
fn unavailable(error: Error) -> Error {
    let mut told = Code::Overloaded.err();
    told.cause = error.cause.or_else(|| Some(format!("{:?}", error.code)));
    told
}

/// The token text of the `Authorization` header.
fn presented(headers: &HeaderMap) -> Result<&str> {
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
        assert!(cache.get(&hash, now).is_none());
        cache.put(hash.clone(), Known(None), now);
        assert!(matches!(cache.get(&hash, now + Duration::from_secs(4)), Some(Known(None))));
        assert!(cache.get(&hash, now + Duration::from_secs(5)).is_none());
    }
}
