//! Slows down guessing (oauth.md, 7.4). What is counted lives in memory: a restart forgives, and
//! each node of several counts for itself.

use std::net::IpAddr;

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use trackway_core::time::Instant;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// Counters kept at the same time (API-38).
const CAPACITY: usize = 100_000;

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    /// Failures of an account from a neighbourhood of addresses (BF-01).
    Pair(String, u64),
    /// Failures of an account from anywhere (BF-02).
    Account(String),
    /// Failures from a neighbourhood for any account (BF-03).
    Place(u64),
    /// Wrong second factors of an account (BF-04).
    Second(i64),
    /// Wrong codes of the first start (BS-02).
    Setup,
    /// Letters with a link to one account, and by one neighbourhood.
    Letter(String),
    /// The same by a neighbourhood.
    Letters(u64),
    /// Wrong user codes of a session, an account, a neighbourhood (DF-07).
    Device(String),
}

/// When a counter begins to hurt, and how.
struct Rule {
    free: u32,
    window: i64,
    pause: fn(u32) -> i64,
}

impl Key {
    fn rule(&self) -> Rule {
        let rule = |free, window, pause| Rule { free, window, pause };
        match self {
            // 1, 2, 4 ... 900 seconds.
            Self::Pair(..) => rule(5, HOUR, |over| SECOND * (1_i64 << over.min(10)).min(900)),
            Self::Account(_) => rule(50, HOUR, |_| HOUR),
            Self::Place(_) => rule(100, HOUR, |_| HOUR),
            Self::Second(_) => rule(20, 24 * HOUR, |_| HOUR),
            Self::Setup => rule(5, 10 * MINUTE, |_| 10 * MINUTE),
            Self::Letter(_) => rule(3, HOUR, |_| HOUR),
            Self::Letters(_) => rule(10, HOUR, |_| HOUR),
            Self::Device(name) => {
                let free = match name.as_bytes().first() {
                    Some(b's') => 5,
                    Some(b'a') => 10,
                    _ => 20,
                };
                rule(free, 10 * MINUTE, |_| 10 * MINUTE)
            }
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    failures: u32,
    since: Instant,
    until: Instant,
}

/// The counters.
#[derive(Default)]
pub(crate) struct Guard(Mutex<FxHashMap<Key, Count>>);

impl Guard {
    /// How many seconds are left to wait, if any.
    pub(crate) fn wait(&self, keys: &[Key], now: Instant) -> Option<i64> {
        let counts = self.0.lock();
        let waits = keys.iter().filter_map(|key| counts.get(key)).map(|count| count.until - now);
        let longest = waits.max().filter(|ms| *ms > 0)?;
        Some((longest + SECOND - 1) / SECOND)
    }

    /// Counts a failure under every key.
    pub(crate) fn fail(&self, keys: &[Key], now: Instant) {
        let mut counts = self.0.lock();
        if counts.len() + keys.len() > CAPACITY {
            counts.retain(|key, count| now < count.until.max(count.since + key.rule().window));
            if counts.len() + keys.len() > CAPACITY {
                counts.clear();
            }
        }
        for key in keys {
            let rule = key.rule();
            let count = counts.entry(key.clone()).or_default();
            if now >= count.since + rule.window && now >= count.until {
                *count = Count { since: now, ..Count::default() };
            }
            count.failures += 1;
            if count.failures >= rule.free {
                count.until = now + (rule.pause)(count.failures - rule.free);
            }
        }
    }

    /// Forgets a counter after a success. Those of accounts and places are never forgotten.
    pub(crate) fn forgive(&self, key: &Key) {
        self.0.lock().remove(key);
    }
}

/// A neighbourhood of addresses: /24 in IPv4, /64 in IPv6.
pub(crate) fn place(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(ip) => u64::from(u32::from(ip) >> 8),
        IpAddr::V6(ip) => u64::try_from(u128::from(ip) >> 64).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> [Key; 1] {
        [Key::Pair("ann".to_owned(), 1)]
    }

    /// BF-01; T-26: a simulated attacker.
    #[test]
    fn each_failure_after_the_fifth_doubles_the_pause() {
        let guard = Guard::default();
        let mut now = 1_000_000;
        let mut waited = Vec::new();
        for _ in 0..20 {
            if let Some(seconds) = guard.wait(&pair(), now) {
                waited.push(seconds);
                now += seconds * SECOND;
            }
            assert_eq!(guard.wait(&pair(), now), None);
            guard.fail(&pair(), now);
        }
        assert_eq!(waited.get(..4), Some(&[1, 2, 4, 8][..]));
        assert_eq!(waited.last(), Some(&900));
        assert_eq!(guard.wait(&[Key::Pair("ann".to_owned(), 2)], now), None, "another place");
    }

    /// BF-03: a hundred failures from one place close it for an hour, whatever the account.
    #[test]
    fn a_place_that_guesses_is_closed() {
        let guard = Guard::default();
        let keys = |n: i64| [Key::Pair(format!("login{n}"), 9), Key::Place(9)];
        for n in 0..100 {
            assert_eq!(guard.wait(&keys(n), n), None);
            guard.fail(&keys(n), n);
        }
        assert!(guard.wait(&keys(100), 100).is_some());
        assert!(guard.wait(&[Key::Place(9)], HOUR - SECOND).is_some());
        assert_eq!(guard.wait(&[Key::Place(9)], 99 + HOUR), None);
        assert_eq!(guard.wait(&[Key::Place(8)], 100), None, "another place");
    }

    #[test]
    fn a_success_forgives_the_pair() {
        let guard = Guard::default();
        (0..5).for_each(|_| guard.fail(&pair(), 0));
        assert!(guard.wait(&pair(), 0).is_some());
        guard.forgive(&pair()[0]);
        assert!(guard.wait(&pair(), 0).is_none());
    }

    /// API-38; T-46.
    #[test]
    fn counters_do_not_grow_without_end() {
        let guard = Guard::default();
        for i in 0..(CAPACITY as u64 + 1000) {
            guard.fail(&[Key::Place(i)], 0);
        }
        assert!(guard.0.lock().len() <= CAPACITY);
    }
}
