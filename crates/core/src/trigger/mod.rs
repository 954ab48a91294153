//! Triggers (automation.md, section 1): when something happens to an issue of a queue and
//! conditions hold, actions are done.

pub mod ops;
pub mod run;

#[cfg(test)]
mod tests;
