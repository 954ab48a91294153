//! Rate limits (oauth.md, 5.4 and API-37..API-39).

use std::collections::BTreeMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::header::RETRY_AFTER;
use rustc_hash::FxHashMap;
use trackway_core::Code;

use super::errors::Refusal;
use crate::config::{Config, Rate, UserId};

/// Keys remembered by one limit (API-38). Only keys that wait for their tokens to come back need
/// remembering, which is a moment each, so that many cannot be reached by honest means.
const CAPACITY: usize = 100_000;

/// The rate limits of the API.
pub(crate) struct RateLimits {
    user: Limit<i64>,
    /// Users with a limit of their own.
    users: FxHashMap<UserId, Limit<i64>>,
    organization: Limit<i64>,
    anonymous: Limit<u64>,
}

impl RateLimits {
    /// The limits of the settings; none in demo mode.
    pub(crate) fn new(config: &Config) -> Self {
        let limit = |rate: Rate| if config.demo { Rate::default() } else { rate };
        Self {
            user: Limit::new(limit(config.rates.user)),
            users: own(&config.rates.users, limit),
            organization: Limit::new(limit(config.rates.organization)),
            anonymous: Limit::new(limit(config.rates.anonymous)),
        }
    }

    /// Counts a request of a user in an organisation.
    ///
    /// # Errors
    /// 429.
    pub(super) fn request(&self, uid: i64, org_id: i64) -> Result<(), Refusal> {
        self.users.get(&UserId(uid)).unwrap_or(&self.user).take(&uid)?;
        self.organization.take(&org_id)
    }

    /// Counts a request without a valid token.
    ///
    /// # Errors
    /// 429.
    pub(crate) fn anonymous(&self, client: IpAddr) -> Result<(), Refusal> {
        self.anonymous.take(&network(client))
    }
}

/// Limits of single users or applications (API-39).
pub(crate) fn own<I: Hash + Eq + Clone, K: Hash + Eq + Clone>(
    rates: &BTreeMap<I, Rate>,
    limit: impl Fn(Rate) -> Rate,
) -> FxHashMap<I, Limit<K>> {
    rates.iter().map(|(id, rate)| (id.clone(), Limit::new(limit(*rate)))).collect()
}

/// An IPv4 address, or the /64 network of an IPv6 one, which is what one household gets. The two
/// cannot collide: no IPv6 network in use starts with 32 zero bits.
fn network(client: IpAddr) -> u64 {
    match client.to_canonical() {
        IpAddr::V4(ip) => u64::from(u32::from(ip)),
        IpAddr::V6(ip) => u64::try_from(u128::from(ip) >> 64).unwrap_or(u64::MAX),
    }
}

/// The same for an address in text.
pub(crate) fn network_of(address: &str) -> u64 {
    address.parse().map_or(0, network)
}

/// One token bucket a key.
pub(crate) struct Limit<K: Hash + Eq + Clone> {
    /// `None` when switched off.
    limiter: Option<DefaultKeyedRateLimiter<K>>,
    clock: DefaultClock,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    pub(crate) fn new(rate: Rate) -> Self {
        let limiter = NonZeroU32::new(rate.per_second).map(|per_second| {
            let burst = NonZeroU32::new(rate.burst).unwrap_or(per_second);
            RateLimiter::dashmap(Quota::per_second(per_second).allow_burst(burst))
        });
        Self { limiter, clock: DefaultClock::default() }
    }

    /// So many a minute, all at once if wanted; 0 switches the limit off.
    pub(crate) fn per_minute(count: u32) -> Self {
        let limiter =
            NonZeroU32::new(count).map(|count| RateLimiter::dashmap(Quota::per_minute(count)));
        Self { limiter, clock: DefaultClock::default() }
    }

    fn take(&self, key: &K) -> Result<(), Refusal> {
        self.count(key).map_err(|seconds| {
            Refusal::from(Code::TooManyRequests.err()).with(RETRY_AFTER, seconds)
        })
    }

    /// Counts one; an error is the whole seconds to wait.
    pub(crate) fn count(&self, key: &K) -> Result<(), u64> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        let Err(not_until) = limiter.check_key(key) else {
            if limiter.len() > CAPACITY {
                limiter.retain_recent();
            }
            return Ok(());
        };
        let wait = not_until.wait_time_from(self.clock.now());
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        Err(u64::try_from(seconds).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// API-22.
    #[test]
    fn a_full_bucket_is_told_when_to_come_again() {
        let limit = Limit::new(Rate { per_second: 1, burst: 2 });
        assert!(limit.take(&1).is_ok());
        assert!(limit.take(&1).is_ok());
        let refusal = limit.take(&1).expect_err("the third");
        assert_eq!(refusal.code(), Code::TooManyRequests);
        assert_eq!(refusal.header("retry-after"), Some("1"));
        assert!(limit.take(&2).is_ok(), "another key");
    }

    /// API-39.
    #[test]
    fn zero_switches_a_limit_off() {
        let limit = Limit::new(Rate { per_second: 0, burst: 5 });
        assert!((0..1000).all(|_| limit.take(&1).is_ok()));
    }

    /// API-39.
    #[test]
    fn a_user_may_have_a_limit_of_their_own() {
        let mut config = Config::default();
        config.rates.user = Rate { per_second: 1, burst: 2 };
        config.rates.users.insert(UserId(7), Rate { per_second: 1, burst: 5 });
        config.rates.users.insert(UserId(8), Rate { per_second: 0, burst: 0 });
        let limits = RateLimits::new(&config);
        let answered = |uid| (0..20).take_while(|_| limits.request(uid, 1).is_ok()).count();
        assert_eq!((answered(6), answered(7), answered(8)), (2, 5, 20));
    }

    #[test]
    fn neighbours_in_ipv6_share_a_bucket() {
        let key = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
        assert_eq!(key("192.0.2.1"), key("::ffff:192.0.2.1"));
    }
}
