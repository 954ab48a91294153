//! Getting tokens: the code flow with PKCE, the flow for devices, refreshing, and where tokens are
//! kept.
//!
//! ```no_run
//! use trackway_client::oauth::{App, FileStore, TokenStore};
//!
//! # async fn login() -> Result<(), trackway_client::Error> {
//! let app = App::new("https://tracker.example", "client-id")?;
//! let device = app.device_code(&["tracker:read", "tracker:write"]).await?;
//! println!("Open {} and enter {}", device.verification_url, device.user_code);
//! let tokens = app.wait_for_device(&device).await?;
//! FileStore::new("/home/me/.config/trackway/tokens.json").save("maria", &tokens)?;
//! # Ok(())
//! # }
//! ```

mod flow;
mod store;

pub use flow::{App, DeviceCode, Pkce};
pub use store::{FileStore, MemoryStore, TokenStore};

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// What an authorization server gives out.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// The token for [`Builder::token`](crate::Builder::token).
    pub access_token: String,
    /// Its kind, usually `bearer`.
    #[serde(default)]
    pub token_type: String,
    /// Seconds until it ends.
    #[serde(default)]
    pub expires_in: Option<u64>,
    /// When it ends, in seconds since 1970; counted from the moment it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
    /// What gets the next one.
    #[serde(default)]
    pub refresh_token: Option<String>,
    /// What it may be used for, where that is less than was asked for.
    #[serde(default)]
    pub scope: Option<String>,
}

/// A token that ends sooner than this is worth an exchange.
const SOON: Duration = Duration::from_secs(120);

impl Tokens {
    /// Whether the access token has ended or is about to, as far as is known.
    pub fn ends_soon(&self) -> bool {
        self.expires_at.is_some_and(|end| end <= now().saturating_add(SOON.as_secs()))
    }

    /// Notes when it ends, counted from now.
    fn received(mut self) -> Self {
        self.expires_at = self.expires_in.map(|seconds| now().saturating_add(seconds));
        self
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

impl std::fmt::Debug for Tokens {
    /// Leaves the tokens out.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("expires_in", &self.expires_in)
            .field("refreshable", &self.refresh_token.is_some())
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
