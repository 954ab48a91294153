//! A timer of an issue: `none -> running -> paused <-> running -> stopped` (automation.md, 4).

use super::calendar;
use super::model::{Calendar, Level};
use crate::time::Instant;

/// What a timer does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It counts.
    #[default]
    Started,
    /// It is held.
    Paused,
    /// It has ended.
    Stopped,
}

impl State {
    const ALL: [Self; 3] = [Self::Started, Self::Paused, Self::Stopped];

    /// Number in the database.
    pub const fn number(self) -> i64 {
        self as i64
    }

    /// The state of a number.
    pub fn from_number(number: i64) -> Self {
        Self::ALL.into_iter().find(|state| state.number() == number).unwrap_or(Self::Stopped)
    }

    /// Name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Started => "STARTED",
            Self::Paused => "PAUSED",
            Self::Stopped => "STOPPED",
        }
    }
}

trackway_db::row! {
    /// A timer as it is stored.
    pub struct Timer {
        pub issue_id: i64,
        pub rule_id: i64,
        pub state: i64,
        pub started_at: i64,
        pub since: i64,
        pub spent: i64,
        pub paused_ms: i64,
        pub stopped_at: Option<i64>,
        pub warn: Option<i64>,
        pub max_spent: i64,
        pub warn_at: Option<i64>,
        pub fail_at: Option<i64>,
        pub violated: i64,
    }
}

impl Timer {
    /// A timer that begins to count.
    pub fn start(
        issue: i64,
        rule: i64,
        level: &Level,
        calendar: Option<&Calendar>,
        at: Instant,
    ) -> Self {
        let mut timer = Self {
            issue_id: issue,
            rule_id: rule,
            state: State::Started.number(),
            started_at: at,
            since: at,
            spent: 0,
            paused_ms: 0,
            stopped_at: None,
            warn: level.warn,
            max_spent: level.limit,
            warn_at: None,
            fail_at: None,
            violated: 0,
        };
        timer.project(calendar, at);
        timer
    }

    /// What it does now.
    pub fn state(&self) -> State {
        State::from_number(self.state)
    }

    /// Working time so far.
    pub fn spent_at(&self, calendar: Option<&Calendar>, at: Instant) -> i64 {
        match self.state() {
            State::Started => self.spent + calendar::between(calendar, self.since, at),
            State::Paused | State::Stopped => self.spent,
        }
    }

    /// Computes when warning and failure come if nothing happens.
    pub fn project(&mut self, calendar: Option<&Calendar>, at: Instant) {
        let (spent, running) = (self.spent_at(calendar, at), self.state() == State::Started);
        let end = |limit: i64| {
            (running && limit > spent)
                .then(|| calendar::after(calendar, at, limit - spent))
                .flatten()
        };
        // What has come already stays known.
        self.warn_at = if self.violated >= 1 { self.warn_at } else { self.warn.and_then(end) };
        self.fail_at = if self.violated >= 2 { self.fail_at } else { end(self.max_spent) };
    }

    /// Holds it.
    pub fn pause(&mut self, calendar: Option<&Calendar>, at: Instant) {
        if self.state() == State::Started {
            self.spent = self.spent_at(calendar, at);
            self.state = State::Paused.number();
            self.since = at;
            self.project(calendar, at);
        }
    }

    /// Lets it go on.
    pub fn resume(&mut self, calendar: Option<&Calendar>, at: Instant) {
        if self.state() == State::Paused {
            self.paused_ms += (at - self.since).max(0);
            self.state = State::Started.number();
            self.since = at;
            self.project(calendar, at);
        }
    }

    /// Ends it.
    pub fn stop(&mut self, calendar: Option<&Calendar>, at: Instant) {
        if self.state() != State::Stopped {
            self.spent = self.spent_at(calendar, at);
            self.state = State::Stopped.number();
            self.since = at;
            self.stopped_at = Some(at);
            self.project(calendar, at);
        }
    }

    /// Lets it count again after its end.
    pub fn restart(&mut self, calendar: Option<&Calendar>, at: Instant, from_zero: bool) {
        if from_zero {
            (self.spent, self.paused_ms, self.violated, self.started_at) = (0, 0, 0, at);
        }
        self.state = State::Started.number();
        self.since = at;
        self.stopped_at = None;
        self.project(calendar, at);
    }

    /// The next instant at which somebody is to be told.
    pub fn next_alert(&self) -> Option<Instant> {
        match self.violated {
            0 => {
                self.warn_at.or(self.fail_at).map(|at| self.fail_at.map_or(at, |fail| fail.min(at)))
            }
            1 => self.fail_at,
            _ => None,
        }
    }

    /// Notes what has come by now: 1 for the warning, 2 for the failure. Answers what is new.
    pub fn violate(&mut self, calendar: Option<&Calendar>, at: Instant) -> Option<i64> {
        let spent = self.spent_at(calendar, at);
        let now = if spent >= self.max_spent {
            2
        } else {
            i64::from(self.warn.is_some_and(|warn| spent >= warn))
        };
        if now <= self.violated {
            return None;
        }
        self.violated = now;
        Some(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn timer() -> Timer {
        let level = Level { conditions: None, warn: Some(2 * HOUR), limit: 4 * HOUR };
        Timer::start(1, 2, &level, None, 0)
    }

    #[test]
    fn a_pause_does_not_count() {
        let mut timer = timer();
        assert_eq!((timer.warn_at, timer.fail_at), (Some(2 * HOUR), Some(4 * HOUR)));
        timer.pause(None, HOUR);
        assert_eq!((timer.warn_at, timer.fail_at), (None, None));
        assert_eq!(timer.spent_at(None, 9 * HOUR), HOUR);
        timer.resume(None, 10 * HOUR);
        assert_eq!(timer.fail_at, Some(13 * HOUR));
        assert_eq!(timer.paused_ms, 9 * HOUR);
    }

    #[test]
    fn alerts_come_once() {
        let mut timer = timer();
        assert_eq!(timer.next_alert(), Some(2 * HOUR));
        assert_eq!(timer.violate(None, HOUR), None);
        assert_eq!(timer.violate(None, 2 * HOUR), Some(1));
        assert_eq!(timer.violate(None, 3 * HOUR), None);
        assert_eq!(timer.next_alert(), Some(4 * HOUR));
        assert_eq!(timer.violate(None, 5 * HOUR), Some(2));
        assert_eq!(timer.next_alert(), None);
    }

    #[test]
    fn a_restart_continues_or_begins_anew() {
        for (from_zero, spent) in [(false, HOUR), (true, 0)] {
            let mut timer = timer();
            timer.stop(None, HOUR);
            assert_eq!(timer.state(), State::Stopped);
            timer.restart(None, 5 * HOUR, from_zero);
            assert_eq!(timer.spent_at(None, 5 * HOUR), spent);
        }
    }
}
