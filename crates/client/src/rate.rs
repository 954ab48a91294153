//! A limit of our own on how fast requests go out, so that a server need not refuse them.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Gives out moments at which requests may start, evenly spaced.
#[derive(Debug)]
pub(crate) struct Rate {
    gap: Duration,
    next: Mutex<Option<Instant>>,
}

impl Rate {
    pub(crate) fn per_second(requests: u32) -> Self {
        Self { gap: Duration::from_secs(1) / requests.max(1), next: Mutex::new(None) }
    }

    /// Waits for the next moment; callers are served in the order in which they came.
    pub(crate) async fn turn(&self) {
        sleep_until(self.reserve(Instant::now())).await;
    }

    fn reserve(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mine = next.map_or(now, |next| next.max(now));
        *next = Some(mine + self.gap);
        mine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_spaced_and_idle_time_is_not_saved_up() {
        let rate = Rate::per_second(10);
        let (start, gap) = (Instant::now(), Duration::from_millis(100));
        assert_eq!(rate.reserve(start), start);
        assert_eq!(rate.reserve(start), start + gap);
        let later = start + 10 * gap;
        assert_eq!(rate.reserve(later), later);
        assert_eq!(rate.reserve(later), later + gap);
    }
}
