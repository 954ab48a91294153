//! Service levels (automation.md, section 4): timers of issues that count working time, with
//! calendars. The original keeps the rules in its interface; the operations on them are extensions
//! of ours, the `sla` member of issues is the original's.

pub mod calendar;
pub mod calendars;
pub mod clock;
mod holidays;
pub mod input;
pub mod model;
pub mod ops;
pub mod run;
pub mod store;

#[cfg(test)]
mod tests;
