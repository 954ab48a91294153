//! How workers of this process hear that something was committed.

use std::time::Duration;

use parking_lot::{Condvar, Mutex};

/// A counter that threads wait for.
#[derive(Debug, Default)]
pub struct Signal {
    count: Mutex<u64>,
    raised: Condvar,
}

impl Signal {
    /// Wakes everybody who waits.
    pub fn raise(&self) {
        *self.count.lock() += 1;
        self.raised.notify_all();
    }

    /// Waits until the signal has been raised since `seen`, or until the time is over. Answers the
    /// new state, to be given next time.
    pub fn wait(&self, seen: u64, limit: Duration) -> u64 {
        let mut count = self.count.lock();
        self.raised.wait_while_for(&mut count, |count| *count == seen, limit);
        *count
    }

    /// The present state.
    pub fn state(&self) -> u64 {
        *self.count.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_raised_before_the_wait_is_not_missed() {
        let signal = Signal::default();
        let seen = signal.state();
        signal.raise();
        assert_ne!(signal.wait(seen, Duration::from_secs(3600)), seen);
        let seen = signal.state();
        assert_eq!(signal.wait(seen, Duration::from_millis(1)), seen, "the time is over");
    }
}
