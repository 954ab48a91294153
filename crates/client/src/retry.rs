//! When a failed attempt is repeated, and after what pause.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::Error;

/// Pause before the first repetition when the server names none; doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Longest pause of our own choice.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A server that asks for a longer pause than this gets no repetition: the caller shall decide.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Counts the attempts of one call.
pub(crate) struct Retries {
    left: u32,
    pause: Duration,
    /// Whether the server may see the request twice.
    repeatable: bool,
}

impl Retries {
    pub(crate) fn new(retries: u32, repeatable: bool) -> Self {
        Self { left: retries, pause: FIRST_PAUSE, repeatable }
    }

    /// The pause before the next attempt, or `None` if `error` is final.
    pub(crate) fn pause_after(&mut self, error: &Error) -> Option<Duration> {
        let asked = asked_pause(error);
        let patient = asked.is_none_or(|pause| pause <= LONGEST_RETRY_AFTER);
        if !patient || !self.is_worth_repeating(error) {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        let own = jittered(self.pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Some(asked.unwrap_or(own))
    }

    fn is_worth_repeating(&self, error: &Error) -> bool {
        match error {
            Error::TooManyRequests { .. } => true,
            // A 503 with `Retry-After` says that the request was refused before any work. Without
            // it, a proxy may be telling of a server that went away in the middle.
            Error::Unavailable { retry_after, .. } => self.repeatable || retry_after.is_some(),
            // Not after a timeout in the middle: the limit is what the caller is willing to wait.
            Error::Transport(error) => {
                error.is_connect() || (self.repeatable && !error.is_timeout())
            }
            _ => false,
        }
    }
}

/// The pause the server asks for.
fn asked_pause(error: &Error) -> Option<Duration> {
    match error {
        Error::TooManyRequests { retry_after, .. } | Error::Unavailable { retry_after, .. } => {
            *retry_after
        }
        _ => None,
    }
}

/// Between half of `pause` and all of it, so that clients that failed together do not return
/// together.
fn jittered(pause: Duration) -> Duration {
    let half = pause / 2;
    let percent = u32::try_from(RandomState::new().hash_one(()) % 101).unwrap_or(100);
    half + half * percent / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, retry_after: Option<u64>) -> Error {
        Error::from_answer(
            status,
            retry_after.map(Duration::from_secs),
            trackway_api::ErrorBody::default(),
        )
    }

    #[test]
    fn only_some_answers_are_worth_it() {
        for (status, retry_after, repeatable, expected) in [
            (429, None, false, true),
            (429, Some(60), false, true),
            (429, Some(61), true, false),
            (503, None, true, true),
            (503, None, false, false),
            (503, Some(1), false, true),
            (500, None, true, false),
            (409, None, true, false),
        ] {
            let pause =
                Retries::new(1, repeatable).pause_after(&answer(status, retry_after)).is_some();
            assert_eq!(pause, expected, "{status} {retry_after:?} {repeatable}");
        }
    }

    #[test]
    fn pauses_grow_and_end() {
        let mut retries = Retries::new(3, true);
        let mut longest = FIRST_PAUSE;
        for _ in 0..3 {
            let pause = retries.pause_after(&answer(503, None)).expect("an attempt is left");
            assert!(pause >= longest / 2 && pause <= longest, "{pause:?} of {longest:?}");
            longest *= 2;
        }
        assert!(retries.pause_after(&answer(503, None)).is_none());
    }

    #[test]
    fn the_server_chooses_the_pause() {
        let pause = Retries::new(1, true).pause_after(&answer(429, Some(7)));
        assert_eq!(pause, Some(Duration::from_secs(7)));
    }
}
