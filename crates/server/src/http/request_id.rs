//! `X-Request-Id`: the name of one request in answers and logs.

use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};

/// The header.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id taken from a caller.
const LONGEST: usize = 128;

/// Makes ids that no other process makes.
pub(crate) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl RequestIds {
    /// Ids of this process.
    pub(crate) fn new() -> Self {
        // Without randomness ids are still unique within the process.
        let process = getrandom::u64().unwrap_or_default();
        Self { process, next: AtomicU64::new(1) }
    }

    /// The caller's id if it is a sensible one, else a new one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        if let Some(given) = headers.get(X_REQUEST_ID)
            && is_sensible(given.as_bytes())
        {
            return given.clone();
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = format!("{:016x}{number:08x}", self.process);
        HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }
}

/// Letters, digits, `-`, `_`, `.`: nothing that could forge a line of a log.
fn is_sensible(id: &[u8]) -> bool {
    (1..=LONGEST).contains(&id.len())
        && id.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sensible_ids_are_kept_and_others_replaced() {
        let ids = RequestIds::new();
        let of = |given: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(X_REQUEST_ID, HeaderValue::from_static(given));
            ids.of(&headers)
        };
        assert_eq!(of("6b1f-A_c.9"), "6b1f-A_c.9");
        assert_ne!(of("a b"), "a b");
        assert_ne!(of(""), "");
        assert_ne!(ids.of(&HeaderMap::new()), ids.of(&HeaderMap::new()));
        assert!(!is_sensible(&[b'a'; LONGEST + 1]));
    }
}
