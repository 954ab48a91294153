//! Automatic actions (automation.md, section 2): at intervals, actions are done to the issues of a
//! queue that a filter or query finds.

pub mod ops;
pub mod run;
pub mod store;

#[cfg(test)]
mod tests;
