//! The code of the first start (oauth.md, BS-02): whoever can read the server's output or its data
//! folder may make the first administrator.

use data_encoding::BASE32_NOPAD;
use trackway_core::account::setup;
use trackway_core::time::{DAY_MS, Instant};
use trackway_core::{Result, Tracker, secret};

/// A one-time code of 160 bits.
pub(crate) struct SetupCode {
    text: String,
    until: Instant,
}

impl SetupCode {
    /// A code, where nobody has set the installation up.
    ///
    /// # Errors
    /// There are no random numbers.
    pub(crate) fn if_needed(tracker: &Tracker) -> Result<Option<Self>> {
        if setup::is_needed(&tracker.world()) {
            Self::new(super::now()).map(Some)
        } else {
            Ok(None)
        }
    }

    /// A new code, good for a day.
    ///
    /// # Errors
    /// There are no random numbers.
    pub(crate) fn new(now: Instant) -> Result<Self> {
        let plain = BASE32_NOPAD.encode(&secret::random::<20>()?);
        let groups = plain.as_bytes().chunks(4).map(String::from_utf8_lossy);
        Ok(Self { text: groups.collect::<Vec<_>>().join("-"), until: now + DAY_MS })
    }

    /// The code as people see it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether this is the code, written in any way.
    pub(crate) fn admits(&self, given: &str, now: Instant) -> bool {
        let plain = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
        };
        now < self.until && secret::equal(plain(given).as_bytes(), plain(&self.text).as_bytes())
    }
}
