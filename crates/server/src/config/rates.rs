//! Settings of the rate limits (oauth.md, 5.4).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Token buckets: the `[server.rates]` of the configuration file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rates {
    /// Requests of one user.
    pub user: Rate,
    /// Requests within one organisation.
    pub organization: Rate,
    /// Requests without a valid token from one address (IPv4) or /64 network (IPv6).
    pub anonymous: Rate,
    /// Requests of one application from one network for tokens.
    pub token: Rate,
    /// Limits of single users, by their ids.
    pub users: BTreeMap<UserId, Rate>,
    /// Limits of single applications in place of `token`, by their client ids.
    pub applications: BTreeMap<String, Rate>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            user: Rate { per_second: 100, burst: 300 },
            organization: Rate { per_second: 500, burst: 1000 },
            anonymous: Rate { per_second: 10, burst: 50 },
            token: Rate { per_second: 5, burst: 30 },
            users: BTreeMap::new(),
            applications: BTreeMap::new(),
        }
    }
}

/// A token bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Requests a second over a long time; 0 switches the limit off.
    pub per_second: u32,
    /// Requests at once.
    pub burst: u32,
}

/// The id of a user; keys of tables are texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserId(pub i64);

impl TryFrom<String> for UserId {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl From<UserId> for String {
    fn from(id: UserId) -> Self {
        id.0.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// API-39.
    #[test]
    fn single_users_are_named_by_their_ids() {
        let read = |text: &str| toml::from_str::<Rates>(text);
        let rates = read("[users]\n1001 = { per_second = 300, burst = 900 }").expect("rates");
        let expected = Rate { per_second: 300, burst: 900 };
        assert_eq!(rates.users.get(&UserId(1001)), Some(&expected));
        assert_eq!(rates.user, Rates::default().user);
        assert!(read("[users]\nann = { per_second = 300, burst = 900 }").is_err());
    }
}
