//! What an administrator may decide about the authorization server (oauth.md, 0.1 and 1.4).

use serde::{Deserialize, Serialize};

use crate::time::Instant;

/// Milliseconds of a second.
const SECOND: i64 = 1000;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// How an application is treated: by the book, or as clients of the original expect (0.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// By the book.
    Strict,
    /// As clients of the original expect.
    #[default]
    Compatible,
}

/// Who may register applications (AP-01).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// Everybody.
    #[default]
    Members,
    /// Administrators.
    Admins,
    /// Everybody, but others cannot use the application before an administrator approves it.
    Approval,
}

/// Rules of the authorization server. Times are seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Policy {
    /// Profile of new applications.
    pub default_profile: Profile,
    /// Who may register applications.
    pub app_registration: Registration,
    /// Whether tokens may be shown on the page `/verification_code` (DV-01).
    pub implicit: bool,
    /// Life of a code that travels in a redirect: 30 to 600.
    pub code_ttl: i64,
    /// Life of the codes of the device flow: 300 to 900.
    pub device_ttl: i64,
    /// Life of tokens of compatible applications: 3,600 to 31,536,000.
    pub long_token_ttl: i64,
    /// Life of access tokens of strict applications: 300 to 86,400.
    pub short_token_ttl: i64,
    /// A refresh token of a strict application ends when it is not used for so long.
    pub refresh_idle_ttl: i64,
    /// The tokens of a grant end after so long, however often they are refreshed.
    pub refresh_max_ttl: i64,
    /// For so long a confidential application may repeat its last refresh: 0 to 30.
    pub refresh_reuse_grace: i64,
    /// A token that is not used for so long ends; 0 means never.
    pub token_idle_ttl: i64,
    /// Names of scopes that are dropped silently instead of refused.
    pub ignored_scopes: Vec<String>,
    /// Whether the scope `cloud:auth` exists (IM-07).
    pub cloud_auth: bool,
    /// Whether an application may be named by the URL of a document about it, which the server
    /// then fetches.
    pub client_id_documents: bool,
    /// Whether `/info` takes a token in its query, which leaks it into logs and histories (DV-09).
    pub info_query_token: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            default_profile: Profile::default(),
            app_registration: Registration::default(),
            implicit: true,
            code_ttl: 60,
            device_ttl: 600,
            long_token_ttl: 365 * DAY,
            short_token_ttl: 3600,
            refresh_idle_ttl: 30 * DAY,
            refresh_max_ttl: 365 * DAY,
            refresh_reuse_grace: 0,
            token_idle_ttl: 180 * DAY,
            ignored_scopes: Vec::new(),
            cloud_auth: false,
            client_id_documents: true,
            info_query_token: false,
        }
    }
}

impl Policy {
    /// The rules with every time brought within its bounds (1.4).
    #[must_use]
    pub fn bounded(mut self) -> Self {
        self.code_ttl = self.code_ttl.clamp(30, 600);
        self.device_ttl = self.device_ttl.clamp(300, 900);
        self.long_token_ttl = self.long_token_ttl.clamp(3600, 365 * DAY);
        self.short_token_ttl = self.short_token_ttl.clamp(300, DAY);
        self.refresh_max_ttl = self.refresh_max_ttl.clamp(3600, 365 * DAY);
        self.refresh_idle_ttl = self.refresh_idle_ttl.clamp(3600, self.refresh_max_ttl);
        self.refresh_reuse_grace = self.refresh_reuse_grace.clamp(0, 30);
        self.token_idle_ttl = self.token_idle_ttl.max(0);
        self
    }

    /// When an access token that is issued now ends.
    pub fn access_end(&self, profile: Profile, now: Instant) -> Instant {
        now + SECOND
            * match profile {
                Profile::Strict => self.short_token_ttl,
                Profile::Compatible => self.long_token_ttl,
            }
    }

    /// When a refresh token that is issued now ends, the grant itself aside.
    pub fn refresh_end(&self, profile: Profile, now: Instant) -> Instant {
        now + SECOND
            * match profile {
                Profile::Strict => self.refresh_idle_ttl,
                Profile::Compatible => self.long_token_ttl,
            }
    }

    /// When the grant that starts now ends for good (TK-15).
    pub fn grant_end(&self, profile: Profile, now: Instant) -> Option<Instant> {
        match profile {
            Profile::Strict => Some(now + SECOND * self.refresh_max_ttl),
            // Year-scale life, renewed by each refresh, as the original has it.
            Profile::Compatible => None,
        }
    }
}
