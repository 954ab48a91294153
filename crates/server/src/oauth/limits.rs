//! Rate limits and the lock-out of guessers (oauth.md, 5.4).

use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::config::{Config, Rate};
use crate::http::limits::{Limit, network_of, own};

/// An application and where its caller is.
type Caller = (String, u64);

/// Failures of one application within [`WINDOW`] after which only known addresses are heard.
const MOST_FAILURES: u32 = 30;
const WINDOW: Duration = Duration::from_secs(60);
/// So long an address counts as known after a success.
const KNOWN_FOR: Duration = Duration::from_secs(86_400);
/// Keys kept by one table (API-38).
const CAPACITY: usize = 100_000;
/// Characters of a client id that tell it from others; longer ones are none anyway.
const ID_CHARS: usize = 500;

/// The limits of the authorization server.
pub(crate) struct OAuthLimits {
    token: Limit<Caller>,
    /// Applications with a limit of their own.
    applications: FxHashMap<String, Limit<Caller>>,
    device: Limit<Caller>,
    inspection: Limit<String>,
    address: Limit<u64>,
    document: Limit<u64>,
    guesses: Mutex<Guesses>,
}

#[derive(Default)]
struct Guesses {
    failures: FxHashMap<String, (Instant, u32)>,
    known: FxHashMap<Caller, Instant>,
}

impl OAuthLimits {
    /// The limits; in demo mode none but the lock-out.
    pub(crate) fn new(config: &Config) -> Self {
        let limit = |rate: Rate| if config.demo { Rate::default() } else { rate };
        let rate = |per_second, burst| limit(Rate { per_second, burst });
        Self {
            token: Limit::new(limit(config.rates.token)),
            applications: own(&config.rates.applications, limit),
            device: Limit::per_minute(if config.demo { 0 } else { 10 }),
            inspection: Limit::new(rate(50, 100)),
            address: Limit::new(rate(10, 50)),
            document: Limit::per_minute(10),
            guesses: Mutex::default(),
        }
    }

    /// Counts a token request; an error is the seconds to wait.
    pub(super) fn token(&self, client_id: &str, address: &str) -> Result<(), u64> {
        let caller = caller(client_id, address);
        self.guesses.lock().admit(&caller, Instant::now())?;
        self.applications.get(&caller.0).unwrap_or(&self.token).count(&caller)
    }

    pub(super) fn device(&self, client_id: &str, address: &str) -> Result<(), u64> {
        self.device.count(&caller(client_id, address))
    }

    pub(super) fn inspection(&self, client_id: &str, address: &str) -> Result<(), u64> {
        let caller = caller(client_id, address);
        self.guesses.lock().admit(&caller, Instant::now())?;
        self.inspection.count(&caller.0)
    }

    pub(super) fn address(&self, address: &str) -> Result<(), u64> {
        self.address.count(&network_of(address))
    }

    pub(super) fn document(&self, address: &str) -> Result<(), u64> {
        self.document.count(&network_of(address))
    }

    /// Notes how an authentication ended.
    pub(super) fn authenticated(&self, client_id: &str, address: &str, good: bool) {
        self.guesses.lock().note(caller(client_id, address), good, Instant::now());
    }
}

fn caller(client_id: &str, address: &str) -> Caller {
    (client_id.chars().take(ID_CHARS).collect(), network_of(address))
}

impl Guesses {
    /// Whether to listen to this caller (S-6749-03).
    fn admit(&self, caller: &Caller, now: Instant) -> Result<(), u64> {
        let Some((since, count)) = self.failures.get(&caller.0) else { return Ok(()) };
        let over = now.duration_since(*since);
        let known = self.known.get(caller).is_some_and(|at| now.duration_since(*at) < KNOWN_FOR);
        if *count < MOST_FAILURES || over >= WINDOW || known {
            return Ok(());
        }
        Err((WINDOW.saturating_sub(over)).as_secs().max(1))
    }

    fn note(&mut self, caller: Caller, good: bool, now: Instant) {
        if good {
            if self.known.len() >= CAPACITY {
                self.known.retain(|_, at| now.duration_since(*at) < WINDOW);
            }
            if self.known.len() < CAPACITY {
                self.known.insert(caller, now);
            }
            return;
        }
        if self.failures.len() >= CAPACITY {
            self.failures.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        if self.failures.len() >= CAPACITY {
            // Somebody tries ever new names, none of which exists.
            self.failures.clear();
        }
        let entry = self.failures.entry(caller.0).or_insert((now, 0));
        if now.duration_since(entry.0) >= WINDOW {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// API-39.
    #[test]
    fn an_application_may_have_a_limit_of_its_own() {
        let mut config = Config::default();
        config.rates.token = Rate { per_second: 1, burst: 2 };
        config.rates.applications.insert("busy".to_owned(), Rate { per_second: 1, burst: 5 });
        let limits = OAuthLimits::new(&config);
        let answered = |id| (0..20).take_while(|_| limits.token(id, "192.0.2.1").is_ok()).count();
        assert_eq!((answered("other"), answered("busy")), (2, 5));
    }

    /// S-6749-03; BF-06.
    #[test]
    fn guessers_are_locked_out_and_known_addresses_are_not() {
        let mut guesses = Guesses::default();
        let start = Instant::now();
        let (good, bad) = (caller("app", "192.0.2.1"), caller("app", "192.0.2.2"));
        guesses.note(good.clone(), true, start);
        for _ in 0..30 {
            assert!(guesses.admit(&bad, start).is_ok());
            guesses.note(bad.clone(), false, start);
        }
        assert_eq!(guesses.admit(&bad, start), Err(60));
        assert!(guesses.admit(&good, start).is_ok());
        assert!(guesses.admit(&caller("other", "192.0.2.2"), start).is_ok());
        assert!(guesses.admit(&bad, start + WINDOW).is_ok());
    }
}
