//! Dictionaries as clients read them: statuses, issue types, priorities, resolutions.

pub mod change;
pub mod ops;
#[cfg(test)]
mod tests;

pub(crate) use ops::Wire;
