//! Recurring issues (automation.md, section 2, issue creation): a rule of a queue makes issues from
//! templates every so many hours, days or weeks. The original keeps these rules in its interface;
//! the operations on them are an extension of ours.

mod input;
pub mod model;
pub mod ops;
pub mod run;
pub mod store;
mod times;

#[cfg(test)]
mod tests;
