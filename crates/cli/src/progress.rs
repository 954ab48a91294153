//! How far long work is, on standard error: a bar on a terminal, otherwise a line from time to time,
//! or events for programs.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use serde_json::json;

/// How progress is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// A bar on a terminal, otherwise lines
    #[default]
    Auto,
    /// Events, one JSON document a line
    Json,
    /// Not at all
    None,
}

/// What is short needs no progress.
const SHORT: Duration = Duration::from_secs(1);
/// Between two pictures of a bar.
const FRAME: Duration = Duration::from_millis(100);
/// Between two lines.
const LINE: Duration = Duration::from_secs(10);
/// Letters of a bar.
const WIDTH: u64 = 20;

/// Work that is under way.
#[derive(Debug)]
pub(crate) struct Progress {
    what: String,
    bytes: bool,
    form: Form,
    bar: bool,
    began: Instant,
    told: Option<Instant>,
    drawn: bool,
}

impl Progress {
    /// Begins. Amounts are bytes or pieces of work.
    pub(crate) fn new(what: impl Into<String>, bytes: bool, form: Form) -> Self {
        let what = what.into();
        Self {
            // Programs read the events.
            what: if form == Form::Json { what } else { crate::lang::shown(&what) },
            bytes,
            form,
            bar: form == Form::Auto && std::io::stderr().is_terminal(),
            began: Instant::now(),
            told: None,
            drawn: false,
        }
    }

    /// Tells how far it is, unless that was told just now.
    pub(crate) fn at(&mut self, done: u64, total: Option<u64>) {
        let pause = if self.bar { FRAME } else { LINE };
        let now = Instant::now();
        let early = now - self.began < SHORT;
        let just_told = self.told.is_some_and(|told| now - told < pause);
        if self.form == Form::None || (self.form == Form::Auto && (early || just_told)) {
            return;
        }
        self.told = Some(now);
        let seconds = (now - self.began).as_secs_f64();
        let text = match self.form {
            Form::Json => {
                json!({"event": "progress", "what": self.what, "done": done, "total": total})
                    .to_string()
            }
            _ => line(&self.what, done, total, self.bytes, seconds),
        };
        let mut stderr = std::io::stderr().lock();
        // There is nobody to tell if that fails.
        if self.bar {
            self.drawn = true;
            write!(stderr, "\r\u{1b}[K{text}").and_then(|()| stderr.flush()).ok();
        } else {
            writeln!(stderr, "{text}").ok();
        }
    }
}

impl Drop for Progress {
    /// Takes the bar away.
    fn drop(&mut self) {
        if self.drawn {
            write!(std::io::stderr(), "\r\u{1b}[K").ok();
        }
    }
}

/// What, a bar, how much of how much, how fast, how long still.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is shown rounded"
)]
fn line(what: &str, done: u64, total: Option<u64>, bytes: bool, seconds: f64) -> String {
    let amount = |n: u64| if bytes { format!("{:.1} MB", n as f64 / 1e6) } else { n.to_string() };
    let rate = (done as f64 / seconds.max(0.001)) as u64;
    let Some(total) = total.filter(|total| *total > 0) else {
        return format!("{what} {}  {}/s", amount(done), amount(rate));
    };
    let filled = (done.min(total) * WIDTH / total) as usize;
    let bar = "█".repeat(filled) + &"░".repeat(WIDTH as usize - filled);
    let left = total.saturating_sub(done).checked_div(rate).unwrap_or_default();
    let left = match left {
        0 => String::new(),
        1..60 => format!("  {left}s"),
        _ => format!("  {}m {}s", left / 60, left % 60),
    };
    format!("{what} {bar} {}/{}  {}/s{left}", amount(done), amount(total), amount(rate))
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn lines_tell_how_far_it_is() {
        assert_eq!(
            line("bulk", 50, Some(200), false, 5.0),
            "bulk █████░░░░░░░░░░░░░░░ 50/200  10/s  15s"
        );
        assert_eq!(line("read", 300, None, false, 3.0), "read 300  100/s");
        let file = line("a.bin", 1_000_000, Some(200_000_000), true, 1.0);
        assert_eq!(file, "a.bin ░░░░░░░░░░░░░░░░░░░░ 1.0 MB/200.0 MB  1.0 MB/s  3m 19s");
    }
}
